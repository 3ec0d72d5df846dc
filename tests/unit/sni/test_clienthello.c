/*
 * test_clienthello.c -- the peeked bytes give the right name, in whatever pieces they come, or none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "sni/clienthello.h"

static void put8(struct buf *b, unsigned v)
{
        buf_putc(b, (char)v);
}

static void put16(struct buf *b, size_t v)
{
        put8(b, (unsigned)(v >> 8) & 255);
        put8(b, (unsigned)v & 255);
}

struct recipe {
        struct str name;
        bool no_sni, two_sni, no_extensions;
        unsigned name_type;
        size_t padding;                 /* bytes of a padding extension before the name */
        size_t fragment;                /* longest record; 0: one for all */
};

static void put_sni(struct buf *b, const struct recipe *r)
{
        put16(b, 0);
        put16(b, r->name.n + 5);
        put16(b, r->name.n + 3);
        put8(b, r->name_type);
        put16(b, r->name.n);
        buf_add_str(b, r->name);
}

static struct buf make_hello(const struct recipe *r)
{
        struct buf ext = { 0 }, hello = { 0 }, message = { 0 }, out = { 0 };

        put16(&ext, 21);
        put16(&ext, r->padding);
        for (size_t i = 0; i < r->padding; i++)
                put8(&ext, 0);
        for (int i = 0; i < (r->no_sni ? 0 : r->two_sni ? 2 : 1); i++)
                put_sni(&ext, r);
        put16(&hello, 0x0303);
        for (int i = 0; i < 32; i++)
                put8(&hello, 0xaa);
        put8(&hello, 0);
        put16(&hello, 2);
        put16(&hello, 0x1301);
        put8(&hello, 1);
        put8(&hello, 0);
        if (!r->no_extensions) {
                put16(&hello, ext.n);
                buf_add_str(&hello, buf_str(&ext));
        }
        put8(&message, 1);
        put8(&message, 0);
        put16(&message, hello.n);
        buf_add_str(&message, buf_str(&hello));
        for (size_t at = 0; at < message.n;) {
                size_t n = message.n - at;

                if (r->fragment > 0 && n > r->fragment)
                        n = r->fragment;
                put8(&out, 22);
                put16(&out, 0x0301);
                put16(&out, n);
                buf_add(&out, message.p + at, n);
                at += n;
        }
        buf_free(&ext);
        buf_free(&hello);
        buf_free(&message);
        return out;
}

static int parse(const void *p, size_t n, size_t *need, struct hostname *name)
{
        /* An exact copy, so that the sanitizers see a read past the end. */
        uint8_t *exact = malloc(n > 0 ? n : 1);

        assert_non_null(exact);
        memcpy(exact, p, n);
        int r = clienthello_sni(exact, n, need, name, NULL);

        free(exact);
        return r;
}

/* Every prefix asks for more, never for more than there is; the whole gives the name. */
static void check_prefixes(const struct recipe *r, const char *expected)
{
        struct buf hello = make_hello(r);
        struct hostname name = { 0 };
        size_t need = 0;

        for (size_t n = 0; n < hello.n; n++) {
                assert_int_equal(parse(hello.p, n, &need, &name), ERR_AGAIN);
                assert_true(need > n && need <= hello.n);
        }
        assert_int_equal(parse(hello.p, hello.n, &need, &name), 0);
        assert_string_equal(name.text, expected);
        buf_free(&hello);
}

static void the_name_is_found_at_every_split(void **state)
{
        (void)state;
        check_prefixes(&(struct recipe){ .name = STR("docs.example.org") }, "docs.example.org");
        check_prefixes(&(struct recipe){ .name = STR("DOCS.Example.Org"), .padding = 700 },
                       "docs.example.org");
}

static void a_hello_over_many_records_is_put_together(void **state)
{
        (void)state;
        for (size_t fragment = 1; fragment < 120; fragment += fragment < 12 ? 1 : 17)
                check_prefixes(&(struct recipe){ .name = STR("a.test"), .padding = 50,
                                                 .fragment = fragment }, "a.test");
}

static int result_of(const struct recipe *r)
{
        struct buf hello = make_hello(r);
        struct hostname name;
        size_t need = 0;
        int result = parse(hello.p, hello.n, &need, &name);

        buf_free(&hello);
        return result;
}

static void a_hello_without_a_name_is_told_apart_from_a_broken_one(void **state)
{
        (void)state;
        assert_int_equal(result_of(&(struct recipe){ .no_sni = true }), ERR_NOT_FOUND);
        assert_int_equal(result_of(&(struct recipe){ .no_extensions = true }), ERR_NOT_FOUND);
        assert_int_equal(result_of(&(struct recipe){ .name = STR("a.test"), .two_sni = true }),
                         ERR_INVALID);
        assert_int_equal(result_of(&(struct recipe){ .name = STR("a.test"), .name_type = 1 }),
                         ERR_INVALID);
        assert_int_equal(result_of(&(struct recipe){ .name = { "a\0.test", 7 } }), ERR_INVALID);
        assert_int_equal(result_of(&(struct recipe){ .name = STR("127.0.0.1") }), ERR_INVALID);
        assert_int_equal(result_of(&(struct recipe){ .name = STR("") }), ERR_INVALID);
}

