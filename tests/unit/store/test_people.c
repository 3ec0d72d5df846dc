/*
 * test_people.c -- accounts: one spelling, always an administrator, secrets that work once, and a
 * deletion that leaves a number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "store/api_token.h"
#include "store/groups.h"
#include "store/project.h"
#include "store/settings.h"
#include "portal.h"

static void an_address_is_one_account_however_it_is_spelt(void **state)
{
        struct store_person p = { .login = STR(" Ann.Lee@Example.COM\n"), .name = STR("Ann") };
        struct err err;
        int64_t id = 0, again = 77;

        (void)state;
        assert_int_equal(store_person_add(store, &p, NOW, &id, NULL), 0);
        p.login = STR("ann.lee@example.com");
        assert_int_equal(store_person_add(store, &p, NOW, &again, &err), ERR_EXISTS);
        assert_non_null(strstr(err.text, "ann.lee@example.com"));
        assert_int_equal(again, 77);
        assert_int_equal(store_person_find_login(store, STR("ANN.LEE@example.com"), arena, &p, NULL),
                         0);
        assert_int_equal(p.id, id);
        assert_true(str_is(p.login, "ann.lee@example.com"));
        assert_int_equal(p.state, PERSON_INVITED);
        assert_false(p.has_password);
}

static void what_is_no_address_is_refused_with_a_sentence(void **state)
{
        static const char *const bad[] = {
                "", "@", "a", "a@", "@b", "a b@c", "a@b@c", "a@b..c", "a@-b", "a@b-", "a@b.", ".a@b",
                "a.@b", "a..b@c", "\"a\"@b", "a@b\n.c", "a,b@c", "<a@b>", "a@b>", "\xc3\xa4@b",
                "a@\xc3\xa4.b", "\xe2\x84\xaa@b", "a@b:25", "a@[::1]",
        };
        char local[80], domain[300];
        struct str out = STR("untouched");
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                if (store_login_fold(str_of(bad[i]), arena, &out, &err) != ERR_INVALID)
                        fail_msg("'%s' was taken", bad[i]);
                assert_non_null(strstr(err.text, "name@example.com"));
        }
        memset(local, 'a', sizeof local);
        snprintf(local + 64, 3, "@b");
        assert_int_equal(store_login_fold(str_of(local), arena, &out, NULL), 0);
        snprintf(local + 63, 4, "aa@");
        memcpy(local + 66, "b", 2);
        out = STR("untouched");
        assert_int_equal(store_login_fold(str_of(local), arena, &out, NULL), ERR_INVALID);
        memset(domain, 'd', sizeof domain);
        memcpy(domain, "a@", 2);
        assert_int_equal(store_login_fold(str_make(domain, 2 + 63), arena, &out, NULL), 0);
        assert_int_equal(store_login_fold(str_make(domain, 2 + 64), arena, &out, NULL), ERR_INVALID);
        assert_int_equal(store_login_fold(str_make(domain, 299), arena, &out, NULL), ERR_INVALID);
        assert_int_equal(store_login_fold(STR("x+y_z'@XN--80AK6AA92E.com"), arena, &out, NULL), 0);
        assert_true(str_is(out, "x+y_z'@xn--80ak6aa92e.com"));
}

static void a_name_is_one_line_of_text(void **state)
{
        char longest[PERSON_NAME_MAX + 1];
        int64_t id = add_invited("a@b", ROLE_WRITER);

        (void)state;
        memset(longest, 'n', sizeof longest);
        assert_int_equal(store_person_set_name(store, id, STR("J\xc3\xbcrgen"), NULL), 0);
        assert_int_equal(store_person_set_name(store, id, STR("a\r\nBcc: x"), NULL), ERR_INVALID);
        assert_int_equal(store_person_set_name(store, id, STR("\xff"), NULL), ERR_INVALID);
        assert_int_equal(store_person_set_name(store, id, str_make(longest, sizeof longest), NULL),
                         ERR_INVALID);
        assert_true(str_is(person_of(id).name, "J\xc3\xbcrgen"));
        assert_int_equal(store_person_set_name(store, id + 1, STR("x"), NULL), ERR_NOT_FOUND);
}

static void a_first_password_makes_an_account_active_and_nothing_but_a_hash_is_stored(void **state)
{
        int64_t id = add_invited("a@b", ROLE_WRITER);
        struct store_credentials c;
        struct err err;

        (void)state;
        assert_int_equal(store_password_set(store, id, STR("hunter2"), &err), ERR_INVALID);
        assert_null(strstr(err.text, "hunter2"));
        assert_int_equal(store_password_set(store, id, STR("$argon2i$v=19$x"), NULL), ERR_INVALID);
        assert_int_equal(person_of(id).state, PERSON_INVITED);
        assert_int_equal(store_password_set(store, id, STR(HASH), NULL), 0);
        assert_int_equal(store_credentials_find_login(store, STR("A@B"), arena, &c, NULL), 0);
        assert_true(str_is(c.password, HASH));
        assert_int_equal(c.person.state, PERSON_ACTIVE);
        /* A hash is only replaced while it is the one that was checked. */
        assert_int_equal(store_password_rehash(store, id, STR("$argon2id$other"),
                                               STR("$argon2id$new"), NULL), 0);
        assert_int_equal(store_credentials_find(store, id, arena, &c, NULL), 0);
        assert_true(str_is(c.password, HASH));
        assert_int_equal(store_password_rehash(store, id, STR(HASH), STR("$argon2id$new"), NULL), 0);
        assert_int_equal(store_credentials_find(store, id, arena, &c, NULL), 0);
        assert_true(str_is(c.password, "$argon2id$new"));
}

