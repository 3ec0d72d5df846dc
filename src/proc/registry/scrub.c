/*
 * scrub.c -- each portal's database is looked at once a day, before its backup, and when somebody asks;
 * one at a time, in the row of those who wait for the vault.
 *
 * A finding makes the portal suspect. Only a later look that finds nothing makes it well again: after a
 * restore, or when the disk gives the right bytes again. A look that could not be made changes nothing and
 * is tried again.
 */
#include "scrub.h"

#include <stdio.h>
#include <stdlib.h>

#include "backup.h"
#include "base/clock.h"
#include "base/xalloc.h"
#include "store/registry_scrub.h"
#include "vault/retention.h"
#include "vault/schedule.h"

enum { SHOWN_MAX = 50 };

/* What is remembered of one portal. */
struct health {
        int64_t done, suspect;          /* as struct registry_scrub has them */
        char *sentence;
        int64_t tried;
        unsigned failures;
};

struct scrub {
        struct task task;
};

static struct map *healths;             /* decimal id to struct health */

static struct health *health_of(uint64_t portal)
{
        char key[24];
        int n = snprintf(key, sizeof key, "%llu", (unsigned long long)portal);
        struct str name = str_make(key, (size_t)n);

        if (healths == NULL)
                healths = map_new();
        struct health *health = map_get(healths, name);

        if (health == NULL) {
                health = xalloc(sizeof *health);
                health->sentence = str_dup(STR(""));
                map_put(healths, name, health);
        }
        return health;
}

int scrub_load(struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_scrub *rows;
        size_t n;
        int r = registry_scrub_list(registry.store, arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++) {
                struct health *health = health_of((uint64_t)rows[i].portal);

                health->done = rows[i].done;
                health->suspect = rows[i].suspect;
                free(health->sentence);
                health->sentence = str_dup(rows[i].sentence);
        }
        return r;
}

bool scrub_is_suspect(uint64_t portal)
{
        return health_of(portal)->suspect != 0;
}

int64_t scrub_time(uint64_t portal)
{
        return health_of(portal)->done;
}

int64_t scrub_suspect_since(uint64_t portal, struct str *why)
{
        const struct health *health = health_of(portal);

        *why = str_of(health->sentence);
        return health->suspect;
}

void scrub_forget(uint64_t portal)
{
        struct health *health = health_of(portal);

        health->done = health->suspect = 0;
}

/* ---- what was found ---- */

