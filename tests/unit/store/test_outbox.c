/*
 * test_outbox.c -- a letter is there when its cause is, and the file says so before anybody can die.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "folder.h"
#include "store/outbox.h"

static char folder[FOLDER_MAX];
static struct store *store;
static struct arena *arena;
static unsigned told;

static int set_up(void **state)
{
        const struct store_options options = { .create = true };

        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        told = 0;
        return store_open(folder, &options, &store, NULL);
}

static int tear_down(void **state)
{
        (void)state;
        store_close(&store);
        arena_free(&arena);
        folder_drop(folder);
        return 0;
}

static void on_letter(void *ctx)
{
        (void)ctx;
        told++;
}

static void add(const char *recipient)
{
        const struct store_letter letter = {
                .kind = 5, .recipient = str_of(recipient), .name = STR("Jo"), .path = STR("/welcome?t=x"),
                .expires = 200, .created = 100,
        };

        assert_int_equal(store_outbox_add(store, &letter, NULL), 0);
}

static void a_letter_that_is_undone_never_was(void **state)
{
        struct store_letter letter;

        (void)state;
        store_outbox_watch(store, on_letter, NULL);
        assert_int_equal(store_begin(store, NULL), 0);
        add("a@b.test");
        store_rollback(store);
        assert_int_equal(told, 0);
        assert_int_equal(store_outbox_next(store, arena, &letter, NULL), ERR_NOT_FOUND);
        assert_true(store_outbox_waits(store));         /* somebody looks in vain, and takes it away */
        assert_int_equal(store_outbox_close(store, NULL), 0);
        assert_false(store_outbox_waits(store));
        assert_int_equal(store_outbox_close(store, NULL), 0);
}

static void letters_wait_in_their_order_until_each_is_taken(void **state)
{
        struct store_letter first, again, second;

        (void)state;
        store_outbox_watch(store, on_letter, NULL);
        assert_false(store_outbox_waits(store));
        assert_int_equal(store_begin(store, NULL), 0);
        add("a@b.test");
        assert_true(store_outbox_waits(store));         /* before the commit */
        add("c@d.test");
        assert_int_equal(told, 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(told, 1);
        assert_int_equal(store_outbox_next(store, arena, &first, NULL), 0);
        assert_int_equal(store_outbox_next(store, arena, &again, NULL), 0);
        assert_true(str_is(first.recipient, "a@b.test") && str_eq(first.letter, again.letter));
        assert_int_equal(first.letter.n, OUTBOX_ID_LEN);
        assert_int_equal(first.kind, 5);
        assert_true(str_is(first.name, "Jo") && str_is(first.path, "/welcome?t=x"));
        assert_true(first.expires == 200 && first.created == 100);
        assert_int_equal(store_outbox_close(store, NULL), 0);
        assert_true(store_outbox_waits(store));         /* not while one is there */
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_outbox_remove(store, first.id, NULL), 0);
        assert_int_equal(store_outbox_remove(store, first.id, NULL), 0);
        assert_int_equal(store_commit_quietly(store, NULL), 0);
        assert_int_equal(told, 1);                      /* taking one away is no letter */
        assert_int_equal(store_outbox_next(store, arena, &second, NULL), 0);
        assert_true(str_is(second.recipient, "c@d.test") && !str_eq(first.letter, second.letter));
}

static void a_link_leaves_nothing_behind_when_it_was_taken(void **state)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        struct store_letter letter;
        char path[200];
        static const char *const files[] = { "portal.db", "portal.db-wal" };

        (void)state;
        assert_int_equal(store_begin(store, NULL), 0);
        add("a@b.test");
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(store_outbox_next(store, arena, &letter, NULL), 0);
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_outbox_remove(store, letter.id, NULL), 0);
        assert_int_equal(store_commit_quietly(store, NULL), 0);
        assert_int_equal(store_outbox_close(store, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                buf_clear(&bytes);
                snprintf(path, sizeof path, "%s/%s", folder, files[i]);
                FILE *f = fopen(path, "rb");
                char part[4096];

                for (size_t n; f != NULL && (n = fread(part, 1, sizeof part, f)) > 0;)
                        buf_add(&bytes, part, n);
                if (f != NULL)
                        fclose(f);
                assert_int_equal(str_find_str(buf_str(&bytes), STR("/welcome?t=x")), -1);
        }
}

#define WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                WORLD(a_letter_that_is_undone_never_was),
                WORLD(letters_wait_in_their_order_until_each_is_taken),
                WORLD(a_link_leaves_nothing_behind_when_it_was_taken),
        };

        if (store_prepare(NULL) < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
