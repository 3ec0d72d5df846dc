/*
 * orders.c -- operations that are orders of people/: the input is the order's arguments, its answer the
 * output.
 *
 * A new order needs a row in api.def and shapes for what goes in and out; nothing here. Of its answer only
 * what the shape names goes out, so that no order can tell by accident what the document does not say.
 */
#include "call.h"
#include "people/people.h"
#include "proc/portal/ordering.h"

static void keep_note(void *ctx, struct str sentence)
{
        json_append_text(ctx, sentence);
}

/*
 * If-Match: the tag that was seen, or "*"; a list of tags is what a cache sends, and no cache keeps these
 * answers.
 */
static struct str seen_tag(const struct api_call *call)
{
        struct str tag = http_request_header(http_exchange_request(call->x), "if-match");

        if (tag.p == NULL || api_shown_by(call->op) == NULL)
                return STR("");
        return tag.n > 0 && tag.n <= PEOPLE_TAG_MAX ? tag : STR("no tag of ours");
}

static struct ordering_by by(struct api_call *call)
{
        struct str seen = seen_tag(call);

        return (struct ordering_by){
                .person = call->token.person, .token = call->token.id,
                .address = visitor_address(call->conn, call->arena),
                .seen_by = seen.n > 0 ? str_of(api_shown_by(call->op)->verb) : STR(""), .seen = seen,
        };
}

int call_order(struct api_call *call, const char *verb, const struct json *arguments, struct json **out,
               struct err *err)
{
        const struct ordering_by who = by(call);
        struct json *notes CLEANUP_JSON = json_new_array();
        const struct people_request request = {
                .store = call->portal->store, .verb = str_of(verb), .arguments = arguments,
                .door = PEOPLE_DOOR_PORTAL, .actor = who.person, .token = who.token, .address = who.address,
                .secret = people_brings(str_of(verb)) == PEOPLE_MAY_BRING_SECRET ? call_text(call, "secret")
                                                                                 : STR(""),
                .now = call->now, .mail = call->portal->setup->mail, .seen_by = who.seen_by, .seen = who.seen,
                .note = keep_note, .ctx = notes,
        };
        int r = people_order(&request, out, err);

        if (r == 0 && json_length(notes) > 0 && json_kind(*out) == JSON_KIND_OBJECT)
                json_put_shared(*out, "notes", notes);
        return r;
}

/* ---- what goes out ---- */

/* What If-Match is held against is the order's whole answer. */
static void put_answer(struct api_call *call, const struct json *answer)
{
        call->etag = people_tag(answer, call->arena);
        call->output = api_fit(call->op->output, answer);
}

static void fit_list(struct api_call *call)
{
        struct json *whole CLEANUP_JSON = call->output;

        call->output = api_fit(call->op->output, whole);
}

static void on_answer(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct api_call *call = ctx;
        struct err err = { 0 };

        if (code == 0)
                put_answer(call, result);
        else
                code = err_set(&err, code, "%.*s", STR_ARG(sentence));
        call_answer_late(call, code, &err);
}

/* A job does it; meanwhile the call waits where its request lives. */
static void ask_job(struct api_call *call)
{
        const struct ordering_by who = by(call);
        struct api_call *waiting = arena_alloc(call->arena, sizeof *waiting);

        *waiting = *call;
        waiting->conn = NULL;           /* it may be gone by then */
        call->input = NULL;
        call->answered = true;
        ordering_ask(&who, call->op->verb, waiting->input, on_answer, waiting);
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
        fit_list(call);
        return 0;
}

int api_order(struct api_call *call, struct err *err)
{
        struct json *answer CLEANUP_JSON = NULL;

        if (call->op->list == LIST_PAGED)
                return run_paged(call, err);
        if (people_is_slow(str_of(call->op->verb))) {
                ask_job(call);
                return 0;
        }
        int r = call_order(call, call->op->verb, call->input, &answer, err);

        if (r < 0)
                return r;
        if (call->op->list == LIST_CUT) {
                call_cut_list(call, answer, call_key_member, call->op->key);
                answer = NULL;          /* that was taken over */
                fit_list(call);
        } else {
                put_answer(call, answer);
        }
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
