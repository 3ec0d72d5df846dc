/*
 * lines.c -- lines, fences, indentation.
 */
#include "exchange/lines.h"

#include <string.h>

void lines_add(struct lines *lines, struct str text, unsigned number)
{
        if (lines->n == lines->cap) {
                size_t cap = lines->cap > 0 ? lines->cap * 2 : 64;
                struct line *v = arena_array(lines->arena, cap, sizeof *v);

                if (lines->n > 0)
                        memcpy(v, lines->v, lines->n * sizeof *v);
                lines->v = v;
                lines->cap = cap;
        }
        lines->v[lines->n++] = (struct line){ text, number };
}

void lines_add_from(struct lines *lines, const struct line *line)
{
        lines_add(lines, line->text, line->number);
}

int lines_split(struct arena *arena, struct str text, unsigned first, size_t max,
                struct lines *out, struct err *err)
{
        struct lines made = { .arena = arena };

        for (unsigned number = first; text.n > 0; number++) {
                struct str line = str_cut(&text, '\n');

                if (line.n > 0 && line.p[line.n - 1] == '\r')
                        line.n--;
                if (made.n >= max)
                        return err_set(err, ERR_LIMIT, "more than %zu lines; split it into topics",
                                       max);
                lines_add(&made, line, number);
        }
        *out = made;
        return 0;
}

void lines_join(const struct lines *lines, struct buf *out)
{
        for (size_t i = 0; i < lines->n; i++) {
                buf_add_str(out, lines->v[i].text);
                buf_putc(out, '\n');
        }
}

/* Skip "> > " and spaces; *quotes counts the marks. */
static struct str inner(struct str line, size_t *quotes)
{
        size_t i = 0;

        *quotes = 0;
        while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t' || line.p[i] == '>'))
                *quotes += line.p[i++] == '>';
        return str_make(line.p + i, line.n - i);
}

static size_t run_of(struct str s, char c)
{
        size_t n = 0;

        while (n < s.n && s.p[n] == c)
                n++;
        return n;
}

static bool comment_step(struct fence *fence, struct str line)
{
        if (str_find_str(line, STR("-->")) >= 0)
                fence->mark = 0;
        return true;
}

static bool open_step(struct fence *fence, struct str text, size_t quotes)
{
        struct str item;

        if (line_list_item(text, &item))
                text = str_trim(item);          /* "- ```" */
        size_t ticks = run_of(text, '`'), tildes = run_of(text, '~');
        size_t length = ticks >= 3 ? ticks : tildes;
        struct str info = str_trim(str_make(text.p + length, text.n - length));

        if (length >= 3 && (ticks < 3 || str_find(info, '`') < 0)) {
                *fence = (struct fence){ ticks >= 3 ? '`' : '~', length, quotes, info };
                return true;
        }
        if (str_starts(text, STR("<!--"))) {
                fence->mark = str_find_str(text, STR("-->")) < 0 ? '!' : 0;
                return true;
        }
        return false;
}

bool fence_step(struct fence *fence, struct str line)
{
        size_t quotes;
        struct str text = inner(line, &quotes);

        if (fence->mark == '!')
                return comment_step(fence, line);
        /* A block quote that ends takes its open fence with it. */
        if (fence->mark != 0 && fence->quotes > quotes)
                fence->mark = 0;
        if (fence->mark == 0)
                return open_step(fence, text, quotes);
        size_t length = run_of(text, fence->mark);

        if (length >= fence->length && str_trim(str_make(text.p + length, text.n - length)).n == 0)
                fence->mark = 0;
        return true;
}

size_t line_indent(struct str line)
{
        size_t columns = 0;

        for (size_t i = 0; i < line.n; i++) {
                if (line.p[i] == ' ')
                        columns++;
                else if (line.p[i] == '\t')
                        columns = columns / 4 * 4 + 4;
                else
                        break;
        }
        return columns;
}

bool line_is_blank(struct str line)
{
        return str_trim(line).n == 0;
}

struct str line_dedent(struct arena *arena, struct str line, size_t columns)
{
        size_t at = 0, i = 0;

        while (i < line.n && at < columns) {
                if (line.p[i] == ' ')
                        at++;
                else if (line.p[i] == '\t')
                        at = at / 4 * 4 + 4;
                else
                        break;
                i++;
        }
        struct str rest = str_make(line.p + i, line.n - i);

        if (at <= columns)
                return rest;
        /* A tab reached past the column: what is left of it are spaces. */
        return str_of(arena_printf(arena, "%*s%.*s", (int)(at - columns), "", STR_ARG(rest)));
}

bool line_list_item(struct str s, struct str *content)
{
        size_t i = 0;

        if (s.n == 0)
                return false;
        if (s.p[0] == '-' || s.p[0] == '*' || s.p[0] == '+') {
                i = 1;
        } else {
                while (i < s.n && i < 9 && s.p[i] >= '0' && s.p[i] <= '9')
                        i++;
                if (i == 0 || i >= s.n || (s.p[i] != '.' && s.p[i] != ')'))
                        return false;
                i++;
        }
        if (i < s.n && s.p[i] != ' ' && s.p[i] != '\t')
                return false;
        *content = i < s.n ? str_make(s.p + i + 1, s.n - i - 1) : (struct str){ "", 0 };
        return true;
}

/* The length of the sequence that starts at p, or 0 (RFC 3629). */
static size_t sequence(const unsigned char *p, size_t n)
{
        size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 :
                        p[0] < 0xf5 ? 4 : 0;

        if (p[0] == 0 || length == 0 || length > n)
                return 0;
        for (size_t i = 1; i < length; i++)
                if ((p[i] & 0xc0) != 0x80)
                        return 0;
        bool bad = length == 3 ? (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) :
                   length == 4 ? (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f) :
                                 false;

        return bad ? 0 : length;
}

size_t utf8_good_bytes(struct str text)
{
        size_t at = 0;

        while (at < text.n) {
                size_t n = sequence((const unsigned char *)text.p + at, text.n - at);

                if (n == 0)
                        break;
                at += n;
        }
        return at;
}
