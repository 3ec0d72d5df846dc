/*
 * log.c -- the portal's log, to read and to verify.
 */
#include "base/clock.h"
#include "base/map.h"
#include "orders.h"
#include "store/audit.h"

enum { DAY_SECONDS = 86400, LOG_LIMIT = 50 };

/* A person may be named by address or, long after the account is gone, by number. */
static int read_person(struct order *order, int64_t *out, struct err *err)
{
        struct store_person person = { .id = 0 };
        uint64_t number;

        *out = json_get_int(order->request->arguments, "id");
        if (order_argument(order, "email").n == 0)
                return 0;
        if (str_to_u64(order_argument(order, "email"), INT64_MAX, &number, NULL) == 0) {
                *out = (int64_t)number;
                return 0;
        }
        int r = order_person(order, &person, err);

        if (r == 0)
                *out = person.id;
        return r;
}

static int read_number(const struct order *order, const char *key, int64_t *out, struct err *err)
{
        struct str text = order_argument(order, key);
        uint64_t number = 0;
        int r = text.n > 0 ? str_to_u64(text, INT64_MAX, &number, err) : 0;

        if (r == 0)
                *out = text.n > 0 ? (int64_t)number : json_get_int(order->request->arguments, key);
        return r;
}

static int read_filter(struct order *order, struct store_audit_filter *out, int64_t *limit,
                       struct err *err)
{
        struct str day = order_argument(order, "day");
        int r = read_person(order, &out->person, err);

        *limit = LOG_LIMIT;
        out->action = order_argument(order, "action");
        if (r == 0)
                r = read_number(order, "before", &out->before, err);
        if (r == 0 && order_has(order, "limit"))
                r = read_number(order, "limit", limit, err);
        if (r == 0 && (*limit < 1 || *limit > AUDIT_LIST_MAX))
                r = err_set(err, ERR_INVALID, "the limit is a number from 1 to %d", AUDIT_LIST_MAX);
        if (r == 0 && day.n > 0) {
                r = clock_parse_date(day, &out->from, err);
                out->until = out->from + DAY_SECONDS;
        }
        return r;
}

/* The name the number has today. */
static struct str name_of(struct order *order, int64_t number)
{
        struct store_person person;

        if (number == AUDIT_HOST)
                return STR("");
        if (store_person_find(order->store, number, order->arena, &person, NULL) < 0)
                return STR("?");
        return person.login.n > 0 ? person.login : person.name;
}

static struct json *describe(struct order *order, const struct store_audit_record *record)
{
        struct json *o = json_new_object();
        char text[DIGEST_HEX_LEN + 1], when[CLOCK_ISO_LEN + 1];

        clock_iso(record->time, when);
        json_put_int(o, "seq", record->seq);
        json_put_text(o, "when", str_of(when));
        json_put_int(o, "time", record->time);
        json_put_int(o, "actor", record->actor);
        json_put_text(o, "who", record->actor == AUDIT_HOST ? STR("the host") :
                                                              name_of(order, record->actor));
        json_put_text(o, "action", record->action);
        json_put_text(o, "object", record->object);
        json_put_text(o, "address", record->address);
        json_put_text(o, "detail", record->detail);
        digest_hex(&record->prev, text);
        json_put_text(o, "prev", str_of(text));
        digest_hex(&record->hash, text);
        json_put_text(o, "hash", str_of(text));
        return o;
}

int audit_list(struct order *order, struct err *err)
{
        struct store_audit_filter filter = { .before = 0 };
        struct store_audit_record *rows = NULL;
        int64_t limit, next = 0;
        size_t n = 0;
        int r = read_filter(order, &filter, &limit, err);

        if (r == 0)
                r = store_audit_search(order->store, &filter, (size_t)limit, order->arena, &rows, &n, &next,
                                       err);
        for (size_t i = 0; r == 0 && i < n; i++)
                json_append(order->result, describe(order, &rows[i]));
        if (r == 0 && next > 0)
                order_note(order, arena_printf(order->arena, "there is more; '--before %lld' goes on",
                                               (long long)next));
        return r;
}

/* That the chain is broken is the answer, not a failure to give one. */
int audit_verify(struct order *order, struct err *err)
{
        struct store_audit_head head = { .seq = 0 };
        char hex[DIGEST_HEX_LEN + 1];
        struct err why;
        int64_t broken = 0;
        int r = store_audit_verify(order->store, &head, &broken, &why);

        if (r < 0 && broken == 0) {
                *err = why;
                return r;
        }
        json_put_bool(order->result, "holds", r == 0);
        if (r < 0) {
                json_put_int(order->result, "broken", broken);
                json_put_text(order->result, "sentence", str_of(why.text));
                return 0;
        }
        digest_hex(&head.hash, hex);
        json_put_int(order->result, "records", head.seq);
        json_put_text(order->result, "hash", str_of(hex));
        return 0;
}

int people_log_lines(struct store *store, int64_t after, struct buf *out, int64_t *out_last, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct store_audit_record *rows = NULL;
        size_t n = 1;
        int r = 0;

        *out_last = after;
        while (r == 0 && n > 0 && out->n < PEOPLE_LOG_BYTES) {
                arena_reset(arena);
                r = store_audit_list(store, *out_last, AUDIT_LIST_MAX, arena, &rows, &n, err);
                for (size_t i = 0; r == 0 && i < n && out->n < PEOPLE_LOG_BYTES; i++) {
                        store_audit_line(&rows[i], out);
                        buf_putc(out, '\n');
                        *out_last = rows[i].seq;
                }
        }
        return r;
}
