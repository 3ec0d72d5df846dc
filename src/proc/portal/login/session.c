/*
 * session.c -- where a login becomes a session.
 */
#include "session.h"

#include <stdio.h>

#include "base/clock.h"
#include "json/json.h"
#include "proc/portal/routes.h"
#include "store/audit.h"
#include "store/credentials.h"

enum { DEVICE_SECONDS = 180 * 86400 };

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

static int let_in(struct arrival *a, const struct token *session, const struct token *device, struct err *err)
{
        struct store *store = a->portal->store;
        int64_t id, now = clock_unix();
        int r = a->step != NULL ? a->step(a, err) : 0;
        const struct store_session_start start = {
                .token = session->stored, .person = a->person, .address = a->address,
                .agent = http_request_header(http_exchange_request(a->x), "user-agent"),
                .second_factor = a->strong, .elevated = a->stale ? 0 : now + PROOF_SECONDS,
        };

        if (r == 0)
                r = store_session_start(store, &start, now, &id, err);
        if (r == 0)
                r = store_failure_clear(store, a->person, err);
        if (r == 0)
                r = store_browser_put(store, a->person, &device->stored, now, err);
        return r < 0 ? r : login_record(a->portal, "login", a->person, a->address, str_of(a->with), STR(""),
                                        err);
}

int arrive(struct arrival *a, struct err *err)
{
        struct arena *arena = http_exchange_arena(a->x);
        struct token *session = arena_alloc(arena, sizeof *session);
        struct token *device = arena_alloc(arena, sizeof *device);
        int r = store_begin(a->portal->store, err);

        if (r < 0)
                return r;
        token_new(TOKEN_SESSION, session);
        token_new(TOKEN_DEVICE, device);
        r = let_in(a, session, device, err);
        if (r < 0) {
                store_rollback(a->portal->store);
                return r;
        }
        r = store_commit(a->portal->store, err);
        if (r < 0)
                return r;
        const struct http_header cookies[] = {
                cookie_set(arena, COOKIE_SESSION, str_of(session->text), 0),
                cookie_set(arena, COOKIE_DEVICE, str_of(device->text), DEVICE_SECONDS),
                cookie_clear(arena, COOKIE_FORM),       /* a new code for the new rights */
        };

        reply_see_other(a->x, local_path(a->next), cookies, ARRAY_LEN(cookies));
        return 0;
}
