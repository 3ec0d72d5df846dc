/*
 * test_registry.c -- the registry's tasks, whatever order the others' messages come in.
 *
 * The test is supervisor, edge, job and command line at once: it holds the far ends of their channels.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "proc/registry/registry.h"
#include "tls/key.h"

struct registry registry;

static struct channel *supervisor, *cli;
static char folder[64];

/* ---- the world around it ---- */

static void from_supervisor(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        task_on_message(&registry, PEER_SUPERVISOR, msg, fd);
}

static int set_up(void **state)
{
        struct err err;
        char path[100];
        int pair[2];

        (void)state;
        memset(&registry, 0, sizeof registry);
        registry.control_fd = -1;
        registry.host = "localhost";
        registry.port = 443;
        snprintf(folder, sizeof folder, "/tmp/carrel-registry-XXXXXX");
        assert_non_null(mkdtemp(folder));
        snprintf(path, sizeof path, "%s/registry.db", folder);
        assert_int_equal(registry_open(path, &registry.store, &err), 0);
        assert_int_equal(channel_pair(pair, &err), 0);
        assert_int_equal(service_start(&registry.service, PEER_REGISTRY, pair[0], from_supervisor, NULL,
                                       &err), 0);
        supervisor = channel_new(pair[1], PEER_SUPERVISOR, PEER_REGISTRY);
        return 0;
}

static int tear_down(void **state)
{
        static const char *const files[] = { "registry.db", "registry.db-wal", "registry.db-shm" };
        char path[120];

        (void)state;
        while (registry.tasks != NULL)
                task_end(registry.tasks);
        channel_free(&registry.service.supervisor);
        channel_free(&supervisor);
        loop_free(&registry.service.loop);
        tls_authority_free(&registry.authority);
        store_close(&registry.store);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                snprintf(path, sizeof path, "%s/%s", folder, files[i]);
                unlink(path);
        }
        return rmdir(folder);
}

static void run(void)
{
        struct err err;

        for (int i = 0; i < 20; i++)
                assert_int_equal(loop_once(registry.service.loop, 0, &err), 0);
}

/* The next message of this type from the registry; others are passed over. */
static int expect(struct channel *at, enum message_type type, struct message *msg)
{
        struct err err;

        run();
        for (;;) {
                int fd = -1, r = channel_receive(at, msg, &fd, &err);

                fd_close(&fd);
                if (r < 0 || msg->type == type)
                        return r;
        }
}

static void say(enum message_type type, uint64_t token, uint32_t number, const char *text)
{
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        message_init(&msg, type);
        message_put_u64(&msg, token);
        if (type == MSG_JOB_ENDED || type == MSG_PORTAL_WATCHED)
                message_put_u32(&msg, number);
        message_put_text(&msg, text);
        assert_int_equal(channel_send(supervisor, &msg, -1, &err), 0);
        run();
}

/* The job's end of a channel that the registry has been given. */
static struct channel *open_job(uint64_t token)
{
        struct message msg CLEANUP_MESSAGE;
        struct err err;
        int pair[2];

        assert_int_equal(channel_pair(pair, &err), 0);
        message_init(&msg, MSG_JOB_CHANNEL);
        message_put_u64(&msg, token);
        assert_int_equal(channel_send(supervisor, &msg, pair[0], &err), 0);
        close(pair[0]);
        run();
        return channel_new(pair[1], PEER_JOB, PEER_REGISTRY);
}

static void job_says_done(struct channel *job, uint32_t code)
{
        struct message msg CLEANUP_MESSAGE;
        int r;

        message_init(&msg, MSG_JOB_DONE);
        message_put_u32(&msg, code);
        message_put_text(&msg, "what the job says");
        message_put_text(&msg, "{}");
        r = channel_send(job, &msg, -1, NULL);  /* the registry may have closed it already */
        (void)r;
}

/* ---- a task that counts ---- */

static struct {
        unsigned opened, done, freed;
        int code;
        char sentence[400];
} seen;

static void on_open(struct task *task)
{
        (void)task;
        seen.opened++;
}

