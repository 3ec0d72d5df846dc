/*
 * test_sessions.c -- logins end when they must: by time, by epoch, by hand; links work once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/one_time.h"
#include "store/sessions.h"
#include "store/settings.h"
#include "portal.h"

enum { HOUR = 3600, DAY = 86400 };

static int64_t log_in(int64_t person, int byte, int64_t now)
{
        struct store_session_start start = { .token = token(byte), .person = person,
                                             .address = STR("192.0.2.7"), .agent = STR("Firefox") };
        struct err err;
        int64_t id = 0;

        if (store_session_start(store, &start, now, &id, &err) < 0)
                fail_msg("%s", err.text);
        return id;
}

static bool is_in(int byte, int64_t now)
{
        struct digest d = token(byte);
        struct store_session s;
        struct err err;
        int r = store_session_find(store, &d, now, arena, &s, &err);

        if (r < 0) {
                assert_int_equal(r, ERR_NOT_FOUND);
                assert_string_equal(err.text, "this session has ended; log in again");
        }
        return r == 0;
}

static void a_session_brings_its_person(void **state)
{
        int64_t id = add_active("a@b", ROLE_REVIEWER), session;
        struct store_session_start start = { .token = token(1), .person = id, .second_factor = true,
                                             .address = STR("2001:db8::1"), .agent = STR("Firefox"),
                                             .elevated = NOW + 300 };
        struct digest d = token(1);
        struct store_session s;

        (void)state;
        assert_int_equal(store_session_start(store, &start, NOW, &session, NULL), 0);
        assert_int_equal(store_session_find(store, &d, NOW + 1, arena, &s, NULL), 0);
        assert_int_equal(s.id, session);
        assert_int_equal(s.person, id);
        assert_int_equal(s.role, ROLE_REVIEWER);
        assert_true(str_is(s.login, "a@b") && str_is(s.name, "A Name"));
        assert_true(str_is(s.address, "2001:db8::1") && str_is(s.agent, "Firefox"));
        assert_true(s.second_factor);
        assert_int_equal(s.elevated, NOW + 300);
        assert_int_equal(s.created, NOW);
        assert_int_equal(s.ends, NOW + DAY);
        assert_int_equal(s.until, NOW + HOUR);
        assert_int_equal(store_session_elevate(store, session, NOW + 900, NULL), 0);
        assert_int_equal(store_session_elevate(store, session + 1, NOW + 900, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_session_find(store, &d, NOW + 1, arena, &s, NULL), 0);
        assert_int_equal(s.elevated, NOW + 900);
        assert_false(is_in(2, NOW));
}

static void what_a_browser_says_is_cut_at_a_whole_character(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), session;
        char agent[SESSION_AGENT_MAX + 40];
        struct store_session_start start = { .token = token(1), .person = id };
        struct digest d = token(1);
        struct store_session s;

        (void)state;
        memset(agent, 'x', sizeof agent);
        memcpy(agent + SESSION_AGENT_MAX - 1, "\xc3\xa4", 2);
        start.agent = str_make(agent, sizeof agent);
        start.address = STR("\xff\xfe");
        assert_int_equal(store_session_start(store, &start, NOW, &session, NULL), 0);
        assert_int_equal(store_session_find(store, &d, NOW, arena, &s, NULL), 0);
        assert_int_equal(s.agent.n, SESSION_AGENT_MAX - 1);
        assert_int_equal(s.address.n, 0);
}

static void an_idle_session_ends_and_a_touched_one_goes_on(void **state)
{
        int64_t session = log_in(add_active("a@b", ROLE_WRITER), 1, NOW);
        struct digest d = token(1);
        struct store_session s;

        (void)state;
        assert_true(is_in(1, NOW + HOUR - 1));
        assert_false(is_in(1, NOW + HOUR));
        assert_int_equal(store_session_find(store, &d, NOW + 59, arena, &s, NULL), 0);
        assert_false(store_session_is_due(&s, NOW + 59));
        assert_true(store_session_is_due(&s, NOW + 60));
        /* Not before it is due, whoever asks. */
        assert_int_equal(store_session_touch(store, session, NOW + 59, NULL), 0);
        assert_false(is_in(1, NOW + HOUR));
        assert_int_equal(store_session_touch(store, session, NOW + 60, NULL), 0);
        assert_true(is_in(1, NOW + HOUR));
        assert_false(is_in(1, NOW + HOUR + 60));
}

