/*
 * test_asks.c -- what a portal orders about itself: the registry hears which portal it is from the supervisor, and
 * a worker whose registry dies is answered.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "supervisor_world.h"

#define KEY "-----BEGIN PUBLIC KEY-----"

static void ask_list(struct world *w, struct channel *worker, uint64_t ticket)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_ASK);
        message_put_u64(&msg, ticket);
        message_put_u32(&msg, 1);
        message_put_u64(&msg, 0);
        message_put_u64(&msg, 3);
        assert_int_equal(channel_send(worker, &msg, -1, NULL), 0);
        run(w);
}

static void ask_copy(struct world *w, struct channel *worker, uint64_t ticket)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SELF_TAKE);
        message_put_u64(&msg, ticket);
        message_put_u64(&msg, 12);
        message_put_u64(&msg, 3);
        message_put_text(&msg, KEY);
        assert_int_equal(channel_send(worker, &msg, -1, NULL), 0);
        run(w);
}

/* The worker's next answer: its error's number. */
static uint32_t answered(struct channel *worker, uint64_t ticket)
{
        struct message msg;
        int fd = -1;

        while (channel_receive(worker, &msg, &fd, NULL) == 0)
                if (msg.type == MSG_SELF_ANSWER) {
                        assert_int_equal(message_get_u64(&msg), ticket);
                        return message_get_u32(&msg);
                }
        return UINT32_MAX;
}

static void a_copy_is_ordered_for_the_portal_that_the_channel_says(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message order, told CLEANUP_MESSAGE;
        int fd = -1;

        ask_copy(w, worker, 41);
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_SELF_TAKE_ORDER, &order, &fd), 0);
        uint64_t token = message_get_u64(&order);

        assert_int_equal(message_get_u64(&order), PORTAL);
        assert_int_equal(message_get_u64(&order), 12);
        assert_int_equal(message_get_u64(&order), 3);
        assert_true(str_is(message_get_str(&order), KEY));
        message_init(&told, MSG_SELF_TOLD);
        message_put_u64(&told, token);
        message_put_u32(&told, 0);
        message_put_text(&told, "");
        message_put_text(&told, "{}");
        assert_int_equal(channel_send(w->far[CHILD_REGISTRY], &told, -1, NULL), 0);
        run(w);
        assert_int_equal(answered(worker, 41), 0);
        channel_free(&worker);
}

static void a_part_is_ordered_of_the_asking_portal(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message msg CLEANUP_MESSAGE, order;
        int fd = -1;

        message_init(&msg, MSG_SELF_PART);
        message_put_u64(&msg, 43);
        message_put_u64(&msg, 12);
        message_put_u64(&msg, 3);
        message_put_text(&msg, "manual");
        message_put_text(&msg, "second");
        assert_int_equal(channel_send(worker, &msg, -1, NULL), 0);
        run(w);
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_SELF_PART_ORDER, &order, &fd), 0);
        (void)message_get_u64(&order);
        assert_int_equal(message_get_u64(&order), PORTAL);
        assert_int_equal(message_get_u64(&order), 12);
        assert_int_equal(message_get_u64(&order), 3);
        assert_true(str_is(message_get_str(&order), "manual"));
        assert_true(str_is(message_get_str(&order), "second"));
        asks_registry_gone(&w->sup);
        assert_int_equal(answered(worker, 43), -ERR_AGAIN);
        channel_free(&worker);
}

static void whoever_waits_for_a_registry_that_died_is_answered_and_once_only(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);

        ask_list(w, worker, 1);
        ask_copy(w, worker, 2);
        assert_int_equal(answered(worker, 1), UINT32_MAX);
        asks_registry_gone(&w->sup);
        assert_int_equal(answered(worker, 2), -ERR_AGAIN);
        assert_int_equal(answered(worker, 1), -ERR_AGAIN);
        asks_registry_gone(&w->sup);
        assert_int_equal(answered(worker, 1), UINT32_MAX);
        channel_free(&worker);
}

static void while_there_is_no_registry_the_answer_comes_at_once(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);

        channel_free(&w->sup.children[CHILD_REGISTRY].channel);
        ask_copy(w, worker, 5);
        assert_int_equal(answered(worker, 5), -ERR_AGAIN);
        connect_child(w, CHILD_REGISTRY);
        ask_list(w, worker, 6);
        assert_int_equal(count(w, CHILD_REGISTRY, MSG_SELF_ORDER), 1);
        asks_registry_gone(&w->sup);
        channel_free(&worker);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                WORLD(a_copy_is_ordered_for_the_portal_that_the_channel_says),
                WORLD(a_part_is_ordered_of_the_asking_portal),
                WORLD(whoever_waits_for_a_registry_that_died_is_answered_and_once_only),
                WORLD(while_there_is_no_registry_the_answer_comes_at_once),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