static void on_done(struct task *task, int code, struct str sentence, struct str json)
{
        (void)json;
        seen.done++;
        seen.code = code;
        snprintf(seen.sentence, sizeof seen.sentence, "%.*s", STR_ARG(sentence));
        task_end(task);
}

static void on_free(struct task *task)
{
        (void)task;
        seen.freed++;
}

static struct task *counting_task(void)
{
        struct task *task = task_new(sizeof *task, NULL, 1);

        memset(&seen, 0, sizeof seen);
        task->job_open = on_open;
        task->job_done = on_done;
        task->free = on_free;
        task_start_job(task);
        return task;
}

static void assert_over(int code)
{
        assert_int_equal(seen.done, 1);
        assert_int_equal(seen.freed, 1);
        assert_int_equal(seen.code, code);
        assert_null(registry.tasks);
}

static void a_result_is_delivered_once_when_the_job_speaks_first(void **state)
{
        uint64_t token = counting_task()->token;
        struct channel *job = open_job(token);

        (void)state;
        job_says_done(job, 0);
        job_says_done(job, 0);
        channel_free(&job);
        run();
        say(MSG_JOB_ENDED, token, 0, "");
        assert_over(0);
}

static void a_result_is_delivered_once_when_the_end_is_known_first(void **state)
{
        uint64_t token = counting_task()->token;
        struct channel *job = open_job(token);

        (void)state;
        say(MSG_JOB_ENDED, token, 0, "");
        assert_int_equal(seen.done, 0);         /* its last words are still to come */
        job_says_done(job, 0);
        channel_free(&job);
        run();
        assert_over(0);
}

static void a_job_that_dies_without_a_word_has_failed_in_either_order(void **state)
{
        (void)state;
        for (int closed_first = 0; closed_first < 2; closed_first++) {
                uint64_t token = counting_task()->token;
                struct channel *job = open_job(token);

                if (closed_first)
                        channel_free(&job);
                run();
                assert_int_equal(seen.done, 0);
                say(MSG_JOB_ENDED, token, 9, "");
                channel_free(&job);
                run();
                assert_over(ERR_IO);
                assert_non_null(strstr(seen.sentence, "nothing was changed"));
        }
}

static void a_job_that_never_starts_has_failed_with_the_reason(void **state)
{
        uint64_t token = counting_task()->token;

        (void)state;
        say(MSG_JOB_ENDED, token, 1 << 8, "too many jobs");
        say(MSG_JOB_ENDED, token, 1 << 8, "too many jobs");
        assert_over(ERR_IO);
        assert_string_equal(seen.sentence, "too many jobs");
        assert_int_equal(seen.opened, 0);
}

static void a_job_that_breaks_the_protocol_has_failed_at_once(void **state)
{
        struct channel *job = open_job(counting_task()->token);

        (void)state;
        assert_int_equal(write(channel_fd(job), "nonsense!", 9), 9);
        run();
        assert_over(ERR_IO);
        channel_free(&job);
}

static void a_number_that_is_no_error_s_is_a_failure(void **state)
{
        static const uint32_t numbers[] = { 14, 0x7fffffff, 0x80000000u, 0xffffffffu };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
                struct channel *job = open_job(counting_task()->token);

                job_says_done(job, numbers[i]);
                run();
                assert_over(ERR_IO);
                channel_free(&job);
        }
}

static void messages_a_task_has_not_asked_for_are_dropped(void **state)
{
        struct task *task = task_new(sizeof *task, NULL, 1);
        uint64_t token = task->token;
        struct channel *job = open_job(token);

        (void)state;
        say(MSG_CONTAINER_DONE, token, 0, "");
        say(MSG_JOB_ENDED, token, 0, "");
        say(MSG_PORTAL_WATCHED, token, 1, "");
        say(MSG_STATUS_TELL, token, 0, "{}");
        say(MSG_JOB_ENDED, UINT64_MAX, 0, "");
        assert_ptr_equal(registry.tasks, task);
        channel_free(&job);
}

