/*
 * csv.c -- rows and fields.
 */
#include "csv.h"

#include <string.h>

struct reader {
        struct str rest;
        struct arena *arena;
        unsigned line;
        char separator;
};

static char choose_separator(struct str text)
{
        struct str first = str_cut(&text, '\n');

        if (str_find(first, ',') >= 0)
                return ',';
        if (str_find(first, ';') >= 0)
                return ';';
        return str_find(first, '\t') >= 0 ? '\t' : ',';
}

static char take(struct reader *in)
{
        char c = in->rest.p[0];

        in->rest = str_make(in->rest.p + 1, in->rest.n - 1);
        in->line += c == '\n';
        return c;
}

static bool at_end_of_line(const struct reader *in)
{
        return in->rest.n == 0 || in->rest.p[0] == '\n' ||
               (in->rest.p[0] == '\r' && in->rest.n > 1 && in->rest.p[1] == '\n');
}

static void skip_end_of_line(struct reader *in)
{
        while (in->rest.n > 0 && take(in) != '\n')
                ;
}

/* Between quotes, where a quote is written twice (RFC 4180, 2.7). */
static int read_quoted(struct reader *in, struct str *out, struct err *err)
{
        unsigned begin = in->line;
        char *p = arena_alloc(in->arena, CSV_FIELD_MAX + 1);
        size_t n = 0;

        (void)take(in);
        for (;;) {
                if (in->rest.n == 0)
                        return err_set(err, ERR_INVALID, "line %u: a quotation mark is never closed", begin);
                char c = take(in);

                if (c == '"' && (in->rest.n == 0 || in->rest.p[0] != '"'))
                        break;
                if (c == '"')
                        (void)take(in);
                if (n == CSV_FIELD_MAX)
                        return err_set(err, ERR_LIMIT, "line %u: a field has at most %d bytes", begin,
                                       CSV_FIELD_MAX);
                p[n++] = c;
        }
        while (in->rest.n > 0 && in->rest.p[0] == ' ')
                (void)take(in);
        if (!at_end_of_line(in) && in->rest.p[0] != in->separator)
                return err_set(err, ERR_INVALID, "line %u: there is text behind a closing quotation mark",
                               in->line);
        *out = str_make(p, n);
        return 0;
}

static int read_plain(struct reader *in, struct str *out, struct err *err)
{
        const char *begin = in->rest.p;
        size_t n = 0;

        while (!at_end_of_line(in) && in->rest.p[0] != in->separator) {
                char c = take(in);

                if (c == '"' || c == '\r')
                        return err_set(err, ERR_INVALID, c == '"' ?
                                       "line %u: a quotation mark stands inside a field; write the "
                "whole field"
                                       " in quotation marks and this one twice" :
                                       "line %u: a carriage return stands inside a field", in->line);
                n++;
        }
        if (n > CSV_FIELD_MAX)
                return err_set(err, ERR_LIMIT, "line %u: a field has at most %d bytes", in->line,
                               CSV_FIELD_MAX);
        *out = str_trim(str_make(begin, n));
        return 0;
}

static void skip_blanks(struct reader *in)
{
        while (in->rest.n > 0 && in->rest.p[0] == ' ')
                (void)take(in);
}

static int read_row(struct reader *in, struct csv_row *row, struct err *err)
{
        struct str fields[CSV_FIELDS_MAX];

        *row = (struct csv_row){ .line = in->line };
        for (;;) {
                skip_blanks(in);
                if (row->n == CSV_FIELDS_MAX)
                        return err_set(err, ERR_LIMIT, "line %u: a line has at most %d fields", row->line,
                                       CSV_FIELDS_MAX);
                bool quoted = in->rest.n > 0 && in->rest.p[0] == '"';
                int r = quoted ? read_quoted(in, &fields[row->n], err) : read_plain(in, &fields[row->n], err);

                if (r < 0)
                        return r;
                row->n++;
                if (at_end_of_line(in))
                        break;
                (void)take(in);
        }
        skip_end_of_line(in);
        row->fields = arena_array(in->arena, row->n, sizeof *row->fields);
        memcpy(row->fields, fields, row->n * sizeof *row->fields);
        return 0;
}

static bool is_blank(const struct csv_row *row)
{
        return row->n == 1 && row->fields[0].n == 0;
}

int csv_read(struct str text, struct arena *arena, struct csv_row **out, size_t *out_n, struct err *err)
{
        if (text.n > CSV_BYTES_MAX)
                return err_set(err, ERR_LIMIT, "the table has more than %d KiB; split it",
                               CSV_BYTES_MAX / 1024);
        if (!str_is_utf8(text))
                return err_set(err, ERR_INVALID, "the table is not text in UTF-8; save it as \"CSV UTF-8\"");
        if (str_starts(text, STR("\xef\xbb\xbf")))
                text = str_make(text.p + 3, text.n - 3);
        struct reader in = {
                .rest = text, .arena = arena, .line = 1, .separator = choose_separator(text),
        };
        struct csv_row *rows = arena_array(arena, CSV_ROWS_MAX, sizeof *rows);
        size_t n = 0;

        while (in.rest.n > 0) {
                struct csv_row row;
                int r = read_row(&in, &row, err);

                if (r < 0)
                        return r;
                if (is_blank(&row))
                        continue;
                if (n == CSV_ROWS_MAX)
                        return err_set(err, ERR_LIMIT, "the table has more than %d lines; split it",
                                       CSV_ROWS_MAX);
                rows[n++] = row;
        }
        *out = rows;
        *out_n = n;
        return 0;
}

/* Spreadsheets, and csv_read() too, leave out spaces in front of a field. */
static bool is_formula(struct str field)
{
        struct str seen = str_trim(field);

        return field.n > 0 && (str_find(STR("\t\r"), field.p[0]) >= 0 ||
                               (seen.n > 0 && str_find(STR("=+-@"), seen.p[0]) >= 0));
}

static void write_field(struct buf *out, struct str field)
{
        bool formula = is_formula(field), quotes = formula;

        for (size_t i = 0; i < field.n && !quotes; i++)
                quotes = str_find(STR(",;\t\"\r\n"), field.p[i]) >= 0;
        if (!quotes) {
                buf_add_str(out, field);
                return;
        }
        buf_putc(out, '"');
        if (formula)
                buf_putc(out, '\'');
        for (size_t i = 0; i < field.n; i++) {
                if (field.p[i] == '"')
                        buf_putc(out, '"');
                buf_putc(out, field.p[i]);
        }
        buf_putc(out, '"');
}

void csv_write(struct buf *out, const struct str *fields, size_t n)
{
        for (size_t i = 0; i < n; i++) {
                if (i > 0)
                        buf_putc(out, ',');
                write_field(out, fields[i]);
        }
        BUF_LIT(out, "\r\n");
}
