/*
 * test_message_format.c -- docs/formats/messages.md is true to the byte.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "wire/message.h"

/* One ```vector block: its bytes, and the same message built from the values beside them. */
struct vector {
        const char *name;
        enum message_type type;
        enum peer from;
        enum peer to;
        bool with_fd;
        struct buf bytes;
        struct message built;
        struct buf values;              /* "u64 7\n" for each field */
};

static enum message_type type_named(struct str name)
{
        for (unsigned t = MSG_NONE + 1; t < MSG_COUNT; t++)
                if (str_is(name, message_row((enum message_type)t)->name))
                        return (enum message_type)t;
        fail_msg("no message is named %.*s", STR_ARG(name));
        return MSG_NONE;
}

static enum peer peer_named(struct str name)
{
        for (unsigned p = 0; p < PEER_COUNT; p++)
                if (str_is(name, peer_name((enum peer)p)))
                        return (enum peer)p;
        fail_msg("no peer is named %.*s", STR_ARG(name));
        return PEER_NONE;
}

static unsigned hex_byte(struct str two)
{
        char text[3] = { 0 }, *end;

        assert_int_equal(two.n, 2);
        memcpy(text, two.p, 2);
        unsigned long value = strtoul(text, &end, 16);

        assert_ptr_equal(end, text + 2);
        return (unsigned)value;
}

/* "NN NN" is the number of the row, little endian. */
static void add_hex(struct vector *v, struct str hex)
{
        unsigned shift = 0;

        for (struct str word; hex.n > 0;) {
                word = str_trim(str_cut(&hex, ' '));
                if (word.n == 0)
                        continue;
                if (str_is(word, "NN")) {
                        buf_putc(&v->bytes, (char)((unsigned)v->type >> shift));
                        shift += 8;
                } else {
                        buf_putc(&v->bytes, (char)hex_byte(word));
                }
        }
}

static void put_value(struct vector *v, struct str value)
{
        struct str type = str_cut(&value, ' ');
        uint64_t number = 0;

        buf_printf(&v->values, "%.*s %.*s\n", STR_ARG(type), STR_ARG(value));
        if (str_is(type, "u32") || str_is(type, "u64"))
                assert_int_equal(str_to_u64(value, UINT64_MAX, &number, NULL), 0);
        if (str_is(type, "u32")) {
                message_put_u32(&v->built, (uint32_t)number);
        } else if (str_is(type, "u64")) {
                message_put_u64(&v->built, number);
        } else if (str_is(type, "str")) {
                message_put_str(&v->built, value);
        } else {
                struct buf bytes CLEANUP_BUF = { 0 };

                assert_true(str_is(type, "bytes"));
                for (size_t i = 0; i + 2 <= value.n; i += 2)
                        buf_putc(&bytes, (char)hex_byte(str_make(value.p + i, 2)));
                message_put_bytes(&v->built, bytes.p, bytes.n);
        }
}

static void read_line(struct vector *v, struct str line)
{
        struct str value = line;
        struct str hex = str_cut(&value, '#');

        add_hex(v, hex);
        value = str_trim(value);
        if (value.n > 0)
                put_value(v, value);
}

/* What the parser gives, written as the page writes it. */
static void say_values(struct message *msg, struct buf *out)
{
        struct str rest = str_of(message_row(msg->type)->fields);

        while (rest.n > 0) {
                struct str field = str_trim(str_cut(&rest, ','));
                struct str type = str_cut(&field, ' ');

                buf_printf(out, "%.*s ", STR_ARG(type));
                if (str_is(type, "u32")) {
                        buf_printf(out, "%u", message_get_u32(msg));
                } else if (str_is(type, "u64")) {
                        buf_printf(out, "%llu", (unsigned long long)message_get_u64(msg));
                } else {
                        struct str value = message_get_str(msg);

                        for (size_t i = 0; i < value.n; i++)
                                buf_printf(out, str_is(type, "str") ? "%c" : "%02x",
                                           (unsigned char)value.p[i]);
                }
                buf_putc(out, '\n');
        }
}

static void check_vector(struct vector *v)
{
        struct buf said CLEANUP_BUF = { 0 };
        struct message got;
        struct err err = { 0 };

        if (v->bytes.n != MESSAGE_HEADER + v->built.n ||
            memcmp(v->bytes.p, v->built.own, v->bytes.n) != 0)
                fail_msg("the bytes of %s are not what is sent", message_row(v->type)->name);
        if (message_parse(&got, v->from, v->to, (const uint8_t *)v->bytes.p, v->bytes.n, v->with_fd,
                          &err) < 0)
                fail_msg("%s is refused: %s", message_row(v->type)->name, err.text);
        say_values(&got, &said);
        assert_string_equal(buf_cstr(&said), buf_cstr(&v->values));
}

static void run_vector(struct str head, struct str *page)
{
        struct vector v = { .type = type_named(str_cut(&head, ' ')) };

        v.from = peer_named(str_cut(&head, ' '));
        v.to = peer_named(str_cut(&head, ' '));
        v.with_fd = str_is(head, "with-descriptor");
        assert_true(v.with_fd || head.n == 0);
        message_init(&v.built, v.type);
        for (struct str line; page->n > 0;) {
                line = str_cut(page, '\n');
                if (str_starts(line, STR("```")))
                        break;
                read_line(&v, line);
        }
        check_vector(&v);
        message_free(&v.built);
        buf_free(&v.bytes);
        buf_free(&v.values);
}

static void every_vector_of_the_page_is_what_is_sent_and_what_is_read(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        unsigned vectors = 0;

        (void)state;
        assert_int_equal(fd_slurp(AT_FDCWD, SOURCE_ROOT "/docs/formats/messages.md", 1 << 20, &text, NULL),
                         0);
        for (struct str page = buf_str(&text); page.n > 0;) {
                struct str line = str_cut(&page, '\n');

                if (!str_starts(line, STR("```vector ")))
                        continue;
                run_vector(str_make(line.p + 10, line.n - 10), &page);
                vectors++;
        }
        assert_int_equal(vectors, 6);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_vector_of_the_page_is_what_is_sent_and_what_is_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
