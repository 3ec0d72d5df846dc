/*
 * test_supervisor.c -- the supervisor against children that lie, flood, hide and die.
 *
 * The test is zygote, registry and edge at once: it holds the far ends of their channels. Workers are
 * real processes that sleep, so that a kill is seen to reach the one it was meant for.
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

/* ---- process ids ---- */

static void a_process_id_that_is_no_child_of_ours_is_not_believed(void **state)
{
        struct world *w = *state;
        int fd = -1;

        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        say_spawned(w, take_spawn(w, &fd), 1);
        fd_close(&fd);
        assert_null(w->sup.workers);
}

static void a_process_id_that_another_child_has_is_neither_believed_nor_killed(void **state)
{
        struct world *w = *state;
        pid_t edge = sleeper();
        int fd = -1;

        w->sup.children[CHILD_EDGE].pid = edge;
        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        say_spawned(w, take_spawn(w, &fd), (uint32_t)edge);
        fd_close(&fd);
        assert_null(w->sup.workers);
        tell(w, CHILD_REGISTRY, MSG_CONTAINER_REMOVE, 2, 1, PORTAL);
        assert_true(is_alive(edge));
        end(edge);
}

static void a_second_process_id_for_one_token_changes_nothing(void **state)
{
        struct world *w = *state;
        pid_t pid, other = sleeper();
        struct channel *worker = start_worker(w, &pid);

        say_spawned(w, w->sup.workers->token, (uint32_t)other);
        assert_int_equal(w->sup.workers->pid, pid);
        channel_free(&worker);
        end(other);
}

static void a_process_that_ended_before_it_was_named_is_known_to_have_ended(void **state)
{
        struct world *w = *state;
        pid_t pid = sleeper();
        int fd = -1;

        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        uint64_t token = take_spawn(w, &fd);

        end(pid);
        assert_false(workers_reap(&w->sup, pid, SIGKILL));
        say_spawned(w, token, (uint32_t)pid);
        assert_null(w->sup.workers);
        assert_int_equal(w->sup.ndead, 0);
        fd_close(&fd);
}

static void ends_of_strangers_are_not_remembered_when_nobody_is_awaited(void **state)
{
        struct world *w = *state;

        assert_false(workers_reap(&w->sup, 4711, 0));
        assert_int_equal(w->sup.ndead, 0);
}

/* ---- the zygote ---- */

static void what_is_asked_for_while_no_zygote_is_there_waits_for_the_next(void **state)
{
        struct world *w = *state;
        int fd = -1;

        channel_free(&w->sup.children[CHILD_ZYGOTE].channel);
        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 5, PORTAL);
        workers_zygote_gone(&w->sup);
        connect_child(w, CHILD_ZYGOTE);
        workers_zygote_back(&w->sup);
        assert_true(take_spawn(w, &fd) > 0);
        fd_close(&fd);
        assert_true(take_spawn(w, &fd) > 0);
        fd_close(&fd);
}

static void what_a_dead_zygote_had_not_forked_is_over(void **state)
{
        struct world *w = *state;
        struct message msg;
        int fd = -1;

        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 5, PORTAL);
        assert_true(take_spawn(w, &fd) > 0);
        fd_close(&fd);
        workers_zygote_gone(&w->sup);
        assert_null(w->sup.workers);
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_JOB_ENDED, &msg, NULL), 0);
        assert_int_equal(message_get_u64(&msg), 5);
}

/* ---- the edge ---- */

static void a_portal_without_a_container_is_not_woken_and_whoever_asks_is_told(void **state)
{
        struct world *w = *state;
        struct message msg;
        const uint64_t ids[] = { 0, ABSENT, UINT32_MAX, UINT64_MAX, UINT64_C(0x100000007) };

        for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
                tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, ids[i], 0);
                assert_int_equal(expect(w, CHILD_EDGE, MSG_PORTAL_DOWN, &msg, NULL), 0);
                assert_true(message_get_u64(&msg) == ids[i]);
        }
        assert_null(w->sup.workers);
        assert_int_equal(map_count(w->sup.portals), 0);
}

static void a_number_whose_uid_would_wrap_is_no_portal_s(void **state)
{
        struct world *w = *state;

        w->sup.config.uid_base = 4000000000u;
        assert_true(portals_is_id(&w->sup, 1));
        assert_false(portals_is_id(&w->sup, UINT32_MAX - 4000000000u - UID_PORTAL_FIRST));
        assert_false(portals_is_id(&w->sup, PORTAL_ID_MAX));
        assert_false(portals_is_id(&w->sup, 0));
}

static void the_edge_may_ask_a_thousand_times_and_no_worker_is_started_twice(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message msg;
        struct err err;
        int fd;

        for (int i = 0; i < 1000; i++) {
                tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
                fd = -1;
                while (channel_receive(worker, &msg, &fd, &err) == 0)
                        fd_close(&fd);
                if (i % 50 == 0)
                        count(w, CHILD_EDGE, MSG_PORTAL_DOWN);
        }
        assert_null(w->sup.workers->next);
        assert_true(is_alive(pid));
        channel_free(&worker);
}

