/*
 * test_refusal.c -- where a wall is missing, nothing starts, and the sentence names the wall.
 *
 * The missing kernel feature is simulated: a filter makes the call that asks for it fail as it
 * would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/capability.h>
#include <linux/sched.h>
#include <sched.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "jail.h"
#include "proc/profiles.h"

static enum sandbox_mode mode;

/* What the kernel of a test's child does not have. */
struct lack {
        const char *call;               /* fails with error ... */
        int error;
        unsigned long flag;             /* ... where its first argument has this bit; 0: always */
        const char *also;               /* a second call that always fails with ENOSYS, or NULL */
};

struct outcome {
        int r;
        struct err err;
        struct sandbox_layers layers;
};

static void take_away(const struct lack *lack)
{
        scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
        struct scmp_arg_cmp bit = SCMP_A0(SCMP_CMP_MASKED_EQ, lack->flag, lack->flag);

        if (ctx == NULL || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
                _exit(2);
        if (seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((unsigned)lack->error),
                                   seccomp_syscall_resolve_name(lack->call),
                                   lack->flag == 0 ? 0 : 1, &bit) < 0)
                _exit(2);
        if (lack->also != NULL &&
            seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
                             seccomp_syscall_resolve_name(lack->also), 0) < 0)
                _exit(2);
        if (seccomp_load(ctx) < 0)
                _exit(2);
        seccomp_release(ctx);
}

/* Survey such a machine in a child. */
static struct outcome survey_without(const struct lack *lack, enum sandbox_mode wanted)
{
        struct outcome outcome = { .r = 1 };
        int ends[2];

        assert_int_equal(pipe(ends), 0);
        pid_t pid = fork();

        assert_true(pid >= 0);
        if (pid == 0) {
                take_away(lack);
                outcome.r = sandbox_survey(wanted, &outcome.layers, &outcome.err);
                _exit(fd_write_all(ends[1], &outcome, sizeof outcome, NULL) == 0 ? 0 : 1);
        }
        close(ends[1]);
        assert_int_equal(fd_read_all(ends[0], &outcome, sizeof outcome, NULL), 0);
        close(ends[0]);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        return outcome;
}

static void assert_refused_naming(const struct outcome *outcome, const char *name)
{
        assert_int_equal(outcome->r, ERR_DENIED);
        if (strstr(outcome->err.text, name) == NULL)
                fail_msg("'%s' does not name the %s", outcome->err.text, name);
}

static enum sandbox_mode wanted(void)
{
        return mode == SANDBOX_STRICT ? SANDBOX_STRICT : SANDBOX_STANDARD;
}

static void without_landlock_nothing_starts(void **state)
{
        struct lack lack = { "landlock_create_ruleset", ENOSYS, 0, NULL };
        struct outcome outcome = survey_without(&lack, wanted());

        (void)state;
        assert_refused_naming(&outcome, "Landlock");
        assert_false(outcome.layers.layer[LAYER_LANDLOCK].on);
}

static void without_seccomp_nothing_starts(void **state)
{
        struct lack lack = { "seccomp", ENOSYS, 0, NULL };
        struct outcome outcome = survey_without(&lack, wanted());

        (void)state;
        assert_refused_naming(&outcome, "system call filter");
        assert_false(outcome.layers.layer[LAYER_SECCOMP].on);
}

static void strict_refuses_each_missing_namespace_by_name(void **state)
{
        static const struct {
                unsigned long flag;
                enum sandbox_layer layer;
        } kinds[] = {
                { CLONE_NEWNET, LAYER_NET_NS },       { CLONE_NEWPID, LAYER_PID_NS },
                { CLONE_NEWIPC, LAYER_IPC_NS },       { CLONE_NEWUTS, LAYER_UTS_NS },
                { CLONE_NEWCGROUP, LAYER_CGROUP_NS }, { CLONE_NEWNS, LAYER_ROOT },
        };

        (void)state;
        if (mode != SANDBOX_STRICT)
                skip();
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
                struct lack lack = { "clone", EPERM, kinds[i].flag, NULL };
                struct outcome outcome = survey_without(&lack, SANDBOX_STRICT);

                assert_refused_naming(&outcome, sandbox_layer_name(kinds[i].layer));
                assert_false(outcome.layers.layer[kinds[i].layer].on);
        }
}

static void strict_refuses_without_an_own_root(void **state)
{
        struct lack lack = { "pivot_root", EPERM, 0, NULL };

        (void)state;
        if (mode != SANDBOX_STRICT)
                skip();
        struct outcome outcome = survey_without(&lack, SANDBOX_STRICT);

        assert_refused_naming(&outcome, "root folder");
}

