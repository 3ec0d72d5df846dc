/*
 * test_secret.c -- secrets move in, are wiped behind, and stay out of dumps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/xalloc.h"
#include "crypto/secret.h"

/* The sanitizers turn mlock() into nothing. */
#if defined(__SANITIZE_ADDRESS__)
enum { LOCKS_ARE_REAL = 0 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { LOCKS_ARE_REAL = 0 };
#else
enum { LOCKS_ARE_REAL = 1 };
#endif
#else
enum { LOCKS_ARE_REAL = 1 };
#endif

static void taking_a_secret_wipes_where_it_came_from(void **state)
{
        char form[] = "open sesame";
        static const char zeros[sizeof form] = { 0 };
        struct secret s CLEANUP_SECRET = { 0 };
        struct err err = { 0 };

        (void)state;
        assert_int_equal(secret_take(&s, form, sizeof form - 1, &err), 0);
        assert_true(str_is(secret_str(&s), "open sesame"));
        assert_memory_equal(form, zeros, sizeof form);
        assert_int_equal(secret_take(&s, form, 0, &err), 0);
        assert_int_equal(s.n, 0);
}

static void a_secret_that_is_too_long_is_wiped_all_the_same(void **state)
{
        char *form = xalloc(SECRET_MAX + 1);
        struct secret s CLEANUP_SECRET = { 0 };
        struct err err = { 0 };

        (void)state;
        memset(form, 'x', SECRET_MAX + 1);
        assert_int_equal(secret_take(&s, form, SECRET_MAX + 1, &err), ERR_LIMIT);
        assert_null(s.p);
        for (size_t i = 0; i <= SECRET_MAX; i++)
                assert_int_equal(form[i], 0);
        free(form);
}

/* The VmFlags line of the mapping that begins at p. */
static void flags_of(const void *p, char out[static 256])
{
        FILE *maps = fopen("/proc/self/smaps", "re");
        char line[512], start[32];
        bool inside = false;

        assert_non_null(maps);
        out[0] = '\0';
        snprintf(start, sizeof start, "%lx-", (unsigned long)(uintptr_t)p);
        while (out[0] == '\0' && fgets(line, sizeof line, maps) != NULL) {
                if (strncmp(line, start, strlen(start)) == 0)
                        inside = true;
                else if (inside && strncmp(line, "VmFlags:", 8) == 0)
                        snprintf(out, 256, "%.200s", line);
        }
        fclose(maps);
}

static void pages_of_a_secret_are_locked_and_never_dumped(void **state)
{
        struct secret s CLEANUP_SECRET = { 0 };
        char flags[256];

        (void)state;
        secret_random(&s, 32);
        flags_of(s.p, flags);
        if (flags[0] == '\0')
                skip();         /* neighbours of the same kind may be one mapping, or /proc is not there */
        assert_non_null(strstr(flags, " dd"));
        if (LOCKS_ARE_REAL)
                assert_int_equal(strstr(flags, " lo") != NULL, s.locked);
}

static void a_secret_works_where_nothing_may_be_locked(void **state)
{
        struct rlimit none = { 0, 0 }, old;
        struct secret s CLEANUP_SECRET = { 0 };
        char form[] = "still works";
        struct err err = { 0 };

        (void)state;
        assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &old), 0);
        none.rlim_max = old.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &none), 0);
        int r = secret_take(&s, form, sizeof form - 1, &err);

        assert_int_equal(setrlimit(RLIMIT_MEMLOCK, &old), 0);
        assert_int_equal(r, 0);
        assert_true(str_is(secret_str(&s), "still works"));
        if (LOCKS_ARE_REAL && geteuid() != 0)
                assert_false(s.locked);
}

static void a_freed_secret_is_empty_and_may_be_freed_again(void **state)
{
        struct secret s = { 0 };

        (void)state;
        secret_random(&s, 5000);
        assert_int_equal(s.n, 5000);
        secret_free(&s);
        assert_null(s.p);
        assert_int_equal(s.n, 0);
        secret_free(&s);
}

static void secrets_are_equal_only_byte_for_byte(void **state)
{
        (void)state;
        assert_true(secret_eq(STR("abc"), STR("abc")));
        assert_true(secret_eq(STR(""), (struct str){ NULL, 0 }));
        assert_false(secret_eq(STR("abc"), STR("abd")));
        assert_false(secret_eq(STR("abc"), STR("ab")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(taking_a_secret_wipes_where_it_came_from),
                cmocka_unit_test(a_secret_that_is_too_long_is_wiped_all_the_same),
                cmocka_unit_test(pages_of_a_secret_are_locked_and_never_dumped),
                cmocka_unit_test(a_secret_works_where_nothing_may_be_locked),
                cmocka_unit_test(a_freed_secret_is_empty_and_may_be_freed_again),
                cmocka_unit_test(secrets_are_equal_only_byte_for_byte),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
