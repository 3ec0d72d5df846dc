/*
 * audit.c -- the log that only grows.
 */
#include "store/audit.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "store/inside.h"
#include "store/list.h"

static void seal(const struct store_audit_record *r, const struct digest *prev, struct digest *out)
{
        static const char domain[] = "carrel-audit-1";
        struct digest_stream s;

        digest_start(&s);
        digest_add(&s, domain, sizeof domain);          /* with its NUL */
        digest_add(&s, prev->b, sizeof prev->b);
        digest_add_u64(&s, (uint64_t)r->seq);
        digest_add_u64(&s, (uint64_t)r->time);
        digest_add_u64(&s, (uint64_t)r->actor);
        digest_add_text(&s, r->action);
        digest_add_text(&s, r->object);
        digest_add_text(&s, r->address);
        digest_add_text(&s, r->detail);
        digest_finish(&s, out);
}

static bool take_digest(struct str bytes, struct digest *out)
{
        if (bytes.n != sizeof out->b)
                return false;
        memcpy(out->b, bytes.p, bytes.n);
        return true;
}

static bool is_action(struct str s)
{
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.' && c != '-')
                        return false;
        }
        return s.n > 0 && s.n <= AUDIT_ACTION_MAX;
}

static int check_record(const struct store_audit_record *r, struct err *err)
{
        if (!is_action(r->action))
                return err_set(err, ERR_INVALID, "an action is 1 to %d of a-z, 0-9, dot and hyphen",
                               AUDIT_ACTION_MAX);
        if (r->object.n > AUDIT_OBJECT_MAX || r->address.n > AUDIT_ADDRESS_MAX ||
            r->detail.n > AUDIT_DETAIL_MAX)
                return err_set(err, ERR_LIMIT, "a record of the log is shorter: object %d, address "
                               "%d, detail %d bytes", AUDIT_OBJECT_MAX, AUDIT_ADDRESS_MAX,
                               AUDIT_DETAIL_MAX);
        if (!str_is_utf8(r->object) || !str_is_utf8(r->address) || !str_is_utf8(r->detail))
                return err_set(err, ERR_INVALID, "a record of the log is text in UTF-8");
        return 0;
}

int store_audit_head(struct store *store, struct store_audit_head *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        struct store_audit_head head = { 0 };
        int r = query_start(store, "SELECT seq, hash FROM audit WHERE seq > 0"
                            " ORDER BY seq DESC LIMIT 1",
                            NO_ARGS, &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 1) {
                head.seq = query_int(q, 0);
                if (!take_digest(query_text(q, 1), &head.hash))
                        return err_set(err, ERR_CORRUPT, "the log's record %lld is damaged; restore "
                                       "a backup", (long long)head.seq);
        }
        *out = head;
        return 0;
}

int store_audit_add(struct store *store, const struct store_audit_record *record, struct err *err)
{
        struct store_audit_record sealed = *record;
        struct store_audit_head head;

        check(store->writing);
        int r = check_record(record, err);

        if (r == 0)
                r = store_audit_head(store, &head, err);
        if (r < 0)
                return r;
        sealed.seq = head.seq + 1;
        seal(&sealed, &head.hash, &sealed.hash);
        return sql_run(store,
                       "INSERT INTO audit(seq, time, actor, action, object, address, detail, prev,"
                       " hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                       ARGS(V_INT(sealed.seq), V_INT(sealed.time), V_INT(sealed.actor),
                            V_TEXT(sealed.action), V_TEXT(sealed.object), V_TEXT(sealed.address),
                            V_TEXT(sealed.detail), V_DIGEST(&head.hash), V_DIGEST(&sealed.hash)),
                       err);
}

#define AUDIT_COLUMNS "seq, time, actor, action, object, address, detail, hash, prev"

/* Texts are borrowed from the query until its next step. */
static void borrow_row(struct query *q, struct store_audit_record *r)
{
        *r = (struct store_audit_record){
                .seq = query_int(q, 0),
                .time = query_int(q, 1),
                .actor = query_int(q, 2),
                .action = query_text(q, 3),
                .object = query_text(q, 4),
                .address = query_text(q, 5),
                .detail = query_text(q, 6),
        };
}

static void audit_row(struct query *q, struct arena *arena, void *item)
{
        struct store_audit_record *r = item;

        borrow_row(q, r);
        r->action = arena_str(arena, r->action);
        r->object = arena_str(arena, r->object);
        r->address = arena_str(arena, r->address);
        r->detail = arena_str(arena, r->detail);
        /* A damaged hash stays zero; telling is store_audit_verify()'s work. */
        (void)take_digest(query_text(q, 7), &r->hash);
        (void)take_digest(query_text(q, 8), &r->prev);
}

