/*
 * test_fetching.c -- a portal's questions: when there is no courier, when it comes, when it dies.
 *
 * The test is supervisor and courier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "proc/portal/courier.h"
#include "proc/portal/fetching.h"
#include "proc/portal/outbox.h"
#include "proc/portal/portal.h"

static struct service service;
static struct channel *supervisor, *courier;

struct service *portal_service(void)
{
        return &service;
}

/* Letters are tested elsewhere. */
void outbox_on_message(struct message *msg)
{
        (void)msg;
}

void outbox_courier_open(void)
{
}

void outbox_courier_gone(void)
{
}

struct got {
        unsigned calls, status;
        char why[200], type[80];
        struct buf body;
};

static void on_answer(void *ctx, const struct fetching_answer *answer)
{
        struct got *got = ctx;

        got->calls++;
        got->status = answer->status;
        buf_add_str(&got->body, answer->body);
        snprintf(got->why, sizeof got->why, "%.*s", STR_ARG(answer->why));
        snprintf(got->type, sizeof got->type, "%.*s", STR_ARG(answer->type));
}

static void from_supervisor(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        assert_int_equal(msg->type, MSG_COURIER_CHANNEL);
        courier_on_channel(fd);
}

static void turn(void)
{
        for (int i = 0; i < 10; i++)
                assert_int_equal(loop_once(service.loop, 0, NULL), 0);
}

static int set_up(void **state)
{
        int pair[2];

        (void)state;
        assert_int_equal(channel_pair(pair, NULL), 0);
        assert_int_equal(service_start(&service, PEER_PORTAL, pair[0], from_supervisor, NULL, NULL), 0);
        supervisor = channel_new(pair[1], PEER_SUPERVISOR, PEER_PORTAL);
        return 0;
}

/* What the portal has said there, of one type; ERR_AGAIN: nothing. */
static int heard(struct channel *at, enum message_type type, struct message *msg)
{
        int fd = -1, r;

        turn();
        r = channel_receive(at, msg, &fd, NULL);
        if (r == 0)
                assert_int_equal(msg->type, type);
        return r;
}

static void give_courier(bool there)
{
        struct message msg CLEANUP_MESSAGE;
        int pair[2] = { -1, -1 };

        channel_free(&courier);
        if (there) {
                assert_int_equal(channel_pair(pair, NULL), 0);
                courier = channel_new(pair[1], PEER_COURIER, PEER_PORTAL);
        }
        message_init(&msg, MSG_COURIER_CHANNEL);
        assert_int_equal(channel_send(supervisor, &msg, pair[0], NULL), 0);
        fd_close(&pair[0]);
        turn();
}

static uint64_t next_question(const char *url, const char *form)
{
        struct message msg;

        assert_int_equal(heard(courier, MSG_FETCH, &msg), 0);
        uint64_t ticket = message_get_u64(&msg);

        assert_true(str_is(message_get_str(&msg), url));
        message_get_str(&msg);
        assert_true(str_is(message_get_str(&msg), form));
        return ticket;
}

static void reply(uint64_t ticket, const char *const *parts, unsigned status)
{
        for (; *parts != NULL; parts++) {
                struct message msg CLEANUP_MESSAGE;

                message_init(&msg, MSG_FETCH_PART);
                message_put_u64(&msg, ticket);
                message_put_bytes(&msg, *parts, strlen(*parts));
                assert_int_equal(channel_send(courier, &msg, -1, NULL), 0);
                turn();
        }
        struct message done CLEANUP_MESSAGE;

        message_init(&done, MSG_FETCH_DONE);
        message_put_u64(&done, ticket);
        message_put_u32(&done, status);
        message_put_text(&done, "text/plain");
        message_put_text(&done, status == 0 ? "refused" : "");
        assert_int_equal(channel_send(courier, &done, -1, NULL), 0);
        turn();
}

