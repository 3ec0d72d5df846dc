/*
 * test_reply.c -- a mail server's answers, whole, in pieces and none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "outbound/reply.h"

static void an_answer_is_taken_when_its_last_line_is_whole(void **state)
{
        static const char text[] = "250-first\r\n250-\r\n250 last\r\n354 go on\r\n550\r\n";
        static const unsigned codes[] = { 250, 354, 550 };
        struct buf in CLEANUP_BUF = { .max = REPLY_MAX };
        unsigned code = 0;
        size_t taken = 0;

        (void)state;
        for (size_t i = 0; i < sizeof text - 1; i++) {  /* one byte after the other */
                buf_putc(&in, text[i]);
                int r = reply_take(&in, &code, NULL);

                assert_true(r >= 0);
                if (r == 0)
                        continue;
                assert_int_equal(code, codes[taken++]);
                assert_int_equal(in.n, 0);
        }
        assert_int_equal(taken, 3);
}

static void two_answers_at_once_are_two(void **state)
{
        struct buf in CLEANUP_BUF = { .max = REPLY_MAX };
        unsigned code = 0;

        (void)state;
        buf_puts(&in, "250 a\r\n451 b\r\n25");
        assert_int_equal(reply_take(&in, &code, NULL), 1);
        assert_int_equal(code, 250);
        assert_int_equal(reply_take(&in, &code, NULL), 1);
        assert_int_equal(code, 451);
        assert_int_equal(reply_take(&in, &code, NULL), 0);
        assert_int_equal(in.n, 2);
}

static void what_is_no_answer_ends_the_talk(void **state)
{
        static const char *const bad[] = { "\r\n", "2\r\n", "25\r\n", "099 a\r\n", "199 a\r\n", "600 a\r\n",
                                           "2x0 a\r\n", "250_a\r\n", "250-a\r\n550 b\r\n", "hello\r\n", " 250 a\r\n" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct buf in CLEANUP_BUF = { .max = REPLY_MAX };
                unsigned code = 0;

                buf_puts(&in, bad[i]);
                if (reply_take(&in, &code, NULL) != ERR_PROTOCOL)
                        fail_msg("'%s' was taken as %u", bad[i], code);
        }
}

static void an_answer_without_end_is_none(void **state)
{
        struct buf in CLEANUP_BUF = { .max = REPLY_MAX };
        unsigned code = 0;

        (void)state;
        while (in.n + 7 < REPLY_MAX) {
                buf_puts(&in, "250-a\r\n");
                assert_int_equal(reply_take(&in, &code, NULL), 0);
        }
        buf_puts(&in, "250-aaaaaa\r\n");
        assert_int_equal(reply_take(&in, &code, NULL), ERR_PROTOCOL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_answer_is_taken_when_its_last_line_is_whole),
                cmocka_unit_test(two_answers_at_once_are_two),
                cmocka_unit_test(what_is_no_answer_ends_the_talk),
                cmocka_unit_test(an_answer_without_end_is_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