static void no_touch_keeps_a_session_past_its_absolute_end(void **state)
{
        int64_t session = log_in(add_active("a@b", ROLE_WRITER), 1, NOW);

        (void)state;
        for (int64_t t = NOW + 1800; t < NOW + DAY; t += 1800) {
                assert_true(is_in(1, t));
                assert_int_equal(store_session_touch(store, session, t, NULL), 0);
        }
        assert_true(is_in(1, NOW + DAY - 1));
        assert_false(is_in(1, NOW + DAY));
}

static void limits_are_those_of_the_role(void **state)
{
        struct store_settings settings = store_settings_default;

        (void)state;
        log_in(add_active("r@b", ROLE_POWER_READER), 1, NOW);
        log_in(add_active("a@b", ROLE_ADMINISTRATOR), 2, NOW);
        assert_true(is_in(1, NOW + 29 * DAY));
        assert_false(is_in(2, NOW + 2 * HOUR));
        settings.session[ROLE_ADMINISTRATOR].idle = 600;
        assert_int_equal(store_settings_save(store, &settings, NULL), 0);
        log_in(add_active("b@b", ROLE_ADMINISTRATOR), 3, NOW);
        assert_true(is_in(3, NOW + 599));
        assert_false(is_in(3, NOW + 600));
}

static void who_may_not_log_in_gets_no_session(void **state)
{
        int64_t invited = add_invited("i@b", ROLE_WRITER), disabled = add_active("d@b", ROLE_WRITER);
        int64_t expired = add_active("e@b", ROLE_POWER_READER), gone = add_active("g@b", ROLE_WRITER);
        struct store_session_start start = { .token = token(1) };
        int64_t session = 77;

        (void)state;
        assert_int_equal(store_person_disable(store, disabled, NULL), 0);
        assert_int_equal(store_person_set_expires(store, expired, NOW, NULL), 0);
        assert_int_equal(store_person_delete(store, gone, NULL), 0);
        const int64_t refused[] = { invited, disabled, expired, gone, gone + 1, 0, -1 };

        for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
                start.person = refused[i];
                assert_int_equal(store_session_start(store, &start, NOW, &session, NULL), ERR_DENIED);
        }
        assert_int_equal(session, 77);
}

typedef int change_fn(int64_t person);

static int new_password(int64_t p) { return store_password_set(store, p, STR(HASH), NULL); }
static int disable(int64_t p) { return store_person_disable(store, p, NULL); }
static int new_role(int64_t p) { return store_person_set_role(store, p, ROLE_REVIEWER, NULL); }
static int everywhere(int64_t p) { return store_person_end_sessions(store, p, NULL); }
static int new_address(int64_t p) { return store_person_set_login(store, p, STR("n@b"), NULL); }
static int delete(int64_t p) { return store_person_delete(store, p, NULL); }

static void what_changes_who_someone_is_ends_their_sessions_at_the_next_request(void **state)
{
        static change_fn *const changes[] = { new_password, disable, new_role, everywhere,
                                              new_address, delete };
        int64_t other = add_active("other@b", ROLE_WRITER);
        char login[16];

        (void)state;
        log_in(other, 200, NOW);
        for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
                snprintf(login, sizeof login, "p%d@b", (int)i);
                int64_t id = add_active(login, ROLE_WRITER), before = person_of(id).epoch;
                int a = (int)i * 2 + 1, b = a + 1;

                log_in(id, a, NOW);
                log_in(id, b, NOW);
                assert_true(is_in(a, NOW) && is_in(b, NOW));
                assert_int_equal(changes[i](id), 0);
                assert_false(is_in(a, NOW) || is_in(b, NOW));
                assert_true(person_of(id).epoch > before);
        }
        assert_true(is_in(200, NOW));
}

