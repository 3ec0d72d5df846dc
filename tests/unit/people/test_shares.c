/*
 * test_shares.c -- share links: what a link and its cookie open, until when, and that nothing else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "people/share_link.h"
#include "store/project.h"
#include "store/publication.h"
#include "fixture.h"

enum { DAY = 86400 };

static void publish(const char *slug, enum store_visibility visibility)
{
        const struct store_project project = {
                .slug = str_of(slug), .title = STR("P"), .language = STR("en"),
        };
        struct store_publication_row row = {
                .slug = str_of(slug), .title = STR("P"), .visibility = visibility, .language = STR("en"),
                .first_page = STR("start"),
        };
        int64_t id;

        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_project_put(store, &project, NOW, &row.project, NULL), 0);
        assert_int_equal(store_publication_put(store, &row, NOW, &id, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
}

static int open_published(void **state)
{
        if (open_portal(state) < 0)
                return -1;
        publish("guide", STORE_RESTRICTED);
        publish("other", STORE_RESTRICTED);
        publish("open", STORE_PUBLIC);
        return 0;
}

/* The secret of a new link, a copy. */
static struct str new_link(const char *arguments)
{
        struct json *answer CLEANUP_JSON = NULL;

        assert_int_equal(order("share.add", arguments, &answer), 0);
        struct str path = json_get_text(answer, "path");

        assert_true(str_starts(path, STR("/s/")));
        return arena_str(arena, str_make(path.p + 3, path.n - 3));
}

static int find(struct str shown, enum share_use use, int64_t now)
{
        struct store_share share;

        return share_link_find(store, shown, use, now, arena, &share, &err);
}

static struct str cookie_for(struct str link)
{
        struct store_share share;
        struct str cookie;

        assert_int_equal(share_link_find(store, link, SHARE_LINK, NOW, arena, &share, NULL), 0);
        assert_int_equal(share_link_secret(store, &share, SHARE_COOKIE, arena, &cookie, NULL), 0);
        return cookie;
}

static void a_link_and_its_cookie_work_to_the_last_second_each_for_itself(void **state)
{
        struct str link = new_link("{\"publication\":\"guide\",\"days\":2}"), cookie = cookie_for(link);

        (void)state;
        assert_int_equal(find(link, SHARE_LINK, NOW + 2 * DAY - 1), 0);
        assert_int_equal(find(cookie, SHARE_COOKIE, NOW + 2 * DAY - 1), 0);
        assert_int_equal(find(link, SHARE_LINK, NOW + 2 * DAY), ERR_NOT_FOUND);
        assert_int_equal(find(cookie, SHARE_COOKIE, NOW + 2 * DAY), ERR_NOT_FOUND);
        assert_int_equal(find(link, SHARE_COOKIE, NOW), ERR_NOT_FOUND);
        assert_int_equal(find(cookie, SHARE_LINK, NOW), ERR_NOT_FOUND);
        assert_int_equal(find(new_link("{\"publication\":\"guide\"}"), SHARE_LINK, NOW + 30 * DAY - 1), 0);
}

static void no_byte_of_a_link_may_differ(void **state)
{
        struct str link = new_link("{\"publication\":\"guide\"}");
        char *text = arena_strdup(arena, arena_printf(arena, "%.*s", STR_ARG(link)));

        (void)state;
        for (size_t i = 0; i < link.n; i++) {
                char kept = text[i];

                text[i] = kept == 'A' ? 'B' : 'A';
                assert_int_equal(find(str_of(text), SHARE_LINK, NOW), ERR_NOT_FOUND);
                text[i] = kept;
                assert_int_equal(find(str_make(text, i), SHARE_LINK, NOW), ERR_NOT_FOUND);
        }
        assert_int_equal(find(str_of(text), SHARE_LINK, NOW), 0);
        assert_int_equal(find(STR(""), SHARE_LINK, NOW), ERR_NOT_FOUND);
        assert_int_equal(find(STR("."), SHARE_LINK, NOW), ERR_NOT_FOUND);
}

/* As when a backup from before the link was restored, and the number is given again. */
static void a_number_that_comes_back_opens_nothing_with_the_old_link(void **state)
{
        struct str old = new_link("{\"publication\":\"guide\"}");
        struct store_share share = { .id = 1, .publication = 1, .created = NOW, .expires = NOW + 30 * DAY };
        struct str same, text;

        (void)state;
        assert_int_equal(share_link_secret(store, &share, SHARE_LINK, arena, &same, NULL), 0);
        assert_true(str_eq(same, old));
        for (int i = 0; i < 4; i++) {
                struct store_share changed = share;

                *(i == 0 ? &changed.id : i == 1 ? &changed.publication
                                       : i == 2 ? &changed.created : &changed.expires) += 1;
                assert_int_equal(share_link_secret(store, &changed, SHARE_LINK, arena, &text, NULL), 0);
                assert_false(str_eq(text, old));
        }
}

