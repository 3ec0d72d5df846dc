/*
 * conn.c -- what both versions share: the stage, the clocks, the way to the handler and back.
 */
#include "http/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "http/headers.h"
#include "http/private.h"

/* ---- the stage ---- */

/* Memory for stages waits in a pool: a connection has one only while bytes are on their way out. */
enum { STAGES_KEPT = 8 };
static char *stages[STAGES_KEPT];
static unsigned nstages;

size_t stage_pending(const struct http_conn *c)
{
        return c->stage.n - c->stage.at;
}

struct str stage_str(const struct http_conn *c)
{
        if (stage_pending(c) == 0)
                return (struct str){ 0 };
        return str_make(c->stage.p + c->stage.at, stage_pending(c));
}

void stage_open(struct http_conn *c)
{
        struct stage *s = &c->stage;

        if (s->p == NULL)
                s->p = nstages > 0 ? stages[--nstages] : xrealloc(NULL, STAGE_BYTES, 1);
        if (s->at > 0) {
                memmove(s->p, s->p + s->at, s->n - s->at);
                s->n -= s->at;
                s->at = 0;
        }
}

static void stage_close(struct http_conn *c)
{
        struct stage *s = &c->stage;

        s->at = s->n = 0;
        if (s->p == NULL)
                return;
        if (nstages < STAGES_KEPT)
                stages[nstages++] = s->p;
        else
                free(s->p);
        s->p = NULL;
}

size_t stage_room(const struct http_conn *c)
{
        return STAGE_BYTES - c->stage.n;
}

void stage_add(struct http_conn *c, const void *p, size_t n)
{
        check(n <= stage_room(c));
        memcpy(c->stage.p + c->stage.n, p, n);
        c->stage.n += n;
}

/* ---- life ---- */

static struct http_limits resolve(const struct http_limits *given)
{
        struct http_limits l = given != NULL ? *given : (struct http_limits){ 0 };

#define DEFAULT(field, value) l.field = l.field > 0 ? l.field : (value)
        DEFAULT(header_bytes, 16 * KIB);
        DEFAULT(headers, HTTP_HEADERS_MAX);
        DEFAULT(target_bytes, 8 * KIB);
        DEFAULT(body_bytes, MIB);
        DEFAULT(body_bytes_conn, 8 * MIB);
        DEFAULT(streams, 100);
        DEFAULT(header_ms, 10000);
        DEFAULT(body_ms, 10000);
        DEFAULT(body_rate, 500);
        DEFAULT(idle_ms, 60000);
        DEFAULT(stall_ms, 20000);
        DEFAULT(stall_rate, 500);
        DEFAULT(requests, 100000);
#undef DEFAULT
        if (l.headers > HTTP_HEADERS_MAX)
                l.headers = HTTP_HEADERS_MAX;
        return l;
}

struct http_conn *http_conn_new(bool h2, const struct http_limits *limits,
                                const struct http_callbacks *callbacks, void *ctx, uint64_t now_ms)
{
        struct http_conn *c = xalloc(sizeof *c);

        http_prepare();
        c->limits = resolve(limits);
        c->cb = callbacks;
        c->ctx = ctx;
        c->is_h2 = h2;
        c->now = now_ms;
        c->idle_since = now_ms;
        c->header_since = now_ms;       /* the first request has no right to the idle time */
        if (h2)
                h2_new(c);
        return c;
}

void http_conn_free(struct http_conn **conn)
{
        struct http_conn *c = *conn;

        if (c == NULL)
                return;
        check(c->busy == 0);            /* not from inside a callback */
        if (c->is_h2)
                h2_free(c);
        else
                h1_free(c);
        stage_close(c);
        free(c);
        *conn = NULL;
}

/* ---- bytes ---- */

static bool conn_sending(const struct http_conn *c)
{
        return stage_pending(c) > 0 || (c->is_h2 ? h2_sending(c) : h1_sending(c));
}

int http_conn_input(struct http_conn *c, const void *p, size_t n, uint64_t now_ms, struct err *err)
{
        int r = 0;

        c->now = now_ms;
        if (c->failed)
                return err_set(err, ERR_PROTOCOL, "the connection has been cut");
        if (c->closing || n == 0)
                return 0;
        c->busy++;
        if (c->receiving.since != 0)
                c->receiving.bytes += n;
        r = c->is_h2 ? h2_input(c, p, n, err) : h1_input(c, p, n, err);
        c->busy--;
        c->idle_since = now_ms;
        return r;
}

bool http_conn_wants_input(const struct http_conn *c)
{
        if (c->closing || c->failed || c->input_ended)
                return false;
        return c->is_h2 ? !h2_full(c) : c->h1.in.n - c->h1.in_at < PENDING_INPUT_MAX;
}

struct str http_conn_output(struct http_conn *c, uint64_t now_ms)
{
        struct str out = { 0 };

        c->now = now_ms;
        if (c->failed)
                return out;
        c->busy++;
        if (c->is_h2) {
                if (stage_pending(c) < HTTP_OUTPUT_MAX)
                        h2_fill(c);
                out = stage_str(c);
        } else {
                out = h1_output(c);
        }
        c->busy--;
        if (c->failed)
                out.n = 0;
        if (out.n > HTTP_OUTPUT_MAX)
                out.n = HTTP_OUTPUT_MAX;
        if (out.n == 0)
                out.p = NULL;
        if (!conn_sending(c))
                c->sending.since = 0;
        else if (c->sending.since == 0)
                c->sending = (struct pace){ now_ms, 0 };
        return out;
}

