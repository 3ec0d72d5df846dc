/*
 * html_import.c -- an HTML page as Markdown: its heading as a heading, the rest as one raw block.
 *
 * The block goes through the sanitiser when it is rendered; here it only has to stay one block,
 * which in CommonMark ends at the first empty line. Outside of <pre> empty lines mean nothing and
 * go; inside they are written as character references.
 */
#include <string.h>

#include "exchange/convert.h"

/* Whether "<name" stands at s[i], as a whole tag name. */
static bool tag_at(struct str s, size_t i, const char *name)
{
        size_t n = strlen(name);

        if (s.p[i] != '<' || s.n - i < n + 1 ||
            !str_eq_nocase(str_make(s.p + i + 1, n), str_of(name)))
                return false;
        char c = i + 1 + n < s.n ? s.p[i + 1 + n] : '\n';

        return c == '>' || c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '/';
}

/* Where "<name" begins at or after from; -1: nowhere. */
static ptrdiff_t find_tag(struct str s, size_t from, const char *name)
{
        for (size_t i = from; i < s.n; i++)
                if (tag_at(s, i, name))
                        return (ptrdiff_t)i;
        return -1;
}

/* What is between <name ...> and </name>; *begin and *end enclose the tags too. */
static bool element(struct str s, const char *name, struct str *inside, size_t *begin, size_t *end)
{
        char closing[16];
        ptrdiff_t open = find_tag(s, 0, name);

        if (open < 0)
                return false;
        struct str rest = str_make(s.p + open, s.n - (size_t)open);
        ptrdiff_t gt = str_find(rest, '>');

        if (gt < 0)
                return false;
        closing[0] = '/';
        memcpy(closing + 1, name, strlen(name) + 1);
        size_t from = (size_t)open + (size_t)gt + 1;
        ptrdiff_t close = find_tag(s, from, closing);
        size_t to = close < 0 ? s.n : (size_t)close;

        *inside = str_make(s.p + from, to - from);
        *begin = (size_t)open;
        rest = str_make(s.p + to, s.n - to);
        gt = str_find(rest, '>');
        *end = close < 0 || gt < 0 ? s.n : to + (size_t)gt + 1;
        return true;
}

/* Text of a heading, tags left out, on one line. */
static struct str without_tags(struct arena *arena, struct str s)
{
        char *out = arena_alloc(arena, s.n + 1);
        size_t n = 0;
        bool tag = false;

        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (c == '<')
                        tag = true;
                else if (c == '>')
                        tag = false;
                else if (!tag)
                        out[n++] = c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
        }
        return str_trim(str_make(out, n));
}

/* Append without empty lines. */
static void add_block(struct buf *out, struct str s)
{
        bool pre = false;

        while (s.n > 0) {
                struct str line = str_cut(&s, '\n');
                bool was = pre;

                for (size_t i = 0; i < line.n; i++) {
                        if (tag_at(line, i, "pre"))
                                pre = true;
                        else if (tag_at(line, i, "/pre"))
                                pre = false;
                }
                struct str text = was ? line : str_trim(line);

                if (str_trim(text).n == 0) {
                        if (was)
                                BUF_LIT(out, "&#10;");
                        continue;       /* joins the next line to this one */
                }
                buf_add_str(out, text);
                buf_putc(out, '\n');
        }
}

void html_import(struct conversion *c, struct str page, struct buf *out)
{
        struct str body = page, inside, title = { "", 0 };
        size_t begin, end;

        if (element(page, "title", &inside, &begin, &end))
                title = without_tags(c->scratch, inside);
        if (element(page, "body", &inside, &begin, &end))
                body = inside;
        if (element(body, "main", &inside, &begin, &end))
                body = inside;
        bool headed = element(body, "h1", &inside, &begin, &end);

        if (headed)
                title = without_tags(c->scratch, inside);
        if (title.n > 0)
                buf_printf(out, "# %.*s\n\n", STR_ARG(title));
        BUF_LIT(out, "<div>\n");
        if (headed) {
                add_block(out, str_make(body.p, begin));
                body = str_make(body.p + end, body.n - end);
        }
        add_block(out, body);
        BUF_LIT(out, "</div>\n");
}
