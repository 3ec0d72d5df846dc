/*
 * lines.c -- following code over the lines of a document.
 */
#include "markdown/lines.h"

struct str lines_peek(struct str rest)
{
        ptrdiff_t at = str_find(rest, '\n');

        return str_make(rest.p, at < 0 ? rest.n : (size_t)at + 1);
}

bool lines_blank(struct str line)
{
        return str_trim(line).n == 0;
}

size_t lines_indent(struct str line, size_t *bytes)
{
        size_t column = 0;
        size_t i = 0;

        for (; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
                column = line.p[i] == '\t' ? (column / 4 + 1) * 4 : column + 1;
        *bytes = i;
        return column;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

size_t lines_container(struct str line)
{
        size_t n = 0;

        if (line.n == 0)
                return 0;
        if (line.p[0] == '>')
                return line.n > 1 && line.p[1] == ' ' ? 2 : 1;
        while (n < line.n && n < 9 && is_digit(line.p[n]))
                n++;
        if (n > 0) {
                if (n >= line.n || (line.p[n] != '.' && line.p[n] != ')'))
                        return 0;
        } else if (line.p[0] != '-' && line.p[0] != '*' && line.p[0] != '+') {
                return 0;
        }
        n++;
        return n < line.n && (line.p[n] == ' ' || line.p[n] == '\t') ? n + 1 : 0;
}

static size_t fence_run(struct str line, char c)
{
        size_t n = 0;

        while (n < line.n && line.p[n] == c)
                n++;
        return n;
}

/* Behind list markers and quote marks too: code in a list item is code. */
static void open_fence(struct lines *s, struct str line)
{
        size_t column = 0, bytes, marker;
        bool quoted = false;

        for (;;) {
                size_t indent = lines_indent(line, &bytes);

                if (indent >= LINES_CODE_INDENT && column == 0 && !quoted)
                        return;
                line = lines_skip(line, bytes);
                marker = lines_container(line);
                if (marker == 0)
                        break;
                quoted = quoted || line.p[0] == '>';
                column += indent + marker;
                line = lines_skip(line, marker);
        }
        if (line.n == 0 || (line.p[0] != '`' && line.p[0] != '~'))
                return;
        size_t n = fence_run(line, line.p[0]);

        if (n < 3 || (line.p[0] == '`' && str_find(lines_skip(line, n), '`') >= 0))
                return;
        s->fence = line.p[0];
        s->fence_length = n;
        s->fence_column = column;
        s->fence_quoted = quoted;
}

/* Whether line has left the list item or the quote that the fence stands in. */
static bool leaves_fence(const struct lines *s, struct str line)
{
        size_t bytes;
        size_t indent = lines_indent(line, &bytes);

        if (s->fence_quoted)
                return line.n == bytes || line.p[bytes] != '>';
        return indent < s->fence_column && !lines_blank(line);
}

/* Whether line belongs to a fenced block; its closing line does. */
static bool in_fence(struct lines *s, struct str line)
{
        if (s->fence == 0)
                return false;
        if (leaves_fence(s, line)) {
                s->fence = 0;
                return false;
        }
        while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t' ||
                              (line.p[0] == '>' && s->fence_quoted)))
                line = lines_skip(line, 1);
        size_t n = fence_run(line, s->fence);

        if (n >= s->fence_length && lines_blank(lines_skip(line, n)))
                s->fence = 0;
        return true;
}

static bool starts_nocase(struct str s, const char *prefix)
{
        struct str p = str_of(prefix);

        return s.n >= p.n && str_eq_nocase(str_make(s.p, p.n), p);
}

/* The raw HTML blocks that run over blank lines (CommonMark 4.6, kinds 1 and 2). */
static bool in_html(struct lines *s, struct str line)
{
        static const char *const pairs[][2] = {
                { "<!--", "-->" },       { "<pre", "</pre>" },           { "<script", "</script>" },
                { "<style", "</style>" }, { "<textarea", "</textarea>" },
        };
        size_t bytes;

        if (s->html_end == NULL && lines_indent(line, &bytes) < LINES_CODE_INDENT) {
                for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
                        if (starts_nocase(lines_skip(line, bytes), pairs[i][0]))
                                s->html_end = pairs[i][1];
        }
        if (s->html_end == NULL)
                return false;
        if (str_find_str(line, str_of(s->html_end)) >= 0)
                s->html_end = NULL;
        return true;
}

bool lines_take(struct lines *lines, struct str line)
{
        if (in_fence(lines, line) || in_html(lines, line))
                return true;
        open_fence(lines, line);
        return lines->fence != 0;
}
