/*
 * test_channel.c -- whole messages or none, descriptors neither lost nor leaked, death noticed.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "wire/channel.h"

static unsigned open_descriptors(void)
{
        DIR *dir = opendir("/proc/self/fd");
        unsigned n = 0;

        assert_non_null(dir);
        while (readdir(dir) != NULL)
                n++;
        closedir(dir);
        return n;
}

/* Each test ends with as many descriptors as it began with. */
static int count_before(void **state)
{
        static unsigned count;

        signal(SIGPIPE, SIG_IGN);
        count = open_descriptors();
        *state = &count;
        return 0;
}

static int count_after(void **state)
{
        const unsigned *before = *state;

        return open_descriptors() == *before ? 0 : -1;
}

struct pair {
        struct channel *edge;
        struct channel *portal;         /* NULL where a test speaks raw */
        int raw;
};

static struct pair make_pair(void)
{
        int fds[2];

        assert_int_equal(channel_pair(fds, NULL), 0);
        return (struct pair){
                .edge = channel_new(fds[0], PEER_EDGE, PEER_PORTAL),
                .portal = channel_new(fds[1], PEER_PORTAL, PEER_EDGE),
                .raw = -1,
        };
}

/* The far end is hostile: bare bytes instead of a channel. */
static struct pair make_raw_pair(void)
{
        int fds[2];

        assert_int_equal(channel_pair(fds, NULL), 0);
        return (struct pair){
                .portal = channel_new(fds[0], PEER_PORTAL, PEER_EDGE), .raw = fds[1],
        };
}

static void end_pair(struct pair *p)
{
        channel_free(&p->edge);
        channel_free(&p->portal);
        fd_close(&p->raw);
}

static void connection(struct message *msg, const char *host)
{
        message_init(msg, MSG_CONNECTION);
        message_put_text(msg, host);
}

static int send_connection(struct pair *p, const char *host, int fd, struct err *err)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        connection(&msg, host);
        return channel_send(p->edge, &msg, fd, err);
}

static bool same_file(int a, int b)
{
        struct stat x, y;

        return fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

static void a_message_and_its_descriptor_arrive(void **state)
{
        struct pair p = make_pair();
        struct message msg;
        int pipe_fds[2], got = -1;

        (void)state;
        assert_int_equal(pipe2(pipe_fds, O_CLOEXEC), 0);
        assert_int_equal(send_connection(&p, "a.example", pipe_fds[0], NULL), 0);
        assert_int_equal(channel_receive(p.portal, &msg, &got, NULL), 0);
        assert_int_equal(msg.type, MSG_CONNECTION);
        assert_true(str_is(message_get_str(&msg), "a.example"));
        assert_true(same_file(got, pipe_fds[0]));
        assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
        fd_close(&got);
        fd_close(&pipe_fds[0]);
        fd_close(&pipe_fds[1]);
        end_pair(&p);
}

static void nothing_to_read_is_said_and_does_not_block(void **state)
{
        struct pair p = make_pair();
        struct message msg;
        int fd = 42;

        (void)state;
        assert_int_equal(channel_receive(p.portal, &msg, &fd, NULL), ERR_AGAIN);
        assert_int_equal(channel_await(p.portal, 5, &msg, &fd, NULL), ERR_AGAIN);
        assert_int_equal(fd, 42);
        end_pair(&p);
}

static void a_process_cannot_send_what_its_role_may_not(void **state)
{
        struct pair p = make_pair();
        struct message msg;
        struct err err;

        (void)state;
        connection(&msg, "a");
        assert_int_equal(channel_send(p.portal, &msg, STDIN_FILENO, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "from portal to edge"));
        assert_int_equal(channel_send(p.edge, &msg, -1, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "needs a descriptor"));
        message_free(&msg);
        message_init(&msg, MSG_PORTAL_WAKE);
        message_put_u64(&msg, 1);
        assert_int_equal(channel_send(p.edge, &msg, -1, &err), ERR_DENIED);
        message_free(&msg);
        assert_int_equal(channel_receive(p.portal, &msg, &(int){ -1 }, NULL), ERR_AGAIN);
        end_pair(&p);
}

static void a_message_that_passed_its_limit_is_not_sent(void **state)
{
        struct pair p = make_pair();
        char host[600];
        struct err err;

        (void)state;
        memset(host, 'x', sizeof host);
        host[sizeof host - 1] = '\0';
        assert_int_equal(send_connection(&p, host, STDIN_FILENO, &err), ERR_LIMIT);
        assert_non_null(strstr(err.text, "512"));
        end_pair(&p);
}

/* Raw bytes with n descriptors. */
static void send_raw(int sock, const void *bytes, size_t n, const int *fds, size_t nfds)
{
        union {
                char room[CMSG_SPACE(4 * sizeof(int))];
                struct cmsghdr align;
        } control = { .room = { 0 } };
        struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = n };
        struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };

        if (nfds > 0) {
                header.msg_control = control.room;
                header.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
                struct cmsghdr *c = CMSG_FIRSTHDR(&header);

                c->cmsg_level = SOL_SOCKET;
                c->cmsg_type = SCM_RIGHTS;
                c->cmsg_len = CMSG_LEN(nfds * sizeof(int));
                memcpy(CMSG_DATA(c), fds, nfds * sizeof(int));
        }
        assert_int_equal(sendmsg(sock, &header, 0), n);
}