static void sixteen_kib_is_the_most(void **state)
{
        struct recipe fits = { .name = STR("a.test"), .padding = 16384 - 9 - 43 - 4 - 15 };
        struct recipe over = fits;

        (void)state;
        over.padding++;
        struct buf hello = make_hello(&fits);

        assert_int_equal(hello.n, CLIENTHELLO_MAX);
        buf_free(&hello);
        assert_int_equal(result_of(&fits), 0);
        assert_int_equal(result_of(&over), ERR_LIMIT);
        over.fragment = 1000;
        assert_int_equal(result_of(&over), ERR_LIMIT);

        /* The limit is known from the first bytes on, long before they have all come. */
        static const uint8_t huge[] = { 22, 3, 1, 0x40, 0, 1, 0, 0x7f, 0xff };
        size_t need = 0;
        struct hostname name;

        assert_int_equal(parse(huge, sizeof huge, &need, &name), ERR_LIMIT);
}

static void other_protocols_are_recognised_by_their_first_bytes(void **state)
{
        static const struct {
                struct str bytes;
                int result;
        } cases[] = {
                { { "G", 1 }, ERR_UNSUPPORTED },
                { { "GET / HTTP/1.1\r\n", 16 }, ERR_UNSUPPORTED },
                { { "PRI * HTTP/2.0\r\n", 16 }, ERR_UNSUPPORTED },
                { { "\0", 1 }, ERR_INVALID },
                { { "\x80\x2e\x01\x03\x01", 5 }, ERR_INVALID },         /* SSL 2 */
                { { "\x16\x02", 2 }, ERR_INVALID },
                { { "\x15\x03\x01\x00\x02\x02\x28", 7 }, ERR_INVALID }, /* an alert */
                { { "\x16\x03\x01\x00\x00", 5 }, ERR_INVALID },         /* an empty record */
                { { "\x16\x03\x01\x40\x01", 5 }, ERR_INVALID },         /* over 2^14 */
                { { "\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9 }, ERR_INVALID },
                { { "\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9 }, ERR_INVALID },
                { { "", 0 }, ERR_AGAIN },
                { { "\x16", 1 }, ERR_AGAIN },
        };

        (void)state;
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
                size_t need = 0;
                struct hostname name;

                assert_int_equal(parse(cases[i].bytes.p, cases[i].bytes.n, &need, &name),
                                 cases[i].result);
        }
}

static void every_damaged_length_is_survived(void **state)
{
        struct buf hello = make_hello(&(struct recipe){ .name = STR("docs.example.org") });

        (void)state;
        for (size_t i = 0; i < hello.n; i++)
                for (unsigned v = 0; v < 256; v += 5) {
                        char kept = hello.p[i];
                        size_t need = 0;
                        struct hostname name;

                        hello.p[i] = (char)v;
                        int r = parse(hello.p, hello.n, &need, &name);

                        assert_true(r == 0 || r == ERR_AGAIN || r == ERR_NOT_FOUND ||
                                    r == ERR_INVALID || r == ERR_LIMIT || r == ERR_UNSUPPORTED);
                        if (r == ERR_AGAIN)
                                assert_true(need > hello.n && need <= CLIENTHELLO_MAX);
                        hello.p[i] = kept;
                }
        buf_free(&hello);
}

static void alerts_are_seven_bytes_on_the_wire(void **state)
{
        static const uint8_t expected[TLS_ALERT_LEN] = { 21, 3, 3, 0, 2, 2, 112 };
        uint8_t record[TLS_ALERT_LEN];

        (void)state;
        clienthello_alert(TLS_ALERT_UNRECOGNIZED_NAME, record);
        assert_memory_equal(record, expected, sizeof expected);
        assert_int_equal(clienthello_alert_for(ERR_NOT_FOUND), 109);
        assert_int_equal(clienthello_alert_for(ERR_INVALID), 50);
        assert_int_equal(clienthello_alert_for(ERR_LIMIT), 50);
        assert_int_equal(clienthello_alert_for(ERR_IO), 80);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_name_is_found_at_every_split),
                cmocka_unit_test(a_hello_over_many_records_is_put_together),
                cmocka_unit_test(a_hello_without_a_name_is_told_apart_from_a_broken_one),
                cmocka_unit_test(sixteen_kib_is_the_most),
                cmocka_unit_test(other_protocols_are_recognised_by_their_first_bytes),
                cmocka_unit_test(every_damaged_length_is_survived),
                cmocka_unit_test(alerts_are_seven_bytes_on_the_wire),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
