/*
 * h1.c -- an HTTP/1.1 connection: one request in work at a time, pipelined ones wait as bytes.
 *
 * Answers are therefore in order by construction, and a client that pipelines faster than it reads
 * is held back by its own unread answers.
 */
#include <string.h>

#include "base/check.h"
#include "http/headers.h"
#include "http/private.h"

bool h1_sending(const struct http_conn *c)
{
        return c->h1.x != NULL && c->h1.x->state == X_ANSWERED;
}

bool h1_idle(const struct http_conn *c)
{
        return c->h1.x == NULL && c->h1.in.n == c->h1.in_at;
}

void h1_free(struct http_conn *c)
{
        struct http_exchange *x = c->h1.x;

        buf_free(&c->h1.in);
        if (x == NULL)
                return;
        if (x->state == X_HANDLING)
                x->conn = NULL;         /* the handler still holds it */
        else
                exchange_free(x);
        c->h1.x = NULL;
}

/* ---- out ---- */

static char *put(char *to, struct str s)
{
        memcpy(to, s.p, s.n);
        return to + s.n;
}

static char *put_field(char *to, const struct http_header *h)
{
        to = put(to, h->name);
        *to++ = ':';
        *to++ = ' ';
        to = put(to, h->value);
        *to++ = '\r';
        *to++ = '\n';
        return to;
}

static size_t fields_size(const struct http_header *list, size_t n)
{
        size_t size = 0;

        for (size_t i = 0; i < n; i++)
                size += list[i].name.n + list[i].value.n + 4;
        return size;
}

static char *put_status(char *to, unsigned status)
{
        to = put(to, STR("HTTP/1.1 "));
        *to++ = (char)('0' + status / 100);
        *to++ = (char)('0' + status / 10 % 10);
        *to++ = (char)('0' + status % 10);
        *to++ = ' ';
        to = put(to, str_of(http_status_text(status)));
        return put(to, STR("\r\n"));
}

/* Write the head straight into the stage where it fits, else into the exchange's memory. */
static void write_head(struct http_conn *c, struct http_exchange *x, const struct fields *f,
                       const struct http_response *resp)
{
        enum { STATUS_LINE = 64 };
        static const char closing[] = "connection: close\r\n";
        struct str block = http_security_block(resp->csp);
        size_t size = STATUS_LINE + fields_size(f->list, f->n) +
                      fields_size(resp->extra, resp->nextra) + block.n + sizeof closing + 2;

        stage_open(c);
        bool fits = stage_pending(c) + size <= RECORD_BYTES;
        char *start = fits ? c->stage.p + c->stage.n : arena_alloc(x->arena, size);
        char *to = put_status(start, resp->status);

        for (size_t i = 0; i < f->n; i++)
                to = put_field(to, &f->list[i]);
        for (size_t i = 0; i < resp->nextra; i++)
                to = put_field(to, &resp->extra[i]);
        to = put(to, block);
        if (!c->h1.keep)
                to = put(to, str_make(closing, sizeof closing - 1));
        to = put(to, STR("\r\n"));
        check((size_t)(to - start) <= size);
        if (fits)
                c->stage.n += (size_t)(to - start);
        else
                x->late_head = str_make(start, (size_t)(to - start));
}

void h1_reply(struct http_exchange *x, const struct http_response *resp)
{
        struct http_conn *c = x->conn;
        struct fields f;

        if (resp->close || x->refuse != 0 || c->ending || c->input_ended)
                c->h1.keep = false;
        response_fields(&f, &x->req, resp);
        write_head(c, x, &f, resp);
        x->answer = resp->body;
        if (!f.has_body)
                body_release(&x->answer);
}

static void finish(struct http_conn *c)
{
        struct http_exchange *x = c->h1.x;

        c->h1.x = NULL;
        c->h1.state = H1_HEAD;
        if (!c->h1.keep)
                c->closing = true;
        exchange_free(x);
}

/* Move up to n bytes of the body to the stage. */
static void stage_body(struct http_conn *c, struct http_exchange *x, uint64_t rest)
{
        size_t room = RECORD_BYTES - stage_pending(c);
        size_t n = rest < room ? (size_t)rest : room;

        if (x->answer.kind == HTTP_BODY_BYTES) {
                stage_add(c, x->answer.bytes.p + x->sent, n);
        } else {
                if (x->answer.read(x->answer.ctx, x->answer.offset + x->sent,
                                   c->stage.p + c->stage.n, n) < 0) {
                        c->failed = true;       /* too late for another answer: cut it visibly */
                        return;
                }
                c->stage.n += n;
        }
        x->sent += n;
}

