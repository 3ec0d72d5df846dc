/*
 * agenda.c -- which portal's backup is due, looked at once a minute, and some seconds after the keys
 * are there; what waits for its trial comes first. And what `carrel status` says of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarms.h"
#include "backup.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "scrub.h"
#include "vault/retention.h"
#include "vault/schedule.h"

enum {
        LOOK_MS = 60 * 1000, FIRST_LOOK_MS = 3000, AGAIN_MS = 200, LATE_SHOWN_MAX = 50, WHY_MAX = 200,
        GONE_SECONDS = 15 * 60,         /* a vault that is started anew is no alarm */
};

/* What is known of one portal's backups. */
struct age {
        int64_t newest, daily;          /* when they were begun; 0: never */
        uint64_t unproven;              /* a number that waits for its trial; 0: none */
        bool held;
        int64_t copied;                 /* when the newest one with a copy elsewhere was begun; 0: none */
        bool proven;                    /* that copy was read back */
        bool unsure;                    /* the newest daily one is of a suspect portal */
        int64_t tested, misfit, held_at;        /* last good trial; a failed one after it; held since */
        int64_t tried;
        int64_t no_room;                /* since when a disk is too full for one; 0: it is not known to be */
        bool had_room;                  /* the last attempt of this process's life was no failure */
        unsigned failures;
        char why[WHY_MAX + 1];          /* the last attempt failed; or empty */
};

static struct {
        struct map *ages;               /* decimal id to struct age */
        struct json *state;             /* the vault's words; NULL: it is not there */
        bool open;                      /* it has its keys */
        bool aged;                      /* it has told the ages of all, once in this process's life */
        int64_t gone;                   /* since when it has not been there; 0: it is */
        struct loop_timer look;
        size_t late;                    /* portals, when it was last looked */
        struct json *offsite;           /* the vault's words of copies elsewhere; NULL: it is not there */
        size_t uncopied;                /* portals that are late there */
} agenda;

struct due {
        struct task task;
        struct age *age;
        uint64_t seq;                   /* a trial only; 0: a backup */
};

static void look(void *ctx);

static struct age *age_of(uint64_t portal)
{
        char key[24];
        int n = snprintf(key, sizeof key, "%llu", (unsigned long long)portal);
        struct str name = str_make(key, (size_t)n);

        if (agenda.ages == NULL)
                agenda.ages = map_new();
        struct age *age = map_get(agenda.ages, name);

        if (age == NULL) {
                age = xalloc(sizeof *age);
                map_put(agenda.ages, name, age);
        }
        return age;
}

void agenda_take_age(struct message *msg)
{
        struct age *age = age_of(message_get_u64(msg));

        age->newest = (int64_t)message_get_u64(msg);
        age->daily = (int64_t)message_get_u64(msg);
        age->unproven = message_get_u64(msg);
        uint32_t marks = message_get_u32(msg);

        age->held = (marks & VAULT_AGE_HELD) != 0;
        age->unsure = (marks & VAULT_AGE_UNSURE) != 0;
        age->copied = (int64_t)message_get_u64(msg);
        age->proven = message_get_u32(msg) != 0;
        age->tested = (int64_t)message_get_u64(msg);
        age->misfit = (int64_t)message_get_u64(msg);
        age->held_at = (int64_t)message_get_u64(msg);
}

/* A vault that was away or locked has missed what changed meanwhile. */
static void mark_all(void)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals = NULL;
        size_t n = 0;

        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                return;                 /* whoever needs the list says so */
        for (size_t i = 0; i < n; i++)
                vault_mark(&portals[i]);
}

void agenda_take_state(struct message *msg)
{
        bool was_open = agenda.open;

        agenda.gone = 0;
        agenda.open = message_get_u32(msg) != 0;
        json_free(&agenda.state);
        if (json_parse(message_get_str(msg), &agenda.state, NULL) < 0)
                agenda.state = NULL;
        agenda.aged = agenda.aged || agenda.open;       /* they come before it */
        if (!agenda.open || was_open)
                return;
        mark_all();
        portals_purge(&registry, clock_unix());       /* what was due while the keys were away */
        loop_set_timer(registry.service.loop, &agenda.look, FIRST_LOOK_MS, look, NULL);
}

