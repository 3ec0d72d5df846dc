/*
 * offsite.c -- the channel to the courier: one object at a time, by name.
 */
#include "offsite.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"

enum { PLACE_MAX = 256, DAY_SECONDS = 86400 };

static struct {
        struct channel *courier;
        bool on, removes;
        unsigned retry_seconds, recheck_days;
        char place[PLACE_MAX + 1];
        struct digest digest;           /* of the place */
        uint64_t ticket;
        offsite_done_fn *done;          /* NULL: nothing is under way */
        void *ctx;
} offsite;

bool offsite_is_on(void)
{
        return offsite.on && offsite.courier != NULL;
}

bool offsite_removes(void)
{
        return offsite.removes;
}

unsigned offsite_retry_seconds(void)
{
        return offsite.retry_seconds;
}

int64_t offsite_recheck_seconds(void)
{
        return (int64_t)offsite.recheck_days * DAY_SECONDS;
}

const char *offsite_place_text(void)
{
        return offsite.place;
}

const struct digest *offsite_place(void)
{
        return &offsite.digest;
}

void offsite_name(const struct keyring_portal *portal, enum copy_kind kind, uint64_t number,
                  char out[static OBJECT_NAME_MAX])
{
        char uuid[SEAL_UUID_TEXT_LEN + 1];

        seal_uuid_text(portal->uuid, uuid);
        snprintf(out, OBJECT_NAME_MAX, kind == COPY_MANIFEST ? "%s/manifest.%llu" : "%s/%llu.esdk", uuid,
                 (unsigned long long)number);
}

static void settle(enum offsite_outcome outcome, bool stored, struct str why)
{
        offsite_done_fn *done = offsite.done;

        offsite.done = NULL;
        if (done != NULL)
                done(offsite.ctx, outcome, stored, why);
}

bool offsite_ask(enum message_type type, const char *name, uint64_t size, const struct digest *digest, int fd,
                 offsite_done_fn *done, void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        if (!offsite_is_on() || offsite.done != NULL)
                return false;
        message_init(&msg, type);
        message_put_u64(&msg, ++offsite.ticket);
        message_put_text(&msg, name);
        if (type != MSG_OFFSITE_REMOVE)
                message_put_u64(&msg, size);
        if (type == MSG_OFFSITE_PUT)
                message_put_bytes(&msg, digest->b, DIGEST_LEN);
        if (channel_post(offsite.courier, &msg, fd, NULL) < 0)
                return false;
        offsite.done = done;
        offsite.ctx = ctx;
        return true;
}

static void take_state(struct message *msg)
{
        offsite.on = message_get_u32(msg) != 0;
        offsite.removes = message_get_u32(msg) != 0;
        offsite.retry_seconds = message_get_u32(msg);
        offsite.recheck_days = message_get_u32(msg);
        struct str place = message_get_str(msg);

        snprintf(offsite.place, sizeof offsite.place, "%.*s", STR_ARG(place));
        digest_of(place, &offsite.digest);
        copying_start();
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        fd_close(&fd);
        if (msg->type == MSG_OFFSITE_STATE) {
                take_state(msg);
        } else if (msg->type == MSG_OFFSITE_DONE && message_get_u64(msg) == offsite.ticket) {
                uint32_t outcome = message_get_u32(msg);
                bool known = outcome >= OFFSITE_DONE && outcome <= OFFSITE_ABSENT;

                bool stored = message_get_u32(msg) != 0;

                settle(known ? (enum offsite_outcome)outcome : OFFSITE_FAILED, stored, message_get_str(msg));
        }
}

static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&offsite.courier);
        settle(OFFSITE_FAILED, false, STR("the courier ended"));
}

void offsite_take_courier(int fd)
{
        struct err err;

        if (offsite.courier != NULL)
                on_closed(NULL, NULL);
        offsite.courier = channel_new(fd, PEER_VAULT, PEER_COURIER);
        if (channel_watch(offsite.courier, vault.service.loop, on_message, on_closed, NULL, &err) < 0)
                service_die(&err, "channel to the courier");
}
