/*
 * test_alarm.c -- days of a host's alarms in a moment: what is told to whom, and how often.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vault/alarm.h"
#include "vault/retention.h"

enum { HOUR = 3600, DAY = 24 * HOUR, START = 20454 * DAY, MOST = 200 };

/* A host's alarms as its registry keeps them, and who was written how often. */
struct world {
        struct arena *arena;
        struct alarm rows[MOST];
        size_t n;
        int64_t now, last;
        unsigned letters;
        struct buf subject, text;
};

static void begin_world(struct world *w)
{
        memset(w, 0, sizeof *w);
        w->arena = arena_new(0);
        w->now = START;
}

static void end_world(struct world *w)
{
        arena_free(&w->arena);
        buf_free(&w->subject);
        buf_free(&w->text);
}

/* One look of the registry: whoever has to be told is told. */
static void look(struct world *w, const struct alarm *found, size_t n, bool unsure)
{
        struct alarm copy[MOST], *rows;
        size_t all;

        for (size_t i = 0; i < n; i++)
                copy[i] = found[i];
        alarm_merge(w->arena, w->rows, w->n, copy, n, w->now, unsure, true, &rows, &all);
        w->n = 0;
        for (size_t i = 0; i < all; i++)
                if (rows[i].change != ALARM_GONE)
                        w->rows[w->n++] = rows[i];
        if (!alarm_letter_due(w->rows, w->n, w->last, w->now))
                return;
        buf_clear(&w->subject);
        buf_clear(&w->text);
        alarm_letter_write(w->rows, w->n, STR("docs.test"), w->now, &w->subject, &w->text);
        alarm_letter_told(w->rows, w->n, w->now);
        w->last = w->now;
        w->letters++;
}

static void says(struct buf *text, const char *part)
{
        if (strstr(buf_cstr(text), part) == NULL)
                fail_msg("'%s' is not in:\n%s", part, buf_cstr(text));
}

static struct alarm of_portal(enum alarm_kind kind, uint64_t portal)
{
        return (struct alarm){ .kind = kind, .portal = portal, .name = STR("acme"), .since = START,
                               .why = STR("") };
}

static void facts_make_alarms_at_their_limits_and_not_a_second_before(void **state)
{
        struct alarm_facts f = { .known = true, .created = START, .newest = START + DAY, .scrubbed = START,
                                 .copied = START };

        (void)state;
        assert_int_equal(alarm_since(ALARM_BACKUP_LATE, &f, f.newest + ALARM_SECONDS), 0);
        assert_int_equal(alarm_since(ALARM_BACKUP_LATE, &f, f.newest + ALARM_SECONDS + 1), f.newest + ALARM_SECONDS);
        assert_int_equal(alarm_since(ALARM_SCRUB_LATE, &f, START + ALARM_SECONDS + 1), START + ALARM_SECONDS);
        assert_int_equal(alarm_since(ALARM_COPY_LATE, &f, START + 9 * DAY), 0);
        f.copies = true;
        assert_int_equal(alarm_since(ALARM_COPY_LATE, &f, START + 9 * DAY), START + ALARM_SECONDS);
        f.no_room = f.trial_failed = f.suspect = f.held = START + 7;
        assert_int_equal(alarm_since(ALARM_NO_ROOM, &f, START + 8), START + 7);
        assert_int_equal(alarm_since(ALARM_TRIAL_FAILED, &f, START + 8), START + 7);
        assert_int_equal(alarm_since(ALARM_SUSPECT, &f, START + 8), START + 7);
        assert_int_equal(alarm_since(ALARM_HELD, &f, START + 8), START + 7);
        f.known = false;        /* then only what the registry found itself is one */
        assert_int_equal(alarm_since(ALARM_BACKUP_LATE, &f, START + 9 * DAY), 0);
        assert_int_equal(alarm_since(ALARM_NO_ROOM, &f, START + 9 * DAY), 0);
        assert_int_equal(alarm_since(ALARM_SUSPECT, &f, START + 9 * DAY), START + 7);
}

static void one_letter_when_it_begins_and_one_when_it_is_over(void **state)
{
        const struct alarm late = of_portal(ALARM_BACKUP_LATE, 1);
        struct world w;

        (void)state;
        begin_world(&w);
        for (int minute = 0; minute < 3 * 24 * 60; minute++, w.now += 60)
                look(&w, &late, 1, false);
        assert_int_equal(w.letters, 1);
        says(&w.subject, "1 alarm on docs.test: 1 new, 0 over");
        says(&w.text, "acme: since 2026-01-01 00:00 UTC [backup-late]");
        says(&w.text, "'carrel backup now acme'");
        for (int minute = 0; minute < 24 * 60; minute++, w.now += 60)
                look(&w, NULL, 0, false);
        assert_int_equal(w.letters, 2);
        says(&w.subject, "All is well again on docs.test");
        says(&w.text, "acme: it is over since 2026-01-04 00:00 UTC [backup-late]");
        end_world(&w);
}

static void however_many_begin_it_is_one_letter_and_one_an_hour(void **state)
{
        struct alarm found[100];
        struct world w;

        (void)state;
        begin_world(&w);
        for (size_t i = 0; i < 100; i++)
                found[i] = of_portal(ALARM_COPY_LATE, 100 - i);
        look(&w, found, 99, false);
        assert_int_equal(w.letters, 1);
        says(&w.subject, "99 alarms");
        says(&w.text, "- and 49 more");
        assert_true(w.text.n <= ALARM_LETTER_MAX);
        for (int minute = 0; minute < 60; minute++, w.now += 60)
                look(&w, found, minute % 2 ? 100 : 99, false);
        assert_int_equal(w.letters, 1);
        look(&w, found, 100, false);
        assert_int_equal(w.letters, 2);
        says(&w.subject, "100 alarms on docs.test: 1 new, 0 over");
        end_world(&w);
}

