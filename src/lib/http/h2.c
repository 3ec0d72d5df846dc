/*
 * h2.c -- an HTTP/2 connection: nghttp2 keeps the protocol, this file keeps the limits and the
 * bodies.
 *
 * Answers' bodies are not copied into nghttp2: it asks for a length, and the bytes go from where
 * they are into the stage when their frame's turn comes.
 */
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "http/headers.h"
#include "http/private.h"

enum {
        STREAM_WINDOW = 256 * 1024,
        CONNECTION_WINDOW = 1024 * 1024,
        QUEUED_FRAMES_MAX = 400,        /* acknowledgements and the like the client does not read */
        ACKS_MAX = 200,
        SETTINGS_MAX = 32,
        CONTINUATIONS_MAX = 8,
        FRAME_HEADER = 9,
        SWALLOW_MAX = 1024 * 1024,
        PAIRS_MAX = FIELDS_MAX + 48,
};

struct h2 {
        nghttp2_session *session;
        struct http_exchange *first;    /* all streams that have an exchange */
        size_t count;
        size_t receiving;               /* of them, those whose request is not complete */
        size_t answered;                /* and those whose answer is not sent yet */
        size_t body_bytes;              /* of requests, in memory now */
        struct h2_watch watch;
        const uint8_t *chunk;           /* nghttp2's bytes that did not fit the stage */
        size_t chunk_n;
        const char *calm;               /* why the connection is being ended */
};

static nghttp2_session_callbacks *callbacks;
static nghttp2_option *options;

/* ---- exchanges ---- */

static void link_exchange(struct h2 *h, struct http_exchange *x)
{
        x->next = h->first;
        if (h->first != NULL)
                h->first->prev = x;
        h->first = x;
        h->count++;
        h->receiving++;
}

static void unlink_exchange(struct h2 *h, struct http_exchange *x)
{
        if (x->prev != NULL)
                x->prev->next = x->next;
        else
                h->first = x->next;
        if (x->next != NULL)
                x->next->prev = x->prev;
        x->next = x->prev = NULL;
        h->count--;
        h->body_bytes -= x->body.n;
        if (x->state == X_RECEIVING)
                h->receiving--;
        if (x->state == X_ANSWERED)
                h->answered--;
}

static void drop_exchange(struct h2 *h, struct http_exchange *x)
{
        unlink_exchange(h, x);
        if (x->state == X_HANDLING)
                x->conn = NULL;         /* the handler still holds it */
        else
                exchange_free(x);
}

/* ---- requests ---- */

static void refuse_later(struct http_exchange *x, unsigned status, const char *why)
{
        if (x->refuse == 0) {
                x->refuse = status;
                x->why = why;
        }
}

static void refuse_now(struct http_exchange *x)
{
        struct http_response resp = refusal(x, x->refuse, x->why);

        http_reply(x, &resp);
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
        struct http_conn *c = user;

        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
                return 0;
        struct http_exchange *x = exchange_new(c);

        x->stream = frame->hd.stream_id;
        x->req.version = HTTP_2;
        link_exchange(c->h2, x);
        return nghttp2_session_set_stream_user_data(session, x->stream, x);
}

