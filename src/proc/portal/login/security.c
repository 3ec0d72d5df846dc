/*
 * security.c -- /account/security: second factor, passkeys and recovery codes of one's own account.
 */
#include "security.h"

#include "base/clock.h"
#include "crypto/recovery.h"
#include "proc/portal/outbox.h"
#include "proc/portal/routes.h"
#include "session.h"
#include "store/credentials.h"

struct security_change *security_change_new(struct conn *conn, struct http_exchange *x,
                                            const struct identity *who)
{
        struct arena *arena = http_exchange_arena(x);
        struct security_change *c = arena_alloc(arena, sizeof *c);

        *c = (struct security_change){
                .portal = conn->portal, .x = x, .who = who, .address = visitor_address(conn, arena),
        };
        return c;
}

/* ---- the page ---- */

static struct page_passkey *list_keys(struct portal *portal, const struct identity *who,
                                      struct arena *arena, size_t *out_n, struct err *err)
{
        struct store_passkey *rows = NULL;

        if (store_passkey_list(portal->store, who->session.person, arena, &rows, out_n, err) < 0)
                return NULL;
        struct page_passkey *list = arena_array(arena, *out_n + 1, sizeof *list);

        for (size_t i = 0; i < *out_n; i++)
                list[i] = (struct page_passkey){
                        .id = str_of(arena_printf(arena, "%lld", (long long)rows[i].id)),
                        .name = rows[i].name, .added = rows[i].created, .used = rows[i].used,
                };
        return list;
}

void security_send(struct portal *portal, struct http_exchange *x, const struct identity *who,
                   unsigned status, enum page_security_news news)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_factors factors;
        struct form_ticket ticket;
        struct err err;
        size_t n = 0;
        struct page_passkey *keys = list_keys(portal, who, arena, &n, &err);

        if (keys == NULL || form_ticket(portal, x, &ticket, &err) < 0 ||
            store_factors_find(portal->store, who->session.person, &factors, &err) < 0) {
                service_log(LOG_ERROR, "security page: %s", err.text);
                reply_error(portal, x, 500);
                return;
        }
        struct buf out = { 0 };

        page_render_security(&out, &(struct page_security){
                .site = *site_of(portal), .csrf = ticket.csrf, .app = factors.app, .passkeys = keys,
                .npasskeys = n, .recovery = (unsigned)factors.recovery,
                .missing = factors.required && !store_factors_any(&factors), .news = news,
        });
        reply_private(x, status, &out, &ticket.set_cookie, ticket.set_cookie.name.p != NULL, 0);
}

void security_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        security_send(conn->portal, x, who, 200, PAGE_SECURITY_NO_NEWS);
}

/* ---- changes ---- */

static int keep_codes(const struct security_change *c, struct err *err)
{
        const struct hashing_codes *codes = c->codes;

        if (codes->digests.n != RECOVERY_CODES * DIGEST_LEN)
                return err_set(err, ERR_CORRUPT, "the job's recovery codes are not complete");
        return store_recovery_replace(c->portal->store, c->who->session.person, codes->salt,
                                      (const struct digest *)(const void *)codes->digests.p, RECOVERY_CODES,
                                      err);
}

static int settle(const struct security_change *c, struct err *err)
{
        const struct store_session *session = &c->who->session;
        struct store *store = c->portal->store;
        struct store_factors now = { .app = false };
        int r = store_factors_find(store, session->person, &now, err);

        if (r < 0)
                return r;
        bool any = store_factors_any(&now);

        if (!any && now.required)
                return err_set(err, ERR_DENIED,
                               "this role must have a second factor; set up another one first");
        r = store_session_set_factor(store, session->id, any, err);
        if (r == 0 && !c->harmless)
                r = store_session_revoke_others(store, session->person, session->id, err);
        return r;
}

static int apply_in(const struct security_change *c, struct err *err)
{
        int r = c->step != NULL ? c->step(c, err) : 0;

        if (r == 0 && c->codes != NULL)
                r = keep_codes(c, err);
        if (r == 0)
                r = settle(c, err);
        if (r == 0 && c->letter != 0)
                r = outbox_tell(c->portal, c->letter, c->who->session.person, clock_unix(), err);
        if (r < 0)
                return r;
        return login_record(c->portal, c->action, c->who->session.person, c->address, STR(""), STR(""), err);
}

