/*
 * text.c -- character references and control characters.
 */
#include "html/text.h"

#include <stdlib.h>
#include <string.h>

struct entity {
        const char *name;
        const char *utf8;
        bool bare;                      /* also known without its ';' */
};

static const struct entity entities[] = {
#include "html_entities.inc"
};

enum {
        NAME_MAX_LEN = 31,              /* the longest name of the list */
        BARE_MIN = 2,
        BARE_MAX = 6,                   /* "frac12", the longest old name */
        CODE_POINT_MAX = 0x10ffff,
        REPLACEMENT = 0xfffd,
};

/* What Windows-1252 meant by these numbers, which HTML keeps (13.2.5.80). */
static const uint16_t windows_1252[32] = {
        0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static bool is_alnum(char c)
{
        return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static int compare_entity(const void *key, const void *row)
{
        const struct str *name = key;
        const struct entity *entity = row;
        size_t n = strlen(entity->name);
        int order = memcmp(name->p, entity->name, name->n < n ? name->n : n);

        return order != 0 ? order : (name->n > n) - (name->n < n);
}

static const struct entity *entity_find(struct str name)
{
        if (name.n == 0 || name.n > NAME_MAX_LEN)
                return NULL;
        return bsearch(&name, entities, ARRAY_LEN(entities), sizeof entities[0], compare_entity);
}

static void put_utf8(struct buf *out, uint32_t c)
{
        if (c < 0x80) {
                buf_putc(out, (char)c);
        } else if (c < 0x800) {
                buf_putc(out, (char)(0xc0 | (c >> 6)));
                buf_putc(out, (char)(0x80 | (c & 0x3f)));
        } else if (c < 0x10000) {
                buf_putc(out, (char)(0xe0 | (c >> 12)));
                buf_putc(out, (char)(0x80 | ((c >> 6) & 0x3f)));
                buf_putc(out, (char)(0x80 | (c & 0x3f)));
        } else {
                buf_putc(out, (char)(0xf0 | (c >> 18)));
                buf_putc(out, (char)(0x80 | ((c >> 12) & 0x3f)));
                buf_putc(out, (char)(0x80 | ((c >> 6) & 0x3f)));
                buf_putc(out, (char)(0x80 | (c & 0x3f)));
        }
}

/* Code points that are never characters; HTML lets no document have them (13.2.3.5). */
static bool is_noncharacter(uint32_t c)
{
        return (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void put_number(struct buf *out, uint32_t c)
{
        if (c >= 0x80 && c < 0xa0)
                c = windows_1252[c - 0x80];
        if (c == 0 || c > CODE_POINT_MAX || (c >= 0xd800 && c <= 0xdfff) || is_noncharacter(c))
                c = REPLACEMENT;
        if (c == '\r')
                c = '\n';
        if ((c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0))
                return;
        put_utf8(out, c);
}

/* Value of the digit in this base, or -1. */
static int digit(char c, bool hex)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (hex && (c | 0x20) >= 'a' && (c | 0x20) <= 'f')
                return (c | 0x20) - 'a' + 10;
        return -1;
}

/* Length of the numeric reference at s ("&#..."), without the ';', its value in *value; 0: none. */
static size_t numeric(struct str s, uint32_t *value)
{
        size_t i = 2;
        bool hex = s.n > 2 && (s.p[2] | 0x20) == 'x';
        uint32_t c = 0;

        if (hex)
                i++;
        size_t first = i;

        for (; i < s.n && digit(s.p[i], hex) >= 0; i++)
                if (c <= CODE_POINT_MAX)
                        c = c * (hex ? 16u : 10u) + (uint32_t)digit(s.p[i], hex);
        *value = c;
        return i > first ? i : 0;
}

/*
 * Length of the reference at s, which starts with '&', after appending its meaning; 0: it is text.
 */
static size_t decode_one(struct buf *out, struct str s, bool attribute, bool whole)
{
        if (s.n > 1 && s.p[1] == '#') {
                uint32_t c;
                size_t n = numeric(s, &c);

                if (n == 0 || (whole && (n >= s.n || s.p[n] != ';')))
                        return 0;
                put_number(out, c);
                return n < s.n && s.p[n] == ';' ? n + 1 : n;
        }
        size_t n = 1;

        while (n < s.n && n <= NAME_MAX_LEN && is_alnum(s.p[n]))
                n++;
        if (n < s.n && s.p[n] == ';') {
                const struct entity *entity = entity_find(str_make(s.p + 1, n - 1));

                if (entity != NULL) {
                        buf_puts(out, entity->utf8);
                        return n + 1;
                }
        }
        if (whole)
                return 0;
        for (size_t k = n - 1 < BARE_MAX ? n - 1 : BARE_MAX; k >= BARE_MIN; k--) {
                const struct entity *entity = entity_find(str_make(s.p + 1, k));

                if (entity == NULL || !entity->bare)
                        continue;
                if (attribute && 1 + k < s.n && (s.p[1 + k] == '=' || is_alnum(s.p[1 + k])))
                        return 0;
                buf_puts(out, entity->utf8);
                return 1 + k;
        }
        return 0;
}

bool html_reference(struct buf *out, struct str reference)
{
        size_t before = out->n;

        if (reference.n > 2 && reference.p[0] == '&' &&
            decode_one(out, reference, false, true) == reference.n)
                return true;
        out->n = before;
        return false;
}

void html_decode(struct buf *out, struct str text, bool attribute)
{
        while (text.n > 0) {
                ptrdiff_t at = str_find(text, '&');
                size_t plain = at < 0 ? text.n : (size_t)at;

                buf_add(out, text.p, plain);
                text = str_make(text.p + plain, text.n - plain);
                if (text.n == 0)
                        return;
                size_t n = decode_one(out, text, attribute, false);

                if (n == 0) {
                        buf_putc(out, '&');
                        n = 1;
                }
                text = str_make(text.p + n, text.n - n);
        }
}

/* Of a well-formed sequence: U+FDD0 to U+FDEF, or the last two code points of a plane. */
static bool noncharacter_at(const char *p, size_t n)
{
        const unsigned char *u = (const unsigned char *)p;

        if (n == 3 && u[0] == 0xef && u[1] == 0xb7)
                return u[2] >= 0x90 && u[2] <= 0xaf;
        if (n == 4 && ((u[1] & 0x0f) != 0x0f || u[2] != 0xbf))
                return false;
        if (n == 3 && (u[0] != 0xef || u[1] != 0xbf))
                return false;
        return n >= 3 && u[n - 1] >= 0xbe;
}

/* Length of the well-formed character at p that may stay as it is, or 0. */
static size_t clean_character(const char *p, size_t left)
{
        unsigned char c = (unsigned char)*p;

        if (c < 0x80)
                return (c >= 0x20 && c != 0x7f) || c == '\t' || c == '\n' ? 1 : 0;
        size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;

        if (n > left || !str_is_utf8(str_make(p, n)))
                return 0;
        if (c == 0xc2 && (unsigned char)p[1] < 0xa0)
                return 0;
        return noncharacter_at(p, n) ? 0 : n;
}

/* What stands in for the bytes at p that may not stay; returns how many of them. */
static size_t replace_character(struct buf *out, const char *p, size_t left)
{
        unsigned char c = (unsigned char)*p;

        if (c == '\r') {
                buf_putc(out, '\n');
                return left > 1 && p[1] == '\n' ? 2 : 1;
        }
        if (c < 0x80)
                return 1;
        if (c == 0xc2 && left > 1 && ((unsigned char)p[1] & 0xe0) == 0x80)
                return 2;
        put_utf8(out, REPLACEMENT);
        size_t n = c >= 0xf0 ? 4 : 3;

        return n <= left && str_is_utf8(str_make(p, n)) && noncharacter_at(p, n) ? n : 1;
}

/* How many bytes at the start of text are fine. */
static size_t clean_run(struct str text)
{
        size_t i = 0;

        while (i < text.n) {
                if (text.p[i] >= 0x20 && text.p[i] < 0x7f) {
                        i++;
                        continue;
                }
                size_t n = clean_character(text.p + i, text.n - i);

                if (n == 0)
                        break;
                i += n;
        }
        return i;
}

struct str html_clean(struct arena *arena, struct str text)
{
        size_t run = clean_run(text);

        if (run == text.n)
                return text;
        struct buf out CLEANUP_BUF = { 0 };

        while (text.n > 0) {
                buf_add(&out, text.p, run);
                text = str_make(text.p + run, text.n - run);
                if (text.n > 0) {
                        size_t n = replace_character(&out, text.p, text.n);

                        text = str_make(text.p + n, text.n - n);
                }
                run = clean_run(text);
        }
        return arena_str(arena, buf_str(&out));
}