static void a_session_row_of_somebody_not_active_or_of_an_older_epoch_is_dead_even_if_it_was_kept(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);

        (void)state;
        log_in(id, 1, NOW);
        /* As a restored backup or a lost deletion might leave it. */
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE person SET state = 2", NULL), 0);
        assert_false(is_in(1, NOW));
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE person SET state = 1", NULL), 0);
        assert_true(is_in(1, NOW));
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE person SET epoch = epoch + 1", NULL), 0);
        assert_false(is_in(1, NOW));
        struct store_session *rows;
        size_t n = 9;

        assert_int_equal(store_session_list(store, id, NOW, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 0);
}

static void a_reader_is_out_from_the_moment_their_account_expires(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER);

        (void)state;
        log_in(id, 1, NOW);
        assert_int_equal(store_person_set_expires(store, id, NOW + 100, NULL), 0);
        assert_true(is_in(1, NOW + 99));
        assert_false(is_in(1, NOW + 100));
}

static void a_person_sees_and_ends_their_own_sessions_only(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER), other = add_active("o@b", ROLE_WRITER);
        int64_t first = log_in(id, 1, NOW), second = log_in(id, 2, NOW + 5);
        struct store_session *rows;
        size_t n;

        (void)state;
        log_in(id, 3, NOW + 9);
        log_in(other, 4, NOW);
        assert_int_equal(store_session_list(store, id, NOW + 10, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 3);
        assert_int_equal(rows[2].id, first);
        assert_int_equal(store_session_revoke(store, other, first, NULL), 0);
        assert_true(is_in(1, NOW + 10));
        assert_int_equal(store_session_revoke(store, id, first, NULL), 0);
        assert_false(is_in(1, NOW + 10));
        assert_int_equal(store_session_revoke_others(store, id, second, NULL), 0);
        assert_true(is_in(2, NOW + 10));
        assert_false(is_in(3, NOW + 10));
        assert_true(is_in(4, NOW + 10));
}

static void the_oldest_session_makes_room(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);

        (void)state;
        for (int i = 0; i <= SESSIONS_MAX; i++)
                log_in(id, i, NOW + i);
        assert_false(is_in(0, NOW + SESSIONS_MAX));
        assert_true(is_in(1, NOW + SESSIONS_MAX));
        assert_int_equal(number("SELECT count(*) FROM session"), SESSIONS_MAX);
}

static void a_sweep_removes_only_what_is_over(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);
        struct store_one_time link = { .kind = ONE_TIME_RESET, .person = id, .expires = NOW + 600 };
        struct store_pending pending = { .kind = PENDING_SECOND_FACTOR, .person = id,
                                         .expires = NOW + 600 };
        struct digest d = token(9);

        (void)state;
        log_in(id, 1, NOW);
        log_in(id, 2, NOW + 100);
        assert_int_equal(store_one_time_add(store, &d, &link, NOW, NULL), 0);
        assert_int_equal(store_pending_add(store, &d, &pending, NOW, NULL), 0);
        assert_int_equal(store_sweep_logins(store, NOW + 599, NULL), 0);
        assert_int_equal(number("SELECT count(*) FROM one_time"), 1);
        assert_int_equal(number("SELECT count(*) FROM pending_login"), 1);
        assert_int_equal(store_sweep_logins(store, NOW + HOUR, NULL), 0);
        assert_int_equal(number("SELECT count(*) FROM session"), 1);
        assert_int_equal(number("SELECT count(*) FROM one_time"), 0);
        assert_int_equal(number("SELECT count(*) FROM pending_login"), 0);
        assert_true(is_in(2, NOW + HOUR));
}

