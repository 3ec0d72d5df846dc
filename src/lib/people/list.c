/*
 * list.c -- who has an account.
 */
#include "orders.h"

enum {
        LIST_PEOPLE_MAX = 10000,
        LIST_BYTES_MAX = 2 * 1024 * 1024,       /* of an answer that may have 3 MiB */
        ROW_BYTES = 160,                        /* what stands around address and name */
};

static int read_roles(const struct order *order, unsigned *out, struct err *err)
{
        struct str word = order_argument(order, "role");
        enum person_role role;

        *out = (1u << ROLE_COUNT) - 1;
        if (word.n == 0)
                return 0;
        int r = person_role_parse(word, &role, err);

        if (r == 0)
                *out = 1u << role;
        return r;
}

/* Without a limit the answer is as long as an answer may be. */
static int read_limit(const struct order *order, size_t *out, struct err *err)
{
        int64_t limit = json_get_int(order->request->arguments, "limit");

        *out = LIST_PEOPLE_MAX;
        if (!order_has(order, "limit"))
                return 0;
        if (limit < 1 || limit > PEOPLE_LIST_MAX)
                return err_set(err, ERR_INVALID, "the limit is a number from 1 to %d", PEOPLE_LIST_MAX);
        *out = (size_t)limit;
        return 0;
}

static int read_states(const struct order *order, unsigned *out, struct err *err)
{
        static const char *const words[PERSON_STATES] = { "invited", "active", "disabled", "expired" };
        struct str word = order_argument(order, "state");

        *out = (1u << PERSON_STATES) - 1;
        for (unsigned i = 0; i < PERSON_STATES && word.n > 0; i++) {
                if (!str_is(word, words[i]))
                        continue;
                *out = 1u << i;
                return 0;
        }
        if (word.n == 0)
                return 0;
        return err_set(err, ERR_INVALID, "a state is invited, active, disabled or expired");
}

struct listing {
        size_t people;
        size_t most;
        size_t bytes;
        struct str last;
};

/* How many of the rows went in: fewer than n when the list is full. */
static size_t put_rows(struct order *order, struct listing *list, const struct store_person *rows,
                       size_t n)
{
        for (size_t i = 0; i < n; i++) {
                list->bytes += rows[i].login.n + rows[i].name.n + ROW_BYTES;
                if (list->people == list->most || list->bytes > LIST_BYTES_MAX)
                        return i;
                json_append(order->result, person_json(order, &rows[i]));
                list->people++;
                list->last = rows[i].login;
        }
        return n;
}

static void tell_rest(struct order *order, const struct listing *list)
{
        order_note(order, arena_printf(order->arena, "these are the first %zu; '--after %.*s' goes on",
                                       list->people, STR_ARG(list->last)));
}

int user_list(struct order *order, struct err *err)
{
        struct listing list = { .last = order_argument(order, "after") };
        struct store_person *rows = NULL;
        struct store_person_filter filter = { .text = order_argument(order, "text"), .now = order->now };
        size_t n = PEOPLE_LIST_MAX;
        int r = read_roles(order, &filter.roles, err);

        if (r == 0)
                r = read_states(order, &filter.states, err);
        if (r == 0)
                r = read_limit(order, &list.most, err);
        while (r == 0 && n == PEOPLE_LIST_MAX) {
                r = store_person_search(order->store, &filter, list.last, PEOPLE_LIST_MAX, order->arena,
                                        &rows, &n, err);
                if (r == 0 && put_rows(order, &list, rows, n) < n) {
                        tell_rest(order, &list);
                        break;
                }
        }
        return r;
}
