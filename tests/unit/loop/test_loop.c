/*
 * test_loop.c -- deadlines in order, descriptors when they are ready, and nothing that was removed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "loop/loop.h"

struct trace {
        struct loop *loop;
        char order[64];
        size_t n;
};

struct mark {
        struct trace *trace;
        char letter;
        struct loop_timer timer;
        struct loop_timer *victim;      /* cancelled when this one fires */
        struct mark *again;             /* set again when this one fires */
};

static struct loop *make_loop(void)
{
        struct loop *loop;

        assert_int_equal(loop_new(&loop, NULL), 0);
        return loop;
}

static void note(struct trace *t, char letter)
{
        assert_true(t->n + 1 < sizeof t->order);
        t->order[t->n++] = letter;
        t->order[t->n] = '\0';
}

static void on_fire(void *ctx)
{
        struct mark *m = ctx;

        note(m->trace, m->letter);
        if (m->victim != NULL)
                loop_cancel_timer(m->victim);
        if (m->again != NULL)
                loop_set_timer(m->trace->loop, &m->again->timer, 1, on_fire, m->again);
}

/* Rounds until n letters are there, or too many rounds passed. */
static void run_until(struct trace *t, size_t n)
{
        for (unsigned i = 0; i < 200 && t->n < n; i++)
                assert_int_equal(loop_once(t->loop, 20, NULL), 0);
}

static void timers_fire_in_the_order_of_their_deadlines(void **state)
{
        static const unsigned ms[] = { 9, 3, 12, 1, 7, 5, 11, 2 };
        struct trace t = { .loop = make_loop() };
        struct mark marks[ARRAY_LEN(ms)] = { 0 };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(ms); i++) {
                marks[i] = (struct mark){ .trace = &t, .letter = (char)('a' + ms[i]) };
                loop_set_timer(t.loop, &marks[i].timer, ms[i] * 3, on_fire, &marks[i]);
        }
        run_until(&t, ARRAY_LEN(ms));
        assert_string_equal(t.order, "bcdfhjlm");
        loop_free(&t.loop);
        assert_null(t.loop);
}

static void a_heap_of_many_timers_stays_in_order_under_moves_and_cancellations(void **state)
{
        enum { MANY = 500 };
        static struct mark marks[MANY];
        struct trace t = { .loop = make_loop() };
        unsigned seed = 12345, left = 0;

        (void)state;
        for (size_t i = 0; i < MANY; i++) {
                seed = seed * 1103515245u + 12345u;
                marks[i] = (struct mark){ .trace = &t };
                loop_set_timer(t.loop, &marks[i].timer, 100000 + seed % 5000, on_fire, &marks[i]);
        }
        for (size_t i = 0; i < MANY; i++) {
                seed = seed * 1103515245u + 12345u;
                if (seed >> 16 & 1)
                        loop_cancel_timer(&marks[i].timer);
                else
                        loop_set_timer(t.loop, &marks[i].timer, seed % 5000, on_fire, &marks[i]);
        }
        for (size_t i = 0; i < MANY; i++)
                left += marks[i].timer.loop != NULL;
        assert_in_range(left, 1, MANY - 1);
        /* Taking the earliest one each time must give a rising sequence. */
        for (uint64_t last = 0; left > 0; left--) {
                struct loop_timer *first = NULL;

                for (size_t i = 0; i < MANY; i++)
                        if (marks[i].timer.loop != NULL && marks[i].timer.slot == 0)
                                first = &marks[i].timer;
                assert_non_null(first);
                assert_true(first->at >= last);
                last = first->at;
                loop_cancel_timer(first);
        }
        loop_free(&t.loop);
}

static void a_timer_set_again_moves_instead_of_firing_twice(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct mark a = { .trace = &t, .letter = 'a' }, b = { .trace = &t, .letter = 'b' };

        (void)state;
        loop_set_timer(t.loop, &a.timer, 1, on_fire, &a);
        loop_set_timer(t.loop, &b.timer, 10, on_fire, &b);
        loop_set_timer(t.loop, &a.timer, 30, on_fire, &a);
        run_until(&t, 2);
        assert_int_equal(loop_once(t.loop, 10, NULL), 0);
        assert_string_equal(t.order, "ba");
        loop_free(&t.loop);
}

static void a_cancelled_timer_never_fires_and_may_be_cancelled_again(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct mark a = { .trace = &t, .letter = 'a' }, b = { .trace = &t, .letter = 'b' };

        (void)state;
        loop_set_timer(t.loop, &a.timer, 1, on_fire, &a);
        loop_set_timer(t.loop, &b.timer, 5, on_fire, &b);
        loop_cancel_timer(&a.timer);
        loop_cancel_timer(&a.timer);
        run_until(&t, 1);
        assert_string_equal(t.order, "b");
        assert_null(b.timer.loop);
        loop_free(&t.loop);
}

