/*
 * test_outbox.c -- the supervisor between portals and the courier.
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

static void ask_courier(struct world *w, struct channel *worker)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_COURIER_ASK);
        assert_int_equal(channel_send(worker, &msg, -1, NULL), 0);
        run(w);
}

/* What the worker was told, past its channel to the edge; *fd is -1 when it was told to wait. */
static int courier_channel(struct channel *worker, int *fd)
{
        struct message msg;
        int r;

        do {
                *fd = -1;
                r = channel_receive(worker, &msg, fd, NULL);
                if (r == 0 && msg.type != MSG_COURIER_CHANNEL)
                        fd_close(fd);
        } while (r == 0 && msg.type != MSG_COURIER_CHANNEL);
        return r;
}

static void a_portal_gets_a_channel_and_the_courier_its_number(void **state)
{
        struct world *w = *state;
        struct message msg;
        pid_t pid;
        int near = -1, far = -1;
        struct channel *worker = start_worker(w, &pid);

        ask_courier(w, worker);
        assert_int_equal(expect(w, CHILD_COURIER, MSG_PORTAL_CHANNEL, &msg, &far), 0);
        assert_int_equal(message_get_u64(&msg), PORTAL);
        assert_int_equal(courier_channel(worker, &near), 0);
        assert_true(near >= 0);
        assert_int_equal(write(near, "x", 1), 1);
        assert_int_equal(read(far, &(char){ 0 }, 1), 1);
        fd_close(&near);
        fd_close(&far);
        ask_courier(w, worker);         /* again at once: it has to wait, and nothing is made */
        assert_int_equal(courier_channel(worker, &near), 0);
        assert_int_equal(near, -1);
        assert_int_equal(expect(w, CHILD_COURIER, MSG_PORTAL_CHANNEL, &msg, &far), ERR_AGAIN);
        channel_free(&worker);
}

static void without_a_courier_a_portal_is_told_to_wait(void **state)
{
        struct world *w = *state;
        pid_t pid;
        int fd = -1;
        struct channel *worker = start_worker(w, &pid);

        channel_free(&w->sup.children[CHILD_COURIER].channel);
        ask_courier(w, worker);
        assert_int_equal(courier_channel(worker, &fd), 0);
        assert_int_equal(fd, -1);
        channel_free(&worker);
}

static void put_letters(struct world *w, bool there)
{
        char path[40];

        snprintf(path, sizeof path, "portals/%d/outbox", PORTAL);
        if (!there) {
                unlinkat(w->sup.data_fd, path, 0);
                return;
        }
        int fd = openat(w->sup.data_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        close(fd);
}

static void letters_wake_their_portal_after_a_job_and_only_where_mail_is(void **state)
{
        struct world *w = *state;
        int fd = -1;

        put_letters(w, true);
        outbox_look(&w->sup, PORTAL);
        assert_null(w->sup.workers);            /* this host sends none */
        snprintf(w->sup.config.mail_server, sizeof w->sup.config.mail_server, "mail.test:587");
        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 1, PORTAL);
        uint64_t token = take_spawn(w, &fd);

        fd_close(&fd);
        say_spawned(w, token, 0);               /* the job is over */
        take_spawn(w, &fd);                     /* and a worker is started */
        fd_close(&fd);
        assert_int_equal(w->sup.workers->kind, SPAWN_PORTAL);
        put_letters(w, false);
}

static void a_portal_that_runs_is_told_to_look_and_not_started_twice(void **state)
{
        struct world *w = *state;
        struct message msg;
        pid_t pid;
        int fd = -1, r;
        struct channel *worker = start_worker(w, &pid);

        snprintf(w->sup.config.mail_server, sizeof w->sup.config.mail_server, "mail.test:587");
        outbox_look(&w->sup, PORTAL);           /* no letters: nothing is said */
        put_letters(w, true);
        outbox_look_everywhere(&w->sup);
        run(w);
        unsigned looks = 0;

        while ((r = channel_receive(worker, &msg, &fd, NULL)) == 0) {
                fd_close(&fd);
                looks += msg.type == MSG_OUTBOX_LOOK;
        }
        assert_int_equal(r, ERR_AGAIN);
        assert_int_equal(looks, 1);
        assert_int_equal(workers_count(&w->sup, PORTAL, SPAWN_PORTAL), 1);
        loop_cancel_timer(&w->sup.outboxes);
        put_letters(w, false);
        channel_free(&worker);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(a_portal_gets_a_channel_and_the_courier_its_number),
                WORLD(without_a_courier_a_portal_is_told_to_wait),
                WORLD(letters_wake_their_portal_after_a_job_and_only_where_mail_is),
                WORLD(a_portal_that_runs_is_told_to_look_and_not_started_twice),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
