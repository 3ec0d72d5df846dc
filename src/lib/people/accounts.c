/*
 * accounts.c -- make, change and end accounts; links by which people set their first or a new
 * password.
 */
#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/token.h"
#include "mail/address.h"
#include "mail/letter.h"
#include "orders.h"
#include "store/credentials.h"
#include "store/one_time.h"
#include "store/outbox.h"

enum {
        LINK_SECONDS = 24 * 3600,
        DAY_SECONDS = 86400,
        ASKED_MAX = 3,                  /* letters in ASKED_SECONDS for one who asks again and again */
        ASKED_SECONDS = 3600,
};

static void answer(struct order *order, const struct store_person *person)
{
        struct json *all CLEANUP_JSON = person_json(order, person);

        for (size_t i = 0; i < 5; i++) {
                static const char *const keys[] = { "email", "name", "role", "state", "expires" };
                struct str text = json_get_text(all, keys[i]);

                if (text.n > 0)
                        json_put_text(order->result, keys[i], text);
        }
        json_put_int(order->result, "id", person->id);
}

/* The person as the database has it now, after a change. */
static int answer_anew(struct order *order, int64_t id, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = store_person_find(order->store, id, order->arena, &person, err);

        if (r < 0)
                return r;
        answer(order, &person);
        order_log_number(order, "person", id);
        return 0;
}

/* ---- a new account ---- */

static int read_role(const struct order *order, enum person_role *out, struct err *err)
{
        struct str word = order_argument(order, "role");

        if (word.n == 0)
                return err_set(err, ERR_INVALID, "say which role: administrator, writer, reviewer or "
                               "power-reader");
        return person_role_parse(word, out, err);
}

int order_read_day(const struct order *order, struct str text, int64_t *out, struct err *err)
{
        int64_t day;

        *out = 0;
        if (text.n == 0)
                return 0;
        int r = clock_parse_date(text, &day, err);

        if (r == 0 && day + DAY_SECONDS <= order->now)
                return err_set(err, ERR_INVALID, "the account would have ended on %.*s; name a day to come",
                               STR_ARG(text));
        if (r == 0)
                *out = day + DAY_SECONDS;
        return r;
}

static int read_expires(const struct order *order, int64_t *out, struct err *err)
{
        return order_read_day(order, order_argument(order, "expires"), out, err);
}

int described_person(struct order *order, struct store_person *out, struct err *err)
{
        struct store_person person = { .name = order_argument(order, "name") };
        int r = store_login_fold(order_argument(order, "email"), order->arena, &person.login, err);

        if (r == 0)
                r = read_role(order, &person.role, err);
        if (r == 0)
                r = read_expires(order, &person.expires, err);
        if (r == 0)
                r = store_person_check(&person, err);
        if (r == 0)
                *out = person;
        return r;
}

/* By mail where there is mail, and told where there is none or where it was asked for. */
static int hand_out(struct order *order, struct json *into, const struct store_letter *letter,
                    struct err *err)
{
        const struct people_request *request = order->request;
        bool can = request->mail && mail_address_check(letter->recipient, NULL) == 0;
        int r = can ? store_outbox_add(order->store, letter, err) : 0;

        if (r < 0)
                return r;
        if (request->mail && !can)
                order_note(order, "no letter can be sent to this address; pass the link on yourself");
        if (request->mail)
                json_put_bool(into, "mailed", can);
        if (!can || request->tell_links || json_get_bool(request->arguments, "print_link"))
                json_put_text(into, "path", letter->path);
        return 0;
}

static int put_link(struct order *order, struct json *into, enum token_kind token_kind,
                    const struct store_one_time *asked, const struct store_letter *to, struct err *err)
{
        struct store_one_time link = *asked;
        struct store_letter letter = *to;
        struct token token;
        char when[CLOCK_ISO_LEN + 1];

        token_new(token_kind, &token);
        link.expires = order->now + LINK_SECONDS;
        letter.path = str_of(arena_printf(order->arena, "/welcome?t=%s", token.text));
        letter.expires = link.expires;
        letter.created = order->now;
        int r = store_one_time_add(order->store, &token.stored, &link, order->now, err);

        if (r == 0)
                r = hand_out(order, into, &letter, err);
        if (r == 0) {
                clock_iso(link.expires, when);
                json_put_text(into, "valid_until", str_of(when));
        }
        secret_wipe(&token, sizeof token);
        return r;
}

