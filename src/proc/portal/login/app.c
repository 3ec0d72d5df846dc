/*
 * app.c -- /account/security/app: set up an authenticator app, or take it away.
 *
 * The key waits in a row of its own until a first code has shown that the app has it; the app that
 * worked before works until then.
 */
#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/totp.h"
#include "page/factor.h"
#include "proc/portal/routes.h"
#include "security.h"
#include "store/credentials.h"
#include "waiting.h"

enum { ENROL_SECONDS = 900, APP = 't', KEPT_LEN = 1 + TOTP_SECRET_LEN, URI_NAME_MAX = 128, GROUP = 4 };

struct app {
        struct store_pending pending;
        struct totp totp;
        int64_t step;
};

static bool find(struct conn *conn, struct http_exchange *x, const struct identity *who, struct app *out)
{
        if (!waiting_find(conn->portal, x, COOKIE_ENROL, PENDING_ENROL, &out->pending) ||
            out->pending.person != who->session.person || out->pending.data.n != KEPT_LEN ||
            out->pending.data.p[0] != APP)
                return false;
        memcpy(out->totp.secret, out->pending.data.p + 1, sizeof out->totp.secret);
        return true;
}

static int begin(struct conn *conn, struct http_exchange *x, const struct identity *who,
                 struct http_header *cookie, struct err *err)
{
        struct store *store = conn->portal->store;
        struct totp totp;
        char kept[KEPT_LEN] = { APP };
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        totp_new(&totp);
        memcpy(kept + 1, totp.secret, sizeof totp.secret);
        const struct store_pending pending = {
                .kind = PENDING_ENROL, .person = who->session.person, .return_to = STR("/"),
                .data = str_make(kept, sizeof kept), .expires = clock_unix() + ENROL_SECONDS,
        };

        r = waiting_begin(conn->portal, x, &pending, COOKIE_ENROL, cookie, err);
        secret_wipe(&totp, sizeof totp);
        secret_wipe(kept, sizeof kept);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit_quietly(store, err);
}

void app_start_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct http_header cookie = { 0 };
        struct err err;

        if (begin(conn, x, who, &cookie, &err) < 0) {
                service_log(LOG_ERROR, "authenticator app: %s", err.text);
                reply_error(conn->portal, x, 500);
                return;
        }
        reply_see_other(x, STR("/account/security/app"), &cookie, 1);
}

/* The most that a label has room for, in whole characters. */
static struct str shortened(struct str text)
{
        if (text.n <= URI_NAME_MAX)
                return text;
        text.n = URI_NAME_MAX;
        while (text.n > 0 && ((unsigned char)text.p[text.n] & 0xc0) == 0x80)
                text.n--;
        return text;
}

/* "ABCD EFGH ...": easier to type. */
static struct str grouped(struct arena *arena, const struct totp *totp)
{
        char text[TOTP_TEXT_LEN + 1];
        char *out = arena_alloc(arena, TOTP_TEXT_LEN + TOTP_TEXT_LEN / GROUP);
        size_t n = 0;

        totp_text(totp, text);
        for (size_t i = 0; i < TOTP_TEXT_LEN; i++) {
                if (i > 0 && i % GROUP == 0)
                        out[n++] = ' ';
                out[n++] = text[i];
        }
        secret_wipe(text, sizeof text);
        return str_make(out, n);
}

static void send_form(struct portal *portal, struct http_exchange *x, const struct identity *who,
                      const struct app *app, bool wrong)
{
        const struct page_site *site = site_of(portal);
        struct buf uri CLEANUP_BUF = { 0 };
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(portal, x, &ticket, &err) < 0 ||
            totp_uri(&app->totp, shortened(site->title), shortened(who->session.login), &uri, &err) < 0) {
                service_log(LOG_ERROR, "authenticator app: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_app(&out, &(struct page_app){
                .site = *site, .csrf = ticket.csrf, .uri = buf_str(&uri), .wrong = wrong,
                .key = grouped(http_exchange_arena(x), &app->totp),
        });
        reply_private(x, wrong ? 422 : 200, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, 0);
}

void app_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct app app;

        if (find(conn, x, who, &app))
                send_form(conn->portal, x, who, &app, false);
        else
                reply_moved(x, 303, STR("/account/security"));
        secret_wipe(&app, sizeof app);
}

static int keep(const struct security_change *c, struct err *err)
{
        const struct app *app = c->ctx;
        struct store *store = c->portal->store;
        int r = store_pending_take(store, app->pending.id, err);

        if (r < 0)
                return r;
        return store_totp_set(store, c->who->session.person,
                              str_make((const char *)app->totp.secret, sizeof app->totp.secret), app->step,
                              err);
}

static void refused(const struct security_change *c, const struct err *err)
{
        (void)err;
        security_send(c->portal, c->x, c->who, 422, PAGE_SECURITY_NOT_DONE);
}

static void wrong_code(struct conn *conn, struct http_exchange *x, const struct identity *who,
                       const struct app *app)
{
        struct store *store = conn->portal->store;
        struct err err;
        int r = store_begin(store, &err);

        if (r == 0) {
                r = store_pending_fail(store, app->pending.id, &err);
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r < 0)
                service_log(LOG_ERROR, "authenticator app: %s", err.text);
        if (r < 0 || app->pending.attempts + 1 >= PENDING_ATTEMPTS_MAX)
                security_send(conn->portal, x, who, 422, PAGE_SECURITY_NOT_DONE);
        else
                send_form(conn->portal, x, who, app, true);
}

void app_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct app *app = arena_alloc(http_exchange_arena(x), sizeof *app);

        if (!find(conn, x, who, app)) {
                security_send(conn->portal, x, who, 422, PAGE_SECURITY_NOT_DONE);
                return;
        }
        if (totp_check(&app->totp, form_field(x, "code"), clock_unix(), -1, &app->step, NULL) < 0) {
                wrong_code(conn, x, who, app);
                return;
        }
        struct security_change *c = security_change_new(conn, x, who);

        c->action = "factor.app.added";
        c->letter = LETTER_FACTOR_ADDED;
        c->step = keep;
        c->ctx = app;
        c->news = PAGE_SECURITY_APP_ADDED;
        security_enrol(c, false, refused);
}

static int take_away(const struct security_change *c, struct err *err)
{
        struct store_factors had = { .app = false };
        int r = store_factors_find(c->portal->store, c->who->session.person, &had, err);

        if (r == 0 && !had.app)
                return err_set(err, ERR_NOT_FOUND, "there is no authenticator app");
        return r < 0 ? r : store_totp_clear(c->portal->store, c->who->session.person, err);
}

void app_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct security_change *c = security_change_new(conn, x, who);

        c->action = "factor.app.removed";
        c->letter = LETTER_FACTOR_REMOVED;
        c->step = take_away;
        c->news = PAGE_SECURITY_APP_REMOVED;
        security_carry_out(c);
}
