/*
 * test_h2.c -- HTTP/2 against nghttp2's own client in memory, and against floods written by hand.
 */
#include "engine.h"

#include <nghttp2/nghttp2.h>

enum { STREAMS = 400 };

struct answer {
        unsigned status;
        size_t nheaders;
        bool security;                  /* a content-security-policy came with it */
        struct buf body;
        bool closed;
        uint32_t code;
};

struct client {
        struct engine e;
        nghttp2_session *session;
        struct answer answers[STREAMS];
        uint32_t goaway;
        bool gone;
};

static struct client client;

static int on_header(nghttp2_session *s, const nghttp2_frame *f, const uint8_t *name, size_t nn,
                     const uint8_t *value, size_t vn, uint8_t flags, void *user)
{
        struct answer *a = &client.answers[f->hd.stream_id / 2];

        (void)s, (void)flags, (void)user;
        a->nheaders++;
        if (nn == 7 && memcmp(name, ":status", 7) == 0 && vn == 3)
                a->status = (unsigned)(value[0] - '0') * 100 + (unsigned)(value[1] - '0') * 10 +
                            (unsigned)(value[2] - '0');
        if (nn == 23 && memcmp(name, "content-security-policy", 23) == 0)
                a->security = true;
        return 0;
}

static int on_chunk(nghttp2_session *s, uint8_t flags, int32_t id, const uint8_t *p, size_t n,
                    void *user)
{
        (void)s, (void)flags, (void)user;
        buf_add(&client.answers[id / 2].body, p, n);
        return 0;
}

static int on_close(nghttp2_session *s, int32_t id, uint32_t code, void *user)
{
        (void)s, (void)user;
        client.answers[id / 2].closed = true;
        client.answers[id / 2].code = code;
        return 0;
}

static int on_frame(nghttp2_session *s, const nghttp2_frame *f, void *user)
{
        (void)s, (void)user;
        if (f->hd.type == NGHTTP2_GOAWAY) {
                client.gone = true;
                client.goaway = f->goaway.error_code;
        }
        return 0;
}

static void open_client(const struct http_limits *limits)
{
        nghttp2_session_callbacks *cb;
        nghttp2_option *option;

        memset(&client, 0, sizeof client);
        engine_open(&client.e, true, limits);
        nghttp2_session_callbacks_new(&cb);
        nghttp2_session_callbacks_set_on_header_callback(cb, on_header);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(cb, on_chunk);
        nghttp2_session_callbacks_set_on_stream_close_callback(cb, on_close);
        nghttp2_session_callbacks_set_on_frame_recv_callback(cb, on_frame);
        nghttp2_option_new(&option);
        nghttp2_option_set_no_http_messaging(option, 1);        /* let tests send what is malformed */
        nghttp2_session_client_new2(&client.session, cb, NULL, option);
        nghttp2_option_del(option);
        nghttp2_session_callbacks_del(cb);
        nghttp2_submit_settings(client.session, 0, NULL, 0);
}

static void close_client(void)
{
        engine_close(&client.e);
        nghttp2_session_del(client.session);
        for (size_t i = 0; i < STREAMS; i++)
                buf_free(&client.answers[i].body);
}

/* What the client has to say, to the server. */
static void client_speaks(void)
{
        const uint8_t *p;
        ssize_t n;

        while ((n = nghttp2_session_mem_send(client.session, &p)) > 0)
                engine_feed(&client.e, str_make((const char *)p, (size_t)n));
}

static void server_speaks(void)
{
        engine_flush(&client.e);
        struct str out = buf_str(&client.e.out);

        if (out.n > 0)
                assert_true(nghttp2_session_mem_recv(client.session, (const uint8_t *)out.p,
                                                     out.n) >= 0);
        buf_clear(&client.e.out);
}

static void talk(void)
{
        for (int i = 0; i < 30; i++) {
                client_speaks();
                server_speaks();
        }
}

static nghttp2_nv nv(const char *name, const char *value)
{
        return (nghttp2_nv){ (uint8_t *)(uintptr_t)name, (uint8_t *)(uintptr_t)value, strlen(name),
                             strlen(value), NGHTTP2_NV_FLAG_NONE };
}

static struct answer *ask_with(const nghttp2_nv *list, size_t n, nghttp2_data_provider *body)
{
        int32_t id = nghttp2_submit_request(client.session, NULL, list, n, body, NULL);

        assert_true(id > 0 && id / 2 < STREAMS);
        return &client.answers[id / 2];
}

