/*
 * test_work.c -- the walls leave an honest portal room to work: SQLite in all its moods, a
 * connection that was handed over, and an orderly end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "jail.h"
#include "outbound/outbound.h"
#include "proc/profiles.h"
#include "stranger.h"

static enum sandbox_mode mode;
static struct jail jail;

/* One statement after the other; the first that fails is named. */
static void run_sql(int out, sqlite3 *db, const char *const *list)
{
        for (size_t i = 0; list[i] != NULL; i++) {
                char *why = NULL;

                if (sqlite3_exec(db, list[i], NULL, NULL, &why) != SQLITE_OK) {
                        dprintf(out, "%s: %s", list[i], why);
                        return;
                }
        }
}

static void copy_database(int out, sqlite3 *db)
{
        sqlite3 *copy;

        if (sqlite3_open("copy.db", &copy) != SQLITE_OK) {
                dprintf(out, "open copy.db");
                return;
        }
        sqlite3_backup *backup = sqlite3_backup_init(copy, "main", db, "main");

        if (backup == NULL || sqlite3_backup_step(backup, -1) != SQLITE_DONE)
                dprintf(out, "backup: %s", sqlite3_errmsg(copy));
        sqlite3_backup_finish(backup);
        sqlite3_close(copy);
        unlink("copy.db");
}

static void use_sqlite(int out, const void *ctx)
{
        static const char *const work[] = {
                "pragma journal_mode=wal", "pragma synchronous=full", "pragma temp_store=memory",
                "pragma busy_timeout=1000", "pragma mmap_size=1048576",
                "create table t(id integer primary key, b text)",
                "create virtual table f using fts5(title, body)", "begin immediate",
                "with recursive n(x) as (select 1 union all select x+1 from n where x<2000) "
                "insert into t(b) select hex(randomblob(300)) from n",
                "insert into f values('welcome', 'to the reading room')", "commit",
                "select count(*) from (select * from t order by b)",
                "select * from f where f match 'reading'",
                "savepoint s", "delete from t where id<9",
                "rollback to s", "release s", "pragma wal_checkpoint(truncate)", "delete from t",
                "vacuum", "pragma optimize", "pragma integrity_check", "vacuum into 'snapshot.db'",
                "pragma journal_mode=delete", "insert into t(b) values('x')",
                "pragma journal_mode=wal", NULL,
        };
        sqlite3 *db;

        (void)ctx;
        if (sqlite3_open("work.db", &db) != SQLITE_OK) {
                dprintf(out, "open: %s", sqlite3_errmsg(db));
                return;
        }
        run_sql(out, db, work);
        copy_database(out, db);
        sqlite3_close(db);
        unlink("snapshot.db");
        unlink("work.db");
        dprintf(out, "done");
}

static void sqlite_works(const struct profile *profile)
{
        struct jail_end end;

        jail_run(&jail, profile, use_sqlite, NULL, &end);
        assert_false(jail_died_by_seccomp(&end));
        assert_string_equal(end.text, "done");
        assert_int_equal(end.status, 0);
}

static void a_portal_can_do_all_that_sqlite_does(void **state)
{
        (void)state;
        sqlite_works(&portal_profile);
}

static void a_job_can_do_all_that_sqlite_does(void **state)
{
        (void)state;
        sqlite_works(&job_profile);
}

static void the_registry_can_do_all_that_sqlite_does(void **state)
{
        (void)state;
        sqlite_works(&registry_profile);
}

static void replace_files(int out, const void *ctx)
{
        (void)ctx;
        int dir CLEANUP_FD = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct err err;

        if (mkdir("import", 0700) < 0)
                dprintf(out, "mkdir ");
        if (fd_replace(dir, "tls/key.der", 0600, "new", 3, &err) < 0)
                dprintf(out, "%s ", err.text);
        if (rmdir("import") < 0)
                dprintf(out, "rmdir ");
        dprintf(out, "done");
}

