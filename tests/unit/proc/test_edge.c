/*
 * test_edge.c -- visitors who wait for a portal: served in turn, refused, forgotten, and never lost.
 *
 * The test is supervisor and portal: it holds the far ends of their channels. Visitors come over a Unix
 * socket, which the edge cannot tell from any other stream.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc/edge/edge.h"

enum { PORTAL = 7, VISITORS_MAX = 2000 };

struct world {
        struct edge edge;
        struct channel *supervisor;
        struct channel *portal;         /* the worker's end of its channel */
        int listener;
        struct sockaddr_un name;
        int visitors[VISITORS_MAX];     /* their own ends */
        size_t nvisitors;
};

static void no_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

static int set_up(void **state)
{
        struct world *w = calloc(1, sizeof *w);
        struct err err;
        int pair[2];

        assert_non_null(w);
        w->edge.hosts = map_new();
        w->edge.portals = map_new();
        w->edge.addresses = tally_new();
        w->edge.per_address_max = w->edge.visitors_max = VISITORS_MAX;
        assert_int_equal(channel_pair(pair, &err), 0);
        assert_int_equal(service_start(&w->edge.service, PEER_EDGE, pair[0], no_message, NULL, &err), 0);
        w->supervisor = channel_new(pair[1], PEER_SUPERVISOR, PEER_EDGE);
        w->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        w->name.sun_family = AF_UNIX;
        snprintf(w->name.sun_path, sizeof w->name.sun_path, "/tmp/carrel-edge-%d", (int)getpid());
        unlink(w->name.sun_path);
        assert_int_equal(bind(w->listener, (const struct sockaddr *)&w->name, sizeof w->name), 0);
        assert_int_equal(listen(w->listener, 64), 0);
        *state = w;
        return 0;
}

static int tear_down(void **state)
{
        struct world *w = *state;
        size_t at = 0;
        struct str key;
        void *value;

        while (w->edge.oldest != NULL)
                visitor_end(w->edge.oldest);
        while (map_next(w->edge.portals, &at, &key, &value)) {
                struct edge_portal *portal = value;

                handoff_detach(&w->edge, portal->id);
                loop_cancel_timer(&portal->retry);
                free(portal);
        }
        for (size_t i = 0; i < w->nvisitors; i++)
                close(w->visitors[i]);
        loop_cancel_timer(&w->edge.sweep);
        channel_free(&w->portal);
        channel_free(&w->supervisor);
        channel_free(&w->edge.service.supervisor);
        loop_free(&w->edge.service.loop);
        tally_free(&w->edge.addresses);
        map_free(&w->edge.hosts);
        map_free(&w->edge.portals);
        close(w->listener);
        unlink(w->name.sun_path);
        free(w);
        return 0;
}

static void run(struct world *w)
{
        struct err err;

        for (int i = 0; i < 10; i++)
                assert_int_equal(loop_once(w->edge.service.loop, 0, &err), 0);
}

/* Somebody connects, and the edge has learnt that PORTAL is wanted. */
static void visit(struct world *w)
{
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0 && w->nvisitors < VISITORS_MAX);
        assert_int_equal(connect(fd, (const struct sockaddr *)&w->name, sizeof w->name), 0);
        w->visitors[w->nvisitors++] = fd;
        visitors_accept(&w->edge, w->listener, VISITOR_HELLO);
        assert_int_equal(hostname_parse(STR("acme.localhost"), &w->edge.newest->host, NULL), 0);
        handoff(w->edge.newest, routes_portal(&w->edge, PORTAL));
}

static void start_portal(struct world *w)
{
        struct err err;
        int pair[2];

        assert_int_equal(channel_pair(pair, &err), 0);
        channel_free(&w->portal);
        w->portal = channel_new(pair[1], PEER_PORTAL, PEER_EDGE);
        handoff_add_channel(&w->edge, PORTAL, pair[0]);
}

/* How many connections the portal finds on its channel. */
static unsigned take_all(struct world *w)
{
        struct message msg;
        unsigned n = 0;
        int fd = -1;

        for (; channel_receive(w->portal, &msg, &fd, NULL) == 0; fd_close(&fd))
                n += msg.type == MSG_CONNECTION && fd >= 0;
        return n;
}

static unsigned count_wakes(struct world *w)
{
        struct message msg;
        unsigned n = 0;
        int fd = -1;

        run(w);
        for (; channel_receive(w->supervisor, &msg, &fd, NULL) == 0; fd_close(&fd))
                n += msg.type == MSG_PORTAL_WAKE;
        return n;
}

static void assert_nobody_is_left(const struct world *w)
{
        const struct tally_key unknown = { .n = 8 };

        assert_int_equal(w->edge.nvisitors, 0);
        assert_null(w->edge.oldest);
        assert_null(w->edge.newest);
        assert_int_equal(tally_of(w->edge.addresses, &unknown), 0);
}

