/*
 * account.c -- /account: a person's own password and sessions.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "proc/portal/hashing.h"
#include "proc/portal/identity.h"
#include "proc/portal/outbox.h"
#include "page/account.h"
#include "proc/portal/routes.h"
#include "session.h"
#include "store/credentials.h"
#include "store/settings.h"
#include "throttle.h"

enum { AGENT_SHOWN = 80 };

struct change {
        struct portal *portal;
        struct http_exchange *x;
        struct identity who;
        struct str address;
};

static struct page_session *list_sessions(struct portal *portal, const struct identity *who,
                                          struct arena *arena, size_t *out_n, struct err *err)
{
        struct store_session *rows;
        size_t n;

        if (store_session_list(portal->store, who->session.person, clock_unix(), arena, &rows, &n,
                               err) < 0)
                return NULL;
        struct page_session *list = arena_array(arena, n + 1, sizeof *list);

        for (size_t i = 0; i < n; i++) {
                struct str agent = rows[i].agent;

                if (agent.n > AGENT_SHOWN)
                        agent.n = AGENT_SHOWN;
                list[i] = (struct page_session){
                        .id = str_of(arena_printf(arena, "%lld", (long long)rows[i].id)),
                        .where = rows[i].address,
                        .agent = str_is_utf8(agent) ? agent : STR(""),
                        .started = rows[i].created,
                        .seen = rows[i].seen,
                        .current = rows[i].id == who->session.id,
                };
        }
        *out_n = n;
        return list;
}

static void send_account(struct portal *portal, struct http_exchange *x, const struct identity *who,
                         unsigned status, enum page_account_news news, struct str error,
                         unsigned seconds)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_settings settings;
        struct form_ticket ticket;
        struct err err;
        size_t n = 0;
        struct page_session *sessions = list_sessions(portal, who, arena, &n, &err);

        if (sessions == NULL || form_ticket(portal, x, &ticket, &err) < 0 ||
            store_settings_load(portal->store, &settings, &err) < 0) {
                service_log(LOG_ERROR, "account page: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_account(&out, &(struct page_account){
                .site = *site_of(portal), .csrf = ticket.csrf, .login = who->session.login,
                .name = who->session.name, .role = str_of(person_role_name(who->session.role)),
                .sessions = sessions, .nsessions = n, .minimum = password_minimum_of(&settings),
                .author = person_role_is_author(who->session.role),
                .news = news, .error = error, .seconds = seconds,
        });
        reply_private(x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, seconds);
}

void account_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        send_account(conn->portal, x, who, 200, PAGE_ACCOUNT_NO_NEWS, STR(""), 0);
}

/* ---- change of password ---- */

static int change_password(const struct change *c, struct str hash, const struct token *session,
                           struct err *err)
{
        int64_t person = c->who.session.person;
        /* Ends every session, this one too: what was stolen with the old password is worth nothing. */
        int r = store_password_set(c->portal->store, person, hash, err);
        const struct arrival anew = {
                .portal = c->portal, .x = c->x, .person = person, .address = c->address,
                .strong = c->who.session.second_factor,
        };

        if (r == 0)
                r = session_begin(&anew, session, err);
        if (r == 0)
                r = outbox_tell(c->portal, LETTER_PASSWORD_CHANGED, person, clock_unix(), err);
        if (r < 0)
                return r;
        return login_record(c->portal, "password.changed", person, c->address, STR(""), STR(""), err);
}

static void password_made(void *ctx, bool good, struct str hash, struct str sentence)
{
        struct change *c = ctx;
        struct arena *arena = http_exchange_arena(c->x);
        struct token *session = arena_alloc(arena, sizeof *session);
        struct err err;

        form_wipe(c->x);
        if (!good && str_is(sentence, "busy")) {
                reply_busy(c->portal, c->x);
                return;
        }
        if (!good) {
                send_account(c->portal, c->x, &c->who, 422, PAGE_ACCOUNT_PASSWORD_REFUSED,
                             arena_str(arena, sentence), 0);
                return;
        }
        token_new(TOKEN_SESSION, session);
        int r = store_begin(c->portal->store, &err);

        if (r == 0) {
                r = change_password(c, hash, session, &err);
                if (r == 0)
                        r = store_commit(c->portal->store, &err);
                else
                        store_rollback(c->portal->store);
        }
        if (r < 0) {
                service_log(LOG_ERROR, "password not changed: %s", err.text);
                reply_error(c->portal, c->x, 500);
                return;
        }
        const struct http_header cookies[] = {
                cookie_set(arena, COOKIE_SESSION, str_of(session->text), 0),
                cookie_clear(arena, COOKIE_FORM),
        };

        reply_see_other(c->x, STR("/account?changed"), cookies, ARRAY_LEN(cookies));
}

static void current_verified(void *ctx, bool good, struct str hash, struct str sentence)
{
        struct change *c = ctx;

        (void)hash;
        if (good) {
                throttle_succeeded(c->portal->throttle, c->who.session.login);
                hashing_make(form_field(c->x, "new"), c->who.session.person, password_made, c);
                return;
        }
        form_wipe(c->x);
        if (str_is(sentence, "busy")) {
                reply_busy(c->portal, c->x);
                return;
        }
        throttle_failed(c->portal->throttle, c->who.session.login, clock_unix());
        send_account(c->portal, c->x, &c->who, 403, PAGE_ACCOUNT_PASSWORD_WRONG, STR(""), 0);
}

void account_password_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct arena *arena = http_exchange_arena(x);
        struct change *c = arena_alloc(arena, sizeof *c);
        struct store_credentials found;
        struct err err;

        c->who = *who;
        c->portal = conn->portal;
        c->x = x;
        c->address = visitor_address(conn, arena);
        unsigned seconds = throttle_wait(conn->portal->throttle, c->who.session.login, clock_unix());

        if (seconds > 0) {
                form_wipe(x);
                send_account(conn->portal, x, &c->who, 429, PAGE_ACCOUNT_THROTTLED, STR(""), seconds);
                return;
        }
        if (store_credentials_find(conn->portal->store, c->who.session.person, arena, &found, &err) < 0) {
                service_log(LOG_ERROR, "password not changed: %s", err.text);
                reply_error(conn->portal, x, 500);
                return;
        }
        hashing_verify(form_field(x, "current"), found.password, current_verified, c);
}

/* ---- sessions ---- */

static void end_sessions(struct conn *conn, struct http_exchange *x, const struct identity *who,
                         bool others)
{
        struct portal *portal = conn->portal;
        uint64_t id = 0;
        struct err err;
        int r = others ? 0 : str_to_u64(form_field(x, "id"), INT64_MAX, &id, &err);

        if (r == 0)
                r = store_begin(portal->store, &err);
        if (r == 0) {
                /* The person is part of the statement: somebody else's session is none of this form's. */
                r = others ? store_session_revoke_others(portal->store, who->session.person,
                                                         who->session.id, &err)
                           : store_session_revoke(portal->store, who->session.person, (int64_t)id, &err);
                if (r == 0)
                        r = store_commit(portal->store, &err);
                else
                        store_rollback(portal->store);
        }
        if (r < 0)
                reply_error(portal, x, r == ERR_INVALID || r == ERR_LIMIT ? 422 : 500);
        else
                send_account(portal, x, who, 200,
                             others ? PAGE_ACCOUNT_OTHERS_ENDED : PAGE_ACCOUNT_SESSION_ENDED, STR(""),
                             0);
}

void account_end_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        end_sessions(conn, x, who, false);
}

void account_end_others_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        end_sessions(conn, x, who, true);
}