static void take_pseudo(struct http_exchange *x, struct str name, struct str value)
{
        struct str kept = arena_str(x->arena, value);

        if (str_is(name, ":method"))
                x->req.method_text = kept;
        else if (str_is(name, ":path"))
                x->raw_path = kept;
        else if (str_is(name, ":authority"))
                x->authority = kept;
        else
                x->scheme = kept;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_n, const uint8_t *value, size_t value_n, uint8_t flags, void *user)
{
        struct http_conn *c = user;
        struct http_exchange *x = nghttp2_session_get_stream_user_data(session,
                                                                       frame->hd.stream_id);
        struct str n = { (const char *)name, name_n }, v = { (const char *)value, value_n };

        (void)flags;
        if (x == NULL)
                return 0;
        x->header_bytes += name_n + value_n + 32;       /* RFC 9113, 6.5.2 */
        if (x->header_bytes > c->limits.header_bytes) {
                refuse_later(x, 431, "the headers are too large");
                return 0;
        }
        /* Trailers are counted and dropped, as in HTTP/1.1. */
        if (frame->headers.cat != NGHTTP2_HCAT_REQUEST || x->refuse != 0)
                return 0;
        if (name_n > 0 && name[0] == ':') {
                if (n.n == 5 && value_n > c->limits.target_bytes)
                        refuse_later(x, 414, "shorten the address");
                else
                        take_pseudo(x, n, v);
                return 0;
        }
        if (x->req.nheaders == c->limits.headers) {
                refuse_later(x, 431, "there are too many headers");
                return 0;
        }
        x->headers[x->req.nheaders++] = (struct http_header){ arena_str(x->arena, n),
                                                              arena_str(x->arena, v) };
        return 0;
}

/* nghttp2 would leave the field out and go on: two readers, two requests. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_n, const uint8_t *value,
                             size_t value_n, uint8_t flags, void *user)
{
        struct http_exchange *x = nghttp2_session_get_stream_user_data(session,
                                                                       frame->hd.stream_id);

        (void)name, (void)name_n, (void)value, (void)value_n, (void)flags, (void)user;
        if (x != NULL)
                refuse_later(x, 400, "malformed header");
        return 0;
}

/* Cookie crumbs (RFC 9113, 8.2.3) stay several headers; http_request_cookie() reads them all. */
static unsigned check_fields(struct http_exchange *x, const char **why)
{
        struct str host = { 0 };
        unsigned lengths = 0;

        for (size_t i = 0; i < x->req.nheaders; i++) {
                const struct http_header *h = &x->headers[i];

                if (!http_is_token(h->name) || !http_is_value(h->value)) {
                        *why = "malformed header";
                        return 400;
                }
                if (str_is(h->name, "host")) {
                        if (host.p != NULL) {
                                *why = "there are two Host headers";
                                return 400;
                        }
                        host = h->value;
                } else if (str_is(h->name, "content-length")) {
                        if (++lengths > 1 ||
                            str_to_u64(h->value, INT64_MAX, &x->announced, NULL) < 0) {
                                *why = "Content-Length is not one number";
                                return 400;
                        }
                } else if (str_is(h->name, "transfer-encoding")) {
                        *why = "HTTP/2 knows no Transfer-Encoding";
                        return 400;
                }
        }
        if (x->authority.p == NULL)
                x->authority = host;
        else if (host.p != NULL && !str_eq_nocase(host, x->authority)) {
                *why = ":authority and the Host header differ";
                return 400;
        }
        return 0;
}

static unsigned check_request(struct http_exchange *x, const char **why)
{
        struct http_request *req = &x->req;

        if (str_is(req->method_text, "CONNECT") || str_is(req->method_text, "TRACE")) {
                *why = "this server is no proxy";
                return 405;
        }
        if (!http_method_parse(req->method_text, &req->method)) {
                *why = "unknown method";
                return http_is_token(req->method_text) ? 501 : 400;
        }
        if (!str_is(x->scheme, "https") && !str_is(x->scheme, "http")) {
                *why = "unknown scheme";
                return 400;
        }
        if (!http_target_parse(req, x->raw_path)) {
                *why = "the path is not an absolute path of visible ASCII characters";
                return 400;
        }
        unsigned status = check_fields(x, why);

        if (status != 0)
                return status;
        if (x->authority.p == NULL ||
            !http_host_parse((char *)(uintptr_t)x->authority.p, x->authority.n, &req->host)) {
                *why = "malformed or missing :authority";
                return 400;
        }
        return 0;
}

