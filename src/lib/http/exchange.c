/*
 * exchange.c -- one request and its answer, recycled.
 *
 * A busy connection would otherwise allocate several times per request, and an idle one would keep
 * memory for nothing: so finished exchanges wait in a pool of the process, wiped, for whoever comes
 * next.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "http/private.h"

enum { POOL_MAX = 32, KEEP_HEAD = 8 * 1024, KEEP_BODY = 16 * 1024, ARENA_CHUNK = 4096 };

static struct http_exchange *pool;
static unsigned pooled;

struct http_exchange *exchange_new(struct http_conn *conn)
{
        struct http_exchange *x = pool;

        if (x != NULL) {
                pool = x->next;
                x->next = NULL;
                pooled--;
        } else {
                x = xalloc(sizeof *x);
                x->arena = arena_new(ARENA_CHUNK);
        }
        x->conn = conn;
        x->announced = UINT64_MAX;
        x->req.headers = x->headers;
        return x;
}

void exchange_finish_body(struct http_exchange *x)
{
        body_release(&x->answer);
}

static void forget(struct buf *b, size_t keep)
{
        if (b->cap > keep) {
                buf_free(b);
                return;
        }
        if (b->n > 0)
                explicit_bzero(b->p, b->n);     /* cookies and passwords of an earlier request */
        buf_clear(b);
}

void exchange_free(struct http_exchange *x)
{
        body_release(&x->answer);
#ifdef ARENA_HEAP
        /* The sanitizers' build: a late use of a finished exchange must be seen. */
        const unsigned room = 0;
#else
        const unsigned room = POOL_MAX;
#endif
        if (pooled >= room) {
                arena_free(&x->arena);
                buf_free(&x->head);
                buf_free(&x->body);
                free(x);
                return;
        }

        arena_reset(x->arena);
        forget(&x->head, KEEP_HEAD);
        forget(&x->body, KEEP_BODY);
        memset(&x->conn, 0, sizeof *x - offsetof(struct http_exchange, conn));
        x->next = pool;
        pool = x;
        pooled++;
}

const struct http_request *http_exchange_request(const struct http_exchange *x)
{
        return &x->req;
}

struct arena *http_exchange_arena(struct http_exchange *x)
{
        return x->arena;
}

void *http_exchange_ctx(const struct http_exchange *x)
{
        return x->conn != NULL ? x->conn->ctx : NULL;
}
