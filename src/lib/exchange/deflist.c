/*
 * deflist.c -- "Term", ": definition" as a <dl> whose parts are Markdown between blank lines.
 */
#include <string.h>

#include "exchange/convert.h"

enum { TERMS_MAX = 8 };

/* ":   text" -> text */
static bool definition_line(struct str line, struct str *text)
{
        if (line_indent(line) > 3)
                return false;
        struct str s = str_trim(line);

        if (s.n < 3 || s.p[0] != ':' || (s.p[1] != ' ' && s.p[1] != '\t'))
                return false;
        *text = str_trim(str_make(s.p + 1, s.n - 1));
        return text->n > 0;
}

/* A line of a plain paragraph, which is what terms stand in. */
static bool term_line(struct str line)
{
        struct str s = str_trim(line), item;

        return s.n > 0 && line_indent(line) <= 3 && strchr("#>|<:!`~=", s.p[0]) == NULL &&
               !line_list_item(s, &item);
}

/*
 * How many lines from `at` are terms that a definition follows (one blank line may be between); 0:
 * none.
 */
static size_t terms_at(const struct lines *in, size_t at)
{
        struct str text;
        size_t n = 0;

        while (at + n < in->n && n < TERMS_MAX && term_line(in->v[at + n].text))
                n++;
        if (n == 0 || at + n >= in->n)
                return 0;
        if (definition_line(in->v[at + n].text, &text))
                return n;
        bool after_blank = n == 1 && line_is_blank(in->v[at + n].text) && at + n + 1 < in->n &&
                           definition_line(in->v[at + n + 1].text, &text);

        return after_blank ? n : 0;
}

static void part_open(struct lines *out, const char *tag, unsigned number)
{
        lines_add(out, str_of(tag), number);
        lines_add(out, STR(""), number);
}

static void part_close(struct lines *out, const char *tag, unsigned number)
{
        lines_add(out, STR(""), number);
        lines_add(out, str_of(tag), number);
}

/* One definition from its ':' line on; gives the index behind it. */
static size_t definition(struct conversion *c, const struct lines *in, size_t at, struct lines *out)
{
        unsigned number = in->v[at].number;
        struct fence fence = { 0 };
        struct str text, next;
        bool after_blank = false;
        size_t i = at + 1;

        if (!definition_line(in->v[at].text, &text))
                return at;
        part_open(out, "<dd>", number);
        lines_add(out, text, number);
        for (; i < in->n; i++) {
                struct str line = in->v[i].text;

                if (line_is_blank(line)) {
                        after_blank = true;
                        continue;
                }
                bool indented = line_indent(line) >= 4;

                if (fence.mark == 0 && !indented &&
                    (after_blank || definition_line(line, &next) || !term_line(line)))
                        break;
                if (after_blank)
                        lines_add(out, STR(""), in->v[i].number);
                after_blank = false;
                line = line_dedent(c->scratch, line, 4);
                fence_step(&fence, line);
                lines_add(out, line, in->v[i].number);
        }
        part_close(out, "</dd>", number);
        return i;
}

static size_t skip_blank(const struct lines *in, size_t at)
{
        while (at < in->n && line_is_blank(in->v[at].text))
                at++;
        return at;
}

/* A whole list from its first term on; gives the index behind it. */
static size_t list(struct conversion *c, const struct lines *in, size_t at, size_t terms,
                   struct lines *out)
{
        struct str text;
        unsigned number = in->v[at].number;

        if (out->n > 0 && !line_is_blank(out->v[out->n - 1].text))
                lines_add(out, STR(""), number);
        lines_add(out, STR("<dl>"), number);
        while (terms > 0) {
                for (; terms > 0; terms--, at++) {
                        part_open(out, "<dt>", in->v[at].number);
                        lines_add(out, str_trim(in->v[at].text), in->v[at].number);
                        part_close(out, "</dt>", in->v[at].number);
                }
                at = skip_blank(in, at);
                while (at < in->n && definition_line(in->v[at].text, &text)) {
                        at = definition(c, in, at, out);
                        size_t next = skip_blank(in, at);

                        if (next < in->n && definition_line(in->v[next].text, &text))
                                at = next;
                }
                size_t next = skip_blank(in, at);

                terms = terms_at(in, next);
                if (terms > 0)
                        at = next;
        }
        lines_add(out, STR("</dl>"), number);
        lines_add(out, STR(""), number);
        return at;
}

void convert_definitions(struct conversion *c, const struct lines *in, struct lines *out)
{
        struct fence fence = { 0 };
        bool paragraph = false; /* the line above is text: a term cannot begin in its middle */

        for (size_t i = 0; i < in->n;) {
                struct str text = in->v[i].text;

                if (fence_step(&fence, text)) {
                        lines_add_from(out, &in->v[i++]);
                        paragraph = false;
                        continue;
                }
                size_t terms = paragraph ? 0 : terms_at(in, i);

                if (terms > 0) {
                        change_count(&c->definitions, in->v[i].number);
                        i = list(c, in, i, terms, out);
                        continue;
                }
                paragraph = !line_is_blank(text);
                lines_add_from(out, &in->v[i++]);
        }
}