static unsigned check_expect(struct http_conn *c, struct http_exchange *x, bool ended,
                             const char **why)
{
        struct str expect = http_request_header(&x->req, "expect");

        if (expect.p == NULL)
                return 0;
        if (!str_eq_nocase(expect, STR("100-continue"))) {
                *why = "the only expectation met is 100-continue";
                return 417;
        }
        if (ended)
                return 0;
        nghttp2_nv nv = { (uint8_t *)(uintptr_t)":status", (uint8_t *)(uintptr_t)"100", 7, 3,
                          NGHTTP2_NV_FLAG_NONE };

        nghttp2_submit_headers(c->h2->session, NGHTTP2_FLAG_NONE, x->stream, NULL, &nv, 1, NULL);
        return 0;
}

static unsigned check_length(struct http_conn *c, struct http_exchange *x, const char **why)
{
        x->body_limit = conn_body_limit(c, &x->req);
        if (x->announced == UINT64_MAX || x->announced <= x->body_limit)
                return 0;
        *why = "the body is too large";
        return 413;
}

/* The headers are complete; a body follows unless the stream has ended. */
static void on_request_headers(struct http_conn *c, struct http_exchange *x, bool ended)
{
        const char *why = NULL;

        if (x->refuse == 0) {
                unsigned status = check_request(x, &why);

                if (status == 0 && !ended)
                        status = check_length(c, x, &why);
                if (status == 0)
                        status = check_expect(c, x, ended, &why);
                if (status != 0)
                        refuse_later(x, status, why);
        }
        if (x->refuse != 0)
                refuse_now(x);
        else if (!ended && c->receiving.since == 0)
                c->receiving = (struct pace){ c->now, 0 };
}

static void on_request_end(struct http_conn *c, struct http_exchange *x)
{
        if (x->state != X_RECEIVING)
                return;                 /* refused meanwhile */
        if (x->refuse != 0) {
                refuse_now(x);
                return;
        }
        c->h2->receiving--;
        x->req.body = buf_str(&x->body);
        conn_handle(c, x);
}

static int on_frame_recv(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
        struct http_conn *c = user;
        bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
        struct http_exchange *x;

        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
                return 0;
        x = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
        if (x == NULL)
                return 0;
        if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
                on_request_headers(c, x, ended);
        else if (x->refuse != 0 && x->state == X_RECEIVING)
                refuse_now(x);
        if (ended)
                on_request_end(c, x);
        return 0;
}

/*
 * The rest of a body that was refused. A reset at once would be right (RFC 9113, 8.1), but some
 * clients then forget the answer they have just received; so they get the chance to stop by
 * themselves.
 */
static void swallow(nghttp2_session *session, struct http_exchange *x, size_t n)
{
        x->swallowed += n;
        if (x->swallowed > SWALLOW_MAX && x->swallowed - n <= SWALLOW_MAX)
                nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, x->stream, NGHTTP2_NO_ERROR);
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream,
                         const uint8_t *p, size_t n, void *user)
{
        struct http_conn *c = user;
        struct http_exchange *x = nghttp2_session_get_stream_user_data(session, stream);

        (void)flags;
        if (x == NULL)
                return 0;
        if (x->state != X_RECEIVING) {
                swallow(session, x, n);
                return 0;
        }
        if (n > x->body_limit - x->body.n) {
                refuse_later(x, 413, "the body is too large");
        } else if (c->h2->body_bytes + n > c->limits.body_bytes_conn && c->h2->receiving > 1) {
                refuse_later(x, 503, "too much is being uploaded at once");
        } else {
                buf_add(&x->body, p, n);
                c->h2->body_bytes += n;
                return 0;
        }
        refuse_now(x);
        return 0;
}

static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user)
{
        struct http_conn *c = user;
        struct http_exchange *x = nghttp2_session_get_stream_user_data(session, stream);

        (void)code;
        if (x != NULL) {
                nghttp2_session_set_stream_user_data(session, stream, NULL);
                drop_exchange(c->h2, x);
        }
        return 0;
}

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
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
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
                drop_exchange(c->h2, c->h2->first);
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
