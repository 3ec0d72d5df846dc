/*
 * edit.c -- one request of the workspace, from its form to its answer.
 */
#include "edit.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "json/json.h"

enum { DATE_LEN = 10 };

struct edit *edit_new(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct arena *arena = http_exchange_arena(x);
        struct edit *e = arena_alloc(arena, sizeof *e);
        struct err err;

        *e = (struct edit){
                .portal = conn->portal, .conn = conn, .x = x, .arena = arena, .who = who,
                .origin = origin_of(conn->portal, x), .status = 200,
        };
        if (form_ticket(conn->portal, x, &e->ticket, &err) == 0)
                return e;
        edit_fail(e, "form", &err);
        return NULL;
}

static enum edit_news news_of(const struct edit *e)
{
        static const char *const words[] = {
                "", "saved", "disabled", "enabled", "sessions", "deleted", "unfactored",
        };
        struct str done = edit_query_of(e, "done");

        for (size_t i = 1; i < ARRAY_LEN(words); i++)
                if (str_is(done, words[i]))
                        return (enum edit_news)i;
        return EDIT_NO_NEWS;
}

struct edit_frame edit_frame(const struct edit *e, enum edit_room room)
{
        enum person_role role = e->who->session.role;

        return (struct edit_frame){
                .site = *site_of(e->portal), .csrf = e->ticket.csrf, .room = room, .news = news_of(e),
                .writer = role == ROLE_ADMINISTRATOR || role == ROLE_WRITER,
                .administrator = role == ROLE_ADMINISTRATOR, .error = e->error,
        };
}

void edit_send(struct edit *e, struct buf *out)
{
        reply_private(e->x, e->status, out, &e->ticket.set_cookie, e->ticket.set_cookie.name.p != NULL, 0);
}

void edit_fail(struct edit *e, const char *what, const struct err *err)
{
        service_log(LOG_ERROR, "workspace %s: %s", what, err->text);
        reply_error(e->portal, e->x, 500);
}

/* ---- what came ---- */

struct str edit_field_of(const struct edit *e, const char *name)
{
        return str_trim(form_field(e->x, name));
}

struct str edit_query_of(const struct edit *e, const char *name)
{
        struct str value;

        if (http_form_field(http_exchange_request(e->x)->query, name, e->arena, &value, NULL) < 0)
                return STR("");
        return str_trim(value);
}

struct str edit_tail(const struct edit *e, const char *prefix)
{
        struct str path = http_exchange_request(e->x)->path, before = str_of(prefix);

        return str_make(path.p + before.n, path.n - before.n);
}

int64_t edit_number_of(struct str text)
{
        uint64_t number;

        return str_to_u64(text, INT64_MAX, &number, NULL) == 0 ? (int64_t)number : 0;
}

struct json *edit_arguments(const struct edit *e, const char *name, ...)
{
        struct json *arguments = json_new_object();
        struct str body = http_exchange_request(e->x)->body, value;
        va_list names;

        va_start(names, name);
        for (; name != NULL; name = va_arg(names, const char *)) {
                if (http_form_field(body, name, e->arena, &value, NULL) < 0)
                        continue;
                if (str_is(str_of(name), "id"))
                        json_put_int(arguments, name, edit_number_of(value));
                else
                        json_put_text(arguments, name, str_trim(value));
        }
        va_end(names);
        return arguments;
}

static bool is_plain(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.' || c == '_';
}

struct str edit_address(struct arena *arena, const char *base, const char *name, ...)
{
        const char *text = arena_strdup(arena, base);
        bool first = true;
        va_list pairs;

        va_start(pairs, name);
        for (; name != NULL; name = va_arg(pairs, const char *)) {
                struct str value = va_arg(pairs, struct str);
                char *encoded = arena_alloc(arena, 3 * value.n + 1);
                size_t n = 0;

                for (size_t i = 0; i < value.n; i++)
                        if (is_plain(value.p[i]))
                                encoded[n++] = value.p[i];
                        else
                                n += (size_t)snprintf(encoded + n, 4, "%%%02X", (unsigned char)value.p[i]);
                if (n == 0)
                        continue;
                text = arena_printf(arena, "%s%s%s=%.*s", text, first ? "?" : "&", name, (int)n, encoded);
                first = false;
        }
        va_end(pairs);
        return str_of(text);
}

