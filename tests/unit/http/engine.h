/*
 * engine.h -- drive an HTTP engine from a test: bytes in, bytes out, a handler that echoes.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "http/conn.h"
#include "http/entity.h"

static char engine_big[300000];

struct engine {
        struct http_conn *conn;
        struct buf out;
        unsigned handled;
        unsigned ready;
        unsigned released;
        struct http_exchange *held[4];  /* requests for /hold, not answered yet */
        unsigned nheld;
        size_t body_limit;
        uint64_t now;
        char seen[4096];                /* the last request, in words */
};

static void engine_release(void *ctx)
{
        ((struct engine *)ctx)->released++;
}

static int engine_read(void *ctx, uint64_t offset, void *p, size_t n)
{
        (void)ctx;
        memcpy(p, engine_big + offset, n);
        return 0;
}

static int engine_read_fails(void *ctx, uint64_t offset, void *p, size_t n)
{
        return offset >= 40000 ? -1 : engine_read(ctx, offset, p, n);
}

static void engine_note(struct engine *e, const struct http_request *r)
{
        int n = snprintf(e->seen, sizeof e->seen, "%s %.*s|%.*s|%.*s|%u|", http_method_name(r->method),
                         STR_ARG(r->path), STR_ARG(r->query), STR_ARG(r->host), r->version);

        for (size_t i = 0; i < r->nheaders && n < 3000; i++)
                n += snprintf(e->seen + n, sizeof e->seen - (size_t)n, "%.*s=%.*s;",
                              STR_ARG(r->headers[i].name), STR_ARG(r->headers[i].value));
        snprintf(e->seen + n, sizeof e->seen - (size_t)n, "|%.*s",
                 (int)(r->body.n < 500 ? r->body.n : 500), r->body.n > 0 ? r->body.p : "");
}

static void engine_handle(void *ctx, struct http_exchange *x)
{
        struct engine *e = ctx;
        const struct http_request *r = http_exchange_request(x);
        struct http_response resp = { .content_type = STR("text/plain") };

        e->handled++;
        engine_note(e, r);
        if (str_is(r->path, "/hold") && e->nheld < ARRAY_LEN(e->held)) {
                e->held[e->nheld++] = x;
                return;
        }
        resp.body = (struct http_body){ .kind = HTTP_BODY_BYTES, .release = engine_release,
                                        .ctx = e };
        if (str_is(r->path, "/big")) {
                resp.body.bytes = str_make(engine_big, sizeof engine_big);
        } else if (str_is(r->path, "/pull") || str_is(r->path, "/broken")) {
                resp.body.kind = HTTP_BODY_SOURCE;
                resp.body.length = sizeof engine_big;
                resp.body.read = str_is(r->path, "/pull") ? engine_read : engine_read_fails;
        } else {
                resp.body.bytes = arena_str(http_exchange_arena(x), r->path);
        }
        http_reply(x, &resp);
}

static size_t engine_limit(void *ctx, const struct http_request *req)
{
        (void)req;
        return ((struct engine *)ctx)->body_limit;
}

static void engine_ready(void *ctx)
{
        ((struct engine *)ctx)->ready++;
}

static const struct http_callbacks engine_callbacks = {
        .handle = engine_handle, .body_limit = engine_limit, .ready = engine_ready,
};

static UNUSED void engine_open(struct engine *e, bool h2, const struct http_limits *limits)
{
        *e = (struct engine){ .body_limit = 100000, .now = 1000 };
        for (size_t i = 0; i < sizeof engine_big; i++)
                engine_big[i] = (char)('a' + i * 7 % 26);
        e->conn = http_conn_new(h2, limits, &engine_callbacks, e, e->now);
}

static UNUSED void engine_flush(struct engine *e)
{
        for (;;) {
                struct str s = http_conn_output(e->conn, e->now);

                if (s.n == 0)
                        return;
                assert_true(s.n <= HTTP_OUTPUT_MAX);
                buf_add_str(&e->out, s);
                http_conn_sent(e->conn, s.n, e->now);
        }
}

/* Feed an exact-size copy, so that the sanitizers see a read past the end. */
static UNUSED void engine_feed(struct engine *e, struct str s)
{
        char *exact = malloc(s.n > 0 ? s.n : 1);

        assert_non_null(exact);
        if (s.n > 0)
                memcpy(exact, s.p, s.n);
        assert_int_equal(http_conn_input(e->conn, exact, s.n, e->now, NULL), 0);
        free(exact);
}

static UNUSED void engine_close(struct engine *e)
{
        http_conn_free(&e->conn);
        buf_free(&e->out);
}
