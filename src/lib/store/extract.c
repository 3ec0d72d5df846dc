/*
 * extract.c -- one statement for each kind of row; a column's name is the member's name.
 *
 * Numbers of rows are given where something else refers to them by it: people, topics, revisions.
 */
#include "store/extract.h"

#include "base/check.h"

enum { CELLS_MAX = 24 };

static const struct {
        const char *text;
        bool of;                        /* takes the number */
} statements[EXTRACT_COUNT] = {
        [EXTRACT_PROJECTS] = {
                "SELECT id, slug, title, language, direction, licence, description, created,"
                " updated FROM project ORDER BY slug", false },
        [EXTRACT_TOPICS] = {
                "SELECT t.id, t.slug, t.title, t.source_path, t.description, t.metadata,"
                " t.revision, t.digest, t.updated,"
                " (SELECT min(r.created) FROM revision r WHERE r.topic = t.id) AS created,"
                " (SELECT min(n.position) FROM toc_node n WHERE n.topic = t.id) AS position"
                " FROM topic t WHERE t.project = $1 ORDER BY t.id", true },
        [EXTRACT_REVISIONS] = {
                "SELECT t.slug AS topic, r.topic AS topic_id, r.number, r.format, r.created,"
                " r.author, r.person, r.note, r.source FROM topic t JOIN revision r"
                " ON r.topic = t.id WHERE t.project = $1 ORDER BY t.id, r.number", true },
        [EXTRACT_CONTENTS] = {
                "SELECT n.depth, n.title, n.topic AS topic_id, t.slug AS topic, n.url"
                " FROM toc_node n LEFT JOIN topic t ON t.id = n.topic"
                " WHERE n.project = $1 ORDER BY n.position", true },
        [EXTRACT_FILES] = {
                "SELECT f.id, f.path, f.media_type, b.size, b.digest AS sha256, f.blob FROM file f"
                " JOIN blob b ON b.id = f.blob WHERE f.project = $1 ORDER BY f.path", true },
        [EXTRACT_PROJECT_REDIRECTS] = {
                "SELECT from_slug AS \"from\", to_slug AS \"to\" FROM project_redirect"
                " WHERE project = $1 ORDER BY from_slug", true },
        [EXTRACT_PUBLICATIONS] = {
                "SELECT p.id, p.slug, j.slug AS project, p.title, p.version, CASE p.visibility"
                " WHEN 0 THEN 'public' WHEN 1 THEN 'restricted' ELSE 'private' END AS visibility,"
                " p.language, p.direction, p.description, p.first_page, p.created, p.updated"
                " FROM publication p JOIN project j ON j.id = p.project"
                " WHERE $1 IN (0, p.project) ORDER BY p.slug", true },
        [EXTRACT_PAGES] = {
                "SELECT position, slug, title, topic AS topic_id, revision, source_path,"
                " description, etag, updated FROM publication_page WHERE publication = $1"
                " ORDER BY position, id", true },
        [EXTRACT_PAGE_CONTENTS] = {
                "SELECT depth, title, page, url FROM publication_toc WHERE publication = $1"
                " ORDER BY position", true },
        [EXTRACT_PAGE_FILES] = {
                "SELECT f.path, f.media_type, b.size, b.digest AS sha256, f.updated"
                " FROM publication_file f JOIN blob b ON b.id = f.blob"
                " WHERE f.publication = $1 ORDER BY f.path", true },
        [EXTRACT_REDIRECTS] = {
                "SELECT from_slug AS \"from\", to_slug AS \"to\" FROM redirect"
                " WHERE publication = $1 ORDER BY from_slug", true },
        [EXTRACT_SITE] = {
                "SELECT key, value FROM meta WHERE key LIKE 'site.%' ORDER BY key", false },
        [EXTRACT_SETTINGS] = { "SELECT key, value FROM setting ORDER BY key", false },
        [EXTRACT_PEOPLE] = {
                "SELECT id, login AS email, name, CASE role WHEN 0 THEN 'administrator'"
                " WHEN 1 THEN 'writer' WHEN 2 THEN 'reviewer' ELSE 'power-reader' END AS role,"
                " CASE state WHEN 0 THEN 'invited' WHEN 1 THEN 'active' WHEN 2 THEN 'disabled'"
                " ELSE 'deleted' END AS state, created, expires FROM person ORDER BY id", false },
        [EXTRACT_GROUPS] = {
                "SELECT id, slug, title, created FROM access_group ORDER BY slug", false },
        [EXTRACT_MEMBERS] = {
                "SELECT g.slug AS \"group\", m.person, p.login AS email FROM group_member m"
                " JOIN access_group g ON g.id = m.access_group JOIN person p ON p.id = m.person"
                " ORDER BY g.slug, m.person", false },
        [EXTRACT_GRANTS] = {
                "SELECT b.slug AS publication, a.person, p.login AS email, g.slug AS \"group\""
                " FROM publication_access a JOIN publication b ON b.id = a.publication"
                " LEFT JOIN person p ON p.id = a.person"
                " LEFT JOIN access_group g ON g.id = a.access_group ORDER BY b.slug, a.id", false },
        [EXTRACT_SHARE_LINKS] = {
                "SELECT l.id, p.slug AS publication, l.note, l.created, l.created_by, l.expires,"
                " l.revoked FROM share_link l JOIN publication p ON p.id = l.publication"
                " ORDER BY l.id", false },
        [EXTRACT_AUDIT] = {
                "SELECT seq, time, actor, action, object, address, detail, prev, hash FROM audit"
                " ORDER BY seq", false },
};

static struct store_cell cell(struct query *q, int column)
{
        struct store_cell made = { query_name(q, column), V_NULL };

        switch (query_kind(q, column)) {
        case SQL_INT:
                made.value = V_INT(query_int(q, column));
                break;
        case SQL_TEXT:
                made.value = V_TEXT(query_text(q, column));
                break;
        case SQL_BLOB:
                made.value = V_BLOB(query_text(q, column));
                break;
        case SQL_NULL:
                break;
        }
        return made;
}

int store_extract(struct store *store, enum store_extract what, int64_t of, store_extract_fn *fn,
                  void *ctx, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        struct store_cell cells[CELLS_MAX];

        check(what < EXTRACT_COUNT);
        const struct sql_value arg = V_INT(of);
        int r = query_start(store, statements[what].text, &arg, statements[what].of ? 1 : 0, &q,
                            err);

        if (r < 0)
                return r;
        int n = query_columns(q);

        check(n <= CELLS_MAX);
        while ((r = query_step(q, err)) == 1) {
                for (int i = 0; i < n; i++)
                        cells[i] = cell(q, i);
                r = fn(ctx, cells, (size_t)n, err);
                if (r < 0)
                        return r;
        }
        return r;
}
