/*
 * origin.c -- a place on the network, written in one way.
 */
#include "sni/origin.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { HTTPS_PORT = 443 };

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_hex(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (!is_digit(text.p[i]) && ((text.p[i] | 0x20) < 'a' || (text.p[i] | 0x20) > 'f'))
                        return false;
        return true;
}

/* "0x7f000001" and the like: a name by the rules of names, and an address to many libraries. */
static bool is_number_in_disguise(const struct hostname *name)
{
        struct str rest = hostname_str(name), label = rest;

        while (rest.n > 0)
                label = str_cut(&rest, '.');
        return str_starts(label, STR("0x")) && is_hex(str_make(label.p + 2, label.n - 2));
}

static int set_host(struct str host, bool bracketed, struct origin *out, struct err *err)
{
        unsigned char bytes[sizeof(struct in6_addr)];
        char text[HOSTNAME_MAX + 1];
        struct hostname name;

        if (host.n == 0 || host.n > HOSTNAME_MAX)
                return err_set(err, ERR_INVALID, "the address names no host");
        snprintf(text, sizeof text, "%.*s", STR_ARG(host));
        /* Written back from the bytes, for an address can be spelled in many ways. */
        if (bracketed && inet_pton(AF_INET6, text, bytes) == 1) {
                out->literal = inet_ntop(AF_INET6, bytes, out->host, sizeof out->host) != NULL;
                return 0;
        }
        if (!bracketed && inet_pton(AF_INET, text, bytes) == 1) {
                out->literal = inet_ntop(AF_INET, bytes, out->host, sizeof out->host) != NULL;
                return 0;
        }
        int r = bracketed ? ERR_INVALID : hostname_parse(host, &name, err);

        if (r < 0 || is_number_in_disguise(&name))
                return err_set(err, ERR_INVALID, "the address names no host that can be asked; write a name "
                               "such as login.example.com");
        snprintf(out->host, sizeof out->host, "%s", name.text);
        return 0;
}

static int set_authority(struct str authority, struct origin *out, struct err *err)
{
        bool bracketed = str_starts(authority, STR("["));
        struct str host = authority, port = { NULL, 0 };
        uint64_t number = HTTPS_PORT;
        ptrdiff_t end = bracketed ? str_find(authority, ']') : str_find(authority, ':');

        if (bracketed && end < 0)
                return err_set(err, ERR_INVALID, "the address has a '[' and no ']'");
        if (end >= 0) {
                size_t behind = (size_t)end + bracketed;

                host = str_make(authority.p + bracketed, (size_t)end - bracketed);
                port = str_make(authority.p + behind, authority.n - behind);
        }
        if (port.n > 0 && (port.p[0] != ':' ||
                           str_to_u64(str_make(port.p + 1, port.n - 1), 65535, &number, NULL) < 0 ||
                           number == 0))
                return err_set(err, ERR_INVALID, "the port of an address is a number from 1 to 65535");
        out->port = (uint16_t)number;
        return set_host(host, bracketed, out, err);
}

static void write_text(struct origin *o)
{
        bool v6 = str_find(str_of(o->host), ':') >= 0;
        int n = snprintf(o->text, sizeof o->text, "https://%s%s%s", v6 ? "[" : "", o->host, v6 ? "]" : "");

        if (o->port != HTTPS_PORT && n > 0)
                snprintf(o->text + n, sizeof o->text - (size_t)n, ":%u", o->port);
}

static int check_bytes(struct str url, struct err *err)
{
        if (url.n > ORIGIN_URL_MAX)
                return err_set(err, ERR_LIMIT, "the address is longer than %d bytes", ORIGIN_URL_MAX);
        for (size_t i = 0; i < url.n; i++)
                if (url.p[i] <= 0x20 || url.p[i] >= 0x7f || url.p[i] == '\\' || url.p[i] == '#')
                        return err_set(err, ERR_INVALID, "the address has a character that none may have");
        return 0;
}

int origin_of_url(struct str url, struct origin *out, struct str *path, struct err *err)
{
        static const struct str scheme = STR("https://");
        struct origin o = { .port = 0 };
        int r = check_bytes(url, err);

        if (r < 0)
                return r;
        if (!str_starts(url, scheme))
                return err_set(err, ERR_INVALID, "the address does not begin with https://");
        struct str rest = str_make(url.p + scheme.n, url.n - scheme.n);
        size_t n = 0;

        while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?')
                n++;
        if (n < rest.n && rest.p[n] == '?')
                return err_set(err, ERR_INVALID, "the address has a question mark before its first '/'");
        if (str_find(str_make(rest.p, n), '@') >= 0)
                return err_set(err, ERR_INVALID, "the address has a user in it, and none may");
        r = set_authority(str_make(rest.p, n), &o, err);
        if (r < 0)
                return r;
        write_text(&o);
        *out = o;
        *path = str_make(rest.p + n, rest.n - n);
        return 0;
}

int origin_parse(struct str text, struct origin *out, struct err *err)
{
        struct origin o;
        struct str path = { NULL, 0 };
        int r = origin_of_url(text, &o, &path, err);

        if (r < 0)
                return err_wrap(err, r, "write an origin such as https://login.example.com");
        if (path.n > 0 && !str_is(path, "/"))
                return err_set(err, ERR_INVALID, "an origin has no path: write %s", o.text);
        *out = o;
        return 0;
}