void agenda_take_offsite(struct message *msg)
{
        json_free(&agenda.offsite);
        if (json_parse(message_get_str(msg), &agenda.offsite, NULL) < 0)
                agenda.offsite = NULL;
}

/* Copies are asked for, and this portal's newest one is too old. */
static bool is_uncopied(const struct registry_portal *portal, const struct age *age)
{
        return json_get_bool(agenda.offsite, "configured") &&
               schedule_is_late(portal->created, age->copied, clock_unix());
}

bool agenda_has_keys(void)
{
        return agenda.open;
}

void agenda_forget_state(void)
{
        agenda.open = false;
        agenda.gone = clock_unix();
        json_free(&agenda.state);
        json_free(&agenda.offsite);
}

/* ---- what alarms are made of ---- */

void agenda_facts(const struct registry_portal *portal, struct alarm_facts *out)
{
        const struct age *age = age_of((uint64_t)portal->id);

        out->known = agenda.aged;
        out->created = portal->created;
        out->newest = age->newest;
        out->trial_failed = age->misfit;
        out->held = age->held_at;
        out->no_room = age->no_room;
        out->had_room = age->had_room;
        out->copies = json_get_bool(agenda.offsite, "configured");
        out->copied = age->copied;
}

const char *agenda_why(uint64_t portal)
{
        return age_of(portal)->why;
}

bool agenda_is_sure(void)
{
        return agenda.open && agenda.offsite != NULL;
}

enum alarm_kind agenda_keys_alarm(struct str *why)
{
        struct str keys = json_get_text(agenda.state, "keys");

        *why = STR("");
        if (agenda.state == NULL)
                return agenda.gone > 0 && clock_unix() - agenda.gone >= GONE_SECONDS ? ALARM_VAULT_GONE
                                                                               : ALARM_NONE;
        if (str_is(keys, "missing"))
                *why = json_get_text(agenda.state, "trouble");
        return str_is(keys, "missing")  ? ALARM_KEYS_MISSING
               : str_is(keys, "locked") ? ALARM_KEYS_LOCKED
               : json_get_bool(agenda.state, "shares_checked") ? ALARM_NONE : ALARM_KEYS_UNPROVEN;
}

void agenda_describe(struct json *standing, const struct registry_portal *portal)
{
        const struct age *age = age_of((uint64_t)portal->id);

        json_put_bool(standing, "known", agenda.aged);
        json_put_int(standing, "newest", age->newest);
        json_put_bool(standing, "late", schedule_is_late(portal->created, age->newest, clock_unix()));
        json_put_int(standing, "tried", age->tested);
        json_put_int(standing, "trial_failed", age->misfit);
        json_put_bool(standing, "no_room", alarms_has_no_room((uint64_t)portal->id));
        json_put_bool(standing, "copies", json_get_bool(agenda.offsite, "configured"));
        json_put_bool(standing, "copies_late", is_uncopied(portal, age));
        json_put_int(standing, "copied", age->copied);
        json_put_bool(standing, "copy_read_back", age->proven);
}

/* ---- what is due ---- */

/* The errors of the system and of SQLite are sentences by the time they come here; these words are theirs. */
static bool says_full(struct str sentence)
{
        return str_find_str(sentence, str_of(strerror(ENOSPC))) >= 0 ||
               str_find_str(sentence, str_of(strerror(EDQUOT))) >= 0 ||
               str_find_str(sentence, STR("disk is full")) >= 0;
}

static void note_room(struct age *age, bool failed, struct str sentence)
{
        age->had_room = !failed;
        if (!failed)
                age->no_room = 0;
        else if (says_full(sentence) && age->no_room == 0)
                age->no_room = age->tried;
}