static struct answer *ask(const char *method, const char *path)
{
        nghttp2_nv list[] = { nv(":method", method), nv(":scheme", "https"),
                              nv(":authority", "A.test:443"), nv(":path", path) };

        return ask_with(list, 4, NULL);
}

struct upload {
        size_t left;
};

static ssize_t read_upload(nghttp2_session *s, int32_t id, uint8_t *p, size_t n, uint32_t *flags,
                           nghttp2_data_source *source, void *user)
{
        struct upload *u = source->ptr;
        size_t k = u->left < n ? u->left : n;

        (void)s, (void)id, (void)user;
        memset(p, 'u', k);
        u->left -= k;
        if (u->left == 0)
                *flags |= NGHTTP2_DATA_FLAG_EOF;
        return (ssize_t)k;
}

static void requests_and_answers_match(void **state)
{
        struct answer *a, *b, *head;

        (void)state;
        open_client(NULL);
        a = ask("GET", "/one?x=y");
        talk();
        assert_string_equal(client.e.seen, "GET /one|x=y|a.test|20||");
        b = ask("GET", "/two");
        head = ask("HEAD", "/big");
        talk();
        assert_int_equal(a->status, 200);
        assert_true(str_is(buf_str(&a->body), "/one"));
        assert_true(str_is(buf_str(&b->body), "/two"));
        assert_true(a->security);
        assert_int_equal(head->status, 200);
        assert_int_equal(head->body.n, 0);
        assert_true(a->closed && b->closed && head->closed);
        assert_int_equal(client.e.released, 3);
        assert_true(http_conn_idle(client.e.conn));
        close_client();
}

static void large_bodies_arrive_whole_and_side_by_side(void **state)
{
        struct answer *a[6];

        (void)state;
        open_client(NULL);
        for (int i = 0; i < 6; i++)
                a[i] = ask("GET", i % 2 == 0 ? "/big" : "/pull");
        for (int i = 0; i < 300; i++)
                talk();
        for (int i = 0; i < 6; i++) {
                assert_int_equal(a[i]->body.n, sizeof engine_big);
                assert_memory_equal(a[i]->body.p, engine_big, sizeof engine_big);
        }
        assert_int_equal(client.e.released, 6);
        close_client();
}

static void a_source_that_fails_resets_its_stream_only(void **state)
{
        struct answer *bad, *good;

        (void)state;
        open_client(NULL);
        bad = ask("GET", "/broken");
        good = ask("GET", "/pull");
        for (int i = 0; i < 100; i++)
                talk();
        assert_true(bad->closed);
        assert_int_equal(bad->code, NGHTTP2_INTERNAL_ERROR);
        assert_int_equal(good->body.n, sizeof engine_big);
        assert_int_equal(client.e.released, 2);
        close_client();
}

static void late_answers_come_in_any_order(void **state)
{
        struct answer *a, *b;

        (void)state;
        open_client(NULL);
        a = ask("GET", "/hold");
        b = ask("GET", "/hold");
        talk();
        assert_int_equal(client.e.nheld, 2);
        assert_false(http_conn_idle(client.e.conn));
        http_reply_text(client.e.held[1], 200, "second");
        assert_int_equal(client.e.ready, 1);
        talk();
        assert_true(b->closed && !a->closed);
        http_reply_text(client.e.held[0], 200, "first");
        talk();
        assert_true(str_is(buf_str(&a->body), "first"));
        assert_true(str_is(buf_str(&b->body), "second"));
        close_client();
}

static void an_answer_to_a_reset_stream_is_dropped(void **state)
{
        struct http_response resp = {
                .body = { .kind = HTTP_BODY_BYTES, .bytes = STR("x"), .release = engine_release,
                          .ctx = &client.e } };

        (void)state;
        open_client(NULL);
        ask("GET", "/hold");
        ask("GET", "/hold");
        talk();
        nghttp2_submit_rst_stream(client.session, 0, 1, NGHTTP2_CANCEL);
        talk();
        assert_null(http_exchange_ctx(client.e.held[0]));
        assert_non_null(http_exchange_ctx(client.e.held[1]));
        http_reply(client.e.held[0], &resp);
        assert_int_equal(client.e.released, 1);
        struct http_exchange *orphan = client.e.held[1];

        close_client();
        http_reply(orphan, &resp);
        assert_int_equal(client.e.released, 2);
}