static int list(struct store *store, const char *text, int64_t from, size_t limit,
                struct arena *arena, struct store_audit_record **out, size_t *out_n,
                struct err *err)
{
        if (limit == 0 || limit > AUDIT_LIST_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d records at a time", AUDIT_LIST_MAX);
        return list_rows(store, text, ARGS(V_INT(from), V_INT(limit)), sizeof **out, audit_row,
                         arena, out, out_n, err);
}

int store_audit_list(struct store *store, int64_t after, size_t limit, struct arena *arena,
                     struct store_audit_record **out, size_t *out_n, struct err *err)
{
        return list(store,
                    "SELECT " AUDIT_COLUMNS " FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2",
                    after, limit, arena, out, out_n, err);
}

int store_audit_list_back(struct store *store, int64_t before, size_t limit, struct arena *arena,
                          struct store_audit_record **out, size_t *out_n, struct err *err)
{
        return list(store,
                    "SELECT " AUDIT_COLUMNS " FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2",
                    before > 0 ? before : INT64_MAX, limit, arena, out, out_n, err);
}

/* The number of the first record at or after a time: found by halving, for the clock goes forward. */
static int first_since(struct store *store, int64_t time, int64_t end, int64_t *out, struct err *err)
{
        int64_t low = 1, high = end;

        while (low < high) {
                int64_t middle = low + (high - low) / 2, then = 0;
                int r = sql_one(store, "SELECT time FROM audit WHERE seq = $1", ARGS(V_INT(middle)),
                                &then, err);

                if (r < 0)
                        return r;
                if (r == 0 || then < time)
                        low = middle + 1;
                else
                        high = middle;
        }
        *out = low;
        return 0;
}

/* Between which numbers to look: [*low, *before). */
static int search_range(struct store *store, const struct store_audit_filter *filter, int64_t *low,
                        int64_t *before, struct err *err)
{
        struct store_audit_head head = { .seq = 0 };
        int r = store_audit_head(store, &head, err);

        *low = 1;
        *before = head.seq + 1;
        if (r == 0 && filter->until > 0)
                r = first_since(store, filter->until, head.seq + 1, before, err);
        if (r == 0 && filter->from > 0)
                r = first_since(store, filter->from, head.seq + 1, low, err);
        if (filter->before > 0 && filter->before < *before)
                *before = filter->before;
        return r;
}

int store_audit_search(struct store *store, const struct store_audit_filter *filter, size_t limit,
                       struct arena *arena, struct store_audit_record **out, size_t *out_n,
                       int64_t *out_next, struct err *err)
{
        int64_t first, before;
        char object[40];
        int r = search_range(store, filter, &first, &before, err);

        if (r < 0)
                return r;
        if (limit == 0 || limit > AUDIT_LIST_MAX)
                return err_set(err, ERR_LIMIT, "ask for 1 to %d records at a time", AUDIT_LIST_MAX);
        int64_t low = before - AUDIT_SCAN_MAX > first ? before - AUDIT_SCAN_MAX : first;

        snprintf(object, sizeof object, "person/%lld", (long long)filter->person);
        r = list_rows(store,
                      "SELECT " AUDIT_COLUMNS " FROM audit WHERE seq < $1 AND seq >= $2"
                      " AND ($3 = 0 OR actor = $3 OR object = $4)"
                      " AND substr(action, 1, length($5)) = $5 ORDER BY seq DESC LIMIT $6",
                      ARGS(V_INT(before), V_INT(low), V_INT(filter->person), V_TEXT(str_of(object)),
                           V_TEXT(filter->action), V_INT(limit)),
                      sizeof **out, audit_row, arena, out, out_n, err);
        if (r < 0)
                return r;
        /* A full page goes on behind its last record, any other behind what was looked at. */
        int64_t next = *out_n == limit ? (*out)[limit - 1].seq : low;

        *out_next = next > first ? next : 0;
        return 0;
}

static void line_text(struct buf *out, const char *key, struct str text)
{
        buf_printf(out, ",\"%s\":\"", key);
        for (size_t i = 0; i < text.n; i++) {
                unsigned char c = (unsigned char)text.p[i];

                if (c == '"' || c == '\\')
                        buf_putc(out, '\\');
                if (c < 0x20)
                        buf_printf(out, "\\u%04x", c);
                else
                        buf_putc(out, (char)c);
        }
        buf_putc(out, '"');
}

static void line_digest(struct buf *out, const char *key, const struct digest *digest)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(digest, hex);
        line_text(out, key, str_of(hex));
}

void store_audit_line(const struct store_audit_record *r, struct buf *out)
{
        buf_printf(out, "{\"seq\":%lld,\"time\":%lld,\"actor\":%lld", (long long)r->seq,
                   (long long)r->time, (long long)r->actor);
        line_text(out, "action", r->action);
        line_text(out, "object", r->object);
        line_text(out, "address", r->address);
        line_text(out, "detail", r->detail);
        line_digest(out, "prev", &r->prev);
        line_digest(out, "hash", &r->hash);
        buf_putc(out, '}');
}

/* Whether the current row follows prev as it was written; gives its hash. */
static bool row_holds(struct query *q, int64_t seq, const struct digest *prev, struct digest *out)
{
        struct store_audit_record record;
        struct digest stored_prev, stored, computed;

        borrow_row(q, &record);
        if (record.seq != seq || !take_digest(query_text(q, 7), &stored) ||
            !take_digest(query_text(q, 8), &stored_prev))
                return false;
        seal(&record, prev, &computed);
        *out = computed;
        return memcmp(stored_prev.b, prev->b, sizeof prev->b) == 0 &&
               memcmp(stored.b, computed.b, sizeof computed.b) == 0;
}

int store_audit_verify(struct store *store, struct store_audit_head *out_head, int64_t *out_broken,
                       struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        struct store_audit_head head = { 0 };
        struct digest hash;
        int r = query_start(store, "SELECT " AUDIT_COLUMNS " FROM audit ORDER BY seq", NO_ARGS, &q,
                            err);

        if (r < 0)
                return r;
        while ((r = query_step(q, err)) == 1) {
                if (!row_holds(q, head.seq + 1, &head.hash, &hash)) {
                        *out_broken = head.seq + 1;
                        return err_set(err, ERR_CORRUPT,
                                       "the log is not as it was written from record %lld on; "
                                       "compare it with a backup", (long long)head.seq + 1);
                }
                head = (struct store_audit_head){ .seq = head.seq + 1, .hash = hash };
        }
        if (r == 0)
                *out_head = head;
        return r;
}
