/*
 * log.c -- /edit/log: what was done, by whom, when; whether the chain holds; the log as a file.
 */
#include <string.h>

#include "base/clock.h"
#include "edit.h"
#include "store/audit.h"

enum { DAY_SECONDS = 86400, DETAIL_SHOWN = 300 };

/* ---- records as people read them ---- */

/* The name a number has today; a deleted person's tombstone has one too. */
static struct str name_of(const struct edit *e, int64_t number)
{
        struct store_person person;

        if (number <= 0 || store_person_find(e->portal->store, number, e->arena, &person, NULL) < 0)
                return STR("");
        return person.login.n > 0 ? person.login : person.name;
}

/* "person/12" by name; "publication/guide" as it stands, without the word before it. */
static struct str object_of(const struct edit *e, const struct store_audit_record *r)
{
        struct str rest = r->object;
        struct str kind = str_cut(&rest, '/');

        if (!str_is(kind, "person"))
                return rest;
        int64_t number = edit_number_of(rest);

        return number == r->actor ? STR("") : name_of(e, number);
}

static void add_detail(const struct edit *e, const char *key, const struct json *value, struct buf *out)
{
        struct str from = json_get_text(value, "from"), text = json_text(value);

        if (str_is(str_of(key), "from") || out->n > DETAIL_SHOWN)
                return;
        buf_puts(out, out->n > 0 ? ", " : "");
        if (json_kind(value) == JSON_KIND_OBJECT)
                buf_printf(out, "%s: %.*s → %.*s", key, STR_ARG(from), STR_ARG(json_get_text(value, "to")));
        else if (str_is(str_of(key), "to"))
                buf_printf(out, "→ %.*s", STR_ARG(text));
        else if (text.n > 0)
                buf_add_str(out, text);
        else
                buf_puts(out, key);
        (void)e;
}

static struct str detail_of(const struct edit *e, const struct store_audit_record *r)
{
        struct json *detail CLEANUP_JSON = NULL;
        struct buf out CLEANUP_BUF = { 0 };
        struct json *value;
        const char *key;
        void *at = NULL;

        if (r->detail.n == 0 || json_parse(r->detail, &detail, NULL) < 0)
                return STR("");
        struct str from = json_get_text(detail, "from");
        int64_t person = json_get_int(detail, "person"), count = json_get_int(detail, "count");

        if (person > 0)
                return name_of(e, person);
        if (count > 0)
                return str_of(arena_printf(e->arena, "%lld", (long long)count));
        if (from.n > 0)
                buf_printf(&out, "%.*s → %.*s", STR_ARG(from), STR_ARG(json_get_text(detail, "to")));
        while (from.n == 0 && json_next(detail, &at, &key, &value))
                if (json_kind(value) == JSON_KIND_OBJECT || json_text(value).n > 0)
                        add_detail(e, key, value, &out);
        return arena_str(e->arena, buf_str(&out));
}

static struct edit_record *records_of(const struct edit *e, const struct store_audit_record *rows, size_t n)
{
        struct edit_record *list = arena_array(e->arena, n + 1, sizeof *list);

        for (size_t i = 0; i < n; i++)
                list[i] = (struct edit_record){
                        .seq = rows[i].seq, .time = rows[i].time, .who = name_of(e, rows[i].actor),
                        .actor = rows[i].actor, .action = rows[i].action, .object = object_of(e, &rows[i]),
                        .address = rows[i].address, .detail = detail_of(e, &rows[i]),
                };
        return list;
}

/* ---- the page ---- */

/* An address, or a number when the account is gone. False: nobody was ever called so. */
static bool find_person(struct edit *e, struct str who, int64_t *out)
{
        struct store_person person;

        *out = edit_number_of(who);
        if (who.n == 0 || *out > 0)
                return true;
        if (store_person_find_login(e->portal->store, who, e->arena, &person, NULL) < 0)
                return false;
        *out = person.id;
        return true;
}

static struct str prefix_of(struct str what)
{
        static const char *const kinds[] = { "password", "user", "group", "access", "settings" };

        if (str_is(what, "login"))
                return STR("log");      /* in and out */
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_is(what, kinds[i]))
                        return str_of(kinds[i]);
        return STR("");
}

static void show_log(struct edit *e, struct edit_log *page)
{
        struct store_audit_filter filter = { .before = edit_number_of(edit_query_of(e, "before")) };
        struct store_audit_record *rows = NULL;
        struct buf out = { 0 };
        int64_t next = 0;
        size_t n = 0;
        struct err err;

        page->who = edit_query_of(e, "who");
        page->what = edit_query_of(e, "what");
        page->day = edit_query_of(e, "day");
        filter.action = prefix_of(page->what);
        if (page->day.n > 0 && clock_parse_date(page->day, &filter.from, NULL) == 0)
                filter.until = filter.from + DAY_SECONDS;
        if (find_person(e, page->who, &filter.person) &&
            store_audit_search(e->portal->store, &filter, EDIT_PAGE, e->arena, &rows, &n, &next, &err) < 0) {
                edit_fail(e, "log", &err);
                return;
        }
        page->frame = edit_frame(e, EDIT_LOG);
        page->records = records_of(e, rows, n);
        page->nrecords = n;
        page->deep = filter.before > 0;
        if (next > 0)
                page->next = edit_address(e->arena, "/edit/log", "who", page->who, "what", page->what, "day",
                                          page->day, "before",
                                          str_of(arena_printf(e->arena, "%lld", (long long)next)), NULL);
        page_render_edit_log(&out, page);
        edit_send(e, &out);
}

static void show_plain(struct edit *e)
{
        show_log(e, &(struct edit_log){ .verified = false });
}

void edit_log(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_plain(e);
}

/* ---- verifying and exporting ---- */

static void on_verified(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        if (edit_refused(e, code, sentence))
                return;
        show_log(e, &(struct edit_log){
                .verified = true, .broken = json_get_int(result, "broken"),
                .length = json_get_int(result, "records"),
                .seal = arena_str(e->arena, json_get_text(result, "hash")),
        });
}

void edit_verify_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order_then(e, "audit.verify", json_new_object(), on_verified, show_plain);
}

static int64_t count_lines(struct str text)
{
        int64_t n = 0;

        for (const char *p = text.p, *end = p + text.n; p < end; p++) {
                p = memchr(p, '\n', (size_t)(end - p));
                if (p == NULL)
                        break;
                n++;
        }
        return n;
}

static void on_exported(void *ctx, int code, struct str text)
{
        struct edit *e = ctx;

        if (edit_refused(e, code, STR("the log cannot be read")))
                return;
        int64_t after = edit_number_of(edit_field_of(e, "after"));
        struct buf body = { 0 };
        size_t n;

        buf_add_str(&body, text);
        char *bytes = buf_detach(&body, &n);
        struct str name = str_of(arena_printf(e->arena, "log-%lld-%lld.jsonl", (long long)after + 1,
                                              (long long)(after + count_lines(text))));
        const struct http_response response = {
                .status = 200,
                .content_type = STR("application/x-ndjson; charset=utf-8"),
                .content_disposition = http_disposition(e->arena, name, false),
                .cache_control = STR("private, no-store"),
                .body = http_body_owned(bytes, n),
        };

        http_reply(e->x, &response);
}

void edit_export_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->again = show_plain;
        ordering_export(edit_number_of(edit_field_of(e, "after")), on_exported, e);
}
