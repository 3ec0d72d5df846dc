/*
 * test_sandbox.c -- profiles are read exactly, wrong ones are refused by name, and a build without
 * the sandbox says so. What confined processes can do is tested in tests/jail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "proc/profiles.h"
#include "sandbox/confine.h"

static const struct profile *const real[] = {
        &supervisor_profile, &zygote_profile, &edge_profile,
        &registry_profile,   &portal_profile, &job_profile,
};

static struct profile with_calls(const char *calls)
{
        return (struct profile){ .process = PEER_PORTAL, .calls = calls };
}

static void assert_calls(const struct profile *profile, const char *expected)
{
        struct buf list CLEANUP_BUF = { .n = 0 };
        struct err err;

        assert_int_equal(profile_list_calls(profile, &list, &err), 0);
        assert_string_equal(buf_cstr(&list), expected);
}

static void sets_join_sort_and_lose_their_doubles(void **state)
{
        const struct profile profile = with_calls("write read " "read  close ");

        (void)state;
        assert_calls(&profile, "close\nread\nwrite\n");
}

static void the_wider_of_two_sets_wins(void **state)
{
        const struct profile plain = with_calls("openat openat:plain ");
        const struct profile ruled = with_calls("fcntl:locks fcntl:flags fcntl=EPERM ");
        const struct profile error = with_calls("fchmod=EPERM ");

        (void)state;
        assert_calls(&plain, "openat\n");
        assert_calls(&ruled, "fcntl:locks,flags\n");
        assert_calls(&error, "fchmod=EPERM\n");
}

static void a_parents_filter_lets_its_childrens_calls_pass(void **state)
{
        const struct profile child = with_calls("read mmap:noexec ");
        struct profile parent = with_calls("clone mmap ");

        (void)state;
        parent.children[1] = &child;
        assert_calls(&parent, "clone\nmmap\nread\n");
}

static void assert_refused(const char *calls, const char *part)
{
        const struct profile profile = with_calls(calls);
        struct buf list CLEANUP_BUF = { .n = 0 };
        struct sandbox_filter *filter = NULL;
        struct err err;

        assert_int_equal(profile_list_calls(&profile, &list, &err), ERR_INVALID);
        assert_int_equal(list.n, 0);
        assert_non_null(strstr(err.text, part));
        assert_non_null(strstr(err.text, "portal"));
        assert_int_equal(sandbox_filter_new(&profile, &filter, &err), ERR_INVALID);
        assert_null(filter);
}

static void a_misspelt_profile_is_refused_with_the_word_that_is_wrong(void **state)
{
        (void)state;
        assert_refused("read raed ", "raed");
        assert_refused("mmap:noexce ", "mmap:noexce");
        assert_refused("read:noexec ", "read:noexec");
        assert_refused("fchmod=ENOENT ", "fchmod=ENOENT");
        assert_refused("fchmod= ", "fchmod=");
        assert_refused(": ", "not a system call");
}

static void every_real_profile_compiles(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(real); i++) {
                struct sandbox_filter *filter;
                struct err err;

                if (sandbox_filter_new(real[i], &filter, &err) != 0)
                        fail_msg("%s", err.text);
                assert_true(sandbox_filter_size(filter) > 50);
                sandbox_filter_free(&filter);
                assert_null(filter);
        }
}

/*
 * What a portal and a job may call changes only with these files, so that a review sees it. After
 * an intended change, put the list that the test prints into the file.
 */
static void the_list_is_the_golden_one(const struct profile *profile)
{
        struct buf list CLEANUP_BUF = { .n = 0 };
        struct buf golden CLEANUP_BUF = { .n = 0 };
        char path[512];

        snprintf(path, sizeof path, GOLDEN "/%s.calls", peer_name(profile->process));
        assert_int_equal(profile_list_calls(profile, &list, NULL), 0);
        assert_int_equal(fd_slurp(AT_FDCWD, path, 65536, &golden, NULL), 0);
        if (!str_eq(buf_str(&list), buf_str(&golden)))
                fail_msg("%s differs from the profile, which says:\n%s", path, buf_cstr(&list));
}

static void what_a_portal_may_call_is_written_down(void **state)
{
        (void)state;
        the_list_is_the_golden_one(&portal_profile);
}

