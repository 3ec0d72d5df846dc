/*
 * callout_words.c -- boxes that begin with a word in capitals, as MkDocs' "callouts" extension
 * reads them: a paragraph "NOTE: text", a quote "> TIP: text", the folding "> WARNING" forms ">!"
 * and ">?".
 *
 * Only when mkdocs.yml switches that extension on: elsewhere a paragraph may begin with "NOTE:" and
 * mean nothing by it.
 */
#include <string.h>

#include "exchange/convert.h"

/* "> >? NOTE: text": *quote is "> >", *word "NOTE", *rest "text". False: no such line. */
static bool read_box(struct arena *arena, struct str line, struct str *quote, struct str *word,
                     struct str *rest)
{
        size_t i = 0, end = 0;

        while (i < line.n && (line.p[i] == ' ' || line.p[i] == '>')) {
                if (line.p[i++] == '>')
                        end = i;
        }
        *quote = str_make(line.p, end);
        if (end == 0 && i > 0)
                return false;
        if (end > 0 && i == end && i < line.n && (line.p[i] == '!' || line.p[i] == '?')) {
                i++;
                while (i < line.n && line.p[i] == ' ')
                        i++;
        }
        size_t from = i;

        while (i < line.n && line.p[i] >= 'A' && line.p[i] <= 'Z')
                i++;
        if (i - from < 2 || i >= line.n || line.p[i] != ':' ||
            (i + 1 < line.n && line.p[i + 1] != ' '))
                return false;
        *word = arena_str(arena, str_make(line.p + from, i - from));
        *rest = str_trim(str_make(line.p + i + 1, line.n - i - 1));
        return true;
}

static size_t quotes_of(struct str line)
{
        size_t n = 0;

        for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '>'); i++)
                n += line.p[i] == '>';
        return n;
}

static void emit_box(struct conversion *c, struct str quote, struct str word, struct str rest,
                     unsigned number, struct lines *out)
{
        bool bare = quote.n == 0;
        struct str mark = bare ? STR(">") : quote;
        struct str title;
        const char *callout = callout_named(c->scratch, word, &title);

        lines_add(out, str_of(arena_printf(c->scratch, "%.*s [!%s]", STR_ARG(mark), callout)),
                  number);
        if (title.n > 0) {
                lines_add(out, str_of(arena_printf(c->scratch, "%.*s **%.*s**", STR_ARG(mark),
                                                   STR_ARG(title))),
                          number);
                lines_add(out, mark, number);
        }
        if (rest.n > 0)
                lines_add(out, str_of(arena_printf(c->scratch, "%.*s %.*s", STR_ARG(mark),
                                                   STR_ARG(rest))),
                          number);
        change_count(&c->callouts, number);
}

void convert_word_callouts(struct conversion *c, const struct lines *in, struct lines *out)
{
        struct fence fence = { 0 };
        struct str before = { "", 0 };
        bool bare = false;              /* in a paragraph that became a box */

        for (size_t i = 0; i < in->n; i++) {
                const struct line *line = &in->v[i];
                struct str quote, word, rest;
                bool starts = str_trim(before).n == 0 || quotes_of(line->text) > quotes_of(before);

                before = line->text;
                if (fence_step(&fence, line->text)) {
                        lines_add_from(out, line);
                        continue;
                }
                if (line_is_blank(line->text))
                        bare = false;
                if (starts && read_box(c->scratch, line->text, &quote, &word, &rest) &&
                    callout_known(word)) {
                        bare = quote.n == 0;
                        emit_box(c, quote, word, rest, line->number, out);
                } else if (bare) {
                        lines_add(out, str_of(arena_printf(c->scratch, "> %.*s",
                                                           STR_ARG(str_trim(line->text)))),
                                  line->number);
                } else {
                        lines_add_from(out, line);
                }
        }
}
