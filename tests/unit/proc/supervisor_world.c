/*
 * supervisor_world.c -- a supervisor, and everybody around it.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/map.h"
#include "supervisor_world.h"

static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
}

static const struct {
        enum peer peer;
        const char *program;
        channel_message_fn *dispatch;
} kinds[CHILDREN] = {
        [CHILD_ZYGOTE] = { PEER_ZYGOTE, "zygote", dispatch_zygote },
        [CHILD_REGISTRY] = { PEER_REGISTRY, "registry", dispatch_registry },
        [CHILD_COURIER] = { PEER_COURIER, "courier", dispatch_courier },
        [CHILD_EDGE] = { PEER_EDGE, "edge", dispatch_edge },
};

void connect_child(struct world *w, enum child_index i)
{
        struct child *child = &w->sup.children[i];
        struct err err;
        int pair[2];

        assert_int_equal(channel_pair(pair, &err), 0);
        child->sup = &w->sup;
        child->peer = kinds[i].peer;
        child->program = kinds[i].program;
        channel_free(&child->channel);
        channel_free(&w->far[i]);
        child->channel = channel_new(pair[0], PEER_SUPERVISOR, child->peer);
        assert_int_equal(channel_watch(child->channel, w->sup.loop, kinds[i].dispatch, on_closed, child,
                                       &err), 0);
        w->far[i] = channel_new(pair[1], child->peer, PEER_SUPERVISOR);
}

int set_up(void **state)
{
        struct world *w = calloc(1, sizeof *w);
        struct err err;
        char path[100];

        assert_non_null(w);
        snprintf(w->folder, sizeof w->folder, "/tmp/carrel-supervisor-XXXXXX");
        assert_non_null(mkdtemp(w->folder));
        snprintf(path, sizeof path, "%s/portals", w->folder);
        assert_int_equal(mkdir(path, 0700), 0);
        snprintf(path, sizeof path, "%s/portals/%d", w->folder, PORTAL);
        assert_int_equal(mkdir(path, 0700), 0);
        config_defaults(&w->sup.config);
        w->sup.config.workers = 1;
        w->sup.mode = SANDBOX_STANDARD;
        w->sup.data_fd = open(w->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        w->sup.portals = map_new();
        assert_int_equal(loop_new(&w->sup.loop, &err), 0);
        for (int i = 0; i < CHILDREN; i++)
                connect_child(w, (enum child_index)i);
        *state = w;
        return 0;
}

int tear_down(void **state)
{
        struct world *w = *state;
        struct err err;
        char command[120];
        size_t at = 0;
        struct str key;
        void *portal;

        while (w->sup.workers != NULL) {
                struct worker *worker = w->sup.workers;

                if (worker->pid > 0) {
                        kill(worker->pid, SIGKILL);
                        waitpid(worker->pid, NULL, 0);
                } else {
                        worker->pid = -1;
                }
                assert_true(workers_reap(&w->sup, worker->pid, 0));
        }
        while (map_next(w->sup.portals, &at, &key, &portal))
                free(portal);
        for (size_t i = 0; i < CHILDREN; i++) {
                channel_free(&w->sup.children[i].channel);
                channel_free(&w->far[i]);
        }
        if (data_dir_remove_container(&w->sup, PORTAL, &err) < 0)
                fail_msg("%s", err.text);
        close(w->sup.data_fd);
        map_free(&w->sup.portals);
        loop_free(&w->sup.loop);
        snprintf(command, sizeof command, "%s/portals", w->folder);
        rmdir(command);
        rmdir(w->folder);
        free(w);
        return 0;
}

void run(struct world *w)
{
        struct err err;

        for (int i = 0; i < 30; i++)
                assert_int_equal(loop_once(w->sup.loop, 0, &err), 0);
}

/* Send a message with up to three numbers, and let the supervisor read it. */
void tell(struct world *w, enum child_index from, enum message_type type, unsigned n, uint64_t a,
                 uint64_t b)
{
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        message_init(&msg, type);
        if (n > 0)
                message_put_u64(&msg, a);
        if (n > 1)
                message_put_u64(&msg, b);
        if (type == MSG_JOB_START) {
                message_put_u32(&msg, SPAWN_JOB);
                message_put_u64(&msg, 0);
        }
        assert_int_equal(channel_send(w->far[from], &msg, -1, &err), 0);
        run(w);
}

/* The next message of this type; others are passed over. ERR_AGAIN: there is none. */
int expect(struct world *w, enum child_index to, enum message_type type, struct message *msg,
                  int *fd)
{
        struct err err;
        int r;

        run(w);
        for (;;) {
                int got = -1;

                r = channel_receive(w->far[to], msg, &got, &err);
                if (r == 0 && msg->type != type) {
                        fd_close(&got);
                        continue;
                }
                if (fd != NULL)
                        *fd = got;
                else
                        fd_close(&got);
                return r;
        }
}

unsigned count(struct world *w, enum child_index to, enum message_type type)
{
        struct message msg;
        unsigned n = 0;

        while (expect(w, to, type, &msg, NULL) == 0)
                n++;
        return n;
}

void say_spawned(struct world *w, uint64_t token, uint32_t pid)
{
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        message_init(&msg, MSG_SPAWNED);
        message_put_u64(&msg, token);
        message_put_u32(&msg, pid);
        message_put_text(&msg, "");
        assert_int_equal(channel_send(w->far[CHILD_ZYGOTE], &msg, -1, &err), 0);
        run(w);
}

pid_t sleeper(void)
{
        int gone[2];
        char none;

        assert_int_equal(pipe2(gone, O_CLOEXEC), 0);
        pid_t pid = fork();

        if (pid == 0) {
                close_range(3, ~0u, 0);         /* the channels are the test's */
                for (;;)
                        pause();
        }
        assert_true(pid > 0);
        close(gone[1]);
        assert_int_equal(read(gone[0], &none, 1), 0);   /* it has closed its copies */
        close(gone[0]);
        return pid;
}

/* What the zygote was asked for: the token, and the new process's end of its channel. */
uint64_t take_spawn(struct world *w, int *fd)
{
        struct message msg;

        assert_int_equal(expect(w, CHILD_ZYGOTE, MSG_SPAWN, &msg, fd), 0);
        return message_get_u64(&msg);
}

/* A running worker of PORTAL; its own end of the channel. */
struct channel *start_worker(struct world *w, pid_t *pid)
{
        int fd = -1;

        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        uint64_t token = take_spawn(w, &fd);

        *pid = sleeper();
        say_spawned(w, token, (uint32_t)*pid);
        assert_int_equal(w->sup.workers->pid, *pid);
        return channel_new(fd, PEER_PORTAL, PEER_SUPERVISOR);
}

bool is_alive(pid_t pid)
{
        return waitpid(pid, NULL, WNOHANG) == 0;
}

void end(pid_t pid)
{
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
}
