/*
 * copies.c -- "carrel-copies 1", the place, then one line a copy.
 */
#include "vault/copies.h"

#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "crypto/hex.h"

#define NAME "copies"
#define TITLE "carrel-copies 1"

static const char *const kind_names[COPY_KINDS] = { "backup", "manifest", "store" };

void copies_free(struct copies *copies)
{
        free(copies->rows);
        *copies = (struct copies){ .n = 0 };
}

const struct copy_row *copies_find(const struct copies *copies, enum copy_kind kind, uint64_t number)
{
        for (size_t i = copies->n; i-- > 0;)
                if (copies->rows[i].kind == kind && copies->rows[i].number == number)
                        return &copies->rows[i];
        return NULL;
}

const struct copy_row *copies_last(const struct copies *copies, enum copy_kind kind)
{
        for (size_t i = copies->n; i-- > 0;)
                if (copies->rows[i].kind == kind)
                        return &copies->rows[i];
        return NULL;
}

void copies_remove(struct copies *copies, enum copy_kind kind, uint64_t number)
{
        size_t kept = 0;

        for (size_t i = 0; i < copies->n; i++)
                if (copies->rows[i].kind != kind || copies->rows[i].number != number)
                        copies->rows[kept++] = copies->rows[i];
        copies->n = kept;
}

void copies_put(struct copies *copies, const struct copy_row *row)
{
        copies_remove(copies, row->kind, row->number);
        copies->rows = xrealloc(copies->rows, copies->n + 1, sizeof *copies->rows);
        copies->rows[copies->n++] = *row;
}

/* ---- bytes ---- */

void copies_write(const struct copies *copies, struct buf *out)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(&copies->place, hex);
        buf_printf(out, TITLE "\nplace %s\n", hex);
        for (size_t i = 0; i < copies->n; i++) {
                const struct copy_row *row = &copies->rows[i];

                digest_hex(&row->digest, hex);
                buf_printf(out, "%s %llu %s %lld %s\n", kind_names[row->kind],
                           (unsigned long long)row->number, row->proven ? "proven" : "unproven",
                           (long long)row->when, hex);
        }
}

static bool read_row(struct str line, struct copy_row *out)
{
        struct str kind = str_cut(&line, ' '), number = str_cut(&line, ' '), state = str_cut(&line, ' ');
        struct str when = str_cut(&line, ' ');
        uint64_t time = 0;

        while (out->kind < COPY_KINDS && !str_is(kind, kind_names[out->kind]))
                out->kind++;
        if (out->kind == COPY_KINDS || (!str_is(state, "proven") && !str_is(state, "unproven")) ||
            str_to_u64(number, INT64_MAX, &out->number, NULL) < 0 ||
            str_to_u64(when, INT64_MAX, &time, NULL) < 0 || !hex_read(line, out->digest.b, DIGEST_LEN))
                return false;
        out->proven = str_is(state, "proven");
        out->when = (int64_t)time;
        return true;
}

int copies_read(struct str text, struct copies *out, struct err *err)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        bool whole = text.n > 0 && text.p[text.n - 1] == '\n';
        struct str title = str_cut(&text, '\n'), place = str_cut(&text, '\n'), word = str_cut(&place, ' ');

        if (!whole || !str_is(title, TITLE) || !str_is(word, "place") ||
            !hex_read(place, copies.place.b, DIGEST_LEN))
                return err_set(err, ERR_CORRUPT, "the list of off-site copies does not begin as one");
        while (text.n > 0) {
                struct copy_row row = { .number = 0 };

                if (copies.n >= COPIES_MAX || !read_row(str_cut(&text, '\n'), &row) ||
                    copies_find(&copies, row.kind, row.number) != NULL)
                        return err_set(err, ERR_CORRUPT, "line %zu of the list of off-site copies is damaged",
                                       copies.n + 3);
                copies_put(&copies, &row);
        }
        *out = copies;
        copies = (struct copies){ .n = 0 };
        return 0;
}

/* ---- the file ---- */

void copies_load(int folder, const struct digest *place, struct copies *out)
{
        struct buf text CLEANUP_BUF = { 0 };

        *out = (struct copies){ .n = 0 };
        if (fd_slurp(folder, NAME, COPIES_BYTES_MAX, &text, NULL) < 0 ||
            copies_read(buf_str(&text), out, NULL) < 0 ||
            memcmp(out->place.b, place->b, DIGEST_LEN) != 0)
                copies_free(out);
        out->place = *place;
}

int copies_save(int folder, const struct copies *copies, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };

        copies_write(copies, &text);
        return fd_replace(folder, NAME, 0600, text.p, text.n, err);
}
