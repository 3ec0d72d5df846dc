/*
 * token.c -- the tokenizer.
 */
#include "html/token.h"

static bool is_letter(char c)
{
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static void advance(struct str *s, size_t n)
{
        s->p += n;
        s->n -= n;
}

static void skip_space(struct str *s)
{
        while (s->n > 0 && is_space(s->p[0]))
                advance(s, 1);
}

/* Step behind needle, or to the end. */
static void skip_past(struct str *s, struct str needle)
{
        ptrdiff_t at = str_find_str(*s, needle);

        advance(s, at < 0 ? s->n : (size_t)at + needle.n);
}

/* Behind "<!--" (13.2.5.43): "-->" and "--!>" end it, and so do ">" and "->" right at its start. */
static void skip_comment(struct str *s)
{
        advance(s, 4);
        if (str_starts(*s, STR(">")) || str_starts(*s, STR("->"))) {
                skip_past(s, STR(">"));
                return;
        }
        while (s->n > 0) {
                skip_past(s, STR("--"));
                while (str_starts(*s, STR("-")))
                        advance(s, 1);
                if (str_starts(*s, STR(">"))) {
                        advance(s, 1);
                        return;
                }
                if (str_starts(*s, STR("!>"))) {
                        advance(s, 2);
                        return;
                }
        }
}

static struct str take_name(struct str *s)
{
        struct str name = { s->p, 0 };

        while (name.n < s->n && !is_space(s->p[name.n]) && s->p[name.n] != '/' &&
               s->p[name.n] != '>')
                name.n++;
        advance(s, name.n);
        return name;
}

static struct str take_value(struct str *s)
{
        struct str value = { s->p, 0 };

        skip_space(s);
        if (s->n > 0 && (s->p[0] == '"' || s->p[0] == '\'')) {
                char quote = s->p[0];

                advance(s, 1);
                return str_cut(s, quote);
        }
        value.p = s->p;
        while (value.n < s->n && !is_space(s->p[value.n]) && s->p[value.n] != '>')
                value.n++;
        advance(s, value.n);
        return value;
}

static struct html_token_attr take_attr(struct str *s)
{
        struct html_token_attr attr = { .name = { s->p, 0 } };

        /* A '=' in front belongs to the name (13.2.5.32). */
        while (attr.name.n < s->n && !is_space(s->p[attr.name.n]) && s->p[attr.name.n] != '/' &&
               s->p[attr.name.n] != '>' && (s->p[attr.name.n] != '=' || attr.name.n == 0))
                attr.name.n++;
        advance(s, attr.name.n);
        skip_space(s);
        if (s->n > 0 && s->p[0] == '=') {
                advance(s, 1);
                attr.value = take_value(s);
        }
        return attr;
}

/* Behind the tag's name. False when the input ends inside the tag: then there is no tag. */
static bool take_attrs(struct str *s, struct html_token *out)
{
        for (;;) {
                while (s->n > 0 && (is_space(s->p[0]) || s->p[0] == '/'))
                        advance(s, 1);
                if (s->n == 0)
                        return false;
                if (s->p[0] == '>') {
                        advance(s, 1);
                        return true;
                }
                struct html_token_attr attr = take_attr(s);

                if (out->nattrs < TOKEN_ATTRS_MAX)
                        out->attrs[out->nattrs++] = attr;
        }
}

static bool take_tag(struct str *s, struct html_token *out)
{
        out->kind = s->p[1] == '/' ? TOKEN_END : TOKEN_START;
        advance(s, out->kind == TOKEN_END ? 2 : 1);
        out->name = take_name(s);
        out->nattrs = 0;
        return take_attrs(s, out);
}

/* Whether '<' at s begins something else than text. */
static bool is_markup(struct str s)
{
        return s.n > 1 && (is_letter(s.p[1]) || s.p[1] == '!' || s.p[1] == '?' || s.p[1] == '/') &&
               !(s.n == 2 && s.p[1] == '/');
}

static bool is_tag(struct str s)
{
        return is_letter(s.p[1]) || (s.n > 2 && s.p[1] == '/' && is_letter(s.p[2]));
}

static struct str take_text(struct str *s)
{
        struct str text = { s->p, 0 };

        for (;;) {
                ptrdiff_t at = str_find(*s, '<');

                advance(s, at < 0 ? s->n : (size_t)at);
                if (s->n == 0 || is_markup(*s))
                        break;
                advance(s, 1);
        }
        text.n = (size_t)(s->p - text.p);
        return text;
}

bool token_next(struct str *rest, struct html_token *out)
{
        while (rest->n > 0) {
                if (rest->p[0] != '<' || !is_markup(*rest)) {
                        out->kind = TOKEN_TEXT;
                        out->text = take_text(rest);
                        return true;
                }
                if (is_tag(*rest)) {
                        if (take_tag(rest, out))
                                return true;
                } else if (str_starts(*rest, STR("<!--"))) {
                        skip_comment(rest);
                } else {
                        skip_past(rest, STR(">"));
                }
        }
        return false;
}

void token_skip_raw(struct str *rest, struct str name)
{
        for (;;) {
                skip_past(rest, STR("</"));
                if (rest->n == 0)
                        return;
                if (rest->n <= name.n || !str_eq_nocase(str_make(rest->p, name.n), name))
                        continue;
                char end = rest->p[name.n];

                if (is_space(end) || end == '/' || end == '>') {
                        rest->p -= 2;
                        rest->n += 2;
                        return;
                }
        }
}
