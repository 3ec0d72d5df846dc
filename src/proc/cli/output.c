/*
 * output.c -- what people read. Widths are those of a terminal: a combining mark takes no column, a wide
 * character two.
 */
#include "proc/cli/output.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/check.h"

enum { GAP = 2, COLUMNS_MAX = 16, CELL_MAX = 200 };

void output_error(const char *fmt, ...)
{
        struct buf clean CLEANUP_BUF = { 0 };
        char text[1024];
        va_list args;

        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        output_clean(&clean, str_of(text));
        fflush(stdout);
        fprintf(stderr, "carrel: %s\n", buf_cstr(&clean));
}

/* The next code point of well-formed text, and how many bytes it took; '?' and 1 for anything else. */
static uint32_t next_point(struct str s, size_t *size)
{
        unsigned char c = (unsigned char)s.p[0];
        size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
        uint32_t point = c < 0x80 ? c : c & (0xffu >> (n + 1));

        *size = 1;
        if (n == 0 || n > s.n || !str_is_utf8(str_make(s.p, n)))
                return '?';
        for (size_t i = 1; i < n; i++)
                point = point << 6 | ((unsigned char)s.p[i] & 0x3f);
        *size = n;
        return point;
}

/* Characters that move the cursor, change the terminal or turn the text around. */
static bool acts_on_terminal(uint32_t c)
{
        return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
               (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void output_clean(struct buf *out, struct str text)
{
        while (text.n > 0) {
                size_t size;
                uint32_t c = next_point(text, &size);

                if (c == '\n' || c == '\t')
                        buf_putc(out, ' ');
                else if (acts_on_terminal(c) || (c == '?' && text.p[0] != '?'))
                        buf_putc(out, '?');
                else
                        buf_add(out, text.p, size);
                text = str_make(text.p + size, text.n - size);
        }
}

size_t output_width(struct str text)
{
        size_t width = 0;

        while (text.n > 0) {
                size_t size;
                int columns = wcwidth((wchar_t)next_point(text, &size));

                width += columns >= 0 ? (size_t)columns : 1;
                text = str_make(text.p + size, text.n - size);
        }
        return width;
}

void output_line(const char *fmt, ...)
{
        struct buf clean CLEANUP_BUF = { 0 };
        char text[2048];
        va_list args;

        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        output_clean(&clean, str_of(text));
        puts(buf_cstr(&clean));
}

/* A scalar, or an array of scalars with commas, as one clean line. */
static void add_value(struct buf *out, const struct json *value)
{
        struct buf number CLEANUP_BUF = { 0 };

        switch (json_kind(value)) {
        case JSON_KIND_TEXT:
                output_clean(out, json_text(value));
                break;
        case JSON_KIND_NUMBER:
                json_render(value, false, &number);
                buf_add_str(out, buf_str(&number));
                break;
        case JSON_KIND_BOOL:
                json_render(value, false, &number);
                buf_puts(out, str_is(buf_str(&number), "true") ? "yes" : "no");
                break;
        case JSON_KIND_ARRAY:
                for (size_t i = 0; i < json_length(value); i++) {
                        if (i > 0)
                                buf_puts(out, ", ");
                        add_value(out, json_at(value, i));
                }
                break;
        case JSON_KIND_OBJECT:
                json_render(value, false, out);
                break;
        case JSON_KIND_NONE:
        case JSON_KIND_NULL:
                break;
        }
}

static void pad(size_t n)
{
        printf("%*s", (int)n, "");
}

static void cell_of(struct buf *out, const struct json *row, const struct column *column)
{
        out->max = CELL_MAX;
        add_value(out, json_get(row, column->key));
}

/* The widest cell of a column with its heading, or 0 when every cell is empty. */
static size_t column_width(const struct json *rows, const struct column *column)
{
        size_t width = 0;

        for (size_t i = 0; i < json_length(rows); i++) {
                struct buf cell CLEANUP_BUF = { 0 };

                cell_of(&cell, json_at(rows, i), column);
                size_t w = output_width(buf_str(&cell));

                width = w > width ? w : width;
        }
        size_t heading = strlen(column->heading);

        return width == 0 || width > heading ? width : heading;
}

static void print_cell(struct str text, size_t width, bool last)
{
        fwrite(text.p, 1, text.n, stdout);
        if (!last)
                pad(width - output_width(text) + GAP);
}

void output_table(const struct json *rows, const struct column *columns, const char *none, int indent)
{
        const struct column *shown[COLUMNS_MAX];
        size_t width[COLUMNS_MAX], n = 0;

        for (; columns->key != NULL && n < COLUMNS_MAX; columns++) {
                width[n] = column_width(rows, columns);
                if (width[n] > 0)
                        shown[n++] = columns;
        }
        if (n == 0) {
                pad((size_t)indent);
                puts(none);
                return;
        }
        pad((size_t)indent);
        for (size_t c = 0; c < n; c++)
                print_cell(str_of(shown[c]->heading), width[c], c + 1 == n);
        putchar('\n');
        for (size_t i = 0; i < json_length(rows); i++) {
                pad((size_t)indent);
                for (size_t c = 0; c < n; c++) {
                        struct buf cell CLEANUP_BUF = { 0 };

                        cell_of(&cell, json_at(rows, i), shown[c]);
                        print_cell(buf_str(&cell), width[c], c + 1 == n);
                }
                putchar('\n');
        }
}

static bool is_in(const char *key, const char *const *list)
{
        for (; list != NULL && *list != NULL; list++)
                if (strcmp(*list, key) == 0)
                        return true;
        return false;
}

static bool is_paragraph(const struct json *value)
{
        enum json_kind kind = json_kind(value);

        return (kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY) &&
               (kind == JSON_KIND_OBJECT || json_kind(json_at(value, 0)) == JSON_KIND_OBJECT);
}

/* "not_after" -> "Not after" */
static void add_label(struct buf *out, const char *key)
{
        size_t start = out->n;

        output_clean(out, str_of(key));
        for (size_t i = start; i < out->n; i++)
                if (out->p[i] == '_')
                        out->p[i] = ' ';
        if (out->n > start)
                out->p[start] = (char)toupper((unsigned char)out->p[start]);
}

/* A table whose columns are the members of its first row. */
static void print_rows(const struct json *rows, int indent)
{
        struct column columns[COLUMNS_MAX + 1] = { 0 };
        struct buf labels[COLUMNS_MAX] = { 0 };
        const char *key;
        struct json *child;
        size_t n = 0;

        for (void *at = NULL; n < COLUMNS_MAX && json_next(json_at(rows, 0), &at, &key, &child); n++) {
                add_label(&labels[n], key);
                columns[n] = (struct column){ key, buf_cstr(&labels[n]) };
        }
        output_table(rows, columns, "none", indent);
        for (size_t i = 0; i < n; i++)
                buf_free(&labels[i]);
}

static size_t label_width(const struct json *object, const char *const *skip)
{
        const char *key;
        struct json *child;
        size_t width = 0;

        for (void *at = NULL; json_next(object, &at, &key, &child);)
                if (!is_in(key, skip) && !is_paragraph(child) && strlen(key) > width)
                        width = strlen(key);
        return width;
}

void output_details(const struct json *object, const char *const *skip, int indent)
{
        size_t width = label_width(object, skip);
        const char *key;
        struct json *child;

        for (void *at = NULL; json_next(object, &at, &key, &child);) {
                struct buf label CLEANUP_BUF = { 0 }, value CLEANUP_BUF = { 0 };

                if (is_in(key, skip) || is_paragraph(child))
                        continue;
                add_label(&label, key);
                add_value(&value, child);
                pad((size_t)indent);
                print_cell(buf_str(&label), width, false);
                puts(value.n > 0 ? buf_cstr(&value) : "-");
        }
        for (void *at = NULL; json_next(object, &at, &key, &child);) {
                struct buf label CLEANUP_BUF = { 0 };

                if (is_in(key, skip) || !is_paragraph(child))
                        continue;
                add_label(&label, key);
                pad((size_t)indent);
                puts(buf_cstr(&label));
                if (json_kind(child) == JSON_KIND_ARRAY)
                        print_rows(child, indent + GAP);
                else
                        output_details(child, NULL, indent + GAP);
        }
}

void output_json(const struct json *value)
{
        struct buf text CLEANUP_BUF = { 0 };

        json_render(value, true, &text);
        puts(buf_cstr(&text));
}
