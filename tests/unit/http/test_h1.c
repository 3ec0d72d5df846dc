/*
 * test_h1.c -- HTTP/1.1 without mercy: what is ambiguous is refused, what is fine survives every split.
 */
#include "engine.h"

static unsigned status_of(const struct engine *e)
{
        unsigned status = 0;

        if (e->out.n > 12 && memcmp(e->out.p, "HTTP/1.1 ", 9) == 0)
                status = (unsigned)(e->out.p[9] - '0') * 100 + (unsigned)(e->out.p[10] - '0') * 10 +
                         (unsigned)(e->out.p[11] - '0');
        return status;
}

static bool said(struct engine *e, const char *text)
{
        return strstr(buf_cstr(&e->out), text) != NULL;
}

static unsigned count(struct engine *e, const char *text)
{
        unsigned n = 0;

        for (const char *p = buf_cstr(&e->out); (p = strstr(p, text)) != NULL; p++)
                n++;
        return n;
}

#define H "Host: a.test\r\n"

static const struct {
        struct str bytes;
        unsigned status;
} BAD[] = {
        /* line ends */
        { STR("GET / HTTP/1.1\n" H "\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test\rX: y\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\r\n" H "\r\n"), 400 },
        { STR("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("\nGET / HTTP/1.1\r\n" H "\r\n"), 400 },
        /* header lines */
        { STR("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n X: a\r\n" H "\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X : a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X\t: a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X y: a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H ": a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "no colon\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X(y): a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X\xc3\xbc: a\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X: a\x01\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X: a\x7f\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "X\0: a\r\n\r\n"), 400 },
        /* the request line */
        { STR("GET  / HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET / HTTP/1.1 \r\n" H "\r\n"), 400 },
        { STR("GET / x HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET\t/\tHTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET / http/1.1\r\n" H "\r\n"), 400 },
        { STR("GET / HTTP/11\r\n" H "\r\n"), 400 },
        { STR("GET / HTTP/1.1x\r\n" H "\r\n"), 400 },
        { STR("GET /\r\n\r\n"), 505 },
        { STR("GET / HTTP/0.9\r\n" H "\r\n"), 505 },
        { STR("GET / HTTP/1.2\r\n" H "\r\n"), 505 },
        { STR("GET / HTTP/3.0\r\n" H "\r\n"), 505 },
        { STR("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505 },
        { STR("\x16\x03\x01\x02"), 400 },
        { STR("{\"json\":1}\r\n"), 400 },
        { STR("get / HTTP/1.1\r\n" H "\r\n"), 501 },
        { STR("BREW / HTTP/1.1\r\n" H "\r\n"), 501 },
        { STR("CONNECT a.test:443 HTTP/1.1\r\n" H "\r\n"), 405 },
        { STR("TRACE / HTTP/1.1\r\n" H "\r\n"), 405 },
        { STR("G@T / HTTP/1.1\r\n" H "\r\n"), 400 },
        /* targets */
        { STR("GET x HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET /a#b HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET /a\\b HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET /\xc3\xbc HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET /\x01 HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET * HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET https://b.test/ HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET https://u@a.test/ HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET https://u:p@a.test/ HTTP/1.1\r\nHost: u:p@a.test\r\n\r\n"), 400 },
        { STR("GET https:///x HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET ftp://a.test/ HTTP/1.1\r\n" H "\r\n"), 400 },
        { STR("GET https://a.test?x HTTP/1.1\r\n" H "\r\n"), 400 },
        /* hosts */
        { STR("GET / HTTP/1.1\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H H "\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\n" H "Host: b.test\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a test\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test:\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test:99999\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test:4x\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: x@a.test\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: a%2etest\r\n\r\n"), 400 },
        { STR("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400 },
        /* framing */
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: -3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 0x3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3 3\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\nabc"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n"), 501 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n"), 501 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n"), 501 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: \x0b" "chunked\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n"), 501 },
        { STR("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"), 400 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nExpect: x\r\n\r\n"), 417 },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 100001\r\n\r\n"), 413 },
};

#define CHUNKED "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
        struct str bytes;
        unsigned status;
} BAD_CHUNKS[] = {
        { STR(CHUNKED "\r\n"), 400 },
        { STR(CHUNKED "x\r\n"), 400 },
        { STR(CHUNKED "-1\r\n"), 400 },
        { STR(CHUNKED "0x5\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5\rhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED " 5\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5 \r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5 ;x\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5;x\ny\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5;x\0y\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5\r\nhelloX\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5\r\nhello\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "5\r\nhello\r0\r\n\r\n"), 400 },
        { STR(CHUNKED "000000005\r\nhello\r\n0\r\n\r\n"), 400 },
        { STR(CHUNKED "FFFFFFFFFFFFFFFF\r\n"), 400 },
        { STR(CHUNKED "FFFFFFFF\r\n"), 413 },
        { STR(CHUNKED "186a1\r\n"), 413 },
        { STR(CHUNKED "0\r\nX\r\n\r\n"), 400 },
        { STR(CHUNKED "0\r\nX : y\r\n\r\n"), 400 },
        { STR(CHUNKED "0\r\nX: y\n\r\n"), 400 },
        { STR(CHUNKED "0\r\nX: a\0b\r\n\r\n"), 400 },
        { STR(CHUNKED "0\r\n\n"), 400 },
};

static void check_refused(struct str bytes, unsigned status)
{
        struct engine e;

        engine_open(&e, false, NULL);
        engine_feed(&e, bytes);
        /* Whatever was smuggled behind it is not looked at. */
        engine_feed(&e, STR("\r\nGET /smuggled HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        if (status_of(&e) != status)
                print_error("%.*s\ngave %u, not %u\n", STR_ARG(bytes), status_of(&e), status);
        assert_int_equal(status_of(&e), status);
        assert_int_equal(e.handled, 0);
        assert_int_equal(count(&e, "\r\ndate: "), 1);
        assert_true(said(&e, "connection: close\r\n"));
        assert_true(said(&e, "content-security-policy: "));
        assert_true(said(&e, "x-content-type-options: nosniff\r\n"));
        assert_true(http_conn_wants_close(e.conn));
        assert_false(http_conn_wants_input(e.conn));
        engine_close(&e);
}

static void malformed_requests_are_refused_and_end_the_connection(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
                check_refused(BAD[i].bytes, BAD[i].status);
}

static void malformed_chunks_are_refused_and_end_the_connection(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(BAD_CHUNKS); i++)
                check_refused(BAD_CHUNKS[i].bytes, BAD_CHUNKS[i].status);
}

static void refusals_do_not_depend_on_how_the_bytes_come(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(BAD); i++) {
                struct engine e;

                engine_open(&e, false, NULL);
                for (size_t k = 0; k < BAD[i].bytes.n; k++)
                        engine_feed(&e, str_make(BAD[i].bytes.p + k, 1));
                engine_flush(&e);
                assert_int_equal(status_of(&e), BAD[i].status);
                assert_int_equal(e.handled, 0);
                engine_close(&e);
        }
}

static const struct {
        struct str bytes;
        const char *seen;
} GOOD[] = {
        { STR("GET / HTTP/1.1\r\nHost: A.Test\r\n\r\n"), "GET /||a.test|11|host=a.test;|" },
        { STR("\r\nGET / HTTP/1.1\r\n" H "\r\n"), "GET /||a.test|11|host=a.test;|" },
        { STR("GET /a?b=c|d HTTP/1.1\r\nHost: a.test:8443\r\nX-Y:  z \t\r\n\r\n"),
          "GET /a|b=c|d|a.test|11|host=a.test:8443;x-y=z;|" },
        { STR("GET https://a.test/x HTTP/1.1\r\n" H "\r\n"), "GET /x||a.test|11|host=a.test;|" },
        { STR("GET http://A.TEST HTTP/1.1\r\n" H "\r\n"), "GET /||a.test|11|host=a.test;|" },
        { STR("OPTIONS * HTTP/1.1\r\n" H "\r\n"), "OPTIONS *||a.test|11|host=a.test;|" },
        { STR("GET / HTTP/1.0\r\n\r\n"), "GET /|||10||" },
        { STR("GET / HTTP/1.1\r\nHost: [::1]:443\r\n\r\n"), "GET /||[::1]|11|host=[::1]:443;|" },
        { STR("GET / HTTP/1.1\r\n" H "X:\r\n\r\n"), "GET /||a.test|11|host=a.test;x=;|" },
        { STR("GET / HTTP/1.1\r\n" H "X: \xc3\xbc\r\n\r\n"),
          "GET /||a.test|11|host=a.test;x=\xc3\xbc;|" },
        { STR("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello"),
          "POST /||a.test|11|host=a.test;content-length=5;|hello" },
        { STR("DELETE / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n"),
          "DELETE /||a.test|11|host=a.test;content-length=0;|" },
        { STR(CHUNKED "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: x\r\n\r\n"),
          "POST /||a.test|11|host=a.test;transfer-encoding=chunked;|hello world" },
        { STR("PUT / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n"),
          "PUT /||a.test|11|host=a.test;transfer-encoding=Chunked;|0123456789" },
};

static void good_requests_survive_every_split(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(GOOD); i++)
                for (size_t cut = 0; cut < GOOD[i].bytes.n; cut++) {
                        struct engine e;

                        engine_open(&e, false, NULL);
                        engine_feed(&e, str_make(GOOD[i].bytes.p, cut));
                        assert_int_equal(e.handled, 0);
                        engine_feed(&e, str_make(GOOD[i].bytes.p + cut, GOOD[i].bytes.n - cut));
                        engine_flush(&e);
                        assert_int_equal(e.handled, 1);
                        assert_string_equal(e.seen, GOOD[i].seen);
                        assert_int_equal(status_of(&e), 200);
                        assert_int_equal(e.released, 1);
                        engine_close(&e);
                }
}

static void good_requests_survive_single_bytes_in_a_row_on_one_connection(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        for (size_t i = 0; i < ARRAY_LEN(GOOD); i++) {
                if (i == 6)
                        continue;               /* HTTP/1.0 ends the connection */
                for (size_t k = 0; k < GOOD[i].bytes.n; k++)
                        engine_feed(&e, str_make(GOOD[i].bytes.p + k, 1));
                assert_string_equal(e.seen, GOOD[i].seen);
        }
        assert_int_equal(e.handled, ARRAY_LEN(GOOD) - 1);
        engine_close(&e);
}

static void limits_on_heads_have_their_own_statuses(void **state)
{
        struct buf b = { 0 };

        (void)state;
        buf_puts(&b, "GET /");
        for (int i = 0; i < 8200; i++)
                buf_putc(&b, 'a');
        check_refused(buf_str(&b), 414);        /* before the line has ended */
        buf_puts(&b, " HTTP/1.1\r\n" H "\r\n");
        check_refused(buf_str(&b), 414);

        buf_clear(&b);
        buf_puts(&b, "GET / HTTP/1.1\r\n" H "X: ");
        for (int i = 0; i < 17000; i++)
                buf_putc(&b, 'a');
        check_refused(buf_str(&b), 431);

        buf_clear(&b);
        buf_puts(&b, "GET / HTTP/1.1\r\n" H);
        for (int i = 0; i < 100; i++)
                buf_puts(&b, "A: b\r\n");
        buf_puts(&b, "\r\n");
        check_refused(buf_str(&b), 431);

        buf_clear(&b);
        buf_puts(&b, CHUNKED "0\r\n");
        for (int i = 0; i < 200; i++)
                buf_puts(&b, "A: b\r\n");
        check_refused(buf_str(&b), 431);

        buf_clear(&b);
        buf_puts(&b, CHUNKED "1;");
        for (int i = 0; i < 5000; i++)
                buf_putc(&b, 'x');
        check_refused(buf_str(&b), 400);
        buf_free(&b);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /one HTTP/1.1\r\n" H "\r\nGET /hold HTTP/1.1\r\n" H "\r\n"
                            "GET /three HTTP/1.1\r\n" H "\r\nGET /four HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        assert_int_equal(e.handled, 2);
        assert_false(http_conn_idle(e.conn));
        assert_true(said(&e, "\r\n\r\n/one"));
        assert_int_equal(e.ready, 0);
        http_reply_text(e.held[0], 200, "/held");
        assert_int_equal(e.ready, 1);
        engine_flush(&e);
        assert_int_equal(e.handled, 4);
        const char *out = buf_cstr(&e.out);
        const char *held = strstr(out, "/held"), *three = strstr(out, "/three");

        assert_true(held != NULL && three > held && strstr(three, "/four") != NULL);
        assert_int_equal(count(&e, "HTTP/1.1 200 OK"), 4);
        assert_true(http_conn_idle(e.conn));
        engine_close(&e);
}

static void a_client_that_pipelines_and_does_not_read_is_held_back(void **state)
{
        struct engine e;
        size_t fed = 0;

        (void)state;
        engine_open(&e, false, NULL);
        while (http_conn_wants_input(e.conn) && fed < 10000000) {
                engine_feed(&e, STR("GET /big HTTP/1.1\r\n" H "\r\n"));
                fed += 34;
                assert_true(http_conn_output(e.conn, e.now).n > 0);
        }
        assert_true(fed < 200000);
        engine_flush(&e);
        assert_true(http_conn_wants_input(e.conn));
        engine_close(&e);
}

static void a_small_answer_is_one_record(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /big HTTP/1.1\r\n" H "\r\n"));
        struct str first = http_conn_output(e.conn, e.now);

        /* Head and body share the first record, which is full. */
        assert_int_equal(first.n, 16384);
        assert_ptr_not_equal(first.p, engine_big);
        http_conn_sent(e.conn, first.n, e.now);
        /* The others are the body's own memory: no copy. */
        struct str second = http_conn_output(e.conn, e.now);

        assert_true(second.p > engine_big && second.p < engine_big + sizeof engine_big);
        assert_int_equal(second.n, HTTP_OUTPUT_MAX);
        struct str again = http_conn_output(e.conn, e.now);

        assert_ptr_equal(again.p, second.p);
        assert_int_equal(e.released, 0);
        engine_flush(&e);
        assert_int_equal(e.released, 1);
        engine_close(&e);
}

static void large_bodies_arrive_whole_whatever_the_socket_takes(void **state)
{
        static const char *const paths[] = { "/big", "/pull" };

        (void)state;
        for (size_t i = 0; i < 2; i++) {
                struct engine e;
                char request[100];
                size_t step = 1;

                engine_open(&e, false, NULL);
                snprintf(request, sizeof request, "GET %s HTTP/1.1\r\n" H "\r\n", paths[i]);
                engine_feed(&e, str_of(request));
                for (;;) {
                        struct str s = http_conn_output(e.conn, e.now);

                        if (s.n == 0)
                                break;
                        if (s.n > step)
                                s.n = step;
                        step = step * 7 % 9973 + 1;
                        buf_add_str(&e.out, s);
                        http_conn_sent(e.conn, s.n, e.now);
                }
                const char *body = strstr(buf_cstr(&e.out), "\r\n\r\n") + 4;

                assert_true(said(&e, "content-length: 300000\r\n"));
                assert_int_equal(e.out.n - (size_t)(body - e.out.p), sizeof engine_big);
                assert_memory_equal(body, engine_big, sizeof engine_big);
                engine_close(&e);
        }
}

static void a_source_that_fails_cuts_the_connection(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /broken HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        assert_true(e.out.n < 60000);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
        assert_int_equal(e.released, 1);
}

static void head_brings_the_length_and_no_body(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("HEAD /big HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        assert_true(said(&e, "content-length: 300000\r\n"));
        assert_memory_equal(e.out.p + e.out.n - 4, "\r\n\r\n", 4);
        assert_int_equal(e.released, 1);
        assert_false(http_conn_wants_close(e.conn));
        engine_close(&e);
}

static void the_connection_ends_when_the_client_says_so(void **state)
{
        static const char *const requests[] = {
                "GET / HTTP/1.1\r\n" H "Connection: close\r\n\r\n",
                "GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n",
                "GET / HTTP/1.0\r\n" H "Connection: keep-alive\r\n\r\n",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(requests); i++) {
                struct engine e;

                engine_open(&e, false, NULL);
                engine_feed(&e, str_of(requests[i]));
                assert_false(http_conn_wants_close(e.conn));
                engine_flush(&e);
                assert_int_equal(status_of(&e), 200);
                assert_true(said(&e, "connection: close\r\n"));
                assert_true(http_conn_wants_close(e.conn));
                engine_close(&e);
        }
}

static void shutting_down_finishes_what_was_begun(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /hold HTTP/1.1\r\n" H "\r\n"));
        http_conn_shutdown(e.conn);
        assert_false(http_conn_wants_close(e.conn));
        http_reply_text(e.held[0], 200, NULL);
        engine_flush(&e);
        assert_true(said(&e, "connection: close\r\n"));
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);

        engine_open(&e, false, NULL);
        assert_false(http_conn_wants_close(e.conn));
        http_conn_shutdown(e.conn);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
}

static void an_answer_to_a_client_that_is_gone_is_dropped(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /hold HTTP/1.1\r\n" H "\r\n"));
        assert_ptr_equal(http_exchange_ctx(e.held[0]), &e);
        engine_close(&e);
        assert_null(http_exchange_ctx(e.held[0]));
        struct http_response resp = {
                .body = { .kind = HTTP_BODY_BYTES, .bytes = STR("x"), .release = engine_release,
                          .ctx = &e } };

        http_reply(e.held[0], &resp);
        assert_int_equal(e.released, 1);
        assert_int_equal(e.ready, 0);
}

static void a_waiting_client_is_told_to_continue(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("POST / HTTP/1.1\r\n" H "Content-Length: 2\r\nExpect: 100-Continue\r\n\r\n"));
        engine_flush(&e);
        assert_true(str_is(buf_str(&e.out), "HTTP/1.1 100 Continue\r\n\r\n"));
        engine_feed(&e, STR("ok"));
        engine_flush(&e);
        assert_int_equal(count(&e, "HTTP/1.1 200 OK\r\n"), 1);
        engine_close(&e);

        /* Not when the body is too large, and not when it is already here. */
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("POST / HTTP/1.1\r\n" H "Content-Length: 200000\r\nExpect: 100-continue\r\n\r\n"));
        engine_flush(&e);
        assert_int_equal(status_of(&e), 413);
        engine_close(&e);
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("POST / HTTP/1.1\r\n" H "Content-Length: 2\r\nExpect: 100-continue\r\n\r\nok"));
        engine_flush(&e);
        assert_int_equal(status_of(&e), 200);
        engine_close(&e);
}

static void a_slow_head_gets_408_and_a_silent_client_nothing(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        assert_int_equal(http_conn_deadline(e.conn), 11000);
        engine_feed(&e, STR("GET / HT"));
        e.now = 10999;
        engine_feed(&e, STR("TP/1.1\r\n"));
        assert_int_equal(http_conn_deadline(e.conn), 11000);
        assert_int_equal(http_conn_timeout(e.conn, 11000, NULL), 0);
        engine_flush(&e);
        assert_int_equal(status_of(&e), 408);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);

        engine_open(&e, false, NULL);
        assert_int_equal(http_conn_timeout(e.conn, 11000, NULL), ERR_GONE);
        engine_close(&e);
}

static void a_body_must_keep_its_pace(void **state)
{
        struct engine e;
        struct buf chunk = { 0 };

        (void)state;
        for (int i = 0; i < 6000; i++)
                buf_putc(&chunk, 'x');
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("POST / HTTP/1.1\r\n" H "Content-Length: 50000\r\n\r\n"));
        for (int i = 0; i < 3; i++) {
                uint64_t due = http_conn_deadline(e.conn);

                assert_int_equal(due, e.now + 10000);
                engine_feed(&e, buf_str(&chunk));
                e.now = due;
                assert_int_equal(http_conn_timeout(e.conn, due, NULL), 0);
                engine_flush(&e);
                assert_int_equal(e.out.n, 0);
        }
        engine_feed(&e, STR("just a few"));
        e.now += 10000;
        assert_int_equal(http_conn_timeout(e.conn, e.now, NULL), 0);
        engine_flush(&e);
        assert_int_equal(status_of(&e), 408);
        buf_free(&chunk);
        engine_close(&e);
}

