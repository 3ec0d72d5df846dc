/*
 * svg.c -- the outermost element's width and height, one of them by its viewBox. Not an XML
 * parser: what looks unusual has no size, and the page does without.
 */
#include <string.h>

#include "kinds.h"

enum { ROOT_WITHIN = 16 * 1024 };       /* licences and editors' notes stand in front of it */

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static struct str skip_space(struct str s)
{
        while (s.n > 0 && is_space(s.p[0]))
                s = str_make(s.p + 1, s.n - 1);
        return s;
}

/* Behind the next occurrence of end; empty when there is none. */
static struct str behind(struct str s, struct str end)
{
        ptrdiff_t at = str_find_str(s, end);

        return at < 0 ? STR("") : str_make(s.p + at + end.n, s.n - (size_t)at - end.n);
}

/* The attributes of <svg ...>, if that is the first element. */
static bool find_root(struct str s, struct str *attrs)
{
        if (str_starts(s, STR("\xef\xbb\xbf")))
                s = str_make(s.p + 3, s.n - 3);
        for (s = skip_space(s); s.n > 0; s = skip_space(s)) {
                if (str_starts(s, STR("<?")))
                        s = behind(s, STR("?>"));
                else if (str_starts(s, STR("<!--")))
                        s = behind(s, STR("-->"));
                else if (str_starts(s, STR("<!DOCTYPE")) && str_find(s, '[') < 0)
                        s = behind(s, STR(">"));
                else
                        break;
        }
        if (!str_starts(s, STR("<svg")) || s.n < 5 || !is_space(s.p[4]))
                return false;
        *attrs = str_make(s.p + 4, s.n - 4);
        return true;
}

/* One attribute; s moves behind it. False at the end of the tag. */
static bool next_attribute(struct str *s, struct str *name, struct str *value)
{
        struct str rest = skip_space(*s);
        size_t n = 0;

        while (n < rest.n && !is_space(rest.p[n]) && strchr("=/>\"'<", rest.p[n]) == NULL)
                n++;
        *name = str_make(rest.p, n);
        rest = skip_space(str_make(rest.p + n, rest.n - n));
        if (n == 0 || rest.n == 0 || rest.p[0] != '=')
                return false;
        rest = skip_space(str_make(rest.p + 1, rest.n - 1));
        if (rest.n == 0 || (rest.p[0] != '"' && rest.p[0] != '\''))
                return false;
        char quote = rest.p[0];

        rest = str_make(rest.p + 1, rest.n - 1);
        ptrdiff_t end = str_find(rest, quote);

        if (end < 0)
                return false;
        *value = str_make(rest.p, (size_t)end);
        *s = str_make(rest.p + end + 1, rest.n - (size_t)end - 1);
        return true;
}

/* Thousandths of a number such as "12.5"; s moves behind it. */
static bool take_number(struct str *s, uint64_t *out)
{
        struct str rest = skip_space(*s);
        uint64_t value = 0;
        unsigned digits = 0, decimals = 0;
        bool point = false;

        for (; rest.n > 0; rest = str_make(rest.p + 1, rest.n - 1)) {
                char c = rest.p[0];

                if (c == '.' && !point) {
                        point = true;
                        continue;
                }
                if (c < '0' || c > '9')
                        break;
                if (++digits > 15)
                        return false;
                if (point && ++decimals > 3)
                        continue;
                value = value * 10 + (uint64_t)(c - '0');
        }
        for (; decimals < 3; decimals++)
                value *= 10;
        *s = rest;
        *out = value;
        return digits > 0;
}

static unsigned rounded(uint64_t thousandths)
{
        uint64_t whole = (thousandths + 500) / 1000;

        return whole > PICTURE_SIDE_MAX ? PICTURE_SIDE_MAX + 1 : (unsigned)whole;
}

/* A length in CSS pixels: a number alone, "px", or "pt" as drawing programs write it. */
static unsigned pixels(struct str value)
{
        uint64_t number;

        if (!take_number(&value, &number))
                return 0;
        value = str_trim(value);
        if (value.n == 0 || str_is(value, "px"))
                return rounded(number);
        return str_is(value, "pt") ? rounded(number * 4 / 3) : 0;
}

static bool read_view_box(struct str value, struct picture_size *out)
{
        uint64_t numbers[4];

        for (size_t i = 0; i < 4; i++) {
                value = skip_space(value);
                if (value.n > 0 && value.p[0] == ',')
                        value = skip_space(str_make(value.p + 1, value.n - 1));
                /* The origin may be negative; it does not matter here. */
                if (i < 2 && value.n > 0 && (value.p[0] == '-' || value.p[0] == '+'))
                        value = str_make(value.p + 1, value.n - 1);
                if (!take_number(&value, &numbers[i]))
                        return false;
        }
        if (str_trim(value).n > 0)
                return false;
        *out = (struct picture_size){ rounded(numbers[2]), rounded(numbers[3]) };
        return true;
}

static unsigned scaled(unsigned side, unsigned part, unsigned whole)
{
        return rounded((uint64_t)side * part * 1000 / whole);
}

bool svg_measure(struct str head, struct picture_size *out)
{
        struct picture_size size = { 0, 0 }, box = { 0, 0 };
        struct str attrs, name, value;

        if (head.n > ROOT_WITHIN)
                head.n = ROOT_WITHIN;
        if (!find_root(head, &attrs))
                return false;
        while (next_attribute(&attrs, &name, &value)) {
                if (str_is(name, "width"))
                        size.width = pixels(value);
                else if (str_is(name, "height"))
                        size.height = pixels(value);
                else if (str_is(name, "viewBox"))
                        (void)read_view_box(value, &box);
        }
        /* A viewBox alone is a shape, not a size: such a drawing is as wide as its place. */
        if (size.height == 0 && box.width > 0)
                size.height = scaled(size.width, box.height, box.width);
        if (size.width == 0 && box.height > 0)
                size.width = scaled(size.height, box.width, box.height);
        *out = size;
        return true;
}