static void refused_with(const void *bytes, size_t n, size_t nfds)
{
        static const int fds[4] = { STDERR_FILENO, STDERR_FILENO, STDERR_FILENO, STDERR_FILENO };
        struct pair p = make_raw_pair();
        unsigned before = open_descriptors();
        struct message msg;
        int got = -1;

        send_raw(p.raw, bytes, n, fds, nfds);
        assert_int_equal(channel_receive(p.portal, &msg, &got, NULL), ERR_PROTOCOL);
        assert_int_equal(got, -1);
        assert_int_equal(open_descriptors(), before);
        end_pair(&p);
}

static void a_missing_or_further_descriptor_is_refused_and_none_leaks(void **state)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)state;
        connection(&msg, "a");
        for (size_t nfds = 0; nfds <= 4; nfds++)
                if (nfds != 1)
                        refused_with(msg.own, MESSAGE_HEADER + msg.n, nfds);
}

static void a_malformed_packet_is_refused_and_its_descriptor_closed(void **state)
{
        static uint8_t large[MESSAGE_HEADER + MESSAGE_MAX + 1];
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)state;
        connection(&msg, "a");
        refused_with(msg.own, MESSAGE_HEADER + msg.n - 1, 1);
        refused_with(msg.own, 3, 1);
        refused_with("", 0, 1);
        memcpy(large, msg.own, MESSAGE_HEADER + msg.n);
        refused_with(large, MESSAGE_HEADER + msg.n + 1, 1);
        refused_with(large, sizeof large, 1);           /* cut by the kernel */
}

static void a_message_only_the_supervisor_may_send_is_refused_from_another(void **state)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)state;
        message_init(&msg, MSG_RETIRE);
        refused_with(msg.own, MESSAGE_HEADER + msg.n, 0);
}

static void the_far_end_s_death_is_end_of_file(void **state)
{
        struct pair p = make_pair();
        struct message msg;
        int fd = -1;

        (void)state;
        assert_int_equal(send_connection(&p, "last", STDERR_FILENO, NULL), 0);
        channel_free(&p.edge);
        assert_int_equal(channel_await(p.portal, 1000, &msg, &fd, NULL), 0);
        assert_true(str_is(message_get_str(&msg), "last"));
        fd_close(&fd);
        assert_int_equal(channel_await(p.portal, 1000, &msg, &fd, NULL), ERR_GONE);
        assert_int_equal(channel_receive(p.portal, &msg, &fd, NULL), ERR_GONE);
        end_pair(&p);
}

