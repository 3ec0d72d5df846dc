/*
 * manifest.c -- written last, and read with suspicion.
 */
#include "export/manifest.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "exchange/visit.h"
#include "export/writing.h"

#define FORMAT "carrel-export"

/* ---- writing ---- */

static void put_digest(struct json *object, const char *key, const struct digest *digest)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(digest, hex);
        json_put_text(object, key, str_of(hex));
}

static void put_tables(struct json *manifest, const struct store_content *content)
{
        struct json *tables = json_new_array();

        for (size_t i = 0; i < content->ntables; i++) {
                struct json *table = json_new_object();

                json_put_text(table, "name", content->tables[i].name);
                json_put_int(table, "rows", (int64_t)content->tables[i].rows);
                put_digest(table, "sha256", &content->tables[i].digest);
                json_append(tables, table);
        }
        json_put_int(manifest, "schema", content->schema);
        put_digest(manifest, "content_hash", &content->hash);
        json_put_int(manifest, "rows", (int64_t)content->rows);
        json_put(manifest, "tables", tables);
}

static void put_counts(struct json *manifest, const struct export_done *done)
{
        struct json *counts = json_new_object();

        json_put_int(counts, "projects", (int64_t)done->projects);
        json_put_int(counts, "topics", (int64_t)done->topics);
        json_put_int(counts, "revisions", (int64_t)done->revisions);
        json_put_int(counts, "files", (int64_t)done->files);
        json_put_int(counts, "publications", (int64_t)done->publications);
        json_put(manifest, "counts", counts);
}

int write_manifest(struct sink *sink, const struct store_content *content, struct err *err)
{
        const struct export_options *o = sink->options;
        struct json *manifest = json_new_object();
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(o->now, when);
        json_put_text(manifest, "format", STR(FORMAT));
        json_put_int(manifest, "version", EXPORT_VERSION);
        json_put_text(manifest, "scope", o->project.n > 0 ? STR("project") : STR("portal"));
        json_put_text(manifest, "portal", o->portal);
        json_put_text(manifest, "made", str_of(when));
        json_put_bool(manifest, "credentials", o->credentials);
        if (content != NULL)
                put_tables(manifest, content);
        put_counts(manifest, &sink->done);
        json_put(manifest, "entries", sink->entries);
        sink->entries = json_new_array();       /* the manifest is not in its own list */
        return sink_json(sink, STR("MANIFEST.json"), manifest, err);
}

/* ---- reading ---- */

struct manifest {
        struct arena *arena;
        struct map *by_path;
        struct manifest_entry *entries;
        size_t n;
        struct digest content;
        int64_t schema;
        bool credentials;
};

void manifest_free(struct manifest **manifest)
{
        if (*manifest == NULL)
                return;
        map_free(&(*manifest)->by_path);
        arena_free(&(*manifest)->arena);
        free(*manifest);
        *manifest = NULL;
}

static int digit(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_digest(const struct json *object, const char *key, struct digest *out)
{
        struct str hex = json_get_text(object, key);

        if (hex.n != DIGEST_HEX_LEN)
                return false;
        for (size_t i = 0; i < DIGEST_LEN; i++) {
                int high = digit(hex.p[2 * i]), low = digit(hex.p[2 * i + 1]);

                if (high < 0 || low < 0)
                        return false;
                out->b[i] = (uint8_t)(high << 4 | low);
        }
        return true;
}

static int check_head(const struct json *json, struct err *err)
{
        if (!str_is(json_get_text(json, "format"), FORMAT))
                return err_set(err, ERR_INVALID, "this is no export of Carrel; 'carrel import' reads"
                               " other archives of documentation");
        int64_t version = json_get_int(json, "version");

        if (version > EXPORT_VERSION)
                return err_set(err, ERR_UNSUPPORTED, "this export was written by a newer release"
                               " (format %lld, this one knows %d); install that release or a newer"
                               " one", (long long)version, EXPORT_VERSION);
        if (version < 1)
                return err_set(err, ERR_CORRUPT, "the export's manifest names no version");
        if (!str_is(json_get_text(json, "scope"), "portal"))
                return err_set(err, ERR_INVALID, "this export holds one project, not a portal; unpack it"
                               " and take the project in with 'carrel import PORTAL NAME"
                               " projects/NAME'");
        return 0;
}

static int read_entry(struct manifest *m, const struct json *json, struct err *err)
{
        struct manifest_entry *e = &m->entries[m->n];
        int64_t size = json_get_int(json, "size");

        e->path = arena_str(m->arena, json_get_text(json, "path"));
        e->size = (uint64_t)size;
        if (!archive_name_is_good(e->path) || size < 0 || !read_digest(json, "sha256", &e->digest))
                return err_set(err, ERR_CORRUPT, "the export's manifest is damaged at entry %zu",
                               m->n + 1);
        if (map_put(m->by_path, e->path, e) != NULL)
                return err_set(err, ERR_CORRUPT, "the export's manifest names '%.*s' twice",
                               STR_ARG(e->path));
        m->n++;
        return 0;
}

static int read_all(struct manifest *m, const struct json *json, struct err *err)
{
        const struct json *entries = json_get(json, "entries");
        size_t n = json_kind(entries) == JSON_KIND_ARRAY ? json_length(entries) : 0;
        int r = check_head(json, err);

        if (r < 0)
                return r;
        m->schema = json_get_int(json, "schema");
        m->credentials = json_get_bool(json, "credentials");
        if (m->schema < 1 || !read_digest(json, "content_hash", &m->content) || n == 0 ||
            n > EXPORT_ENTRIES_MAX)
                return err_set(err, ERR_CORRUPT, "the export's manifest is damaged");
        m->entries = arena_array(m->arena, n, sizeof *m->entries);
        for (size_t i = 0; r == 0 && i < n; i++)
                r = read_entry(m, json_at(entries, i), err);
        return r;
}

int manifest_parse(struct str text, struct manifest **out, struct err *err)
{
        struct manifest *m CLEANUP_MANIFEST = xalloc(sizeof *m);
        struct json *json CLEANUP_JSON = NULL;

        m->arena = arena_new(0);
        m->by_path = map_new();
        if (json_parse(text, &json, NULL) < 0 || json_kind(json) != JSON_KIND_OBJECT)
                return err_set(err, ERR_CORRUPT, "the export's manifest cannot be read");
        int r = read_all(m, json, err);

        if (r < 0)
                return r;
        *out = m;
        m = NULL;
        return 0;
}

struct manifest_entry *manifest_find(struct manifest *manifest, struct str path)
{
        return map_get(manifest->by_path, path);
}

const struct manifest_entry *manifest_unseen(const struct manifest *manifest)
{
        for (size_t i = 0; i < manifest->n; i++)
                if (!manifest->entries[i].seen)
                        return &manifest->entries[i];
        return NULL;
}

const struct digest *manifest_content(const struct manifest *manifest)
{
        return &manifest->content;
}

int64_t manifest_schema(const struct manifest *manifest)
{
        return manifest->schema;
}

bool manifest_credentials(const struct manifest *manifest)
{
        return manifest->credentials;
}
