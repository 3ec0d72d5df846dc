/*
 * test_service.c -- log lines cannot be forged, and a process ends with its supervisor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "service/arguments.h"
#include "service/service.h"

static void foreign_bytes_are_quoted_and_cannot_start_a_line(void **state)
{
        struct service_quoted q = service_quote(STR("a\"b\\c\nd\x1b[31m\xff"));

        (void)state;
        assert_string_equal(q.text, "\"a\\\"b\\\\c\\x0ad\\x1b[31m\\xff\"");
}

static void a_long_name_is_cut_and_still_closed(void **state)
{
        char longest[4000];

        (void)state;
        memset(longest, '\n', sizeof longest);
        struct service_quoted q = service_quote(str_make(longest, sizeof longest));
        size_t n = strlen(q.text);

        assert_true(n < sizeof q.text);
        assert_int_equal(q.text[0], '"');
        assert_int_equal(q.text[n - 1], '"');
}

static void no_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

/* A child that serves; its far end is fd. */
static pid_t start(int pair[2])
{
        struct err err;

        assert_int_equal(channel_pair(pair, &err), 0);
        pid_t pid = fork();

        if (pid != 0) {
                fd_close(&pair[1]);
                return pid;
        }
        struct service service;

        fd_close(&pair[0]);
        if (service_start(&service, PEER_EDGE, pair[1], no_message, NULL, &err) < 0)
                _exit(9);
        service_ready(&service);
        service_log(LOG_NOTICE, "greeting host=%s", service_quote(STR("x\ny")).text);
        int r = loop_run(service.loop, &err);

        _exit(r < 0 ? 8 : 7);
}

static void a_service_says_that_it_is_ready_logs_and_ends_when_the_supervisor_is_gone(void **state)
{
        int pair[2], fd = -1, status = 0;
        pid_t pid = start(pair);
        struct channel *ch = channel_new(pair[0], PEER_SUPERVISOR, PEER_EDGE);
        struct message msg;
        struct err err;

        (void)state;
        assert_int_equal(channel_await(ch, 5000, &msg, &fd, &err), 0);
        assert_int_equal(msg.type, MSG_READY);
        assert_int_equal(channel_await(ch, 5000, &msg, &fd, &err), 0);
        assert_int_equal(msg.type, MSG_LOG);
        assert_int_equal(message_get_u32(&msg), LOG_NOTICE);
        assert_true(str_is(message_get_str(&msg), "greeting host=\"x\\x0ay\""));
        channel_free(&ch);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_supervisor_that_speaks_nonsense_ends_the_process_which_says_why(void **state)
{
        int pair[2], fd = -1, status = 0;
        pid_t pid = start(pair);
        struct channel *ch = channel_new(pair[0], PEER_SUPERVISOR, PEER_EDGE);
        struct message msg;
        struct err err;
        bool said = false;

        (void)state;
        assert_int_equal(write(pair[0], "nonsense that is no message", 27), 27);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        while (channel_receive(ch, &msg, &fd, &err) == 0)
                said = said || (msg.type == MSG_LOG && message_get_u32(&msg) == LOG_ERROR);
        assert_true(said);
        channel_free(&ch);
}

static void arguments_are_found_by_their_whole_key(void **state)
{
        char program[] = "carrel-edge", a[] = "portal=5", b[] = "port=8443", c[] = "data=/x=y";
        char *argv[] = { program, a, b, c, NULL };

        (void)state;
        assert_int_equal(argument_number(4, argv, "port", 65535), 8443);
        assert_string_equal(argument_text(4, argv, "data"), "/x=y");
}

static void a_missing_argument_ends_the_program(void **state)
{
        char program[] = "carrel-edge";
        char *argv[] = { program, NULL };
        int status = 0, quiet[2];

        (void)state;
        assert_int_equal(pipe(quiet), 0);
        pid_t pid = fork();

        if (pid == 0) {
                dup2(quiet[1], STDERR_FILENO);
                _exit((int)argument_number(1, argv, "port", 65535));
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(WEXITSTATUS(status), 1);
        fd_close(&quiet[0]);
        fd_close(&quiet[1]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(foreign_bytes_are_quoted_and_cannot_start_a_line),
                cmocka_unit_test(a_long_name_is_cut_and_still_closed),
                cmocka_unit_test(a_service_says_that_it_is_ready_logs_and_ends_when_the_supervisor_is_gone),
                cmocka_unit_test(a_supervisor_that_speaks_nonsense_ends_the_process_which_says_why),
                cmocka_unit_test(arguments_are_found_by_their_whole_key),
                cmocka_unit_test(a_missing_argument_ends_the_program),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
