/*
 * footnotes.c -- the scan for definitions, line by line.
 */
#include "markdown/footnotes.h"

#include <stdbool.h>

enum { CODE_INDENT = 4 };

/* What the line scan stands in. */
struct scan {
        struct arena *arena;
        struct str rest;                /* lines not seen yet */
        struct buf *out;
        struct buf link_definitions;
        struct footnotes *notes;
        char fence;                     /* '`' or '~' within a fenced block, else 0 */
        size_t fence_length;
        size_t fence_column;            /* where its list item's content starts */
        bool fence_quoted;
        const char *html_end;           /* what ends the raw block, or NULL */
};

/* The next line with its newline. */
static struct str peek_line(struct str rest)
{
        ptrdiff_t at = str_find(rest, '\n');

        return str_make(rest.p, at < 0 ? rest.n : (size_t)at + 1);
}

static void step(struct scan *s, struct str line)
{
        s->rest.p += line.n;
        s->rest.n -= line.n;
}

static bool is_blank(struct str line)
{
        return str_trim(line).n == 0;
}

/* Columns of white space in front, tabs to multiples of four; *bytes is how many bytes that is. */
static size_t indent_of(struct str line, size_t *bytes)
{
        size_t column = 0;
        size_t i = 0;

        for (; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
                column = line.p[i] == '\t' ? (column / 4 + 1) * 4 : column + 1;
        *bytes = i;
        return column;
}

static struct str skip(struct str s, size_t n)
{
        return str_make(s.p + n, s.n - n);
}

static struct str unindent(struct str line)
{
        size_t column = 0;

        while (column < CODE_INDENT && line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t')) {
                column = line.p[0] == '\t' ? CODE_INDENT : column + 1;
                line = skip(line, 1);
        }
        return line;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* Bytes of a list marker or a quote mark at the start of line, with one space behind it; 0: none. */
static size_t container_marker(struct str line)
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
static void open_fence(struct scan *s, struct str line)
{
        size_t column = 0, bytes, marker;
        bool quoted = false;

        for (;;) {
                size_t indent = indent_of(line, &bytes);

                if (indent >= CODE_INDENT && column == 0 && !quoted)
                        return;
                line = skip(line, bytes);
                marker = container_marker(line);
                if (marker == 0)
                        break;
                quoted = quoted || line.p[0] == '>';
                column += indent + marker;
                line = skip(line, marker);
        }
        if (line.n == 0 || (line.p[0] != '`' && line.p[0] != '~'))
                return;
        size_t n = fence_run(line, line.p[0]);

        if (n < 3 || (line.p[0] == '`' && str_find(skip(line, n), '`') >= 0))
                return;
        s->fence = line.p[0];
        s->fence_length = n;
        s->fence_column = column;
        s->fence_quoted = quoted;
}

/* Whether line has left the list item or the quote that the fence stands in. */
static bool leaves_fence(const struct scan *s, struct str line)
{
        size_t bytes;
        size_t indent = indent_of(line, &bytes);

        if (s->fence_quoted)
                return line.n == bytes || line.p[bytes] != '>';
        return indent < s->fence_column && !is_blank(line);
}

/* Whether line belongs to a fenced block; its closing line does. */
static bool in_fence(struct scan *s, struct str line)
{
        if (s->fence == 0)
                return false;
        if (leaves_fence(s, line)) {
                s->fence = 0;
                return false;
        }
        while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t' ||
                              (line.p[0] == '>' && s->fence_quoted)))
                line = skip(line, 1);
        size_t n = fence_run(line, s->fence);

        if (n >= s->fence_length && is_blank(skip(line, n)))
                s->fence = 0;
        return true;
}

static bool starts_nocase(struct str s, const char *prefix)
{
        struct str p = str_of(prefix);

        return s.n >= p.n && str_eq_nocase(str_make(s.p, p.n), p);
}

/* The raw HTML blocks that run over blank lines (CommonMark 4.6, kinds 1 and 2). */
static bool in_html(struct scan *s, struct str line)
{
        static const char *const pairs[][2] = {
                { "<!--", "-->" },       { "<pre", "</pre>" },           { "<script", "</script>" },
                { "<style", "</style>" }, { "<textarea", "</textarea>" },
        };
        size_t bytes;

        if (s->html_end == NULL && indent_of(line, &bytes) < CODE_INDENT) {
                for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
                        if (starts_nocase(skip(line, bytes), pairs[i][0]))
                                s->html_end = pairs[i][1];
        }
        if (s->html_end == NULL)
                return false;
        if (str_find_str(line, str_of(s->html_end)) >= 0)
                s->html_end = NULL;
        return true;
}

