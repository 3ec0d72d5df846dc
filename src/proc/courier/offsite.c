/*
 * offsite.c -- copies of backups in S3-compatible storage, one object after the other, as the vault asks.
 *
 *   LOOKING  is it there already, in its size?  yes -> READING; no, or we may not ask -> PUTTING
 *   PUTTING  stored                             -> READING
 *   READING  all of it, through SHA-256         -> done; other bytes -> PUTTING once, then failed
 *
 * What the storage says of an object (its ETag, a length) proves nothing; what it gives back does. Whoever
 * may write and not read has copies that nobody has looked at, and is told so.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "courier.h"

enum outcome { OUTCOME_DONE = 1, OUTCOME_UNPROVEN = 2, OUTCOME_FAILED = 3, OUTCOME_ABSENT = 4 };

enum step { LOOKING, PUTTING, READING, FETCHING, REMOVING };

struct copy {
        uint64_t ticket;
        char *name;
        enum step step;
        int file;                       /* what is stored, or the pipe that gets it */
        uint64_t size;
        struct digest digest;
        struct digest_stream seen;
        bool put;                       /* it was stored just now */
        struct outbound_transfer *transfer;
        struct buf rest;                /* FETCHING: what the pipe had no room for */
        struct loop_watch watch;
};

static void step_to(struct copy *copy, enum step step);

static void tell(uint64_t ticket, enum outcome outcome, bool put, const char *why)
{
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        if (courier.offsite.vault == NULL)
                return;
        message_init(&msg, MSG_OFFSITE_DONE);
        message_put_u64(&msg, ticket);
        message_put_u32(&msg, outcome);
        message_put_u32(&msg, put);
        message_put_str(&msg, service_clip(str_of(why), ERR_TEXT_MAX));
        if (channel_post(courier.offsite.vault, &msg, -1, &err) < 0 && err.code != ERR_GONE)
                service_log(LOG_ERROR, "the vault was not told of a copy: %s", err.text);
}

static void copy_free(void)
{
        struct copy *copy = courier.offsite.copy;

        courier.offsite.copy = NULL;
        if (copy == NULL)
                return;
        outbound_cancel(&copy->transfer);
        loop_unwatch(&copy->watch);
        fd_close(&copy->file);
        buf_free(&copy->rest);
        free(copy->name);
        free(copy);
}

static void end(struct copy *copy, enum outcome outcome, const char *why)
{
        struct offsite *offsite = &courier.offsite;
        uint64_t ticket = copy->ticket;
        bool put = copy->put;

        if (outcome == OUTCOME_FAILED) {
                offsite->error_time = clock_unix();
                snprintf(offsite->error, sizeof offsite->error, "%s", why);
                service_log(LOG_WARNING, "off-site object=%s failed: %s", copy->name, why);
        } else if (outcome != OUTCOME_ABSENT) {
                offsite->error[0] = '\0';
        }
        offsite->stored += copy->put && outcome != OUTCOME_FAILED;
        offsite->removed += copy->step == REMOVING && outcome == OUTCOME_DONE;
        copy_free();
        tell(ticket, outcome, put, why);
}

static const char *remedy(unsigned status)
{
        if (status >= 300 && status < 400)
                return ", a redirect; url and region in [offsite] must name the bucket's own place";
        if (status == 403)
                return ": this key may not do that, or its secret is wrong";
        return status == 507 || status == 413 ? ": there is no room for it" : "";
}

static void fail_status(struct copy *copy, unsigned status)
{
        static const char *const doing[] = {
                [LOOKING] = "a question for an object", [PUTTING] = "storing", [READING] = "reading it back",
                [FETCHING] = "fetching", [REMOVING] = "removing",
        };
        struct err err;
        int r = err_set(&err, ERR_IO, "%s answers %s with status %u%s", courier.offsite.bucket.origin.host,
                        doing[copy->step], status, remedy(status));

        (void)r;
        end(copy, OUTCOME_FAILED, err.text);
}

static bool is_refused(unsigned status)
{
        return status == 401 || status == 403 || status == 405;
}

/* ---- the pipe of what is fetched ---- */

/* 1: all of it is in the pipe; 0: there is no room; negative: nobody reads it. */
static int flush_rest(struct copy *copy)
{
        while (copy->rest.n > 0) {
                ssize_t n = write(copy->file, copy->rest.p, copy->rest.n);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return errno == EAGAIN ? 0 : -1;
                buf_consume(&copy->rest, (size_t)n);
        }
        return 1;
}

static void on_room(void *ctx, unsigned events)
{
        struct copy *copy = ctx;

        (void)events;
        int r = flush_rest(copy);

        if (r < 0) {
                end(copy, OUTCOME_FAILED, "the vault does not read what is fetched any more");
                return;
        }
        if (r == 0)
                return;
        loop_unwatch(&copy->watch);
        if (copy->transfer != NULL)
                outbound_resume(copy->transfer);
        else
                end(copy, OUTCOME_DONE, "");
}

static bool watch_room(struct copy *copy)
{
        return copy->watch.loop != NULL ||
               loop_watch(courier.service.loop, &copy->watch, copy->file, LOOP_WRITE, on_room, copy,
                          NULL) == 0;
}

static bool on_bytes(void *ctx, struct str bytes, bool *full)
{
        struct copy *copy = ctx;

        if (copy->step == READING) {
                digest_add(&copy->seen, bytes.p, bytes.n);
                return true;
        }
        buf_add_str(&copy->rest, bytes);
        int r = flush_rest(copy);

        *full = r == 0;
        return r > 0 || (r == 0 && watch_room(copy));
}

/* ---- answers ---- */

