/*
 * footnotes.c -- the scan for definitions, line by line.
 */
#include "markdown/footnotes.h"

#include <stdbool.h>

#include "markdown/lines.h"

/* What the line scan stands in. */
struct scan {
        struct arena *arena;
        struct str rest;                /* lines not seen yet */
        struct buf *out;
        struct buf link_definitions;
        struct footnotes *notes;
        struct lines lines;
};

static void step(struct scan *s, struct str line)
{
        s->rest.p += line.n;
        s->rest.n -= line.n;
}

static struct str unindent(struct str line)
{
        size_t column = 0;

        while (column < LINES_CODE_INDENT && line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t')) {
                column = line.p[0] == '\t' ? LINES_CODE_INDENT : column + 1;
                line = lines_skip(line, 1);
        }
        return line;
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

        if (lines_indent(line, &bytes) >= LINES_CODE_INDENT)
                return 0;
        size_t n = reference_length(lines_skip(line, bytes), label);

        return n > 0 && bytes + n < line.n && line.p[bytes + n] == ':' ? bytes + n + 1 : 0;
}

/* Whether line goes on with the paragraph before it, although it is not indented. */
static bool is_lazy(struct str line)
{
        struct str text = str_trim(line);
        struct str label;

        return text.n > 0 && definition_start(line, &label) == 0 && lines_container(text) == 0 &&
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
                struct str line = lines_peek(lines_skip(s->rest, blank.n));
                size_t bytes;

                if (line.n == 0)
                        break;
                if (lines_blank(line)) {
                        blank.n += line.n;
                        after_blank = true;
                        continue;
                }
                if (lines_indent(line, &bytes) < LINES_CODE_INDENT && (after_blank || !is_lazy(line)))
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
        struct str body = take_body(s, lines_skip(line, start));

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
        size_t indent = lines_indent(line, &bytes);

        if (indent < LINES_CODE_INDENT && line.n > bytes && line.p[bytes] == '[' &&
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
                struct str line = lines_peek(s.rest);
                bool code = lines_take(&s.lines, line);

                if (!code && take_definition(&s, line))
                        continue;
                if (!code)
                        keep_link_definition(&s, line);
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
