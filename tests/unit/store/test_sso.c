/*
 * test_sso.c -- providers of sign-on are what their rules allow, and each of their accounts is one person's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/sso.h"
#include "portal.h"

static struct store_sso_rule rules[] = {
        { STR("docs"), ROLE_WRITER, STR("") }, { STR("a=b"), ROLE_POWER_READER, STR("one two") },
};

static struct store_sso provider(const char *name, const char *issuer)
{
        return (struct store_sso){
                .name = str_of(name), .label = STR("Example"), .issuer = str_of(issuer), .client = STR("carrel"),
                .secret = STR("s3cret"), .origins = STR("https://id.example"), .scopes = STR("openid email"),
                .domains = STR("example.com example.org"), .claim = STR("groups"), .enabled = true, .rules = rules,
                .nrules = ARRAY_LEN(rules),
        };
}

static int add(const struct store_sso *v, int64_t *id, struct err *err)
{
        return store_sso_add(store, v, NOW, id, err);
}

static void a_provider_comes_back_as_it_was_and_its_secret_only_by_name(void **state)
{
        const struct store_sso v = provider("one", "https://id.example");
        struct store_sso found, *list;
        struct err err;
        int64_t id;
        size_t n;

        (void)state;
        assert_int_equal(add(&v, &id, &err), 0);
        assert_int_equal(store_sso_find(store, STR("one"), arena, &found, &err), 0);
        assert_int_equal(found.id, id);
        assert_true(str_is(found.secret, "s3cret"));
        assert_true(str_is(found.domains, "example.com example.org"));
        assert_int_equal(found.nrules, 2);
        assert_true(str_is(found.rules[1].value, "a=b"));
        assert_true(str_is(found.rules[1].groups, "one two"));
        assert_int_equal(found.rules[1].role, ROLE_POWER_READER);
        assert_int_equal(store_sso_list(store, arena, &list, &n, &err), 0);
        assert_int_equal(n, 1);
        assert_int_equal(list[0].secret.n, 0);
        assert_int_equal(store_sso_find(store, STR("two"), arena, &found, &err), ERR_NOT_FOUND);
}

static void what_breaks_a_rule_is_refused(void **state)
{
        static struct store_sso_rule boss[] = { { STR("x"), ROLE_ADMINISTRATOR, STR("") } };
        const struct store_sso good = provider("one", "https://id.example");
        struct store_sso bad[16];
        struct err err;
        int64_t id;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                bad[i] = good;
        bad[0].name = STR("One");
        bad[1].name = STR("a--b");
        bad[2].name = STR("");
        bad[3].issuer = STR("http://id.example");
        bad[4].client = STR("");
        bad[5].client = STR("a\nb");
        bad[6].secret = STR("");                /* not public, and no secret */
        bad[7].method = 2;                      /* public, with one */
        bad[8].method = 3;
        bad[9].scopes = STR("email profile");
        bad[10].domains = STR("example.com  example.org");
        bad[11].domains = STR("localhost");
        bad[12].domains = STR("Example.com");
        bad[13].claim = STR("");
        bad[14].nrules = 0;
        bad[15].rules = boss;
        bad[15].nrules = 1;
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                assert_int_equal(add(&bad[i], &id, &err), ERR_INVALID);
        bad[15].administrators = true;
        assert_int_equal(add(&bad[15], &id, &err), 0);
}

static void there_are_five_at_most_and_each_name_and_issuer_once(void **state)
{
        struct err err;
        int64_t id;

        (void)state;
        for (int i = 0; i < SSO_PROVIDERS_MAX + 1; i++) {
                const char *name = arena_printf(arena, "p%d", i);
                const struct store_sso v = provider(name, arena_printf(arena, "https://p%d.example", i));

                assert_int_equal(add(&v, &id, &err), i < SSO_PROVIDERS_MAX ? 0 : ERR_LIMIT);
        }
        const struct store_sso same_name = provider("p0", "https://x.example"), same_issuer =
                provider("x", "https://p0.example");

        assert_int_equal(add(&same_name, &id, &err), ERR_EXISTS);
        assert_int_equal(add(&same_issuer, &id, &err), ERR_EXISTS);
}