/* ---- orders ---- */

bool edit_refused(struct edit *e, int code, struct str sentence)
{
        const struct err err = { .code = code };

        if (code == 0)
                return false;
        if (code == ERR_BUSY) {
                reply_busy(e->portal, e->x);
        } else if (code == ERR_NOT_FOUND || code == ERR_INVALID || code == ERR_EXISTS || code == ERR_DENIED ||
                   code == ERR_LIMIT) {
                e->status = 422;
                e->error = arena_str(e->arena, sentence);
                e->again(e);
        } else {
                service_log(LOG_ERROR, "workspace order: %.*s (%s)", STR_ARG(sentence), err_name(err.code));
                reply_error(e->portal, e->x, 500);
        }
        return true;
}

static void on_done(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        (void)result;
        if (!edit_refused(e, code, sentence))
                reply_see_other(e->x, e->next, NULL, 0);
}

void edit_order_then(struct edit *e, const char *verb, struct json *arguments,
                     ordering_answer_fn *answer, void (*again)(struct edit *e))
{
        struct conn *conn = e->conn;

        e->again = again;
        e->conn = NULL;
        ordering_run(conn, e->x, e->who, verb, arguments, answer, e);
}

void edit_order(struct edit *e, const char *verb, struct json *arguments, struct str next,
                void (*again)(struct edit *e))
{
        e->next = next;
        edit_order_then(e, verb, arguments, on_done, again);
}

/* ---- people ---- */

/* The last day is written as it was asked for: the account ends with its last second. */
static struct str last_day(struct arena *arena, int64_t expires)
{
        char when[CLOCK_ISO_LEN + 1];

        if (expires == 0)
                return STR("");
        clock_iso(expires - 1, when);
        return arena_str(arena, str_make(when, DATE_LEN));
}

struct edit_person edit_person_of(const struct edit *e, const struct store_person *person)
{
        bool ended = person->state == PERSON_ACTIVE &&
                     !person_is_live(person->state, person->expires, clock_unix());

        return (struct edit_person){
                .id = person->id, .email = person->login, .name = person->name,
                .role = str_of(person_role_name(person->role)),
                .state = ended ? STR("expired") : str_of(person_state_name(person->state)),
                .last_day = last_day(e->arena, person->expires), .created = person->created,
                .second_factor = person->has_totp || person->has_passkey,
        };
}

static struct str copied(const struct edit *e, const struct json *object, const char *key)
{
        return arena_str(e->arena, json_get_text(object, key));
}

struct edit_person edit_person_from(const struct edit *e, const struct json *object)
{
        return (struct edit_person){
                .id = json_get_int(object, "id"), .email = copied(e, object, "email"),
                .name = copied(e, object, "name"), .role = copied(e, object, "role"),
                .state = copied(e, object, "state"), .last_day = copied(e, object, "expires"),
        };
}

bool edit_list_people(struct edit *e, struct store_person_filter *filter, const char *base,
                      struct edit_listing *out)
{
        struct str after = edit_query_of(e, "after");
        struct store_person *rows = NULL;
        size_t n = 0;
        struct err err;

        filter->now = clock_unix();
        if (store_person_search(e->portal->store, filter, after, EDIT_PAGE + 1, e->arena, &rows,
                                &n, &err) < 0) {
                edit_fail(e, "people", &err);
                return false;
        }
        *out = (struct edit_listing){ .n = n > EDIT_PAGE ? EDIT_PAGE : n, .deep = after.n > 0 };
        out->people = arena_array(e->arena, out->n + 1, sizeof *out->people);
        for (size_t i = 0; i < out->n; i++)
                out->people[i] = edit_person_of(e, &rows[i]);
        if (n > EDIT_PAGE)
                out->next = edit_address(e->arena, base, "text", filter->text, "role",
                                         edit_query_of(e, "role"),
                                         "state", edit_query_of(e, "state"), "after",
                                         rows[EDIT_PAGE - 1].login, NULL);
        return true;
}
