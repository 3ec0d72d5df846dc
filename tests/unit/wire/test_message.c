/*
 * test_message.c -- what may pass between two processes is exactly what messages.def says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/message.h"

/* A built message as the far end would read it. */
static int reparse(const struct message *built, enum peer from, enum peer to, bool has_fd,
                   struct message *out, struct err *err)
{
        return message_parse(out, from, to, built->own, MESSAGE_HEADER + built->n, has_fd, err);
}

static void put_example(struct message *msg)
{
        message_init(msg, MSG_SPAWNED);
        message_put_u64(msg, 0x1122334455667788u);
        message_put_u32(msg, 77);
        message_put_text(msg, "why n\xc3\xb6t");
}

static void fields_come_out_as_they_went_in(void **state)
{
        struct message msg, got;

        (void)state;
        put_example(&msg);
        assert_int_equal(reparse(&msg, PEER_ZYGOTE, PEER_SUPERVISOR, false, &got, NULL), 0);
        assert_int_equal(got.type, MSG_SPAWNED);
        assert_true(message_get_u64(&got) == 0x1122334455667788u);
        assert_int_equal(message_get_u32(&got), 77);
        assert_true(str_is(message_get_str(&got), "why n\xc3\xb6t"));
        message_free(&msg);
        assert_null(msg.own);
}

static void only_the_senders_and_receivers_of_a_row_may_use_it(void **state)
{
        (void)state;
        for (unsigned type = MSG_NONE + 1; type < MSG_COUNT; type++) {
                const struct message_row *row = message_row((enum message_type)type);
                uint8_t bytes[MESSAGE_HEADER] = { (uint8_t)type };

                for (unsigned from = 0; from < PEER_COUNT; from++) {
                        for (unsigned to = 0; to < PEER_COUNT; to++) {
                                bool allowed = (row->from >> from & 1) && (row->to >> to & 1);
                                bool complete = row->fields[0] == '\0';
                                struct message msg;
                                struct err err = { 0 };
                                int r = message_parse(&msg, (enum peer)from, (enum peer)to, bytes,
                                                      sizeof bytes, row->fd == ONE_FD, &err);

                                assert_int_equal(r, allowed && complete ? 0 : ERR_PROTOCOL);
                                if (!allowed)
                                        assert_non_null(strstr(err.text, "may not pass"));
                        }
                }
        }
}

static void a_descriptor_must_come_exactly_when_the_row_says_so(void **state)
{
        uint8_t idle[MESSAGE_HEADER] = { MSG_IDLE }, edge[MESSAGE_HEADER] = { MSG_EDGE_CHANNEL };
        struct message msg, command;

        (void)state;
        assert_int_equal(message_parse(&msg, PEER_PORTAL, PEER_SUPERVISOR, idle, 8, false, NULL), 0);
        assert_int_equal(message_parse(&msg, PEER_PORTAL, PEER_SUPERVISOR, idle, 8, true, NULL),
                         ERR_PROTOCOL);
        assert_int_equal(message_parse(&msg, PEER_SUPERVISOR, PEER_PORTAL, edge, 8, true, NULL), 0);
        assert_int_equal(message_parse(&msg, PEER_SUPERVISOR, PEER_PORTAL, edge, 8, false, NULL),
                         ERR_PROTOCOL);
        message_init(&command, MSG_COMMAND);
        message_put_text(&command, "status");
        message_put_text(&command, "{}");
        assert_int_equal(reparse(&command, PEER_CLI, PEER_REGISTRY, false, &msg, NULL), 0);
        assert_int_equal(reparse(&command, PEER_CLI, PEER_REGISTRY, true, &msg, NULL), 0);
        message_free(&command);
}

static void every_shorter_and_every_longer_form_of_a_message_is_refused(void **state)
{
        struct message msg, got;
        uint8_t longer[128] = { 0 };

        (void)state;
        put_example(&msg);
        size_t n = MESSAGE_HEADER + msg.n;

        for (size_t cut = 0; cut < n; cut++) {
                uint8_t *copy = malloc(cut + 1);

                assert_non_null(copy);
                memcpy(copy, msg.own, cut);
                assert_int_equal(message_parse(&got, PEER_ZYGOTE, PEER_SUPERVISOR, copy, cut, false, NULL),
                                 ERR_PROTOCOL);
                if (cut >= MESSAGE_HEADER) {    /* and with a length that agrees */
                        copy[4] = (uint8_t)(cut - MESSAGE_HEADER);
                        assert_int_equal(message_parse(&got, PEER_ZYGOTE, PEER_SUPERVISOR, copy, cut,
                                                       false, NULL), ERR_PROTOCOL);
                }
                free(copy);
        }
        memcpy(longer, msg.own, n);
        assert_int_equal(message_parse(&got, PEER_ZYGOTE, PEER_SUPERVISOR, longer, n + 1, false, NULL),
                         ERR_PROTOCOL);
        longer[4]++;
        assert_int_equal(message_parse(&got, PEER_ZYGOTE, PEER_SUPERVISOR, longer, n + 1, false, NULL),
                         ERR_PROTOCOL);
        message_free(&msg);
}

