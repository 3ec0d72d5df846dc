/*
 * fixture.c -- a throw-away portal for a test of orders, and how it is given one.
 */
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../store/folder.h"

static char folder[FOLDER_MAX];
struct store *store;
struct arena *arena;
struct err err;
unsigned notes;

static void count_note(void *ctx, struct str sentence)
{
        (void)ctx;
        assert_true(sentence.n > 0);
        notes++;
}

int open_portal(void **state)
{
        static const struct store_options options = { .create = true };

        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        notes = 0;
        return store_open(folder, &options, &store, NULL);
}

int drop_portal(void **state)
{
        (void)state;
        store_close(&store);
        arena_free(&arena);
        folder_drop(folder);
        return 0;
}

int order_as(int64_t actor, enum people_door door, const char *verb, struct json *arguments, struct json **out)
{
        struct json *owned CLEANUP_JSON = arguments;
        struct json *answer = NULL;
        const struct people_request request = {
                .store = store, .verb = str_of(verb), .arguments = owned, .door = door,
                .actor = actor, .now = NOW, .note = count_note,
        };
        int r = people_order(&request, &answer, &err);

        if (out != NULL)
                *out = answer;
        else
                json_free(&answer);
        return r;
}

struct json *arguments_of(const char *text)
{
        struct json *parsed;

        assert_int_equal(json_parse(str_of(text), &parsed, NULL), 0);
        return parsed;
}

int order(const char *verb, const char *arguments, struct json **out)
{
        return order_as(AUDIT_HOST, PEOPLE_DOOR_PORTAL, verb, arguments_of(arguments), out);
}

int64_t logged(void)
{
        struct store_audit_head head;

        assert_int_equal(store_audit_head(store, &head, NULL), 0);
        return head.seq;
}