static void a_job_can_replace_a_key_in_one_step(void **state)
{
        struct jail_end end;

        (void)state;
        jail_run(&jail, &job_profile, replace_files, NULL, &end);
        assert_string_equal(end.text, "done");
}

/* A connection, as the edge hands it over: in a message, on a channel. */

static int accepted_connection(int *client)
{
        struct sockaddr_in at = { .sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t n = sizeof at;
        int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_int_equal(bind(listener, (const struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(listen(listener, 1), 0);
        assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &n), 0);
        *client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_int_equal(connect(*client, (const struct sockaddr *)&at, sizeof at), 0);
        int accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        assert_true(accepted >= 0);
        close(listener);
        return accepted;
}

union control {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
};

static void pass(int channel, int fd)
{
        union control control = { .room = { 0 } };
        char byte = 'c';
        struct iovec io = { &byte, 1 };
        struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control.room,
                              .msg_controllen = sizeof control.room };
        struct cmsghdr *head = CMSG_FIRSTHDR(&msg);

        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        assert_int_equal(sendmsg(channel, &msg, 0), 1);
}

static int take(int channel)
{
        union control control = { .room = { 0 } };
        char byte;
        struct iovec io = { &byte, 1 };
        struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1, .msg_control = control.room,
                              .msg_controllen = sizeof control.room };
        int fd = -1;

        if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&msg) != NULL)
                memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof fd);
        return fd;
}

static void serve_one(int out, const void *ctx)
{
        int fd = take(*(const int *)ctx);
        int loop = epoll_create1(EPOLL_CLOEXEC);
        int one = 1, error = -1;
        socklen_t n = sizeof error;
        struct sockaddr_in far;
        socklen_t far_size = sizeof far;
        struct epoll_event event = { .events = EPOLLIN | EPOLLET };
        char request[64];

        if (fd < 0 || epoll_ctl(loop, EPOLL_CTL_ADD, fd, &event) < 0 ||
            epoll_wait(loop, &event, 1, 5000) != 1)
                dprintf(out, "no connection ");
        if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) < 0 ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0 || error != 0)
                dprintf(out, "options ");
        if (getpeername(fd, (struct sockaddr *)&far, &far_size) < 0 ||
            far.sin_addr.s_addr != htonl(INADDR_LOOPBACK))
                dprintf(out, "no address ");
        if (read(fd, request, sizeof request) != 5 || write(fd, "answer", 6) != 6)
                dprintf(out, "no talk ");
        shutdown(fd, SHUT_RDWR);
        dprintf(out, "done");
}

static void a_portal_can_serve_a_connection_that_is_handed_to_it(void **state)
{
        int channel[2], client;
        struct jail_end end;
        char answer[6];
        int spare = jail.socket;

        (void)state;
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), 0);
        int connection = accepted_connection(&client);

        jail.socket = channel[1];       /* the one descriptor that stays open */
        struct jail_running running = jail_start(&jail, &portal_profile, serve_one, &channel[1]);

        jail.socket = spare;
        pass(channel[0], connection);
        close(connection);
        assert_int_equal(write(client, "hello", 5), 5);
        assert_int_equal(fd_read_all(client, answer, sizeof answer, NULL), 0);
        assert_memory_equal(answer, "answer", sizeof answer);
        jail_finish(running, &end);
        assert_string_equal(end.text, "done");
        close(client);
        close(channel[0]);
        close(channel[1]);
}

/* Things an ordinary process may do without dying. */

static void small_things(int out, const void *ctx)
{
        void *big = malloc(32 * MIB);
        void *locked = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        struct stat st;

        (void)ctx;
        if (big == NULL || locked == MAP_FAILED || mlock(locked, 4096) < 0)
                dprintf(out, "memory ");
        free(big);
        if (getpid() <= 0 || sysconf(_SC_OPEN_MAX) <= 0 || sysconf(_SC_PHYS_PAGES) <= 0)
                dprintf(out, "facts ");
        if (stat("portal.db", &st) < 0 || access("portal.db", R_OK) < 0)
                dprintf(out, "files ");
        if (open("/nowhere", O_RDONLY | O_CLOEXEC) >= 0)
                dprintf(out, "nowhere ");
        dprintf(out, "done");
}

