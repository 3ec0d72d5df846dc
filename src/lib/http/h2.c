/*
 * h2.c -- an HTTP/2 connection: nghttp2 keeps the protocol, this file keeps the limits and the
 * answers; requests are in h2_request.c.
 *
 * Answers' bodies are not copied into nghttp2: it asks for a length, and the bytes go from where
 * they are into the stage when their frame's turn comes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "http/h2_session.h"
#include "http/headers.h"

enum {
        STREAM_WINDOW = 256 * 1024,
        CONNECTION_WINDOW = 1024 * 1024,
        QUEUED_FRAMES_MAX = 400,        /* acknowledgements and the like the client does not read */
        ACKS_MAX = 200,
        SETTINGS_MAX = 32,
        FRAME_HEADER = 9,
        PAIRS_MAX = FIELDS_MAX + 48,
};

static nghttp2_session_callbacks *callbacks;
static nghttp2_option *options;

/* ---- answers ---- */

static ssize_t choose_length(nghttp2_session *session, int32_t stream, uint8_t *p, size_t n,
                             uint32_t *flags, nghttp2_data_source *source, void *user)
{
        struct http_exchange *x = source->ptr;
        uint64_t rest = body_length(&x->answer) - x->sent;

        (void)session, (void)stream, (void)p, (void)user;
        *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
        if (rest <= n) {
                *flags |= NGHTTP2_DATA_FLAG_EOF;
                n = (size_t)rest;
        }
        return (ssize_t)n;
}

static int send_data(nghttp2_session *session, nghttp2_frame *frame, const uint8_t *header,
                     size_t n, nghttp2_data_source *source, void *user)
{
        struct http_conn *c = user;
        struct http_exchange *x = source->ptr;

        (void)session, (void)frame;
        if (stage_pending(c) >= HTTP_OUTPUT_MAX || stage_room(c) < FRAME_HEADER + n)
                return NGHTTP2_ERR_WOULDBLOCK;
        if (x->answer.kind == HTTP_BODY_BYTES) {
                stage_add(c, header, FRAME_HEADER);
                stage_add(c, x->answer.bytes.p + x->sent, n);
        } else {
                char *to = c->stage.p + c->stage.n;

                if (x->answer.read(x->answer.ctx, x->answer.offset + x->sent, to + FRAME_HEADER,
                                   n) < 0)
                        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;   /* resets the stream */
                memcpy(to, header, FRAME_HEADER);
                c->stage.n += FRAME_HEADER + n;
        }
        x->sent += n;
        h2_watch_credit(&c->h2->watch, 2);
        if (x->sent == body_length(&x->answer))
                exchange_finish_body(x);
        return 0;
}

static int on_frame_send(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
        struct http_conn *c = user;

        (void)session;
        if (frame->hd.type == NGHTTP2_RST_STREAM) {
                const char *why = NULL;

                if (frame->rst_stream.error_code != NGHTTP2_NO_ERROR)
                        why = h2_watch_reset(&c->h2->watch, c->now);
                if (why != NULL)
                        h2_calm(c, why);
        }
        return 0;
}

static void add_pair(nghttp2_nv *list, size_t *n, const struct http_header *h, uint8_t flags)
{
        list[(*n)++] = (nghttp2_nv){ (uint8_t *)(uintptr_t)h->name.p,
                                     (uint8_t *)(uintptr_t)h->value.p, h->name.n, h->value.n,
                                     flags };
}

void h2_reply(struct http_exchange *x, const struct http_response *resp)
{
        struct http_conn *c = x->conn;
        char code[4] = { (char)('0' + resp->status / 100), (char)('0' + resp->status / 10 % 10),
                         (char)('0' + resp->status % 10), 0 };
        struct http_header status = { STR(":status"), { code, 3 } };
        struct fields f;
        nghttp2_nv list[PAIRS_MAX];
        size_t n = 0, nsecurity;
        const struct http_header *security = http_security_headers(resp->csp, &nsecurity);

        response_fields(&f, &x->req, resp);
        check(1 + f.n + nsecurity + resp->nextra <= PAIRS_MAX);
        add_pair(list, &n, &status, NGHTTP2_NV_FLAG_NO_COPY_NAME);
        for (size_t i = 0; i < f.n; i++)
                add_pair(list, &n, &f.list[i], NGHTTP2_NV_FLAG_NO_COPY_NAME);
        for (size_t i = 0; i < resp->nextra; i++)
                add_pair(list, &n, &resp->extra[i], NGHTTP2_NV_FLAG_NONE);
        for (size_t i = 0; i < nsecurity; i++)
                add_pair(list, &n, &security[i], NGHTTP2_NV_FLAG_NO_COPY_NAME |
                                                 NGHTTP2_NV_FLAG_NO_COPY_VALUE);
        /* http_reply() has set the state already; a refused request was still being received. */
        if (x->refuse != 0)
                c->h2->receiving--;
        c->h2->answered++;
        x->answer = resp->body;
        if (!f.has_body)
                body_release(&x->answer);

        nghttp2_data_provider provider = { .source.ptr = x, .read_callback = choose_length };

        check(nghttp2_submit_response(c->h2->session, x->stream, list, n,
                                      f.has_body ? &provider : NULL) == 0);
        if (resp->close)
                http_conn_shutdown(c);
}

