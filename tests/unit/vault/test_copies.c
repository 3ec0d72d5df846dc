/*
 * test_copies.c -- the list of what lies elsewhere: kept, read back, and nothing when it is damaged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vault/copies.h"

static void sample(struct copies *out)
{
        *out = (struct copies){ .n = 0 };
        digest_of(STR("https://example.org/copies"), &out->place);
        for (uint64_t i = 1; i <= 3; i++) {
                struct copy_row row = { .kind = COPY_BACKUP, .number = i, .proven = i != 2,
                                        .when = 1795000000 + (int64_t)i };

                digest_of(STR("a backup"), &row.digest);
                copies_put(out, &row);
        }
        copies_put(out, &(struct copy_row){ .kind = COPY_MANIFEST, .number = 3, .when = 7 });
}

static void what_is_written_is_read_back(void **state)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 }, read CLEANUP_COPIES = { .n = 0 };
        struct buf text CLEANUP_BUF = { 0 }, again CLEANUP_BUF = { 0 };

        (void)state;
        sample(&copies);
        copies_write(&copies, &text);
        assert_int_equal(copies_read(buf_str(&text), &read, NULL), 0);
        assert_int_equal(read.n, 4);
        assert_false(copies_find(&read, COPY_BACKUP, 2)->proven);
        assert_true(copies_find(&read, COPY_BACKUP, 3)->proven);
        assert_int_equal(copies_find(&read, COPY_MANIFEST, 3)->when, 7);
        assert_null(copies_find(&read, COPY_STORE, 0));
        assert_int_equal(copies_last(&read, COPY_BACKUP)->number, 3);
        copies_write(&read, &again);
        assert_true(str_eq(buf_str(&text), buf_str(&again)));
}

static void a_copy_is_listed_once_and_can_go(void **state)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };

        (void)state;
        sample(&copies);
        copies_put(&copies, &(struct copy_row){ .kind = COPY_BACKUP, .number = 2, .proven = true });
        assert_int_equal(copies.n, 4);
        assert_true(copies_find(&copies, COPY_BACKUP, 2)->proven);
        copies_remove(&copies, COPY_BACKUP, 2);
        assert_null(copies_find(&copies, COPY_BACKUP, 2));
        assert_non_null(copies_find(&copies, COPY_BACKUP, 3));
}

/* No prefix and no changed byte is taken for a list that says something else. */
static void a_damaged_list_is_none(void **state)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        sample(&copies);
        copies_write(&copies, &text);
        for (size_t n = 0; n < text.n; n++) {
                struct copies read CLEANUP_COPIES = { .n = 0 };
                int r = copies_read(str_make(text.p, n), &read, NULL);

                assert_true(r < 0 || (text.p[n - 1] == '\n' && read.n < copies.n));
        }
        for (size_t at = 0; at < text.n; at++) {
                struct copies read CLEANUP_COPIES = { .n = 0 };
                struct buf again CLEANUP_BUF = { 0 };

                text.p[at] = (char)(text.p[at] ^ 0x40);
                assert_true(copies_read(buf_str(&text), &read, NULL) < 0);
                text.p[at] = (char)(text.p[at] ^ 0x40);
                copies_write(&read, &again);
        }
}

static void a_line_twice_is_refused(void **state)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 }, read CLEANUP_COPIES = { .n = 0 };
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        sample(&copies);
        copies_write(&copies, &text);
        struct str all = buf_str(&text);
        ptrdiff_t last = str_find_str(all, STR("manifest"));

        assert_true(last > 0);
        char *line = str_dup(str_make(all.p + last, all.n - (size_t)last));

        buf_puts(&text, line);
        free(line);
        assert_int_equal(copies_read(buf_str(&text), &read, NULL), ERR_CORRUPT);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_written_is_read_back),
                cmocka_unit_test(a_copy_is_listed_once_and_can_go),
                cmocka_unit_test(a_damaged_list_is_none),
                cmocka_unit_test(a_line_twice_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