/* Bring what is answered into the stage, as far as a record goes. */
static void fill(struct http_conn *c)
{
        struct http_exchange *x = c->h1.x;

        if (x == NULL || x->state != X_ANSWERED || c->failed)
                return;
        if (x->late_head.n > 0) {
                stage_open(c);
                size_t room = RECORD_BYTES - stage_pending(c);
                size_t n = x->late_head.n < room ? x->late_head.n : room;

                stage_add(c, x->late_head.p, n);
                x->late_head.p += n;
                x->late_head.n -= n;
                if (x->late_head.n > 0)
                        return;
        }
        uint64_t rest = body_length(&x->answer) - x->sent;

        /* With nothing else to send, bytes go out from where they are. */
        if (rest > 0 && stage_pending(c) == 0 && x->answer.kind == HTTP_BODY_BYTES)
                return;
        if (rest > 0 && stage_pending(c) < RECORD_BYTES) {
                stage_open(c);
                stage_body(c, x, rest);
                rest = body_length(&x->answer) - x->sent;
        }
        if (rest == 0 && !c->failed)
                finish(c);
}

/* ---- in ---- */

void h1_refuse(struct http_conn *c, unsigned status, const char *why)
{
        if (c->h1.x == NULL)
                c->h1.x = exchange_new(c);
        struct http_exchange *x = c->h1.x;

        c->header_since = 0;
        c->receiving.since = 0;
        c->h1.state = H1_HANDED;
        x->refuse = status;
        struct http_response resp = refusal(x, status, why);

        http_reply(x, &resp);
}

static void hand_over(struct http_conn *c)
{
        struct http_exchange *x = c->h1.x;

        c->receiving.since = 0;
        c->h1.state = H1_HANDED;
        x->req.body = buf_str(&x->body);
        conn_handle(c, x);
}

static void begin_body(struct http_conn *c, const struct h1_head *head, bool more_is_here)
{
        struct http_exchange *x = c->h1.x;

        x->body_limit = conn_body_limit(c, &x->req);
        if (head->framing == H1_BODY_LENGTH && head->length > x->body_limit) {
                h1_refuse(c, 413, "the body is too large");
                return;
        }
        c->h1.left = head->length;
        c->h1.chunks = (struct chunks){ 0 };
        c->h1.state = head->framing == H1_BODY_LENGTH ? H1_LENGTH : H1_CHUNKS;
        c->receiving = (struct pace){ c->now, 0 };
        if (head->expect_continue && !more_is_here) {
                static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

                stage_open(c);
                stage_add(c, go_on, sizeof go_on - 1);
        }
}

static void head_complete(struct http_conn *c, bool more_is_here)
{
        struct http_exchange *x = c->h1.x;
        struct h1_head head;
        const char *why = NULL;
        unsigned status = h1_parse_head(x->head.p, x->head.n, &c->limits, &x->req, x->headers,
                                        &head, &why);

        c->header_since = 0;
        c->h1.keep = !head.close;
        if (status != 0)
                h1_refuse(c, status, why);
        else if (head.framing == H1_NO_BODY)
                hand_over(c);
        else
                begin_body(c, &head, more_is_here);
}

/* One more line of the head is there, from line_at on. True: the head is complete. */
static bool end_line(struct http_conn *c)
{
        struct http_exchange *x = c->h1.x;
        size_t n = x->head.n - c->h1.line_at;

        if (n < 2 || x->head.p[x->head.n - 2] != '\r') {
                h1_refuse(c, 400, "a line ends without CR");
                return false;
        }
        if (n > 2) {
                c->h1.line_at = x->head.n;
                return false;
        }
        if (c->h1.line_at > 0)
                return true;
        /* RFC 9112, 2.2: an empty line before the request line is skipped, but one only. */
        if (c->h1.blank_seen)
                h1_refuse(c, 400, "empty lines come before the request");
        c->h1.blank_seen = true;
        if (c->h1.state == H1_HEAD)
                x->head.n = 0;
        return false;
}

static void check_head_size(struct http_conn *c)
{
        const struct http_exchange *x = c->h1.x;

        if (c->h1.line_at == 0 && x->head.n > c->limits.target_bytes + 64)
                h1_refuse(c, 414, "shorten the address");
        else if (x->head.n > c->limits.header_bytes)
                h1_refuse(c, 431, "the headers are too large");
}

