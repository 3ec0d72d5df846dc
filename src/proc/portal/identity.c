/*
 * identity.c -- sessions and forms.
 */
#include "identity.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "store/project.h"

enum { KEY_TEXT = 2 * sizeof(struct token_key) };

struct http_header cookie_set(struct arena *arena, const char *name, struct str value, int64_t seconds)
{
        char age[40] = "";

        if (seconds != 0)
                snprintf(age, sizeof age, "; Max-Age=%lld", seconds > 0 ? (long long)seconds : 0ll);
        return (struct http_header){
                STR("set-cookie"),
                str_of(arena_printf(arena, "%s=%.*s; Path=/; Secure; HttpOnly; SameSite=Lax%s", name,
                                    STR_ARG(value), age)),
        };
}

struct http_header cookie_clear(struct arena *arena, const char *name)
{
        return cookie_set(arena, name, STR(""), -1);
}

struct str visitor_address(const struct conn *conn, struct arena *arena)
{
        const uint8_t *b = conn->address.bytes;

        if (conn->address.n == 16)
                return str_of(arena_printf(arena, "%u.%u.%u.%u", b[12], b[13], b[14], b[15]));
        unsigned word[4];

        for (size_t i = 0; i < 4; i++)
                word[i] = (unsigned)b[2 * i] << 8 | b[2 * i + 1];
        return str_of(arena_printf(arena, "%x:%x:%x:%x::/64", word[0], word[1], word[2], word[3]));
}

/* "Last seen" is exact to a minute, so that reading writes at most once in that time. */
static void touch(struct portal *portal, const struct store_session *session, int64_t now)
{
        struct err err;

        if (!store_session_is_due(session, now) || store_begin(portal->store, &err) < 0)
                return;
        if (store_session_touch(portal->store, session->id, now, &err) < 0)
                store_rollback(portal->store);
        else if (store_commit(portal->store, &err) < 0)
                service_log(LOG_WARNING, "session not touched: %s", err.text);
}

struct identity identity_of(struct portal *portal, struct http_exchange *x)
{
        return identity_from(portal, http_exchange_request(x), http_exchange_arena(x));
}

struct identity identity_from(struct portal *portal, const struct http_request *req, struct arena *arena)
{
        struct identity none = { .reader = reader_anonymous };
        struct str shown = http_request_cookie(req, COOKIE_SESSION);
        struct digest digest;
        struct identity who;
        int64_t now = clock_unix();

        if (shown.p == NULL || token_digest(TOKEN_SESSION, shown, &digest, NULL) < 0 ||
            store_session_find(portal->store, &digest, now, arena, &who.session,
                               NULL) < 0)
                return none;
        touch(portal, &who.session, now);
        who.known = !who.session.factor_missing;
        who.newcomer = who.session.factor_missing;
        who.reader = reader_anonymous;
        if (who.newcomer)
                return who;
        who.reader = (struct reader){
                .kind = READER_PERSON, .person = who.session.person, .now = now,
        };
        return who;
}

/* ---- forms ---- */

static int make_key(struct portal *portal, struct arena *arena, struct str *out, struct err *err)
{
        struct token_key key;
        int r = store_begin(portal->store, err);

        if (r < 0)
                return r;
        token_key_new(&key);
        char *text = arena_alloc(arena, KEY_TEXT + 1);

        for (size_t i = 0; i < sizeof key.b; i++)
                snprintf(text + 2 * i, 3, "%02x", key.b[i]);
        secret_wipe(&key, sizeof key);
        /* Another worker may have been first: its key holds. */
        r = store_meta_find(portal->store, STR("secret.forms"), arena, out, NULL);
        if (r == ERR_NOT_FOUND) {
                *out = str_make(text, KEY_TEXT);
                r = store_meta_put(portal->store, STR("secret.forms"), *out, err);
        }
        if (r < 0) {
                store_rollback(portal->store);
                return r;
        }
        return store_commit(portal->store, err);
}