static void bodies_come_whole_and_within_their_limit(void **state)
{
        nghttp2_nv list[] = { nv(":method", "POST"), nv(":scheme", "https"),
                              nv(":authority", "a.test"), nv(":path", "/up") };
        struct upload fits = { 100000 }, over = { 100001 };
        nghttp2_data_provider p = { .source.ptr = &fits, .read_callback = read_upload };
        struct answer *a;

        (void)state;
        open_client(NULL);
        a = ask_with(list, 4, &p);
        talk();
        assert_int_equal(a->status, 200);
        p.source.ptr = &over;
        a = ask_with(list, 4, &p);
        talk();
        assert_int_equal(a->status, 413);
        assert_true(a->security);
        assert_int_equal(client.e.handled, 1);
        assert_false(client.gone);
        close_client();
}

static void an_endless_refused_upload_is_reset(void **state)
{
        nghttp2_nv list[] = { nv(":method", "POST"), nv(":scheme", "https"),
                              nv(":authority", "a.test"), nv(":path", "/up"),
                              nv("content-length", "100000000") };
        struct upload endless = { 100000000 };
        nghttp2_data_provider p = { .source.ptr = &endless, .read_callback = read_upload };
        struct answer *a;

        (void)state;
        open_client(NULL);
        a = ask_with(list, 5, &p);
        for (int i = 0; i < 20; i++)
                talk();
        assert_int_equal(a->status, 413);
        assert_true(a->closed);
        assert_int_equal(a->code, NGHTTP2_NO_ERROR);
        assert_true(endless.left > 90000000);
        close_client();
}

#define BASE nv(":method", "GET"), nv(":scheme", "https"), nv(":path", "/")

static unsigned status_for(const nghttp2_nv *list, size_t n)
{
        struct answer *a;
        unsigned status;

        open_client(NULL);
        a = ask_with(list, n, NULL);
        talk();
        status = a->status;
        assert_int_equal(client.e.handled, status == 200);
        assert_true(status != 0 || (a->closed && a->code == NGHTTP2_PROTOCOL_ERROR));
        close_client();
        return status;
}

static void malformed_requests_never_reach_the_handler(void **state)
{
        static const char *const paths[] = { "x", "", "/a#b", "*", "/\\", "//a b" };
        static const struct {
                const char *name, *value;
                unsigned status;        /* 0: the stream is reset */
        } extra[] = {
                { "x", "y", 200 }, { "host", "a.test", 200 }, { "host", "A.TEST", 200 },
                { "host", "b.test", 400 }, { "connection", "close", 0 },
                { "transfer-encoding", "chunked", 0 }, { "keep-alive", "1", 0 },
                { "upgrade", "h2c", 0 }, { "te", "gzip", 0 }, { ":path", "/again", 0 },
                { ":unknown", "x", 0 }, { "x", "a\rb", 400 }, { "x", "a\nb", 400 },
                { "x y", "z", 400 }, { "content-length", "x", 0 }, { "expect", "x", 417 },
                { "proxy-connection", "x", 0 },
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(extra); i++) {
                nghttp2_nv list[] = { BASE, nv(":authority", "a.test"),
                                      nv(extra[i].name, extra[i].value) };
                unsigned status = status_for(list, 5);

                if (status != extra[i].status)
                        print_error("%s: %s gave %u\n", extra[i].name, extra[i].value, status);
                assert_int_equal(status, extra[i].status);
        }
        for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
                nghttp2_nv list[] = { nv(":method", "GET"), nv(":scheme", "https"),
                                      nv(":authority", "a.test"), nv(":path", paths[i]) };
                unsigned status = status_for(list, 4);

                assert_true(status == 400 || status == 0);
        }
        nghttp2_nv no_host[] = { BASE };
        nghttp2_nv only_host[] = { BASE, nv("host", "a.test") };
        nghttp2_nv bad_host[] = { BASE, nv(":authority", "u@a.test") };
        nghttp2_nv scheme[] = { nv(":method", "GET"), nv(":scheme", "ftp"), nv(":path", "/"),
                                nv(":authority", "a.test") };
        nghttp2_nv late_pseudo[] = { nv(":method", "GET"), nv(":scheme", "https"), nv("x", "y"),
                                     nv(":path", "/"), nv(":authority", "a.test") };
        nghttp2_nv brew[] = { nv(":method", "BREW"), nv(":scheme", "https"), nv(":path", "/"),
                              nv(":authority", "a.test") };
        nghttp2_nv trace[] = { nv(":method", "TRACE"), nv(":scheme", "https"), nv(":path", "/"),
                               nv(":authority", "a.test") };

        assert_int_not_equal(status_for(no_host, 3), 200);
        assert_int_equal(status_for(only_host, 4), 200);
        assert_int_not_equal(status_for(bad_host, 4), 200);
        assert_int_not_equal(status_for(scheme, 4), 200);
        assert_int_equal(status_for(late_pseudo, 5), 0);
        assert_int_equal(status_for(brew, 4), 501);
        assert_int_equal(status_for(trace, 4), 405);
}