void http_conn_sent(struct http_conn *c, size_t n, uint64_t now_ms)
{
        c->now = now_ms;
        c->sending.bytes += n;
        c->idle_since = now_ms;
        if (!c->is_h2 && c->h1.direct) {
                h1_sent(c, n);
        } else {
                check(n <= stage_pending(c));
                c->stage.at += n;
        }
        if (stage_pending(c) == 0)
                stage_close(c);
        if (!conn_sending(c))
                c->sending.since = 0;
}

bool http_conn_wants_close(const struct http_conn *c)
{
        if (c->failed)
                return true;
        if (conn_sending(c))
                return false;
        if (c->is_h2)
                return h2_done(c);
        return c->closing || ((c->ending || c->input_ended) && h1_idle(c));
}

bool http_conn_idle(const struct http_conn *c)
{
        return !conn_sending(c) && (c->is_h2 ? h2_idle(c) : h1_idle(c));
}

void http_conn_shutdown(struct http_conn *c)
{
        if (c->ending)
                return;
        c->ending = true;
        if (c->is_h2)
                h2_shutdown(c);
}

void http_conn_input_ended(struct http_conn *c)
{
        c->input_ended = true;
        /*
         * A browser that ends an HTTP/2 connection awaits nothing more; half a request never comes
         * whole.
         */
        if (c->is_h2 || (c->h1.state != H1_HANDED && c->h1.x != NULL))
                c->failed = true;
}

/* ---- time ---- */

static uint64_t earlier(uint64_t a, uint64_t since, unsigned span)
{
        return since == 0 || a < since + span ? a : since + span;
}

static bool all_idle(const struct http_conn *c)
{
        return c->header_since == 0 && c->receiving.since == 0 && http_conn_idle(c);
}

uint64_t http_conn_deadline(const struct http_conn *c)
{
        uint64_t at = UINT64_MAX;

        at = earlier(at, c->header_since, c->limits.header_ms);
        at = earlier(at, c->receiving.since, c->limits.body_ms);
        at = earlier(at, c->sending.since, c->limits.stall_ms);
        if (all_idle(c))
                at = earlier(at, c->idle_since, c->limits.idle_ms);
        return at;
}

/* Whether a pace has run out; else it starts its next span. */
static bool too_slow(struct pace *p, unsigned ms, unsigned rate, uint64_t now)
{
        if (p->since == 0 || now < p->since + ms)
                return false;
        if (p->bytes * 1000 < (uint64_t)rate * ms)
                return true;
        *p = (struct pace){ now, 0 };
        return false;
}

/* The client did not bring in time what it had begun: tell it, as far as the protocol can. */
static void give_up(struct http_conn *c, const char *why)
{
        c->header_since = 0;
        c->receiving.since = 0;
        if (c->is_h2)
                h2_calm(c, why);
        else
                h1_refuse(c, 408, why);
}

static int expire(struct http_conn *c, uint64_t now_ms, struct err *err)
{
        if (too_slow(&c->sending, c->limits.stall_ms, c->limits.stall_rate, now_ms)) {
                c->failed = true;
                return err_set(err, ERR_GONE, "the client takes its answer too slowly");
        }
        if (all_idle(c) && now_ms >= c->idle_since + c->limits.idle_ms) {
                http_conn_shutdown(c);
                c->closing = true;
                return 0;
        }
        if (c->header_since != 0 && now_ms >= c->header_since + c->limits.header_ms) {
                if (http_conn_idle(c) && !c->is_h2) {
                        /* Nothing was ever asked: no answer either. */
                        c->closing = c->failed = true;
                        return err_set(err, ERR_GONE, "the client asks for nothing");
                }
                give_up(c, "the request came too slowly");
        } else if (too_slow(&c->receiving, c->limits.body_ms, c->limits.body_rate, now_ms)) {
                give_up(c, "the body of the request came too slowly");
        }
        return 0;
}

int http_conn_timeout(struct http_conn *c, uint64_t now_ms, struct err *err)
{
        c->now = now_ms;
        c->busy++;              /* the owner flushes after this call in any case */
        int r = expire(c, now_ms, err);

        c->busy--;
        return r;
}

/* ---- to the handler and back ---- */

size_t conn_body_limit(struct http_conn *c, const struct http_request *req)
{
        return c->cb->body_limit != NULL ? c->cb->body_limit(c->ctx, req) : c->limits.body_bytes;
}

void conn_handle(struct http_conn *c, struct http_exchange *x)
{
        x->state = X_HANDLING;
        if (++c->requests >= c->limits.requests)
                http_conn_shutdown(c);
        c->cb->handle(c->ctx, x);
}

void http_reply(struct http_exchange *x, const struct http_response *resp)
{
        struct http_conn *c = x->conn;
        struct http_response r = *resp;

        check(x->state == X_HANDLING || x->refuse != 0);
        if (r.status == 0)
                r.status = 200;
        check(r.status >= 200 && r.status <= 599);
        response_check_extra(&r);
        x->state = X_ANSWERED;
        if (c == NULL) {
                body_release(&r.body);
                exchange_free(x);
                return;
        }
        if (c->is_h2)
                h2_reply(x, &r);
        else
                h1_reply(x, &r);
        if (c->busy == 0 && c->cb->ready != NULL)
                c->cb->ready(c->ctx);
}
