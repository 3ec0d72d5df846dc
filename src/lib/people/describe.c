/*
 * describe.c -- a person as an answer shows them.
 */
#include "base/clock.h"
#include "orders.h"

enum { DATE_LEN = 10 };

const char *person_state_word(const struct order *order, const struct store_person *person)
{
        if (person->state == PERSON_ACTIVE && !person_is_live(person->state, person->expires, order->now))
                return "expired";
        return person_state_name(person->state);
}

void person_describe(const struct order *order, const struct store_person *person, struct json *o)
{
        char when[CLOCK_ISO_LEN + 1];

        json_put_int(o, "id", person->id);
        json_put_text(o, "email", person->login);
        json_put_text(o, "name", person->name);
        json_put_text(o, "role", str_of(person_role_name(person->role)));
        json_put_text(o, "state", str_of(person_state_word(order, person)));
        if (person->expires > 0) {      /* the last day of the account, as it was asked for */
                clock_iso(person->expires - 1, when);
                json_put_text(o, "expires", str_make(when, DATE_LEN));
        }
        json_put_bool(o, "second_factor", person->has_totp || person->has_passkey);
        clock_iso(person->created, when);
        json_put_text(o, "created", str_of(when));
}

struct json *person_json(const struct order *order, const struct store_person *person)
{
        struct json *o = json_new_object();

        person_describe(order, person, o);
        return o;
}
