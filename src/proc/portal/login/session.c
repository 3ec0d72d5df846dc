/*
 * session.c -- where a login becomes a session, or has to wait for its second factor.
 */
#include "session.h"

#include <stdio.h>

#include "base/clock.h"
#include "json/json.h"
#include "proc/portal/routes.h"
#include "store/audit.h"
#include "store/credentials.h"
#include "waiting.h"

enum { DEVICE_SECONDS = 180 * 86400, FACTOR_SECONDS = 600, ONWARD_SECONDS = 3600, COOKIES_MAX = 9 };

int login_record(struct portal *portal, const char *action, int64_t person, struct str address,
                 struct str with, struct str why, struct err *err)
{
        struct json *detail CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };
        char object[32] = "";

        if (with.n > 0)
                json_put_text(detail, "with", with);
        if (why.n > 0)
                json_put_text(detail, "why", why);
        if (with.n + why.n > 0)
                json_render(detail, false, &text);
        if (person > 0)
                snprintf(object, sizeof object, "person/%lld", (long long)person);
        const struct store_audit_record row = {
                .time = clock_unix(), .actor = person, .action = str_of(action),
                .object = str_of(object), .address = address, .detail = buf_str(&text),
        };

        return store_audit_add(portal->store, &row, err);
}

bool browser_is_known(struct portal *portal, struct http_exchange *x, int64_t person)
{
        struct str shown = http_request_cookie(http_exchange_request(x), COOKIE_DEVICE);
        struct digest digest;
        bool known = false;

        return person > 0 && shown.p != NULL && token_digest(TOKEN_DEVICE, shown, &digest, NULL) == 0 &&
               store_browser_known(portal->store, person, &digest, &known, NULL) == 0 && known;
}

int session_begin(const struct arrival *a, const struct token *token, struct err *err)
{
        int64_t now = clock_unix();
        const struct store_session_start start = {
                .token = token->stored, .person = a->person, .address = a->address,
                .agent = http_request_header(http_exchange_request(a->x), "user-agent"),
                .second_factor = a->strong, .elevated = a->stale ? 0 : now + PROOF_SECONDS,
        };
        int64_t id;

        return store_session_start(a->portal->store, &start, now, &id, err);
}

/* What the answer will say, gathered while the transaction is open. */
struct outcome {
        struct http_header cookies[COOKIES_MAX];
        size_t n;
        struct str location;
};

static void add_cookie(struct outcome *o, struct http_header cookie)
{
        o->cookies[o->n++] = cookie;
}

static int wait_for_factor(const struct arrival *a, struct outcome *o, struct err *err)
{
        const struct store_pending pending = {
                .kind = PENDING_SECOND_FACTOR, .person = a->person, .return_to = local_path(a->next),
                .expires = clock_unix() + FACTOR_SECONDS,
        };
        struct http_header cookie = { 0 };
        int r = waiting_begin(a->portal, a->x, &pending, COOKIE_PENDING, &cookie, err);

        if (r < 0)
                return r;
        add_cookie(o, cookie);
        o->location = STR("/login/factor");
        return login_record(a->portal, "login.waiting", a->person, a->address, str_of(a->with), STR(""),
                            err);
}

/* They set one up first; the page at the end of it leads on (security.c). */
static void lead_to_factor(const struct arrival *a, struct outcome *o)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct str onward = path_with_next(arena, "", o->location);

        if (onward.n > 0)               /* "?next=%2F...": no byte that a cookie cannot have */
                add_cookie(o, cookie_set(arena, COOKIE_ONWARD, onward, ONWARD_SECONDS));
        o->location = STR("/account/security");
}

static int let_in(const struct arrival *a, const struct store_factors *factors, struct outcome *o,
                  struct err *err)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct token *session = arena_alloc(arena, sizeof *session);
        struct token *device = arena_alloc(arena, sizeof *device);

        token_new(TOKEN_SESSION, session);
        token_new(TOKEN_DEVICE, device);
        int r = session_begin(a, session, err);

        if (r == 0)
                r = store_failure_clear(a->portal->store, a->person, err);
        if (r == 0)
                r = store_browser_put(a->portal->store, a->person, &device->stored, clock_unix(), err);
        if (r == 0)
                r = login_record(a->portal, "login", a->person, a->address, str_of(a->with), STR(""), err);
        add_cookie(o, cookie_set(arena, COOKIE_SESSION, str_of(session->text), 0));
        add_cookie(o, cookie_set(arena, COOKIE_DEVICE, str_of(device->text), DEVICE_SECONDS));
        if (http_request_cookie(http_exchange_request(a->x), COOKIE_PENDING).p != NULL)
                add_cookie(o, cookie_clear(arena, COOKIE_PENDING));
        o->location = local_path(a->next);
        if (factors->required && !a->strong)
                lead_to_factor(a, o);
        return r;
}

static int decide(struct arrival *a, struct outcome *o, struct err *err)
{
        struct store_factors factors = { .app = false };
        int r = a->step != NULL ? a->step(a, err) : 0;

        if (r == 0)
                r = store_factors_find(a->portal->store, a->person, &factors, err);
        if (r < 0)
                return r;
        if (!a->strong && store_factors_any(&factors))
                return wait_for_factor(a, o, err);
        return let_in(a, &factors, o, err);
}

int arrive(struct arrival *a, struct err *err)
{
        struct store *store = a->portal->store;
        struct arena *arena = http_exchange_arena(a->x);
        struct outcome o = { .n = 0 };
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = decide(a, &o, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        r = store_commit(store, err);
        if (r < 0)
                return r;
        static const char *const used[] = { COOKIE_LINK, COOKIE_PASSKEY };

        for (size_t i = 0; i < ARRAY_LEN(used); i++)
                if (http_request_cookie(http_exchange_request(a->x), used[i]).p != NULL)
                        add_cookie(&o, cookie_clear(arena, used[i]));
        add_cookie(&o, cookie_clear(arena, COOKIE_FORM));       /* a new code for the new rights */
        reply_see_other(a->x, o.location, o.cookies, o.n);
        return 0;
}
