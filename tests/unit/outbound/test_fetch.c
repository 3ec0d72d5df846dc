/*
 * test_fetch.c -- one HTTPS request to somebody who is not to be trusted.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "outbound/outbound.h"
#include "stranger.h"

static struct stranger stranger;
static struct loop *loop;

struct got {
        unsigned calls, status;
        struct buf body, type;
        struct err why;
};

static void on_answer(void *ctx, const struct outbound_answer *answer, const struct err *why)
{
        struct got *got = ctx;

        got->calls++;
        if (answer == NULL) {
                got->why = *why;
                return;
        }
        assert_null(why);
        got->status = answer->status;
        buf_add_str(&got->body, answer->body);
        buf_add_str(&got->type, answer->type);
}

static void got_free(struct got *got)
{
        buf_free(&got->body);
        buf_free(&got->type);
}

static struct outbound *begin(bool private, struct str authorities)
{
        const struct outbound_settings settings = {
                .fetch_authorities = authorities, .mail_authorities = authorities,
                .private_addresses = private, .name_servers = str_of(stranger.name_servers),
                .fetch_ms = 1500,
        };
        struct outbound *o = NULL;

        assert_int_equal(outbound_new(&settings, &o, NULL), 0);
        outbound_start(o, loop);
        return o;
}

static void run(const struct got *got)
{
        uint64_t end = clock_ms() + 12000;

        while (got->calls == 0 && clock_ms() < end)
                assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_int_equal(got->calls, 1);
}

static void ask(struct outbound *o, const char *url, struct str authorization, struct str form,
                struct got *got)
{
        struct origin origin;
        struct str path;

        *got = (struct got){ 0 };
        assert_int_equal(origin_of_url(str_of(url), &origin, &path, NULL), 0);
        assert_non_null(outbound_fetch(o, &origin, str_of(url), authorization, form, on_answer, got));
        assert_int_equal(got->calls, 0);        /* never from inside */
        run(got);
}

static const char *url(const char *host, const char *path)
{
        static char text[200];

        snprintf(text, sizeof text, "https://%s:%u%s", host, stranger.port, path);
        return text;
}

static void says(const struct got *got, int code, const char *part)
{
        assert_int_equal(got->status, 0);
        assert_int_equal(got->why.code, code);
        if (strstr(got->why.text, part) == NULL)
                fail_msg("'%s' does not say '%s'", got->why.text, part);
}

static bool has(const struct got *got, const char *part)
{
        return str_find_str(buf_str(&got->body), str_of(part)) >= 0;
}

static void a_question_arrives_whole_and_so_does_its_answer(void **state)
{
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        struct got got;

        (void)state;
        ask(o, url("login.localhost", "/echo?a=b&c=%20d"), STR("Basic Zm9v"), STR(""), &got);
        assert_int_equal(got.status, 200);
        assert_true(str_is(buf_str(&got.type), "application/json"));
        assert_true(has(&got, "GET /echo?a=b&c=%20d HTTP/1.1\r\n"));
        assert_true(has(&got, "Authorization: Basic Zm9v\r\n"));
        assert_false(has(&got, "Accept-Encoding"));     /* what nobody may send, nobody unpacks */
        assert_false(has(&got, "Cookie"));
        got_free(&got);
        ask(o, url("login.localhost", "/echo"), STR(""), STR("code=1%262&x=y"), &got);
        assert_int_equal(got.status, 200);
        assert_true(has(&got, "POST /echo HTTP/1.1\r\n"));
        assert_true(has(&got, "Content-Type: application/x-www-form-urlencoded\r\n"));
        assert_true(has(&got, "\r\n\r\ncode=1%262&x=y"));
        assert_false(has(&got, "Authorization"));
        got_free(&got);
        outbound_free(&o);
}

static void our_own_networks_are_never_reached(void **state)
{
        static const char *const hosts[] = { "private.test", "mixed.test", "wrapped.test", "login.localhost",
                                             "localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
                                             "10.0.0.1", "169.254.169.254" };
        struct outbound *o = begin(false, buf_str(&stranger.authority));
        unsigned before = *stranger.connections;
        struct got got;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
                ask(o, url(hosts[i], "/echo"), STR(""), STR(""), &got);
                says(&got, ERR_DENIED, "private network");
        }
        assert_int_equal(*stranger.connections, before);
        outbound_free(&o);
}