static void too_many_or_too_large_headers_get_431(void **state)
{
        static char value[9000];
        nghttp2_nv list[110];
        size_t n = 0;

        (void)state;
        list[n++] = nv(":method", "GET");
        list[n++] = nv(":scheme", "https");
        list[n++] = nv(":path", "/");
        list[n++] = nv(":authority", "a.test");
        while (n < 105)
                list[n++] = nv("x", "y");
        assert_int_equal(status_for(list, 104), 200);
        assert_int_equal(status_for(list, 105), 431);
        memset(value, 'v', sizeof value - 1);
        list[4] = nv("a", value);
        list[5] = nv("b", value);
        assert_int_equal(status_for(list, 6), 431);
        memset(value, '/', sizeof value - 1);
        list[2] = nv(":path", value);
        assert_int_equal(status_for(list, 4), 414);
}

static void rapid_resets_end_the_connection(void **state)
{
        unsigned sent = 0;

        (void)state;
        open_client(NULL);
        talk();
        for (; sent < STREAMS - 1 && http_conn_wants_input(client.e.conn); sent++) {
                ask("GET", "/big");
                client_speaks();
                nghttp2_submit_rst_stream(client.session, 0, (int32_t)(2 * sent + 1),
                                          NGHTTP2_CANCEL);
                client_speaks();
        }
        assert_true(sent < 250);
        talk();
        assert_true(client.gone);
        assert_int_equal(client.goaway, NGHTTP2_ENHANCE_YOUR_CALM);
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
        assert_int_equal(client.e.released, client.e.handled);
}

/* ---- floods by hand ---- */

