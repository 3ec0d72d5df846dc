/*
 * test_retention.c -- months of backups in a second: when one is due, and which files may go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sample.h"
#include "vault/retention.h"
#include "vault/schedule.h"

enum { DAY = 86400, START = 20454 * DAY };      /* 2026-01-01 */

/* A host with one portal, as far as time and the list matter. */
struct world {
        struct backup backups[400];
        struct manifest list;
        struct retention_now now;
        struct schedule_portal portal;
        unsigned made, failed, most_daily;
};

static void begin_world(struct world *w)
{
        memset(w, 0, sizeof *w);
        w->list.backups = w->backups;
        w->now = (struct retention_now){ .unix_time = START + 5000, .booted = 100, .boot = 1 };
        w->portal = (struct schedule_portal){ .id = 7, .created = w->now.unix_time };
}

static void pass(struct world *w, int64_t seconds)
{
        w->now.unix_time += seconds;
        w->now.booted += (uint64_t)seconds;
}

static unsigned count(const struct world *w, bool daily)
{
        unsigned n = 0;

        for (size_t i = 0; i < w->list.n; i++)
                n += backup_is_good(&w->backups[i]) && (w->backups[i].about.kind == BACKUP_DAILY) == daily;
        return n;
}

static struct backup *add(struct world *w, enum backup_kind kind, enum backup_state state)
{
        struct backup *b = &w->backups[w->list.n++];

        *b = (struct backup){ .state = state, .about = sample_about(w->list.n), .rows = 1000, .bytes = 100000,
                              .stepped = w->now.unix_time, .booted = w->now.booted, .boot = w->now.boot };
        b->about.kind = kind;
        b->about.created = w->now.unix_time;
        w->list.last_seq = w->list.n;
        return b;
}

static void prune(struct world *w)
{
        for (struct backup *b; (b = retention_next(&w->list, &w->now)) != NULL;) {
                assert_true(b->state == BACKUP_VERIFIED);
                b->state = BACKUP_PRUNED;
                b->stepped = w->now.unix_time;
                b->booted = w->now.booted;
                b->boot = w->now.boot;
        }
}

/* What the registry and the vault do with each other, without the bytes. */
static void back_up(struct world *w, enum backup_kind kind, bool works)
{
        w->portal.tried = w->now.unix_time;
        if (retention_may_begin(&w->list, kind, &w->now, NULL) < 0)
                return;
        const struct backup *b = add(w, kind, works ? BACKUP_VERIFIED : BACKUP_FAILED);

        if (!works) {
                w->failed++;
                w->portal.failures++;
                return;         /* a failed backup removes nothing */
        }
        w->made++;
        if (kind == BACKUP_DAILY) {
                w->portal.newest = b->about.created;
                w->portal.failures = 0;
        }
        prune(w);
        if (count(w, true) > w->most_daily)
                w->most_daily = count(w, true);
}

static void run_days(struct world *w, unsigned days, unsigned fail_every)
{
        int64_t end = w->now.unix_time + (int64_t)days * DAY, wait;
        unsigned attempts = 0;

        while (w->now.unix_time < end) {
                if (schedule_next(&w->portal, 1, w->now.unix_time, &wait) == NULL) {
                        assert_true(wait > 0 && wait <= 3600);
                        pass(w, wait);
                        continue;
                }
                attempts++;
                back_up(w, BACKUP_DAILY, fail_every == 0 || attempts % fail_every != 0);
                pass(w, 30);
        }
}

static void thirty_days_give_thirty_backups_and_never_more_than_five(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        run_days(&w, 30, 0);
        assert_int_equal(w.made, 30);
        assert_int_equal(w.most_daily, KEEP_DAILY);
        assert_int_equal(count(&w, true), KEEP_DAILY);
        for (size_t i = 25; i < 30; i++)        /* the five latest */
                assert_true(w.backups[i].state == BACKUP_VERIFIED);
}

static void with_every_fifth_failing_there_are_still_five_good_ones_of_five_days(void **state)
{
        static struct world w;
        int64_t last = -1;
        unsigned days = 0;

        (void)state;
        begin_world(&w);
        run_days(&w, 30, 5);
        assert_int_equal(w.made, 30);
        assert_true(w.failed >= 6);
        assert_int_equal(w.most_daily, KEEP_DAILY);
        for (size_t i = 0; i < w.list.n; i++)
                if (backup_is_good(&w.backups[i])) {
                        assert_true(w.backups[i].about.created / DAY > last);
                        last = w.backups[i].about.created / DAY;
                        days++;
                }
        assert_int_equal(days, KEEP_DAILY);
}

