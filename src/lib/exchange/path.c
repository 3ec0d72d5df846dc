/*
 * path.c -- names, checked and taken apart.
 */
#include "exchange/path.h"

#include <string.h>

static bool is_drive(struct str s)
{
        return s.n >= 2 && s.p[1] == ':' &&
               ((s.p[0] >= 'a' && s.p[0] <= 'z') || (s.p[0] >= 'A' && s.p[0] <= 'Z'));
}

static int check_bytes(struct str s, struct err *err)
{
        for (size_t i = 0; i < s.n; i++) {
                unsigned char c = (unsigned char)s.p[i];

                if (c == '\\')
                        return err_set(err, ERR_INVALID,
                                       "the archive holds a name with a backslash ('%.*s'); pack it"
                                       " again with '/' between folders",
                                       STR_ARG(s));
                if (c < 0x20 || c == 0x7f)
                        return err_set(err, ERR_INVALID,
                                       "the archive holds a name with control characters ('%.*s')",
                                       STR_ARG(s));
        }
        if (!str_is_utf8(s))
                return err_set(err, ERR_INVALID,
                               "the archive holds a file name that is not UTF-8; rename the file "
                               "and"
                               " pack it again");
        return 0;
}

int path_check(struct str name, struct str *out, struct err *err)
{
        struct str s = name, rest;
        size_t parts = 0;
        int r = check_bytes(s, err);

        if (r < 0)
                return r;
        if (s.n > 0 && s.p[s.n - 1] == '/')
                s.n--;
        if (s.n == 0 || s.p[0] == '/' || is_drive(s))
                return err_set(err, ERR_INVALID,
                               "the archive holds an absolute or empty name ('%.*s'); pack the"
                               " documentation's own folder",
                               STR_ARG(name));
        if (s.n > PATH_BYTES_MAX)
                return err_set(err, ERR_LIMIT, "a name in the archive is longer than %d bytes",
                               PATH_BYTES_MAX);
        for (rest = s; rest.n > 0 || parts == 0;) {
                bool more = str_find(rest, '/') >= 0;
                struct str part = str_cut(&rest, '/');

                if (part.n == 0 || str_is(part, ".") || str_is(part, "..") ||
                    (more && rest.n == 0))
                        return err_set(err, ERR_INVALID,
                                       "the archive holds a name that could leave it ('%.*s')",
                                       STR_ARG(name));
                if (++parts > PATH_PARTS_MAX)
                        return err_set(err, ERR_LIMIT,
                                       "the archive has folders more than %d deep", PATH_PARTS_MAX);
        }
        *out = s;
        return 0;
}

static ptrdiff_t last_of(struct str s, char c)
{
        for (size_t i = s.n; i > 0; i--)
                if (s.p[i - 1] == c)
                        return (ptrdiff_t)(i - 1);
        return -1;
}

struct str path_folder(struct str path)
{
        ptrdiff_t at = last_of(path, '/');

        return str_make(path.p, at < 0 ? 0 : (size_t)at);
}

struct str path_name(struct str path)
{
        ptrdiff_t at = last_of(path, '/');

        return at < 0 ? path : str_make(path.p + at + 1, path.n - (size_t)at - 1);
}

struct str path_extension(struct str path)
{
        struct str name = path_name(path);
        ptrdiff_t at = last_of(name, '.');

        return at <= 0 ? (struct str){ "", 0 } :
                         str_make(name.p + at + 1, name.n - (size_t)at - 1);
}

struct str path_stem(struct str path)
{
        struct str extension = path_extension(path);

        return str_make(path.p, extension.n > 0 ? path.n - extension.n - 1 : path.n);
}

bool path_resolve(struct arena *arena, struct str folder, struct str link, struct str *out)
{
        char *made = arena_alloc(arena, folder.n + link.n + 2);
        size_t n = 0;

        if (link.n > 0 && link.p[0] == '/') {
                link = str_make(link.p + 1, link.n - 1);
        } else if (folder.n > 0) {
                memcpy(made, folder.p, folder.n);
                n = folder.n;
        }
        while (link.n > 0) {
                struct str part = str_cut(&link, '/');

                if (part.n == 0 || str_is(part, "."))
                        continue;
                if (str_is(part, "..")) {
                        if (n == 0)
                                return false;
                        n = path_folder(str_make(made, n)).n;
                        continue;
                }
                if (n > 0)
                        made[n++] = '/';
                memcpy(made + n, part.p, part.n);
                n += part.n;
        }
        *out = str_make(made, n);
        return true;
}

