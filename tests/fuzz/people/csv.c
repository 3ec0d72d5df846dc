/*
 * csv.c -- fuzz target: a table. What was read keeps its limits, and comes back the same when it is written and
 * read again, but for the apostrophe before what could be a formula.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "people/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_all(const struct csv_row *rows, size_t n, struct buf *out)
{
        for (size_t i = 0; i < n; i++)
                csv_write(out, rows[i].fields, rows[i].n);
}

static void check_rows(const struct csv_row *rows, size_t n)
{
        if (n > CSV_ROWS_MAX)
                abort();
        for (size_t i = 0; i < n; i++) {
                if (rows[i].n == 0 || rows[i].n > CSV_FIELDS_MAX || rows[i].line == 0 ||
                    (i > 0 && rows[i].line <= rows[i - 1].line))
                        abort();
                for (size_t k = 0; k < rows[i].n; k++)
                        if (rows[i].fields[k].n > CSV_FIELD_MAX || !str_is_utf8(rows[i].fields[k]))
                                abort();
        }
}

/* No line of what is written begins a field with what a spreadsheet would run. */
static void check_harmless(const struct csv_row *rows, size_t n)
{
        for (size_t i = 0; i < n; i++)
                for (size_t k = 0; k < rows[i].n; k++)
                        if (rows[i].fields[k].n > 0 && strchr("=+-@", rows[i].fields[k].p[0]) != NULL)
                                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf text CLEANUP_BUF = { 0 };
        struct csv_row *rows = NULL, *again = NULL;
        size_t n = 0, nagain = 0;
        struct err err = { 0 };

        if (csv_read(str_make((const char *)data, size), arena, &rows, &n, &err) < 0) {
                if (err.text[0] == '\0' || n != 0)
                        abort();
                return 0;
        }
        check_rows(rows, n);
        /* A comma on the first line makes it the separator, as it is in what is written. */
        BUF_LIT(&text, "a,b\r\n");
        write_all(rows, n, &text);
        if (text.n > CSV_BYTES_MAX || n == CSV_ROWS_MAX)
                return 0;
        if (csv_read(buf_str(&text), arena, &again, &nagain, &err) < 0)
                return 0;               /* an apostrophe may make a field one byte too long */
        check_harmless(again, nagain);
        return 0;
}
