/*
 * tokens.c -- bearer tokens of the HTTP API: made with a name, scopes and a last day, told once, ended.
 */
#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/token.h"
#include "orders.h"
#include "people/scopes.h"
#include "store/api_token.h"

enum { DATE_LEN = 10, DAY_SECONDS = 86400 };

static void put_day(struct json *o, const char *key, int64_t day)
{
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(day, when);
        json_put_text(o, key, str_make(when, DATE_LEN));
}

static void describe(const struct order *order, const struct store_api_token *token, struct json *o)
{
        struct json *scopes = json_new_array();
        char when[CLOCK_ISO_LEN + 1];

        for (size_t i = 0; i < SCOPES; i++)
                if ((token->scopes & (uint32_t)scope_at(i)) != 0)
                        json_append_text(scopes, str_of(scope_name(scope_at(i))));
        json_put_int(o, "id", token->id);
        json_put_text(o, "name", token->name);
        json_put(o, "scopes", scopes);
        json_put_text(o, "state", token->expires > order->now ? STR("valid") : STR("expired"));
        put_day(o, "expires", token->expires - 1);
        clock_iso(token->created, when);
        json_put_text(o, "created", str_of(when));
        if (token->used_day > 0)
                put_day(o, "used", token->used_day * DAY_SECONDS);
}

/* The day named is the last one on which the token works, by UTC. */
static int read_last_day(const struct order *order, int64_t *out, struct err *err)
{
        struct str text = order_argument(order, "expires");
        int64_t day;
        int r = text.n > 0 ? clock_parse_date(text, &day, err)
                           : err_set(err, ERR_INVALID, "say the last day of the token, as YYYY-MM-DD");

        if (r == 0)
                *out = day + DAY_SECONDS;
        return r;
}

static int add(struct order *order, const struct store_person *person, struct store_api_token *row,
               struct err *err)
{
        struct token token;

        token_new(TOKEN_API, &token);
        int r = store_api_token_add(order->store, &token.stored, row, order->now, &row->id, err);

        if (r == 0) {
                describe(order, row, order->result);
                json_put_text(order->result, "email", person->login);
                json_put_text(order->result, "token", str_of(token.text));
        }
        secret_wipe(&token, sizeof token);
        return r;
}

static void log_token(struct order *order, int64_t person, int64_t token)
{
        json_put_int(order->detail, "token", token);
        order_log_number(order, "person", person);
}

int token_add(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        struct store_api_token row = { .name = order_argument(order, "name"), .created = order->now };
        int r = order_person(order, &person, err);

        if (r == 0 && !person_is_live(person.state, person.expires, order->now))
                return err_set(err, ERR_DENIED, "%.*s cannot log in now (%s), so a token would be of no use",
                               STR_ARG(person.login), person_state_word(order, &person));
        if (r == 0)
                r = scopes_parse(order_argument(order, "scopes"), person.role, &row.scopes, err);
        if (r == 0)
                r = read_last_day(order, &row.expires, err);
        if (r < 0)
                return r;
        row.person = person.id;
        r = add(order, &person, &row, err);
        json_put_text(order->detail, "scopes", scopes_words(row.scopes, order->arena));
        log_token(order, person.id, row.id);
        return r;
}

int token_list(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        struct store_api_token *rows = NULL;
        size_t n = 0;
        int r = order_person(order, &person, err);

        if (r == 0)
                r = store_api_token_list(order->store, person.id, order->arena, &rows, &n, err);
        for (size_t i = 0; r == 0 && i < n; i++) {
                struct json *o = json_new_object();

                describe(order, &rows[i], o);
                json_append(order->result, o);
        }
        return r;
}

/* A number, or its digits: the command line sends all arguments as text. */
static int64_t token_number(const struct order *order)
{
        struct str digits = order_argument(order, "token");
        uint64_t number = 0;

        if (digits.n > 0)
                return str_to_u64(digits, INT64_MAX, &number, NULL) == 0 ? (int64_t)number : 0;
        return json_get_int(order->request->arguments, "token");
}

int token_revoke(struct order *order, struct err *err)
{
        struct store_person person = { .id = 0 };
        int64_t token = token_number(order);
        int r = order_person(order, &person, err);

        /* The person is part of the statement: nobody ends another's token by its number. */
        if (r == 0)
                r = store_api_token_revoke(order->store, person.id, token, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "email", person.login);
        json_put_int(order->result, "id", token);
        log_token(order, person.id, token);
        return 0;
}