static void a_worker_that_does_not_read_its_channel_is_ended_instead_of_queued_for(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        int status;

        for (int i = 0; i < 2000 && !w->sup.workers->doomed; i++) {
                tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
                if (i % 50 == 0)
                        count(w, CHILD_EDGE, MSG_PORTAL_DOWN);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        assert_true(workers_reap(&w->sup, pid, status));
        channel_free(&worker);
}

static void a_child_that_broke_the_protocol_cannot_make_the_supervisor_fall(void **state)
{
        struct world *w = *state;

        assert_int_equal(write(channel_fd(w->far[CHILD_EDGE]), "nonsense!", 9), 9);
        run(w);
        assert_false(channel_is_open(w->sup.children[CHILD_EDGE].channel));
        for (int i = 0; i < 5000; i++)
                portals_retire(&w->sup, PORTAL);
        portals_wake(&w->sup, PORTAL);
}

/* ---- portals ---- */

static void a_portal_that_floods_is_ended(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message msg CLEANUP_MESSAGE;
        int status;

        message_init(&msg, MSG_READY);
        for (int i = 0; i < 2000 && !w->sup.workers->doomed; i++) {
                int r = channel_send(worker, &msg, -1, NULL);

                (void)r;
                run(w);
        }
        assert_true(w->sup.workers->doomed);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFSIGNALED(status));
        assert_true(workers_reap(&w->sup, pid, status));
        channel_free(&worker);
}

static void a_portal_that_says_idle_again_and_again_makes_the_edge_be_told_once(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_IDLE);
        for (int i = 0; i < 100; i++) {
                assert_int_equal(channel_send(worker, &msg, -1, NULL), 0);
                run(w);
        }
        assert_true(w->sup.workers->retiring);
        assert_non_null(w->sup.workers->limit.loop);    /* it will be ended if it does not end */
        assert_int_equal(count(w, CHILD_EDGE, MSG_PORTAL_DETACH), 1);
        channel_free(&worker);
}

static void workers_that_never_said_idle_keep_their_portal_alive_after_a_boot(void **state)
{
        struct world *w = *state;
        pid_t pid;

        w->sup.config.workers = 1;
        struct channel *first = start_worker(w, &pid);
        struct message msg CLEANUP_MESSAGE;
        struct worker other = { .sup = &w->sup, .portal = PORTAL, .kind = SPAWN_PORTAL, .spawn_fd = -1 };

        w->sup.workers->next = &other;
        message_init(&msg, MSG_IDLE);
        assert_int_equal(channel_send(first, &msg, -1, NULL), 0);
        run(w);
        assert_false(w->sup.workers->retiring);
        w->sup.workers->next = NULL;
        channel_free(&first);
}

static void a_portal_that_closes_its_channel_has_little_time_left(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);

        channel_free(&worker);
        run(w);
        assert_non_null(w->sup.workers->limit.loop);
}

/* ---- the registry ---- */

static void make_tree(const struct world *w, unsigned depth)
{
        char path[100];

        snprintf(path, sizeof path, "%s/portals/%d", w->folder, PORTAL);
        int at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        for (unsigned i = 0; i < depth; i++) {
                int file = openat(at, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

                close(file);
                assert_int_equal(symlinkat("/", at, "link"), 0);
                assert_int_equal(mkdirat(at, "closed", 0), 0);
                assert_int_equal(mkdirat(at, "removing-1", 0700), 0);
                assert_int_equal(mkdirat(at, "down", 0700), 0);
                int next = openat(at, "down", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

                close(at);
                at = next;
                assert_true(at >= 0);
        }
        close(at);
}

static void a_removal_waits_for_the_last_job_and_takes_folders_of_any_depth(void **state)
{
        struct world *w = *state;
        struct message msg;
        char path[100];
        int fd = -1, status;
        struct stat st;

        make_tree(w, 200);
        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 5, PORTAL);
        uint64_t token = take_spawn(w, &fd);
        pid_t pid = sleeper();

        fd_close(&fd);
        say_spawned(w, token, (uint32_t)pid);
        tell(w, CHILD_REGISTRY, MSG_CONTAINER_REMOVE, 2, 6, PORTAL);
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_CONTAINER_DONE, &msg, NULL), ERR_AGAIN);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(workers_reap(&w->sup, pid, status));
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_CONTAINER_DONE, &msg, NULL), 0);
        assert_int_equal(message_get_u64(&msg), 6);
        assert_int_equal(message_get_str(&msg).n, 0);
        snprintf(path, sizeof path, "%s/portals/%d", w->folder, PORTAL);
        assert_int_equal(stat(path, &st), -1);
        assert_int_equal(map_count(w->sup.portals), 0);
}

static void a_process_named_after_its_portal_began_to_be_removed_is_killed(void **state)
{
        struct world *w = *state;
        struct message msg;
        int fd = -1, status;

        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        uint64_t token = take_spawn(w, &fd);
        pid_t pid = sleeper();

        tell(w, CHILD_REGISTRY, MSG_CONTAINER_REMOVE, 2, 6, PORTAL);
        say_spawned(w, token, (uint32_t)pid);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(workers_reap(&w->sup, pid, status));
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_CONTAINER_DONE, &msg, NULL), 0);
        fd_close(&fd);
}

