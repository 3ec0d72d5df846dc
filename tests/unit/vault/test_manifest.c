/*
 * test_manifest.c -- the list of backups: added to only, signed, chained, and never an older one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/prepare.h"
#include "sample.h"
#include "vault/manifest.h"

static const uint8_t seed[SIGNING_SEED_LEN] = { 1, 2, 3 }, other_seed[SIGNING_SEED_LEN] = { 4 };
static uint8_t public[SIGNING_PUBLIC_LEN];
static char folder_name[64];
static int folder = -1;

static struct backup backup(uint64_t seq, enum backup_state state)
{
        return (struct backup){ .state = state, .about = sample_about(seq), .size = 1000 + seq,
                                .bytes = 5000, .rows = 77, .stepped = 1767225600, .booted = 99, .boot = 5 };
}

static void write_list(struct buf *out, unsigned backups)
{
        struct manifest m CLEANUP_MANIFEST = { 0 };

        for (uint64_t seq = 1; seq <= backups; seq++)
                for (int state = BACKUP_BEGUN; state <= BACKUP_VERIFIED; state++) {
                        struct backup b = backup(seq, (enum backup_state)state);

                        manifest_add(&m, &b, seed, out);
                }
}

static int read_list(struct str text, struct manifest *out)
{
        size_t whole;

        return manifest_read(text, public, out, &whole, NULL);
}

static void the_last_line_of_a_number_is_its_state(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct manifest m CLEANUP_MANIFEST = { 0 };

        (void)state;
        write_list(&text, 9);
        assert_int_equal(read_list(buf_str(&text), &m), 0);
        assert_int_equal(m.n, 9);
        assert_int_equal(m.lines, 27);
        assert_int_equal(m.last_seq, 9);
        for (uint64_t seq = 1; seq <= 9; seq++) {
                const struct backup *b = manifest_find(&m, seq);
                struct backup want = backup(seq, BACKUP_VERIFIED);

                assert_non_null(b);
                assert_memory_equal(b, &want, sizeof want);
        }
        assert_null(manifest_find(&m, 10));
}

static void every_changed_byte_is_noticed(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        write_list(&text, 2);
        for (size_t i = 0; i < text.n - 1; i++) {
                struct manifest m CLEANUP_MANIFEST = { 0 };

                text.p[i] ^= 1;
                assert_int_equal(read_list(buf_str(&text), &m), ERR_CORRUPT);
                assert_null(m.backups);
                text.p[i] ^= 1;
        }
}

static void a_line_that_is_missing_doubled_or_moved_is_noticed(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct str lines[6], rest;

        (void)state;
        write_list(&text, 2);
        rest = buf_str(&text);
        for (int i = 0; i < 6; i++)
                lines[i] = str_cut(&rest, '\n');
        for (int kind = 0; kind < 3; kind++) {
                struct buf changed CLEANUP_BUF = { 0 };
                struct manifest m CLEANUP_MANIFEST = { 0 };

                for (int i = 0; i < 6; i++) {
                        struct str line = kind == 2 && i == 2 ? lines[3] : kind == 2 && i == 3 ? lines[2] : lines[i];

                        if (kind == 0 && i == 3)
                                continue;
                        buf_add_str(&changed, line);
                        buf_putc(&changed, '\n');
                        if (kind == 1 && i == 3) {
                                buf_add_str(&changed, line);
                                buf_putc(&changed, '\n');
                        }
                }
                assert_int_equal(read_list(buf_str(&changed), &m), ERR_CORRUPT);
        }
}

static void a_list_signed_by_another_host_is_refused(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct manifest m CLEANUP_MANIFEST = { 0 }, read CLEANUP_MANIFEST = { 0 };
        struct backup b = backup(1, BACKUP_BEGUN);

        (void)state;
        manifest_add(&m, &b, other_seed, &text);
        assert_int_equal(read_list(buf_str(&text), &read), ERR_CORRUPT);
}

static int open_folder(void **state)
{
        (void)state;
        snprintf(folder_name, sizeof folder_name, "/tmp/carrel-manifest-XXXXXX");
        if (mkdtemp(folder_name) == NULL)
                return -1;
        folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return folder < 0 ? -1 : 0;
}

static int close_folder(void **state)
{
        (void)state;
        unlinkat(folder, "manifest", 0);
        fd_close(&folder);
        return rmdir(folder_name);
}

static void an_older_list_is_refused_and_a_longer_one_taken(void **state)
{
        struct manifest m CLEANUP_MANIFEST = { 0 }, read CLEANUP_MANIFEST = { 0 };
        struct buf old CLEANUP_BUF = { 0 };
        struct backup one = backup(1, BACKUP_BEGUN), two = backup(2, BACKUP_BEGUN);

        (void)state;
        assert_int_equal(manifest_load(folder, public, 0, &m.head, &read, NULL), 0);
        assert_int_equal(manifest_append(folder, &m, &one, seed, NULL), 0);
        struct digest first = m.head;

        assert_int_equal(fd_slurp(folder, "manifest", 65536, &old, NULL), 0);
        assert_int_equal(manifest_append(folder, &m, &two, seed, NULL), 0);
        struct digest second = m.head;

        assert_int_equal(manifest_load(folder, public, 2, &second, &read, NULL), 0);
        manifest_free(&read);
        /* The line was written, and the machine stopped before it was remembered. */
        assert_int_equal(manifest_load(folder, public, 1, &first, &read, NULL), 0);
        assert_int_equal(read.lines, 2);
        manifest_free(&read);
        assert_int_equal(manifest_load(folder, public, 2, &first, &read, NULL), ERR_CORRUPT);
        assert_int_equal(fd_replace(folder, "manifest", 0600, old.p, old.n, NULL), 0);
        assert_int_equal(manifest_load(folder, public, 2, &second, &read, NULL), ERR_CORRUPT);
        assert_int_equal(unlinkat(folder, "manifest", 0), 0);
        assert_int_equal(manifest_load(folder, public, 2, &second, &read, NULL), ERR_CORRUPT);
}

