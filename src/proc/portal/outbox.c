/*
 * outbox.c -- one letter after the other: told to the courier, removed when the courier has it on its disk.
 *
 * Should this process die in between, the next one tells it again; the courier knows it by its number.
 * Several workers may do this at once for the same reason.
 */
#include "outbox.h"

#include <stdio.h>

#include "base/clock.h"
#include "courier.h"
#include "mail/address.h"
#include "store/outbox.h"
#include "store/people.h"

enum {
        TAKEN = 1, LATER = 2, NEVER = 3,
        WAIT_MS_MIN = 500, WAIT_MS_MAX = 10 * 60 * 1000,
        ANSWER_MS = 15000,
};

static struct portal *owner;
static struct loop_timer again;
static int64_t row;                     /* of the letter under way; 0: none */
static char letter_id[OUTBOX_ID_LEN + 1];

static void look(void *ctx)
{
        outbox_look(ctx);
}

static void look_later(uint64_t ms)
{
        row = 0;
        loop_set_timer(owner->service.loop, &again,
                       ms < WAIT_MS_MIN ? WAIT_MS_MIN : ms > WAIT_MS_MAX ? WAIT_MS_MAX : ms, look, owner);
}

/* It was not answered: the courier died, or its answer was lost. */
static void on_silence(void *ctx)
{
        (void)ctx;
        look_later(WAIT_MS_MIN);
}

static void send(const struct store_letter *letter)
{
        const struct page_site *site = site_of(owner);
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_LETTER);
        message_put_str(&msg, letter->letter);
        message_put_u32(&msg, letter->kind);
        message_put_str(&msg, site->lang);
        message_put_str(&msg, letter->recipient);
        message_put_str(&msg, letter->name);
        message_put_str(&msg, site->title);
        message_put_str(&msg, letter->path);
        message_put_u64(&msg, (uint64_t)letter->expires);
        if (!courier_send(&msg))
                return;                 /* outbox_courier_open() comes */
        row = letter->id;
        snprintf(letter_id, sizeof letter_id, "%.*s", STR_ARG(letter->letter));
        loop_set_timer(owner->service.loop, &again, ANSWER_MS, on_silence, NULL);
}

void outbox_look(struct portal *portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_letter letter;
        struct err err;

        if (!portal->setup->mail || row != 0 || !store_outbox_waits(portal->store))
                return;
        owner = portal;
        int r = store_outbox_next(portal->store, arena, &letter, &err);

        if (r == 0) {
                send(&letter);
                return;
        }
        if (r == ERR_NOT_FOUND)
                r = store_outbox_close(portal->store, &err);
        if (r < 0) {
                service_log(LOG_WARNING, "the outbox: %s", err.text);
                look_later(WAIT_MS_MIN);
        }
}

int outbox_tell(struct portal *portal, enum letter_kind kind, int64_t person, int64_t now, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_person found;

        if (!portal->setup->mail)
                return 0;
        int r = store_person_find(portal->store, person, arena, &found, err);

        if (r < 0 || mail_address_check(found.login, NULL) < 0)
                return r;
        const struct store_letter letter = {
                .kind = (uint32_t)kind, .recipient = found.login, .name = found.name, .created = now,
        };

        return store_outbox_add(portal->store, &letter, err);
}

/* A transaction of this process has added a letter: not at once, its caller has not answered yet. */
static void on_letter(void *ctx)
{
        owner = ctx;
        if (row == 0)
                loop_set_timer(owner->service.loop, &again, 0, look, owner);
}

void outbox_start(struct portal *portal)
{
        store_outbox_watch(portal->store, on_letter, portal);
        outbox_look(portal);
}

static int remove_row(int64_t id, struct err *err)
{
        int r = store_begin(owner->store, err);

        if (r < 0)
                return r;
        r = store_outbox_remove(owner->store, id, err);
        if (r < 0) {
                store_rollback(owner->store);
                return r;
        }
        return store_commit_quietly(owner->store, err);
}

static void settle(void)
{
        struct err err;

        if (remove_row(row, &err) < 0) {
                /* Handed over a second time, it is known by its number. */
                service_log(LOG_WARNING, "a letter that was handed on stays in the outbox: %s", err.text);
                look_later(WAIT_MS_MIN);
                return;
        }
        row = 0;
        loop_cancel_timer(&again);
        outbox_look(owner);
}

void outbox_on_message(struct message *msg)
{
        struct str id = message_get_str(msg);
        uint32_t outcome = message_get_u32(msg), wait = message_get_u32(msg);

        if (row == 0 || !str_is(id, letter_id))
                return;                 /* of an earlier time */
        if (outcome == NEVER)
                service_log(LOG_ERROR, "a letter cannot be sent; the courier's line before says why");
        if (outcome == TAKEN || outcome == NEVER)
                settle();
        else
                look_later(wait);
}

void outbox_courier_open(void)
{
        if (owner != NULL && row == 0)
                outbox_look(owner);
}

void outbox_courier_gone(void)
{
        if (row != 0)
                look_later(WAIT_MS_MIN);
}