static void a_field_of_another_type_or_with_a_lying_length_is_refused(void **state)
{
        static const struct {
                size_t at;
                uint8_t value;
        } lies[] = {
                { 2, 1 },                       /* the word that is zero */
                { 5, 1 },                       /* length of the body */
                { 8, 1 }, { 8, 0 }, { 8, 9 },   /* tag of the u64 */
                { 17, 2 },                      /* tag of the u32 */
                { 22, 4 },                      /* bytes instead of text */
                { 23, 200 }, { 26, 255 },       /* length of the text */
                { 27, 0 }, { 27, 0xff },        /* NUL, and not UTF-8 */
        };
        struct message msg, got;

        (void)state;
        put_example(&msg);
        for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
                uint8_t kept = msg.own[lies[i].at];

                msg.own[lies[i].at] = lies[i].value;
                assert_int_equal(reparse(&msg, PEER_ZYGOTE, PEER_SUPERVISOR, false, &got, NULL),
                                 ERR_PROTOCOL);
                msg.own[lies[i].at] = kept;
        }
        assert_int_equal(reparse(&msg, PEER_ZYGOTE, PEER_SUPERVISOR, false, &got, NULL), 0);
        message_free(&msg);
}

static void a_number_that_no_row_has_is_refused(void **state)
{
        static const unsigned numbers[] = { MSG_NONE, MSG_COUNT, 255, 65535 };
        struct message msg;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
                const uint8_t bytes[MESSAGE_HEADER] = { (uint8_t)numbers[i], (uint8_t)(numbers[i] >> 8) };

                for (unsigned from = 0; from < PEER_COUNT; from++)
                        assert_int_equal(message_parse(&msg, (enum peer)from, PEER_SUPERVISOR, bytes,
                                                       sizeof bytes, false, NULL), ERR_PROTOCOL);
        }
}

static void a_field_past_the_rows_limit_marks_the_message_and_is_left_out(void **state)
{
        size_t max = message_row(MSG_CONNECTION)->max;
        char *host = calloc(1, max + 1);
        struct message msg;

        (void)state;
        assert_non_null(host);
        memset(host, 'h', max - 5);
        message_init(&msg, MSG_CONNECTION);
        message_put_text(&msg, host);
        assert_false(msg.over);
        assert_int_equal(msg.n, max);
        message_free(&msg);
        host[max - 5] = 'h';
        message_init(&msg, MSG_CONNECTION);
        message_put_text(&msg, host);
        assert_true(msg.over);
        assert_int_equal(msg.n, 0);
        message_free(&msg);
        free(host);
}

static void every_row_fits_a_packet_and_names_its_fields_rightly(void **state)
{
        static const char *const types[] = { "u32 ", "u64 ", "str ", "bytes " };

        (void)state;
        for (unsigned type = MSG_NONE + 1; type < MSG_COUNT; type++) {
                const struct message_row *row = message_row((enum message_type)type);
                struct str rest = str_of(row->fields);
                unsigned fields = 0;

                assert_in_range(row->max, 1, MESSAGE_MAX);
                assert_true(row->from != 0 && row->to != 0 && row->sentence[0] != '\0');
                for (; rest.n > 0; fields++) {
                        struct str field = str_trim(str_cut(&rest, ','));
                        unsigned known = 0;

                        for (size_t t = 0; t < ARRAY_LEN(types); t++)
                                known += str_starts(field, str_of(types[t]));
                        if (known != 1)
                                fail_msg("%s: field %u", row->name, fields + 1);
                }
                assert_true(fields <= MESSAGE_FIELDS_MAX);
        }
}

/* The child's exit code after doing one thing wrong. */
static int exit_code_of(void (*wrong)(void))
{
        int status = 0;
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                close(STDERR_FILENO);
                wrong();
                _exit(0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put_in_wrong_order(void)
{
        struct message msg;

        message_init(&msg, MSG_SPAWNED);
        message_put_u32(&msg, 1);
}

static void put_one_too_many(void)
{
        struct message msg;

        message_init(&msg, MSG_PORTAL_WAKE);
        message_put_u64(&msg, 1);
        message_put_u64(&msg, 1);
}

static void get_one_too_many(void)
{
        uint8_t bytes[MESSAGE_HEADER] = { MSG_IDLE };
        struct message msg;

        if (message_parse(&msg, PEER_PORTAL, PEER_SUPERVISOR, bytes, sizeof bytes, false, NULL) == 0)
                message_get_u32(&msg);
}

static void a_programmer_s_mistake_ends_the_process(void **state)
{
        (void)state;
        assert_int_equal(exit_code_of(put_in_wrong_order), 70);
        assert_int_equal(exit_code_of(put_one_too_many), 70);
        assert_int_equal(exit_code_of(get_one_too_many), 70);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(fields_come_out_as_they_went_in),
                cmocka_unit_test(only_the_senders_and_receivers_of_a_row_may_use_it),
                cmocka_unit_test(a_descriptor_must_come_exactly_when_the_row_says_so),
                cmocka_unit_test(every_shorter_and_every_longer_form_of_a_message_is_refused),
                cmocka_unit_test(a_field_of_another_type_or_with_a_lying_length_is_refused),
                cmocka_unit_test(a_number_that_no_row_has_is_refused),
                cmocka_unit_test(a_field_past_the_rows_limit_marks_the_message_and_is_left_out),
                cmocka_unit_test(every_row_fits_a_packet_and_names_its_fields_rightly),
                cmocka_unit_test(a_programmer_s_mistake_ends_the_process),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