static void a_last_use_leaves_the_generation_alone(void **state)
{
        int64_t session = log_in(add_active("a@b", ROLE_WRITER), 1, NOW);

        (void)state;
        assert_int_equal(store_commit(store, NULL), 0);
        uint64_t before = store_generation(store);

        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_session_touch(store, session, NOW + 100, NULL), 0);
        assert_int_equal(store_commit_quietly(store, NULL), 0);
        assert_true(store_generation(store) == before);
        assert_true(is_in(1, NOW + HOUR + 50));
        assert_int_equal(store_begin(store, NULL), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_true(store_generation(store) != before);
}

static int use(int byte, enum one_time_kind kind, int64_t now, struct store_one_time *out)
{
        struct digest d = token(byte);

        return store_one_time_use(store, &d, kind, now, arena, out, NULL);
}

static int send(int byte, enum one_time_kind kind, int64_t person)
{
        struct store_one_time link = { .kind = kind, .person = person, .detail = STR("x@y"),
                                       .expires = NOW + 600 };
        struct digest d = token(byte);

        return store_one_time_add(store, &d, &link, NOW, NULL);
}

static void a_link_works_once_for_its_purpose_and_in_its_time(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);
        struct store_one_time link = { .person = 77 };
        struct digest d = token(1);

        (void)state;
        assert_int_equal(send(1, ONE_TIME_RESET, id), 0);
        assert_int_equal(store_one_time_find(store, &d, ONE_TIME_RESET, NOW, arena, &link, NULL), 0);
        assert_int_equal(link.person, id);
        assert_int_equal(use(1, ONE_TIME_MAIL_CHANGE, NOW, &link), ERR_NOT_FOUND);
        assert_int_equal(use(2, ONE_TIME_RESET, NOW, &link), ERR_NOT_FOUND);
        assert_int_equal(use(1, ONE_TIME_RESET, NOW + 600, &link), ERR_NOT_FOUND);
        assert_int_equal(use(1, ONE_TIME_RESET, NOW + 599, &link), 0);
        assert_true(str_is(link.detail, "x@y"));
        assert_int_equal(use(1, ONE_TIME_RESET, NOW + 599, &link), ERR_NOT_FOUND);
        assert_int_equal(store_one_time_find(store, &d, ONE_TIME_RESET, NOW, arena, &link, NULL),
                         ERR_NOT_FOUND);
}

static void a_link_dies_with_what_it_was_sent_for(void **state)
{
        static change_fn *const changes[] = { new_password, disable, new_role, everywhere,
                                              new_address, delete };
        struct store_one_time link;
        char login[16];

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
                snprintf(login, sizeof login, "p%d@b", (int)i);
                int64_t id = add_active(login, ROLE_WRITER);

                assert_int_equal(send((int)i + 1, ONE_TIME_RESET, id), 0);
                assert_int_equal(changes[i](id), 0);
                assert_int_equal(use((int)i + 1, ONE_TIME_RESET, NOW, &link), ERR_NOT_FOUND);
        }
}