/* Length of "[^label]" at the start of text, or 0. */
static size_t reference_length(struct str text, struct str *label)
{
        size_t n = 2;

        if (!str_starts(text, STR("[^")))
                return 0;
        while (n < text.n && n - 2 < FOOTNOTE_LABEL_MAX && text.p[n] != ']') {
                if ((unsigned char)text.p[n] <= ' ' || text.p[n] == '[' || text.p[n] == '^')
                        return 0;
                n++;
        }
        if (n >= text.n || text.p[n] != ']' || n == 2)
                return 0;
        *label = str_make(text.p + 2, n - 2);
        return n + 1;
}

/* Labels are alike in either case, as in GFM. */
static struct str fold(struct str label, char out[static FOOTNOTE_LABEL_MAX])
{
        for (size_t i = 0; i < label.n; i++)
                out[i] = label.p[i] >= 'A' && label.p[i] <= 'Z' ? (char)(label.p[i] | 0x20)
                                                                : label.p[i];
        return str_make(out, label.n);
}

/* Bytes in front of a definition's text, or 0. */
static size_t definition_start(struct str line, struct str *label)
{
        size_t bytes;

        if (indent_of(line, &bytes) >= CODE_INDENT)
                return 0;
        size_t n = reference_length(skip(line, bytes), label);

        return n > 0 && bytes + n < line.n && line.p[bytes + n] == ':' ? bytes + n + 1 : 0;
}

/* Whether line goes on with the paragraph before it, although it is not indented. */
static bool is_lazy(struct str line)
{
        struct str text = str_trim(line);
        struct str label;

        return text.n > 0 && definition_start(line, &label) == 0 && container_marker(text) == 0 &&
               strchr("#`~<|=", text.p[0]) == NULL && text.p[0] != '-' && text.p[0] != '*' &&
               text.p[0] != '_';
}

/* The lines of a definition's text, whose first line's rest is `first`. */
static struct str take_body(struct scan *s, struct str first)
{
        struct buf body CLEANUP_BUF = { 0 };
        struct str blank = { s->rest.p, 0 };    /* blank lines that may turn out to be within */
        bool after_blank = false;

        buf_add_str(&body, str_trim(first));
        buf_putc(&body, '\n');
        while (s->rest.n > 0) {
                struct str line = peek_line(skip(s->rest, blank.n));
                size_t bytes;

                if (line.n == 0)
                        break;
                if (is_blank(line)) {
                        blank.n += line.n;
                        after_blank = true;
                        continue;
                }
                if (indent_of(line, &bytes) < CODE_INDENT && (after_blank || !is_lazy(line)))
                        break;
                for (size_t i = 0; i < blank.n; i++)
                        if (blank.p[i] == '\n')
                                buf_putc(&body, '\n');
                buf_add_str(&body, unindent(line));
                step(s, str_make(s->rest.p, blank.n + line.n));
                blank = str_make(s->rest.p, 0);
                after_blank = false;
        }
        return arena_str(s->arena, str_trim(buf_str(&body)));
}

static bool take_definition(struct scan *s, struct str line)
{
        struct str label;
        size_t start = definition_start(line, &label);

        if (start == 0 || s->notes->count == FOOTNOTES_MAX)
                return false;
        step(s, line);
        struct str body = take_body(s, skip(line, start));

        buf_putc(s->out, '\n');
        char key[FOOTNOTE_LABEL_MAX];

        if (map_get(s->notes->by_label, fold(label, key)) != NULL)
                return true;
        struct footnote *note = &s->notes->notes[s->notes->count++];

        note->label = label;
        note->body = body;
        map_put(s->notes->by_label, fold(label, key), note);
        return true;
}

static void keep_link_definition(struct scan *s, struct str line)
{
        size_t bytes;
        size_t indent = indent_of(line, &bytes);

        if (indent < CODE_INDENT && line.n > bytes && line.p[bytes] == '[' &&
            str_find_str(line, STR("]:")) > 0)
                buf_add_str(&s->link_definitions, line);
}

void footnotes_collect(struct arena *arena, struct str source, struct buf *rest,
                       struct footnotes *notes)
{
        struct scan s = { .arena = arena, .rest = source, .out = rest, .notes = notes };

        notes->by_label = map_new();
        notes->notes = arena_array(arena, FOOTNOTES_MAX, sizeof *notes->notes);
        while (s.rest.n > 0) {
                struct str line = peek_line(s.rest);

                if (!in_fence(&s, line) && !in_html(&s, line)) {
                        if (take_definition(&s, line))
                                continue;
                        open_fence(&s, line);
                        keep_link_definition(&s, line);
                }
                buf_add_str(rest, line);
                step(&s, line);
        }
        notes->link_definitions = arena_str(arena, buf_str(&s.link_definitions));
        buf_free(&s.link_definitions);
}

struct footnote *footnotes_at(const struct footnotes *notes, struct str text, size_t *length)
{
        struct str label;
        char key[FOOTNOTE_LABEL_MAX];

        *length = reference_length(text, &label);
        if (*length == 0 || notes->by_label == NULL)
                return NULL;
        return map_get(notes->by_label, fold(label, key));
}
