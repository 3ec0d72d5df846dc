/*
 * delimiters.c -- "|-|" into "|---|".
 */
#include "markdown/delimiters.h"

#include "markdown/lines.h"

enum { CELL_MIN = 3 };

/* Bytes of a cell's ":--:" at the start of row, or 0. */
static size_t cell_length(struct str row)
{
        size_t n = 0;

        if (n < row.n && row.p[n] == ':')
                n++;
        size_t hyphens = n;

        while (n < row.n && row.p[n] == '-')
                n++;
        if (n == hyphens)
                return 0;
        return n < row.n && row.p[n] == ':' ? n + 1 : n;
}

static bool is_short_row(struct str row)
{
        bool bar = false, narrow = false;

        row = str_trim(row);
        while (row.n > 0) {
                size_t cell = cell_length(row);

                if (cell == 0) {
                        if (row.p[0] != '|' && row.p[0] != ' ' && row.p[0] != '\t')
                                return false;
                        bar = bar || row.p[0] == '|';
                        cell = 1;
                } else {
                        narrow = narrow || cell < CELL_MIN;
                }
                row = lines_skip(row, cell);
        }
        return bar && narrow;
}

/*
 * The line behind quote marks, where a table may stand; empty where its indentation makes it code.
 */
static struct str row_of(struct str line)
{
        size_t bytes;

        for (;;) {
                if (lines_indent(line, &bytes) >= LINES_CODE_INDENT)
                        return STR("");
                line = lines_skip(line, bytes);
                if (line.n == 0 || line.p[0] != '>')
                        return line;
                line = lines_skip(line, 1);
        }
}

static bool has_short_row(struct str source)
{
        while (source.n > 0) {
                struct str line = lines_peek(source);

                if (is_short_row(row_of(line)))
                        return true;
                source = lines_skip(source, line.n);
        }
        return false;
}

static void widen_row(struct str row, struct buf *out)
{
        while (row.n > 0) {
                size_t cell = cell_length(row);
                size_t n = cell > 0 ? cell : 1;
                size_t front = row.p[0] == ':' ? 1 : 0;

                /* The added hyphens go behind a leading colon. */
                buf_add(out, row.p, front);
                for (size_t k = n; cell > 0 && k < CELL_MIN; k++)
                        buf_putc(out, '-');
                buf_add(out, row.p + front, n - front);
                row = lines_skip(row, n);
        }
}

bool delimiters_widen(struct str source, struct buf *out)
{
        struct lines lines = { 0 };

        if (!has_short_row(source))
                return false;
        while (source.n > 0) {
                struct str line = lines_peek(source);
                struct str row = row_of(line);
                bool code = lines_take(&lines, line);

                if (!code && is_short_row(row)) {
                        buf_add(out, line.p, line.n - row.n);
                        widen_row(row, out);
                } else {
                        buf_add_str(out, line);
                }
                source = lines_skip(source, line.n);
        }
        return true;
}