static void an_ordinary_process_does_not_die_of_small_things(void **state)
{
        struct jail_end end;

        (void)state;
        jail_run(&jail, &portal_profile, small_things, NULL, &end);
        assert_string_equal(end.text, "done");
}

static void stop_hard(int out, const void *ctx)
{
        (void)out;
        (void)ctx;
        abort();
}

/*
 * In a process namespace abort(3) works as everywhere; without one it ends by the filter: also an
 * end.
 */
static void abort_ends_the_process(void **state)
{
        struct jail_end end;

        (void)state;
        jail_run(&jail, &portal_profile, stop_hard, NULL, &end);
        assert_true(WIFSIGNALED(end.status));
        if (mode != SANDBOX_MINIMUM)
                assert_false(jail_died_by_seccomp(&end));
}

static int make(void **state)
{
        (void)state;
        jail_make(&jail, mode);
        return 0;
}

static int remove_all(void **state)
{
        (void)state;
        jail_remove(&jail);
        return 0;
}

/* ---- the courier ---- */

static void on_fetched(void *ctx, const struct outbound_answer *answer, const struct err *why)
{
        int out = *(int *)ctx;

        if (answer != NULL)
                dprintf(out, "status %u", answer->status);
        else
                dprintf(out, "%s", why->text);
        _exit(0);
}

struct question {
        struct outbound *outbound;      /* made before the walls */
        char url[100];
};

static void ask_outside(int out, const void *ctx)
{
        const struct question *q = ctx;
        struct origin origin;
        struct str path;
        struct loop *loop;

        if (loop_new(&loop, NULL) < 0 || origin_of_url(str_of(q->url), &origin, &path, NULL) < 0)
                return;
        outbound_start(q->outbound, loop);
        if (outbound_fetch(q->outbound, &origin, str_of(q->url), STR(""), STR("a=b"), on_fetched, &out) !=
            NULL && loop_run(loop, NULL) < 0)
                dprintf(out, "the loop ended");
}

/* A name server is asked, a connection made, TLS spoken, a form sent and answered. */
static void the_courier_can_ask_another_machine(void **state)
{
        struct stranger stranger;
        struct question q = { .outbound = NULL };
        struct jail_end end;

        (void)state;
        stranger_begin(&stranger);
        const struct outbound_settings settings = {
                .fetch_authorities = buf_str(&stranger.authority), .private_addresses = true,
                .name_servers = str_of(stranger.name_servers),
        };

        snprintf(q.url, sizeof q.url, "https://login.localhost:%u/echo", stranger.port);
        assert_int_equal(outbound_new(&settings, &q.outbound, NULL), 0);
        jail_run(&jail, &courier_profile, ask_outside, &q, &end);
        assert_string_equal(end.text, "status 200");
        assert_int_equal(end.status, 0);
        outbound_free(&q.outbound);
        stranger_end(&stranger);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_portal_can_do_all_that_sqlite_does),
                cmocka_unit_test(a_job_can_do_all_that_sqlite_does),
                cmocka_unit_test(the_registry_can_do_all_that_sqlite_does),
                cmocka_unit_test(a_job_can_replace_a_key_in_one_step),
                cmocka_unit_test(a_portal_can_serve_a_connection_that_is_handed_to_it),
                cmocka_unit_test(an_ordinary_process_does_not_die_of_small_things),
                cmocka_unit_test(abort_ends_the_process),
                cmocka_unit_test(the_courier_can_ask_another_machine),
        };

        mode = jail_begin(argc, argv);
        return cmocka_run_group_tests(tests, make, remove_all);
}
