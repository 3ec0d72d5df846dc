/*
 * welcome.c -- one-time links: a first password for who was invited, a new one for who lost theirs.
 *
 * The link's secret is in an address once: it is exchanged for a cookie at once and the address that stays in
 * histories and logs has nothing in it.
 */
#include <string.h>

#include "base/clock.h"
#include "proc/portal/hashing.h"
#include "proc/portal/identity.h"
#include "proc/portal/outbox.h"
#include "page/account.h"
#include "people/people.h"
#include "proc/portal/routes.h"
#include "session.h"
#include "store/credentials.h"
#include "store/one_time.h"
#include "store/settings.h"

enum { LINK_SECONDS = 3600 };

static const struct {
        enum token_kind token;
        enum one_time_kind kind;
        enum page_welcome_kind page;
} kinds[] = {
        { TOKEN_SETUP, ONE_TIME_SETUP, PAGE_WELCOME_SETUP },
        { TOKEN_INVITE, ONE_TIME_INVITE, PAGE_WELCOME_INVITE },
        { TOKEN_RESET, ONE_TIME_RESET, PAGE_WELCOME_RESET },
};

/* A link that was found and not used yet. */
struct invitation {
        struct portal *portal;
        struct http_exchange *x;
        struct digest digest;
        enum one_time_kind kind;
        enum page_welcome_kind page;
        struct store_one_time link;
        struct str login;
        struct str address;
        struct str hash;                /* of the password that was chosen */
};

static bool look(struct portal *portal, struct http_exchange *x, struct str shown,
                 struct invitation *out)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_person person;

        *out = (struct invitation){ .portal = portal, .x = x };
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                if (token_digest(kinds[i].token, shown, &out->digest, NULL) < 0)
                        continue;
                out->kind = kinds[i].kind;
                out->page = kinds[i].page;
                if (store_one_time_find(portal->store, &out->digest, out->kind, clock_unix(), arena,
                                        &out->link, NULL) < 0)
                        return false;
                out->login = out->link.detail;
                if (out->link.person > 0 &&
                    store_person_find(portal->store, out->link.person, arena, &person, NULL) == 0)
                        out->login = person.login;
                return true;
        }
        return false;
}

static void send_invalid(struct portal *portal, struct http_exchange *x)
{
        struct buf out = { 0 };
        const struct http_header cookie = cookie_clear(http_exchange_arena(x), COOKIE_LINK);

        page_render_notice(&out, &(struct page_notice){
                .site = *site_of(portal), .kind = PAGE_NOTICE_LINK_INVALID,
        });
        reply_private(x, 404, &out, &cookie, 1, 0);
}

static void send_form(const struct invitation *in, unsigned status, struct str error)
{
        struct store_settings settings;
        struct form_ticket ticket;
        struct err err;

        if (form_ticket(in->portal, in->x, &ticket, &err) < 0 ||
            store_settings_load(in->portal->store, &settings, &err) < 0) {
                service_log(LOG_ERROR, "welcome form: %s", err.text);
                reply_error(in->portal, in->x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_welcome(&out, &(struct page_welcome){
                .site = *site_of(in->portal), .csrf = ticket.csrf, .login = in->login,
                .kind = in->page, .minimum = password_minimum_of(&settings), .error = error,
        });
        reply_private(in->x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, 0);
}

void welcome_page(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        const struct http_request *req = http_exchange_request(x);
        struct invitation in;
        struct str shown;

        if (http_form_field(req->query, "t", arena, &shown, NULL) == 0) {
                if (!look(conn->portal, x, shown, &in)) {
                        send_invalid(conn->portal, x);
                        return;
                }
                const struct http_header cookie = cookie_set(arena, COOKIE_LINK, shown, LINK_SECONDS);

                reply_see_other(x, STR("/welcome"), &cookie, 1);
                return;
        }
        shown = http_request_cookie(req, COOKIE_LINK);
        if (shown.p == NULL || !look(conn->portal, x, shown, &in))
                send_invalid(conn->portal, x);
        else
                send_form(&in, 200, STR(""));
}

/* Use of the link, account, password and log, in the transaction of the login that follows. */
static int accept_in(struct arrival *a, struct err *err)
{
        struct invitation *in = a->ctx;
        struct store *store = in->portal->store;
        struct arena *arena = http_exchange_arena(in->x);
        struct store_one_time link;
        int64_t person = in->link.person, now = clock_unix();
        int r = store_one_time_use(store, &in->digest, in->kind, now, arena, &link, err);

        if (r == 0 && in->kind == ONE_TIME_SETUP) {
                const struct store_person owner = { .login = link.detail, .role = ROLE_ADMINISTRATOR };

                r = store_person_add(store, &owner, now, &person, err);
        }
        if (r == 0)
                r = str_is(link.detail, PEOPLE_LINK_ASKED) && in->kind == ONE_TIME_RESET
                            ? store_password_recover(store, person, in->hash, err)
                            : store_password_set(store, person, in->hash, err);
        if (r == 0 && in->kind == ONE_TIME_RESET)
                r = outbox_tell(in->portal, LETTER_PASSWORD_CHANGED, person, now, err);
        if (r < 0)
                return r;
        a->person = person;
        return login_record(in->portal, in->kind == ONE_TIME_RESET ? "password.reset" : "person.joined",
                            person, in->address, STR(""), STR(""), err);
}

static void password_made(void *ctx, bool good, struct str hash, struct str sentence)
{
        struct invitation *in = ctx;
        struct arrival a = {
                .portal = in->portal, .x = in->x, .address = in->address, .next = STR("/account"),
                .with = "link", .step = accept_in, .ctx = in,
        };
        struct err err;

        form_wipe(in->x);
        if (!good && str_is(sentence, "busy")) {
                reply_busy(in->portal, in->x);
                return;
        }
        if (!good) {
                send_form(in, 422, arena_str(http_exchange_arena(in->x), sentence));
                return;
        }
        in->hash = hash;
        int r = arrive(&a, &err);

        if (r == ERR_NOT_FOUND || r == ERR_DENIED) {
                send_invalid(in->portal, in->x);
        } else if (r < 0) {
                service_log(LOG_ERROR, "welcome: %s", err.text);
                reply_error(in->portal, in->x, 500);
        }
}

void welcome_post(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        struct invitation *in = arena_alloc(arena, sizeof *in);
        struct str shown = http_request_cookie(http_exchange_request(x), COOKIE_LINK);

        if (shown.p == NULL || !look(conn->portal, x, shown, in)) {
                form_wipe(x);
                send_invalid(conn->portal, x);
                return;
        }
        in->address = visitor_address(conn, arena);
        hashing_make(form_field(x, "password"), in->link.person, password_made, in);
}
