/*
 * letters.c -- a letter from a portal: checked, linked to the portal's own address, written to the spool, and
 * only then answered. And the registry's letters about alarms, which go to the operator's one address.
 *
 * A portal gives facts and no text: what a letter says is in lib/mail. So a portal that was taken over can
 * write to many people, as many as its quota allows, and only what a portal has to say.
 */
#include <stdio.h>

#include "base/clock.h"
#include "courier.h"
#include "mail/note.h"

enum {
        TAKEN = 1, LATER = 2, NEVER = 3,
        HOUR_MS = 3600 * 1000,
        SOON_MS = 5000,                 /* the registry has not spoken yet */
        FULL_MS = 60 * 1000,            /* the spool or the disk is */
        PATH_MAX_BYTES = 700,
};

static void answer(struct client *client, struct str id, uint32_t outcome, uint64_t wait_ms)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_LETTER_ANSWER);
        message_put_str(&msg, id);
        message_put_u32(&msg, outcome);
        message_put_u32(&msg, (uint32_t)wait_ms);
        int r = channel_post(client->channel, &msg, -1, NULL);

        (void)r;                        /* whoever did not hear it hands the letter over again */
}

/* A page of this portal. */
static bool is_path(struct str path)
{
        if (path.n > PATH_MAX_BYTES || (path.n > 0 && path.p[0] != '/') || str_starts(path, STR("//")))
                return false;
        for (size_t i = 0; i < path.n; i++)
                if (path.p[i] <= 0x20 || path.p[i] >= 0x7f || path.p[i] == '\\')
                        return false;
        return true;
}

static void read_letter(struct message *msg, struct spooled *l, struct str *path)
{
        l->id = message_get_str(msg);
        l->kind = message_get_u32(msg);
        l->language = message_get_str(msg);
        l->to = message_get_str(msg);
        l->name = message_get_str(msg);
        l->site = message_get_str(msg);
        *path = message_get_str(msg);
        l->expires = (int64_t)message_get_u64(msg);
}

int letters_compose(const struct courier *c, const struct spooled *l, struct buf *out, struct err *err)
{
        const struct letter letter = {
                .kind = (enum letter_kind)l->kind, .id = l->id, .language = l->language, .to = l->to,
                .name = l->name, .site = l->site, .link = l->link, .expires = l->expires,
                .date = l->accepted, .from = str_of(c->mail.from), .host = str_of(c->host),
        };
        const struct note note = {
                .id = l->id, .to = l->to, .subject = l->subject, .text = l->text, .date = l->accepted,
                .from = letter.from, .host = letter.host,
        };

        return l->kind == LETTER_NOTE ? note_compose(&note, out, err) : letter_compose(&letter, out, err);
}

/* Composed for a trial: what cannot be sent is refused while there is somebody to tell. */
static int check_letter(const struct courier *c, const struct spooled *l, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };

        /* A note is the host's: its kind from a portal is one that does not exist. */
        if (l->kind == LETTER_NOTE && l->portal != 0)
                return err_set(err, ERR_INVALID, "the letter's kind is not of its form");
        return letters_compose(c, l, &text, err);
}

/* What is left of the hour, but no longer than a portal may sleep on it. */
static uint64_t quota_wait(const struct quota *quota)
{
        uint64_t gone = clock_ms() - quota->since;

        return gone < HOUR_MS ? HOUR_MS - gone : FULL_MS;
}

static void accept(struct client *client, const struct spooled *l)
{
        struct portal *portal = client->portal;
        struct err err;

        if (courier.nqueued >= LETTERS_MAX || portal->queued >= LETTERS_PER_PORTAL) {
                answer(client, l->id, LATER, FULL_MS);
        } else if (!quota_take(&portal->letters, courier.mail.letters_per_hour, HOUR_MS)) {
                service_log(LOG_WARNING, "portal=%llu has had its letters of this hour; the others wait",
                            (unsigned long long)portal->id);
                answer(client, l->id, LATER, quota_wait(&portal->letters));
        } else if (spool_write(l, &err) < 0) {
                service_log(LOG_ERROR, "a letter of portal=%llu does not fit into the spool: %s",
                            (unsigned long long)portal->id, err.text);
                answer(client, l->id, LATER, FULL_MS);
        } else {
                answer(client, l->id, TAKEN, 0);
                queue_add(&courier, l);
                queue_work(&courier);
        }
}

void letters_take(struct client *client, struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        const struct allowed *allowed = allow_find(&courier, client->portal->id);
        struct spooled l = { .portal = client->portal->id, .accepted = clock_unix() };
        struct str path;
        struct err err;

        read_letter(msg, &l, &path);
        l.due = l.accepted;
        if (allowed == NULL || !courier.mail.on) {
                answer(client, l.id, LATER, courier.mail.on ? SOON_MS : HOUR_MS);
                return;
        }
        struct str address = str_of(allowed->address);

        l.link = path.n == 0 ? address : str_of(arena_printf(arena, "%.*s%.*s", (int)address.n - 1, address.p,
                                                             STR_ARG(path)));
        if (!is_path(path) || check_letter(&courier, &l, &err) < 0) {
                service_log(LOG_ERROR, "a letter of portal=%llu cannot be sent: %s",
                            (unsigned long long)l.portal, is_path(path) ? err.text : "its path is none");
                answer(client, l.id, NEVER, 0);
        } else if (queue_has(&courier, l.portal, l.id)) {
                answer(client, l.id, TAKEN, 0);         /* it was handed over before, and not heard of */
        } else {
                accept(client, &l);
        }
}

/* ---- about alarms ---- */

static void answer_alarm(struct str id, uint32_t outcome)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_ALARM_ANSWER);
        message_put_str(&msg, id);
        message_put_u32(&msg, outcome);
        int r = channel_post(courier.registry, &msg, -1, NULL);

        (void)r;                        /* a registry that did not hear it hands the letter over again */
}

static uint32_t take_alarm(const struct spooled *l)
{
        struct err err;

        if (!courier.mail.on || courier.mail.alarms[0] == '\0')
                return NEVER;
        if (queue_has(&courier, l->portal, l->id))
                return TAKEN;                           /* it was handed over before, and not heard of */
        if (check_letter(&courier, l, &err) < 0) {
                service_log(LOG_ERROR, "a letter about alarms cannot be sent: %s", err.text);
                return NEVER;
        }
        if (spool_write(l, &err) < 0) {
                service_log(LOG_ERROR, "a letter about alarms does not fit into the spool: %s", err.text);
                return LATER;
        }
        queue_add(&courier, l);
        queue_work(&courier);
        return TAKEN;
}

/* Beside all quotas: the registry writes one an hour at most. */
void letters_take_alarm(struct message *msg)
{
        struct spooled l = { .portal = 0, .kind = LETTER_NOTE, .to = str_of(courier.mail.alarms) };

        l.id = message_get_str(msg);
        l.subject = message_get_str(msg);
        l.text = message_get_str(msg);
        l.accepted = l.due = clock_unix();
        answer_alarm(l.id, take_alarm(&l));
}