static void looked(struct copy *copy, unsigned status, uint64_t size)
{
        if (status == 200 && size == copy->size)
                step_to(copy, READING);
        else if (status == 200 || status == 404 || is_refused(status))
                step_to(copy, PUTTING);
        else
                fail_status(copy, status);
}

static void read_back(struct copy *copy, unsigned status, uint64_t size)
{
        struct digest digest;

        if (is_refused(status) && copy->put) {
                end(copy, OUTCOME_UNPROVEN, "");
                return;
        }
        if (status != 200 && copy->put) {
                fail_status(copy, status);
                return;
        }
        digest_finish(&copy->seen, &digest);
        if (status == 200 && size == copy->size && memcmp(digest.b, copy->digest.b, DIGEST_LEN) == 0)
                end(copy, OUTCOME_DONE, "");
        else if (!copy->put)
                step_to(copy, PUTTING);         /* what was there is no copy of this */
        else
                end(copy, OUTCOME_FAILED, "what the storage gives back is not what was stored");
}

static void fetched(struct copy *copy, unsigned status)
{
        if (status == 404)
                end(copy, OUTCOME_ABSENT, "");
        else if (is_refused(status))
                end(copy, OUTCOME_UNPROVEN, "");
        else if (status != 200)
                fail_status(copy, status);
        else if (copy->rest.n == 0)
                end(copy, OUTCOME_DONE, "");    /* else when the pipe has taken the rest */
}

static void on_answer(void *ctx, unsigned status, uint64_t size, const struct err *why)
{
        struct copy *copy = ctx;
        enum step step = copy->step;

        copy->transfer = NULL;
        if (status == 0 && step == READING && !copy->put && why->code == ERR_LIMIT) {
                step_to(copy, PUTTING);         /* longer than it says, so no copy of this */
        } else if (status == 0) {
                end(copy, OUTCOME_FAILED, why->text);
        } else if (step == LOOKING) {
                looked(copy, status, size);
        } else if (step == PUTTING && status >= 200 && status < 300) {
                copy->put = true;
                step_to(copy, READING);
        } else if (step == READING) {
                read_back(copy, status, size);
        } else if (step == FETCHING) {
                fetched(copy, status);
        } else if (step == REMOVING && ((status >= 200 && status < 300) || status == 404)) {
                end(copy, OUTCOME_DONE, "");
        } else {
                fail_status(copy, status);
        }
}

static void step_to(struct copy *copy, enum step step)
{
        static const enum outbound_verb verbs[] = {
                [LOOKING] = OBJECT_LOOK, [PUTTING] = OBJECT_PUT, [READING] = OBJECT_GET,
                [FETCHING] = OBJECT_GET, [REMOVING] = OBJECT_REMOVE,
        };
        const struct outbound_object object = {
                .verb = verbs[step], .name = copy->name, .file = copy->file, .size = copy->size,
                .digest = copy->digest, .bytes = on_bytes,
        };

        copy->step = step;
        digest_start(&copy->seen);
        copy->transfer = outbound_object(courier.outbound, &courier.offsite.bucket, &object, on_answer, copy);
}

/* ---- orders ---- */

/* Takes fd. */
static void start(struct message *msg, int fd)
{
        uint64_t ticket = message_get_u64(msg);
        struct str name = message_get_str(msg), digest = STR("");
        uint64_t size = msg->type != MSG_OFFSITE_REMOVE ? message_get_u64(msg) : 0;
        int lent CLEANUP_FD = fd;

        if (msg->type == MSG_OFFSITE_PUT)
                digest = message_get_str(msg);
        if (!courier.offsite.on || courier.offsite.copy != NULL || !outbound_is_object_name(name) ||
            (msg->type == MSG_OFFSITE_PUT && digest.n != DIGEST_LEN) ||
            (msg->type == MSG_OFFSITE_REMOVE && !courier.offsite.removes)) {
                tell(ticket, OUTCOME_FAILED, false, "the courier cannot do that now");
                return;
        }
        struct copy *copy = xalloc(sizeof *copy);

        courier.offsite.copy = copy;
        copy->ticket = ticket;
        copy->name = str_dup(name);
        copy->size = size;
        copy->file = lent;
        lent = -1;
        if (digest.n == DIGEST_LEN)
                memcpy(copy->digest.b, digest.p, DIGEST_LEN);
        step_to(copy, msg->type == MSG_OFFSITE_PUT ? LOOKING
                      : msg->type == MSG_OFFSITE_GET ? FETCHING : REMOVING);
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        switch (msg->type) {
        case MSG_OFFSITE_PUT:
        case MSG_OFFSITE_GET:
        case MSG_OFFSITE_REMOVE:
                start(msg, fd);
                break;
        default:
                fd_close(&fd);
                break;
        }
}

static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        copy_free();
        channel_free(&courier.offsite.vault);
}

void offsite_take_vault(int fd)
{
        struct offsite *offsite = &courier.offsite;
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        copy_free();
        channel_free(&offsite->vault);
        offsite->vault = channel_new(fd, PEER_COURIER, PEER_VAULT);
        if (channel_watch(offsite->vault, courier.service.loop, on_message, on_closed, NULL, &err) < 0)
                service_die(&err, "channel to the vault");
        message_init(&msg, MSG_OFFSITE_STATE);
        message_put_u32(&msg, offsite->on);
        message_put_u32(&msg, offsite->removes);
        message_put_u32(&msg, offsite->retry_seconds);
        message_put_u32(&msg, offsite->recheck_days);
        message_put_text(&msg, offsite->on ? offsite->bucket.url : "");
        int r = channel_post(offsite->vault, &msg, -1, NULL);

        (void)r;                /* a vault that has gone hears it when it is back */
}
