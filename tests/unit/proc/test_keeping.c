/*
 * test_keeping.c -- a job keeps a sealed backup when it is told that what came was all, and nothing otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../store/folder.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "people/client_key.h"
#include "proc/job/orders.h"
#include "store/audit.h"

#define CLIENT "1333a753f10bc0a2ff8313d7c38d0f6577dd39c62a201b5dc8687602465086d9"

enum { SIZE = 50000, ROOM = 1 << 20 };          /* bytes; a pipe holds them all */

static char folder[FOLDER_MAX], *home, data[SIZE];
static struct job job;
static struct channel *registry;
static struct err err;

static int make(void **state)
{
        static const struct store_options options = { .create = true };
        struct store *store CLEANUP_STORE = NULL;
        int fds[2];

        (void)state;
        folder_make(folder);
        home = getcwd(NULL, 0);
        for (size_t i = 0; i < sizeof data; i++)
                data[i] = (char)(i * 7 + i / 251);
        if (home == NULL || store_open(folder, &options, &store, NULL) < 0 || chdir(folder) < 0 ||
            channel_pair(fds, NULL) < 0)
                return -1;
        registry = channel_new(fds[0], PEER_REGISTRY, PEER_JOB);
        job = (struct job){ .registry = channel_new(fds[1], PEER_JOB, PEER_REGISTRY) };
        return 0;
}

static int drop(void **state)
{
        int r = chdir(home);

        (void)state;
        channel_free(&registry);
        channel_free(&job.registry);
        free(home);
        folder_drop(folder);
        return r;
}

static void say_whole(uint64_t bytes, struct str digest)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_WHOLE);
        message_put_u64(&msg, bytes);
        message_put_str(&msg, digest);
        message_put_text(&msg, CLIENT);
        assert_int_equal(channel_send(registry, &msg, -1, NULL), 0);
}

/* The order, with so many bytes of data in its pipe, and the word about them. */
static int keep(uint64_t room, size_t comes, uint64_t told, struct str digest)
{
        struct message msg CLEANUP_MESSAGE, order = { 0 };
        int ends[2], fd = -1;

        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        assert_int_equal(fd_write_all(ends[1], data, comes, NULL), 0);
        close(ends[1]);
        message_init(&msg, MSG_JOB_KEEP);
        message_put_u64(&msg, 12);
        message_put_u64(&msg, room);
        message_put_u64(&msg, 7);
        assert_int_equal(channel_send(registry, &msg, ends[0], NULL), 0);
        close(ends[0]);
        say_whole(told, digest);
        assert_int_equal(job_await(&job, &order, &fd, NULL), 0);
        int r = order_keep(&job, &order, fd, &err), none = -1;

        close(fd);
        while (channel_receive(job.registry, &order, &none, NULL) == 0)
                continue;               /* what a job that failed early has not heard */
        return r;
}

static struct str digest_hex_of(size_t n)
{
        static char hex[DIGEST_HEX_LEN + 1];
        struct digest digest;

        digest_of(str_make(data, n), &digest);
        digest_hex(&digest, hex);
        return str_of(hex);
}

static bool is_there(const char *name)
{
        return access(name, F_OK) == 0;
}

static struct client_copy noted(struct arena *arena, int64_t *records)
{
        static const struct store_options options = { .busy_ms = 100 };
        struct store *store CLEANUP_STORE = NULL;
        struct store_audit_record *rows = NULL;
        struct client_copy copy;
        size_t n = 0;

        assert_int_equal(store_open(".", &options, &store, NULL), 0);
        assert_int_equal(client_copy_load(store, arena, &copy, NULL), 0);
        assert_int_equal(store_audit_list_back(store, 0, 10, arena, &rows, &n, NULL), 0);
        *records = (int64_t)n;
        if (n > 0) {
                assert_true(str_is(rows[0].action, "portal.backup-sealed"));
                assert_int_equal(rows[0].actor, 7);
                assert_true(str_is(rows[0].detail, "{\"backup\":12,\"client\":\"" CLIENT "\"}"));
        }
        return copy;
}