static void a_link_is_only_made_for_who_can_use_it(void **state)
{
        int64_t invited = add_invited("i@b", ROLE_WRITER), active = add_active("a@b", ROLE_WRITER);
        struct store_one_time link = { .kind = ONE_TIME_RESET, .person = active, .expires = NOW };
        struct digest d = token(9);

        (void)state;
        assert_int_equal(send(1, ONE_TIME_INVITE, active), ERR_DENIED);
        assert_int_equal(send(1, ONE_TIME_RESET, invited), ERR_DENIED);
        assert_int_equal(send(1, ONE_TIME_MAIL_CHANGE, invited), ERR_DENIED);
        assert_int_equal(send(1, ONE_TIME_INVITE, invited), 0);
        assert_int_equal(store_one_time_add(store, &d, &link, NOW, NULL), ERR_INVALID);
        link.expires = NOW + 8 * DAY;
        assert_int_equal(store_one_time_add(store, &d, &link, NOW, NULL), ERR_INVALID);
        /* Whoever became active by another way needs no invitation any more. */
        assert_int_equal(store_person_activate(store, invited, NULL), 0);
        assert_int_equal(use(1, ONE_TIME_INVITE, NOW, &link), ERR_NOT_FOUND);
        for (int i = 0; i < 9; i++)
                assert_int_equal(send(20 + i, ONE_TIME_RESET, active), 0);
        assert_int_equal(number("SELECT count(*) FROM one_time WHERE kind = 2"), ONE_TIME_OPEN_MAX);
}

static void a_portal_is_set_up_once(void **state)
{
        struct store_one_time link;

        (void)state;
        assert_int_equal(send(1, ONE_TIME_SETUP, 0), 0);
        assert_int_equal(send(2, ONE_TIME_SETUP, 0), 0);
        assert_int_equal(use(1, ONE_TIME_SETUP, NOW, &link), ERR_NOT_FOUND);
        assert_int_equal(use(2, ONE_TIME_SETUP, NOW, &link), 0);
        assert_int_equal(link.person, 0);
        assert_int_equal(send(3, ONE_TIME_SETUP, 0), 0);
        add_active("a@b", ROLE_ADMINISTRATOR);
        assert_int_equal(use(3, ONE_TIME_SETUP, NOW, &link), ERR_NOT_FOUND);
        assert_int_equal(send(4, ONE_TIME_SETUP, 0), ERR_DENIED);
}

/* Of several processes that use one link at the same time. */
static void a_link_used_by_many_at_once_works_for_one(void **state)
{
        enum { MANY = 4 };
        int64_t id = add_active("a@b", ROLE_WRITER);
        pid_t children[MANY];
        int pipes[2], winners = 0;

        (void)state;
        assert_int_equal(send(1, ONE_TIME_RESET, id), 0);
        assert_int_equal(store_commit(store, NULL), 0);
        assert_int_equal(pipe(pipes), 0);
        for (int i = 0; i < MANY; i++) {
                children[i] = fork();
                assert_true(children[i] >= 0);
                if (children[i] == 0) {
                        static const struct store_options options = { .busy_ms = 5000 };
                        struct store_one_time link;
                        struct digest d = token(1);
                        struct store *mine = NULL;
                        char go;

                        close(pipes[1]);
                        if (store_open(folder, &options, &mine, NULL) < 0 || read(pipes[0], &go, 1) != 0 ||
                            store_begin(mine, NULL) < 0)
                                _exit(2);
                        int r = store_one_time_use(mine, &d, ONE_TIME_RESET, NOW, arena, &link, NULL);

                        if (store_commit(mine, NULL) < 0)
                                _exit(2);
                        _exit(r == 0 ? 0 : 1);
                }
        }
        close(pipes[1]);        /* all at once */
        for (int i = 0; i < MANY; i++) {
                int status = 0;

                assert_int_equal(waitpid(children[i], &status, 0), children[i]);
                assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 2);
                winners += WEXITSTATUS(status) == 0;
        }
        close(pipes[0]);
        assert_int_equal(winners, 1);
}

