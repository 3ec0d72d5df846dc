/*
 * test_routes.c -- who may have which page, as the router has it, against routes.golden: a new page is a
 * decision about who may have it, made in two places.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc/portal/routes.h"

static void the_router_is_the_golden_table(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf golden CLEANUP_BUF = { 0 }, found CLEANUP_BUF = { 0 };
        int fd CLEANUP_FD = open(SOURCE_ROOT "/tests/unit/proc/routes.golden", O_RDONLY | O_CLOEXEC);

        (void)state;
        for (size_t i = 0; i < routes_count(); i++) {
                buf_add_str(&found, routes_describe(i, arena));
                buf_add_str(&found, STR("\n"));
        }
        assert_true(fd >= 0);
        assert_int_equal(fd_read_to_end(fd, 64 * 1024, &golden, NULL), 0);
        if (!str_eq(buf_str(&golden), buf_str(&found)))
                fail_msg("routes.golden is not what routes.def says; that is:\n%.*s",
                         STR_ARG(buf_str(&found)));
}

static void what_changes_something_or_is_not_public_is_guarded(void **state)
{
        static const char *const open_to_all[] = { "/login", "/logout", "/welcome" };
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)state;
        for (size_t i = 0; i < routes_count(); i++) {
                struct str row = routes_describe(i, arena);
                struct str method = str_cut(&row, ' '), path = str_cut(&row, ' ');
                bool excused = false;

                for (size_t k = 0; k < ARRAY_LEN(open_to_all); k++)
                        excused = excused || str_starts(path, str_of(open_to_all[k]));
                (void)str_cut(&row, ' ');
                bool everybody = str_is(str_cut(&row, ' '), "everybody");

                if (everybody && !excused && str_is(method, "POST"))
                        fail_msg("everybody may change something at %.*s", STR_ARG(path));
                if (everybody && (str_starts(path, STR("/edit")) || str_starts(path, STR("/account"))))
                        fail_msg("everybody may have %.*s", STR_ARG(path));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_router_is_the_golden_table),
                cmocka_unit_test(what_changes_something_or_is_not_public_is_guarded),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