/* ---- the connection ---- */

void h2_prepare(void)
{
        check(nghttp2_session_callbacks_new(&callbacks) == 0);
        h2_request_callbacks(callbacks);
        nghttp2_session_callbacks_set_send_data_callback(callbacks, send_data);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_frame_send);

        check(nghttp2_option_new(&options) == 0);
        nghttp2_option_set_no_closed_streams(options, 1);
        nghttp2_option_set_max_outbound_ack(options, ACKS_MAX);
        nghttp2_option_set_max_settings(options, SETTINGS_MAX);
}

void h2_new(struct http_conn *c)
{
        const nghttp2_settings_entry settings[] = {
                { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, c->limits.streams },
                { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW },
                { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)c->limits.header_bytes },
                { NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
        };

        c->h2 = xalloc(sizeof *c->h2);
        h2_watch_start(&c->h2->watch, c->limits.header_bytes);
        check(nghttp2_session_server_new2(&c->h2->session, callbacks, c, options) == 0);
        check(nghttp2_submit_settings(c->h2->session, NGHTTP2_FLAG_NONE, settings,
                                      ARRAY_LEN(settings)) == 0);
        check(nghttp2_session_set_local_window_size(c->h2->session, NGHTTP2_FLAG_NONE, 0,
                                                    CONNECTION_WINDOW) == 0);
}

void h2_free(struct http_conn *c)
{
        while (c->h2->first != NULL)
                h2_drop_exchange(c->h2, c->h2->first);
        nghttp2_session_del(c->h2->session);
        free(c->h2);
        c->h2 = NULL;
}

void h2_calm(struct http_conn *c, const char *why)
{
        if (c->h2->calm != NULL)
                return;
        c->h2->calm = why;
        c->closing = true;
        check(nghttp2_session_terminate_session(c->h2->session, NGHTTP2_ENHANCE_YOUR_CALM) == 0);
}

void h2_shutdown(struct http_conn *c)
{
        nghttp2_submit_goaway(c->h2->session, NGHTTP2_FLAG_NONE,
                              nghttp2_session_get_last_proc_stream_id(c->h2->session),
                              NGHTTP2_NO_ERROR, NULL, 0);
}

int h2_input(struct http_conn *c, const char *p, size_t n, struct err *err)
{
        struct h2 *h = c->h2;
        const char *why = h2_watch_bytes(&h->watch, p, n, c->now);

        if (why != NULL) {
                h2_calm(c, why);
                return 0;
        }
        ssize_t r = nghttp2_session_mem_recv(h->session, (const uint8_t *)p, n);

        if (r == NGHTTP2_ERR_FLOODED) {
                h2_calm(c, "acknowledgements pile up unread");
                return 0;
        }
        if (r < 0) {
                c->closing = true;
                c->failed = r == NGHTTP2_ERR_BAD_CLIENT_MAGIC || r == NGHTTP2_ERR_NOMEM;
                return err_set(err, ERR_PROTOCOL, "HTTP/2: %s", nghttp2_strerror((int)r));
        }
        if (!h2_watch_mid_frame(&h->watch))
                c->header_since = 0;
        else if (c->header_since == 0)
                c->header_since = c->now;
        if (h->receiving == 0)
                c->receiving.since = 0;
        return 0;
}

/* Let nghttp2 write until a record is full or it has nothing more to say. */
void h2_fill(struct http_conn *c)
{
        struct h2 *h = c->h2;

        while (!c->failed && stage_pending(c) < HTTP_OUTPUT_MAX) {
                if (h->chunk_n == 0) {
                        if (!nghttp2_session_want_write(h->session))
                                break;
                        stage_open(c);
                        ssize_t n = nghttp2_session_mem_send(h->session, &h->chunk);

                        if (n < 0)
                                c->failed = true;
                        if (n <= 0)
                                break;
                        h->chunk_n = (size_t)n;
                }
                stage_open(c);
                size_t k = h->chunk_n < stage_room(c) ? h->chunk_n : stage_room(c);

                stage_add(c, h->chunk, k);
                h->chunk += k;
                h->chunk_n -= k;
        }
        if (h->receiving == 0)
                c->receiving.since = 0;         /* streams may have been reset just now */
}

/* After a GOAWAY that ends everything nghttp2 wants nothing more, and unsent answers are void. */
bool h2_sending(const struct http_conn *c)
{
        const struct h2 *h = c->h2;

        if (h->chunk_n > 0)
                return true;
        return h->answered > 0 && (nghttp2_session_want_read(h->session) != 0 ||
                                   nghttp2_session_want_write(h->session) != 0);
}

bool h2_idle(const struct http_conn *c)
{
        return c->h2->count == 0;
}

/* After a GOAWAY and the last stream, or after an error that nghttp2 has answered with one. */
bool h2_done(const struct http_conn *c)
{
        return nghttp2_session_want_write(c->h2->session) == 0 &&
               (c->closing || nghttp2_session_want_read(c->h2->session) == 0);
}

bool h2_full(const struct http_conn *c)
{
        return nghttp2_session_want_read(c->h2->session) == 0 ||
               nghttp2_session_get_outbound_queue_size(c->h2->session) > QUEUED_FRAMES_MAX;
}
