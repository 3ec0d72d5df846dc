/*
 * h2_request.c -- requests over HTTP/2: their fields as nghttp2 hands them over, the checks it leaves
 * to us, and their bodies within their limits.
 */
#include "http/h2_session.h"

#include "http/headers.h"

enum { SWALLOW_MAX = 1024 * 1024 };

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

void h2_drop_exchange(struct h2 *h, struct http_exchange *x)
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
                h2_drop_exchange(c->h2, x);
        }
        return 0;
}

void h2_request_callbacks(nghttp2_session_callbacks *callbacks)
{
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame_recv);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
}