static void a_disabled_account_stays_so_when_its_password_is_set(void **state)
{
        int64_t id = add_invited("a@b", ROLE_WRITER);

        (void)state;
        assert_int_equal(store_person_disable(store, id, NULL), 0);
        assert_int_equal(store_person_enable(store, id, NULL), 0);
        assert_int_equal(person_of(id).state, PERSON_INVITED);
        assert_int_equal(store_person_disable(store, id, NULL), 0);
        assert_int_equal(store_password_set(store, id, STR(HASH), NULL), 0);
        assert_int_equal(person_of(id).state, PERSON_DISABLED);
        assert_int_equal(store_person_activate(store, id, NULL), ERR_DENIED);
        assert_int_equal(store_person_enable(store, id, NULL), 0);
        assert_int_equal(person_of(id).state, PERSON_ACTIVE);
}

static void an_invited_person_can_become_active_without_a_password(void **state)
{
        int64_t id = add_invited("a@b", ROLE_WRITER);

        (void)state;
        assert_int_equal(store_person_activate(store, id, NULL), 0);
        assert_int_equal(person_of(id).state, PERSON_ACTIVE);
        assert_false(person_of(id).has_password);
}

static void the_last_active_administrator_stays(void **state)
{
        int64_t one = add_active("one@b", ROLE_ADMINISTRATOR), two;
        struct err err;

        (void)state;
        add_invited("invited@b", ROLE_ADMINISTRATOR);
        add_active("writer@b", ROLE_WRITER);
        assert_int_equal(store_person_delete(store, one, &err), ERR_DENIED);
        assert_non_null(strstr(err.text, "make somebody else an administrator first"));
        assert_int_equal(store_person_disable(store, one, NULL), ERR_DENIED);
        assert_int_equal(store_person_set_role(store, one, ROLE_WRITER, NULL), ERR_DENIED);
        assert_int_equal(person_of(one).role, ROLE_ADMINISTRATOR);
        assert_int_equal(person_of(one).state, PERSON_ACTIVE);
        assert_true(str_is(person_of(one).login, "one@b"));

        two = add_active("two@b", ROLE_ADMINISTRATOR);
        assert_int_equal(store_person_disable(store, two, NULL), 0);
        assert_int_equal(store_person_disable(store, one, NULL), ERR_DENIED);
        assert_int_equal(store_person_enable(store, two, NULL), 0);
        assert_int_equal(store_person_set_role(store, one, ROLE_REVIEWER, NULL), 0);
        assert_int_equal(store_person_delete(store, two, NULL), ERR_DENIED);
        assert_int_equal(store_person_delete(store, one, NULL), 0);
}

