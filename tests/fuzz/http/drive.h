/*
 * drive.h -- an owner and a handler for the HTTP fuzz targets: every path of answering is taken.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "http/conn.h"
#include "http/entity.h"

struct drive {
        struct http_conn *conn;
        struct buf seen;                /* what the handler was asked */
        struct buf out;
        unsigned given, released;
        struct http_exchange *held;
};

static char drive_body[40000];

static void drive_release(void *ctx)
{
        ((struct drive *)ctx)->released++;
}

static int drive_read(void *ctx, uint64_t offset, void *p, size_t n)
{
        (void)ctx;
        check(offset <= sizeof drive_body && n <= sizeof drive_body - offset);
        memcpy(p, drive_body + offset, n);
        return offset > 30000 ? -1 : 0;
}

static void drive_ask_everything(struct drive *d, struct http_exchange *x)
{
        const struct http_request *r = http_exchange_request(x);
        struct arena *arena = http_exchange_arena(x);
        struct str text;

        check(r->path.n > 0 && (r->path.p[0] == '/' || r->path.p[0] == '*'));
        check(r->version == HTTP_1_0 || r->host.n > 0);
        check(r->body.n <= 1000);
        check(r->nheaders <= HTTP_HEADERS_MAX);
        for (size_t i = 0; i < r->nheaders; i++) {
                struct str v = r->headers[i].value;

                check(r->headers[i].name.n > 0);
                check(memchr(v.p, '\r', v.n) == NULL && memchr(v.p, '\n', v.n) == NULL);
                check(memchr(v.p, '\0', v.n) == NULL);
        }
        if (http_path_decode(r->path, arena, &text, NULL) == 0) {
                check(str_is_utf8(text));
                text = http_location(arena, text);
                check(text.n < 2 || text.p[1] != '/');
        }
        if (http_form_field(r->query, "q", arena, &text, NULL) == 0)
                text = http_disposition(arena, text, false);
        text = http_request_cookie(r, "s");
        text = http_request_list(r, "accept", arena);
        buf_printf(&d->seen, "%s %.*s %.*s %zu %zu\n", http_method_name(r->method),
                   STR_ARG(r->target), STR_ARG(r->host), r->nheaders, r->body.n);
}

static void drive_handle(void *ctx, struct http_exchange *x)
{
        struct drive *d = ctx;
        struct http_entity e = {
                .tag = STR("tag"), .last_modified = 784111777, .content_type = STR("text/plain"),
                .gzip = STR("zipped"), .brotli = STR("brotli"),
                .identity = { .kind = HTTP_BODY_BYTES, .release = drive_release, .ctx = d,
                              .bytes = { drive_body, sizeof drive_body } },
        };
        struct str path = http_exchange_request(x)->path;

        drive_ask_everything(d, x);
        if (str_starts(path, STR("/hold")) && d->held == NULL) {
                d->held = x;
                return;
        }
        if (str_starts(path, STR("/pull"))) {
                e.identity.kind = HTTP_BODY_SOURCE;
                e.identity.read = drive_read;
                e.identity.length = sizeof drive_body;
                e.gzip = e.brotli = (struct str){ 0 };
        }
        d->given++;
        http_reply_entity(x, &e);
}

static size_t drive_limit(void *ctx, const struct http_request *req)
{
        (void)ctx;
        return req->method == HTTP_GET ? 10 : 1000;
}

static void drive_flush(struct drive *d, size_t step, uint64_t now)
{
        for (int i = 0; i < 200000; i++) {
                struct str s = http_conn_output(d->conn, now);

                if (s.n == 0)
                        return;
                check(s.n <= HTTP_OUTPUT_MAX);
                if (s.n > step)
                        s.n = step;
                buf_add_str(&d->out, s);
                http_conn_sent(d->conn, s.n, now);
        }
        bool output_ends = false;

        check(output_ends);
}

static void drive_feed(struct drive *d, const uint8_t *p, size_t n, uint64_t now)
{
        char *exact = malloc(n > 0 ? n : 1);
        int r;

        check(exact != NULL);
        memcpy(exact, p, n);
        r = http_conn_input(d->conn, exact, n, now, NULL);
        free(exact);
        check(r == 0 || r == ERR_PROTOCOL);
}

static void drive_reply_held(struct drive *d)
{
        struct http_exchange *x = d->held;

        d->held = NULL;
        if (x != NULL)
                http_reply_text(x, 200, "late");
}

static void drive_open(struct drive *d, bool h2)
{
        static const struct http_callbacks callbacks = { .handle = drive_handle,
                                                         .body_limit = drive_limit };

        *d = (struct drive){ 0 };
        d->conn = http_conn_new(h2, NULL, &callbacks, d, 1000);
}

static void drive_close(struct drive *d)
{
        http_conn_free(&d->conn);
        drive_reply_held(d);
        check(d->released == d->given);
        buf_free(&d->seen);
        buf_free(&d->out);
}
