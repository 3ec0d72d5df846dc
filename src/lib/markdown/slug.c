/*
 * slug.c -- a heading's text into an id.
 *
 * Spaces and hyphens become one '-', other punctuation goes: what the common generators do, so
 * links into imported documents keep their targets.
 */
#include "markdown/markdown.h"

enum { SLUG_MAX = 96 };

struct range {
        uint32_t first;
        uint32_t last;
};

/* Beyond ASCII everything counts as a letter but these. Sorted. */
static const struct range not_letters[] = {
        { 0x80, 0xa9 },     { 0xab, 0xb4 },     { 0xb6, 0xb9 },     { 0xbb, 0xbf },
        { 0xd7, 0xd7 },     { 0xf7, 0xf7 },     { 0x2000, 0x206f }, { 0x20a0, 0x20cf },
        { 0x2190, 0x2bff }, { 0x2e00, 0x2e7f }, { 0x3000, 0x3004 }, { 0x3008, 0x3020 },
        { 0xe000, 0xf8ff }, { 0xfe00, 0xfe6f }, { 0xff01, 0xff0f }, { 0xff1a, 0xff20 },
        { 0xff3b, 0xff40 }, { 0xff5b, 0xff65 }, { 0xfff0, 0xffff }, { 0x1f000, 0x1faff },
        { 0xe0000, 0x10ffff },
};

static bool is_letter(uint32_t c)
{
        for (size_t i = 0; i < ARRAY_LEN(not_letters); i++)
                if (c >= not_letters[i].first && c <= not_letters[i].last)
                        return false;
        return true;
}

/* Lower case where it is a fixed distance away: Latin, Greek and Cyrillic. */
static uint32_t lower(uint32_t c)
{
        if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7))
                return c + 0x20;
        if ((c >= 0x100 && c <= 0x137 && c != 0x130 && c != 0x131) || (c >= 0x14a && c <= 0x177))
                return c | 1;
        if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e))
                return c + (c & 1);
        if (c >= 0x391 && c <= 0x3a9 && c != 0x3a2)
                return c + 0x20;
        if (c >= 0x410 && c <= 0x42f)
                return c + 0x20;
        if (c >= 0x400 && c <= 0x40f)
                return c + 0x50;
        return c;
}

/* Take one character off well-formed UTF-8; what is ill-formed counts byte by byte. */
static uint32_t take(struct str *s)
{
        const unsigned char *p = (const unsigned char *)s->p;
        size_t n = p[0] < 0xc0 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
        uint32_t c = p[0];

        if (n > s->n)
                n = 1;
        if (n > 1)
                c = p[0] & (0x7fu >> n);
        for (size_t i = 1; i < n; i++)
                c = c << 6 | (p[i] & 0x3f);
        s->p += n;
        s->n -= n;
        return c;
}

static void put(struct buf *out, uint32_t c)
{
        if (c < 0x80) {
                buf_putc(out, (char)c);
                return;
        }
        if (c >= 0x10000) {
                buf_putc(out, (char)(0xf0 | c >> 18));
                buf_putc(out, (char)(0x80 | (c >> 12 & 0x3f)));
                buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        } else if (c >= 0x800) {
                buf_putc(out, (char)(0xe0 | c >> 12));
                buf_putc(out, (char)(0x80 | (c >> 6 & 0x3f)));
        } else {
                buf_putc(out, (char)(0xc0 | c >> 6));
        }
        buf_putc(out, (char)(0x80 | (c & 0x3f)));
}

static bool is_word(uint32_t c)
{
        if (c < 0x80)
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        return is_letter(c);
}

static bool is_gap(uint32_t c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '-' || c == 0xa0 || c == 0x3000;
}

struct str markdown_slug(struct arena *arena, struct str text)
{
        struct buf slug CLEANUP_BUF = { 0 };
        bool gap = false;

        while (text.n > 0 && slug.n < SLUG_MAX) {
                uint32_t c = lower(take(&text));

                if (is_gap(c)) {
                        gap = true;
                } else if (is_word(c)) {
                        if (gap && slug.n > 0)
                                buf_putc(&slug, '-');
                        gap = false;
                        put(&slug, c);
                }
        }
        if (slug.n == 0)
                return STR("section");
        return arena_str(arena, buf_str(&slug));
}