static void a_timer_may_cancel_another_of_the_same_moment(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct mark b = { .trace = &t, .letter = 'b' };
        struct mark a = { .trace = &t, .letter = 'a', .victim = &b.timer };

        (void)state;
        loop_set_timer(t.loop, &a.timer, 1, on_fire, &a);
        loop_set_timer(t.loop, &b.timer, 2, on_fire, &b);
        usleep(5000);
        assert_int_equal(loop_once(t.loop, 0, NULL), 0);
        assert_int_equal(loop_once(t.loop, 5, NULL), 0);
        assert_string_equal(t.order, "a");
        loop_free(&t.loop);
}

static void a_timer_may_set_itself_again_from_its_own_callback(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct mark a = { .trace = &t, .letter = 'a' };

        (void)state;
        a.again = &a;
        loop_set_timer(t.loop, &a.timer, 1, on_fire, &a);
        run_until(&t, 3);
        assert_true(t.n >= 3);
        loop_cancel_timer(&a.timer);
        loop_free(&t.loop);
}

struct reader {
        struct trace *trace;
        char letter;
        int fd;
        struct loop_watch watch;
        bool drain;
        struct reader *removes;         /* unwatched inside the callback */
        unsigned events;
};

static void on_readable(void *ctx, unsigned events)
{
        struct reader *r = ctx;
        char byte;

        r->events = events;
        note(r->trace, r->letter);
        if (r->drain)
                assert_int_equal(read(r->fd, &byte, 1), 1);
        if (r->removes != NULL)
                loop_unwatch(&r->removes->watch);
}

static void make_pair(int fds[2])
{
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
}

static void watch(struct trace *t, struct reader *r, unsigned events)
{
        assert_int_equal(loop_watch(t->loop, &r->watch, r->fd, events, on_readable, r, NULL), 0);
}

static void a_readable_descriptor_is_reported_until_it_is_drained(void **state)
{
        struct trace t = { .loop = make_loop() };
        int fds[2];

        (void)state;
        make_pair(fds);
        struct reader r = { .trace = &t, .letter = 'r', .fd = fds[0] };

        watch(&t, &r, LOOP_READ);
        assert_int_equal(write(fds[1], "x", 1), 1);
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        r.drain = true;
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        assert_int_equal(loop_once(t.loop, 5, NULL), 0);
        assert_string_equal(t.order, "rr");
        assert_int_equal(r.events, LOOP_READ);
        loop_unwatch(&r.watch);
        close(fds[0]);
        close(fds[1]);
        loop_free(&t.loop);
}

static void an_edge_triggered_watch_reports_each_arrival_once(void **state)
{
        struct trace t = { .loop = make_loop() };
        int fds[2];

        (void)state;
        make_pair(fds);
        struct reader r = { .trace = &t, .letter = 'e', .fd = fds[0] };

        watch(&t, &r, LOOP_READ | LOOP_EDGE);
        assert_int_equal(write(fds[1], "x", 1), 1);
        for (int i = 0; i < 3; i++)
                assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_string_equal(t.order, "e");
        assert_int_equal(write(fds[1], "y", 1), 1);
        for (int i = 0; i < 3; i++)
                assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_string_equal(t.order, "ee");
        loop_unwatch(&r.watch);
        close(fds[0]);
        close(fds[1]);
        loop_free(&t.loop);
}

static void a_watch_removed_by_a_callback_of_the_same_round_is_not_called(void **state)
{
        struct trace t = { .loop = make_loop() };
        int a[2], b[2];

        (void)state;
        make_pair(a);
        make_pair(b);
        struct reader one = { .trace = &t, .letter = '1', .fd = a[0] };
        struct reader two = { .trace = &t, .letter = '2', .fd = b[0], .removes = &one };

        one.removes = &two;
        watch(&t, &one, LOOP_READ);
        watch(&t, &two, LOOP_READ);
        assert_int_equal(write(a[1], "x", 1), 1);
        assert_int_equal(write(b[1], "x", 1), 1);
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        assert_int_equal(t.n, 1);
        loop_unwatch(&one.watch);
        loop_unwatch(&two.watch);
        for (int i = 0; i < 2; i++) {
                close(a[i]);
                close(b[i]);
        }
        loop_free(&t.loop);
}

static void a_watch_may_remove_itself_and_be_set_anew(void **state)
{
        struct trace t = { .loop = make_loop() };
        int fds[2];

        (void)state;
        make_pair(fds);
        struct reader r = { .trace = &t, .letter = 's', .fd = fds[0] };

        r.removes = &r;
        watch(&t, &r, LOOP_READ);
        assert_int_equal(write(fds[1], "x", 1), 1);
        for (int i = 0; i < 3; i++)
                assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_string_equal(t.order, "s");
        watch(&t, &r, LOOP_READ);
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        assert_string_equal(t.order, "ss");
        close(fds[0]);
        close(fds[1]);
        loop_free(&t.loop);
}

