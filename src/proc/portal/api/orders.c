/*
 * orders.c -- operations that are orders of people/: the input is the order's arguments, its answer the
 * output.
 *
 * A new order needs a row in api.def and shapes for what goes in and out; nothing here.
 */
#include <string.h>

#include "call.h"
#include "people/people.h"
#include "proc/portal/identity.h"

struct expectation {
        struct api_call *call;
        const char *verb;               /* shows what is about to be changed */
        struct json *notes;
};

static void keep_note(void *ctx, struct str sentence)
{
        struct expectation *e = ctx;

        if (e->notes == NULL)
                e->notes = json_new_array();
        json_append_text(e->notes, sentence);
}

/* One tag, or "*"; a list of tags is what a cache sends, and no cache keeps these answers. */
static int still_the_same(void *ctx, struct err *err)
{
        struct expectation *e = ctx;
        struct json *now CLEANUP_JSON = NULL;
        struct str wanted = http_request_header(http_exchange_request(e->call->x), "if-match");
        const struct people_request request = {
                .store = e->call->portal->store, .verb = str_of(e->verb), .arguments = e->call->input,
                .door = PEOPLE_DOOR_PORTAL, .actor = e->call->token.person, .now = e->call->now,
        };
        int r = people_order(&request, &now, err);

        if (r < 0 || str_is(wanted, "*") || str_eq(wanted, call_etag(e->call->arena, now)))
                return r;
        return err_set(err, ERR_AGAIN, "This has changed since it was read. Read it again and decide anew.");
}

int call_order(struct api_call *call, const char *verb, const struct json *arguments, struct json **out,
               struct err *err)
{
        const struct api_op *shown = api_shown_by(call->op);
        bool conditional =
                http_request_header(http_exchange_request(call->x), "if-match").p != NULL;
        struct expectation e = { .call = call, .verb = shown != NULL ? shown->verb : NULL };
        const struct people_request request = {
                .store = call->portal->store, .verb = str_of(verb), .arguments = arguments,
                .door = PEOPLE_DOOR_PORTAL, .actor = call->token.person, .token = call->token.id,
                .address = visitor_address(call->conn, call->arena), .now = call->now,
                .mail = call->portal->setup->mail, .note = keep_note,
                .expect = conditional && shown != NULL ? still_the_same : NULL, .ctx = &e,
        };
        int r = people_order(&request, out, err);

        if (r == 0 && e.notes != NULL && json_kind(*out) == JSON_KIND_OBJECT)
                json_put(*out, "notes", e.notes);
        else
                json_free(&e.notes);
        return r;
}

/* The input, with the cursor as the order knows it. */
static struct json *paged_arguments(struct api_call *call)
{
        struct json *arguments = json_new_object();
        const char *key;
        struct json *child;

        for (void *at = NULL; json_next(call->input, &at, &key, &child);)
                if (json_kind(child) == JSON_KIND_TEXT)
                        json_put_text(arguments, key, json_text(child));
                else
                        json_put_int(arguments, key, json_get_int(call->input, key));
        json_put_text(arguments, "after", call_after(call));
        json_put_int(arguments, "limit", (int64_t)call_limit(call));
        return arguments;
}

static int run_paged(struct api_call *call, struct err *err)
{
        struct json *arguments CLEANUP_JSON = paged_arguments(call), *rows = NULL;
        int r = call_order(call, call->op->verb, arguments, &rows, err);

        if (r < 0)
                return r;
        size_t n = json_length(rows);
        struct str last = STR("");

        if (n == call_limit(call))      /* it may be the last part all the same; then the next is empty */
                call_key_member(call->arena, json_at(rows, n - 1), call->op->key, &last);
        call_put_list(call, rows, last);
        return 0;
}

int api_order(struct api_call *call, struct err *err)
{
        struct json *answer = NULL;

        if (call->op->list == LIST_PAGED)
                return run_paged(call, err);
        int r = call_order(call, call->op->verb, call->input, &answer, err);

        if (r < 0)
                return r;
        if (call->op->list == LIST_CUT)
                call_cut_list(call, answer, call_key_member, call->op->key);
        else
                call->output = answer;
        return 0;
}

/* ---- who is named for a publication ---- */

/* People come before groups, as the database has them. */
static void reader_key(struct arena *arena, const struct json *row, const char *member, struct str *out)
{
        struct str kind = json_get_text(row, "kind"), name = json_get_text(row, member);

        *out = str_of(arena_printf(arena, "%d%.*s", str_is(kind, "group"), STR_ARG(name)));
}

int api_readers(struct api_call *call, struct err *err)
{
        struct json *answer CLEANUP_JSON = NULL, *rows = json_new_array();
        int r = call_order(call, "access.list", call->input, &answer, err);
        const struct json *all = r == 0 ? json_get(answer, "readers") : NULL;

        if (r < 0) {
                json_free(&rows);
                return r;
        }
        for (size_t i = 0; i < json_length(all); i++)
                json_append_shared(rows, json_at(all, i));
        call_cut_list(call, rows, reader_key, "name");
        return 0;
}
