/*
 * login.c -- /login and /logout.
 *
 * Wrong password, unknown address and disabled account are one answer after the same work: the job hashes
 * for nobody as long as for somebody, and waiting times go by the name that was typed.
 */
#include <string.h>

#include "base/clock.h"
#include "proc/portal/hashing.h"
#include "proc/portal/identity.h"
#include "page/account.h"
#include "people/people.h"
#include "proc/portal/routes.h"
#include "proc/portal/sso/sso.h"
#include "session.h"
#include "store/credentials.h"
#include "throttle.h"

/* What has to be remembered until the job has answered; lives in the exchange's arena. */
struct attempt {
        struct portal *portal;
        struct http_exchange *x;
        struct str login;               /* as typed */
        struct str next;
        struct str address;
        int64_t person;                 /* 0: nobody, or nobody who may log in */
        struct str hash;
        struct str rehashed;            /* the same password with today's parameters, or empty */
};

static void send_login(struct portal *portal, struct http_exchange *x, unsigned status,
                       enum page_login_error error, unsigned seconds, struct str login,
                       struct str next)
{
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(portal, x, &ticket, &err) < 0) {
                service_log(LOG_ERROR, "login form: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct buf out = { 0 };
        struct page_login page = {
                .site = *site_of(portal), .csrf = ticket.csrf, .next = next, .login = login,
                .error = error, .seconds = seconds,
        };

        sso_buttons(portal, http_exchange_arena(x), &page.providers, &page.nproviders);
        page_render_login(&out, &page);
        reply_private(x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, seconds);
}

/*
 * The page of this portal whose link was followed, so that who logs in at a restricted topic comes back
 * to it. It cannot stand in that page's link: the page must be the same bytes for the hidden and the missing.
 */
static struct str came_from(const struct http_request *req)
{
        struct str path = own_referer(req);

        return str_starts(path, STR("/docs/")) ? path : STR("");
}

void login_page(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        const struct http_request *req = http_exchange_request(x);
        struct str next = STR("");

        struct identity who = identity_of(conn->portal, x);

        if (who.known || who.newcomer) {
                reply_moved(x, 303, who.known ? STR("/account") : STR("/account/security"));
                return;
        }
        if (http_form_field(req->query, "next", arena, &next, NULL) == 0)
                next = local_path(next);
        else
                next = came_from(req);
        bool ended = http_request_cookie(req, COOKIE_SESSION).p != NULL;

        send_login(conn->portal, x, 200, ended ? PAGE_LOGIN_SESSION_ENDED : PAGE_LOGIN_NO_ERROR, 0,
                   STR(""), next);
}

static void count_failure(const struct attempt *a)
{
        struct store *store = a->portal->store;
        struct err err;
        int64_t failures;
        int r = store_begin(store, &err);

        if (r < 0)
                return;
        if (a->person > 0)
                r = store_failure_add(store, a->person, clock_unix(), &failures, &err);
        if (r == 0)
                r = login_record(a->portal, "login.failed", a->person, a->address, STR("password"), STR(""),
                                 &err);
        if (r < 0)
                store_rollback(store);
        else
                r = store_commit(store, &err);
        if (r < 0)
                service_log(LOG_ERROR, "a failed login was not recorded: %s", err.text);
}

static void refuse(const struct attempt *a)
{
        struct arena *arena = http_exchange_arena(a->x);
        const char *key = arena_printf(arena, "l %.*s", STR_ARG(a->login));
        int64_t now = clock_unix();

        throttle_failed(a->portal->throttle, str_of(key), now);
        throttle_failed(a->portal->addresses_failing, a->address, now);
        count_failure(a);
        send_login(a->portal, a->x, 403, PAGE_LOGIN_WRONG, 0, a->login, a->next);
}

static int keep_rehashed(struct arrival *arrival, struct err *err)
{
        const struct attempt *a = arrival->ctx;

        return store_password_rehash(a->portal->store, a->person, a->hash, a->rehashed, err);
}

static void welcome_in(struct attempt *a, struct str rehashed)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct arrival arrival = {
                .portal = a->portal, .x = a->x, .person = a->person, .address = a->address,
                .next = a->next, .with = "password", .ctx = a,
                .step = rehashed.n > 0 ? keep_rehashed : NULL,
        };
        struct err err;

        a->rehashed = rehashed;
        int r = arrive(&arrival, &err);

        if (r == ERR_DENIED) {          /* disabled or expired while the password was being hashed */
                refuse(a);
        } else if (r < 0) {
                service_log(LOG_ERROR, "login not completed: %s", err.text);
                reply_error(a->portal, a->x, 500);
        } else {
                throttle_succeeded(a->portal->throttle,
                                   str_of(arena_printf(arena, "l %.*s", STR_ARG(a->login))));
        }
}

