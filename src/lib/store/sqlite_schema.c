/*
 * sqlite_schema.c -- the tables, version by version; and the refusal of what no release made.
 *
 * Steps only go forward, each in its own transaction. The meaning of tables and columns stands in
 * docs/formats/portal-db.md. Times are Unix seconds. Positions number a tree in reading order
 * (parents before children), so position and depth describe it whole and no row can be its own
 * ancestor.
 */
#include <stdio.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"
#include "store/inside.h"
#include "store/sqlite_db.h"

enum { APPLICATION_ID = 0x4361726c };   /* "Carl": tells a portal's database from any other file */

static const char version_1[] =
        "CREATE TABLE meta("
        " key TEXT PRIMARY KEY, value TEXT NOT NULL);"

        "CREATE TABLE project("
        " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
        " language TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('ltr', 'rtl')),"
        " licence TEXT NOT NULL, description TEXT NOT NULL,"
        " created INTEGER NOT NULL, updated INTEGER NOT NULL);"

        "CREATE TABLE topic("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " slug TEXT NOT NULL, title TEXT NOT NULL, source_path TEXT NOT NULL,"
        " description TEXT NOT NULL, metadata TEXT NOT NULL,"
        " revision INTEGER NOT NULL, digest BLOB NOT NULL, updated INTEGER NOT NULL,"
        " UNIQUE (project, slug));"
        "CREATE INDEX topic_by_source ON topic(project, source_path);"

        "CREATE TABLE revision("
        " id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topic(id),"
        " number INTEGER NOT NULL, format TEXT NOT NULL, created INTEGER NOT NULL,"
        " author TEXT NOT NULL, note TEXT NOT NULL, source TEXT NOT NULL,"
        " UNIQUE (topic, number));"

        "CREATE TABLE toc_node("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " position INTEGER NOT NULL, depth INTEGER NOT NULL, title TEXT NOT NULL,"
        " topic INTEGER REFERENCES topic(id), url TEXT NOT NULL,"
        " UNIQUE (project, position));"
        "CREATE INDEX toc_node_by_topic ON toc_node(topic);"

        "CREATE TABLE blob("
        " id INTEGER PRIMARY KEY, digest BLOB UNIQUE, size INTEGER NOT NULL,"
        " created INTEGER NOT NULL);"
        "CREATE TABLE blob_part("
        " id INTEGER PRIMARY KEY, blob INTEGER NOT NULL REFERENCES blob(id),"
        " position INTEGER NOT NULL, data BLOB NOT NULL, UNIQUE (blob, position));"

        "CREATE TABLE file("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " path TEXT NOT NULL, media_type TEXT NOT NULL,"
        " blob INTEGER NOT NULL REFERENCES blob(id), UNIQUE (project, path));"
        "CREATE INDEX file_by_blob ON file(blob);"

        "CREATE TABLE project_redirect("
        " id INTEGER PRIMARY KEY, project INTEGER NOT NULL REFERENCES project(id),"
        " from_slug TEXT NOT NULL, to_slug TEXT NOT NULL, UNIQUE (project, from_slug));"

        "CREATE TABLE publication("
        " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE,"
        " project INTEGER NOT NULL REFERENCES project(id), title TEXT NOT NULL,"
        " version TEXT NOT NULL, visibility INTEGER NOT NULL CHECK (visibility IN (0, 1, 2)),"
        " language TEXT NOT NULL, direction TEXT NOT NULL CHECK (direction IN ('ltr', 'rtl')),"
        " description TEXT NOT NULL, first_page TEXT NOT NULL, pages INTEGER NOT NULL,"
        " created INTEGER NOT NULL, updated INTEGER NOT NULL);"
        "CREATE INDEX publication_by_project ON publication(project);"

        /*
         * The bodies stand last and the smallest first: a long row continues in a chain of pages,
         * and reading a column walks the chain only up to it.
         */
        "CREATE TABLE publication_page("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " slug TEXT NOT NULL, title TEXT NOT NULL, topic INTEGER NOT NULL REFERENCES topic(id),"
        " revision INTEGER NOT NULL, source_path TEXT NOT NULL, position INTEGER NOT NULL,"
        " etag TEXT NOT NULL, updated INTEGER NOT NULL, description TEXT NOT NULL,"
        " brotli BLOB NOT NULL, gzip BLOB NOT NULL, identity BLOB NOT NULL, text TEXT NOT NULL,"
        " UNIQUE (publication, slug));"
        "CREATE INDEX publication_page_by_topic ON publication_page(topic);"

        "CREATE TABLE publication_toc("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " position INTEGER NOT NULL, depth INTEGER NOT NULL, title TEXT NOT NULL,"
        " page TEXT NOT NULL, url TEXT NOT NULL, UNIQUE (publication, position));"

        "CREATE TABLE publication_file("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " path TEXT NOT NULL, media_type TEXT NOT NULL,"
        " blob INTEGER NOT NULL REFERENCES blob(id), updated INTEGER NOT NULL,"
        " UNIQUE (publication, path));"
        "CREATE INDEX publication_file_by_blob ON publication_file(blob);"

        "CREATE TABLE redirect("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " from_slug TEXT NOT NULL, to_slug TEXT NOT NULL, UNIQUE (publication, from_slug));"

        "CREATE TABLE site_page("
        " id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, media_type TEXT NOT NULL,"
        " etag TEXT NOT NULL, updated INTEGER NOT NULL,"
        " brotli BLOB NOT NULL, gzip BLOB NOT NULL, identity BLOB NOT NULL);";

