/*
 * test_object.c -- names of objects: only what every storage stores and signs in the same way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "outbound/outbound.h"

static void plain_names_pass(void **state)
{
        static const char *const good[] = {
                "store", "a/b", "5f0c7a52-3a4b-4c1d-9e8f-001122334455/42.esdk", "x/manifest.137", "A-Z.9/..a",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++)
                assert_true(outbound_is_object_name(str_of(good[i])));
}

static void everything_else_is_refused(void **state)
{
        static const char *const bad[] = {
                "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/./b", "../a", "a/..", "a b", "a=b", "a?b", "a%2fb",
                "a+b", "a_b", "a\\b", "a\nb", "\xc3\xa4",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_false(outbound_is_object_name(str_of(bad[i])));
        assert_false(outbound_is_object_name(STR("a\0b")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(plain_names_pass),
                cmocka_unit_test(everything_else_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