static void a_pending_login_is_taken_once_and_given_up_after_some_attempts(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);
        struct store_pending p = { .kind = PENDING_SECOND_FACTOR, .person = id,
                                   .data = STR("\0challenge"), .return_to = STR("/docs/a/b"),
                                   .expires = NOW + 300 };
        struct digest d = token(1), e = token(2);
        struct store_pending found;

        (void)state;
        assert_int_equal(store_pending_add(store, &d, &p, NOW, NULL), 0);
        assert_int_equal(store_pending_find(store, &d, PENDING_PASSKEY, NOW, arena, &found, NULL),
                         ERR_NOT_FOUND);
        assert_int_equal(store_pending_find(store, &d, p.kind, NOW + 300, arena, &found, NULL),
                         ERR_NOT_FOUND);
        assert_int_equal(store_pending_find(store, &d, p.kind, NOW, arena, &found, NULL), 0);
        assert_int_equal(found.person, id);
        assert_true(str_eq(found.data, p.data) && str_eq(found.return_to, p.return_to));
        assert_int_equal(store_pending_take(store, found.id, NULL), 0);
        assert_int_equal(store_pending_take(store, found.id, NULL), ERR_NOT_FOUND);

        assert_int_equal(store_pending_add(store, &e, &p, NOW, NULL), 0);
        for (int i = 0; i < PENDING_ATTEMPTS_MAX; i++) {
                assert_int_equal(store_pending_find(store, &e, p.kind, NOW, arena, &found, NULL), 0);
                assert_int_equal(store_pending_fail(store, found.id, NULL), 0);
        }
        assert_int_equal(store_pending_find(store, &e, p.kind, NOW, arena, &found, NULL), ERR_NOT_FOUND);
}

static void a_pending_login_dies_when_its_person_changes(void **state)
{
        int64_t id = add_active("a@b", ROLE_WRITER);
        struct store_pending p = { .kind = PENDING_SECOND_FACTOR, .person = id, .expires = NOW + 300 };
        struct digest d = token(1), e = token(2);
        struct store_pending found;

        (void)state;
        assert_int_equal(store_pending_add(store, &d, &p, NOW, NULL), 0);
        assert_int_equal(sqlite_db_exec(store->db, "UPDATE person SET epoch = epoch + 1", NULL), 0);
        assert_int_equal(store_pending_find(store, &d, p.kind, NOW, arena, &found, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_person_disable(store, id, NULL), 0);
        assert_int_equal(store_pending_add(store, &e, &p, NOW, NULL), ERR_DENIED);
        /* A passkey without a name, or an identity provider: nobody yet. */
        p.kind = PENDING_SINGLE_SIGN_ON;
        p.person = 0;
        assert_int_equal(store_pending_add(store, &e, &p, NOW, NULL), 0);
        assert_int_equal(store_pending_find(store, &e, p.kind, NOW, arena, &found, NULL), 0);
        assert_int_equal(found.person, 0);
        p.expires = NOW + PENDING_SECONDS_MAX + 1;
        assert_int_equal(store_pending_add(store, &d, &p, NOW, NULL), ERR_INVALID);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_session_brings_its_person),
                TEST(what_a_browser_says_is_cut_at_a_whole_character),
                TEST(an_idle_session_ends_and_a_touched_one_goes_on),
                TEST(no_touch_keeps_a_session_past_its_absolute_end),
                TEST(limits_are_those_of_the_role),
                TEST(who_may_not_log_in_gets_no_session),
                TEST(what_changes_who_someone_is_ends_their_sessions_at_the_next_request),
                TEST(a_session_row_of_somebody_not_active_or_of_an_older_epoch_is_dead_even_if_it_was_kept),
                TEST(a_reader_is_out_from_the_moment_their_account_expires),
                TEST(a_person_sees_and_ends_their_own_sessions_only),
                TEST(the_oldest_session_makes_room),
                TEST(a_sweep_removes_only_what_is_over),
                TEST(a_last_use_leaves_the_generation_alone),
                TEST(a_link_works_once_for_its_purpose_and_in_its_time),
                TEST(a_link_dies_with_what_it_was_sent_for),
                TEST(a_link_is_only_made_for_who_can_use_it),
                TEST(a_portal_is_set_up_once),
                TEST(a_link_used_by_many_at_once_works_for_one),
                TEST(a_pending_login_is_taken_once_and_given_up_after_some_attempts),
                TEST(a_pending_login_dies_when_its_person_changes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
