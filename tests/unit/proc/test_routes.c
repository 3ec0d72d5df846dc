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
#include "proc/portal/api/table.h"
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

/* The first two words of a row: "GET /docs/". */
static void add_address(struct buf *out, struct str row)
{
        struct str method = str_cut(&row, ' '), path = str_cut(&row, ' ');

        buf_printf(out, "%.*s %.*s\n", STR_ARG(method), STR_ARG(path));
}

/* tests/scenario asks each of them in every role; a row that is not there would never be asked. */
static void every_row_of_the_router_is_in_the_table_of_roles(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf golden CLEANUP_BUF = { 0 }, wanted CLEANUP_BUF = { 0 }, found CLEANUP_BUF = { 0 };
        int fd CLEANUP_FD = open(SOURCE_ROOT "/tests/scenario/roles.golden", O_RDONLY | O_CLOEXEC);

        (void)state;
        for (size_t i = 0; i < routes_count(); i++)
                add_address(&wanted, routes_describe(i, arena));
        for (size_t i = 0; i < api_count(); i++)
                add_address(&wanted, api_describe(i, arena));
        assert_true(fd >= 0);
        assert_int_equal(fd_read_to_end(fd, 256 * 1024, &golden, NULL), 0);
        for (struct str rest = buf_str(&golden); rest.n > 0;) {
                struct str line = str_cut(&rest, '\n');

                if (!str_starts(line, STR("#")))
                        add_address(&found, line);
        }
        if (!str_eq(buf_str(&wanted), buf_str(&found)))
                fail_msg("roles.golden has other rows than the router, or another order. Write METHOD and ADDRESS as here, and the "
                         "answers with CARREL_GOLDEN=write tests/scenario/run.py --only test_roles; the router has:\n%.*s",
                         STR_ARG(buf_str(&wanted)));
}

/* A portal whose roles must have a second factor is closed to who has none, but for these. */
static void who_lacks_a_second_factor_may_only_set_one_up(void **state)
{
        static const char *const allowed[] = {
                "/login/confirm", "/login/sso/confirm", "/account/security", "/account/security/app",
                "/account/security/app/start", "/account/security/passkeys",
                "/account/security/passkeys/start",
        };
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)state;
        for (size_t i = 0; i < routes_count(); i++) {
                struct str row = routes_describe(i, arena);
                bool known = false;

                (void)str_cut(&row, ' ');
                struct str path = str_cut(&row, ' ');

                for (size_t k = 0; k < ARRAY_LEN(allowed); k++)
                        known = known || str_is(path, allowed[k]);
                (void)str_cut(&row, ' ');
                if (str_is(str_cut(&row, ' '), "newcomer") != known)
                        fail_msg("%.*s is open to newcomers or should be", STR_ARG(path));
        }
}

/* Whoever finds an open browser can neither add nor remove a way to log in. */
static void ways_to_log_in_are_changed_after_a_recent_proof_only(void **state)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        size_t found = 0;

        (void)state;
        for (size_t i = 0; i < routes_count(); i++) {
                struct str row = routes_describe(i, arena);

                if (str_find_str(row, STR(" /account/security")) < 0)
                        continue;
                found++;
                if (!str_ends(row, STR(" recent")))
                        fail_msg("no recent proof is asked for: %.*s", STR_ARG(row));
        }
        assert_true(found >= 10);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_router_is_the_golden_table),
                cmocka_unit_test(what_changes_something_or_is_not_public_is_guarded),
                cmocka_unit_test(every_row_of_the_router_is_in_the_table_of_roles),
                cmocka_unit_test(who_lacks_a_second_factor_may_only_set_one_up),
                cmocka_unit_test(ways_to_log_in_are_changed_after_a_recent_proof_only),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
