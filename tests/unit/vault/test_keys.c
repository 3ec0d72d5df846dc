/*
 * test_keys.c -- shares, the root key in its three ways, and the store of keys.
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
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/prepare.h"
#include "vault/keyring.h"
#include "vault/root.h"
#include "vault/shares.h"

#include "sample.h"

static char folder_name[64];
static int folder = -1;

static int open_folder(void **state)
{
        (void)state;
        snprintf(folder_name, sizeof folder_name, "/tmp/carrel-keys-XXXXXX");
        if (mkdtemp(folder_name) == NULL)
                return -1;
        folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return folder < 0 ? -1 : 0;
}

static int close_folder(void **state)
{
        (void)state;
        unlinkat(folder, "root", 0);
        unlinkat(folder, "store", 0);
        fd_close(&folder);
        return rmdir(folder_name);
}

static void any_two_shares_give_the_key_and_one_says_nothing_alone(void **state)
{
        uint8_t key[SHARES_KEY_LEN], back[SHARES_KEY_LEN];
        char lines[SHARES][SHARES_LINE_MAX], again[SHARES][SHARES_LINE_MAX];

        (void)state;
        for (unsigned i = 0; i < sizeof key; i++)
                key[i] = (uint8_t)(i * 37);
        shares_split(key, lines);
        for (int a = 0; a < SHARES; a++)
                for (int b = 0; b < SHARES; b++) {
                        memset(back, 0, sizeof back);
                        assert_int_equal(shares_join(str_of(lines[a]), str_of(lines[b]), back, NULL),
                                         a == b ? ERR_INVALID : 0);
                        assert_int_equal(memcmp(back, key, sizeof key) == 0, a != b);
                }
        shares_split(key, again);       /* another slope: no line is the same */
        for (int a = 0; a < SHARES; a++)
                assert_string_not_equal(lines[a], again[a]);
        assert_int_equal(shares_join(str_of(lines[0]), str_of(again[1]), back, NULL), ERR_INVALID);
}

static void a_share_may_be_typed_in_lower_case_without_dashes_and_every_slip_is_noticed(void **state)
{
        uint8_t key[SHARES_KEY_LEN] = { 9 }, back[SHARES_KEY_LEN];
        char lines[SHARES][SHARES_LINE_MAX], typed[SHARES_LINE_MAX];
        size_t n = 0;

        (void)state;
        shares_split(key, lines);
        for (const char *p = lines[0]; *p != '\0'; p++)
                if (*p != '-')
                        typed[n++] = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
        assert_int_equal(shares_join(str_make(typed, n), str_of(lines[2]), back, NULL), 0);
        assert_memory_equal(back, key, sizeof key);
        for (size_t i = 0; lines[1][i] != '\0'; i++) {
                char kept = lines[1][i];

                if (kept == '-' || kept == ' ')
                        continue;
                lines[1][i] = kept == 'Q' ? 'R' : 'Q';
                assert_int_equal(shares_join(str_of(lines[0]), str_of(lines[1]), back, NULL), ERR_INVALID);
                lines[1][i] = kept;
        }
        assert_int_equal(shares_join(str_of(lines[0]), STR(""), back, NULL), ERR_INVALID);
        assert_int_equal(shares_join(str_of(lines[0]), str_make(lines[1], strlen(lines[1]) - 1), back, NULL),
                         ERR_INVALID);
}