static void what_only_the_vault_knows_is_not_over_while_it_is_silent(void **state)
{
        const struct alarm found[] = { of_portal(ALARM_SUSPECT, 1), of_portal(ALARM_BACKUP_LATE, 1) };
        struct world w;

        (void)state;
        begin_world(&w);
        look(&w, found, 2, false);
        w.now += 2 * HOUR;
        look(&w, NULL, 0, true);
        assert_int_equal(w.letters, 2);
        says(&w.text, "is over since 2026-01-01 02:00 UTC [suspect]");
        says(&w.text, "since 2026-01-01 00:00 UTC [backup-late]");
        assert_int_equal(w.n, 2);
        assert_int_equal(w.rows[0].ended, 0);
        end_world(&w);
}

static void one_that_is_over_is_kept_for_a_week_and_comes_back_as_a_new_one(void **state)
{
        struct alarm late = of_portal(ALARM_BACKUP_LATE, 1);
        struct world w;

        (void)state;
        begin_world(&w);
        look(&w, &late, 1, false);
        w.now += DAY;
        look(&w, NULL, 0, false);
        assert_int_equal(w.letters, 2);
        late.since = w.now += DAY;
        look(&w, &late, 1, false);
        assert_int_equal(w.letters, 3);
        says(&w.subject, "1 new, 0 over");
        assert_int_equal(w.rows[0].since, w.now);
        w.now += DAY;
        look(&w, NULL, 0, false);
        w.now += ALARM_KEPT_SECONDS - 1;
        look(&w, NULL, 0, false);
        assert_int_equal(w.n, 1);
        w.now += 1;
        look(&w, NULL, 0, false);
        assert_int_equal(w.n, 0);
        end_world(&w);
}

static void locked_keys_have_a_quarter_of_an_hour(void **state)
{
        const struct alarm locked = { .kind = ALARM_KEYS_LOCKED, .name = STR(""), .why = STR("") };
        struct world w;

        (void)state;
        begin_world(&w);
        look(&w, &locked, 1, false);
        w.now += 14 * 60;
        look(&w, &locked, 1, false);
        assert_int_equal(w.letters, 0);
        w.now += 60;
        look(&w, &locked, 1, false);
        assert_int_equal(w.letters, 1);
        says(&w.text, "- since 2026-01-01 00:00 UTC [keys-locked]");
        end_world(&w);
}

static void administrators_hear_of_their_own_portal_once_and_when_all_is_over(void **state)
{
        const struct alarm found[] = { of_portal(ALARM_SUSPECT, 1), of_portal(ALARM_HELD, 1),
                                       of_portal(ALARM_BACKUP_LATE, 1), of_portal(ALARM_COPY_LATE, 2) };
        const uint32_t both = UINT32_C(1) << ALARM_SUSPECT | UINT32_C(1) << ALARM_BACKUP_LATE;
        struct world w;

        (void)state;
        begin_world(&w);
        look(&w, found, 4, false);
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now), both);
        assert_int_equal(alarm_news(w.rows, w.n, 2, w.now), UINT32_C(1) << ALARM_COPY_LATE);
        assert_int_equal(alarm_news(w.rows, w.n, 3, w.now), 0);
        alarm_wrote(w.rows, w.n, 1, both, w.now);
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now), 0);
        w.now += DAY;
        look(&w, found, 2, false);              /* one of the two is over: that is no news yet */
        w.now += DAY;
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now), 0);
        look(&w, found + 1, 1, false);
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now + ALARM_NEWS_SECONDS - 1), 0);
        w.now += ALARM_NEWS_SECONDS;
        look(&w, found + 1, 1, false);
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now), ALARM_OVER);
        alarm_wrote(w.rows, w.n, 1, ALARM_OVER, w.now);
        assert_int_equal(alarm_news(w.rows, w.n, 1, w.now), 0);
        assert_int_equal(alarm_news(w.rows, w.n, 2, w.now), 0);         /* they were not told that it began */
        end_world(&w);
}

static void foreign_words_stay_within_their_line(void **state)
{
        struct alarm alarm = of_portal(ALARM_SUSPECT, 1);
        struct buf text CLEANUP_BUF = { 0 };

        (void)state;
        alarm.why = STR("page 7\r\nBcc: x@y.test\x7f");
        alarm_say(&text, &alarm);
        says(&text, "'carrel backup restore acme' makes it well (page 7  Bcc: x@y.test )");
        assert_null(strchr(buf_cstr(&text), '\n'));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(facts_make_alarms_at_their_limits_and_not_a_second_before),
                cmocka_unit_test(one_letter_when_it_begins_and_one_when_it_is_over),
                cmocka_unit_test(however_many_begin_it_is_one_letter_and_one_an_hour),
                cmocka_unit_test(what_only_the_vault_knows_is_not_over_while_it_is_silent),
                cmocka_unit_test(one_that_is_over_is_kept_for_a_week_and_comes_back_as_a_new_one),
                cmocka_unit_test(locked_keys_have_a_quarter_of_an_hour),
                cmocka_unit_test(administrators_hear_of_their_own_portal_once_and_when_all_is_over),
                cmocka_unit_test(foreign_words_stay_within_their_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
