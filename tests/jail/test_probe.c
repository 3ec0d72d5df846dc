/*
 * test_probe.c -- a hostile portal beside another one: nothing that it must not do succeeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "jail.h"
#include "proc/profiles.h"

static enum sandbox_mode mode;

struct attempt {
        unsigned index;
        struct probe_targets targets;
};

static void attempt(int out, const void *ctx)
{
        const struct attempt *a = ctx;

        probe_main(out, a->index, &a->targets);
}

static const char *const outcomes[] = {
        [PROBE_REFUSED] = "refused", [PROBE_KILLED] = "ended", [PROBE_SUCCEEDED] = "SUCCEEDED",
        [PROBE_BROKEN] = "BROKEN",
};

static void print(unsigned index, const struct probe_result *result)
{
        printf("#  %-10s %-10s %-58s %s\n", outcomes[result->outcome], probe_group(index),
               probe_describe(index), result->detail);
}

/*
 * Without user namespaces a process shares the machine's file tree and host name with the others:
 * what has a name can be looked at, though not opened. docs/security/isolation.md says so.
 */
static bool known_limit(unsigned index)
{
        const char *what = probe_describe(index);

        return mode == SANDBOX_MINIMUM &&
               (strcmp(what, "look at the other portal's database (stat)") == 0 ||
                strcmp(what, "learn the machine's host name") == 0);
}

static void nothing_succeeds_under(const struct profile *profile)
{
        struct jail jail;
        unsigned bad = 0, limits = 0, killed = 0;

        jail_make(&jail, mode);
        for (unsigned i = 0; i < probe_count(); i++) {
                struct attempt a = { i, jail_targets(&jail) };
                struct probe_result result;
                struct jail_end end;

                jail_run(&jail, profile, attempt, &a, &end);
                probe_judge(i, end.status, end.text, end.n, &result);
                killed += result.outcome == PROBE_KILLED;
                if (known_limit(i)) {
                        limits += result.outcome == PROBE_SUCCEEDED;
                } else if (!result.good) {
                        bad++;
                        print(i, &result);
                }
        }
        printf("# %u actions under the %s's profile: %u ended by seccomp, %u bad\n", probe_count(),
               peer_name(profile->process), killed, bad);
        jail_remove(&jail);
        assert_int_equal(bad, 0);
        assert_int_equal(limits, mode == SANDBOX_MINIMUM ? 2 : 0);
        /* A filter that lets calls through to be refused later would show here. */
        assert_true(killed > probe_count() / 2);
}

static void no_forbidden_action_succeeds_in_a_portal(void **state)
{
        (void)state;
        nothing_succeeds_under(&portal_profile);
}

static void no_forbidden_action_succeeds_in_a_job(void **state)
{
        (void)state;
        nothing_succeeds_under(&job_profile);
}

static void the_same_actions_are_real_without_walls(void **state)
{
        struct jail jail;
        unsigned succeeded = 0, broken = 0;

        (void)state;
        jail_make(&jail, mode);
        for (unsigned i = 0; i < probe_count(); i++) {
                struct attempt a = { i, jail_targets(&jail) };
                struct probe_result result;
                struct jail_end end;

                jail_run_free(&jail, attempt, &a, &end);
                probe_judge(i, end.status, end.text, end.n, &result);
                succeeded += result.outcome == PROBE_SUCCEEDED;
                broken += result.outcome == PROBE_BROKEN;
                if (result.outcome != PROBE_SUCCEEDED)
                        print(i, &result);
        }
        printf("# without walls %u of %u actions succeed; the others are above\n", succeeded,
               probe_count());
        jail_remove(&jail);
        assert_int_equal(broken, 0);
        /* An ordinary user may do less than root, but still most of it. */
        assert_true(succeeded * 10 >= probe_count() * (mode == SANDBOX_STRICT ? 8 : 5));
}

static void there_are_at_least_64_distinct_actions_and_two_controls(void **state)
{
        unsigned controls = 0;

        (void)state;
        for (unsigned i = 0; i < probe_count(); i++) {
                assert_non_null(probe_describe(i));
                controls += probe_is_control(i);
                for (unsigned k = 0; k < i; k++)
                        assert_string_not_equal(probe_describe(i), probe_describe(k));
        }
        assert_int_equal(controls, 2);
        assert_true(probe_count() - controls >= 64);
        assert_null(probe_describe(probe_count()));
}

static void silence_and_strange_ends_are_never_taken_for_safety(void **state)
{
        struct probe_result result;
        unsigned hostile = probe_count() - 1;

        (void)state;
        probe_judge(hostile, 0, "", 0, &result);                /* exit 0, nothing said */
        assert_int_equal(result.outcome, PROBE_BROKEN);
        assert_false(result.good);
        probe_judge(hostile, 9, "", 0, &result);                /* SIGKILL */
        assert_int_equal(result.outcome, PROBE_BROKEN);
        probe_judge(hostile, 1 << 8, "REFUSED no", 10, &result); /* said no, but ended badly */
        assert_int_equal(result.outcome, PROBE_BROKEN);
        probe_judge(hostile, 31, "SUCCEEDED", 9, &result);      /* worked, then SIGSYS */
        assert_int_equal(result.outcome, PROBE_SUCCEEDED);
        assert_false(result.good);
        probe_judge(hostile, 31, "", 0, &result);
        assert_int_equal(result.outcome, PROBE_KILLED);
        assert_true(result.good);
        probe_judge(0, 31, "", 0, &result);                     /* a control must not be stopped */
        assert_false(result.good);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(there_are_at_least_64_distinct_actions_and_two_controls),
                cmocka_unit_test(silence_and_strange_ends_are_never_taken_for_safety),
                cmocka_unit_test(no_forbidden_action_succeeds_in_a_portal),
                cmocka_unit_test(no_forbidden_action_succeeds_in_a_job),
                cmocka_unit_test(the_same_actions_are_real_without_walls),
        };

        mode = jail_begin(argc, argv);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
