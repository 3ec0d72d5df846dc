/*
 * passkey.c -- /login/passkey: a passkey instead of address and password, and the questions to passkeys.
 */
#include "base/clock.h"
#include "ceremony.h"
#include "page/account.h"
#include "proc/portal/routes.h"
#include "session.h"
#include "throttle.h"
#include "waiting.h"

/*
 * The question for whoever asks: in a session to prove oneself, after a password as its second factor,
 * else to log in. A stranger's question names no passkey, so it tells nothing about accounts.
 */
void passkey_start_post(struct conn *conn, struct http_exchange *x)
{
        struct identity who = identity_of(conn->portal, x);
        struct store_pending pending;

        if (who.known || who.newcomer)
                ceremony_start(conn, x, CEREMONY_CONFIRM, who.session.person);
        else if (waiting_find(conn->portal, x, COOKIE_PENDING, PENDING_SECOND_FACTOR, &pending))
                ceremony_start(conn, x, CEREMONY_FACTOR, pending.person);
        else
                ceremony_start(conn, x, CEREMONY_LOGIN, 0);
}

static int use_up(struct arrival *a, struct err *err)
{
        return ceremony_use(a->portal->store, a->ctx, err);
}

static void record_failure(struct portal *portal, int64_t person, struct str address, struct str why)
{
        struct err err;
        int r = store_begin(portal->store, &err);

        if (r < 0)
                return;
        r = login_record(portal, "login.failed", person, address, STR("passkey"), why, &err);
        if (r < 0)
                store_rollback(portal->store);
        else
                r = store_commit_quietly(portal->store, &err);
        if (r < 0)
                service_log(LOG_ERROR, "a failed login was not recorded: %s", err.text);
}

static void send_refused(struct portal *portal, struct http_exchange *x, unsigned status,
                         enum page_login_error error, unsigned seconds)
{
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(portal, x, &ticket, &err) < 0) {
                service_log(LOG_ERROR, "login form: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_login(&out, &(struct page_login){
                .site = *site_of(portal), .csrf = ticket.csrf, .next = local_path(form_field(x, "next")),
                .error = error, .seconds = seconds,
        });
        reply_private(x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, seconds);
}

void passkey_login_post(struct conn *conn, struct http_exchange *x)
{
        struct portal *portal = conn->portal;
        struct arena *arena = http_exchange_arena(x);
        struct str address = visitor_address(conn, arena);
        unsigned seconds = throttle_wait(portal->addresses_failing, address, clock_unix());
        struct ceremony_proof proof;
        struct err err;

        if (seconds > 0) {
                send_refused(portal, x, 429, PAGE_LOGIN_THROTTLED, seconds);
                return;
        }
        int r = ceremony_prove(conn, x, CEREMONY_LOGIN, 0, &proof, &err);

        if (r == 0) {
                struct arrival a = {
                        .portal = portal, .x = x, .person = proof.key.person, .address = address,
                        .next = form_field(x, "next"), .with = "passkey", .strong = true,
                        .step = use_up, .ctx = &proof,
                };

                r = arrive(&a, &err);
                if (r == 0)
                        return;
        }
        if (r != ERR_DENIED && r != ERR_NOT_FOUND && r != ERR_INVALID && r != ERR_LIMIT) {
                service_log(LOG_ERROR, "login not completed: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        throttle_failed(portal->addresses_failing, address, clock_unix());
        record_failure(portal, proof.key.person, address, str_of(err.text));
        send_refused(portal, x, 403, PAGE_LOGIN_PASSKEY_REFUSED, 0);
}