static void an_idle_connection_ends_in_silence(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET / HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        assert_int_equal(http_conn_deadline(e.conn), 61000);
        assert_int_equal(http_conn_timeout(e.conn, 60999, NULL), 0);
        assert_false(http_conn_wants_close(e.conn));
        size_t before = e.out.n;

        assert_int_equal(http_conn_timeout(e.conn, 61000, NULL), 0);
        engine_flush(&e);
        assert_int_equal(e.out.n, before);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
}

static void a_client_that_does_not_read_is_cut(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /big HTTP/1.1\r\n" H "\r\n"));
        assert_true(http_conn_output(e.conn, e.now).n > 0);
        assert_int_equal(http_conn_deadline(e.conn), 21000);
        http_conn_sent(e.conn, 12000, 2000);    /* enough for one span, not for the next */
        assert_int_equal(http_conn_timeout(e.conn, 21000, NULL), 0);
        assert_int_equal(http_conn_deadline(e.conn), 41000);
        http_conn_sent(e.conn, 100, 22000);
        assert_int_equal(http_conn_timeout(e.conn, 41000, NULL), ERR_GONE);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
        assert_int_equal(e.released, 1);
}

static void a_connection_serves_so_many_requests_and_no_more(void **state)
{
        struct http_limits limits = { .requests = 3 };
        struct engine e;

        (void)state;
        engine_open(&e, false, &limits);
        for (int i = 0; i < 5; i++)
                engine_feed(&e, STR("GET / HTTP/1.1\r\n" H "\r\n"));
        engine_flush(&e);
        assert_int_equal(e.handled, 3);
        assert_int_equal(count(&e, "connection: close\r\n"), 1);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
}

