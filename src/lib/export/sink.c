/*
 * sink.c -- entries, and the list of them that the manifest will be.
 */
#include "export/sink.h"

#include <stdio.h>

#include "base/xalloc.h"
#include "exchange/visit.h"

int sink_open(struct sink *sink, int fd, const struct export_options *options, struct err *err)
{
        *sink = (struct sink){ .options = options };
        int r = zip_new(fd, &sink->zip, err);

        if (r < 0)
                return r;
        sink->arena = arena_new(64 * KIB);
        sink->names = map_new();
        sink->entries = json_new_array();
        return 0;
}

void sink_close(struct sink *sink)
{
        zip_free(&sink->zip);
        if (sink->arena == NULL)
                return;
        map_free(&sink->names);
        json_free(&sink->entries);
        arena_free(&sink->arena);
}

/* ---- names ---- */

static char a_file, a_folder;

/* Upper and lower case are one name on many a client's disk. */
static struct str fold(struct arena *arena, struct str name)
{
        char *copy = arena_alloc(arena, name.n + 1);

        for (size_t i = 0; i < name.n; i++)
                copy[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? (char)(name.p[i] + 32) : name.p[i];
        return str_make(copy, name.n);
}

static struct str above(struct str name)
{
        while (name.n > 0 && name.p[name.n - 1] != '/')
                name.n--;
        return name.n > 0 ? str_make(name.p, name.n - 1) : name;
}

bool sink_claim(struct sink *sink, struct str name)
{
        struct str folded = fold(sink->arena, name);

        if (!archive_name_is_good(name) || map_get(sink->names, folded) != NULL)
                return false;
        for (struct str up = above(folded); up.n > 0; up = above(up))
                if (map_get(sink->names, up) == &a_file)
                        return false;
        for (struct str up = above(folded); up.n > 0; up = above(up))
                map_put(sink->names, up, &a_folder);
        map_put(sink->names, folded, &a_file);
        return true;
}

/* ---- entries ---- */

int sink_begin(struct sink *sink, struct str name, uint64_t size, bool packed, int64_t when,
               struct err *err)
{
        if (++sink->done.entries > EXPORT_ENTRIES_MAX)
                return err_set(err, ERR_LIMIT,
                               "the portal has more than %d topics and files; export its projects"
                               " one by one with --project", EXPORT_ENTRIES_MAX);
        sink->path = arena_str(sink->arena, name);
        return zip_begin(sink->zip, name, size, packed, when, err);
}

int sink_add(struct sink *sink, struct str bytes, struct err *err)
{
        return zip_add(sink->zip, bytes.p, bytes.n, err);
}

int sink_end(struct sink *sink, struct err *err)
{
        struct digest digest;
        char hex[DIGEST_HEX_LEN + 1];
        uint64_t size = 0;
        int r = zip_end(sink->zip, &size, &digest, err);

        if (r < 0)
                return r;
        struct json *entry = json_new_object();

        digest_hex(&digest, hex);
        json_put_text(entry, "path", sink->path);
        json_put_int(entry, "size", (int64_t)size);
        json_put_text(entry, "sha256", str_of(hex));
        json_append(sink->entries, entry);
        return 0;
}

int sink_text(struct sink *sink, struct str name, struct str text, int64_t when, struct err *err)
{
        int r = sink_begin(sink, name, text.n, false, when, err);

        if (r == 0)
                r = sink_add(sink, text, err);
        return r < 0 ? r : sink_end(sink, err);
}

int sink_json(struct sink *sink, struct str name, struct json *value, struct err *err)
{
        struct json *owned CLEANUP_JSON = value;
        struct buf text CLEANUP_BUF = { 0 };

        json_render(owned, true, &text);
        buf_putc(&text, '\n');
        return sink_text(sink, name, buf_str(&text), sink->options->now, err);
}

/* ---- rows ---- */

static void put_cell(struct json *row, const struct store_cell *cell)
{
        static const char digits[] = "0123456789abcdef";
        struct buf hex CLEANUP_BUF = { 0 };

        switch (cell->value.kind) {
        case SQL_INT:
                json_put_int(row, cell->name, cell->value.i);
                break;
        case SQL_TEXT:
                json_put_text(row, cell->name, cell->value.s);
                break;
        case SQL_BLOB:
                for (size_t i = 0; i < cell->value.s.n; i++) {
                        buf_putc(&hex, digits[(unsigned char)cell->value.s.p[i] >> 4]);
                        buf_putc(&hex, digits[(unsigned char)cell->value.s.p[i] & 15]);
                }
                json_put_text(row, cell->name, buf_str(&hex));
                break;
        case SQL_NULL:
                break;
        }
}

struct json *sink_row(const struct store_cell *cells, size_t n)
{
        struct json *row = json_new_object();

        for (size_t i = 0; i < n; i++)
                put_cell(row, &cells[i]);
        return row;
}

static int append_row(void *ctx, const struct store_cell *cells, size_t n, struct err *err)
{
        (void)err;
        json_append(ctx, sink_row(cells, n));
        return 0;
}

int sink_rows(struct store *store, enum store_extract what, int64_t of, struct json **out,
              struct err *err)
{
        struct json *rows CLEANUP_JSON = json_new_array();
        int r = store_extract(store, what, of, append_row, rows, err);

        if (r < 0)
                return r;
        *out = rows;
        rows = NULL;
        return 0;
}

struct lines {
        struct sink *sink;
        uint64_t *count;
};

static int write_line(void *ctx, const struct store_cell *cells, size_t n, struct err *err)
{
        const struct lines *lines = ctx;
        struct json *row CLEANUP_JSON = sink_row(cells, n);
        struct buf text CLEANUP_BUF = { 0 };

        json_render(row, false, &text);
        buf_putc(&text, '\n');
        ++*lines->count;
        return sink_add(lines->sink, buf_str(&text), err);
}

int sink_lines(struct sink *sink, struct str name, struct store *store, enum store_extract what,
               int64_t of, uint64_t *count, struct err *err)
{
        struct lines lines = { sink, count };
        int r = sink_begin(sink, name, ZIP_SIZE_UNKNOWN, false, sink->options->now, err);

        if (r == 0)
                r = store_extract(store, what, of, write_line, &lines, err);
        return r < 0 ? r : sink_end(sink, err);
}

void sink_progress(const struct sink *sink, const char *stage, uint64_t done, uint64_t total)
{
        if (sink->options->progress != NULL)
                sink->options->progress(sink->options->ctx, stage, done, total);
}
