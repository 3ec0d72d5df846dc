/*
 * factor.c -- /login/factor: what is asked for after a right password.
 *
 * The login waits as a row; there is no session until a code, a recovery code or a passkey was
 * accepted. Wrong ones are counted in the row (after five it is dead), for the account (waiting times,
 * and the hundred that lock it) and for the address.
 */
#include "base/clock.h"
#include "ceremony.h"
#include "code.h"
#include "page/factor.h"
#include "people/people.h"
#include "proc/portal/routes.h"
#include "session.h"
#include "throttle.h"
#include "waiting.h"

struct factor {
        struct conn *conn;
        struct portal *portal;
        struct http_exchange *x;
        struct store_pending pending;
        struct str key;                 /* of the waiting times */
        struct str address;
        struct code_proof code;
        struct ceremony_proof passkey;
        bool by_passkey;
};

static void send_again(struct portal *portal, struct http_exchange *x)
{
        const struct http_header cookie = cookie_clear(http_exchange_arena(x), COOKIE_PENDING);
        struct buf out = { 0 };

        form_wipe(x);
        page_render_factor_over(&out, site_of(portal));
        reply_private(x, 403, &out, &cookie, 1, 0);
}

static void send_form(const struct factor *f, unsigned status, enum page_factor_error error,
                      unsigned seconds)
{
        struct store_factors factors;
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(f->portal, f->x, &ticket, &err) < 0 ||
            store_factors_find(f->portal->store, f->pending.person, &factors, &err) < 0) {
                service_log(LOG_ERROR, "second factor form: %s", err.text);
                reply_error(f->portal, f->x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_factor(&out, &(struct page_factor){
                .site = *site_of(f->portal), .csrf = ticket.csrf, .app = factors.app,
                .passkeys = factors.passkeys > 0, .recovery = factors.recovery > 0,
                .error = error, .seconds = seconds,
        });
        reply_private(f->x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, seconds);
}

static bool find(struct conn *conn, struct http_exchange *x, struct factor *out)
{
        struct arena *arena = http_exchange_arena(x);

        *out = (struct factor){ .conn = conn, .portal = conn->portal, .x = x };
        if (!waiting_find(conn->portal, x, COOKIE_PENDING, PENDING_SECOND_FACTOR, &out->pending))
                return false;
        out->key = str_of(arena_printf(arena, "f %lld", (long long)out->pending.person));
        out->address = visitor_address(conn, arena);
        return true;
}

void factor_page(struct conn *conn, struct http_exchange *x)
{
        struct factor f;

        if (find(conn, x, &f))
                send_form(&f, 200, PAGE_FACTOR_NO_ERROR, 0);
        else
                reply_moved(x, 303, STR("/login"));
}

static int count_failure(const struct factor *f, struct str why, struct err *err)
{
        struct store *store = f->portal->store;
        struct str with = str_of(f->by_passkey ? "passkey" : code_name(&f->code));
        int64_t failures;
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = store_pending_fail(store, f->pending.id, err);
        if (r == 0)
                r = store_failure_add(store, f->pending.person, clock_unix(), &failures, err);
        if (r == 0)
                r = login_record(f->portal, "login.failed", f->pending.person, f->address, with, why, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit_quietly(store, err);
}

static void refuse(struct factor *f, struct str why)
{
        int64_t now = clock_unix();
        struct err err;

        form_wipe(f->x);
        throttle_failed(f->portal->throttle, f->key, now);
        throttle_failed(f->portal->addresses_failing, f->address, now);
        if (count_failure(f, why, &err) < 0) {  /* what is not counted is not answered */
                service_log(LOG_ERROR, "a failed second factor was not recorded: %s", err.text);
                reply_error(f->portal, f->x, 500);
        } else if (f->pending.attempts + 1 >= PENDING_ATTEMPTS_MAX) {
                send_again(f->portal, f->x);
        } else {
                send_form(f, 403, f->by_passkey ? PAGE_FACTOR_PASSKEY_REFUSED : PAGE_FACTOR_WRONG, 0);
        }
}

static int use_up(struct arrival *a, struct err *err)
{
        const struct factor *f = a->ctx;
        struct store *store = a->portal->store;
        int r = store_pending_take(store, f->pending.id, err);

        if (r < 0)
                return r;
        return f->by_passkey ? ceremony_use(store, &f->passkey, err) : code_use(store, &f->code, err);
}

static void let_in(struct factor *f)
{
        struct arrival a = {
                .portal = f->portal, .x = f->x, .person = f->pending.person, .address = f->address,
                .next = f->pending.return_to, .strong = true, .step = use_up, .ctx = f,
                .with = f->by_passkey ? "passkey" : code_name(&f->code),
        };
        struct err err;

        form_wipe(f->x);
        int r = arrive(&a, &err);

        if (r == 0)
                throttle_succeeded(f->portal->throttle, f->key);
        else if (r == ERR_DENIED || r == ERR_NOT_FOUND) /* used by somebody else at the same moment */
                refuse(f, str_of(err.text));
        else {
                service_log(LOG_ERROR, "login not completed: %s", err.text);
                reply_error(f->portal, f->x, 500);
        }
}

static void on_code(void *ctx, enum code_verdict verdict, const struct code_proof *proof)
{
        struct factor *f = ctx;

        f->code = *proof;
        if (verdict == CODE_RIGHT) {
                let_in(f);
        } else if (verdict == CODE_BUSY) {
                form_wipe(f->x);
                reply_busy(f->portal, f->x);
        } else {
                refuse(f, STR(""));
        }
}

static void on_passkey(struct factor *f)
{
        struct err err;

        f->by_passkey = true;
        if (ceremony_prove(f->conn, f->x, CEREMONY_FACTOR, f->pending.person, &f->passkey, &err) == 0)
                let_in(f);
        else
                refuse(f, str_of(err.text));
}

static unsigned must_wait(const struct factor *f)
{
        int64_t now = clock_unix();
        unsigned name = browser_is_known(f->portal, f->x, f->pending.person)
                                ? 0
                                : throttle_wait(f->portal->throttle, f->key, now);
        unsigned address = throttle_wait(f->portal->addresses_failing, f->address, now);

        return name > address ? name : address;
}

/* However many logins wait at once, there are a hundred wrong answers in all. */
static bool is_locked(const struct factor *f)
{
        struct store_credentials found;

        return store_credentials_find(f->portal->store, f->pending.person, http_exchange_arena(f->x), &found,
                                      NULL) < 0 ||
               found.failures >= PEOPLE_FAILURES_MAX;
}

void factor_post(struct conn *conn, struct http_exchange *x)
{
        struct factor *f = arena_alloc(http_exchange_arena(x), sizeof *f);

        if (!find(conn, x, f) || is_locked(f)) {
                send_again(conn->portal, x);
                return;
        }
        unsigned seconds = must_wait(f);

        if (seconds > 0) {
                form_wipe(x);
                send_form(f, 429, PAGE_FACTOR_THROTTLED, seconds);
        } else if (form_field(x, "credential").n > 0) {
                on_passkey(f);
        } else {
                code_check(f->portal, x, f->pending.person, form_field(x, "code"), on_code, f);
        }
}
