/*
 * bring_rest.c -- contents, files and old addresses out of a copy, beside what today has.
 */
#include <string.h>

#include "content/bringing.h"
#include "store/blob.h"
#include "store/extract.h"
#include "store/read.h"

/* ---- contents ---- */

struct contents {
        struct store_toc *nodes;
        size_t n;
        struct map *listed;             /* topics by number, external addresses by themselves */
};

static struct str key_of(const struct store_toc *node)
{
        return node->topic != 0 ? number_key(&node->topic) : node->url;
}

static void append(struct contents *c, const struct store_toc *node, unsigned deepest)
{
        struct store_toc *at = &c->nodes[c->n++];

        *at = *node;
        if (at->depth > deepest)
                at->depth = deepest;
        if (key_of(at).n > 0)
                map_put(c->listed, key_of(at), at);
}

static unsigned deepest_next(const struct contents *c)
{
        return c->n > 0 ? c->nodes[c->n - 1].depth + 1 : 0;
}

/* The copy's, with today's numbers. */
static void take_then(struct bringing *b, struct contents *c, const struct store_toc *then, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct store_toc node = then[i];
                const struct plan *plan = map_get(b->by_id, number_key(&then[i].topic));

                node.topic = plan != NULL ? plan->id : 0;
                append(c, &node, deepest_next(c));
        }
}

/* What only today's have: a heading without a topic or an address holds nothing that could be lost. */
static void take_todays(struct contents *c, const struct store_toc *today, size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (key_of(&today[i]).n > 0 && map_get(c->listed, key_of(&today[i])) == NULL)
                        append(c, &today[i], 0);
}

static bool is_listed(const struct store_toc *nodes, size_t n, int64_t topic)
{
        for (size_t i = 0; i < n; i++)
                if (nodes[i].topic == topic)
                        return true;
        return false;
}

static int bring_one_place(struct bringing *b, struct store_toc *today, size_t n, struct contents *c,
                           struct err *err)
{
        const struct plan *plan = &b->plans[0];
        const struct store_toc place = { 0, plan->then->title, plan->id, STR("") };

        if (is_listed(today, n, plan->id))
                return 0;
        for (size_t i = 0; i < n; i++)
                append(c, &today[i], deepest_next(c));
        append(c, &place, 0);
        b->out->listed++;
        return store_toc_replace(b->live, b->today.id, c->nodes, c->n, err);
}

int bring_contents(struct bringing *b, struct err *err)
{
        struct map *listed CLEANUP_MAP = map_new();
        struct contents c = { .listed = listed };
        struct store_toc *then = NULL, *today = NULL;
        size_t nthen = 0, ntoday = 0;
        int r = store_toc_list(b->live, b->today.id, b->arena, &today, &ntoday, err);

        if (r == 0)
                r = store_toc_list(b->copy, b->then.id, b->arena, &then, &nthen, err);
        if (r < 0)
                return r;
        c.nodes = arena_array(b->arena, nthen + ntoday + 1, sizeof *c.nodes);
        if (!is_whole(b))
                return bring_one_place(b, today, ntoday, &c, err);
        take_then(b, &c, then, nthen);
        take_todays(&c, today, ntoday);
        for (size_t i = 0; i < b->nplans; i++)
                b->out->listed += is_listed(c.nodes, c.n, b->plans[i].id) &&
                                  !is_listed(today, ntoday, b->plans[i].id);
        return store_toc_replace(b->live, b->today.id, c.nodes, c.n, err);
}

/* ---- files ---- */

struct filing {
        struct bringing *b;
        struct map *today;              /* path to its row */
};

struct then_file {
        struct str path, media_type, digest;
        struct store_file bytes;
};

static struct then_file read_file(const struct store_cell *cells, size_t n)
{
        struct then_file f = { .path = STR("") };