static void a_torn_last_line_is_cut_off_and_the_list_goes_on(void **state)
{
        struct manifest m CLEANUP_MANIFEST = { 0 }, read CLEANUP_MANIFEST = { 0 };
        struct backup one = backup(1, BACKUP_BEGUN), two = backup(2, BACKUP_BEGUN);
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(manifest_append(folder, &m, &one, seed, NULL), 0);
        struct digest head = m.head;

        assert_int_equal(fd_slurp(folder, "manifest", 65536, &text, NULL), 0);
        size_t whole = text.n;

        buf_add(&text, text.p, 100);
        assert_int_equal(fd_replace(folder, "manifest", 0600, text.p, text.n, NULL), 0);
        assert_int_equal(manifest_load(folder, public, 1, &head, &read, NULL), 0);
        assert_int_equal(read.lines, 1);
        buf_clear(&text);
        assert_int_equal(fd_slurp(folder, "manifest", 65536, &text, NULL), 0);
        assert_int_equal(text.n, whole);
        assert_int_equal(manifest_append(folder, &read, &two, seed, NULL), 0);
        manifest_free(&m);
        assert_int_equal(manifest_load(folder, public, 1, &head, &m, NULL), 0);
        assert_int_equal(m.n, 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_last_line_of_a_number_is_its_state),
                cmocka_unit_test(every_changed_byte_is_noticed),
                cmocka_unit_test(a_line_that_is_missing_doubled_or_moved_is_noticed),
                cmocka_unit_test(a_list_signed_by_another_host_is_refused),
                cmocka_unit_test_setup_teardown(an_older_list_is_refused_and_a_longer_one_taken, open_folder,
                                                close_folder),
                cmocka_unit_test_setup_teardown(a_torn_last_line_is_cut_off_and_the_list_goes_on, open_folder,
                                                close_folder),
        };

        if (crypto_prepare(NULL) < 0)
                return 1;
        signing_public(seed, public);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