static void ask_for_certificate(struct channel *job)
{
        struct message msg CLEANUP_MESSAGE;
        struct buf key CLEANUP_BUF = { 0 }, public CLEANUP_BUF = { 0 };
        struct err err;

        assert_int_equal(tls_key_new(&key, &err), 0);
        assert_int_equal(tls_key_public(buf_str(&key), &public, &err), 0);
        message_init(&msg, MSG_JOB_KEY);
        message_put_bytes(&msg, public.p, public.n);
        assert_int_equal(channel_send(job, &msg, -1, &err), 0);
}

static void a_job_gets_one_certificate_and_is_cut_off_when_it_asks_again(void **state)
{
        struct task *task = counting_task();
        struct channel *job = open_job(task->token);
        struct message msg;
        struct err err;

        (void)state;
        assert_int_equal(tls_authority_new(STR("localhost"), &registry.authority, &err), 0);
        task->host = STR("acme.localhost");
        ask_for_certificate(job);
        assert_int_equal(expect(job, MSG_JOB_CERTIFICATE, &msg), 0);
        ask_for_certificate(job);
        assert_int_equal(expect(job, MSG_JOB_CERTIFICATE, &msg), ERR_GONE);
        say(MSG_JOB_ENDED, task->token, 0, "");
        assert_over(ERR_IO);
        channel_free(&job);
}

/* ---- creations ---- */

static const struct registry_portal throw_away = {
        .name = { "isolation-test", 14 }, .title = { "T", 1 }, .language = { "en", 2 }, .owner = { "", 0 },
        .created = 1,
};

static void never_created(struct task *owner, int64_t id, const struct json *answer, const struct err *err)
{
        (void)owner;
        (void)id;
        (void)answer;
        (void)err;
        fail_msg("the owner has ended");
}

static void a_creation_whose_owner_has_ended_is_undone_and_tells_nobody(void **state)
{
        struct task *owner = task_new(sizeof *owner, NULL, 0);
        struct message msg;

        (void)state;
        creation_start(owner, &throw_away, false, -1, never_created);
        assert_int_equal(expect(supervisor, MSG_CONTAINER_MAKE, &msg), 0);
        uint64_t token = message_get_u64(&msg);
        uint64_t portal = message_get_u64(&msg);

        task_end(owner);
        say(MSG_CONTAINER_DONE, token, 0, "");
        struct channel *job = open_job(token);

        job_says_done(job, 0);
        assert_int_equal(expect(supervisor, MSG_CONTAINER_REMOVE, &msg), 0);
        token = message_get_u64(&msg);
        assert_true(message_get_u64(&msg) == portal);
        say(MSG_CONTAINER_DONE, token, 0, "");
        assert_null(registry.tasks);
        channel_free(&job);
}

static void a_portal_is_removed_by_one_task_however_often_it_is_asked_for(void **state)
{
        struct message msg;

        (void)state;
        for (int i = 0; i < 3; i++)
                removal_start(&registry, 5);
        assert_int_equal(expect(supervisor, MSG_CONTAINER_REMOVE, &msg), 0);
        assert_int_equal(expect(supervisor, MSG_CONTAINER_REMOVE, &msg), ERR_AGAIN);
        assert_null(registry.tasks->next);
}

/* ---- the command line ---- */

static void no_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

static bool client_gone;

static void client_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        client_gone = true;
}

static struct client *connect_client(void)
{
        struct client *client = xalloc(sizeof *client);
        struct err err;
        int pair[2];

        client_gone = false;
        assert_int_equal(channel_pair(pair, &err), 0);
        client->reg = &registry;
        client->channel = channel_new(pair[0], PEER_REGISTRY, PEER_CLI);
        assert_int_equal(channel_watch(client->channel, registry.service.loop, no_message, client_closed,
                                       client, &err), 0);
        cli = channel_new(pair[1], PEER_CLI, PEER_REGISTRY);
        return client;
}

static void disconnect_client(struct client *client)
{
        channel_free(&client->channel);
        channel_free(&cli);
        free(client);
}

