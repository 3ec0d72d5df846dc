/*
 * requests.c -- addresses and forms for a provider.
 */
#include "signon/signon.h"

static bool is_unreserved(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_' || c == '~';
}

/* Escaped more than a form needs, so that the same bytes serve in a query and in a form. */
static void add_escaped(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.n; i++) {
                if (is_unreserved(text.p[i]))
                        buf_putc(out, text.p[i]);
                else
                        buf_printf(out, "%%%02X", (unsigned char)text.p[i]);
        }
}

static void add_field(struct buf *out, char before, const char *name, struct str value)
{
        if (before != '\0')
                buf_putc(out, before);
        buf_printf(out, "%s=", name);
        add_escaped(out, value);
}

struct str signon_authorization_url(const struct signon_discovery *discovery,
                                    const struct signon_client *client,
                                    const struct signon_start *start, struct arena *arena)
{
        struct buf url CLEANUP_BUF = { 0 };

        buf_add_str(&url, discovery->authorization);
        /* It may have a query of its own (RFC 6749, 3.1). */
        char first = str_find(discovery->authorization, '?') >= 0 ? '&' : '?';

        add_field(&url, first, "response_type", STR("code"));
        add_field(&url, '&', "client_id", client->id);
        add_field(&url, '&', "redirect_uri", client->redirect);
        add_field(&url, '&', "scope", start->scopes);
        add_field(&url, '&', "state", start->state);
        add_field(&url, '&', "nonce", start->nonce);
        add_field(&url, '&', "code_challenge", start->challenge);
        add_field(&url, '&', "code_challenge_method", STR("S256"));
        if (start->again) {
                add_field(&url, '&', "prompt", STR("login"));
                add_field(&url, '&', "max_age", STR("0"));
        }
        return arena_str(arena, buf_str(&url));
}

void signon_token_form(const struct signon_client *client, struct str code, struct str verifier,
                       struct buf *out)
{
        add_field(out, '\0', "grant_type", STR("authorization_code"));
        add_field(out, '&', "code", code);
        add_field(out, '&', "redirect_uri", client->redirect);
        add_field(out, '&', "code_verifier", verifier);
        if (client->method == SIGNON_BASIC)
                return;
        add_field(out, '&', "client_id", client->id);
        if (client->method == SIGNON_POST)
                add_field(out, '&', "client_secret", client->secret);
}

/* RFC 4648, section 4. */
static void add_base64(struct buf *out, struct str bytes)
{
        static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

        for (size_t i = 0; i < bytes.n; i += 3) {
                size_t left = bytes.n - i;
                unsigned group = (unsigned)(unsigned char)bytes.p[i] << 16;

                if (left > 1)
                        group |= (unsigned)(unsigned char)bytes.p[i + 1] << 8;
                if (left > 2)
                        group |= (unsigned char)bytes.p[i + 2];
                buf_putc(out, alphabet[group >> 18]);
                buf_putc(out, alphabet[group >> 12 & 63]);
                buf_putc(out, left > 1 ? alphabet[group >> 6 & 63] : '=');
                buf_putc(out, left > 2 ? alphabet[group & 63] : '=');
        }
}

void signon_authorization(const struct signon_client *client, struct buf *out)
{
        struct buf pair CLEANUP_BUF = { 0 };

        if (client->method != SIGNON_BASIC)
                return;
        buf_reserve(&pair, 3 * (client->id.n + client->secret.n) + 2);
        add_escaped(&pair, client->id);
        buf_putc(&pair, ':');
        add_escaped(&pair, client->secret);
        buf_puts(out, "Basic ");
        add_base64(out, buf_str(&pair));
        explicit_bzero(pair.p, pair.cap);
}