int invite_into(struct order *order, struct json *into, const struct store_person *described, int64_t id,
                struct err *err)
{
        const struct store_one_time link = { .kind = ONE_TIME_INVITE, .person = id };
        const struct store_letter letter = {
                .kind = described->role == ROLE_POWER_READER ? LETTER_INVITE_READER
                        : described->role == ROLE_REVIEWER   ? LETTER_INVITE_REVIEWER
                                                             : LETTER_INVITE_AUTHOR,
                .recipient = described->login, .name = described->name,
        };

        return put_link(order, into, TOKEN_INVITE, &link, &letter, err);
}

static int invite(struct order *order, const struct store_person *described, int64_t id, struct err *err)
{
        return invite_into(order, order->result, described, id, err);
}

int user_add(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int64_t id = 0;
        int r = described_person(order, &person, err);

        if (r == 0)
                r = store_person_add(order->store, &person, order->now, &id, err);
        if (r < 0)
                return r;
        if (order->request->hash.n > 0)
                r = store_password_set(order->store, id, order->request->hash, err);
        else
                r = invite(order, &person, id, err);
        json_put_text(order->detail, "role", str_of(person_role_name(person.role)));
        json_put_bool(order->detail, "password", order->request->hash.n > 0);
        return r < 0 ? r : answer_anew(order, id, err);
}

/* No account yet: using the link makes it, so a link that nobody uses leaves nothing behind. */
int invite_first(struct order *order, struct str address, struct err *err)
{
        struct store_one_time link = { .kind = ONE_TIME_SETUP };
        int r = store_login_fold(address, order->arena, &link.detail, err);

        const struct store_letter letter = { .kind = LETTER_SETUP, .recipient = link.detail };

        if (r == 0)
                r = put_link(order, order->result, TOKEN_SETUP, &link, &letter, err);
        if (r == 0)
                json_put_text(order->result, "email", link.detail);
        return r;
}

/* ---- changes ---- */

/* A letter without a secret, where one can be sent. */
static int tell(struct order *order, const struct store_person *person, enum letter_kind kind,
                struct err *err)
{
        const struct store_letter letter = {
                .kind = (uint32_t)kind, .recipient = person->login, .name = person->name,
                .created = order->now,
        };

        if (!order->request->mail || mail_address_check(person->login, NULL) < 0)
                return 0;
        return store_outbox_add(order->store, &letter, err);
}