static unsigned nibble(char c)
{
        return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static int load_key(struct portal *portal, struct arena *arena, struct err *err)
{
        struct str text;

        if (portal->has_form_key)
                return 0;
        int r = store_meta_find(portal->store, STR("secret.forms"), arena, &text, err);

        if (r == ERR_NOT_FOUND)
                r = make_key(portal, arena, &text, err);
        if (r < 0)
                return r;
        if (text.n != KEY_TEXT)
                return err_set(err, ERR_CORRUPT, "the portal's key for forms is damaged");
        for (size_t i = 0; i < sizeof portal->form_key.b; i++)
                portal->form_key.b[i] = (uint8_t)(nibble(text.p[2 * i]) << 4 | nibble(text.p[2 * i + 1]));
        portal->has_form_key = true;
        return 0;
}

int form_ticket(struct portal *portal, struct http_exchange *x, struct form_ticket *out,
                struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct str cookie = http_request_cookie(http_exchange_request(x), COOKIE_FORM);
        struct digest digest;
        int r = load_key(portal, arena, err);

        if (r < 0)
                return r;
        *out = (struct form_ticket){ .csrf = { 0 } };
        if (cookie.p == NULL || token_digest(TOKEN_STATE, cookie, &digest, NULL) < 0) {
                struct token *token = arena_alloc(arena, sizeof *token);

                token_new(TOKEN_STATE, token);
                cookie = str_of(token->text);
                out->set_cookie = cookie_set(arena, COOKIE_FORM, cookie, 0);
        }
        char *mac = arena_alloc(arena, TOKEN_MAC_LEN + 1);

        token_mac(&portal->form_key, "csrf", &cookie, 1, mac);
        out->csrf = str_make(mac, TOKEN_MAC_LEN);
        return 0;
}

bool own_authority(const struct http_request *req, struct str authority)
{
        bool port = str_find(authority, ':') >= 0;
        struct str host = str_cut(&authority, ':');
        uint64_t number;

        return str_eq_nocase(host, req->host) &&
               (!port || str_to_u64(authority, 65535, &number, NULL) == 0);
}

static bool same_origin(const struct http_request *req)
{
        struct str site = http_request_header(req, "sec-fetch-site");
        struct str origin = http_request_header(req, "origin");

        /* "same-site" is another portal of this host: no friend of this one. */
        if (site.p != NULL)
                return str_is(site, "same-origin");
        if (!str_starts(origin, STR("https://")))
                return false;
        return own_authority(req, str_make(origin.p + 8, origin.n - 8));
}

int form_check(struct portal *portal, struct http_exchange *x, struct err *err)
{
        const struct http_request *req = http_exchange_request(x);
        struct str cookie = http_request_cookie(req, COOKIE_FORM);
        struct str type = http_request_header(req, "content-type");
        struct digest digest;
        int r = load_key(portal, http_exchange_arena(x), err);

        if (r < 0)
                return r;
        if (!same_origin(req) || !str_starts(type, STR("application/x-www-form-urlencoded")) ||
            cookie.p == NULL || token_digest(TOKEN_STATE, cookie, &digest, NULL) < 0 ||
            !token_mac_check(&portal->form_key, "csrf", &cookie, 1, form_field(x, "csrf")))
                return err_set(err, ERR_DENIED, "the form is not of this page");
        return 0;
}

struct str form_field(struct http_exchange *x, const char *name)
{
        struct str value;

        if (http_form_field(http_exchange_request(x)->body, name, http_exchange_arena(x), &value,
                            NULL) < 0)
                return STR("");
        return value;
}

void form_wipe(struct http_exchange *x)
{
        struct str body = http_exchange_request(x)->body;

        if (body.n > 0)
                secret_wipe((void *)(uintptr_t)body.p, body.n);
}

struct str local_path(struct str next)
{
        bool local = next.n > 0 && next.n <= 1024 && next.p[0] == '/' &&
                     (next.n == 1 || (next.p[1] != '/' && next.p[1] != '\\'));

        for (size_t i = 0; local && i < next.n; i++)
                local = next.p[i] > 0x20 && next.p[i] < 0x7f && next.p[i] != '\\';
        return local ? next : STR("/");
}

struct str own_referer(const struct http_request *req)
{
        struct str from = http_request_header(req, "referer");

        if (!str_starts(from, STR("https://")))
                return STR("/");
        from = str_make(from.p + 8, from.n - 8);
        if (!own_authority(req, str_cut(&from, '/')))
                return STR("/");
        return local_path(str_make(from.p - 1, from.n + 1));
}

static bool is_unreserved(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_' || c == '~' || c == '/';
}

struct str path_with_next(struct arena *arena, const char *page, struct str next)
{
        if (next.n < 2)
                return str_of(page);
        char *encoded = arena_alloc(arena, 3 * next.n + 1);
        size_t n = 0;

        for (size_t i = 0; i < next.n; i++) {
                if (is_unreserved(next.p[i]))
                        encoded[n++] = next.p[i];
                else
                        n += (size_t)snprintf(encoded + n, 4, "%%%02X", (unsigned char)next.p[i]);
        }
        return str_of(arena_printf(arena, "%s?next=%.*s", page, (int)n, encoded));
}