/* Letters that the courier does not have yet. A link in one is a secret: the row goes with it. */
static const char version_5[] =
        "CREATE TABLE outbox("
        " id INTEGER PRIMARY KEY, letter TEXT NOT NULL UNIQUE, kind INTEGER NOT NULL,"
        " recipient TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL,"
        " expires INTEGER NOT NULL, created INTEGER NOT NULL);"
        "CREATE INDEX outbox_by_recipient ON outbox(recipient);";

static const char *const steps[STORE_SCHEMA_VERSION] = {
        version_1, sqlite_portal_version_2, sqlite_portal_version_3, sqlite_portal_version_4, version_5,
};

const struct sqlite_schema sqlite_portal_schema = {
        .what = "portal", .application_id = APPLICATION_ID,
        .steps = steps, .version = STORE_SCHEMA_VERSION,
};

/* One step, unless another process has made it meanwhile. */
static int make_step(struct sqlite_db *db, const struct sqlite_schema *schema, int64_t from,
                     struct err *err)
{
        int64_t now = 0;
        char set[96];
        int r = sqlite_db_exec(db, "BEGIN IMMEDIATE", err);

        if (r < 0)
                return r;
        r = sqlite_db_int(db, "PRAGMA user_version", &now, err);
        if (r == 0 && now == from) {
                r = sqlite_db_exec(db, schema->steps[from], err);
                snprintf(set, sizeof set, "PRAGMA user_version = %d; PRAGMA application_id = %d",
                         (int)from + 1, schema->application_id);
                if (r == 0)
                        r = sqlite_db_exec(db, set, err);
        }
        if (r == 0)
                r = sqlite_db_exec(db, "COMMIT", err);
        if (r < 0 && sqlite_db_exec(db, "ROLLBACK", NULL) < 0)
                return r;               /* SQLite had rolled back by itself */
        return r;
}

/* A restored file may carry triggers, views or virtual tables that run when we write. */
static int refuse_strange_objects(struct sqlite_db *db, const struct sqlite_schema *schema,
                                  struct err *err)
{
        int64_t strange = 0;
        int r = sqlite_db_int(db,
                              "SELECT count(*) FROM sqlite_schema WHERE type NOT IN"
                              " ('table', 'index') OR lower(sql) LIKE 'create virtual%'",
                              &strange, err);

        if (r == 0 && strange > 0)
                return err_set(err, ERR_CORRUPT,
                               "the %s's database holds triggers, views or virtual tables that no"
                               " release of Carrel makes; restore a backup", schema->what);
        return r;
}

static int check_identity(struct sqlite_db *db, const struct sqlite_schema *schema,
                          int64_t version, struct err *err)
{
        int64_t id = 0, objects = 0;
        int r = sqlite_db_int(db, "PRAGMA application_id", &id, err);

        if (r == 0)
                r = sqlite_db_int(db, "SELECT count(*) FROM sqlite_schema", &objects, err);
        if (r < 0)
                return r;
        bool fresh = version == 0 && id == 0 && objects == 0;

        if (!fresh && id != schema->application_id)
                return err_set(err, ERR_CORRUPT, "this is not a %s's database", schema->what);
        return 0;
}

int sqlite_schema_update(struct sqlite_db *db, const struct sqlite_schema *schema, bool as_is,
                         struct err *err)
{
        int64_t version = 0;
        int r = sqlite_db_int(db, "PRAGMA user_version", &version, err);

        if (r == 0)
                r = check_identity(db, schema, version, err);
        if (r < 0)
                return r;
        if (version < 0 || version > schema->version)
                return err_set(err, ERR_UNSUPPORTED,
                               "this %s was written by a newer release (schema %lld, this one"
                               " knows %d); install that release or a newer one",
                               schema->what, (long long)version, schema->version);
        if (as_is && version == 0)
                return err_set(err, ERR_CORRUPT, "this is not a %s's database", schema->what);
        for (; r == 0 && !as_is && version < schema->version; version++)
                r = make_step(db, schema, version, err);
        return r < 0 ? r : refuse_strange_objects(db, schema, err);
}

/* Tables and indexes as they were declared, one after the other. */
static int declare(struct sqlite_db *db, struct buf *out, struct err *err)
{
        sqlite3_stmt *stmt = NULL;
        int result = sqlite3_prepare_v2(db->handle,
                                        "SELECT type, name, tbl_name, coalesce(sql, '') FROM"
                                        " sqlite_schema ORDER BY type, name",
                                        -1, &stmt, NULL);

        while (result == SQLITE_OK || result == SQLITE_ROW) {
                result = sqlite3_step(stmt);
                for (int i = 0; result == SQLITE_ROW && i < 4; i++) {
                        buf_puts(out, (const char *)sqlite3_column_text(stmt, i));
                        buf_putc(out, '\n');
                }
        }
        sqlite3_finalize(stmt);
        return result == SQLITE_DONE ? 0 : sqlite_error(db, result, "read the tables", err);
}

int sqlite_schema_compare(struct sqlite_db *db, const struct sqlite_schema *schema, struct err *err)
{
        struct buf ours CLEANUP_BUF = { 0 }, theirs CLEANUP_BUF = { 0 };
        struct sqlite_db fresh = { 0 };
        int r = 0;

        if (sqlite3_open(":memory:", &fresh.handle) != SQLITE_OK)
                r = sqlite_error(&fresh, SQLITE_NOMEM, "make a database to compare with", err);
        for (int i = 0; r == 0 && i < schema->version; i++)
                r = sqlite_db_exec(&fresh, schema->steps[i], err);
        if (r == 0)
                r = declare(&fresh, &ours, err);
        sqlite3_close(fresh.handle);
        if (r == 0)
                r = declare(db, &theirs, err);
        if (r == 0 && !str_eq(buf_str(&ours), buf_str(&theirs)))
                r = err_set(err, ERR_CORRUPT, "the %s's tables are not those that Carrel makes",
                            schema->what);
        return r;
}
