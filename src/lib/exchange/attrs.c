/*
 * attrs.c -- attribute lists ({: .class #id }), [TOC] and the imports of MDX.
 *
 * An id on a heading is kept in our own form, {#id}; classes and widths have no meaning here.
 */
#include <string.h>

#include "exchange/convert.h"

/* A longer one is no list; without an end, each '{' of a line would look through all of it. */
enum { LIST_MAX = 400 };

static bool attribute_word(struct str w, bool colon)
{
        if (w.n == 0)
                return false;
        if ((w.p[0] == '.' || w.p[0] == '#') && w.n > 1)
                return str_find(w, '{') < 0;
        return colon || (str_find(w, '=') > 0 && w.p[0] != '=');
}

/* Whether the text between braces is an attribute list; *id is its #id, or empty. */
static bool attributes(struct str inside, struct str *id)
{
        struct str rest = str_trim(inside);
        bool colon = rest.n > 0 && rest.p[0] == ':', any = false;
        char quote = 0;
        size_t start = 0;

        *id = (struct str){ "", 0 };
        if (colon)
                rest = str_trim(str_make(rest.p + 1, rest.n - 1));
        for (size_t i = 0; i <= rest.n; i++) {
                char c = i < rest.n ? rest.p[i] : ' ';

                if (quote != 0 && i < rest.n) {
                        quote = c == quote ? 0 : quote;
                        continue;
                }
                if (c == '"' || c == '\'')
                        quote = c;
                if (c != ' ')
                        continue;
                struct str word = str_make(rest.p + start, i - start);

                start = i + 1;
                if (word.n == 0)
                        continue;
                if (!attribute_word(word, colon))
                        return false;
                if (word.p[0] == '#')
                        *id = str_make(word.p + 1, word.n - 1);
                any = true;
        }
        return any || colon;
}

/* The first attribute list of a line outside of inline code; false when there is none. */
static bool find_list(struct str s, size_t from, size_t *begin, size_t *end, struct str *id)
{
        size_t ticks = 0;

        for (size_t i = from; i < s.n; i++) {
                if (s.p[i] == '`') {
                        size_t run = 1;

                        while (i + run < s.n && s.p[i + run] == '`')
                                run++;
                        ticks = ticks == 0 ? run : ticks == run ? 0 : ticks;
                        i += run - 1;
                        continue;
                }
                if (s.p[i] != '{' || ticks > 0 || (i > 0 && s.p[i - 1] == '\\'))
                        continue;
                size_t left = s.n - i - 1 < LIST_MAX ? s.n - i - 1 : LIST_MAX;
                struct str rest = str_make(s.p + i + 1, left);
                ptrdiff_t close = str_find(rest, '}');

                if (close >= 0 && attributes(str_make(rest.p, (size_t)close), id)) {
                        *begin = i;
                        *end = i + 2 + (size_t)close;
                        return true;
                }
        }
        return false;
}

/* "# Title {: #id .class }" -> "# Title {#id}" */
static struct str heading_line(struct conversion *c, const struct line *line)
{
        struct str s = line->text, id;
        size_t begin, end;

        if (!find_list(s, 0, &begin, &end, &id) || str_trim(str_make(s.p + end, s.n - end)).n > 0)
                return s;
        if (id.n > 0 && end - begin == id.n + 3)
                return s;               /* ours already */
        struct str head = str_trim(str_make(s.p, begin));

        change_count(&c->attributes, line->number);
        return id.n > 0 ? str_of(arena_printf(c->scratch, "%.*s {#%.*s}", STR_ARG(head),
                                              STR_ARG(id)))
                        : head;
}

/* Lists behind a link, an image, code or emphasis; or alone on the line. Only an id is kept. */
static struct str text_line(struct conversion *c, const struct line *line)
{
        struct str s = line->text, id;
        struct buf made CLEANUP_BUF = { 0 };
        size_t begin, end, from = 0, kept = 0;  /* the text up to `kept` is in made */

        while (find_list(s, from, &begin, &end, &id)) {
                struct str before = str_make(s.p + kept, begin - kept);
                bool alone = str_trim(str_make(s.p, begin)).n == 0 &&
                             str_trim(str_make(s.p + end, s.n - end)).n == 0;

                from = end;
                if (!alone && (begin == 0 || strchr(")]`*_>", s.p[begin - 1]) == NULL))
                        continue;
                /* "[](){#id}" is an anchor without text. */
                if (id.n > 0 && str_ends(before, STR("[]()")))
                        before.n -= 4;
                buf_add_str(&made, before);
                if (id.n > 0)
                        buf_printf(&made, "<a id=\"%.*s\"></a>", STR_ARG(id));
                kept = end;
                change_count(&c->attributes, line->number);
        }
        if (kept == 0)
                return s;
        buf_add(&made, s.p + kept, s.n - kept);
        return arena_str(c->scratch, buf_str(&made));
}

static bool is_toc(struct str text)
{
        return str_eq_nocase(text, STR("[TOC]")) || str_eq_nocase(text, STR("[[_TOC_]]")) ||
               str_eq_nocase(text, STR("{:toc}"));
}

static bool is_module_line(const struct conversion *c, struct str line)
{
        if (!c->source->is_mdx)
                return false;
        return (str_starts(line, STR("import ")) && str_find_str(line, STR(" from ")) > 0) ||
               str_starts(line, STR("import '")) || str_starts(line, STR("import \""));
}

void convert_attributes(struct conversion *c, const struct lines *in, struct lines *out)
{
        struct fence fence = { 0 };
        bool blank = true;

        for (size_t i = 0; i < in->n; i++) {
                const struct line *line = &in->v[i];
                struct str text = str_trim(line->text);
                bool code = fence_step(&fence, line->text) ||
                            (blank && line_indent(line->text) >= 4);

                blank = text.n == 0;
                if (code) {
                        lines_add_from(out, line);
                        blank = fence.mark == 0 && line_indent(line->text) >= 4;
                } else if (is_toc(text)) {
                        change_count(&c->tocs, line->number);
                } else if (is_module_line(c, line->text)) {
                        change_count(&c->modules, line->number);
                } else if (text.n > 0 && text.p[0] == '#') {
                        lines_add(out, heading_line(c, line), line->number);
                } else {
                        lines_add(out, text_line(c, line), line->number);
                }
        }
}