static void what_a_job_may_call_is_written_down(void **state)
{
        (void)state;
        the_list_is_the_golden_one(&job_profile);
}

static void whoever_meets_foreign_bytes_wants_every_layer(void **state)
{
        (void)state;
        assert_int_equal(edge_profile.layers, LAYERS_ALL);
        assert_int_equal(registry_profile.layers, LAYERS_ALL);
        assert_int_equal(portal_profile.layers, LAYERS_ALL);
        assert_int_equal(job_profile.layers, LAYERS_ALL);
        assert_true(edge_profile.capabilities == 0 && registry_profile.capabilities == 0);
        assert_true(portal_profile.capabilities == 0 && job_profile.capabilities == 0);
}

static void layers_and_modes_have_names_of_their_own(void **state)
{
        (void)state;
        for (enum sandbox_layer i = 0; i < LAYER_COUNT; i++) {
                assert_true(strlen(sandbox_layer_name(i)) > 0);
                assert_true(strlen(sandbox_layer_purpose(i)) > 0);
                for (enum sandbox_layer k = 0; k < i; k++)
                        assert_string_not_equal(sandbox_layer_name(i), sandbox_layer_name(k));
        }
        assert_string_equal(sandbox_mode_name(SANDBOX_STRICT), "strict");
        assert_string_equal(sandbox_mode_name(SANDBOX_OFF), "off");
}

static void a_build_without_the_sandbox_says_so(void **state)
{
        struct sandbox_layers layers;
        struct err err;

        (void)state;
#ifndef CARREL_SANDBOX_OFF
        skip();
#endif
        assert_int_equal(sandbox_survey(SANDBOX_STRICT, &layers, &err), 0);
        assert_int_equal(layers.mode, SANDBOX_OFF);
        for (enum sandbox_layer i = LAYER_NET_NS; i < LAYER_COUNT; i++) {
                assert_true(layers.layer[i].wanted);
                assert_false(layers.layer[i].on);
                assert_string_equal(layers.layer[i].detail, "built with -Dsandbox=off");
        }
}

/* In the child of the next test: 0 if it stands in the folder with only its own descriptors. */
static int enter_without_walls(const int ends[2])
{
        const struct sandbox_place place = { .mode = SANDBOX_STRICT, .folder = "/tmp",
                                             .fds = &ends[1], .nfds = 1 };
        struct sandbox_layers layers;
        char here[8];
        struct err err;

        if (sandbox_enter(&portal_profile, &place, NULL, &layers, &err) != 0)
                return 2;
        if (getcwd(here, sizeof here) == NULL || strcmp(here, "/tmp") != 0)
                return 3;
        if (fcntl(ends[1], F_GETFD) < 0 || (ends[0] != 3 && fcntl(ends[0], F_GETFD) >= 0))
                return 4;
        return layers.mode == SANDBOX_OFF && !layers.layer[LAYER_SECCOMP].on ? 0 : 5;
}

static void a_build_without_the_sandbox_still_sets_the_process_in_its_place(void **state)
{
        int ends[2], status = 0;

        (void)state;
#ifndef CARREL_SANDBOX_OFF
        skip();
#endif
        assert_int_equal(pipe(ends), 0);
        pid_t pid = sandbox_clone(&portal_profile, SANDBOX_OFF, 0, NULL);

        assert_true(pid >= 0);
        if (pid == 0)
                _exit(enter_without_walls(ends));
        close(ends[0]);
        close(ends[1]);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(sets_join_sort_and_lose_their_doubles),
                cmocka_unit_test(the_wider_of_two_sets_wins),
                cmocka_unit_test(a_parents_filter_lets_its_childrens_calls_pass),
                cmocka_unit_test(a_misspelt_profile_is_refused_with_the_word_that_is_wrong),
                cmocka_unit_test(every_real_profile_compiles),
                cmocka_unit_test(what_a_portal_may_call_is_written_down),
                cmocka_unit_test(what_a_job_may_call_is_written_down),
                cmocka_unit_test(whoever_meets_foreign_bytes_wants_every_layer),
                cmocka_unit_test(layers_and_modes_have_names_of_their_own),
                cmocka_unit_test(a_build_without_the_sandbox_says_so),
                cmocka_unit_test(a_build_without_the_sandbox_still_sets_the_process_in_its_place),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