static void without_the_key_no_link_works_and_a_damaged_one_is_told(void **state)
{
        struct str link = new_link("{\"publication\":\"guide\"}");

        (void)state;
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_meta_put(store, STR("secret.shares"), STR("no key"), NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(find(link, SHARE_LINK, NOW), ERR_CORRUPT);
}

static void the_list_tells_who_made_a_link_and_the_log_that_it_was_made(void **state)
{
        struct json *list CLEANUP_JSON = NULL;
        struct store_audit_record *rows;
        size_t n;

        (void)state;
        assert_int_equal(order("user.add", "{\"email\":\"w@example.com\",\"role\":\"writer\",\"name\":\"Wanda\"}", NULL), 0);
        assert_int_equal(order_as(1, PEOPLE_DOOR_PORTAL, "share.add",
                                  arguments_of("{\"publication\":\"guide\",\"note\":\"an auditor\"}"), NULL), 0);
        assert_int_equal(order("share.list", "{}", &list), 0);
        assert_int_equal(json_length(list), 1);
        assert_true(str_is(json_get_text(json_at(list, 0), "created_by"), "Wanda"));
        assert_true(str_is(json_get_text(json_at(list, 0), "state"), "open"));
        assert_false(json_has(json_at(list, 0), "path"));
        assert_int_equal(store_audit_list(store, 0, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 2);
        size_t made = str_is(rows[0].action, "share.add") ? 0 : 1;

        assert_true(str_is(rows[made].action, "share.add") && str_is(rows[made].object, "share/1"));
        assert_int_equal(rows[made].actor, 1);
        assert_null(memmem(rows[made].detail.p, rows[made].detail.n, "auditor", 7));
        assert_int_equal(notes, 0);
        assert_int_equal(order("user.delete", "{\"email\":\"w@example.com\"}", NULL), 0);
        assert_int_equal(notes, 1);
}

static void what_makes_no_sense_is_refused_and_leaves_nothing(void **state)
{
        (void)state;
        assert_int_equal(order("share.add", "{\"publication\":\"guide\",\"days\":0}", NULL), ERR_INVALID);
        assert_int_equal(order("share.add", "{\"publication\":\"guide\",\"days\":367}", NULL), ERR_INVALID);
        assert_int_equal(order("share.add", "{\"publication\":\"guide\",\"days\":-1}", NULL), ERR_INVALID);
        assert_int_equal(order("share.add", "{\"publication\":\"guide\",\"days\":\"x\"}", NULL), ERR_INVALID);
        assert_int_equal(order("share.add", "{\"publication\":\"open\"}", NULL), ERR_DENIED);
        assert_int_equal(order("share.add", "{\"publication\":\"none\"}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("share.revoke", "{\"publication\":\"guide\",\"link\":1}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("share.revoke", "{\"publication\":\"guide\",\"link\":\"one\"}", NULL), ERR_INVALID);
        struct store_audit_head head;

        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        assert_int_equal(head.seq, 0);
}

static void revoking_names_the_publication_and_the_link_or_ends_all(void **state)
{
        struct str a = new_link("{\"publication\":\"guide\"}"), b = new_link("{\"publication\":\"guide\"}"),
                   c = new_link("{\"publication\":\"other\"}");

        (void)state;
        assert_int_equal(order("share.revoke", "{\"publication\":\"other\",\"link\":1}", NULL), ERR_NOT_FOUND);
        assert_int_equal(order("share.revoke", "{\"publication\":\"guide\",\"link\":\"1\"}", NULL), 0);
        assert_int_equal(find(a, SHARE_LINK, NOW), ERR_NOT_FOUND);
        assert_int_equal(find(b, SHARE_LINK, NOW), 0);
        assert_int_equal(order("share.revoke", "{\"publication\":\"guide\"}", NULL), 0);
        assert_int_equal(find(b, SHARE_LINK, NOW), ERR_NOT_FOUND);
        assert_int_equal(find(c, SHARE_LINK, NOW), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, open_published, drop_portal)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_link_and_its_cookie_work_to_the_last_second_each_for_itself),
                TEST(no_byte_of_a_link_may_differ),
                TEST(a_number_that_comes_back_opens_nothing_with_the_old_link),
                TEST(without_the_key_no_link_works_and_a_damaged_one_is_told),
                TEST(the_list_tells_who_made_a_link_and_the_log_that_it_was_made),
                TEST(what_makes_no_sense_is_refused_and_leaves_nothing),
                TEST(revoking_names_the_publication_and_the_link_or_ends_all),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