static void half_a_request_and_an_end_is_no_request(void **state)
{
        struct engine e;

        (void)state;
        engine_open(&e, false, NULL);
        engine_feed(&e, STR("POST / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhel"));
        http_conn_input_ended(e.conn);
        assert_int_equal(e.handled, 0);
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);

        engine_open(&e, false, NULL);
        engine_feed(&e, STR("GET /hold HTTP/1.1\r\n" H "\r\n"));
        http_conn_input_ended(e.conn);
        assert_false(http_conn_wants_close(e.conn));
        http_reply_text(e.held[0], 200, "late");
        engine_flush(&e);
        assert_true(said(&e, "late"));
        assert_true(http_conn_wants_close(e.conn));
        engine_close(&e);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(malformed_requests_are_refused_and_end_the_connection),
                cmocka_unit_test(malformed_chunks_are_refused_and_end_the_connection),
                cmocka_unit_test(refusals_do_not_depend_on_how_the_bytes_come),
                cmocka_unit_test(good_requests_survive_every_split),
                cmocka_unit_test(good_requests_survive_single_bytes_in_a_row_on_one_connection),
                cmocka_unit_test(limits_on_heads_have_their_own_statuses),
                cmocka_unit_test(pipelined_requests_are_answered_in_order),
                cmocka_unit_test(a_client_that_pipelines_and_does_not_read_is_held_back),
                cmocka_unit_test(a_small_answer_is_one_record),
                cmocka_unit_test(large_bodies_arrive_whole_whatever_the_socket_takes),
                cmocka_unit_test(a_source_that_fails_cuts_the_connection),
                cmocka_unit_test(head_brings_the_length_and_no_body),
                cmocka_unit_test(the_connection_ends_when_the_client_says_so),
                cmocka_unit_test(shutting_down_finishes_what_was_begun),
                cmocka_unit_test(an_answer_to_a_client_that_is_gone_is_dropped),
                cmocka_unit_test(a_waiting_client_is_told_to_continue),
                cmocka_unit_test(a_slow_head_gets_408_and_a_silent_client_nothing),
                cmocka_unit_test(a_body_must_keep_its_pace),
                cmocka_unit_test(an_idle_connection_ends_in_silence),
                cmocka_unit_test(a_client_that_does_not_read_is_cut),
                cmocka_unit_test(a_connection_serves_so_many_requests_and_no_more),
                cmocka_unit_test(half_a_request_and_an_end_is_no_request),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