static void verified(void *ctx, bool good, struct str hash, struct str sentence)
{
        struct attempt *a = ctx;

        form_wipe(a->x);
        if (str_is(sentence, "busy"))
                reply_busy(a->portal, a->x);
        else if (!good || a->person == 0)
                refuse(a);
        else
                welcome_in(a, hash);
}

/* The account, if there is one that may log in; else nobody's, for the same work. */
static void look_up(struct attempt *a)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct store_credentials found;
        struct str folded;
        int64_t now = clock_unix();

        a->hash = STR("");
        if (store_login_fold(a->login, arena, &folded, NULL) < 0 ||
            store_credentials_find_login(a->portal->store, folded, arena, &found, NULL) < 0)
                return;
        if (!person_is_live(found.person.state, found.person.expires, now) ||
            found.failures >= PEOPLE_FAILURES_MAX)
                return;
        a->person = found.person.id;
        a->hash = found.password;
}

static unsigned must_wait(const struct attempt *a)
{
        struct arena *arena = http_exchange_arena(a->x);
        const char *key = arena_printf(arena, "l %.*s", STR_ARG(a->login));
        int64_t now = clock_unix();
        /* Its owner's browser is not kept out by what strangers type elsewhere. */
        unsigned name = browser_is_known(a->portal, a->x, a->person)
                                ? 0
                                : throttle_wait(a->portal->throttle, str_of(key), now);
        unsigned address = throttle_wait(a->portal->addresses_failing, a->address, now);

        return name > address ? name : address;
}

void login_post(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        struct attempt *a = arena_alloc(arena, sizeof *a);

        a->portal = conn->portal;
        a->x = x;
        a->login = form_field(x, "login");
        a->next = local_path(form_field(x, "next"));
        a->address = visitor_address(conn, arena);
        if (a->login.n > LOGIN_MAX)
                a->login.n = 0;
        look_up(a);
        unsigned seconds = must_wait(a);

        if (seconds > 0) {
                form_wipe(x);
                send_login(a->portal, x, 429, PAGE_LOGIN_THROTTLED, seconds, a->login, a->next);
                return;
        }
        hashing_verify(form_field(x, "password"), a->hash, verified, a);
}

void logout_post(struct conn *conn, struct http_exchange *x)
{
        struct portal *portal = conn->portal;
        struct arena *arena = http_exchange_arena(x);
        struct identity who = identity_of(portal, x);
        struct err err;

        if ((who.known || who.newcomer) && store_begin(portal->store, &err) == 0) {
                int r = store_session_revoke(portal->store, who.session.person, who.session.id, &err);

                if (r == 0)
                        r = login_record(portal, "logout", who.session.person,
                                         visitor_address(conn, arena), STR(""), STR(""), &err);
                if (r < 0)
                        store_rollback(portal->store);
                else
                        r = store_commit(portal->store, &err);
                if (r < 0) {
                        service_log(LOG_ERROR, "logout: %s", err.text);
                        reply_error(portal, x, 500);
                        return;
                }
        }
        struct buf out = { 0 };
        const struct http_header cookies[] = {
                cookie_clear(arena, COOKIE_SESSION),
                cookie_clear(arena, COOKIE_FORM),
        };

        page_render_notice(&out, &(struct page_notice){
                .site = *site_of(portal), .kind = PAGE_NOTICE_LOGGED_OUT,
        });
        reply_private(x, 200, &out, cookies, ARRAY_LEN(cookies), 0);
}
