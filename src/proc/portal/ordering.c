/*
 * ordering.c -- an order, here or in a job. The connection may be gone when a job answers, so what is needed
 * of it is taken down before.
 */
#include "ordering.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "help.h"
#include "people/people.h"
#include "store/audit.h"

enum { ANSWER_MS = 25000, PART_MAX = 48 * 1024, RESULT_MAX = 12 * 1024 * 1024, NOTES_MAX = 20 };

struct ordering {
        ordering_answer_fn *answer;
        ordering_text_fn *text;         /* one of the two */
        void *ctx;
        struct buf result;
        struct json *notes;             /* or NULL: nobody wants them */
};

static void finish(struct ordering *o, int code, struct str sentence)
{
        struct json *result CLEANUP_JSON = NULL, *notes CLEANUP_JSON = o->notes;
        struct err err;

        if (o->text != NULL) {
                o->text(o->ctx, code, buf_str(&o->result));
        } else {
                if (code == 0 && json_parse(buf_str(&o->result), &result, &err) < 0)
                        code = ERR_PROTOCOL;
                if (code == ERR_PROTOCOL)
                        sentence = STR("the job's answer cannot be read");
                if (json_length(notes) > 0 && json_kind(result) == JSON_KIND_OBJECT)
                        json_put_shared(result, "notes", notes);
                o->answer(o->ctx, code, sentence, result);
        }
        buf_free(&o->result);
        free(o);
}

/* Which file and line it is about is for an import of content; orders note sentences. */
static void keep_note(struct json *notes, struct message *msg)
{
        (void)message_get_u32(msg);
        (void)message_get_str(msg);
        (void)message_get_u32(msg);
        struct str sentence = message_get_str(msg);

        if (json_length(notes) < NOTES_MAX)
                json_append_text(notes, sentence);
}

static bool on_answer(void *ctx, struct message *msg)
{
        struct ordering *o = ctx;

        if (msg == NULL) {
                finish(o, ERR_BUSY, STR(""));
                return true;
        }
        if (msg->type == MSG_JOB_PART)
                buf_add_str(&o->result, message_get_str(msg));
        if (msg->type == MSG_JOB_NOTE && o->notes != NULL)
                keep_note(o->notes, msg);
        if (msg->type != MSG_JOB_DONE)
                return false;
        uint32_t number = message_get_u32(msg);
        struct str sentence = message_get_str(msg);

        buf_add_str(&o->result, message_get_str(msg));
        finish(o, number == 0 && o->result.over ? ERR_LIMIT : -(int)number, sentence);
        return true;
}

/* Long arguments go ahead in parts, cut between characters. */
static void ask_job(struct ordering *o, const struct ordering_by *by, const char *verb, struct str text)
{
        size_t most = text.n / (PART_MAX - 4) + 1, n = 0;
        struct message *orders = xalloc(most * sizeof *orders);

        while (text.n > PART_MAX) {
                size_t cut = PART_MAX;

                while (((unsigned char)text.p[cut] & 0xc0) == 0x80)
                        cut--;
                message_init(&orders[n], MSG_ORDER_PART);
                message_put_str(&orders[n++], str_make(text.p, cut));
                text = str_make(text.p + cut, text.n - cut);
        }
        message_init(&orders[n], MSG_ORDER);
        message_put_u64(&orders[n], (uint64_t)by->person);
        message_put_u64(&orders[n], (uint64_t)by->token);
        message_put_str(&orders[n], by->address);
        message_put_str(&orders[n], by->seen_by);
        message_put_str(&orders[n], by->seen);
        message_put_text(&orders[n], verb);
        message_put_str(&orders[n++], text);
        help_ask(orders, n, ANSWER_MS, on_answer, o);
}

static struct ordering *ordering_new(ordering_answer_fn *answer, ordering_text_fn *text, void *ctx)
{
        struct ordering *o = xalloc(sizeof *o);

        *o = (struct ordering){ .answer = answer, .text = text, .ctx = ctx, .result.max = RESULT_MAX };
        return o;
}

static void run_here(struct portal *portal, const char *verb, int64_t actor, struct str address,
                     struct json *arguments, ordering_answer_fn *answer, void *ctx)
{
        struct json *owned CLEANUP_JSON = arguments;
        struct json *result CLEANUP_JSON = NULL;
        struct err err = { 0 };
        const struct people_request request = {
                .store = portal->store, .verb = str_of(verb), .arguments = owned,
                .door = PEOPLE_DOOR_PORTAL, .actor = actor, .address = address, .now = clock_unix(),
                .mail = portal->setup->mail, .tell_links = true,
        };
        int r = people_order(&request, &result, &err);

        answer(ctx, r, str_of(err.text), result);
}

void ordering_run(struct conn *conn, struct http_exchange *x, const struct identity *who, const char *verb,
                  struct json *arguments, ordering_answer_fn *answer, void *ctx)
{
        struct str address = visitor_address(conn, http_exchange_arena(x));
        struct buf text CLEANUP_BUF = { 0 };
        const struct ordering_by by = { .person = who->session.person, .address = address };

        if (!people_is_slow(str_of(verb))) {
                run_here(conn->portal, verb, who->session.person, address, arguments, answer, ctx);
                return;
        }
        json_render(arguments, false, &text);
        json_free(&arguments);
        ask_job(ordering_new(answer, NULL, ctx), &by, verb, buf_str(&text));
}

void ordering_ask(const struct ordering_by *by, const char *verb, const struct json *arguments,
                  ordering_answer_fn *answer, void *ctx)
{
        struct ordering *o = ordering_new(answer, NULL, ctx);
        struct buf text CLEANUP_BUF = { 0 };

        o->notes = json_new_array();
        json_render(arguments, false, &text);
        ask_job(o, by, verb, buf_str(&text));
}

void ordering_read(struct portal *portal, const char *verb, struct json *arguments,
                   ordering_answer_fn *answer, void *ctx)
{
        run_here(portal, verb, AUDIT_HOST, STR(""), arguments, answer, ctx);
}

void ordering_export(int64_t after, ordering_text_fn *answer, void *ctx)
{
        struct json *arguments CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };
        const struct ordering_by nobody = { .person = 0 };

        json_put_int(arguments, "after", after);
        json_render(arguments, false, &text);
        ask_job(ordering_new(NULL, answer, ctx), &nobody, "audit.export", buf_str(&text));
}
