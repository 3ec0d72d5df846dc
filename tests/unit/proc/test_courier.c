/*
 * test_courier.c -- who may ask what of the courier. The test is supervisor, registry and portals at once;
 * beyond it there is a real server on loopback.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/fd.h"
#include "json/json.h"
#include "proc/courier/courier.h"
#include "stranger.h"

struct courier courier;

static struct stranger stranger;
static struct channel *supervisor;

/* A portal's end of a channel, and what came on it last. */
struct far {
        struct channel *channel;
        unsigned status;
        char why[ERR_TEXT_MAX];
        struct buf body;
};

static void ignore(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

static int set_up(void **state)
{
        const struct outbound_settings settings = {
                .fetch_authorities = buf_str(&stranger.authority), .private_addresses = true,
                .name_servers = str_of(stranger.name_servers), .fetch_ms = 3000,
        };
        int pair[2];

        (void)state;
        memset(&courier, 0, sizeof courier);
        courier.allowed = map_new();
        courier.portals = map_new();
        assert_int_equal(outbound_new(&settings, &courier.outbound, NULL), 0);
        assert_int_equal(channel_pair(pair, NULL), 0);
        assert_int_equal(service_start(&courier.service, PEER_COURIER, pair[0], ignore, NULL, NULL), 0);
        supervisor = channel_new(pair[1], PEER_SUPERVISOR, PEER_COURIER);
        outbound_start(courier.outbound, courier.service.loop);
        return 0;
}

static void turn(int ms)
{
        assert_int_equal(loop_once(courier.service.loop, ms, NULL), 0);
}

static int tear_down(void **state)
{
        size_t at = 0;
        struct str key;
        void *value;

        (void)state;
        while (map_next(courier.portals, &at, &key, &value)) {
                struct portal *portal = value;

                assert_null(portal->clients);   /* every test closes what it opened */
                assert_int_equal(portal->fetching, 0);
                free(portal);
        }
        assert_int_equal(courier.fetching, 0);
        map_free(&courier.portals);
        allow_free(&courier);
        outbound_free(&courier.outbound);
        channel_free(&courier.service.supervisor);
        channel_free(&supervisor);
        loop_free(&courier.service.loop);
        return 0;
}

/* ---- the registry ---- */

static void registry_says(enum message_type type, uint64_t portal, const char *text)
{
        struct message msg CLEANUP_MESSAGE, got;

        message_init(&msg, type);
        if (text != NULL) {
                message_put_u64(&msg, portal);
                message_put_text(&msg, text);
        }
        assert_int_equal(message_parse(&got, PEER_REGISTRY, PEER_COURIER, msg.own, MESSAGE_HEADER + msg.n,
                                       false, NULL), 0);
        allow_on_message(&courier, &got);
}

static const char *origin(const char *host)
{
        static char text[100];

        snprintf(text, sizeof text, "https://%s:%u", host, stranger.port);
        return text;
}

static void allow(uint64_t portal)
{
        registry_says(MSG_ALLOW_PORTAL, portal, "https://acme.localhost/");
        registry_says(MSG_ALLOW, portal, origin("login.localhost"));
}

/* ---- portals ---- */

static struct far open_portal(uint64_t id)
{
        struct far far = { .status = 0 };
        int pair[2];

        assert_int_equal(channel_pair(pair, NULL), 0);
        clients_add(&courier, id, pair[0]);
        far.channel = channel_new(pair[1], PEER_PORTAL, PEER_COURIER);
        return far;
}

static void close_portal(struct far *far)
{
        channel_free(&far->channel);
        buf_free(&far->body);
        for (int i = 0; i < 5; i++)
                turn(0);
}

static void fetch(struct far *far, uint64_t ticket, const char *url, const char *authorization)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_FETCH);
        message_put_u64(&msg, ticket);
        message_put_text(&msg, url);
        message_put_text(&msg, authorization);
        message_put_text(&msg, "");
        assert_int_equal(channel_send(far->channel, &msg, -1, NULL), 0);
}