static void an_administrators_account_does_not_expire(void **state)
{
        struct store_person p = { .login = STR("x@b"), .expires = NOW + 1 };
        int64_t id = add_active("a@b", ROLE_ADMINISTRATOR), reader = add_active("r@b", 3);

        (void)state;
        assert_int_equal(store_person_set_expires(store, id, NOW + 1, NULL), ERR_INVALID);
        assert_int_equal(store_person_add(store, &p, NOW, &id, NULL), ERR_INVALID);
        assert_int_equal(store_person_set_expires(store, reader, NOW + 1, NULL), 0);
        assert_int_equal(store_person_set_role(store, reader, ROLE_ADMINISTRATOR, NULL), ERR_INVALID);
        assert_int_equal(store_person_set_expires(store, reader, -1, NULL), ERR_INVALID);
        assert_int_equal(store_person_set_expires(store, reader, 0, NULL), 0);
        assert_int_equal(store_person_set_role(store, reader, ROLE_ADMINISTRATOR, NULL), 0);
}

static void people_are_listed_by_address_role_and_page(void **state)
{
        struct store_person *rows;
        int64_t counts[ROLE_COUNT], gone;
        size_t n;

        (void)state;
        add_active("c@b", ROLE_WRITER);
        add_active("a@b", ROLE_POWER_READER);
        add_active("b@b", ROLE_POWER_READER);
        gone = add_active("d@b", ROLE_POWER_READER);
        assert_int_equal(store_person_delete(store, gone, NULL), 0);
        assert_int_equal(store_person_list(store, 0xf, STR(""), 2, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 2);
        assert_true(str_is(rows[0].login, "a@b") && str_is(rows[1].login, "b@b"));
        assert_int_equal(store_person_list(store, 0xf, rows[1].login, 2, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].login, "c@b"));
        assert_int_equal(store_person_list(store, 1u << ROLE_POWER_READER, STR(""), 9, arena, &rows, &n,
                                           NULL), 0);
        assert_int_equal(n, 2);
        assert_int_equal(store_person_list(store, 0xf, STR(""), 0, arena, &rows, &n, NULL), ERR_LIMIT);
        assert_int_equal(store_person_list(store, 0xf, STR(""), SIZE_MAX, arena, &rows, &n, NULL),
                         ERR_LIMIT);
        assert_int_equal(store_person_count(store, counts, NULL), 0);
        assert_int_equal(counts[ROLE_POWER_READER], 2);
        assert_int_equal(counts[ROLE_WRITER], 1);
        assert_int_equal(counts[ROLE_ADMINISTRATOR], 0);
}

/* Give a person one of everything. */
static void furnish(int64_t id)
{
        struct store_passkey key = { .person = id, .credential = STR("canary-credential"),
                                     .public_key = STR("canary-key"), .name = STR("canary-phone") };
        struct store_api_token row = { .person = id, .name = STR("canary-script"), .scopes = 1,
                                       .expires = NOW + 10 };
        struct digest d = token(7);
        int64_t unused, group;

        assert_int_equal(store_totp_set(store, id, STR("canary-secret"), 1, NULL), 0);
        assert_int_equal(store_recovery_replace(store, id, STR("canary-salt"), &d, 1, NULL), 0);
        assert_int_equal(store_passkey_add(store, &key, NOW, &unused, NULL), 0);
        assert_int_equal(store_browser_put(store, id, &d, NOW, NULL), 0);
        assert_int_equal(store_api_token_add(store, &d, &row, NOW, &unused, NULL), 0);
        assert_int_equal(store_group_add(store, STR("g"), STR("G"), NOW, &group, NULL), 0);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
}

static void assert_file_lacks(const char *name, const char *needle)
{
        char path[FOLDER_MAX + 32];
        struct buf text CLEANUP_BUF = { 0 };

        snprintf(path, sizeof path, "%s/%s", folder, name);
        assert_int_equal(fd_slurp(AT_FDCWD, path, 1 << 26, &text, NULL), 0);
        if (str_find_str(buf_str(&text), str_of(needle)) >= 0)
                fail_msg("%s still has '%s'", name, needle);
}