static void a_sentence_that_is_too_long_or_cut_in_a_character_still_refuses(void **state)
{
        struct client *client = connect_client();
        struct message msg;
        char sentence[9001];

        (void)state;
        for (size_t i = 0; i + 3 < sizeof sentence; i += 3)
                memcpy(sentence + i, "\xe2\x82\xac", 3);
        sentence[sizeof sentence - 1] = '\0';
        client_refuse(client, ERR_INVALID, sentence);
        assert_int_equal(expect(cli, MSG_REFUSAL, &msg), 0);
        assert_int_equal(message_get_u32(&msg), -ERR_INVALID);
        assert_true(message_get_str(&msg).n > 1000);
        client_refuse(client, ERR_INVALID, "cut: \xe2\x82");
        assert_int_equal(expect(cli, MSG_REFUSAL, &msg), 0);
        assert_int_equal(message_get_u32(&msg), -ERR_INVALID);
        assert_true(str_is(message_get_str(&msg), "cut: "));
        disconnect_client(client);
}

static void notes_without_number_leave_room_for_the_answer(void **state)
{
        struct client *client = connect_client();
        struct message msg;
        unsigned notes = 0, answers = 0;
        bool said = false;
        char text[300];

        (void)state;
        memset(text, 'n', sizeof text);
        for (int i = 0; i < 50000; i++)         /* nobody reads meanwhile */
                client_remark(client, 2, STR("file.md"), 1, str_make(text, sizeof text));
        client_answer_text(client, STR("{}"));
        for (int fd = -1; run(), channel_receive(cli, &msg, &fd, NULL) == 0;) {
                notes += msg.type == MSG_REMARK;
                answers += msg.type == MSG_ANSWER;
                if (msg.type != MSG_REMARK)
                        continue;
                message_get_u32(&msg);
                message_get_str(&msg);
                message_get_u32(&msg);
                said = str_find_str(message_get_str(&msg), STR("left out")) >= 0;
        }
        assert_true(notes > 5000);
        assert_true(said);
        assert_int_equal(answers, 1);
        disconnect_client(client);
}

static void an_answer_that_finds_no_room_ends_the_connection(void **state)
{
        struct client *client = connect_client();
        size_t n = 8 * 1024 * 1024;
        char *text = xalloc(n);

        (void)state;
        memset(text, ' ', n);
        client_answer_text(client, str_make(text, n));
        run();
        assert_true(client_gone);
        free(text);
        disconnect_client(client);
}

static void the_edge_cannot_speak_for_the_supervisor(void **state)
{
        struct client *client = connect_client();
        struct message msg;
        struct err err;
        struct json *answer CLEANUP_JSON = NULL;

        (void)state;
        command_status(client, NULL, -1);
        const char *lie = "{\"processes\":[],\"isolation\":\"strict\"}";
        struct message from_edge CLEANUP_MESSAGE;
        uint64_t token = registry.tasks->token;
        uint8_t bytes[200];

        message_init(&from_edge, MSG_STATUS_TELL);
        message_put_u64(&from_edge, token);
        message_put_text(&from_edge, lie);
        memcpy(bytes, from_edge.own, MESSAGE_HEADER + from_edge.n);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(message_parse(&msg, PEER_EDGE, PEER_REGISTRY, bytes,
                                               MESSAGE_HEADER + from_edge.n, false, &err), 0);
                task_on_message(&registry, PEER_EDGE, &msg, -1);
        }
        say(MSG_STATUS_TELL, token, 0, "{\"processes\":[],\"isolation\":\"standard\"}");
        assert_int_equal(expect(cli, MSG_ANSWER, &msg), 0);
        message_get_u32(&msg);
        assert_int_equal(json_parse(message_get_str(&msg), &answer, &err), 0);
        assert_true(str_is(json_get_text(answer, "isolation"), "standard"));
        disconnect_client(client);
}

/* ---- the courier ---- */

