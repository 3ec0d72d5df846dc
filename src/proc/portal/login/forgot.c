/*
 * forgot.c -- /login/forgot: a letter with a link for who has forgotten the password.
 *
 * Whether an account belongs to the address shows nowhere: the page is the same bytes, waiting times go by
 * what was typed, and the answer comes at a fixed moment after the question, long after the work is done.
 */
#include "base/clock.h"
#include "page/account.h"
#include "people/people.h"
#include "proc/portal/identity.h"
#include "proc/portal/routes.h"
#include "store/audit.h"
#include "throttle.h"

/* Some rows and one commit take a few milliseconds; a link and a letter more of them are lost in this. */
enum { ANSWER_MS = 500 };

struct question {
        struct portal *portal;
        struct http_exchange *x;
        struct str login;               /* as typed */
        struct str address;
        struct loop_timer timer;
        bool failed;
};

static void send_form(struct portal *portal, struct http_exchange *x, struct str login, unsigned seconds)
{
        struct form_ticket ticket;
        struct buf out = { 0 };
        struct err err;

        if (form_ticket(portal, x, &ticket, &err) < 0) {
                service_log(LOG_ERROR, "form for a forgotten password: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        page_render_forgot(&out, &(struct page_forgot){
                .site = *site_of(portal), .csrf = ticket.csrf, .login = login, .seconds = seconds,
                .state = PAGE_FORGOT_ASK,
        });
        reply_private(x, seconds > 0 ? 429 : 200, &out, &ticket.set_cookie,
                      ticket.set_cookie.name.p != NULL, seconds);
}

static void send_plain(struct portal *portal, struct http_exchange *x, enum page_forgot_state state)
{
        struct buf out = { 0 };

        page_render_forgot(&out, &(struct page_forgot){ .site = *site_of(portal), .state = state });
        reply_private(x, 200, &out, NULL, 0, 0);
}

void forgot_page(struct conn *conn, struct http_exchange *x)
{
        if (conn->portal->setup->mail)
                send_form(conn->portal, x, STR(""), 0);
        else
                send_plain(conn->portal, x, PAGE_FORGOT_NO_MAIL);
}

static void answer(void *ctx)
{
        const struct question *q = ctx;

        if (q->failed)
                reply_error(q->portal, q->x, 500);
        else
                send_plain(q->portal, q->x, PAGE_FORGOT_SENT);
}

/* One spelling of an address has one count. */
static struct str key_of(const struct question *q)
{
        struct arena *arena = http_exchange_arena(q->x);
        struct str folded;

        return store_login_fold(q->login, arena, &folded, NULL) == 0 ? folded : q->login;
}

static unsigned must_wait(const struct question *q)
{
        int64_t now = clock_unix();
        unsigned name = throttle_wait(q->portal->asked, key_of(q), now);
        unsigned address = throttle_wait(q->portal->addresses_asking, q->address, now);

        return name > address ? name : address;
}

static void ask(struct question *q)
{
        const struct people_request request = {
                .store = q->portal->store, .door = PEOPLE_DOOR_PORTAL, .actor = AUDIT_HOST,
                .address = q->address, .now = clock_unix(), .mail = true,
        };
        struct err err;

        throttle_failed(q->portal->asked, key_of(q), request.now);
        throttle_failed(q->portal->addresses_asking, q->address, request.now);
        int r = people_password_asked(&request, q->login, &err);

        if (r < 0)
                service_log(LOG_ERROR, "a forgotten password: %s", err.text);
        /* A full outbox would tell who has an account: only those have a letter to write. */
        q->failed = r < 0 && r != ERR_LIMIT;
}

void forgot_post(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        struct question *q = arena_alloc(arena, sizeof *q);

        if (!conn->portal->setup->mail) {
                send_plain(conn->portal, x, PAGE_FORGOT_NO_MAIL);
                return;
        }
        *q = (struct question){
                .portal = conn->portal, .x = x, .login = str_trim(form_field(x, "login")),
                .address = visitor_address(conn, arena),
        };
        if (q->login.n > LOGIN_MAX)
                q->login.n = 0;
        unsigned seconds = must_wait(q);

        if (seconds > 0) {
                send_form(q->portal, x, q->login, seconds);
                return;
        }
        loop_set_timer(q->portal->service.loop, &q->timer, ANSWER_MS, answer, q);
        ask(q);
}