static void last_words_arrive_though_the_far_end_left_ours_unread(void **state)
{
        int fds[2], got = -1;
        struct message msg, mine CLEANUP_MESSAGE = { 0 };

        (void)state;
        assert_int_equal(channel_pair(fds, NULL), 0);
        struct channel *cli = channel_new(fds[0], PEER_CLI, PEER_REGISTRY);
        struct channel *registry = channel_new(fds[1], PEER_REGISTRY, PEER_CLI);

        message_init(&mine, MSG_COMMAND);
        message_put_text(&mine, "never read");
        message_put_text(&mine, "{}");
        assert_int_equal(channel_send(cli, &mine, -1, NULL), 0);
        message_init(&msg, MSG_REFUSAL);
        message_put_u32(&msg, 4);
        message_put_text(&msg, "no");
        assert_int_equal(channel_send(registry, &msg, -1, NULL), 0);
        message_free(&msg);
        channel_free(&registry);
        assert_int_equal(channel_await(cli, 1000, &msg, &got, NULL), 0);
        assert_int_equal(msg.type, MSG_REFUSAL);
        assert_int_equal(channel_await(cli, 1000, &msg, &got, NULL), ERR_GONE);
        channel_free(&cli);
}

static void sending_to_the_dead_is_an_error_and_no_signal(void **state)
{
        struct pair p = make_pair();

        (void)state;
        channel_free(&p.portal);
        assert_int_equal(send_connection(&p, "a", STDIN_FILENO, NULL), ERR_GONE);
        end_pair(&p);
}

/* What a watched channel has told its owner. */
struct owner {
        struct loop *loop;
        struct channel *ch;
        unsigned messages;
        unsigned next;                  /* expected number in the next host name */
        unsigned with_fd;
        bool free_at_first;
        bool keep_when_closed;
        bool closed;
        int why;
};

static void on_message(void *ctx, struct message *msg, int fd)
{
        struct owner *o = ctx;
        char expected[32];

        o->messages++;
        if (msg->type == MSG_CONNECTION) {
                snprintf(expected, sizeof expected, "n%u", o->next++);
                assert_true(str_is(message_get_str(msg), expected));
                o->with_fd += fd >= 0;
        }
        fd_close(&fd);
        if (o->free_at_first)
                channel_free(&o->ch);
}

static void on_closed(void *ctx, const struct err *why)
{
        struct owner *o = ctx;

        assert_false(channel_is_open(o->ch));
        o->closed = true;
        o->why = why->code;
        if (!o->keep_when_closed)
                channel_free(&o->ch);
}

static void watch(struct owner *o, struct loop *loop, struct channel *ch)
{
        o->loop = loop;
        o->ch = ch;
        assert_int_equal(channel_watch(ch, loop, on_message, on_closed, o, NULL), 0);
        assert_true(channel_is_open(ch));
}

static struct loop *make_loop(void)
{
        struct loop *loop;

        assert_int_equal(loop_new(&loop, NULL), 0);
        return loop;
}

static int post_number(struct channel *ch, unsigned number, int fd, struct err *err)
{
        struct message msg CLEANUP_MESSAGE = { 0 };
        char host[32];

        snprintf(host, sizeof host, "n%u", number);
        connection(&msg, host);
        return channel_post(ch, &msg, fd, err);
}

static void queued_messages_keep_their_order_and_descriptors(void **state)
{
        enum { MANY = 1500 };
        struct loop *loop = make_loop();
        struct pair p = make_pair();
        struct owner edge = { 0 }, portal = { 0 };
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)state;
        watch(&edge, loop, p.edge);
        for (unsigned i = 0; i < MANY; i++)
                assert_int_equal(post_number(p.edge, i, STDERR_FILENO, NULL), 0);
        connection(&msg, "out of turn");        /* nothing overtakes the queue */
        assert_int_equal(channel_send(p.edge, &msg, STDERR_FILENO, NULL), ERR_AGAIN);
        watch(&portal, loop, p.portal);
        for (unsigned i = 0; i < 4000 && portal.messages < MANY; i++)
                assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_int_equal(portal.messages, MANY);
        assert_int_equal(portal.with_fd, MANY);
        assert_int_equal(channel_send(p.edge, &msg, STDERR_FILENO, NULL), 0);
        assert_false(edge.closed);
        end_pair(&p);
        loop_free(&loop);
}