static void a_change_keeps_the_secret_unless_there_is_a_new_one(void **state)
{
        struct store_sso v = provider("one", "https://id.example"), found;
        struct err err;

        (void)state;
        assert_int_equal(add(&v, &v.id, &err), 0);
        v.secret = STR("");
        v.nrules = 1;
        v.enabled = false;
        assert_int_equal(store_sso_change(store, &v, NOW + 1, &err), 0);
        assert_int_equal(store_sso_find_id(store, v.id, arena, &found, &err), 0);
        assert_true(str_is(found.secret, "s3cret"));
        assert_int_equal(found.nrules, 1);
        assert_false(found.enabled);
        v.method = 2;
        assert_int_equal(store_sso_change(store, &v, NOW + 2, &err), 0);
        v.method = 0;
        assert_int_equal(store_sso_change(store, &v, NOW + 3, &err), ERR_INVALID);
        v.secret = STR("new");
        assert_int_equal(store_sso_change(store, &v, NOW + 3, &err), 0);
}

static void a_subject_is_one_person_s_and_a_person_has_one_subject(void **state)
{
        const struct store_sso v = provider("one", "https://id.example");
        int64_t ann = add_active("ann@example.com", ROLE_WRITER), bob = add_active("bob@example.com", ROLE_WRITER);
        int64_t id, person;
        struct err err;
        bool has;

        (void)state;
        assert_int_equal(add(&v, &id, &err), 0);
        assert_int_equal(store_sso_person(store, id, STR("s"), &person, &err), ERR_NOT_FOUND);
        assert_int_equal(store_sso_link(store, id, STR("s"), ann, NOW, &err), 0);
        assert_int_equal(store_sso_link(store, id, STR("s"), bob, NOW, &err), ERR_EXISTS);
        assert_int_equal(store_sso_link(store, id, STR("t"), ann, NOW, &err), ERR_EXISTS);
        assert_int_equal(store_sso_link(store, id, STR(""), bob, NOW, &err), ERR_INVALID);
        assert_int_equal(store_sso_touch(store, id, STR("s"), NOW + 5, &err), 0);
        assert_int_equal(store_sso_person(store, id, STR("s"), &person, &err), 0);
        assert_int_equal(person, ann);
        assert_int_equal(store_sso_person(store, id, STR("S"), &person, &err), ERR_NOT_FOUND);
        assert_int_equal(store_sso_has_link(store, ann, &has, &err), 0);
        assert_true(has);
        assert_int_equal(store_sso_has_link(store, bob, &has, &err), 0);
        assert_false(has);
        /* Who is deleted leaves no link, and the subject is nobody's. */
        assert_int_equal(store_person_delete(store, ann, &err), 0);
        assert_int_equal(store_sso_person(store, id, STR("s"), &person, &err), ERR_NOT_FOUND);
}

static void a_removed_provider_leaves_no_link_to_the_next_one_of_its_issuer(void **state)
{
        const struct store_sso v = provider("one", "https://id.example");
        int64_t ann = add_active("ann@example.com", ROLE_WRITER), first, second, person;
        struct err err;

        (void)state;
        assert_int_equal(add(&v, &first, &err), 0);
        assert_int_equal(store_sso_link(store, first, STR("s"), ann, NOW, &err), 0);
        assert_int_equal(store_sso_remove(store, first, &err), 0);
        assert_int_equal(store_sso_remove(store, first, &err), ERR_NOT_FOUND);
        assert_int_equal(add(&v, &second, &err), 0);
        assert_true(second > first);
        assert_int_equal(store_sso_person(store, second, STR("s"), &person, &err), ERR_NOT_FOUND);
}

static void a_domain_is_listed_whole(void **state)
{
        static const struct str list = STR("example.com example.org");

        (void)state;
        assert_true(store_sso_domain_listed(list, STR("a@example.org")));
        assert_false(store_sso_domain_listed(list, STR("a@sub.example.org")));
        assert_false(store_sso_domain_listed(list, STR("a@example.or")));
        assert_false(store_sso_domain_listed(list, STR("a@xexample.org")));
        assert_false(store_sso_domain_listed(list, STR("example.org")));
        assert_false(store_sso_domain_listed(STR(""), STR("a@")));
        assert_false(store_sso_domain_listed(list, STR("")));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_provider_comes_back_as_it_was_and_its_secret_only_by_name),
                TEST(what_breaks_a_rule_is_refused),
                TEST(there_are_five_at_most_and_each_name_and_issuer_once),
                TEST(a_change_keeps_the_secret_unless_there_is_a_new_one),
                TEST(a_subject_is_one_person_s_and_a_person_has_one_subject),
                TEST(a_removed_provider_leaves_no_link_to_the_next_one_of_its_issuer),
                TEST(a_domain_is_listed_whole),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
