/*
 * confirm.c -- /login/confirm: who is logged in proves again who they are, before what matters.
 *
 * The password, with a code where they have a second factor; or a passkey, which is both. For some minutes
 * sensitive actions are open then (PROOF_SECONDS). Nothing tells which of password and code was wrong.
 */
#include "base/clock.h"
#include "ceremony.h"
#include "code.h"
#include "page/factor.h"
#include "proc/portal/hashing.h"
#include "proc/portal/routes.h"
#include "proc/portal/sso/sso.h"
#include "session.h"
#include "throttle.h"

struct confirmation {
        struct conn *conn;
        struct portal *portal;
        struct http_exchange *x;
        struct identity who;
        struct store_factors factors;
        struct str key;                 /* of the waiting times */
        struct str address;
        struct str next;
        struct code_proof code;
        bool by_code;
        bool wrong_password;
        struct ceremony_proof passkey;
        bool by_passkey;
};

static void send_form(const struct confirmation *c, unsigned status, enum page_factor_error error,
                      unsigned seconds)
{
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(c->portal, c->x, &ticket, &err) < 0) {
                service_log(LOG_ERROR, "confirmation form: %s", err.text);
                reply_error(c->portal, c->x, 500);
                return;
        }
        struct buf out = { 0 };

        struct page_confirm page = {
                .site = *site_of(c->portal), .csrf = ticket.csrf, .next = c->next,
                .login = c->who.session.login, .code = store_factors_any(&c->factors),
                .passkeys = c->factors.passkeys > 0, .error = error, .seconds = seconds,
        };

        sso_buttons(c->portal, http_exchange_arena(c->x), &page.providers, &page.nproviders);
        page_render_confirm(&out, &page);
        reply_private(c->x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, seconds);
}

static bool prepare(struct conn *conn, struct http_exchange *x, const struct identity *who,
                    struct str next, struct confirmation *out)
{
        struct arena *arena = http_exchange_arena(x);
        struct err err;

        *out = (struct confirmation){
                .conn = conn, .portal = conn->portal, .x = x, .who = *who, .next = local_path(next),
                .key = str_of(arena_printf(arena, "c %lld", (long long)who->session.person)),
                .address = visitor_address(conn, arena),
        };
        if (store_factors_find(conn->portal->store, who->session.person, &out->factors, &err) == 0)
                return true;
        service_log(LOG_ERROR, "confirmation: %s", err.text);
        form_wipe(x);
        reply_error(conn->portal, x, 500);
        return false;
}

void confirm_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct confirmation c;
        struct str next;

        if (http_form_field(http_exchange_request(x)->query, "next", http_exchange_arena(x), &next, NULL) < 0)
                next = STR("/");
        if (prepare(conn, x, who, next, &c))
                send_form(&c, 200, PAGE_FACTOR_NO_ERROR, 0);
}

static struct str with_of(const struct confirmation *c)
{
        return str_of(c->by_passkey ? "passkey" : c->by_code ? code_name(&c->code) : "password");
}

static int raise_in(const struct confirmation *c, struct err *err)
{
        struct store *store = c->portal->store;
        int r = c->by_passkey ? ceremony_use(store, &c->passkey, err)
                : c->by_code  ? code_use(store, &c->code, err)
                              : 0;

        if (r == 0)
                r = store_session_elevate(store, c->who.session.id, clock_unix() + PROOF_SECONDS, err);
        if (r < 0)
                return r;
        return login_record(c->portal, "login.confirmed", c->who.session.person, c->address, with_of(c),
                            STR(""), err);
}

static int record_in(const struct confirmation *c, struct str why, struct err *err)
{
        return login_record(c->portal, "confirm.failed", c->who.session.person, c->address, with_of(c),
                            why, err);
}

static void refuse(const struct confirmation *c, struct str why)
{
        struct store *store = c->portal->store;
        struct err err;

        form_wipe(c->x);
        throttle_failed(c->portal->throttle, c->key, clock_unix());
        int r = store_begin(store, &err);

        if (r == 0) {
                r = record_in(c, why, &err);
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r < 0)
                service_log(LOG_ERROR, "a failed confirmation was not recorded: %s", err.text);
        send_form(c, 403, c->by_passkey ? PAGE_FACTOR_PASSKEY_REFUSED : PAGE_FACTOR_WRONG, 0);
}

static void accept_proof(const struct confirmation *c)
{
        struct store *store = c->portal->store;
        struct err err;

        form_wipe(c->x);
        int r = store_begin(store, &err);

        if (r == 0) {
                r = raise_in(c, &err);
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r == ERR_DENIED || r == ERR_NOT_FOUND) {
                refuse(c, str_of(err.text));
        } else if (r < 0) {
                service_log(LOG_ERROR, "confirmation: %s", err.text);
                reply_error(c->portal, c->x, 500);
        } else {
                throttle_succeeded(c->portal->throttle, c->key);
                reply_see_other(c->x, c->next, NULL, 0);
        }
}

static void on_code(void *ctx, enum code_verdict verdict, const struct code_proof *proof)
{
        struct confirmation *c = ctx;

        c->code = *proof;
        c->by_code = true;
        if (verdict == CODE_RIGHT && !c->wrong_password) {
                accept_proof(c);
        } else if (verdict == CODE_BUSY) {
                form_wipe(c->x);
                reply_busy(c->portal, c->x);
        } else {
                refuse(c, STR(""));
        }
}

static void on_password(void *ctx, bool good, struct str hash, struct str sentence)
{
        struct confirmation *c = ctx;

        (void)hash;
        if (str_is(sentence, "busy")) {
                form_wipe(c->x);
                reply_busy(c->portal, c->x);
                return;
        }
        c->wrong_password = !good;
        if (store_factors_any(&c->factors)) {   /* also after a wrong password: the time does not tell */
                code_check(c->portal, c->x, c->who.session.person, form_field(c->x, "code"), on_code, c);
        } else if (good) {
                accept_proof(c);
        } else {
                refuse(c, STR(""));
        }
}

static void check_password(struct confirmation *c)
{
        struct store_credentials found;
        struct err err;

        if (store_credentials_find(c->portal->store, c->who.session.person, http_exchange_arena(c->x), &found,
                                   &err) < 0) {
                service_log(LOG_ERROR, "confirmation: %s", err.text);
                form_wipe(c->x);
                reply_error(c->portal, c->x, 500);
                return;
        }
        hashing_verify(form_field(c->x, "password"), found.password, on_password, c);
}

void confirm_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct confirmation *c = arena_alloc(http_exchange_arena(x), sizeof *c);
        struct err err;

        if (!prepare(conn, x, who, form_field(x, "next"), c))
                return;
        unsigned seconds = throttle_wait(c->portal->throttle, c->key, clock_unix());

        if (seconds > 0) {
                form_wipe(x);
                send_form(c, 429, PAGE_FACTOR_THROTTLED, seconds);
                return;
        }
        if (form_field(x, "credential").n == 0) {
                check_password(c);
                return;
        }
        c->by_passkey = true;
        if (ceremony_prove(conn, x, CEREMONY_CONFIRM, who->session.person, &c->passkey, &err) == 0)
                accept_proof(c);
        else
                refuse(c, str_of(err.text));
}