static void a_queue_has_an_end_and_its_descriptors_go_with_the_channel(void **state)
{
        struct loop *loop = make_loop();
        int fds[2];
        struct message msg CLEANUP_MESSAGE = { 0 };
        char *text = calloc(1, 61000);
        struct owner registry = { 0 };
        struct err err;
        int r = 0;

        (void)state;
        assert_non_null(text);
        memset(text, 'x', 60900);
        assert_int_equal(channel_pair(fds, NULL), 0);
        struct channel *ch = channel_new(fds[0], PEER_REGISTRY, PEER_CLI);

        watch(&registry, loop, ch);
        message_init(&msg, MSG_ANSWER);
        message_put_u32(&msg, 0);
        message_put_text(&msg, text);
        for (int i = 0; i < 200 && r == 0; i++)
                r = channel_post(ch, &msg, -1, &err);
        assert_int_equal(r, ERR_LIMIT);
        assert_non_null(strstr(err.text, "cli does not read"));
        channel_free(&ch);
        close(fds[1]);
        free(text);
        loop_free(&loop);
}

static void a_dead_far_end_is_told_once_and_its_last_messages_first(void **state)
{
        struct loop *loop = make_loop();
        struct pair p = make_pair();
        struct owner portal = { 0 };

        (void)state;
        watch(&portal, loop, p.portal);
        for (unsigned i = 0; i < 100; i++) {
                char host[32];

                snprintf(host, sizeof host, "n%u", i);
                assert_int_equal(send_connection(&p, host, STDERR_FILENO, NULL), 0);
        }
        channel_free(&p.edge);
        p.portal = NULL;                /* freed by on_closed */
        for (int i = 0; i < 10 && !portal.closed; i++)
                assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_true(portal.closed);
        assert_int_equal(portal.why, ERR_GONE);
        assert_int_equal(portal.messages, 100);
        assert_null(portal.ch);
        assert_int_equal(loop_once(loop, 0, NULL), 0);
        loop_free(&loop);
}

static void a_channel_that_was_given_up_takes_no_more(void **state)
{
        struct loop *loop = make_loop();
        int fds[2];
        struct message msg CLEANUP_MESSAGE = { 0 };
        struct owner registry = { .keep_when_closed = true };
        struct err err;
        int r = 0;

        (void)state;
        assert_int_equal(channel_pair(fds, NULL), 0);
        struct channel *ch = channel_new(fds[0], PEER_REGISTRY, PEER_CLI);

        watch(&registry, loop, ch);
        send_raw(fds[1], "nonsense", 8, NULL, 0);
        assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_true(registry.closed);
        assert_int_equal(registry.why, ERR_PROTOCOL);
        /* The far end lives and reads nothing: a full socket would make a message wait for ever. */
        message_init(&msg, MSG_ANSWER);
        message_put_u32(&msg, 0);
        message_put_text(&msg, "x");
        for (int i = 0; i < 100000 && r == 0; i++)
                r = channel_post(ch, &msg, -1, &err);
        assert_int_equal(r, ERR_GONE);
        channel_free(&ch);
        close(fds[1]);
        loop_free(&loop);
}

