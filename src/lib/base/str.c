/*
 * str.c -- slices of text.
 */
#include "base/str.h"

#include "base/xalloc.h"

static unsigned char lower(unsigned char c)
{
        return c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
        if (a.n != b.n)
                return false;
        for (size_t i = 0; i < a.n; i++)
                if (lower((unsigned char)a.p[i]) != lower((unsigned char)b.p[i]))
                        return false;
        return true;
}

bool str_starts(struct str s, struct str prefix)
{
        return s.n >= prefix.n && str_eq(str_make(s.p, prefix.n), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
        return s.n >= suffix.n && str_eq(str_make(s.p + s.n - suffix.n, suffix.n), suffix);
}

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str str_trim(struct str s)
{
        while (s.n > 0 && is_space(s.p[0])) {
                s.p++;
                s.n--;
        }
        while (s.n > 0 && is_space(s.p[s.n - 1]))
                s.n--;
        return s;
}

ptrdiff_t str_find(struct str s, char c)
{
        const char *hit = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

        return hit != NULL ? hit - s.p : -1;
}

ptrdiff_t str_find_str(struct str s, struct str needle)
{
        if (needle.n == 0)
                return 0;
        const char *hit = s.n > 0 ? memmem(s.p, s.n, needle.p, needle.n) : NULL;

        return hit != NULL ? hit - s.p : -1;
}

struct str str_cut(struct str *rest, char c)
{
        ptrdiff_t at = str_find(*rest, c);
        struct str head = *rest;

        if (at < 0) {
                rest->p += rest->n;
                rest->n = 0;
                return head;
        }
        head.n = (size_t)at;
        rest->p += at + 1;
        rest->n -= (size_t)at + 1;
        return head;
}

char *str_dup(struct str s)
{
        char *copy = xalloc(s.n + 1);

        if (s.n > 0)
                memcpy(copy, s.p, s.n);
        return copy;
}

int str_to_u64(struct str s, uint64_t max, uint64_t *out, struct err *err)
{
        uint64_t value = 0;

        if (s.n == 0)
                return err_set(err, ERR_INVALID, "a number is missing");
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] < '0' || s.p[i] > '9')
                        return err_set(err, ERR_INVALID, "'%.*s' is not a number", STR_ARG(s));
                if (__builtin_mul_overflow(value, 10u, &value) ||
                    __builtin_add_overflow(value, (uint64_t)(s.p[i] - '0'), &value) || value > max)
                        return err_set(err, ERR_LIMIT, "'%.*s' is too large", STR_ARG(s));
        }
        *out = value;
        return 0;
}

/* Length of the well-formed sequence at p, or 0. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
        if (p[0] == 0)
                return 0;
        if (p[0] < 0x80)
                return 1;
        if (p[0] >= 0xc2 && p[0] <= 0xdf)
                return n >= 2 && (p[1] & 0xc0) == 0x80 ? 2 : 0;
        if ((p[0] & 0xf0) == 0xe0) {
                if (n < 3 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80)
                        return 0;
                if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
                        return 0;
                return 3;
        }
        if (p[0] >= 0xf0 && p[0] <= 0xf4) {
                if (n < 4 || (p[1] & 0xc0) != 0x80 || (p[2] & 0xc0) != 0x80 ||
                    (p[3] & 0xc0) != 0x80)
                        return 0;
                if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
                        return 0;
                return 4;
        }
        return 0;
}

bool str_is_utf8(struct str s)
{
        const unsigned char *p = (const unsigned char *)s.p;

        for (size_t i = 0; i < s.n;) {
                size_t n = utf8_sequence(p + i, s.n - i);

                if (n == 0)
                        return false;
                i += n;
        }
        return true;
}