/* Until FETCH_DONE for this ticket has come; others in between are passed over. */
static void answered(struct far *far, uint64_t ticket)
{
        uint64_t end = clock_ms() + 8000;
        struct message msg;
        int fd = -1;

        buf_clear(&far->body);
        while (clock_ms() < end) {
                turn(10);
                if (channel_receive(far->channel, &msg, &fd, NULL) < 0 || message_get_u64(&msg) != ticket)
                        continue;
                if (msg.type == MSG_FETCH_PART) {
                        buf_add_str(&far->body, message_get_str(&msg));
                        continue;
                }
                assert_int_equal(msg.type, MSG_FETCH_DONE);
                far->status = message_get_u32(&msg);
                message_get_str(&msg);
                struct str why = message_get_str(&msg);

                snprintf(far->why, sizeof far->why, "%.*s", STR_ARG(why));
                return;
        }
        fail_msg("ticket %llu has no answer", (unsigned long long)ticket);
}

static const char *address(const char *path)
{
        static char text[200];

        snprintf(text, sizeof text, "%s%s", origin("login.localhost"), path);
        return text;
}

static void refused(struct far *far, uint64_t ticket, const char *part)
{
        answered(far, ticket);
        assert_int_equal(far->status, 0);
        if (strstr(far->why, part) == NULL)
                fail_msg("'%s' does not say '%s'", far->why, part);
}

static void a_portal_asks_what_it_may_and_no_other_portal_does(void **state)
{
        struct far acme, globex;
        unsigned before = *stranger.connections;

        (void)state;
        allow(1);
        registry_says(MSG_ALLOW_PORTAL, 2, "https://globex.localhost/");
        acme = open_portal(1);
        globex = open_portal(2);
        fetch(&globex, 1, address("/echo"), "");
        refused(&globex, 1, "may not ask");
        fetch(&acme, 1, "https://other.localhost/echo", "");
        refused(&acme, 1, "may not ask https://other.localhost;");
        fetch(&acme, 2, "http://login.localhost/echo", "");
        refused(&acme, 2, "https://");
        fetch(&acme, 3, address("/echo"), "a\r\nX-Forged: 1");
        refused(&acme, 3, "authorization");
        assert_int_equal(*stranger.connections, before);
        fetch(&acme, 4, address("/echo"), "Bearer b");
        answered(&acme, 4);
        assert_int_equal(acme.status, 200);
        assert_true(str_find_str(buf_str(&acme.body), STR("Authorization: Bearer b\r\n")) >= 0);
        assert_int_equal(*stranger.connections, before + 1);
        close_portal(&acme);
        close_portal(&globex);
}

static void what_was_allowed_ends_with_the_registrys_word(void **state)
{
        struct far acme;

        (void)state;
        allow(1);
        acme = open_portal(1);
        registry_says(MSG_ALLOW_PORTAL, 1, "https://acme.localhost/");   /* the same again, without ALLOW */
        fetch(&acme, 1, address("/echo"), "");
        refused(&acme, 1, "may not ask");
        allow(1);
        registry_says(MSG_ALLOW_PORTAL, 1, "");
        fetch(&acme, 2, address("/echo"), "");
        refused(&acme, 2, "may not ask");
        allow(1);
        registry_says(MSG_ALLOW_BEGIN, 0, NULL);
        allow(2);
        fetch(&acme, 3, address("/echo"), "");
        answered(&acme, 3);             /* the old list holds until the new one is whole */
        assert_int_equal(acme.status, 200);
        registry_says(MSG_ALLOW_END, 0, NULL);
        fetch(&acme, 4, address("/echo"), "");
        refused(&acme, 4, "may not ask");
        close_portal(&acme);
}