static void messages_of_a_far_end_that_died_are_read_though_a_queue_waits_for_it(void **state)
{
        enum { WORDS = 100 };           /* more than one round reads */
        struct loop *loop = make_loop();
        struct owner registry = { 0 };
        struct message msg CLEANUP_MESSAGE = { 0 }, command CLEANUP_MESSAGE = { 0 };
        char *text = calloc(1, 61000);
        int fds[2];

        (void)state;
        assert_non_null(text);
        memset(text, 'x', 60900);
        assert_int_equal(channel_pair(fds, NULL), 0);
        struct channel *cli = channel_new(fds[1], PEER_CLI, PEER_REGISTRY);

        watch(&registry, loop, channel_new(fds[0], PEER_REGISTRY, PEER_CLI));
        message_init(&msg, MSG_ANSWER);
        message_put_u32(&msg, 0);
        message_put_text(&msg, text);
        for (int i = 0; i < 20; i++)
                assert_int_equal(channel_post(registry.ch, &msg, -1, NULL), 0);
        message_init(&command, MSG_COMMAND);
        message_put_text(&command, "v");
        message_put_text(&command, "{}");
        for (int i = 0; i < WORDS; i++)
                assert_int_equal(channel_send(cli, &command, -1, NULL), 0);
        channel_free(&cli);
        for (int i = 0; i < 20 && !registry.closed; i++)
                assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_true(registry.closed);
        assert_int_equal(registry.messages, WORDS);
        free(text);
        loop_free(&loop);
}

static void a_channel_may_be_freed_inside_its_own_callback(void **state)
{
        struct loop *loop = make_loop();
        struct pair p = make_pair();
        struct owner portal = { .free_at_first = true };

        (void)state;
        watch(&portal, loop, p.portal);
        p.portal = NULL;
        assert_int_equal(send_connection(&p, "n0", STDERR_FILENO, NULL), 0);
        assert_int_equal(send_connection(&p, "n1", STDERR_FILENO, NULL), 0);
        assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_int_equal(portal.messages, 1);
        assert_null(portal.ch);
        assert_int_equal(loop_once(loop, 0, NULL), 0);
        assert_int_equal(send_connection(&p, "n2", STDERR_FILENO, NULL), ERR_GONE);
        end_pair(&p);
        loop_free(&loop);
}

static void a_breach_of_the_protocol_closes_the_channel(void **state)
{
        struct loop *loop = make_loop();
        struct pair p = make_raw_pair();
        struct owner portal = { 0 };

        (void)state;
        watch(&portal, loop, p.portal);
        p.portal = NULL;
        send_raw(p.raw, "nonsense", 8, NULL, 0);
        assert_int_equal(loop_once(loop, 100, NULL), 0);
        assert_true(portal.closed);
        assert_int_equal(portal.why, ERR_PROTOCOL);
        end_pair(&p);
        loop_free(&loop);
}

#define COUNTED(test) cmocka_unit_test_setup_teardown(test, count_before, count_after)

int main(void)
{
        const struct CMUnitTest tests[] = {
                COUNTED(a_message_and_its_descriptor_arrive),
                COUNTED(nothing_to_read_is_said_and_does_not_block),
                COUNTED(a_process_cannot_send_what_its_role_may_not),
                COUNTED(a_message_that_passed_its_limit_is_not_sent),
                COUNTED(a_missing_or_further_descriptor_is_refused_and_none_leaks),
                COUNTED(a_malformed_packet_is_refused_and_its_descriptor_closed),
                COUNTED(a_message_only_the_supervisor_may_send_is_refused_from_another),
                COUNTED(the_far_end_s_death_is_end_of_file),
                COUNTED(last_words_arrive_though_the_far_end_left_ours_unread),
                COUNTED(sending_to_the_dead_is_an_error_and_no_signal),
                COUNTED(queued_messages_keep_their_order_and_descriptors),
                COUNTED(a_queue_has_an_end_and_its_descriptors_go_with_the_channel),
                COUNTED(a_dead_far_end_is_told_once_and_its_last_messages_first),
                COUNTED(a_channel_that_was_given_up_takes_no_more),
                COUNTED(messages_of_a_far_end_that_died_are_read_though_a_queue_waits_for_it),
                COUNTED(a_channel_may_be_freed_inside_its_own_callback),
                COUNTED(a_breach_of_the_protocol_closes_the_channel),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
