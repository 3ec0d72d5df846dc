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
#include "proc/portal/routes.h"
#include "proc/portal/sso/sso.h"
#include "store/audit.h"
#include "store/credentials.h"
#include "throttle.h"

enum { FAILURES_MAX = 100, DEVICE_SECONDS = 180 * 86400 };

/* What has to be remembered until the job has answered; lives in the exchange's arena. */
struct attempt {
        struct portal *portal;
        struct http_exchange *x;
        struct str login;               /* as typed */
        struct str next;
        struct str address;
        int64_t person;                 /* 0: nobody, or nobody who may log in */
        struct str hash;
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

        if (identity_of(conn->portal, x).known) {
                reply_moved(x, 303, STR("/account"));
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

static int record(struct portal *portal, const char *action, int64_t person, struct str address,
                  struct arena *arena, struct err *err)
{
        const struct store_audit_record row = {
                .time = clock_unix(),
                .actor = person,
                .action = str_of(action),
                .object = person > 0 ? str_of(arena_printf(arena, "person/%lld", (long long)person))
                                     : STR(""),
                .address = address,
        };

        return store_audit_add(portal->store, &row, err);
}

static void count_failure(const struct attempt *a)
{
        struct store *store = a->portal->store;
        struct arena *arena = http_exchange_arena(a->x);
        struct err err;
        int64_t failures;
        int r = store_begin(store, &err);

        if (r < 0)
                return;
        if (a->person > 0)
                r = store_failure_add(store, a->person, clock_unix(), &failures, &err);
        if (r == 0)
                r = record(a->portal, "login.failed", a->person, a->address, arena, &err);
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

/* The session, the known browser, the log: one transaction, or no login. */
static int begin_session(const struct attempt *a, struct str rehashed, const struct token *session,
                         const struct token *device, struct err *err)
{
        struct store *store = a->portal->store;
        struct arena *arena = http_exchange_arena(a->x);
        const struct http_request *req = http_exchange_request(a->x);
        const struct store_session_start start = {
                .token = session->stored, .person = a->person, .address = a->address,
                .agent = http_request_header(req, "user-agent"),
                .elevated = clock_unix() + PROOF_SECONDS,
        };
        int64_t id, now = clock_unix();
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = store_session_start(store, &start, now, &id, err);
        if (r == 0)
                r = store_failure_clear(store, a->person, err);
        if (r == 0 && rehashed.n > 0)
                r = store_password_rehash(store, a->person, a->hash, rehashed, err);
        if (r == 0)
                r = store_browser_put(store, a->person, &device->stored, now, err);
        if (r == 0)
                r = record(a->portal, "login", a->person, a->address, arena, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit(store, err);
}

static void welcome_in(const struct attempt *a, struct str rehashed)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct token *session = arena_alloc(arena, sizeof *session);
        struct token *device = arena_alloc(arena, sizeof *device);
        struct err err;

        token_new(TOKEN_SESSION, session);
        token_new(TOKEN_DEVICE, device);
        int r = begin_session(a, rehashed, session, device, &err);

        if (r == ERR_DENIED) {          /* disabled or expired while the password was being hashed */
                refuse(a);
                return;
        }
        if (r < 0) {
                service_log(LOG_ERROR, "login not completed: %s", err.text);
                reply_error(a->portal, a->x, 500);
                return;
        }
        throttle_succeeded(a->portal->throttle, str_of(arena_printf(arena, "l %.*s", STR_ARG(a->login))));
        const struct http_header cookies[] = {
                cookie_set(arena, COOKIE_SESSION, str_of(session->text), 0),
                cookie_set(arena, COOKIE_DEVICE, str_of(device->text), DEVICE_SECONDS),
                cookie_clear(arena, COOKIE_FORM),       /* a new code for the new rights */
        };

        reply_see_other(a->x, local_path(a->next), cookies, ARRAY_LEN(cookies));
}

static void verified(void *ctx, bool good, struct str hash, struct str sentence)
{
        const struct attempt *a = ctx;

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
            found.failures >= FAILURES_MAX)
                return;
        a->person = found.person.id;
        a->hash = found.password;
}

/* A browser its owner has logged in from before is not kept out by what strangers type elsewhere. */
static bool is_known_browser(const struct attempt *a)
{
        struct str shown = http_request_cookie(http_exchange_request(a->x), COOKIE_DEVICE);
        struct digest digest;
        bool known = false;

        return a->person > 0 && shown.p != NULL && token_digest(TOKEN_DEVICE, shown, &digest, NULL) == 0 &&
               store_browser_known(a->portal->store, a->person, &digest, &known, NULL) == 0 && known;
}

static unsigned must_wait(const struct attempt *a)
{
        struct arena *arena = http_exchange_arena(a->x);
        const char *key = arena_printf(arena, "l %.*s", STR_ARG(a->login));
        int64_t now = clock_unix();
        unsigned name = is_known_browser(a) ? 0
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

        if (who.known && store_begin(portal->store, &err) == 0) {
                int r = store_session_revoke(portal->store, who.session.person, who.session.id, &err);

                if (r == 0)
                        r = record(portal, "logout", who.session.person, visitor_address(conn, arena),
                                   arena, &err);
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