static void nothing_is_started_in_a_portal_that_is_being_removed(void **state)
{
        struct world *w = *state;
        pid_t pid;
        struct channel *worker = start_worker(w, &pid);
        struct message msg;

        tell(w, CHILD_REGISTRY, MSG_CONTAINER_REMOVE, 2, 6, PORTAL);
        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 9, PORTAL);
        assert_int_equal(expect(w, CHILD_REGISTRY, MSG_JOB_ENDED, &msg, NULL), 0);
        assert_int_equal(message_get_u64(&msg), 9);
        tell(w, CHILD_EDGE, MSG_PORTAL_WAKE, 1, PORTAL, 0);
        assert_int_equal(expect(w, CHILD_EDGE, MSG_PORTAL_DOWN, &msg, NULL), 0);
        assert_null(w->sup.workers->next);
        channel_free(&worker);
}

static void an_answer_for_a_registry_that_has_died_does_not_reach_the_next(void **state)
{
        struct world *w = *state;
        int fd = -1, status;

        tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, 5, PORTAL);
        uint64_t token = take_spawn(w, &fd);
        pid_t pid = sleeper();

        fd_close(&fd);
        say_spawned(w, token, (uint32_t)pid);
        connect_child(w, CHILD_REGISTRY);
        w->sup.children[CHILD_REGISTRY].restarts++;
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(workers_reap(&w->sup, pid, status));
        assert_int_equal(count(w, CHILD_REGISTRY, MSG_JOB_ENDED), 0);
}

static void more_jobs_than_a_portal_may_have_are_refused_with_a_reason(void **state)
{
        struct world *w = *state;
        struct message msg;
        unsigned refused = 0;

        for (uint64_t i = 1; i <= 20; i++)
                tell(w, CHILD_REGISTRY, MSG_JOB_START, 2, i, PORTAL);
        while (expect(w, CHILD_REGISTRY, MSG_JOB_ENDED, &msg, NULL) == 0) {
                refused++;
                message_get_u64(&msg);
                message_get_u32(&msg);
                assert_true(message_get_str(&msg).n > 0);
        }
        assert_int_equal(refused, 12);
}

static void the_trust_anchor_is_written_once_in_a_registry_s_life(void **state)
{
        struct world *w = *state;
        struct err err;
        struct buf text CLEANUP_BUF = { 0 };

        for (int i = 0; i < 3; i++) {
                struct message msg CLEANUP_MESSAGE;

                message_init(&msg, MSG_TRUST_ANCHOR);
                message_put_bytes(&msg, i == 0 ? "first" : "other", 5);
                assert_int_equal(channel_send(w->far[CHILD_REGISTRY], &msg, -1, &err), 0);
                run(w);
        }
        assert_int_equal(fd_slurp(w->sup.data_fd, "ca.pem", 100, &text, &err), 0);
        assert_memory_equal(text.p, "first", 5);
        assert_int_equal(unlinkat(w->sup.data_fd, "ca.pem", 0), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(a_process_id_that_is_no_child_of_ours_is_not_believed),
                WORLD(a_process_id_that_another_child_has_is_neither_believed_nor_killed),
                WORLD(a_second_process_id_for_one_token_changes_nothing),
                WORLD(a_process_that_ended_before_it_was_named_is_known_to_have_ended),
                WORLD(ends_of_strangers_are_not_remembered_when_nobody_is_awaited),
                WORLD(what_is_asked_for_while_no_zygote_is_there_waits_for_the_next),
                WORLD(what_a_dead_zygote_had_not_forked_is_over),
                WORLD(a_portal_without_a_container_is_not_woken_and_whoever_asks_is_told),
                WORLD(a_number_whose_uid_would_wrap_is_no_portal_s),
                WORLD(the_edge_may_ask_a_thousand_times_and_no_worker_is_started_twice),
                WORLD(a_worker_that_does_not_read_its_channel_is_ended_instead_of_queued_for),
                WORLD(a_child_that_broke_the_protocol_cannot_make_the_supervisor_fall),
                WORLD(a_portal_that_floods_is_ended),
                WORLD(a_portal_that_says_idle_again_and_again_makes_the_edge_be_told_once),
                WORLD(workers_that_never_said_idle_keep_their_portal_alive_after_a_boot),
                WORLD(a_portal_that_closes_its_channel_has_little_time_left),
                WORLD(a_removal_waits_for_the_last_job_and_takes_folders_of_any_depth),
                WORLD(a_process_named_after_its_portal_began_to_be_removed_is_killed),
                WORLD(nothing_is_started_in_a_portal_that_is_being_removed),
                WORLD(an_answer_for_a_registry_that_has_died_does_not_reach_the_next),
                WORLD(more_jobs_than_a_portal_may_have_are_refused_with_a_reason),
                WORLD(the_trust_anchor_is_written_once_in_a_registry_s_life),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