static void a_certificate_of_another_name_or_authority_ends_it(void **state)
{
        struct stranger other;
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        struct got got;

        (void)state;
        ask(o, url("other.localhost", "/echo"), STR(""), STR(""), &got);
        says(&got, ERR_GONE, "certificate");
        ask(o, url("127.0.0.1", "/echo"), STR(""), STR(""), &got);
        says(&got, ERR_GONE, "certificate");
        outbound_free(&o);
        stranger_begin(&other);
        o = begin(true, buf_str(&other.authority));
        ask(o, url("login.localhost", "/echo"), STR(""), STR(""), &got);
        says(&got, ERR_GONE, "certificate");
        outbound_free(&o);
        o = begin(true, STR(""));       /* nobody is trusted: then nobody is */
        ask(o, url("login.localhost", "/echo"), STR(""), STR(""), &got);
        says(&got, ERR_GONE, "");
        outbound_free(&o);
        stranger_end(&other);
}

static const struct {
        const char *path;
        int code;
        const char *part;
} bad_answers[] = {
        { "/long", ERR_LIMIT, "more than 256 KiB" },
        { "/heads", ERR_LIMIT, "header of more than" },
        { "/cut", ERR_GONE, "login.localhost" },
        { "/garbage", ERR_GONE, "login.localhost" },
        { "/slow", ERR_AGAIN, "in time" },
};

static void what_is_too_long_too_late_or_cut_is_no_answer(void **state)
{
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        struct got got;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad_answers); i++) {
                uint64_t began = clock_ms();

                ask(o, url("login.localhost", bad_answers[i].path), STR(""), STR(""), &got);
                says(&got, bad_answers[i].code, bad_answers[i].part);
                assert_true(clock_ms() - began < 4000);
        }
        outbound_free(&o);
}

static void a_redirect_is_told_and_not_followed(void **state)
{
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        unsigned before = *stranger.connections;
        struct got got;

        (void)state;
        ask(o, url("login.localhost", "/away"), STR(""), STR(""), &got);
        assert_int_equal(got.status, 302);
        assert_int_equal(got.body.n, 0);
        assert_int_equal(*stranger.connections, before + 1);
        outbound_free(&o);
}

static void nobody_there_is_said(void **state)
{
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        struct got got;

        (void)state;
        ask(o, "https://nobody.test/", STR(""), STR(""), &got);
        says(&got, ERR_NOT_FOUND, "leads nowhere");
        ask(o, "https://login.localhost:1/", STR(""), STR(""), &got);
        says(&got, ERR_GONE, "nobody takes connections");
        assert_int_equal(outbound_deaf(o), 0);
        outbound_free(&o);
}

static void one_that_was_cancelled_calls_nobody(void **state)
{
        struct outbound *o = begin(true, buf_str(&stranger.authority));
        struct got cancelled = { 0 }, got;
        struct origin origin;
        struct str path;
        const char *slow = url("login.localhost", "/slow");

        (void)state;
        assert_int_equal(origin_of_url(str_of(slow), &origin, &path, NULL), 0);
        for (int rounds = 0; rounds < 8; rounds += 2) {
                struct outbound_transfer *t =
                        outbound_fetch(o, &origin, str_of(slow), STR(""), STR(""), on_answer, &cancelled);

                for (int i = 0; i < rounds; i++)
                        assert_int_equal(loop_once(loop, 20, NULL), 0);
                outbound_cancel(&t);
                assert_null(t);
        }
        ask(o, url("login.localhost", "/echo"), STR(""), STR(""), &got);
        assert_int_equal(got.status, 200);
        assert_int_equal(cancelled.calls, 0);
        got_free(&got);
        outbound_free(&o);
}

static int set_up(void **state)
{
        (void)state;
        signal(SIGPIPE, SIG_IGN);
        stranger_begin(&stranger);
        return loop_new(&loop, NULL);
}

static int tear_down(void **state)
{
        (void)state;
        loop_free(&loop);
        stranger_end(&stranger);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_question_arrives_whole_and_so_does_its_answer),
                cmocka_unit_test(our_own_networks_are_never_reached),
                cmocka_unit_test(a_certificate_of_another_name_or_authority_ends_it),
                cmocka_unit_test(what_is_too_long_too_late_or_cut_is_no_answer),
                cmocka_unit_test(a_redirect_is_told_and_not_followed),
                cmocka_unit_test(nobody_there_is_said),
                cmocka_unit_test(one_that_was_cancelled_calls_nobody),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