static void one_portal_has_four_questions_at_once_and_so_many_in_a_minute(void **state)
{
        struct far acme, globex;

        (void)state;
        allow(1);
        allow(2);
        acme = open_portal(1);
        globex = open_portal(2);
        for (uint64_t i = 1; i <= FETCHES_PER_PORTAL; i++)
                fetch(&acme, i, address("/slow"), "");
        fetch(&acme, 5, address("/echo"), "");
        refused(&acme, 5, "too many");
        fetch(&globex, 6, address("/echo"), "");
        answered(&globex, 6);           /* another portal does not wait for it */
        assert_int_equal(globex.status, 200);
        while (courier.fetching > 0)
                turn(20);
        struct portal_key key;
        struct portal *portal = map_get(courier.portals, portal_key(&key, 1));

        portal->fetches.used = FETCHES_PER_MINUTE;
        fetch(&acme, 7, address("/echo"), "");
        refused(&acme, 7, "too many");
        portal->fetches.since -= 60000;
        fetch(&acme, 8, address("/echo"), "");
        answered(&acme, 8);
        assert_int_equal(acme.status, 200);
        close_portal(&acme);
        close_portal(&globex);
}

static void a_worker_that_ends_takes_its_questions_along(void **state)
{
        struct far acme;

        (void)state;
        allow(1);
        acme = open_portal(1);
        fetch(&acme, 1, address("/slow"), "");
        for (int i = 0; i < 5; i++)
                turn(10);
        assert_int_equal(courier.fetching, 1);
        close_portal(&acme);
        assert_int_equal(courier.fetching, 0);
        acme = open_portal(1);
        fetch(&acme, 1, address("/echo"), "");
        answered(&acme, 1);
        assert_int_equal(acme.status, 200);
        close_portal(&acme);
}

static void a_portal_that_breaks_the_protocol_loses_its_channel_and_nobody_elses(void **state)
{
        struct far acme, globex;
        struct message msg;
        struct err err;
        int fd = -1;

        (void)state;
        allow(2);
        acme = open_portal(1);
        globex = open_portal(2);
        assert_int_equal(write(channel_fd(acme.channel), "\xff\xff nonsense", 11), 11);
        turn(10);
        turn(10);
        assert_int_equal(channel_receive(acme.channel, &msg, &fd, &err), ERR_GONE);
        fetch(&globex, 1, address("/echo"), "");
        answered(&globex, 1);
        assert_int_equal(globex.status, 200);
        close_portal(&acme);
        close_portal(&globex);
}

static void a_portal_has_so_many_channels_and_the_oldest_goes(void **state)
{
        struct far first, more[CHANNELS_PER_PORTAL];
        struct message msg;
        struct err err;
        int fd = -1;

        (void)state;
        first = open_portal(1);
        for (size_t i = 0; i < CHANNELS_PER_PORTAL; i++)
                more[i] = open_portal(1);
        assert_int_equal(channel_receive(first.channel, &msg, &fd, &err), ERR_GONE);
        assert_int_equal(channel_receive(more[0].channel, &msg, &fd, &err), ERR_AGAIN);
        close_portal(&first);
        for (size_t i = 0; i < CHANNELS_PER_PORTAL; i++)
                close_portal(&more[i]);
}

static int begin(void **state)
{
        (void)state;
        signal(SIGPIPE, SIG_IGN);
        stranger_begin(&stranger);
        return 0;
}

static int end(void **state)
{
        (void)state;
        stranger_end(&stranger);
        return 0;
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(a_portal_asks_what_it_may_and_no_other_portal_does),
                WORLD(what_was_allowed_ends_with_the_registrys_word),
                WORLD(one_portal_has_four_questions_at_once_and_so_many_in_a_minute),
                WORLD(a_worker_that_ends_takes_its_questions_along),
                WORLD(a_portal_that_breaks_the_protocol_loses_its_channel_and_nobody_elses),
                WORLD(a_portal_has_so_many_channels_and_the_oldest_goes),
        };

        return cmocka_run_group_tests(tests, begin, end);
}