static void strict_refuses_without_own_users(void **state)
{
        struct lack lack = { "setresuid", EPERM, 0, NULL };

        (void)state;
        if (mode != SANDBOX_STRICT)
                skip();
        struct outcome outcome = survey_without(&lack, SANDBOX_STRICT);

        assert_refused_naming(&outcome, "own user");
}

static void standard_goes_on_without_user_namespaces_and_says_so(void **state)
{
        struct lack lack = { "clone", EPERM, CLONE_NEWUSER, NULL };

        (void)state;
        if (mode == SANDBOX_STRICT)
                skip();
        struct outcome outcome = survey_without(&lack, SANDBOX_STANDARD);

        assert_int_equal(outcome.r, 0);
        assert_int_equal(outcome.layers.mode, SANDBOX_MINIMUM);
        assert_true(outcome.layers.layer[LAYER_NET_NS].wanted);
        assert_false(outcome.layers.layer[LAYER_NET_NS].on);
        assert_false(outcome.layers.layer[LAYER_USER_NS].on);
        assert_true(outcome.layers.layer[LAYER_LANDLOCK].on);
        assert_true(outcome.layers.layer[LAYER_SECCOMP].on);
}

/* As Ubuntu's AppArmor does it: the namespace is made, but gives no rights. */
static void standard_goes_on_where_a_user_namespace_may_not_mount(void **state)
{
        struct lack lack = { "mount", EACCES, 0, NULL };

        (void)state;
        if (mode == SANDBOX_STRICT)
                skip();
        struct outcome outcome = survey_without(&lack, SANDBOX_STANDARD);

        assert_int_equal(outcome.r, 0);
        assert_int_equal(outcome.layers.mode, SANDBOX_MINIMUM);
        assert_false(outcome.layers.layer[LAYER_ROOT].on);
}

static void below_the_minimum_nothing_starts(void **state)
{
        struct lack lack = { "clone", EPERM, CLONE_NEWUSER, "landlock_create_ruleset" };

        (void)state;
        if (mode == SANDBOX_STRICT)
                skip();
        struct outcome outcome = survey_without(&lack, SANDBOX_STANDARD);

        assert_refused_naming(&outcome, "Landlock");
}

static void the_modes_fit_the_user_who_starts_it(void **state)
{
        struct sandbox_layers layers;
        struct err err;

        (void)state;
        assert_int_equal(sandbox_survey(mode == SANDBOX_STRICT ? SANDBOX_STANDARD : SANDBOX_STRICT,
                                        &layers, &err),
                         ERR_INVALID);
        assert_int_equal(sandbox_survey(SANDBOX_OFF, &layers, &err), ERR_DENIED);
}

static void nothing(int out, const void *ctx)
{
        (void)ctx;
        dprintf(out, "alive");
}

static void a_folder_that_is_not_there_is_an_error_and_not_the_machines_root(void **state)
{
        struct jail jail;
        struct jail_end end;

        (void)state;
        jail_make(&jail, mode);
        char *last = jail.own + strlen(jail.own) - 1;

        *last = '9';
        jail_run(&jail, &portal_profile, nothing, NULL, &end);
        assert_true(strncmp(end.text, "ENTER ", 6) == 0);
        assert_non_null(strstr(end.text, "portals/9"));
        *last = '1';
        jail_run(&jail, &portal_profile, nothing, NULL, &end);
        assert_string_equal(end.text, "alive");
        jail_remove(&jail);
}

static void a_portal_is_never_root(void **state)
{
        struct jail jail;
        struct jail_end end;

        (void)state;
        if (mode != SANDBOX_STRICT)
                skip();
        jail_make(&jail, mode);
        jail.uid = 0;
        jail_run(&jail, &portal_profile, nothing, NULL, &end);
        assert_true(strncmp(end.text, "ENTER ", 6) == 0);
        assert_non_null(strstr(end.text, "own user"));
        jail_remove(&jail);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_landlock_nothing_starts),
                cmocka_unit_test(without_seccomp_nothing_starts),
                cmocka_unit_test(strict_refuses_each_missing_namespace_by_name),
                cmocka_unit_test(strict_refuses_without_an_own_root),
                cmocka_unit_test(strict_refuses_without_own_users),
                cmocka_unit_test(standard_goes_on_without_user_namespaces_and_says_so),
                cmocka_unit_test(standard_goes_on_where_a_user_namespace_may_not_mount),
                cmocka_unit_test(below_the_minimum_nothing_starts),
                cmocka_unit_test(the_modes_fit_the_user_who_starts_it),
                cmocka_unit_test(a_folder_that_is_not_there_is_an_error_and_not_the_machines_root),
                cmocka_unit_test(a_portal_is_never_root),
        };

        mode = jail_begin(argc, argv);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