static void those_who_wait_for_a_start_are_all_passed_on_and_it_is_asked_for_once(void **state)
{
        struct world *w = *state;

        for (int i = 0; i < 20; i++)
                visit(w);
        assert_int_equal(count_wakes(w), 1);
        start_portal(w);
        assert_int_equal(take_all(w), 20);
        assert_nobody_is_left(w);
}

static void a_burst_beyond_the_socket_waits_and_is_served_when_there_is_room(void **state)
{
        struct world *w = *state;
        struct edge_portal *portal = routes_portal(&w->edge, PORTAL);

        start_portal(w);
        while (portal->nwaiting < 100)
                visit(w);
        unsigned taken = take_all(w);

        for (int i = 0; i < 20; i++) {
                usleep(3000);
                run(w);
                taken += take_all(w);
        }
        assert_int_equal(taken, w->nvisitors);
        assert_nobody_is_left(w);
}

/* Else a steady stream of visitors, each putting it off, would keep it from ever coming. */
static void new_visitors_do_not_put_off_the_next_try_for_those_who_wait(void **state)
{
        struct world *w = *state;
        struct edge_portal *portal = routes_portal(&w->edge, PORTAL);

        start_portal(w);
        while (portal->nwaiting == 0)
                visit(w);
        uint64_t next_try = portal->retry.at;

        for (int i = 0; i < 5; i++) {
                usleep(1000);
                visit(w);
                assert_true(portal->retry.at == next_try);
        }
}

static void a_portal_that_cannot_be_started_costs_each_visitor_an_alert(void **state)
{
        struct world *w = *state;
        char alert[16];

        for (int i = 0; i < 20; i++)
                visit(w);
        handoff_down(&w->edge, PORTAL, 60000);
        assert_nobody_is_left(w);
        visit(w);               /* and those who come while it rests */
        assert_nobody_is_left(w);
        for (size_t i = 0; i < w->nvisitors; i++)
                assert_int_equal(recv(w->visitors[i], alert, sizeof alert, 0), TLS_ALERT_LEN);
        assert_int_equal(count_wakes(w), 1);
}

static void who_leaves_while_waiting_is_forgotten_wherever_in_the_line_it_stood(void **state)
{
        struct world *w = *state;
        struct edge_portal *portal = routes_portal(&w->edge, PORTAL);

        for (int i = 0; i < 5; i++)
                visit(w);
        visitor_end(w->edge.oldest);
        visitor_end(w->edge.newest);
        visitor_end(w->edge.oldest->newer);
        assert_int_equal(portal->nwaiting, 2);
        visit(w);
        start_portal(w);
        assert_int_equal(take_all(w), 3);
        assert_nobody_is_left(w);
}

static void a_portal_that_dies_with_visitors_before_it_is_asked_for_again(void **state)
{
        struct world *w = *state;
        struct edge_portal *portal = routes_portal(&w->edge, PORTAL);

        start_portal(w);
        while (portal->nwaiting < 10)
                visit(w);
        assert_int_equal(count_wakes(w), 0);
        channel_free(&w->portal);
        assert_int_equal(count_wakes(w), 1);
        start_portal(w);
        assert_int_equal(take_all(w), 10);
        assert_nobody_is_left(w);
}

static void a_detached_portal_is_asked_for_again_by_those_still_waiting(void **state)
{
        struct world *w = *state;
        struct edge_portal *portal = routes_portal(&w->edge, PORTAL);

        start_portal(w);
        while (portal->nwaiting < 10)
                visit(w);
        handoff_detach(&w->edge, PORTAL);
        usleep(5000);
        assert_int_equal(count_wakes(w), 1);
        start_portal(w);
        assert_int_equal(take_all(w), 10);
        assert_nobody_is_left(w);
}

static void too_many_visitors_push_out_the_oldest(void **state)
{
        struct world *w = *state;

        w->edge.visitors_max = 5;
        for (int i = 0; i < 12; i++)
                visit(w);
        assert_int_equal(w->edge.nvisitors, 5);
        assert_int_equal(w->edge.counters.evicted, 7);
        start_portal(w);
        assert_int_equal(take_all(w), 5);
        assert_nobody_is_left(w);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(those_who_wait_for_a_start_are_all_passed_on_and_it_is_asked_for_once),
                WORLD(a_burst_beyond_the_socket_waits_and_is_served_when_there_is_room),
                WORLD(new_visitors_do_not_put_off_the_next_try_for_those_who_wait),
                WORLD(a_portal_that_cannot_be_started_costs_each_visitor_an_alert),
                WORLD(who_leaves_while_waiting_is_forgotten_wherever_in_the_line_it_stood),
                WORLD(a_portal_that_dies_with_visitors_before_it_is_asked_for_again),
                WORLD(a_detached_portal_is_asked_for_again_by_those_still_waiting),
                WORLD(too_many_visitors_push_out_the_oldest),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