static void due_done(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct due *due = (struct due *)task;
        /* Where the clock was set back, the newest may be of a day to come while this one has its own. */
        bool has_today = due->seq == 0 && code == ERR_EXISTS;

        if (has_today)
                due->age->daily = due->age->tried;
        due->age->failures = code < 0 && !has_today ? due->age->failures + 1 : 0;
        note_room(due->age, due->age->failures > 0, sentence);
        sentence = service_clip(sentence, WHY_MAX);
        snprintf(due->age->why, sizeof due->age->why, "%.*s", due->age->failures > 0 ? (int)sentence.n : 0,
                 sentence.p);
        if (has_today)
                service_log(LOG_NOTICE, "this day has its backup already portal=%llu",
                            (unsigned long long)task->portal);
        else if (code < 0)
                service_log(LOG_ERROR, "backup failed portal=%llu%s: %s", (unsigned long long)task->portal,
                            due->seq > 0 ? " at its trial restore" : "", service_quote(sentence).text);
        else
                service_log(LOG_INFO, "backup verified portal=%llu seq=%lld bytes=%lld",
                            (unsigned long long)task->portal, (long long)json_get_int(answer, "seq"),
                            (long long)json_get_int(answer, "size"));
        task_end(task);
        agenda_look_soon();
}

static void due_turn(struct task *task)
{
        struct due *due = (struct due *)task;

        due->age->tried = clock_unix();
        if (due->seq > 0)
                run_trial(task, task->portal, due->seq, due_done);
        else
                run_backup(task, task->portal, BACKUP_DAILY, due_done);
}

static void start_due(uint64_t portal, uint64_t seq)
{
        struct due *due = task_new(sizeof *due, NULL, portal);

        due->age = age_of(portal);
        due->seq = seq;
        vault_queue(&due->task, due_turn);
}

void agenda_look_soon(void)
{
        loop_set_timer(registry.service.loop, &agenda.look, AGAIN_MS, look, NULL);
}

/* What was made while it was suspect counts as no backup of its day: the next one is due now. */
void agenda_is_well(uint64_t portal)
{
        age_of(portal)->failures = 0;
        agenda_look_soon();
}

static size_t active_portals(struct arena *arena, const struct registry_portal *portals, size_t n,
                             struct schedule_portal **out, uint64_t *unproven)
{
        size_t active = 0;
        int64_t now = clock_unix();

        *out = arena_array(arena, n + 1, sizeof **out);
        agenda.late = agenda.uncopied = 0;
        for (size_t i = 0; i < n; i++) {
                if (portals[i].state != PORTAL_ACTIVE)
                        continue;
                const struct age *age = age_of((uint64_t)portals[i].id);
                bool void_one = age->unsure && !scrub_is_suspect((uint64_t)portals[i].id);

                (*out)[active++] = (struct schedule_portal){
                        .id = (uint64_t)portals[i].id, .created = portals[i].created,
                        .newest = void_one ? 0 : age->daily, .tried = age->tried, .failures = age->failures,
                };
                agenda.late += schedule_is_late(portals[i].created, age->newest, now);
                agenda.uncopied += is_uncopied(&portals[i], age);
                if (age->unproven > 0 && (age->failures == 0 || schedule_due(&(*out)[active - 1]) <= now))
                        *unproven = (uint64_t)portals[i].id;
        }
        return active;
}

