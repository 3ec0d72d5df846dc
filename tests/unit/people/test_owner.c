/*
 * test_owner.c -- orders of a portal's owner: settings within their bounds, a table of readers whole or not at
 * all, the log and its verdict.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "people/csv.h"
#include "store/settings.h"
#include "fixture.h"

static int order_one(const char *verb, const char *key, const char *value, struct json **out)
{
        struct json *arguments = json_new_object();

        if (key != NULL)
                json_put_text(arguments, key, str_of(value));
        return order_as(AUDIT_HOST, PEOPLE_DOOR_PORTAL, verb, arguments, out);
}

static void no_setting_goes_below_its_bound(void **state)
{
        static const struct {
                const char *key;
                const char *value;
        } refused[] = {
                { "password.minimum", "4" }, { "password.minimum", "0" }, { "password.minimum", "-1" },
                { "password.minimum", "65" }, { "password.minimum", "" }, { "password.minimum", "5 " },
                { "password.minimum", "99999999999999999999" }, { "password.profile", "weak" },
                { "password.profile", "" }, { "second_factor", "writer king" },
                { "session.idle.writer", "4" }, { "session.idle.writer", "1441" },
                { "session.absolute.writer", "43201" }, { "session.absolute.power-reader", "527041" },
                { "title", "" }, { "language", "" }, { "language", "no tag" },
        };
        struct store_settings settings;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(refused); i++)
                if (order_one("settings.change", refused[i].key, refused[i].value, NULL) != ERR_INVALID)
                        fail_msg("%s may be '%s'", refused[i].key, refused[i].value);
        assert_int_equal(logged(), 0);
        assert_int_equal(store_settings_load(store, &settings, NULL), 0);
        assert_memory_equal(&settings, &store_settings_default, sizeof settings);
}

static void a_change_of_settings_says_in_the_log_what_it_was(void **state)
{
        struct json *answer CLEANUP_JSON = NULL, *detail CLEANUP_JSON = NULL;
        struct store_audit_record *rows;
        size_t n;

        (void)state;
        assert_int_equal(order_one("settings.change", "password.minimum", "8", &answer), 0);
        assert_true(str_is(json_get_text(answer, "password.minimum"), "8"));
        assert_true(str_is(json_get_text(answer, "password.profile"), "compat"));
        assert_int_equal(store_audit_list(store, 0, 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 1);
        assert_true(str_is(rows[0].object, "settings"));
        assert_int_equal(json_parse(rows[0].detail, &detail, NULL), 0);
        assert_true(str_is(json_get_text(json_get(detail, "password.minimum"), "from"), "5"));
        assert_true(str_is(json_get_text(json_get(detail, "password.minimum"), "to"), "8"));
        assert_false(json_has(detail, "title"));
        assert_int_equal(order_one("settings.change", "second_factor", "administrator writer", NULL), 0);
        assert_int_equal(order_one("settings.change", "second_factor", "", NULL), 0);
        assert_int_equal(logged(), 3);
}

static void a_table_is_added_whole_or_not_at_all(void **state)
{
        struct json *preview CLEANUP_JSON = NULL, *added CLEANUP_JSON = NULL;
        static const char bad[] = "a@example.com,A\nb@example.com,B,2001-01-01\n";
        int64_t counts[ROLE_COUNT];

        (void)state;
        assert_int_equal(order_one("user.preview", "csv", bad, &preview), 0);
        assert_int_equal(json_get_int(preview, "faulty"), 1);
        assert_int_equal(json_get_int(json_at(json_get(preview, "faults"), 0), "line"), 2);
        assert_int_equal(order_one("user.import", "csv", bad, NULL), ERR_INVALID);
        assert_non_null(strstr(err.text, "line 2"));
        assert_int_equal(logged(), 0);
        assert_int_equal(store_person_count(store, counts, NULL), 0);
        assert_int_equal(counts[ROLE_POWER_READER], 0);

        assert_int_equal(order_one("user.import", "csv", "name;email\nA;a@example.com\nB;b@example.com\n", &added), 0);
        assert_int_equal(json_get_int(added, "count"), 2);
        for (size_t i = 0; i < 2; i++)
                assert_true(str_starts(json_get_text(json_at(json_get(added, "people"), i), "path"),
                                       STR("/welcome?t=cri_")));
        assert_int_equal(store_person_count(store, counts, NULL), 0);
        assert_int_equal(counts[ROLE_POWER_READER], 2);
        assert_int_equal(logged(), 1);
}

static void the_log_is_read_backwards_by_what_is_asked(void **state)
{
        struct json *all CLEANUP_JSON = NULL, *groups CLEANUP_JSON = NULL, *verdict CLEANUP_JSON = NULL;
        struct json *day CLEANUP_JSON = NULL;

        (void)state;
        assert_int_equal(order_one("group.add", "group", "gold", NULL), 0);
        assert_int_equal(order_one("user.import", "csv", "a@example.com\n", NULL), 0);
        assert_int_equal(order_one("audit.list", NULL, NULL, &all), 0);
        assert_int_equal(json_length(all), 2);
        assert_true(str_is(json_get_text(json_at(all, 0), "action"), "user.import"));
        assert_int_equal(order_one("audit.list", "action", "group", &groups), 0);
        assert_int_equal(json_length(groups), 1);
        assert_int_equal(order_one("audit.list", "day", "2027-01-14", &day), 0);
        assert_int_equal(json_length(day), 0);
        assert_int_equal(order_one("audit.list", "day", "yesterday", NULL), ERR_INVALID);
        assert_int_equal(order_one("audit.list", "limit", "501", NULL), ERR_INVALID);
        assert_int_equal(order_one("audit.verify", NULL, NULL, &verdict), 0);
        assert_true(json_get_bool(verdict, "holds"));
        assert_int_equal(json_get_int(verdict, "records"), 2);
}

static void lines_of_the_log_are_json_and_go_on_where_they_ended(void **state)
{
        struct buf lines CLEANUP_BUF = { 0 }, rest CLEANUP_BUF = { 0 };
        struct json *record CLEANUP_JSON = NULL;
        int64_t last;

        (void)state;
        assert_int_equal(order_one("group.add", "group", "gold", NULL), 0);
        assert_int_equal(order_one("group.add", "group", "silver", NULL), 0);
        assert_int_equal(people_log_lines(store, 0, &lines, &last, NULL), 0);
        assert_int_equal(last, 2);
        struct str text = buf_str(&lines);

        assert_int_equal(json_parse(str_cut(&text, '\n'), &record, NULL), 0);
        assert_true(str_is(json_get_text(record, "object"), "group/gold"));
        assert_int_equal(json_get_text(record, "hash").n, DIGEST_HEX_LEN);
        assert_int_equal(people_log_lines(store, 1, &rest, &last, NULL), 0);
        assert_true(str_eq(buf_str(&rest), text));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(no_setting_goes_below_its_bound, open_portal, drop_portal),
                cmocka_unit_test_setup_teardown(a_change_of_settings_says_in_the_log_what_it_was, open_portal,
                                                drop_portal),
                cmocka_unit_test_setup_teardown(a_table_is_added_whole_or_not_at_all, open_portal, drop_portal),
                cmocka_unit_test_setup_teardown(the_log_is_read_backwards_by_what_is_asked, open_portal,
                                                drop_portal),
                cmocka_unit_test_setup_teardown(lines_of_the_log_are_json_and_go_on_where_they_ended, open_portal,
                                                drop_portal),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
