/*
 * links.c -- addresses and titles as they stand in navigation files.
 */
#include <string.h>

#include "exchange/plan.h"

bool link_is_external(struct str s)
{
        if (str_starts(s, STR("//")))
                return true;
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

                if (c == ':')
                        return i > 1;           /* one letter would be a drive */
                if (!letter &&
                    !(i > 0 && ((c >= '0' && c <= '9') || c == '+' || c == '.' || c == '-')))
                        return false;
        }
        return false;
}

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct str link_path(struct arena *arena, struct str link)
{
        char *out = arena_alloc(arena, link.n + 1);
        size_t n = 0;

        for (size_t i = 0; i < link.n && link.p[i] != '#' && link.p[i] != '?'; i++) {
                if (link.p[i] == '%' && i + 2 < link.n && hex(link.p[i + 1]) >= 0 &&
                    hex(link.p[i + 2]) >= 0) {
                        out[n++] = (char)(hex(link.p[i + 1]) * 16 + hex(link.p[i + 2]));
                        i += 2;
                } else {
                        out[n++] = link.p[i];
                }
        }
        return str_make(out, n);
}

static bool is_mark(const struct str s, size_t i)
{
        char c = s.p[i];

        if (c == '`')
                return true;
        if (c != '*' && c != '_')
                return false;
        /* An underscore between letters belongs to a name. */
        bool before = i > 0 && s.p[i - 1] != ' ' && strchr("*_`", s.p[i - 1]) == NULL;
        bool after = i + 1 < s.n && s.p[i + 1] != ' ' && strchr("*_`", s.p[i + 1]) == NULL;

        return c == '_' ? before != after : before || after;
}

struct str title_plain(struct arena *arena, struct str s)
{
        char *out = arena_alloc(arena, s.n + 1);
        size_t n = 0;

        s = str_trim(s);
        for (size_t i = 0; i < s.n; i++) {
                if (s.p[i] == '\\' && i + 1 < s.n &&
                    strchr("\\`*_{}[]()#+-.!<>|", s.p[i + 1]) != NULL) {
                        out[n++] = s.p[++i];
                        continue;
                }
                if (!is_mark(s, i))
                        out[n++] = s.p[i];
        }
        return str_trim(str_make(out, n));
}