static void look(void *ctx)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct schedule_portal *rows = NULL;
        struct registry_portal *portals = NULL;
        uint64_t unproven = 0;
        size_t was_late = agenda.late, was_uncopied = agenda.uncopied, all = 0;
        int64_t wait;

        (void)ctx;
        loop_set_timer(registry.service.loop, &agenda.look, LOOK_MS, look, NULL);
        if (registry_portal_list(registry.store, arena, &portals, &all, NULL) < 0)
                return;
        size_t n = active_portals(arena, portals, all, &rows, &unproven);

        alarms_look();
        if (agenda.late > was_late)
                service_log(LOG_ERROR, "portals=%zu have had no good backup for 26 hours; 'carrel "
                                       "status' names "
                            "them", agenda.late);
        if (agenda.uncopied > was_uncopied)
                service_log(LOG_ERROR, "portals=%zu have had no off-site copy of a backup for 26 hours; "
                            "'carrel status' names them", agenda.uncopied);
        /* The scrub first: a backup of the same moment then knows what it is a backup of. */
        if (vault_is_busy() || scrub_start_due(portals, all, clock_unix()) || !agenda.open)
                return;
        const struct schedule_portal *next = schedule_next(rows, n, clock_unix(), &wait);

        if (unproven > 0)
                start_due(unproven, age_of(unproven)->unproven);
        else if (next != NULL)
                start_due(next->id, 0);
}

void agenda_start(void)
{
        agenda.gone = clock_unix();
        loop_set_timer(registry.service.loop, &agenda.look, LOOK_MS, look, NULL);
}

/* ---- status ---- */

static struct json *late_row(const struct registry_portal *portal, int64_t newest)
{
        struct json *row = json_new_object();
        char when[CLOCK_ISO_LEN + 1];

        json_put_text(row, "portal", portal->name);
        clock_iso(newest, when);
        json_put_text(row, "newest", newest > 0 ? str_of(when) : STR("never"));
        return row;
}

static void offsite_status(struct json *answer, const struct registry_portal *portals, size_t n)
{
        struct json *o = json_new_object(), *late = json_new_array();
        int64_t unproven = 0;
        struct buf text CLEANUP_BUF = { 0 };

        if (agenda.offsite != NULL) {
                json_free(&o);
                json_render(agenda.offsite, false, &text);
                if (json_parse(buf_str(&text), &o, NULL) < 0)
                        o = json_new_object();
        }
        for (size_t i = 0; i < n; i++) {
                const struct age *age = age_of((uint64_t)portals[i].id);

                if (portals[i].state != PORTAL_ACTIVE)
                        continue;
                unproven += age->copied > 0 && !age->proven;
                if (is_uncopied(&portals[i], age) && json_length(late) < LATE_SHOWN_MAX)
                        json_append(late, late_row(&portals[i], age->copied));
        }
        json_put_int(o, "unverified", unproven);
        json_put(o, "late", late);
        json_put(answer, "offsite", o);
}

void agenda_status(struct json *answer)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *o = json_new_object(), *late = json_new_array(), *held = json_new_array();
        struct registry_portal *portals = NULL;
        size_t n = 0;

        json_put(answer, "backups", o);
        json_put_text(o, "keys", agenda.state != NULL ? json_get_text(agenda.state, "keys")
                                                      : STR("the vault is not there"));
        json_put_text(o, "kept", json_get_text(agenda.state, "kept"));
        json_put_bool(o, "shares_checked", json_get_bool(agenda.state, "shares_checked"));
        if (json_get_bool(agenda.state, "fetch_unfinished"))
                json_put_bool(o, "fetch_unfinished", true);
        if (json_has(agenda.state, "trouble"))
                json_put_text(o, "trouble", json_get_text(agenda.state, "trouble"));
        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                n = 0;
        for (size_t i = 0; i < n; i++) {
                const struct age *age = age_of((uint64_t)portals[i].id);

                if (portals[i].state != PORTAL_ACTIVE)
                        continue;
                if (schedule_is_late(portals[i].created, age->newest, clock_unix()) &&
                    json_length(late) < LATE_SHOWN_MAX)
                        json_append(late, late_row(&portals[i], age->newest));
                if (age->held && json_length(held) < LATE_SHOWN_MAX)
                        json_append_text(held, portals[i].name);
        }
        json_put(o, "late", late);
        json_put(o, "held", held);
        offsite_status(o, portals, n);
        scrub_status(o, portals, n);
}