static void questions_wait_for_the_courier_and_are_answered_by_ticket(void **state)
{
        struct got one = { 0 }, two = { 0 };
        struct message msg;

        (void)state;
        fetching_get(STR("https://a/1"), STR(""), on_answer, &one);
        fetching_post(STR("https://a/2"), STR(""), STR("x=y"), on_answer, &two);
        assert_int_equal(heard(supervisor, MSG_COURIER_ASK, &msg), 0);
        assert_int_equal(heard(supervisor, MSG_COURIER_ASK, &msg), ERR_AGAIN);   /* asked once */
        give_courier(true);
        uint64_t later = next_question("https://a/2", "x=y"), sooner = next_question("https://a/1", "");

        reply(sooner, (const char *const[]){ "he", "llo", NULL }, 200);
        assert_int_equal(one.calls, 1);
        assert_int_equal(one.status, 200);
        assert_string_equal(one.type, "text/plain");
        assert_true(str_is(buf_str(&one.body), "hello"));
        reply(sooner, (const char *const[]){ "again", NULL }, 200);
        assert_int_equal(one.calls, 1);
        assert_int_equal(two.calls, 0);
        reply(later, (const char *const[]){ NULL }, 0);
        assert_int_equal(two.calls, 1);
        assert_int_equal(two.status, 0);
        assert_string_equal(two.why, "refused");
        buf_free(&one.body);
}

static void a_question_that_was_sent_dies_with_the_courier_and_one_that_was_not_lives_on(void **state)
{
        struct got sent = { 0 }, unsent = { 0 };
        struct message msg;

        (void)state;
        fetching_get(STR("https://a/sent"), STR(""), on_answer, &sent);
        next_question("https://a/sent", "");
        channel_free(&courier);
        turn();
        assert_int_equal(sent.calls, 1);        /* it may have been carried out: whoever asked decides */
        assert_int_equal(sent.status, 0);
        fetching_get(STR("https://a/unsent"), STR(""), on_answer, &unsent);
        assert_int_equal(heard(supervisor, MSG_COURIER_ASK, &msg), 0);
        give_courier(false);                    /* it is being started */
        assert_int_equal(loop_once(service.loop, 1500, NULL), 0);
        assert_int_equal(heard(supervisor, MSG_COURIER_ASK, &msg), 0);
        give_courier(true);
        reply(next_question("https://a/unsent", ""), (const char *const[]){ "x", NULL }, 404);
        assert_int_equal(unsent.calls, 1);
        assert_int_equal(unsent.status, 404);
        buf_free(&unsent.body);
}

static void an_answer_beyond_its_limit_is_none(void **state)
{
        static char part[50001];
        const char *parts[8];
        struct got got = { 0 };

        (void)state;
        memset(part, 'x', sizeof part - 1);
        for (size_t i = 0; i < 7; i++)
                parts[i] = part;
        parts[7] = NULL;
        fetching_get(STR("https://a/long"), STR(""), on_answer, &got);
        reply(next_question("https://a/long", ""), parts, 200);
        assert_int_equal(got.calls, 1);
        assert_int_equal(got.status, 0);
        buf_free(&got.body);
}

static void a_question_that_is_too_long_is_refused_later_and_not_at_once(void **state)
{
        static char url[30000];
        struct got got = { 0 };
        struct message msg;

        (void)state;
        memset(url, 'x', sizeof url);
        fetching_get(str_make(url, sizeof url), STR(""), on_answer, &got);
        assert_int_equal(got.calls, 0);
        assert_int_equal(loop_once(service.loop, 100, NULL), 0);
        turn();
        assert_int_equal(got.calls, 1);
        assert_int_equal(got.status, 0);
        assert_int_equal(heard(courier, MSG_FETCH, &msg), ERR_AGAIN);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(questions_wait_for_the_courier_and_are_answered_by_ticket),
                cmocka_unit_test(a_question_that_was_sent_dies_with_the_courier_and_one_that_was_not_lives_on),
                cmocka_unit_test(an_answer_beyond_its_limit_is_none),
                cmocka_unit_test(a_question_that_is_too_long_is_refused_later_and_not_at_once),
        };

        return cmocka_run_group_tests(tests, set_up, NULL);
}