        for (size_t i = 0; i < n; i++) {
                struct str name = str_of(cells[i].name);
                const struct sql_value *value = &cells[i].value;

                if (str_is(name, "path"))
                        f.path = value->s;
                else if (str_is(name, "media_type"))
                        f.media_type = value->s;
                else if (str_is(name, "sha256"))
                        f.digest = value->s;
                else if (str_is(name, "size"))
                        f.bytes.size = (uint64_t)value->i;
                else if (str_is(name, "blob"))
                        f.bytes.blob = value->i;
        }
        return f;
}

struct giving {
        struct store *copy;
        const struct store_file *file;
};

static int give(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        const struct giving *g = ctx;
        size_t got = 0;
        int r = store_file_read(g->copy, g->file, offset, p, n, &got, err);

        if (r == 0 && got != n)
                r = err_set(err, ERR_CORRUPT, "a file of the backup ends too early");
        return r;
}

static struct str last_part(struct str path)
{
        for (size_t i = path.n; i > 0; i--)
                if (path.p[i - 1] == '/')
                        return str_make(path.p + i, path.n - i);
        return path;
}

/* Of a single topic only the files its text names, and only those that today lacks. */
static bool is_wanted(const struct bringing *b, struct str path, const struct store_project_file *today)
{
        if (is_whole(b))
                return true;
        struct str name = last_part(path), texts = b->texts.p != NULL ? buf_str(&b->texts) : STR("");

        return today == NULL && name.n > 0 && str_find_str(texts, name) >= 0;
}

/* Today's bytes stay, under a name that says from when they are. */
static int keep_todays(struct bringing *b, const struct store_project_file *today, struct err *err)
{
        struct str name = last_part(today->path);
        struct store_project_file row = *today;

        row.path = str_of(arena_printf(b->arena, "%.*sbefore-restore-%lld-%.*s",
                                       (int)(today->path.n - name.n), today->path.p,
                                       (long long)b->now, STR_ARG(name)));
        b->out->kept++;
        return store_project_file_put(b->live, b->today.id, &row, err);
}

static int on_file(void *ctx, const struct store_cell *cells, size_t n, struct err *err)
{
        const struct filing *filing = ctx;
        struct bringing *b = filing->b;
        const struct then_file f = read_file(cells, n);
        const struct store_project_file *today = map_get(filing->today, f.path);
        struct giving giving = { b->copy, &f.bytes };
        struct store_project_file row = { f.path, f.media_type, 0 };
        struct digest digest;

        if (!is_wanted(b, f.path, today))
                return 0;
        if (f.digest.n != DIGEST_LEN)
                return err_set(err, ERR_CORRUPT, "a file of the backup has no digest");
        memcpy(digest.b, f.digest.p, DIGEST_LEN);
        int r = store_blob_put(b->live, &digest, f.bytes.size, give, &giving, &row.blob, err);

        if (r < 0 || (today != NULL && today->blob == row.blob))
                return r;
        if (today != NULL)
                r = keep_todays(b, today, err);
        b->out->files++;
        return r < 0 ? r : store_project_file_put(b->live, b->today.id, &row, err);
}

int bring_files(struct bringing *b, struct err *err)
{
        struct map *by_path CLEANUP_MAP = map_new();
        struct filing filing = { b, by_path };
        struct store_project_file *today = NULL;
        size_t n = 0;
        int r = store_project_file_list(b->live, b->today.id, b->arena, &today, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                map_put(by_path, today[i].path, &today[i]);
        return r < 0 ? r : store_extract(b->copy, EXTRACT_FILES, b->then.id, on_file, &filing, err);
}

/* ---- old addresses ---- */

/* Only of a project that was gone: today's own are newer than the copy's. */
int bring_redirects(struct bringing *b, struct err *err)
{
        struct store_redirect *list = NULL;
        size_t n = 0;

        if (!b->fresh || !is_whole(b))
                return 0;
        int r = store_project_redirect_list(b->copy, b->then.id, b->arena, &list, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = store_project_redirect_put(b->live, b->today.id, &list[i], err);
        return r;
}