static void raw_open(const struct http_limits *limits)
{
        open_client(limits);
        engine_feed(&client.e, STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"));
}

static void raw_frame(unsigned type, unsigned flags, uint32_t stream, struct str payload)
{
        struct buf b = { 0 };
        const unsigned char header[9] = {
                (unsigned char)(payload.n >> 16), (unsigned char)(payload.n >> 8),
                (unsigned char)payload.n, (unsigned char)type, (unsigned char)flags,
                (unsigned char)(stream >> 24), (unsigned char)(stream >> 16),
                (unsigned char)(stream >> 8), (unsigned char)stream,
        };

        buf_add(&b, header, sizeof header);
        buf_add_str(&b, payload);
        if (http_conn_wants_input(client.e.conn))
                engine_feed(&client.e, buf_str(&b));
        buf_free(&b);
}

/* The code of the GOAWAY among the frames that wait in e.out, or UINT32_MAX. */
static uint32_t goaway_in_output(void)
{
        struct str rest = buf_str(&client.e.out);

        while (rest.n >= 9) {
                const unsigned char *p = (const unsigned char *)rest.p;
                size_t n = 9 + ((size_t)p[0] << 16 | (size_t)p[1] << 8 | p[2]);

                assert_true(n <= rest.n);
                if (p[3] == NGHTTP2_GOAWAY)
                        return (uint32_t)p[13] << 24 | (uint32_t)p[14] << 16 |
                               (uint32_t)p[15] << 8 | p[16];
                rest = str_make(rest.p + n, rest.n - n);
        }
        return UINT32_MAX;
}

/* The connection must end with the given code after at most so many frames. */
static void check_flood(unsigned type, unsigned flags, uint32_t stream, struct str payload,
                        unsigned most, uint32_t code)
{
        unsigned sent = 0;

        while (http_conn_wants_input(client.e.conn) && sent < 100000) {
                raw_frame(type, flags, stream, payload);
                sent++;
                if (sent % 50 == 0)
                        engine_flush(&client.e);
        }
        if (sent > most)
                print_error("frame type %u: %u sent\n", type, sent);
        assert_true(sent <= most);
        engine_flush(&client.e);
        assert_int_equal(goaway_in_output(), code);
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
}

/* :method GET, :scheme https, :path /, :authority a.test */
#define BLOCK "\x82\x87\x84\x41\x06" "a.test"

static void every_flood_is_cut(void **state)
{
        (void)state;
        raw_open(NULL);         /* PING */
        check_flood(6, 0, 0, STR("12345678"), 500, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* SETTINGS */
        check_flood(4, 0, 0, STR(""), 500, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* PRIORITY */
        check_flood(2, 0, 1, STR("\0\0\0\0\0"), 500, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* an unknown type */
        check_flood(0x42, 0, 0, STR("x"), 500, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* WINDOW_UPDATE */
        raw_frame(1, 4, 1, STR(BLOCK));
        check_flood(8, 0, 1, STR("\0\0\0\1"), 5000, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* empty DATA */
        raw_frame(1, 4, 1, STR(BLOCK));
        check_flood(0, 0, 1, STR(""), 500, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* CONTINUATION without an end */
        raw_frame(1, 0, 1, STR(BLOCK));
        check_flood(9, 0, 1, STR("\x40\x01x\x01y"), 20, NGHTTP2_ENHANCE_YOUR_CALM);
        raw_open(NULL);         /* empty CONTINUATION */
        raw_frame(1, 0, 1, STR(BLOCK));
        check_flood(9, 0, 1, STR(""), 20, NGHTTP2_ENHANCE_YOUR_CALM);
}

/* Each stream is broken by the client so that the server must reset it: CVE-2025-8671. */
static void resets_the_client_provokes_count_as_its_own(void **state)
{
        unsigned sent = 0;

        (void)state;
        raw_open(NULL);
        for (; sent < 2000 && http_conn_wants_input(client.e.conn); sent++) {
                raw_frame(1, 5, 2 * sent + 1, STR(BLOCK));
                raw_frame(8, 0, 2 * sent + 1, STR("\x7f\xff\xff\xff"));
                engine_flush(&client.e);
        }
        assert_true(sent < 300);
        assert_int_equal(goaway_in_output(), NGHTTP2_ENHANCE_YOUR_CALM);
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
        assert_int_equal(client.e.released, client.e.handled);
}

static void faults_that_only_raw_bytes_can_make_reset_the_stream(void **state)
{
        static const struct str fields[] = {
                STR("\x40\x07X-Upper\x01y"), STR("\x40\x01x\x02 y"), STR("\x40\x00\x01y"),
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                struct buf block = { 0 };

                raw_open(NULL);
                BUF_LIT(&block, BLOCK);
                buf_add_str(&block, fields[i]);
                raw_frame(1, 5, 1, buf_str(&block));
                engine_flush(&client.e);
                assert_int_equal(client.e.handled, 0);
                buf_free(&block);
                close_client();
        }
}

static void a_broken_protocol_is_answered_once_and_read_no_more(void **state)
{
        (void)state;
        raw_open(NULL);
        raw_frame(0, 0, 0, STR("data without a stream"));
        engine_flush(&client.e);
        assert_int_equal(goaway_in_output(), NGHTTP2_PROTOCOL_ERROR);
        assert_false(http_conn_wants_input(client.e.conn));
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
}

static void a_header_bomb_is_counted_not_stored(void **state)
{
        struct buf block = { 0 };

        (void)state;
        raw_open(NULL);
        /* One 4,000-byte entry goes into the dynamic table, then each byte refers to it. */
        BUF_LIT(&block, BLOCK "\x40\x01x\x7f\xa1\x1e");
        for (int i = 0; i < 4000; i++)
                buf_putc(&block, 'b');
        for (int i = 0; i < 12000; i++)
                buf_putc(&block, '\xbe');
        raw_frame(1, 5, 1, buf_str(&block));
        server_speaks();
        assert_int_equal(client.e.handled, 0);
        buf_free(&block);
        close_client();
}

static void a_client_that_reads_no_acknowledgements_is_not_read_from(void **state)
{
        unsigned sent = 0;

        (void)state;
        raw_open(NULL);
        client.e.now = 1;
        while (http_conn_wants_input(client.e.conn) && sent < 100000) {
                client.e.now += 100;    /* slowly enough for the frame limits */
                raw_frame(6, 0, 0, STR("12345678"));
                sent++;
        }
        assert_true(sent < 1000);
        close_client();
}

static void garbage_instead_of_a_preface_is_cut(void **state)
{
        struct engine e;
        struct err err;

        (void)state;
        engine_open(&e, true, NULL);
        assert_int_equal(http_conn_input(e.conn, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", 32, 1, &err),
                         ERR_PROTOCOL);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
}

static void shutting_down_finishes_open_streams(void **state)
{
        struct answer *a;

        (void)state;
        open_client(NULL);
        a = ask("GET", "/hold");
        talk();
        http_conn_shutdown(client.e.conn);
        talk();
        assert_true(client.gone);
        assert_int_equal(client.goaway, NGHTTP2_NO_ERROR);
        assert_false(http_conn_wants_close(client.e.conn));
        http_reply_text(client.e.held[0], 200, "done");
        talk();
        assert_true(str_is(buf_str(&a->body), "done"));
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
}

static void silence_is_ended_in_order(void **state)
{
        (void)state;
        open_client(NULL);
        assert_int_equal(http_conn_deadline(client.e.conn), 11000);
        talk();
        ask("GET", "/");
        talk();
        assert_int_equal(http_conn_deadline(client.e.conn), 61000);
        assert_int_equal(http_conn_timeout(client.e.conn, 61000, NULL), 0);
        client.e.now = 61000;
        server_speaks();
        assert_true(client.gone);
        assert_int_equal(client.goaway, NGHTTP2_NO_ERROR);
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();
}

static void half_a_frame_and_half_a_body_have_deadlines(void **state)
{
        (void)state;
        raw_open(NULL);
        engine_flush(&client.e);
        engine_feed(&client.e, STR("\0\0\x20\1"));
        assert_int_equal(http_conn_deadline(client.e.conn), 11000);
        assert_int_equal(http_conn_timeout(client.e.conn, 11000, NULL), 0);
        engine_flush(&client.e);
        assert_true(http_conn_wants_close(client.e.conn));
        close_client();

        raw_open(NULL);
        engine_flush(&client.e);
        raw_frame(1, 4, 1, STR(BLOCK));
        assert_int_equal(http_conn_deadline(client.e.conn), 11000);
        assert_int_equal(http_conn_timeout(client.e.conn, 11000, NULL), 0);
        engine_flush(&client.e);
        assert_true(http_conn_wants_close(client.e.conn));
        assert_int_equal(client.e.handled, 0);
        close_client();
}

static void a_closed_window_is_a_stalled_client(void **state)
{
        (void)state;
        raw_open(NULL);
        raw_frame(4, 0, 0, STR("\0\4\0\0\0\0"));        /* INITIAL_WINDOW_SIZE 0 */
        raw_frame(1, 5, 1, STR(BLOCK));
        engine_flush(&client.e);
        assert_int_equal(client.e.released, 0);
        assert_int_equal(http_conn_deadline(client.e.conn), 21000);
        assert_int_equal(http_conn_timeout(client.e.conn, 21000, NULL), ERR_GONE);
        close_client();
        assert_int_equal(client.e.released, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(requests_and_answers_match),
                cmocka_unit_test(large_bodies_arrive_whole_and_side_by_side),
                cmocka_unit_test(a_source_that_fails_resets_its_stream_only),
                cmocka_unit_test(late_answers_come_in_any_order),
                cmocka_unit_test(an_answer_to_a_reset_stream_is_dropped),
                cmocka_unit_test(bodies_come_whole_and_within_their_limit),
                cmocka_unit_test(an_endless_refused_upload_is_reset),
                cmocka_unit_test(malformed_requests_never_reach_the_handler),
                cmocka_unit_test(too_many_or_too_large_headers_get_431),
                cmocka_unit_test(rapid_resets_end_the_connection),
                cmocka_unit_test(every_flood_is_cut),
                cmocka_unit_test(resets_the_client_provokes_count_as_its_own),
                cmocka_unit_test(faults_that_only_raw_bytes_can_make_reset_the_stream),
                cmocka_unit_test(a_broken_protocol_is_answered_once_and_read_no_more),
                cmocka_unit_test(a_header_bomb_is_counted_not_stored),
                cmocka_unit_test(a_client_that_reads_no_acknowledgements_is_not_read_from),
                cmocka_unit_test(garbage_instead_of_a_preface_is_cut),
                cmocka_unit_test(shutting_down_finishes_open_streams),
                cmocka_unit_test(silence_is_ended_in_order),
                cmocka_unit_test(half_a_frame_and_half_a_body_have_deadlines),
                cmocka_unit_test(a_closed_window_is_a_stalled_client),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
