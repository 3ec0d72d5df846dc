/*
 * tokens.c -- /account/tokens: the tokens by which programs use the portal in a person's name.
 *
 * All of it goes through the orders of people/, with the person's own number and nobody else's. The form is
 * behind a fresh proof of who they are: a token outlives the session it was made in.
 */
#include <string.h>

#include "base/clock.h"
#include "page/tokens.h"
#include "people/people.h"
#include "people/scopes.h"
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"
#include "store/api_token.h"

enum { DAY = 86400, USUAL_DAYS = 90, DATE_LEN = 10 };

static int order(struct conn *conn, struct http_exchange *x, const struct identity *who, const char *verb,
                 struct json *arguments, struct json **out, struct err *err)
{
        struct json *owned CLEANUP_JSON = arguments;
        const struct people_request request = {
                .store = conn->portal->store, .verb = str_of(verb), .arguments = owned,
                .door = PEOPLE_DOOR_PORTAL, .actor = who->session.person,
                .address = visitor_address(conn, http_exchange_arena(x)), .now = clock_unix(),
        };

        json_put_int(owned, "id", who->session.person);
        return people_order(&request, out, err);
}

static void fail(struct portal *portal, struct http_exchange *x, const struct err *err)
{
        service_log(LOG_ERROR, "api tokens: %s", err->text);
        reply_error(portal, x, 500);
}

static struct page_token *rows_of(struct store_api_token *rows, size_t n, struct arena *arena)
{
        struct page_token *list = arena_array(arena, n + 1, sizeof *list);

        for (size_t i = 0; i < n; i++) {
                list[i].id = str_of(arena_printf(arena, "%lld", (long long)rows[i].id));
                list[i].name = rows[i].name;
                list[i].last_day = rows[i].expires - DAY;
                list[i].used = rows[i].used_day * DAY;
                list[i].ended = rows[i].expires <= clock_unix();
                for (size_t k = 0; k < SCOPES; k++)
                        if ((rows[i].scopes & (uint32_t)scope_at(k)) != 0)
                                list[i].scopes[k] = str_of(scope_name(scope_at(k)));
        }
        return list;
}
_Static_assert((int)SCOPES <= (int)PAGE_TOKEN_SCOPES, "the page has room for every scope");

/* made: a new token, which nobody will ever be shown again. */
static void send_list(struct portal *portal, struct http_exchange *x, const struct identity *who,
                      struct str made, bool revoked)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_api_token *rows = NULL;
        struct form_ticket ticket;
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (store_api_token_list(portal->store, who->session.person, arena, &rows, &n, &err) < 0 ||
            form_ticket(portal, x, &ticket, &err) < 0) {
                fail(portal, x, &err);
                return;
        }
        page_render_tokens(&out, &(struct page_tokens){
                .site = *site_of(portal), .csrf = ticket.csrf, .tokens = rows_of(rows, n, arena),
                .ntokens = n, .made = made, .revoked = revoked,
        });
        reply_private(x, 200, &out, &ticket.set_cookie,
                      ticket.set_cookie.name.p != NULL, 0);
}

void tokens_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        send_list(conn->portal, x, who, STR(""), false);
}

/* ---- a new one ---- */

static struct str date_of(struct arena *arena, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        return arena_str(arena, str_make(iso, DATE_LEN));
}

/* Those this person can use; chosen as the form that came back has them. */
static size_t list_scopes(struct http_exchange *x, enum person_role role, bool first,
                          struct page_token_scope out[static SCOPES])
{
        size_t n = 0;

        for (size_t i = 0; i < SCOPES; i++) {
                const char *name = scope_name(scope_at(i));

                if ((scopes_of_role(role) & (uint32_t)scope_at(i)) == 0)
                        continue;
                out[n++] = (struct page_token_scope){
                        .scope = str_of(name),
                        .chosen = first ? scope_at(i) == SCOPE_CONTENT_READ : form_field(x, name).n > 0,
                };
        }
        return n;
}

static void send_form(struct portal *portal, struct http_exchange *x, const struct identity *who,
                      unsigned status, struct str error)
{
        struct arena *arena = http_exchange_arena(x);
        bool first = error.n == 0;
        struct page_token_scope scopes[SCOPES];
        size_t n = list_scopes(x, who->session.role, first, scopes);
        int64_t now = clock_unix();
        struct form_ticket ticket;
        struct buf out = { 0 };
        struct err err;

        if (form_ticket(portal, x, &ticket, &err) < 0) {
                fail(portal, x, &err);
                return;
        }
        page_render_token_form(&out, &(struct page_token_form){
                .site = *site_of(portal), .csrf = ticket.csrf, .name = form_field(x, "name"),
                .expires = first ? date_of(arena, now + USUAL_DAYS * DAY) : form_field(x, "expires"),
                .first_day = date_of(arena, now),
                .last_day = date_of(arena, now + (API_TOKEN_DAYS_MAX - 1) * (int64_t)DAY),
                .scopes = scopes, .nscopes = n, .error = error,
        });
        reply_private(x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, 0);
}

void token_form_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        send_form(conn->portal, x, who, 200, STR(""));
}

/* The scopes of the fields that came, as words. One that the role cannot use has no field and no effect. */
static struct str chosen_words(struct http_exchange *x, enum person_role role)
{
        struct page_token_scope scopes[SCOPES];
        size_t n = list_scopes(x, role, false, scopes);
        struct buf words CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < n; i++)
                if (scopes[i].chosen)
                        buf_printf(&words, "%s%.*s", words.n > 0 ? " " : "", STR_ARG(scopes[i].scope));
        return arena_str(http_exchange_arena(x), buf_str(&words));
}

void token_form_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct json *arguments = json_new_object(), *answer CLEANUP_JSON = NULL;
        struct err err;

        json_put_text(arguments, "name", form_field(x, "name"));
        json_put_text(arguments, "expires", form_field(x, "expires"));
        json_put_text(arguments, "scopes", chosen_words(x, who->session.role));
        int r = order(conn, x, who, "token.add", arguments, &answer, &err);

        if (r == ERR_INVALID || r == ERR_LIMIT || r == ERR_DENIED)
                send_form(conn->portal, x, who, 422, str_of(err.text));
        else if (r < 0)
                fail(conn->portal, x, &err);
        else
                send_list(conn->portal, x, who, json_get_text(answer, "token"), false);
}

void token_revoke_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct json *arguments = json_new_object(), *answer CLEANUP_JSON = NULL;
        struct err err;

        json_put_text(arguments, "token", form_field(x, "id"));
        int r = order(conn, x, who, "token.revoke", arguments, &answer, &err);

        if (r == ERR_NOT_FOUND)         /* somebody else's, too: the person is part of the order */
                reply_missing(conn->portal, x);
        else if (r < 0)
                fail(conn->portal, x, &err);
        else
                send_list(conn->portal, x, who, STR(""), true);
}