static size_t take_head(struct http_conn *c, const char *p, size_t n)
{
        size_t taken = 0;

        if (c->h1.x == NULL) {
                c->h1.x = exchange_new(c);
                c->h1.line_at = 0;
                c->h1.blank_seen = false;
                if (c->header_since == 0)
                        c->header_since = c->now;
        }
        struct http_exchange *x = c->h1.x;

        while (taken < n && c->h1.state == H1_HEAD) {
                const char *lf = memchr(p + taken, '\n', n - taken);
                size_t end = lf != NULL ? (size_t)(lf - p) + 1 : n;
                size_t fits = c->limits.header_bytes + 1 - x->head.n;
                size_t part = end - taken < fits ? end - taken : fits;

                buf_add(&x->head, p + taken, part);
                taken += part;
                if (x->head.n > 0 && !http_is_token(str_make(x->head.p, 1)) &&
                    x->head.p[0] != '\r')
                        h1_refuse(c, 400, "this is no HTTP request");
                else if (x->head.n > c->limits.header_bytes || lf == NULL)
                        check_head_size(c);
                else if (end_line(c)) {
                        head_complete(c, taken < n);
                        break;
                } else if (c->h1.state == H1_HEAD)
                        check_head_size(c);
        }
        return taken;
}

static size_t take_length(struct http_conn *c, const char *p, size_t n)
{
        struct http_exchange *x = c->h1.x;
        size_t k = c->h1.left < n ? (size_t)c->h1.left : n;

        buf_add(&x->body, p, k);
        c->h1.left -= k;
        if (c->h1.left == 0)
                hand_over(c);
        return k;
}

static size_t take_chunks(struct http_conn *c, const char *p, size_t n)
{
        struct http_exchange *x = c->h1.x;
        const char *why = NULL;
        unsigned status = 0;
        size_t k = h1_parse_chunks(&c->h1.chunks, p, n, x->body_limit, &x->body, &status, &why);

        if (status != 0)
                h1_refuse(c, status, why);
        else if (c->h1.chunks.state == CHUNK_DONE)
                hand_over(c);
        return k;
}

/* Take bytes until they are used up or a request is in work whose answer cannot be staged yet. */
static size_t take(struct http_conn *c, const char *p, size_t n)
{
        size_t taken = 0;

        while (taken < n && !c->closing && !c->failed) {
                if (c->h1.state == H1_HEAD)
                        taken += take_head(c, p + taken, n - taken);
                else if (c->h1.state == H1_LENGTH)
                        taken += take_length(c, p + taken, n - taken);
                else if (c->h1.state == H1_CHUNKS)
                        taken += take_chunks(c, p + taken, n - taken);
                else {
                        fill(c);
                        if (c->h1.state == H1_HANDED)
                                break;
                }
        }
        return taken;
}

static void take_waiting(struct http_conn *c)
{
        struct buf *in = &c->h1.in;

        c->h1.in_at += take(c, in->p + c->h1.in_at, in->n - c->h1.in_at);
        if (c->h1.in_at == in->n || c->closing) {
                buf_free(in);
                c->h1.in_at = 0;
        }
}

int h1_input(struct http_conn *c, const char *p, size_t n, struct err *err)
{
        struct buf *in = &c->h1.in;

        (void)err;
        if (in->n == 0) {
                size_t taken = take(c, p, n);

                if (!c->closing && taken < n)
                        buf_add(in, p + taken, n - taken);
                return 0;
        }
        if (c->h1.in_at > in->n / 2) {
                buf_consume(in, c->h1.in_at);
                c->h1.in_at = 0;
        }
        buf_add(in, p, n);
        take_waiting(c);
        return 0;
}

struct str h1_output(struct http_conn *c)
{
        const struct http_exchange *x;

        fill(c);
        while (c->h1.in.n > c->h1.in_at && c->h1.state != H1_HANDED && !c->closing && !c->failed &&
               stage_pending(c) < RECORD_BYTES) {
                take_waiting(c);
                fill(c);
        }
        x = c->h1.x;
        c->h1.direct = stage_pending(c) == 0 && x != NULL && x->state == X_ANSWERED &&
                       x->late_head.n == 0 && x->answer.kind == HTTP_BODY_BYTES;
        if (c->h1.direct)
                return str_make(x->answer.bytes.p + x->sent, x->answer.bytes.n - (size_t)x->sent);
        return stage_str(c);
}

/* n bytes of a body that was sent from its own memory. */
void h1_sent(struct http_conn *c, size_t n)
{
        struct http_exchange *x = c->h1.x;

        check(x != NULL && n <= x->answer.bytes.n - x->sent);
        x->sent += n;
        c->h1.direct = false;
        if (x->sent == x->answer.bytes.n)
                finish(c);
}