static void a_deleted_person_leaves_a_number_beside_what_they_wrote(void **state)
{
        struct store_project project = { .slug = STR("p"), .title = STR("P"), .language = STR("en") };
        struct store_topic t = { .slug = STR("t"), .title = STR("T") };
        struct store_person p = { .login = STR("canary-login@example.com"),
                                  .name = STR("Canary Person"), .role = ROLE_WRITER };
        int64_t id, project_id, topic;
        char want[64];

        (void)state;
        assert_int_equal(store_person_add(store, &p, NOW, &id, NULL), 0);
        assert_int_equal(store_password_set(store, id, STR("$argon2id$canary-hash"), NULL), 0);
        furnish(id);
        assert_int_equal(store_project_put(store, &project, 1, &project_id, NULL), 0);
        assert_int_equal(store_topic_add(store, project_id, &t, STR("x"), STR(""), STR(""), 3, &topic,
                                         NULL), 0);
        assert_int_equal(store_revision_attribute(store, topic, 1, id, NULL), 0);
        assert_int_equal(number("SELECT count(*) FROM revision WHERE author = 'Canary Person'"), 1);
        assert_int_equal(store_revision_attribute(store, topic, 2, id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_revision_attribute(store, topic, 1, id + 9, NULL), ERR_NOT_FOUND);
        next_transaction();

        assert_int_equal(store_person_delete(store, id, NULL), 0);
        snprintf(want, sizeof want, "former author %lld", (long long)id);
        assert_true(str_is(person_of(id).name, want));
        assert_int_equal(person_of(id).state, PERSON_DELETED);
        assert_int_equal(person_of(id).login.n, 0);
        assert_int_equal(number("SELECT count(*) FROM revision WHERE author LIKE 'former author %'"),
                         1);
        assert_int_equal(store_person_find_login(store, p.login, arena, &p, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_person_delete(store, id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_password_set(store, id, STR(HASH), NULL), ERR_NOT_FOUND);
        assert_int_equal(store_person_enable(store, id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_commit(store, NULL), 0);
        store_checkpoint(store);
        assert_file_lacks("portal.db", "anary");
        assert_file_lacks("portal.db-wal", "anary");
        assert_int_equal(store_verify(store, NULL), 0);
}

static void a_number_is_never_given_twice(void **state)
{
        int64_t last = add_active("a@b", ROLE_POWER_READER);

        (void)state;
        for (int i = 0; i < 5; i++) {
                assert_int_equal(store_person_delete(store, last, NULL), 0);
                int64_t next = add_active("a@b", ROLE_POWER_READER);

                assert_true(next > last);
                last = next;
        }
}

static void failures_are_counted_until_a_success(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), n = 0;
        struct store_credentials c;

        (void)state;
        for (int i = 1; i <= 3; i++) {
                assert_int_equal(store_failure_add(store, id, NOW + i, &n, NULL), 0);
                assert_int_equal(n, i);
        }
        assert_int_equal(store_credentials_find(store, id, arena, &c, NULL), 0);
        assert_int_equal(c.failures, 3);
        assert_int_equal(c.failed, NOW + 3);
        assert_int_equal(store_failure_clear(store, id, NULL), 0);
        assert_int_equal(store_credentials_find(store, id, arena, &c, NULL), 0);
        assert_int_equal(c.failures, 0);
        assert_int_equal(store_failure_add(store, id + 1, NOW, &n, NULL), ERR_NOT_FOUND);
}

static void a_code_of_an_authenticator_works_once(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER);
        struct store_credentials c;

        (void)state;
        assert_int_equal(store_totp_use(store, id, 5, NULL), ERR_DENIED);
        assert_int_equal(store_totp_set(store, id, STR("12345678901234567890"), 100, NULL), 0);
        assert_int_equal(store_totp_use(store, id, 100, NULL), ERR_DENIED);
        assert_int_equal(store_totp_use(store, id, 101, NULL), 0);
        assert_int_equal(store_totp_use(store, id, 101, NULL), ERR_DENIED);
        assert_int_equal(store_totp_use(store, id, 100, NULL), ERR_DENIED);
        assert_int_equal(store_credentials_find(store, id, arena, &c, NULL), 0);
        assert_true(c.person.has_totp);
        assert_int_equal(c.totp_step, 101);
        assert_int_equal(store_totp_clear(store, id, NULL), 0);
        assert_false(person_of(id).has_totp);
        assert_int_equal(store_totp_use(store, id, 200, NULL), ERR_DENIED);
}

static void a_recovery_code_works_once_and_new_ones_void_the_old(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), other = add_active("o@b", ROLE_WRITER);
        struct digest codes[3] = { token(1), token(2), token(3) }, later = token(4);
        struct store_recovery left;

        (void)state;
        assert_int_equal(store_recovery_replace(store, id, STR("salt"), codes, 3, NULL), 0);
        assert_int_equal(store_recovery_use(store, other, &codes[0], NOW, NULL), ERR_DENIED);
        assert_int_equal(store_recovery_use(store, id, &codes[1], NOW, NULL), 0);
        assert_int_equal(store_recovery_use(store, id, &codes[1], NOW, NULL), ERR_DENIED);
        assert_int_equal(store_recovery_load(store, id, arena, &left, NULL), 0);
        assert_int_equal(left.n, 2);
        assert_true(str_is(left.salt, "salt"));
        assert_memory_equal(left.codes[1].b, codes[2].b, DIGEST_LEN);
        assert_int_equal(store_recovery_replace(store, id, STR("new"), &later, 1, NULL), 0);
        assert_int_equal(store_recovery_use(store, id, &codes[0], NOW, NULL), ERR_DENIED);
        assert_int_equal(store_recovery_use(store, id, &later, NOW, NULL), 0);
        assert_int_equal(store_recovery_replace(store, id, STR(""), codes, RECOVERY_CODES_MAX + 1, NULL),
                         ERR_LIMIT);
}

static void a_passkey_whose_counter_does_not_grow_is_refused(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), other = add_active("o@b", ROLE_WRITER), key, simple;
        struct store_passkey k = { .person = id, .credential = STR("cred"), .algorithm = -7,
                                   .public_key = STR("key"), .counter = 5, .name = STR("Phone"),
                                   .transports = 9, .backup_eligible = true };
        struct store_passkey_use use = { .counter = 5 };
        struct store_passkey found, *rows;
        size_t n;

        (void)state;
        assert_int_equal(store_passkey_add(store, &k, NOW, &key, NULL), 0);
        k.person = other;
        assert_int_equal(store_passkey_add(store, &k, NOW, &simple, NULL), ERR_EXISTS);
        assert_int_equal(store_passkey_use(store, key, &use, NOW, NULL), ERR_DENIED);
        use = (struct store_passkey_use){ .counter = 6, .user_verified = true, .backed_up = true };
        assert_int_equal(store_passkey_use(store, key, &use, NOW + 9, NULL), 0);
        assert_int_equal(store_passkey_use(store, key, &use, NOW + 9, NULL), ERR_DENIED);
        assert_int_equal(store_passkey_find(store, STR("cred"), arena, &found, NULL), 0);
        assert_int_equal(found.person, id);
        assert_int_equal(found.counter, 6);
        assert_int_equal(found.used, NOW + 9);
        assert_int_equal(found.algorithm, -7);
        assert_int_equal(found.transports, 9);
        assert_true(found.backed_up && found.user_verified && found.backup_eligible);

        /* Many keys do not count at all. */
        k.credential = STR("simple");
        k.counter = 0;
        assert_int_equal(store_passkey_add(store, &k, NOW, &simple, NULL), 0);
        use.counter = 0;
        assert_int_equal(store_passkey_use(store, simple, &use, NOW, NULL), 0);
        assert_int_equal(store_passkey_use(store, simple, &use, NOW, NULL), 0);
        assert_int_equal(store_passkey_rename(store, id, simple, STR("Mine"), NULL), ERR_NOT_FOUND);
        assert_int_equal(store_passkey_remove(store, id, simple, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_passkey_rename(store, other, simple, STR("Mine"), NULL), 0);
        assert_int_equal(store_passkey_list(store, other, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].name, "Mine"));
        assert_int_equal(store_passkey_remove(store, other, simple, NULL), 0);
        assert_int_equal(store_passkey_find(store, STR("simple"), arena, &found, NULL), ERR_NOT_FOUND);
}