static void backups_that_are_asked_for_never_push_a_daily_one_out(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        run_days(&w, 6, 0);
        for (int i = 0; i < 50; i++) {
                back_up(&w, i % 2 == 0 ? BACKUP_MANUAL : BACKUP_PRE_RESTORE, true);
                pass(&w, 60);
                assert_true(count(&w, false) <= KEEP_OTHER);
        }
        assert_int_equal(count(&w, true), KEEP_DAILY);
        assert_int_equal(count(&w, false), KEEP_OTHER);
}

static void a_day_has_one_daily_backup_however_often_it_is_asked_for(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        back_up(&w, BACKUP_DAILY, true);
        for (int i = 0; i < 20; i++) {
                pass(&w, 600);
                assert_int_equal(retention_may_begin(&w.list, BACKUP_DAILY, &w.now, NULL), ERR_EXISTS);
                back_up(&w, BACKUP_DAILY, true);
        }
        assert_int_equal(w.made, 1);
}

static void after_days_without_power_one_backup_is_made_and_nothing_is_lost(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        run_days(&w, 8, 0);
        pass(&w, 9 * DAY);
        w.now.boot = 2;
        w.now.booted = 50;
        unsigned made = w.made;

        run_days(&w, 1, 0);
        assert_true(w.made - made <= 2);        /* the one that was missed, and this day's at its moment */
        assert_int_equal(count(&w, true), KEEP_DAILY);
}

static void a_clock_that_jumps_removes_at_most_one_backup(void **state)
{
        static const int64_t jumps[] = { 10 * DAY, -10 * DAY, -START + DAY, 12 * 365 * DAY };
        static struct world w;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(jumps); i++) {
                unsigned pruned = 0;

                begin_world(&w);
                run_days(&w, 10, 0);
                for (size_t k = 0; k < w.list.n; k++)
                        pruned += w.backups[k].state == BACKUP_PRUNED;
                w.now.unix_time += jumps[i];    /* the other clock goes on as before */
                for (int hour = 0; hour < 20; hour++) {
                        back_up(&w, BACKUP_DAILY, true);
                        w.now.unix_time += DAY; /* and worse: a day each hour */
                        w.now.booted += 3500;
                }
                for (size_t k = 0; k < w.list.n; k++)
                        pruned -= w.backups[k].state == BACKUP_PRUNED;
                assert_true(pruned + 1 == 0 || pruned == 0);
                assert_true(count(&w, true) >= KEEP_DAILY);
        }
}

static void a_portal_that_shrank_holds_everything_until_somebody_looks(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        run_days(&w, 6, 0);
        for (int day = 0; day < 4; day++) {
                struct backup *b = add(&w, BACKUP_DAILY, BACKUP_SEALED);

                b->rows = day == 0 ? 699 : 1000;
                assert_int_equal(retention_has_shrunk(&w.list, b), day == 0);
                b->state = day == 0 ? BACKUP_HELD : BACKUP_VERIFIED;
                prune(&w);
                pass(&w, DAY);
        }
        assert_int_equal(count(&w, true), KEEP_DAILY + 4);
        for (size_t i = 0; i < w.list.n; i++)
                if (w.backups[i].state == BACKUP_HELD)
                        w.backups[i].state = BACKUP_VERIFIED;
        prune(&w);
        assert_int_equal(count(&w, true), KEEP_DAILY + 3);      /* one at a time */
        pass(&w, DAY);
        prune(&w);
        assert_int_equal(count(&w, true), KEEP_DAILY + 2);
}

static void while_a_portal_is_suspect_nothing_goes_and_what_was_made_then_goes_after_two_good_ones(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        run_days(&w, 6, 0);
        struct backup *first = add(&w, BACKUP_DAILY, BACKUP_SUSPECT);

        assert_false(backup_is_good(first));
        for (int day = 0; day < 4; day++) {
                add(&w, BACKUP_DAILY, BACKUP_SUSPECT);
                assert_null(retention_next(&w.list, &w.now));
                assert_ptr_equal(retention_newest(&w.list), first - 1);
                pass(&w, DAY);
        }
        add(&w, BACKUP_DAILY, BACKUP_VERIFIED);
        prune(&w);                      /* asserts that each one is a good one: surplus, as on any day */
        add(&w, BACKUP_DAILY, BACKUP_VERIFIED);
        unsigned gone = 0;

        for (struct backup *b; (b = retention_next(&w.list, &w.now)) != NULL; b->state = BACKUP_PRUNED)
                gone += b->state == BACKUP_SUSPECT;
        assert_int_equal(gone, 5);
        assert_true(count(&w, true) >= KEEP_DAILY);
}