int security_apply(const struct security_change *c, struct err *err)
{
        struct store *store = c->portal->store;
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = apply_in(c, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit(store, err);
}

static void fail(const struct security_change *c, const struct err *err)
{
        service_log(LOG_ERROR, "%s: %s", c->action, err->text);
        reply_error(c->portal, c->x, 500);
}

void security_carry_out(const struct security_change *c)
{
        struct err err;
        int r = security_apply(c, &err);

        if (r == 0)
                security_send(c->portal, c->x, c->who, 200, c->news);
        else if (r == ERR_DENIED)
                security_send(c->portal, c->x, c->who, 409, PAGE_SECURITY_LAST_STAYS);
        else if (r == ERR_NOT_FOUND || r == ERR_INVALID)
                security_send(c->portal, c->x, c->who, 422, PAGE_SECURITY_NOT_DONE);
        else
                fail(c, &err);
}

/* ---- recovery codes ---- */

struct enrolment {
        struct security_change *change;
        security_refused_fn *refused;
};

/* Where the login that led here was to lead, or empty. */
static struct str onward_of(struct http_exchange *x)
{
        struct str kept = http_request_cookie(http_exchange_request(x), COOKIE_ONWARD), next;

        if (!str_starts(kept, STR("?")) ||
            http_form_field(str_make(kept.p + 1, kept.n - 1), "next", http_exchange_arena(x), &next,
                            NULL) < 0)
                return STR("");
        return local_path(next);
}

/* They are on this one page and nowhere else. */
static void send_codes(const struct security_change *c)
{
        struct arena *arena = http_exchange_arena(c->x);
        struct page_codes page = { .site = *site_of(c->portal), .next = onward_of(c->x) };
        const struct http_header cookie = cookie_clear(arena, COOKIE_ONWARD);
        struct buf out = { 0 };

        for (size_t i = 0; i < RECOVERY_CODES; i++)
                page.codes[i] = str_make(c->codes->codes.p + i * RECOVERY_TEXT_LEN, RECOVERY_TEXT_LEN);
        page_render_codes(&out, &page);
        reply_private(c->x, 200, &out, &cookie, page.next.n > 0, 0);
}

static void finish(const struct enrolment *e)
{
        struct err err;
        int r = security_apply(e->change, &err);

        if (r == ERR_DENIED || r == ERR_NOT_FOUND || r == ERR_EXISTS || r == ERR_LIMIT || r == ERR_INVALID)
                e->refused(e->change, &err);
        else if (r < 0)
                fail(e->change, &err);
        else if (e->change->codes != NULL)
                send_codes(e->change);
        else
                security_send(e->change->portal, e->change->x, e->change->who, 200, e->change->news);
}

static void on_codes(void *ctx, const struct hashing_codes *made)
{
        struct enrolment *e = ctx;

        if (!made->good || made->codes.n != (size_t)RECOVERY_CODES * RECOVERY_TEXT_LEN) {
                reply_busy(e->change->portal, e->change->x);
                return;
        }
        e->change->codes = made;
        finish(e);
}

void security_enrol(struct security_change *change, bool always, security_refused_fn *refused)
{
        struct enrolment *e = arena_alloc(http_exchange_arena(change->x), sizeof *e);
        struct store_factors now;
        struct err err;

        *e = (struct enrolment){ change, refused };
        if (store_factors_find(change->portal->store, change->who->session.person, &now, &err) < 0)
                fail(change, &err);
        else if (always || now.recovery == 0)
                hashing_make_codes(on_codes, e);
        else
                finish(e);
}

static void codes_refused(const struct security_change *c, const struct err *err)
{
        (void)err;
        security_send(c->portal, c->x, c->who, 422, PAGE_SECURITY_NOT_DONE);
}

/* Codes stand in for something: who has nothing yet gets none. */
static int has_something(const struct security_change *c, struct err *err)
{
        struct store_factors now = { .app = false };
        int r = store_factors_find(c->portal->store, c->who->session.person, &now, err);

        if (r == 0 && !store_factors_any(&now))
                return err_set(err, ERR_DENIED, "set up an authenticator app or a passkey first");
        return r;
}

void codes_renew_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct security_change *c = security_change_new(conn, x, who);

        c->action = "factor.codes.made";
        c->step = has_something;
        security_enrol(c, true, codes_refused);
}