static void an_account_has_a_limited_number_of_passkeys_and_known_browsers(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), key;
        struct digest first = token(0);
        char name[16];
        bool known = false;

        (void)state;
        for (int i = 0; i <= PASSKEYS_MAX; i++) {
                struct store_passkey k = { .person = id, .public_key = STR("k") };

                snprintf(name, sizeof name, "c%d", i);
                k.credential = str_of(name);
                assert_int_equal(store_passkey_add(store, &k, NOW, &key, NULL),
                                 i < PASSKEYS_MAX ? 0 : ERR_LIMIT);
        }
        for (int i = 0; i < BROWSERS_MAX; i++) {
                struct digest d = token(i);

                assert_int_equal(store_browser_put(store, id, &d, NOW + i, NULL), 0);
        }
        assert_int_equal(store_browser_known(store, id, &first, &known, NULL), 0);
        assert_true(known);
        struct digest more = token(99);

        assert_int_equal(store_browser_put(store, id, &more, NOW + 50, NULL), 0);
        assert_int_equal(store_browser_known(store, id, &first, &known, NULL), 0);
        assert_false(known);
        assert_int_equal(store_browser_known(store, id, &more, &known, NULL), 0);
        assert_true(known);
        assert_int_equal(store_browser_known(store, id + 1, &more, &known, NULL), 0);
        assert_false(known);
        assert_int_equal(store_browser_forget(store, id, NULL), 0);
        assert_int_equal(store_browser_known(store, id, &more, &known, NULL), 0);
        assert_false(known);
}