static void a_root_key_is_made_once_and_its_file_is_the_owners_alone(void **state)
{
        struct root root CLEANUP_ROOT = { 0 }, again CLEANUP_ROOT = { 0 };
        struct stat st;

        (void)state;
        assert_int_equal(root_load(folder, &root, NULL), ERR_NOT_FOUND);
        assert_int_equal(root_make(folder, &root, NULL), 0);
        assert_int_equal(root_make(folder, &again, NULL), ERR_EXISTS);
        assert_int_equal(fstatat(folder, "root", &st, 0), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(root_load(folder, &again, NULL), 0);
        assert_int_equal(again.kind, ROOT_FILE);
        assert_true(str_eq(secret_str(&root.key), secret_str(&again.key)));
        assert_true(root.key.locked);
}

static bool folder_holds(struct str key)
{
        struct buf text CLEANUP_BUF = { 0 };
        char hex[65];

        assert_int_equal(fd_slurp(folder, "root", 4096, &text, NULL), 0);
        for (size_t i = 0; i < key.n; i++)
                snprintf(hex + 2 * i, 3, "%02x", (unsigned char)key.p[i]);
        return str_find_str(buf_str(&text), str_of(hex)) >= 0;
}

static void with_a_passphrase_or_shares_the_key_is_not_on_the_disk(void **state)
{
        struct root root CLEANUP_ROOT = { 0 };
        struct secret key CLEANUP_SECRET = { 0 }, back CLEANUP_SECRET = { 0 };
        char lines[SHARES][SHARES_LINE_MAX], typed[2 * SHARES_LINE_MAX + 2];

        (void)state;
        assert_int_equal(root_make(folder, &root, NULL), 0);
        assert_int_equal(secret_take(&key, memcpy(typed, root.key.p, ROOT_LEN), ROOT_LEN, NULL), 0);
        assert_true(folder_holds(secret_str(&key)));

        assert_int_equal(root_keep(folder, secret_str(&key), ROOT_PASSPHRASE, STR("short"), &root, NULL),
                         ERR_INVALID);
        assert_int_equal(root_keep(folder, secret_str(&key), ROOT_PASSPHRASE, STR("one two three four"),
                                   &root, NULL), 0);
        assert_false(folder_holds(secret_str(&key)));
        assert_int_equal(root_load(folder, &root, NULL), 0);
        assert_int_equal(root.key.n, 0);
        assert_int_equal(root_unlock(&root, STR("one two three fuor"), &back, NULL), ERR_DENIED);
        assert_int_equal(root_unlock(&root, STR("one two three four\n"), &back, NULL), 0);
        assert_true(str_eq(secret_str(&key), secret_str(&back)));

        assert_int_equal(root_keep(folder, secret_str(&key), ROOT_SHARES, STR(""), &root, NULL), 0);
        assert_false(folder_holds(secret_str(&key)));
        assert_int_equal(root_load(folder, &root, NULL), 0);
        shares_split((const uint8_t *)key.p, lines);
        snprintf(typed, sizeof typed, "%s\n%s\n", lines[2], lines[0]);
        assert_int_equal(root_unlock(&root, str_of(typed), &back, NULL), 0);
        assert_true(str_eq(secret_str(&key), secret_str(&back)));
        secret_free(&back);
        assert_int_equal(root_join(str_of(typed), &back, NULL), 0);     /* whosever it is */
        assert_true(str_eq(secret_str(&key), secret_str(&back)));
        assert_int_equal(root_join(str_of(lines[0]), &back, NULL), ERR_INVALID);
        assert_true(str_eq(secret_str(&key), secret_str(&back)));
        key.p[0] ^= 1;
        shares_split((const uint8_t *)key.p, lines);
        snprintf(typed, sizeof typed, "%s\n%s\n", lines[2], lines[0]);
        assert_int_equal(root_unlock(&root, str_of(typed), &back, NULL), ERR_DENIED);
}

static void a_damaged_root_file_is_refused(void **state)
{
        struct root root CLEANUP_ROOT = { 0 };
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        assert_int_equal(root_make(folder, &root, NULL), 0);
        assert_int_equal(fd_slurp(folder, "root", 4096, &text, NULL), 0);
        for (size_t i = 0; i < text.n; i++) {
                text.p[i] ^= 1;
                assert_int_equal(fd_replace(folder, "root", 0600, text.p, text.n, NULL), 0);
                assert_int_equal(root_load(folder, &root, NULL), ERR_CORRUPT);
                text.p[i] ^= 1;
        }
        assert_int_equal(fd_replace(folder, "root", 0600, text.p, text.n - 1, NULL), 0);
        int r = root_load(folder, &root, NULL);

        assert_true(r == 0 || r == ERR_CORRUPT);        /* only the last line feed is missing */
        assert_int_equal(fd_replace(folder, "root", 0600, text.p, text.n - 2, NULL), 0);
        assert_int_equal(root_load(folder, &root, NULL), ERR_CORRUPT);
}

static struct keyring_portal *add(struct keyring *keyring, uint64_t id)
{
        struct keyring_portal *portal = NULL;

        assert_int_equal(keyring_add(keyring, id, 1000, &portal, NULL), 0);
        return portal;
}

static void every_portal_has_its_own_key_and_keeps_it_over_a_restart(void **state)
{
        struct keyring ring CLEANUP_KEYRING = { 0 }, again CLEANUP_KEYRING = { 0 };
        struct secret a CLEANUP_SECRET = { 0 }, b CLEANUP_SECRET = { 0 };
        char root[32] = { 5 };

        (void)state;
        keyring_new(&ring);
        for (uint64_t id = 200; id > 0; id--)
                add(&ring, id);
        assert_int_equal(keyring_rotate(&ring, keyring_find(&ring, 7), 2000, NULL), 0);
        keyring_find(&ring, 7)->lines = 3;
        ring.confirmed = 99;
        assert_int_equal(keyring_save(&ring, folder, str_make(root, sizeof root), NULL), 0);
        assert_int_equal(keyring_load(folder, str_make(root, sizeof root), &again, NULL), 0);
        assert_int_equal(again.n, 200);
        assert_int_equal(again.confirmed, 99);
        assert_memory_equal(again.public, ring.public, sizeof ring.public);
        assert_int_equal(keyring_find(&again, 7)->lines, 3);
        assert_int_equal(keyring_newest(keyring_find(&again, 7)), 2);
        for (uint32_t v = 1; v <= 2; v++) {
                assert_int_equal(keyring_key(&ring, keyring_find(&ring, 7), v, &a, NULL), 0);
                assert_int_equal(keyring_key(&again, keyring_find(&again, 7), v, &b, NULL), 0);
                assert_true(str_eq(secret_str(&a), secret_str(&b)));
        }
        assert_int_equal(keyring_key(&again, keyring_find(&again, 8), 1, &a, NULL), 0);
        assert_false(str_eq(secret_str(&a), secret_str(&b)));
        assert_int_equal(keyring_key(&again, keyring_find(&again, 8), 2, &a, NULL), ERR_NOT_FOUND);
        root[0] = 6;
        assert_int_equal(keyring_load(folder, str_make(root, sizeof root), &again, NULL), ERR_DENIED);
}

static void a_forgotten_portals_key_cannot_be_had_from_the_store(void **state)
{
        struct keyring ring CLEANUP_KEYRING = { 0 };
        struct buf before CLEANUP_BUF = { 0 };
        char old_store_key[32];

        (void)state;
        keyring_new(&ring);
        add(&ring, 1);
        add(&ring, 2);
        memcpy(old_store_key, ring.store_key.p, 32);
        keyring_forget(&ring, 1);
        keyring_renew(&ring);
        assert_null(keyring_find(&ring, 1));
        assert_memory_not_equal(old_store_key, ring.store_key.p, 32);
        struct secret key CLEANUP_SECRET = { 0 };

        assert_int_equal(keyring_key(&ring, keyring_find(&ring, 2), 1, &key, NULL), 0);
        keyring_write(&ring, STR("a root key of thirty-two bytes.."), &before);
        struct keyring again CLEANUP_KEYRING = { 0 };

        assert_int_equal(keyring_read(buf_str(&before), STR("a root key of thirty-two bytes.."), &again, NULL), 0);
        assert_int_equal(again.n, 1);
}

static void old_versions_go_and_the_newest_stays(void **state)
{
        struct keyring ring CLEANUP_KEYRING = { 0 };
        struct secret key CLEANUP_SECRET = { 0 };

        (void)state;
        keyring_new(&ring);
        struct keyring_portal *p = add(&ring, 1);

        for (int i = 1; i < KEYRING_VERSIONS_MAX; i++)
                assert_int_equal(keyring_rotate(&ring, p, 0, NULL), 0);
        assert_int_equal(keyring_rotate(&ring, p, 0, NULL), ERR_LIMIT);
        keyring_drop_before(p, 60);
        assert_int_equal(p->nversions, 5);
        assert_int_equal(keyring_key(&ring, p, 59, &key, NULL), ERR_NOT_FOUND);
        assert_int_equal(keyring_key(&ring, p, 60, &key, NULL), 0);
        keyring_drop_before(p, 1000);
        assert_int_equal(p->nversions, 1);
        assert_int_equal(keyring_newest(p), KEYRING_VERSIONS_MAX);
}

static void a_store_with_any_byte_changed_is_refused(void **state)
{
        struct keyring ring CLEANUP_KEYRING = { 0 }, again CLEANUP_KEYRING = { 0 };
        struct buf bytes CLEANUP_BUF = { 0 };
        struct str root = STR("a root key of thirty-two bytes..");

        (void)state;
        keyring_new(&ring);
        add(&ring, 1);
        keyring_write(&ring, root, &bytes);
        for (size_t i = 0; i < bytes.n; i++) {
                bytes.p[i] ^= 4;
                assert_true(keyring_read(buf_str(&bytes), root, &again, NULL) < 0);
                bytes.p[i] ^= 4;
                assert_true(keyring_read(str_make(bytes.p, i), root, &again, NULL) < 0);
        }
        assert_int_equal(keyring_read(buf_str(&bytes), root, &again, NULL), 0);
        buf_putc(&bytes, 0);
        assert_true(keyring_read(buf_str(&bytes), root, &again, NULL) < 0);
}

/* The corpus has a store of each format; its first byte is the fuzz target's own. */
static void read_store_of(const char *file, struct keyring *out)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        struct err err;

        assert_int_equal(fd_slurp(AT_FDCWD, file, KEYRING_BYTES_MAX, &bytes, NULL), 0);
        if (keyring_read(str_make(bytes.p + 1, bytes.n - 1), sample_key(), out, &err) < 0)
                fail_msg("%s: %s", file, err.text);
}