int user_disable(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0)
                r = store_person_disable(order->store, person.id, err);
        if (r == 0 && person.state == PERSON_ACTIVE)
                r = tell(order, &person, LETTER_DISABLED, err);
        if (r == 0)
                share_remark(order, person.id);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int user_enable(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0 && person.state != PERSON_DISABLED)
                return err_set(err, ERR_DENIED, "%.*s is not disabled but %s", STR_ARG(person.login),
                               person_state_word(order, &person));
        if (r == 0)
                r = store_person_enable(order->store, person.id, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int user_end_sessions(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0)
                r = store_person_end_sessions(order->store, person.id, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int user_delete(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0)
                r = store_person_delete(order->store, person.id, err);
        if (r < 0)
                return r;
        share_remark(order, person.id);
        person.state = PERSON_DELETED;
        person.expires = 0;
        answer(order, &person);
        order_log_number(order, "person", person.id);
        return 0;
}

int user_reset(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r < 0)
                return r;
        if (person.state == PERSON_DISABLED)
                return err_set(err, ERR_DENIED, "%.*s is disabled; enable the account first",
                               STR_ARG(person.login));
        if (person.expires > 0 && person.expires <= order->now)
                return err_set(err, ERR_DENIED, "the account of %.*s has ended; delete it and add it again",
                               STR_ARG(person.login));
        /* Who never had a password gets the invitation again. */
        const struct store_one_time link = { .kind = ONE_TIME_RESET, .person = person.id };

        const struct store_letter letter = { .kind = LETTER_RESET, .recipient = person.login,
                                             .name = person.name };

        r = person.state == PERSON_INVITED
                    ? invite(order, &person, person.id, err)
                    : put_link(order, order->result, TOKEN_RESET, &link, &letter, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

/* Why somebody who asked gets no letter; NULL: they get one. */
static int password_refusal(struct order *order, const struct store_credentials *found, const char **out,
                            struct err *err)
{
        struct store_factors factors = { .app = false };
        int64_t recent = 0;
        int r = store_factors_find(order->store, found->person.id, &factors, err);

        if (r == 0)
                r = store_one_time_count(order->store, found->person.id, ONE_TIME_RESET,
                                         order->now - ASKED_SECONDS, &recent, err);
        if (r < 0)
                return r;
        *out = !person_is_live(found->person.state, found->person.expires, order->now) ? "not active"
               : found->password.n == 0                                                ? "no password"
               : mail_address_check(found->person.login, NULL) < 0                     ? "no letter possible"
               : found->failures >= PEOPLE_FAILURES_MAX && store_factors_any(&factors) ? "locked"
               : recent >= ASKED_MAX                                                   ? "too often"
                                                                                       : NULL;
        return 0;
}

int password_asked(struct order *order, struct str address, struct err *err)
{
        struct store_credentials found = { .failures = 0 };
        const char *why = NULL;
        int r = order->request->mail ? store_credentials_find_login(order->store, address, order->arena,
                                                                    &found, err)
                                     : err_set(err, ERR_UNSUPPORTED, "this host sends no letters");

        if (r == ERR_NOT_FOUND)
                return 0;
        if (r == 0)
                r = password_refusal(order, &found, &why, err);
        if (r < 0)
                return r;
        order_log_number(order, "person", found.person.id);
        if (why != NULL) {
                json_put_text(order->detail, "no_letter", str_of(why));
                return 0;
        }
        const struct store_one_time link = {
                .kind = ONE_TIME_RESET, .person = found.person.id, .detail = STR(PEOPLE_LINK_ASKED),
        };
        const struct store_letter letter = {
                .kind = LETTER_RESET, .recipient = found.person.login, .name = found.person.name,
        };

        return put_link(order, order->result, TOKEN_RESET, &link, &letter, err);
}

/* A role, where another one was asked for. */
static int change_role(struct order *order, const struct store_person *person, struct err *err)
{
        enum person_role role = ROLE_POWER_READER;
        int r = read_role(order, &role, err);

        if (r < 0 || role == person->role)
                return r;
        r = store_person_set_role(order->store, person->id, role, err);
        if (r < 0)
                return r;
        if (person->state == PERSON_INVITED)
                order_note(order, "the invitation that was sent is void now; a reset makes a new link");
        json_put_text(order->detail, "from", str_of(person_role_name(person->role)));
        json_put_text(order->detail, "to", str_of(person_role_name(role)));
        return 0;
}

int user_role(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0)
                r = change_role(order, &person, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

/* The password stays: it alone lets them in now, to set up another factor where their role must. */
int user_unfactor(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        struct store_factors had = { .app = false };
        int r = order_person(order, &person, err);

        if (r == 0)
                r = store_factors_find(order->store, person.id, &had, err);
        if (r < 0)
                return r;
        if (!store_factors_any(&had))
                return err_set(err, ERR_DENIED, "%.*s has no second factor", STR_ARG(person.login));
        json_put_bool(order->detail, "app", had.app);
        json_put_int(order->detail, "passkeys", had.passkeys);
        r = store_factors_clear(order->store, person.id, err);
        if (r == 0)
                r = tell(order, &person, LETTER_FACTOR_REMOVED, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

static int change_expires(struct order *order, const struct store_person *person, struct err *err)
{
        int64_t expires;
        int r = read_expires(order, &expires, err);

        if (r < 0 || expires == person->expires)
                return r;
        json_put_bool(order->detail, "expires", true);
        return store_person_set_expires(order->store, person->id, expires, err);
}

static int change_name(struct order *order, const struct store_person *person, struct err *err)
{
        struct str name = order_argument(order, "name");

        if (str_eq(name, person->name))
                return 0;
        json_put_bool(order->detail, "name", true);
        return store_person_set_name(order->store, person->id, name, err);
}

/* What is not among the arguments stays as it is. */
int user_change(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        /* An administrator's account cannot expire, so the end goes before the role comes. */
        bool lifts = order_has(order, "expires") && order_argument(order, "expires").n == 0;
        int r = order_person(order, &person, err);

        if (r == 0 && order_has(order, "name"))
                r = change_name(order, &person, err);
        if (r == 0 && lifts)
                r = change_expires(order, &person, err);
        if (r == 0 && order_has(order, "role"))
                r = change_role(order, &person, err);
        if (r == 0 && order_has(order, "expires") && !lifts)
                r = change_expires(order, &person, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int user_show(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = order_person(order, &person, err);

        if (r == 0)
                person_describe(order, &person, order->result);
        return r;
}