static void groups_have_members_and_go_with_their_rights(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER), group, unused;
        struct store_person *people;
        struct store_group g, *groups;
        size_t n;

        (void)state;
        assert_int_equal(store_group_add(store, STR("field-staff"), STR("Field staff"), NOW, &group,
                                         NULL), 0);
        assert_int_equal(store_group_add(store, STR("field-staff"), STR("X"), NOW, &unused, NULL),
                         ERR_EXISTS);
        static const char *const bad[] = { "", "-a", "a-", "a--b", "A", "a b", "a/b", "\xc3\xa4" };

        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(store_group_add(store, str_of(bad[i]), STR("X"), NOW, &unused, NULL),
                                 ERR_INVALID);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
        assert_int_equal(store_group_join(store, group, id + 1, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_group_join(store, group + 1, id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_group_find(store, STR("field-staff"), arena, &g, NULL), 0);
        assert_int_equal(g.members, 1);
        assert_int_equal(store_group_members(store, group, arena, &people, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_int_equal(people[0].id, id);
        assert_int_equal(store_group_list_of(store, id, arena, &groups, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_int_equal(store_group_rename(store, group, STR("New"), NULL), 0);
        assert_int_equal(store_group_rename(store, group + 1, STR("New"), NULL), ERR_NOT_FOUND);
        assert_int_equal(store_group_leave(store, group, id, NULL), 0);
        assert_int_equal(store_group_list(store, arena, &groups, &n, NULL), 0);
        assert_int_equal(groups[0].members, 0);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
        assert_int_equal(store_group_remove(store, group, NULL), 0);
        assert_int_equal(store_group_remove(store, group, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_group_list_of(store, id, arena, &groups, &n, NULL), 0);
        assert_int_equal(n, 0);
}

static void no_setting_lowers_the_floor_of_five(void **state)
{
        struct store_settings s;
        struct err err;

        (void)state;
        assert_int_equal(store_settings_load(store, &s, NULL), 0);
        assert_int_equal(s.session[ROLE_WRITER].idle, 3600);
        assert_int_equal(s.session[ROLE_POWER_READER].absolute, 30 * 86400);
        assert_int_equal(s.second_factor_roles, 0);
        assert_int_equal(s.password_minimum, 5);
        s.password_minimum = 4;
        assert_int_equal(store_settings_save(store, &s, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "from 5 to 64"));
        s.password_minimum = 65;
        assert_int_equal(store_settings_save(store, &s, NULL), ERR_INVALID);
        s.password_minimum = 12;
        s.password_profile = 2;
        s.second_factor_roles = 1u << ROLE_ADMINISTRATOR;
        s.session[ROLE_WRITER].idle = 600;
        assert_int_equal(store_settings_save(store, &s, NULL), 0);
        assert_int_equal(store_settings_load(store, &s, NULL), 0);
        assert_int_equal(s.password_minimum, 12);
        assert_int_equal(s.password_profile, 2);
        assert_int_equal(s.second_factor_roles, 1);
        assert_int_equal(s.session[ROLE_WRITER].idle, 600);
        /* The table refuses it too, and what it cannot refuse is put right when it is read. */
        assert_int_equal(sqlite_db_exec(store->db,
                                        "UPDATE setting SET value = 4 WHERE key = 'password.minimum'",
                                        &err), ERR_EXISTS);
        assert_int_equal(sqlite_db_exec(store->db,
                                        "UPDATE setting SET value = -1 WHERE key LIKE 'session%'", &err),
                         0);
        assert_int_equal(store_settings_load(store, &s, NULL), 0);
        assert_int_equal(s.session[ROLE_WRITER].idle, SESSION_IDLE_MIN);
}

static void sessions_have_bounds(void **state)
{
        struct store_settings s = store_settings_default;

        (void)state;
        s.session[ROLE_WRITER].idle = SESSION_IDLE_MIN - 1;
        assert_int_equal(store_settings_save(store, &s, NULL), ERR_INVALID);
        s.session[ROLE_WRITER].idle = s.session[ROLE_WRITER].absolute + 1;
        assert_int_equal(store_settings_save(store, &s, NULL), ERR_INVALID);
        s = store_settings_default;
        s.session[ROLE_REVIEWER].absolute = SESSION_AUTHOR_MAX + 1;
        assert_int_equal(store_settings_save(store, &s, NULL), ERR_INVALID);
        s = store_settings_default;
        s.session[ROLE_POWER_READER].absolute = SESSION_READER_MAX;
        s.second_factor_roles = 1u << ROLE_COUNT;
        assert_int_equal(store_settings_save(store, &s, NULL), ERR_INVALID);
        s.second_factor_roles = 0;
        assert_int_equal(store_settings_save(store, &s, NULL), 0);
}

static void an_api_token_ends_with_its_day_its_person_or_its_revocation(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), other = add_active("o@b", ROLE_WRITER), row;
        struct store_api_token t = { .person = id, .name = STR("ci"), .scopes = 5,
                                     .expires = NOW + 100 };
        struct store_api_token found, *rows;
        struct digest d = token(1), unknown = token(2);
        size_t n;

        (void)state;
        assert_int_equal(store_api_token_add(store, &d, &t, NOW, &row, NULL), 0);
        t.scopes = 0;
        assert_int_equal(store_api_token_add(store, &unknown, &t, NOW, &row, NULL), ERR_INVALID);
        t.scopes = 1;
        t.expires = 0;
        assert_int_equal(store_api_token_add(store, &unknown, &t, NOW, &row, NULL), ERR_INVALID);
        t.expires = NOW + 367 * 86400;
        assert_int_equal(store_api_token_add(store, &unknown, &t, NOW, &row, NULL), ERR_INVALID);

        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), 0);
        assert_int_equal(found.scopes, 5);
        assert_int_equal(found.person, id);
        assert_int_equal(found.role, ROLE_WRITER);
        assert_true(store_api_token_is_due(&found, NOW));
        assert_int_equal(store_api_token_touch(store, found.id, NOW, NULL), 0);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), 0);
        assert_int_equal(found.used_day, NOW / 86400);
        assert_false(store_api_token_is_due(&found, NOW));
        assert_int_equal(store_api_token_find(store, &d, NOW + 100, arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_api_token_find(store, &unknown, NOW, arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_person_disable(store, id, NULL), 0);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_person_enable(store, id, NULL), 0);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), 0);
        assert_int_equal(store_api_token_revoke(store, other, found.id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_api_token_list(store, id, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_int_equal(store_api_token_revoke(store, id, found.id, NULL), 0);
        assert_int_equal(store_api_token_find(store, &d, NOW, arena, &found, NULL), ERR_NOT_FOUND);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(an_address_is_one_account_however_it_is_spelt),
                TEST(what_is_no_address_is_refused_with_a_sentence),
                TEST(a_name_is_one_line_of_text),
                TEST(a_first_password_makes_an_account_active_and_nothing_but_a_hash_is_stored),
                TEST(a_disabled_account_stays_so_when_its_password_is_set),
                TEST(an_invited_person_can_become_active_without_a_password),
                TEST(the_last_active_administrator_stays),
                TEST(an_administrators_account_does_not_expire),
                TEST(people_are_listed_by_address_role_and_page),
                TEST(a_deleted_person_leaves_a_number_beside_what_they_wrote),
                TEST(a_number_is_never_given_twice),
                TEST(failures_are_counted_until_a_success),
                TEST(a_code_of_an_authenticator_works_once),
                TEST(a_recovery_code_works_once_and_new_ones_void_the_old),
                TEST(a_passkey_whose_counter_does_not_grow_is_refused),
                TEST(an_account_has_a_limited_number_of_passkeys_and_known_browsers),
                TEST(groups_have_members_and_go_with_their_rights),
                TEST(no_setting_lowers_the_floor_of_five),
                TEST(sessions_have_bounds),
                TEST(an_api_token_ends_with_its_day_its_person_or_its_revocation),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