static void nothing_is_kept(void)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        int64_t records = -1;

        assert_false(is_there("sealed.esdk"));
        assert_false(is_there("sealed.part"));
        assert_int_equal(noted(arena, &records).backup, 0);
        assert_int_equal(records, 0);
}

static void what_came_whole_is_kept_noted_and_logged(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf file CLEANUP_BUF = { 0 };
        struct stat st;
        int64_t records = 0;

        (void)state;
        assert_int_equal(keep(ROOM, SIZE, SIZE, digest_hex_of(SIZE)), 0);
        assert_int_equal(fd_slurp(AT_FDCWD, "sealed.esdk", ROOM, &file, NULL), 0);
        assert_true(str_eq(buf_str(&file), str_make(data, SIZE)));
        assert_int_equal(stat("sealed.esdk", &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_true(st.st_blocks * 512 < 2 * SIZE);     /* the room that was taken is given back */
        assert_false(is_there("sealed.part"));
        struct client_copy copy = noted(arena, &records);

        assert_int_equal(copy.backup, 12);
        assert_true(str_is(copy.client, CLIENT));
        assert_int_equal(records, 1);
}

static void what_did_not_come_whole_leaves_nothing(void **state)
{
        (void)state;
        assert_int_equal(keep(ROOM, SIZE - 1, SIZE, digest_hex_of(SIZE)), ERR_GONE);
        nothing_is_kept();
        assert_int_equal(keep(ROOM, SIZE, SIZE, digest_hex_of(SIZE - 1)), ERR_GONE);
        nothing_is_kept();
        assert_int_equal(keep(ROOM, SIZE, 0, STR("")), ERR_GONE);
        nothing_is_kept();
        assert_int_equal(keep(ROOM, 0, 0, digest_hex_of(0)), ERR_GONE);
        nothing_is_kept();
}

static void what_is_longer_than_its_room_or_has_none_leaves_nothing(void **state)
{
        (void)state;
        assert_int_equal(keep(SIZE - 1, SIZE, SIZE, digest_hex_of(SIZE)), ERR_LIMIT);
        nothing_is_kept();
        assert_true(keep((uint64_t)1 << 61, SIZE, SIZE, digest_hex_of(SIZE)) < 0);
        nothing_is_kept();
        assert_int_equal(keep(UINT64_MAX, SIZE, SIZE, digest_hex_of(SIZE)), ERR_PROTOCOL);
        nothing_is_kept();
}

static void touch(const char *name, int64_t age)
{
        int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const struct timespec times[2] = { { .tv_sec = time(NULL) - age }, { .tv_sec = time(NULL) - age } };

        assert_true(fd >= 0);
        assert_int_equal(futimens(fd, times), 0);
        close(fd);
}

static void what_waits_goes_after_a_day_and_what_nobody_finishes_after_an_hour(void **state)
{
        (void)state;
        touch("sealed.esdk", 2 * 3600);
        touch("sealed.part", 1800);
        touch("takeaway.zip", KEPT_SECONDS + 1);
        touch("takeaway.part", 2 * 3600);
        kept_expire(KEPT_ALL, KEPT_SECONDS);
        assert_true(is_there("sealed.esdk"));
        assert_true(is_there("sealed.part"));
        assert_false(is_there("takeaway.zip"));
        assert_false(is_there("takeaway.part"));
        kept_expire(KEPT_EXPORT, 0);
        assert_true(is_there("sealed.esdk"));
        kept_expire(KEPT_BACKUP, 0);
        assert_false(is_there("sealed.esdk"));
        assert_false(is_there("sealed.part"));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(what_came_whole_is_kept_noted_and_logged, make, drop),
                cmocka_unit_test_setup_teardown(what_did_not_come_whole_leaves_nothing, make, drop),
                cmocka_unit_test_setup_teardown(what_is_longer_than_its_room_or_has_none_leaves_nothing, make, drop),
                cmocka_unit_test_setup_teardown(what_waits_goes_after_a_day_and_what_nobody_finishes_after_an_hour,
                                                make, drop),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
