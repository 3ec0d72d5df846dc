/*
 * test_client_key.c -- the key that backups are sealed to for the portal's owner: which is taken, what the log
 * says, and that a private one is neither kept nor told on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "../crypto/rsa_keys.h"
#include "fixture.h"
#include "people/client_key.h"

static int set(const char *pem, struct json **out)
{
        struct json *arguments = json_new_object();

        json_put_text(arguments, "key", str_of(pem));
        return order_as(7, PEOPLE_DOOR_PORTAL, "backup-key.set", arguments, out);
}

static int remove_key(void)
{
        return order_as(7, PEOPLE_DOOR_PORTAL, "backup-key.remove", json_new_object(), NULL);
}

static struct client_key kept(void)
{
        struct client_key key;

        assert_int_equal(client_key_load(store, arena, &key, &err), 0);
        return key;
}

static struct store_audit_record last_record(void)
{
        struct store_audit_record *rows = NULL;
        size_t n = 0;

        assert_int_equal(store_audit_list_back(store, 0, 1, arena, &rows, &n, NULL), 0);
        assert_true(n > 0);
        return rows[0];
}

static void a_key_is_kept_shown_by_its_name_replaced_and_removed(void **state)
{
        struct json *result CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(kept().pem.n, 0);
        assert_int_equal(set(rsa_sample_public, &result), 0);
        assert_true(str_is(json_get_text(result, "sha256"), RSA_SAMPLE_NAME));
        assert_int_equal(json_get_int(result, "bits"), 3072);
        assert_true(str_is(kept().name, RSA_SAMPLE_NAME));
        assert_int_equal(kept().bits, 3072);
        assert_true(str_eq(kept().pem, str_trim(str_of(rsa_sample_public))));
        assert_int_equal(set(rsa_public_8192, NULL), 0);
        assert_int_equal(kept().bits, 8192);
        assert_int_equal(remove_key(), 0);
        assert_int_equal(kept().pem.n, 0);
        assert_int_equal(logged(), 3);
        assert_int_equal(remove_key(), ERR_NOT_FOUND);
        assert_int_equal(logged(), 3);
}

static void the_log_says_which_key_came_and_which_went(void **state)
{
        (void)state;
        assert_int_equal(set(rsa_sample_public, NULL), 0);
        struct store_audit_record first = last_record();

        assert_true(str_is(first.action, "backup-key.set"));
        assert_int_equal(first.actor, 7);
        assert_true(str_find_str(first.detail, STR("\"to\":\"" RSA_SAMPLE_NAME "\"")) >= 0);
        assert_int_equal(set(rsa_public_8192, NULL), 0);
        assert_true(str_find_str(last_record().detail, STR("\"from\":\"" RSA_SAMPLE_NAME "\"")) >= 0);
        assert_int_equal(set(rsa_sample_public, NULL), 0);
        assert_int_equal(remove_key(), 0);
        assert_true(str_is(last_record().action, "backup-key.remove"));
        assert_true(str_find_str(last_record().detail, STR("\"was\":\"" RSA_SAMPLE_NAME "\"")) >= 0);
}

static void what_is_no_fit_public_key_is_refused_and_leaves_the_last_one(void **state)
{
        static const struct {
                const char *pem, *says;
        } refused[] = {
                { "", "no public key" },
                { "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ me@here", "no public key" },
                { rsa_public_2048, "3072" },
                { rsa_public_p256, "RSA" },
                { rsa_public_ed25519, "RSA" },
                { rsa_public_older, "older form" },
                { "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "certificate" },
        };

        (void)state;
        assert_int_equal(set(rsa_sample_public, NULL), 0);
        for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
                assert_true(set(refused[i].pem, NULL) < 0);
                if (strstr(err.text, refused[i].says) == NULL)
                        fail_msg("'%s' does not say '%s'", err.text, refused[i].says);
        }
        assert_true(str_is(kept().name, RSA_SAMPLE_NAME));
        assert_int_equal(logged(), 1);
}

static void a_private_key_is_thrown_away_with_a_word_about_it(void **state)
{
        static const char *const sent[] = {
                rsa_sample_private, rsa_sample_encrypted, rsa_sample_older,
                "-----BEGIN EC PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----", "PuTTY-User-Key-File-3: ssh-rsa",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(sent); i++) {
                assert_true(client_key_is_private(str_of(sent[i])));
                assert_int_equal(set(sent[i], NULL), ERR_INVALID);
                assert_non_null(strstr(err.text, "never send it"));
        }
        assert_false(client_key_is_private(str_of(rsa_sample_public)));
        assert_int_equal(kept().pem.n, 0);
        assert_int_equal(logged(), 0);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(a_key_is_kept_shown_by_its_name_replaced_and_removed, open_portal,
                                                drop_portal),
                cmocka_unit_test_setup_teardown(the_log_says_which_key_came_and_which_went, open_portal,
                                                drop_portal),
                cmocka_unit_test_setup_teardown(what_is_no_fit_public_key_is_refused_and_leaves_the_last_one,
                                                open_portal, drop_portal),
                cmocka_unit_test_setup_teardown(a_private_key_is_thrown_away_with_a_word_about_it, open_portal,
                                                drop_portal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