static void stores_that_older_releases_wrote_are_read(void **state)
{
        static const char *const files[] = { "good", "stateless", "state" };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                struct keyring ring CLEANUP_KEYRING = { 0 }, again CLEANUP_KEYRING = { 0 };
                struct buf now CLEANUP_BUF = { 0 };
                char path[300];

                snprintf(path, sizeof path, SOURCE_ROOT "/tests/fuzz/vault/corpus/keys/%s", files[i]);
                read_store_of(path, &ring);
                assert_true(ring.n > 0);
                assert_string_equal(ring.portals[0]->name, i > 0 ? "acme" : "");
                assert_int_equal(ring.portals[0]->state, i > 1 ? 3 : 0);
                assert_int_equal(ring.portals[0]->delete_after, i > 1 ? 1769817600 : 0);
                keyring_write(&ring, sample_key(), &now);
                assert_true(str_starts(buf_str(&now), STR("CRLKEYS3")));
                assert_int_equal(keyring_read(buf_str(&now), sample_key(), &again, NULL), 0);
                assert_int_equal(again.portals[0]->state, ring.portals[0]->state);
                assert_int_equal(again.portals[0]->delete_after, ring.portals[0]->delete_after);
        }
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, open_folder, close_folder)

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(any_two_shares_give_the_key_and_one_says_nothing_alone),
                cmocka_unit_test(a_share_may_be_typed_in_lower_case_without_dashes_and_every_slip_is_noticed),
                IN_FOLDER(a_root_key_is_made_once_and_its_file_is_the_owners_alone),
                IN_FOLDER(with_a_passphrase_or_shares_the_key_is_not_on_the_disk),
                IN_FOLDER(a_damaged_root_file_is_refused),
                IN_FOLDER(every_portal_has_its_own_key_and_keeps_it_over_a_restart),
                cmocka_unit_test(a_forgotten_portals_key_cannot_be_had_from_the_store),
                cmocka_unit_test(old_versions_go_and_the_newest_stays),
                cmocka_unit_test(a_store_with_any_byte_changed_is_refused),
                cmocka_unit_test(stores_that_older_releases_wrote_are_read),
        };

        if (crypto_prepare(NULL) < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
