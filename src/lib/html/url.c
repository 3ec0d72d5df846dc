/*
 * url.c -- which addresses a page may name.
 *
 * The check is a list of what is allowed. Everything in front of the first '/', '?' or '#' that has
 * a colon in it must be one of five schemes letter by letter, so a scheme a browser might recognise
 * after its own clean-up (WHATWG URL, 4.4) never has to be recognised here.
 */
#include "html/html.h"

/* Longer than any scheme on the list, with room for the bytes browsers drop. */
enum { SCHEME_MAX = 16 };

/* WHATWG URL 4.4 trims C0 controls and spaces at both ends; DEL goes with them here. */
static bool is_trimmed(char c)
{
        return (unsigned char)c <= 0x20 || c == 0x7f;
}

/* Tabs and newlines vanish wherever they stand; the other controls are treated alike. */
static bool is_dropped(char c)
{
        return (unsigned char)c < 0x20 || c == 0x7f;
}

static struct str trim(struct str url)
{
        while (url.n > 0 && is_trimmed(url.p[0])) {
                url.p++;
                url.n--;
        }
        while (url.n > 0 && is_trimmed(url.p[url.n - 1]))
                url.n--;
        return url;
}

static bool scheme_listed(struct str scheme)
{
        static const char *const schemes[] = { "http", "https", "mailto", "tel" };

        for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
                if (str_eq_nocase(scheme, str_of(schemes[i])))
                        return true;
        return false;
}

bool html_url_allowed(struct str url)
{
        char scheme[SCHEME_MAX];
        size_t n = 0;

        url = trim(url);
        for (size_t i = 0; i < url.n; i++) {
                char c = url.p[i];

                if (is_dropped(c))
                        continue;
                if (c == '/' || c == '?' || c == '#')
                        return true;
                if (c == ':')
                        return n <= sizeof scheme && scheme_listed(str_make(scheme, n));
                if (n < sizeof scheme)
                        scheme[n] = c;
                n++;
        }
        return true;
}

bool html_url_local(struct str url)
{
        size_t slashes = 0;             /* at the start; browsers read '\\' there as '/' */
        bool at_start = true;

        url = trim(url);
        for (size_t i = 0; i < url.n; i++) {
                char c = url.p[i];

                if (is_dropped(c))
                        continue;
                at_start = at_start && (c == '/' || c == '\\');
                if (at_start && ++slashes == 2)
                        return false;
                if (c == ':' && slashes == 0)
                        return false;
                if (!at_start && (c == '/' || c == '\\' || c == '?' || c == '#'))
                        return true;
        }
        return true;
}

/* Length of the well-formed multi-byte character at p, or 0. */
static size_t wide_character(const char *p, size_t left)
{
        unsigned char lead = (unsigned char)*p;
        size_t n = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

        return lead >= 0xc2 && n <= left && str_is_utf8(str_make(p, n)) ? n : 0;
}

/*
 * What may stand in an address and in an attribute as it is (RFC 3986 and '[', ']' for IPv6 hosts).
 */
static bool stays(char c)
{
        static const bool unsafe[128] = {
                ['"'] = true, ['\''] = true, ['<'] = true, ['>'] = true, ['\\'] = true,
                ['^'] = true, ['`'] = true, ['{'] = true,  ['|'] = true, ['}'] = true, ['&'] = true,
        };

        return c > 0x20 && c < 0x7f && !unsafe[(unsigned char)c];
}

void html_url(struct buf *out, struct str url)
{
        if (!html_url_allowed(url)) {
                buf_putc(out, '#');
                return;
        }
        url = trim(url);
        for (size_t i = 0; i < url.n;) {
                size_t run = i;

                while (run < url.n && stays(url.p[run]))
                        run++;
                buf_add(out, url.p + i, run - i);
                i = run;
                if (i == url.n)
                        break;
                size_t wide = wide_character(url.p + i, url.n - i);

                if (wide > 0)
                        buf_add(out, url.p + i, wide);
                else if (url.p[i] == '&')
                        BUF_LIT(out, "&amp;");
                else if (!is_dropped(url.p[i]))
                        buf_printf(out, "%%%02X", (unsigned)(unsigned char)url.p[i]);
                i += wide > 0 ? wide : 1;
        }
}