static void what_is_waited_for_can_be_changed(void **state)
{
        struct trace t = { .loop = make_loop() };
        int fds[2];

        (void)state;
        make_pair(fds);
        struct reader r = { .trace = &t, .letter = 'w', .fd = fds[0] };

        watch(&t, &r, LOOP_READ);
        assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_int_equal(t.n, 0);
        loop_rewatch(&r.watch, LOOP_READ | LOOP_WRITE);
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        assert_int_equal(r.events, LOOP_WRITE);
        loop_rewatch(&r.watch, LOOP_READ);
        assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_int_equal(t.n, 1);
        loop_unwatch(&r.watch);
        loop_rewatch(&r.watch, LOOP_WRITE);     /* of a watch that is not there: nothing */
        assert_int_equal(loop_once(t.loop, 2, NULL), 0);
        assert_int_equal(t.n, 1);
        close(fds[0]);
        close(fds[1]);
        loop_free(&t.loop);
}

static void the_far_end_s_death_is_reported_without_being_asked_for(void **state)
{
        struct trace t = { .loop = make_loop() };
        int fds[2];

        (void)state;
        make_pair(fds);
        struct reader r = { .trace = &t, .letter = 'h', .fd = fds[0] };

        watch(&t, &r, 0);
        close(fds[1]);
        assert_int_equal(loop_once(t.loop, 100, NULL), 0);
        assert_true((r.events & LOOP_HANGUP) != 0);
        loop_unwatch(&r.watch);
        close(fds[0]);
        loop_free(&t.loop);
}

static void a_descriptor_that_cannot_be_watched_is_an_error_and_changes_nothing(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct reader r = { .trace = &t, .fd = -1 };
        struct err err;

        (void)state;
        assert_int_equal(loop_watch(t.loop, &r.watch, -1, LOOP_READ, on_readable, &r, &err), ERR_IO);
        assert_null(r.watch.loop);
        loop_free(&t.loop);
}

static void a_round_waits_no_longer_than_it_was_told(void **state)
{
        struct trace t = { .loop = make_loop() };
        struct mark far = { .trace = &t, .letter = 'f' };
        uint64_t before = clock_ms();

        (void)state;
        loop_set_timer(t.loop, &far.timer, 60000, on_fire, &far);
        assert_int_equal(loop_once(t.loop, 10, NULL), 0);
        assert_in_range(clock_ms() - before, 9, 2000);
        assert_true(loop_now(t.loop) >= before);
        loop_cancel_timer(&far.timer);
        loop_free(&t.loop);
}

static void stop_now(void *ctx)
{
        loop_stop(ctx);
}

static void a_running_loop_ends_when_a_callback_stops_it(void **state)
{
        struct loop *loop = make_loop();
        struct loop_timer timer = { 0 };

        (void)state;
        loop_set_timer(loop, &timer, 1, stop_now, loop);
        assert_int_equal(loop_run(loop, NULL), 0);
        loop_set_timer(loop, &timer, 1, stop_now, loop);
        assert_int_equal(loop_run(loop, NULL), 0);      /* and can be run again */
        loop_free(&loop);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(timers_fire_in_the_order_of_their_deadlines),
                cmocka_unit_test(a_heap_of_many_timers_stays_in_order_under_moves_and_cancellations),
                cmocka_unit_test(a_timer_set_again_moves_instead_of_firing_twice),
                cmocka_unit_test(a_cancelled_timer_never_fires_and_may_be_cancelled_again),
                cmocka_unit_test(a_timer_may_cancel_another_of_the_same_moment),
                cmocka_unit_test(a_timer_may_set_itself_again_from_its_own_callback),
                cmocka_unit_test(a_readable_descriptor_is_reported_until_it_is_drained),
                cmocka_unit_test(an_edge_triggered_watch_reports_each_arrival_once),
                cmocka_unit_test(a_watch_removed_by_a_callback_of_the_same_round_is_not_called),
                cmocka_unit_test(a_watch_may_remove_itself_and_be_set_anew),
                cmocka_unit_test(what_is_waited_for_can_be_changed),
                cmocka_unit_test(the_far_end_s_death_is_reported_without_being_asked_for),
                cmocka_unit_test(a_descriptor_that_cannot_be_watched_is_an_error_and_changes_nothing),
                cmocka_unit_test(a_round_waits_no_longer_than_it_was_told),
                cmocka_unit_test(a_running_loop_ends_when_a_callback_stops_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