bool path_matches(struct str pattern, struct str name)
{
        size_t p = 0, n = 0, star = pattern.n, mark = 0;        /* the last '*' and what it ate */

        while (n < name.n) {
                if (p < pattern.n && pattern.p[p] == '*') {
                        star = p++;
                        mark = n;
                } else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == name.p[n])) {
                        p++;
                        n++;
                } else if (star < pattern.n) {
                        p = star + 1;
                        n = ++mark;
                } else {
                        return false;
                }
        }
        while (p < pattern.n && pattern.p[p] == '*')
                p++;
        return p == pattern.n;
}

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

struct str path_fold(struct arena *arena, struct str path)
{
        char *copy = arena_alloc(arena, path.n + 1);

        for (size_t i = 0; i < path.n; i++)
                copy[i] = lower(path.p[i]);
        return str_make(copy, path.n);
}

/* The run of digits at s[at..], without leading zeros. */
static struct str number_at(struct str s, size_t at, size_t *end)
{
        size_t from = at;

        while (from < s.n && s.p[from] == '0')
                from++;
        size_t to = from;

        while (to < s.n && is_digit(s.p[to]))
                to++;
        *end = to;
        return str_make(s.p + from, to - from);
}

int path_compare(struct str a, struct str b)
{
        size_t i = 0, j = 0;

        while (i < a.n && j < b.n) {
                if (is_digit(a.p[i]) && is_digit(b.p[j])) {
                        struct str x = number_at(a, i, &i), y = number_at(b, j, &j);
                        int order = x.n != y.n ? (x.n < y.n ? -1 : 1) :
                                    x.n > 0    ? memcmp(x.p, y.p, x.n) :
                                                 0;

                        if (order != 0)
                                return order;
                        continue;
                }
                unsigned char c = (unsigned char)lower(a.p[i++]);
                unsigned char d = (unsigned char)lower(b.p[j++]);

                if (c != d)
                        return c < d ? -1 : 1;
        }
        if (i < a.n || j < b.n)
                return i < a.n ? 1 : -1;
        /* The same but for case or zeros: any fixed order will do. */
        size_t n = a.n < b.n ? a.n : b.n;
        int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

        return order != 0 ? order : a.n < b.n ? -1 : a.n > b.n;
}

/* Append one part as a slug: lower case, every run of other bytes one '-', none at the ends. */
static size_t slug_part(struct str part, char *out, size_t n)
{
        size_t start = n;
        bool gap = false;

        for (size_t i = 0; i < part.n; i++) {
                char c = lower(part.p[i]);
                bool word = (c >= 'a' && c <= 'z') || is_digit(c) || (unsigned char)c >= 0x80;

                if (!word) {
                        gap = true;
                        continue;
                }
                if (gap && n > start)
                        out[n++] = '-';
                gap = false;
                out[n++] = c;
        }
        if (n == start) {
                memcpy(out + n, "topic", 5);
                n += 5;
        }
        return n;
}

struct str path_slug(struct arena *arena, struct str path, bool is_index)
{
        struct str rest = is_index ? path_folder(path) : path_stem(path);
        /* A part of one odd byte becomes "topic": at most five times as long. */
        char *out = arena_alloc(arena, rest.n * 5 + 8);
        size_t n = 0;

        if (rest.n == 0)
                return STR("index");
        while (rest.n > 0) {
                struct str part = str_cut(&rest, '/');

                if (n > 0)
                        out[n++] = '/';
                n = slug_part(part, out, n);
        }
        return str_make(out, n);
}

struct str path_title(struct arena *arena, struct str path)
{
        struct str name = path_name(path_stem(path));
        char *out = arena_alloc(arena, name.n + 1);
        size_t skip = 0, n = 0;

        while (skip < name.n && (is_digit(name.p[skip]) || name.p[skip] == '.'))
                skip++;
        /* "01-intro": the number orders; "2024": the number is the name. */
        if (skip > 0 && skip + 1 < name.n && strchr("-_ ", name.p[skip]) != NULL)
                skip++;
        else
                skip = 0;
        for (size_t i = skip; i < name.n; i++)
                out[n++] = name.p[i] == '-' || name.p[i] == '_' ? ' ' : name.p[i];
        if (n > 0 && out[0] >= 'a' && out[0] <= 'z')
                out[0] = (char)(out[0] - 'a' + 'A');
        return str_make(out, n);
}