static void exactly_thirty_per_cent_less_is_no_shrinking(void **state)
{
        static struct world w;

        (void)state;
        begin_world(&w);
        add(&w, BACKUP_DAILY, BACKUP_VERIFIED);
        struct backup *b = add(&w, BACKUP_DAILY, BACKUP_SEALED);

        b->rows = 700;
        assert_false(retention_has_shrunk(&w.list, b));
        b->rows = 699;
        assert_true(retention_has_shrunk(&w.list, b));
        b->rows = 1000;
        b->bytes = 69999;
        assert_true(retention_has_shrunk(&w.list, b));
}

static void a_thousand_portals_are_spread_over_the_day(void **state)
{
        unsigned hours[24] = { 0 };

        (void)state;
        for (uint64_t id = 1; id <= 1000; id++) {
                int64_t moment = schedule_moment(id);

                assert_true(moment >= 0 && moment < DAY);
                hours[moment / 3600]++;
        }
        for (int i = 0; i < 24; i++)
                assert_true(hours[i] >= 38 && hours[i] <= 46);
}

static void the_oldest_comes_first_and_a_failing_one_waits_longer_each_time(void **state)
{
        struct schedule_portal p[3] = {
                { .id = 1, .created = START, .newest = START + 3 * DAY },
                { .id = 2, .created = START, .newest = START + 1 * DAY },
                { .id = 3, .created = START, .newest = START + 2 * DAY },
        };
        int64_t now = START + 20 * DAY, wait = 0, last = 0;

        (void)state;
        assert_int_equal(schedule_next(p, 3, now, &wait)->id, 2);
        for (unsigned failures = 1; failures < 10; failures++) {
                p[1].tried = now;
                p[1].failures = failures;
                int64_t pause = schedule_due(&p[1]) - now;

                assert_true(pause >= last && pause >= SCHEDULE_RETRY_FIRST && pause <= SCHEDULE_RETRY_MAX);
                last = pause;
                assert_int_equal(schedule_next(p, 3, now, &wait)->id, 3);
        }
        assert_int_equal(last, SCHEDULE_RETRY_MAX);
}

static void a_clock_that_was_set_back_asks_again_and_a_failure_waits(void **state)
{
        struct schedule_portal p = { .id = 1, .created = START, .newest = START + 20 * DAY };
        int64_t now = START + 10 * DAY, wait = 0;

        (void)state;
        assert_ptr_equal(schedule_next(&p, 1, now, &wait), &p);
        p.tried = now;
        p.failures = 1;
        assert_null(schedule_next(&p, 1, now + SCHEDULE_RETRY_FIRST - 1, &wait));
        assert_ptr_equal(schedule_next(&p, 1, now + SCHEDULE_RETRY_FIRST, &wait), &p);
        /* An attempt that lies in the future is forgotten. */
        p.tried = now + 2 * DAY;
        assert_ptr_equal(schedule_next(&p, 1, now, &wait), &p);
}

static void twenty_six_hours_without_a_good_backup_are_late(void **state)
{
        (void)state;
        assert_false(schedule_is_late(START, 0, START + ALARM_SECONDS));
        assert_true(schedule_is_late(START, 0, START + ALARM_SECONDS + 1));
        assert_false(schedule_is_late(START, START + DAY, START + DAY + ALARM_SECONDS));
        assert_true(schedule_is_late(START, START + DAY, START + DAY + ALARM_SECONDS + 1));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(thirty_days_give_thirty_backups_and_never_more_than_five),
                cmocka_unit_test(with_every_fifth_failing_there_are_still_five_good_ones_of_five_days),
                cmocka_unit_test(backups_that_are_asked_for_never_push_a_daily_one_out),
                cmocka_unit_test(a_day_has_one_daily_backup_however_often_it_is_asked_for),
                cmocka_unit_test(after_days_without_power_one_backup_is_made_and_nothing_is_lost),
                cmocka_unit_test(a_clock_that_jumps_removes_at_most_one_backup),
                cmocka_unit_test(a_portal_that_shrank_holds_everything_until_somebody_looks),
                cmocka_unit_test(
                        while_a_portal_is_suspect_nothing_goes_and_what_was_made_then_goes_after_two_good_ones),
                cmocka_unit_test(exactly_thirty_per_cent_less_is_no_shrinking),
                cmocka_unit_test(a_thousand_portals_are_spread_over_the_day),
                cmocka_unit_test(the_oldest_comes_first_and_a_failing_one_waits_longer_each_time),
                cmocka_unit_test(a_clock_that_was_set_back_asks_again_and_a_failure_waits),
                cmocka_unit_test(twenty_six_hours_without_a_good_backup_are_late),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
