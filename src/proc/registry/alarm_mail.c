/*
 * alarm_mail.c -- who is written what about alarms, and until when it is tried.
 */
#include "alarm_mail.h"

#include <stdio.h>
#include <stdlib.h>

#include "alarms.h"
#include "backup.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "crypto/random.h"
#include "mail/letter.h"

enum {
        ID_BYTES = 16,
        AGAIN_SECONDS = 600,            /* after a job that could not write */
        TAKEN = 1, NEVER = 3,           /* ALARM_ANSWER */
};

static struct {
        bool to_operator, to_people;
        struct arena *arena;            /* what the letter's texts live in */
        struct registry_letter letter;
        bool writing;                   /* a job is */
        int64_t again;                  /* no job before this moment */
} mail;

struct writing {
        struct task task;
        uint32_t news;
};

void alarm_mail_setup(bool to_operator, bool to_people)
{
        mail.to_operator = to_operator;
        mail.to_people = to_people;
}

bool alarm_mail_has_operator(void)
{
        return mail.to_operator;
}

/* ---- to the operator ---- */

int alarm_mail_load(struct err *err)
{
        mail.arena = arena_new(0);
        return registry_letter_find(registry.store, mail.arena, &mail.letter, err);
}

static void hand_over(void)
{
        struct message msg CLEANUP_MESSAGE;

        if (!mail.letter.waits || registry.courier == NULL)
                return;
        message_init(&msg, MSG_ALARM_LETTER);
        message_put_str(&msg, mail.letter.id);
        message_put_str(&msg, mail.letter.subject);
        message_put_str(&msg, mail.letter.text);
        int r = channel_post(registry.courier, &msg, -1, NULL);

        (void)r;                /* a courier that has gone gets it when it is back */
}

static struct str new_id(struct arena *arena)
{
        unsigned char bytes[ID_BYTES];
        char text[2 * ID_BYTES + 1];

        random_fill(bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++)
                snprintf(text + 2 * i, 3, "%02x", bytes[i]);
        return arena_str(arena, str_of(text));
}

bool alarm_mail_write(struct arena *arena, struct alarm *rows, size_t n, int64_t now,
                      struct registry_letter *out)
{
        struct buf subject CLEANUP_BUF = { 0 }, text CLEANUP_BUF = { 0 };

        /* One that still waits would be lost by the next. */
        if (mail.letter.waits || !alarm_letter_due(rows, n, mail.letter.written, now))
                return false;
        alarm_letter_write(rows, n, str_of(registry.host), now, &subject, &text);
        alarm_letter_told(rows, n, now);
        *out = (struct registry_letter){
                .id = new_id(arena), .subject = arena_str(arena, buf_str(&subject)),
                .text = arena_str(arena, buf_str(&text)), .written = now, .waits = true,
        };
        return true;
}

/* In memory what is on disk. */
static void keep(const struct registry_letter *letter)
{
        struct arena *arena = arena_new(0);
        struct registry_letter copy = *letter;

        copy.id = arena_str(arena, letter->id);
        copy.subject = arena_str(arena, letter->subject);
        copy.text = arena_str(arena, letter->text);
        arena_free(&mail.arena);
        mail.arena = arena;
        mail.letter = copy;
}

void alarm_mail_written(const struct registry_letter *letter)
{
        keep(letter);
        hand_over();
}

static int save(const struct registry_letter *letter, struct err *err)
{
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_letter_put(registry.store, letter, err);
        if (r == 0)
                return store_commit(registry.store, err);
        store_rollback(registry.store);
        return r;
}

void alarm_mail_take_answer(struct message *msg)
{
        struct str id = message_get_str(msg);
        uint32_t outcome = message_get_u32(msg);
        struct registry_letter done = { .id = mail.letter.id, .written = mail.letter.written };
        struct err err;

        if (!mail.letter.waits || !str_eq(id, mail.letter.id) || (outcome != TAKEN && outcome != NEVER))
                return;
        if (outcome == NEVER)
                service_log(LOG_WARNING, "a letter about alarms will not be sent: the courier refuses it");
        /* Handed over again after a restart it is known to the courier by its number. */
        if (save(&done, &err) < 0)
                service_log(LOG_ERROR, "that a letter about alarms is sent is not kept: %s", err.text);
        keep(&done);
}

void alarm_mail_courier_open(void)
{
        hand_over();
}

/* ---- to a portal's administrators ---- */

static uint64_t letters_of(uint32_t news)
{
        static const struct {
                enum alarm_kind alarm;
                enum letter_kind letter;
        } rows[] = {
                { ALARM_NONE, LETTER_WELL_AGAIN },
                { ALARM_BACKUP_LATE, LETTER_BACKUP_LATE },
                { ALARM_TRIAL_FAILED, LETTER_TRIAL_FAILED },
                { ALARM_SUSPECT, LETTER_DAMAGED },
                { ALARM_COPY_LATE, LETTER_COPY_LATE },
        };
        uint64_t letters = 0;

        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                if ((news & UINT32_C(1) << rows[i].alarm) != 0)
                        letters |= UINT64_C(1) << rows[i].letter;
        return letters;
}

static void wrote(struct task *task, int code, struct str sentence, const struct json *answer)
{
        const struct writing *writing = (const struct writing *)task;
        uint64_t portal = task->portal;
        uint32_t news = writing->news;

        (void)answer;
        mail.writing = false;
        if (code < 0) {
                mail.again = clock_unix() + AGAIN_SECONDS;
                service_log(LOG_WARNING, "administrators of portal=%llu are not told of an alarm yet: %s",
                            (unsigned long long)portal, service_quote(sentence).text);
        }
        task_end(task);
        if (code == 0)
                alarms_wrote(portal, news);
}

static void write_to(uint64_t portal, uint32_t news)
{
        struct writing *writing = task_new(sizeof *writing, NULL, portal);
        struct message msg CLEANUP_MESSAGE;

        writing->news = news;
        mail.writing = true;
        message_init(&msg, MSG_JOB_ALARM);
        message_put_u64(&msg, letters_of(news));
        order_start(&writing->task, portal, &msg, -1, wrote);
}

void alarm_mail_look(const struct alarm *rows, size_t n, int64_t now)
{
        uint64_t last = 0;

        hand_over();
        /* A clock that was set back is no reason to wait for longer. */
        if (!mail.to_people || mail.writing || (now < mail.again && mail.again - now <= AGAIN_SECONDS))
                return;
        for (size_t i = 0; i < n; i++) {
                uint32_t news = rows[i].portal != last ? alarm_news(rows, n, rows[i].portal, now) : 0;

                last = rows[i].portal;
                if (news == 0)
                        continue;
                write_to(rows[i].portal, news);
                return;
        }
}