/* The next message to the courier, as "TYPE portal text". */
static const char *told(struct channel *courier, struct buf *out)
{
        struct message msg;
        int fd = -1;

        buf_clear(out);
        if (channel_receive(courier, &msg, &fd, NULL) < 0)
                return "nothing";
        buf_puts(out, message_row(msg.type)->name);
        if (msg.type != MSG_ALLOW_BEGIN && msg.type != MSG_ALLOW_END) {
                buf_printf(out, " %llu", (unsigned long long)message_get_u64(&msg));
                struct str text = message_get_str(&msg);

                buf_printf(out, " %.*s", STR_ARG(text));
        }
        return buf_cstr(out);
}

static int64_t add_portal(const char *name, enum registry_state portal_state)
{
        struct registry_portal portal = { .name = str_of(name), .title = STR("t"), .language = STR("en"),
                                          .owner = STR(""), .state = portal_state, .created = 1 };
        int64_t id = 0;

        assert_int_equal(store_begin(registry.store, NULL), 0);
        assert_int_equal(registry_portal_add(registry.store, &portal, &id, NULL), 0);
        assert_int_equal(store_commit(registry.store, NULL), 0);
        return id;
}

static void a_portal_comes_back_under_its_number_and_new_ones_get_others(void **state)
{
        struct registry_portal back = { .id = 7, .name = STR("back"), .title = STR("t"), .language = STR("en"),
                                        .owner = STR("") };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals = NULL;
        size_t before = 0, after = 0;
        int64_t id = 0;

        (void)state;
        assert_int_equal(registry_portal_list(registry.store, arena, &portals, &before, NULL), 0);
        int64_t last = add_portal("last", PORTAL_ACTIVE);

        back.id = last + 7;
        assert_int_equal(store_begin(registry.store, NULL), 0);
        assert_int_equal(registry_portal_reserve(registry.store, last + 20, NULL), 0);
        assert_int_equal(registry_portal_reserve(registry.store, last, NULL), 0);
        assert_int_equal(registry_portal_add(registry.store, &back, &id, NULL), 0);
        assert_int_equal(id, last + 7);
        back.name = STR("twice");
        assert_int_equal(registry_portal_add(registry.store, &back, &id, NULL), ERR_EXISTS);
        assert_int_equal(store_commit(registry.store, NULL), 0);
        assert_int_equal(add_portal("next", PORTAL_ACTIVE), last + 21);
        assert_int_equal(registry_portal_list(registry.store, arena, &portals, &after, NULL), 0);
        assert_int_equal(after, before + 3);
}

static int allow_origin(int64_t portal, const char *origin, const char *reason)
{
        const struct registry_origin o = { portal, str_of(origin), str_of(reason), 1 };

        assert_int_equal(store_begin(registry.store, NULL), 0);
        int r = registry_origin_allow(registry.store, &o, NULL);

        assert_int_equal(store_commit(registry.store, NULL), 0);
        return r;
}

static void forbid_origin(int64_t portal, const char *origin, int expected)
{
        assert_int_equal(store_begin(registry.store, NULL), 0);
        assert_int_equal(registry_origin_forbid(registry.store, portal, str_of(origin), STR("sso"), NULL),
                         expected);
        assert_int_equal(store_commit(registry.store, NULL), 0);
}

static void on_courier_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        (void)msg;
        fd_close(&fd);
}

static void on_courier_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
}

static struct channel *open_courier(void)
{
        int pair[2];

        assert_int_equal(channel_pair(pair, NULL), 0);
        registry.courier = channel_new(pair[0], PEER_REGISTRY, PEER_COURIER);
        assert_int_equal(channel_watch(registry.courier, registry.service.loop, on_courier_message,
                                       on_courier_closed, NULL, NULL), 0);
        return channel_new(pair[1], PEER_COURIER, PEER_REGISTRY);
}