static int save(uint64_t portal, const struct health *health, struct err *err)
{
        const struct registry_scrub row = { .portal = (int64_t)portal, .done = health->done,
                                            .suspect = health->suspect,
                                            .sentence = str_of(health->sentence) };
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_scrub_put(registry.store, &row, err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        return store_commit(registry.store, err);
}

static void tell_log(uint64_t portal, bool was, const struct health *health)
{
        unsigned long long id = portal;

        if (health->suspect != 0)
                service_log(LOG_ERROR, "portal=%llu is suspect: %s; its backups do not count until "
                                       "'carrel backup restore' has made it well", id,
                            service_quote(str_of(health->sentence)).text);
        else if (was)
                service_log(LOG_NOTICE, "portal=%llu is well again", id);
        else
                service_log(LOG_INFO, "scrub clean portal=%llu", id);
}

static void settle(uint64_t portal, const struct json *found)
{
        struct health *health = health_of(portal);
        bool was = health->suspect != 0, is = json_get_int(found, "findings") > 0;
        struct err err;

        health->done = clock_unix();
        health->failures = 0;
        health->suspect = !is ? 0 : was ? health->suspect : health->done;
        free(health->sentence);
        health->sentence = str_dup(service_clip(json_get_text(found, "first"), ERR_TEXT_MAX));
        tell_log(portal, was, health);
        /* In memory it counts at once; a restart looks again. */
        if (save(portal, health, &err) < 0)
                service_log(LOG_ERROR, "the outcome of a scrub is not kept portal=%llu: %s",
                            (unsigned long long)portal, err.text);
        if (was && !is)
                agenda_is_well(portal);
}

static struct json *answer_for(uint64_t portal, const struct json *found)
{
        struct json *o = json_new_object();

        json_put_bool(o, "suspect", scrub_is_suspect(portal));
        json_put_int(o, "blocks", json_get_int(found, "blocks"));
        json_put_int(o, "digests", json_get_int(found, "digests"));
        json_put_int(o, "findings", json_get_int(found, "findings"));
        json_put_text(o, "first", json_get_text(found, "first"));
        return o;
}

static void looked(struct task *task, int code, struct str sentence, const struct json *found)
{
        struct health *health = health_of(task->portal);

        if (code < 0) {
                health->failures++;
                service_log(LOG_ERROR, "scrub failed portal=%llu: %s", (unsigned long long)task->portal,
                            service_quote(sentence).text);
        } else {
                settle(task->portal, found);
        }
        if (task->client != NULL && code < 0) {
                char *text = str_dup(sentence);

                client_refuse(task->client, code, text);
                free(text);
        } else if (task->client != NULL) {
                struct json *answer CLEANUP_JSON = answer_for(task->portal, found);

                client_answer(task->client, answer);
        }
        task_end(task);
        agenda_look_soon();
}

static void turn(struct task *task)
{
        struct message msg CLEANUP_MESSAGE;

        health_of(task->portal)->tried = clock_unix();
        message_init(&msg, MSG_JOB_SCRUB);
        order_start(task, task->portal, &msg, -1, looked);
}

static void start(struct client *client, uint64_t portal)
{
        struct scrub *scrub = task_new(sizeof *scrub, client, portal);

        vault_queue(&scrub->task, turn);
}

void scrub_start(uint64_t portal)
{
        start(NULL, portal);
}

void command_scrub(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;

        (void)fd;
        if (portal_find_active(&registry, args, arena, &portal, &err) < 0)
                client_refuse(client, err.code, err.text);
        else
                start(client, (uint64_t)portal.id);
}

/* ---- what is due ---- */

bool scrub_start_due(const struct registry_portal *portals, size_t n, int64_t now)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct schedule_portal *rows = arena_array(arena, n + 1, sizeof *rows);
        size_t active = 0;
        int64_t wait;

        for (size_t i = 0; i < n; i++) {
                const struct health *health = health_of((uint64_t)portals[i].id);

                if (portals[i].state == PORTAL_ACTIVE)
                        rows[active++] = (struct schedule_portal){
                                .id = (uint64_t)portals[i].id, .created = portals[i].created,
                                .newest = health->done, .tried = health->tried,
                                .failures = health->failures,
                        };
        }
        const struct schedule_portal *next = schedule_next(rows, active, now, &wait);

        if (next != NULL)
                start(NULL, next->id);
        return next != NULL;
}

/* ---- what is said of it ---- */

static void put_time(struct json *o, const char *key, int64_t time)
{
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(time, when);
        json_put_text(o, key, time > 0 ? str_of(when) : STR("never"));
}

void scrub_describe(struct json *portal, uint64_t id)
{
        const struct health *health = health_of(id);

        put_time(portal, "scrubbed", health->done);
        if (health->suspect == 0)
                return;
        put_time(portal, "suspect", health->suspect);
        json_put_text(portal, "damage", str_of(health->sentence));
}

void scrub_status(struct json *backups, const struct registry_portal *portals, size_t n)
{
        struct json *suspect = json_new_array(), *late = json_new_array();

        for (size_t i = 0; i < n; i++) {
                const struct health *health = health_of((uint64_t)portals[i].id);

                if (portals[i].state != PORTAL_ACTIVE)
                        continue;
                if (health->suspect != 0 && json_length(suspect) < SHOWN_MAX) {
                        struct json *row = json_new_object();

                        json_put_text(row, "portal", portals[i].name);
                        put_time(row, "since", health->suspect);
                        json_put_text(row, "why", str_of(health->sentence));
                        json_append(suspect, row);
                }
                if (schedule_is_late(portals[i].created, health->done, clock_unix()) &&
                    json_length(late) < SHOWN_MAX)
                        json_append_text(late, portals[i].name);
        }
        json_put(backups, "suspect", suspect);
        json_put(backups, "unscrubbed", late);
}
