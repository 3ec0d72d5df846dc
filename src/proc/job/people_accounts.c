/*
 * people_accounts.c -- make, change and end accounts; links by which people set their first or a new
 * password.
 */
#include "base/clock.h"
#include "crypto/token.h"
#include "people.h"
#include "store/credentials.h"
#include "store/one_time.h"

enum { LINK_SECONDS = 24 * 3600, DAY_SECONDS = 86400, DATE_LEN = 10 };

static const char *state_word(const struct people_order *order, const struct store_person *person)
{
        if (person->state == PERSON_ACTIVE && !person_is_live(person->state, person->expires, order->now))
                return "expired";
        return person_state_name(person->state);
}

struct json *people_json(const struct people_order *order, const struct store_person *person)
{
        struct json *o = json_new_object();
        char when[CLOCK_ISO_LEN + 1];

        json_put_int(o, "id", person->id);
        json_put_text(o, "email", person->login);
        json_put_text(o, "name", person->name);
        json_put_text(o, "role", str_of(person_role_name(person->role)));
        json_put_text(o, "state", str_of(state_word(order, person)));
        if (person->expires > 0) {      /* the last day of the account, as it was asked for */
                clock_iso(person->expires - 1, when);
                json_put_text(o, "expires", str_make(when, DATE_LEN));
        }
        json_put_bool(o, "second_factor", person->has_totp);
        clock_iso(person->created, when);
        json_put_text(o, "created", str_of(when));
        return o;
}

static void answer(struct people_order *order, const struct store_person *person)
{
        struct json *all CLEANUP_JSON = people_json(order, person);

        for (size_t i = 0; i < 5; i++) {
                static const char *const keys[] = { "email", "name", "role", "state", "expires" };
                struct str text = json_get_text(all, keys[i]);

                if (text.n > 0)
                        json_put_text(order->result, keys[i], text);
        }
        json_put_int(order->result, "id", person->id);
}

/* The person as the database has it now, after a change. */
static int answer_anew(struct people_order *order, int64_t id, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = store_person_find(order->store, id, order->arena, &person, err);

        if (r < 0)
                return r;
        answer(order, &person);
        people_log_number(order, "person", id);
        return 0;
}

/* ---- a new account ---- */

static int read_role(const struct people_order *order, enum person_role *out, struct err *err)
{
        struct str word = people_argument(order, "role");

        if (word.n == 0)
                return err_set(err, ERR_INVALID, "say which role: administrator, writer, reviewer or "
                               "power-reader");
        return person_role_parse(word, out, err);
}

/* The day given is the last one on which the account works, by UTC. */
static int read_expires(const struct people_order *order, int64_t *out, struct err *err)
{
        struct str text = people_argument(order, "expires");
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

int people_new(struct people_order *order, struct store_person *out, struct err *err)
{
        struct store_person person = { .name = people_argument(order, "name") };
        int r = store_login_fold(people_argument(order, "email"), order->arena, &person.login, err);

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

static int put_link(struct people_order *order, enum token_kind token_kind,
                    const struct store_one_time *asked, struct err *err)
{
        struct store_one_time link = *asked;
        struct token token;
        char when[CLOCK_ISO_LEN + 1];

        token_new(token_kind, &token);
        link.expires = order->now + LINK_SECONDS;
        int r = store_one_time_add(order->store, &token.stored, &link, order->now, err);

        if (r == 0) {
                clock_iso(link.expires, when);
                json_put_text(order->result, "path",
                              str_of(arena_printf(order->arena, "/welcome?t=%s", token.text)));
                json_put_text(order->result, "valid_until", str_of(when));
        }
        secret_wipe(&token, sizeof token);
        return r;
}

static int invite(struct people_order *order, int64_t person, struct err *err)
{
        const struct store_one_time link = { .kind = ONE_TIME_INVITE, .person = person };

        return put_link(order, TOKEN_INVITE, &link, err);
}

int people_user_add(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int64_t id = 0;
        int r = people_new(order, &person, err);

        if (r == 0)
                r = store_person_add(order->store, &person, order->now, &id, err);
        if (r < 0)
                return r;
        if (order->hash[0] != '\0')
                r = store_password_set(order->store, id, str_of(order->hash), err);
        else
                r = invite(order, id, err);
        json_put_text(order->detail, "role", str_of(person_role_name(person.role)));
        json_put_bool(order->detail, "password", order->hash[0] != '\0');
        return r < 0 ? r : answer_anew(order, id, err);
}

/* No account yet: using the link makes it, so a link that nobody uses leaves nothing behind. */
int people_invite_first(struct people_order *order, struct str address, struct err *err)
{
        struct store_one_time link = { .kind = ONE_TIME_SETUP };
        int r = store_login_fold(address, order->arena, &link.detail, err);

        if (r == 0)
                r = put_link(order, TOKEN_SETUP, &link, err);
        if (r == 0)
                json_put_text(order->result, "email", link.detail);
        return r;
}

/* ---- changes ---- */

int people_user_disable(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = people_find(order, &person, err);

        if (r == 0)
                r = store_person_disable(order->store, person.id, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int people_user_enable(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = people_find(order, &person, err);

        if (r == 0 && person.state != PERSON_DISABLED)
                return err_set(err, ERR_DENIED, "%.*s is not disabled but %s", STR_ARG(person.login),
                               state_word(order, &person));
        if (r == 0)
                r = store_person_enable(order->store, person.id, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int people_user_delete(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = people_find(order, &person, err);

        if (r == 0)
                r = store_person_delete(order->store, person.id, err);
        if (r < 0)
                return r;
        person.state = PERSON_DELETED;
        person.expires = 0;
        answer(order, &person);
        people_log_number(order, "person", person.id);
        return 0;
}

int people_user_reset(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = people_find(order, &person, err);

        if (r < 0)
                return r;
        if (person.state == PERSON_DISABLED)
                return err_set(err, ERR_DENIED, "%.*s is disabled; 'carrel user enable' first",
                               STR_ARG(person.login));
        if (person.expires > 0 && person.expires <= order->now)
                return err_set(err, ERR_DENIED, "the account of %.*s has ended; delete it and add it again",
                               STR_ARG(person.login));
        /* Who never had a password gets the invitation again. */
        const struct store_one_time link = { .kind = ONE_TIME_RESET, .person = person.id };

        r = person.state == PERSON_INVITED ? invite(order, person.id, err)
                                           : put_link(order, TOKEN_RESET, &link, err);
        return r < 0 ? r : answer_anew(order, person.id, err);
}

int people_user_role(struct people_order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        enum person_role role = ROLE_POWER_READER;
        int r = read_role(order, &role, err);

        if (r == 0)
                r = people_find(order, &person, err);
        if (r == 0)
                r = store_person_set_role(order->store, person.id, role, err);
        if (r < 0)
                return r;
        if (person.state == PERSON_INVITED && person.role != role)
                people_note(order, "the invitation that was sent is void now; 'carrel user reset' makes a "
                                   "new link");
        json_put_text(order->detail, "from", str_of(person_role_name(person.role)));
        json_put_text(order->detail, "to", str_of(person_role_name(role)));
        return answer_anew(order, person.id, err);
}