static void the_courier_learns_where_active_portals_are_and_what_they_may_ask(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct channel *courier = open_courier();
        int64_t acme = add_portal("acme", PORTAL_ACTIVE), away = add_portal("away", PORTAL_SUSPENDED);

        (void)state;
        assert_int_equal(allow_origin(acme, "https://b.test", "sso"), 0);
        assert_int_equal(allow_origin(acme, "https://a.test", "sso"), 0);
        assert_int_equal(allow_origin(acme, "https://a.test", "sso"), 0);        /* twice is once */
        assert_int_equal(allow_origin(away, "https://c.test", "sso"), 0);
        allow_send_all(&registry);
        assert_string_equal(told(courier, &text), "ALLOW_BEGIN");
        assert_string_equal(told(courier, &text), "ALLOW_PORTAL 1 https://acme.localhost/");
        assert_string_equal(told(courier, &text), "ALLOW 1 https://a.test");
        assert_string_equal(told(courier, &text), "ALLOW 1 https://b.test");
        assert_string_equal(told(courier, &text), "ALLOW_END");
        forbid_origin(acme, "https://a.test", 0);
        forbid_origin(acme, "https://a.test", ERR_NOT_FOUND);
        allow_send(&registry, acme, STR("acme.localhost"));
        assert_string_equal(told(courier, &text), "ALLOW_PORTAL 1 https://acme.localhost/");
        assert_string_equal(told(courier, &text), "ALLOW 1 https://b.test");
        allow_forget(&registry, acme);
        assert_string_equal(told(courier, &text), "ALLOW_PORTAL 1 ");
        assert_string_equal(told(courier, &text), "nothing");
        channel_free(&registry.courier);
        channel_free(&courier);
}

static void a_portal_that_is_gone_leaves_no_origin_behind(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_origin *origins;
        size_t n;
        int64_t acme = add_portal("acme", PORTAL_ACTIVE), gone = add_portal("gone", PORTAL_ACTIVE);

        (void)state;
        assert_int_equal(allow_origin(acme, "https://a.test", "sso"), 0);
        assert_int_equal(allow_origin(gone, "https://a.test", "sso"), 0);
        assert_int_equal(store_begin(registry.store, NULL), 0);
        assert_int_equal(registry_portal_forget(registry.store, gone, NULL), 0);
        assert_int_equal(store_commit(registry.store, NULL), 0);
        assert_int_equal(registry_origin_list(registry.store, 0, arena, &origins, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_int_equal(origins[0].portal, acme);
}

static void a_portal_may_ask_so_many_origins_and_no_more(void **state)
{
        char origin[40];
        int64_t acme = add_portal("acme", PORTAL_ACTIVE);

        (void)state;
        for (int i = 0; i < REGISTRY_ORIGINS_MAX; i++) {
                snprintf(origin, sizeof origin, "https://%d.test", i);
                assert_int_equal(allow_origin(acme, origin, "sso"), 0);
        }
        assert_int_equal(allow_origin(acme, "https://more.test", "sso"), ERR_LIMIT);
        assert_int_equal(allow_origin(acme, "https://0.test", "sso"), 0);
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(a_result_is_delivered_once_when_the_job_speaks_first),
                WORLD(a_result_is_delivered_once_when_the_end_is_known_first),
                WORLD(a_job_that_dies_without_a_word_has_failed_in_either_order),
                WORLD(a_job_that_never_starts_has_failed_with_the_reason),
                WORLD(a_job_that_breaks_the_protocol_has_failed_at_once),
                WORLD(a_number_that_is_no_error_s_is_a_failure),
                WORLD(messages_a_task_has_not_asked_for_are_dropped),
                WORLD(a_job_gets_one_certificate_and_is_cut_off_when_it_asks_again),
                WORLD(a_creation_whose_owner_has_ended_is_undone_and_tells_nobody),
                WORLD(a_portal_is_removed_by_one_task_however_often_it_is_asked_for),
                WORLD(a_sentence_that_is_too_long_or_cut_in_a_character_still_refuses),
                WORLD(notes_without_number_leave_room_for_the_answer),
                WORLD(an_answer_that_finds_no_room_ends_the_connection),
                WORLD(the_edge_cannot_speak_for_the_supervisor),
                WORLD(a_portal_comes_back_under_its_number_and_new_ones_get_others),
                WORLD(the_courier_learns_where_active_portals_are_and_what_they_may_ask),
                WORLD(a_portal_that_is_gone_leaves_no_origin_behind),
                WORLD(a_portal_may_ask_so_many_origins_and_no_more),
        };
        struct err err;

        if (store_prepare(&err) < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
