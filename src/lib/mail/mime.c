/*
 * mime.c -- encoded words and quoted-printable.
 */
#include "mail/mime.h"

#include <string.h>

enum {
        LINE_MAX_BYTES = 76,
        WORD_BYTES = 45,                /* 60 characters of base64, and 12 around them: RFC 2047, 2 */
};

static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_control(char c)
{
        return (unsigned char)c < 0x20 || c == 0x7f;
}

static void add_base64(struct buf *out, struct str bytes)
{
        for (size_t i = 0; i < bytes.n; i += 3) {
                size_t n = bytes.n - i < 3 ? bytes.n - i : 3;
                unsigned long v = 0;

                for (size_t k = 0; k < 3; k++) {
                        char c = k < n ? bytes.p[i + k] : '\0';

                        v = v << 8 | (unsigned char)(is_control(c) && k < n ? ' ' : c);
                }
                for (size_t k = 0; k < 4; k++)
                        buf_putc(out, k <= n ? base64[v >> (18 - 6 * k) & 63] : '=');
        }
}

/* As much as one encoded word may hold: whole characters, for each word stands by itself (RFC 2047, 5). */
static size_t word_length(struct str text)
{
        size_t n = text.n < WORD_BYTES ? text.n : WORD_BYTES;

        while (n > 0 && n < text.n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
                n--;
        return n > 0 ? n : text.n < WORD_BYTES ? text.n : WORD_BYTES;
}

static bool is_plain(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < 0x20 || (unsigned char)text.p[i] >= 0x7f)
                        return false;
        /* "=?" would be read as an encoded word; quotes and brackets mean something in addresses. */
        return str_find_str(text, STR("=?")) < 0 && memchr(text.p != NULL ? text.p : "", '"', text.n) == NULL;
}

/* A word of a display name that needs no quotes: letters, digits and spaces (RFC 5322, 3.2.3). */
static bool is_simple(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (!((text.p[i] >= 'a' && text.p[i] <= 'z') || (text.p[i] >= 'A' && text.p[i] <= 'Z') ||
                      (text.p[i] >= '0' && text.p[i] <= '9') || text.p[i] == ' ' || text.p[i] == '-'))
                        return false;
        return true;
}

void mime_header(struct buf *out, const char *name, struct str text, const char *tail)
{
        size_t start = out->n;
        bool plain = tail[0] != '\0' ? is_simple(text) : is_plain(text);

        buf_printf(out, "%s:", name);
        if (plain && strlen(name) + 2 + text.n <= LINE_MAX_BYTES) {
                buf_printf(out, "%s%.*s", text.n > 0 ? " " : "", STR_ARG(text));
                text.n = 0;
        }
        while (text.n > 0) {
                size_t n = word_length(text);

                if (out->n - start + 1 + 12 + (n + 2) / 3 * 4 > LINE_MAX_BYTES) {
                        BUF_LIT(out, "\r\n");
                        start = out->n;
                }
                BUF_LIT(out, " =?UTF-8?B?");
                add_base64(out, str_make(text.p, n));
                BUF_LIT(out, "?=");
                text = str_make(text.p + n, text.n - n);
        }
        if (out->n - start + strlen(tail) > LINE_MAX_BYTES)
                BUF_LIT(out, "\r\n");
        buf_puts(out, tail);
        BUF_LIT(out, "\r\n");
}

static void add_escaped(struct buf *out, unsigned char c)
{
        static const char hex[] = "0123456789ABCDEF";

        buf_putc(out, '=');
        buf_putc(out, hex[c >> 4]);
        buf_putc(out, hex[c & 15]);
}

void mime_quoted(struct buf *out, struct str text)
{
        size_t line = 0;

        for (size_t i = 0; i < text.n; i++) {
                unsigned char c = (unsigned char)text.p[i];
                bool last = i + 1 == text.n || text.p[i + 1] == '\n';
                /* A lone dot ends a letter in SMTP; whoever hands it on need not know of ours. */
                bool as_it_is = (c > 0x20 && c < 0x7f && c != '=' && (c != '.' || line > 0)) ||
                                (c == ' ' && !last);

                if (c == '\n') {
                        BUF_LIT(out, "\r\n");
                        line = 0;
                        continue;
                }
                /* Room for the '=' of a soft line break. */
                if (line + (as_it_is ? 1u : 3u) > LINE_MAX_BYTES - 1) {
                        BUF_LIT(out, "=\r\n");
                        line = 0;
                        as_it_is = as_it_is && c != '.';
                }
                if (as_it_is)
                        buf_putc(out, (char)c);
                else
                        add_escaped(out, c);
                line += as_it_is ? 1 : 3;
        }
        BUF_LIT(out, "\r\n");
}
