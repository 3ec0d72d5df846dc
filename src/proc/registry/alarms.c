/*
 * alarms.c -- what the agenda and the scrubs know becomes one list of alarms, in memory and on disk.
 *
 * Looked at again and again: an alarm is there as long as what it is about is so. Written is only what has
 * changed; when that fails, memory counts and the next look tries again. Letters are different: nobody is
 * told what is not on disk as told, so a restart tells nobody twice.
 */
#include "alarms.h"

#include "alarm_mail.h"
#include "backup.h"
#include "base/clock.h"
#include "scrub.h"
#include "store/registry_alarm.h"

enum { SHOWN_MAX = 100 };

static struct {
        struct arena *arena;            /* what the rows and their texts live in */
        struct alarm *rows;
        size_t n;
} list;

static void load_row(const struct registry_alarm *row)
{
        if (alarm_kind_known(row->kind))
                list.rows[list.n++] = (struct alarm){
                        .kind = (enum alarm_kind)row->kind, .portal = (uint64_t)row->portal,
                        .name = row->name, .since = row->since, .seen = row->seen, .told = row->told,
                        .wrote = row->wrote, .ended = row->ended,
                };
}

int alarms_load(struct err *err)
{
        struct registry_alarm *rows;
        size_t n;

        list.arena = arena_new(0);
        int r = registry_alarm_list(registry.store, list.arena, &rows, &n, err);

        if (r < 0)
                return r;
        list.rows = arena_array(list.arena, n + 1, sizeof *list.rows);
        for (size_t i = 0; i < n; i++)
                load_row(&rows[i]);
        return alarm_mail_load(err);
}

static const struct alarm *known(enum alarm_kind kind, uint64_t portal)
{
        for (size_t i = 0; i < list.n; i++)
                if (list.rows[i].kind == kind && list.rows[i].portal == portal && list.rows[i].ended == 0)
                        return &list.rows[i];
        return NULL;
}

bool alarms_has_no_room(uint64_t portal)
{
        return known(ALARM_NO_ROOM, portal) != NULL;
}

/* ---- what is found ---- */

struct finding {
        struct arena *arena;
        struct alarm *rows;
        size_t n;
};

static void find(struct finding *f, enum alarm_kind kind, const struct registry_portal *portal,
                 int64_t since, struct str why)
{
        f->rows[f->n++] = (struct alarm){
                .kind = kind, .portal = portal != NULL ? (uint64_t)portal->id : 0,
                .name = portal != NULL ? arena_str(f->arena, portal->name) : STR(""), .since = since,
                .why = arena_str(f->arena, why),
        };
}

/* After a restart nobody knows but the list; any backup that was made since then proves there is room. */
static void fill_room(struct alarm_facts *facts, uint64_t portal)
{
        const struct alarm *was = known(ALARM_NO_ROOM, portal);

        if (facts->no_room == 0 && !facts->had_room && was != NULL)
                facts->no_room = was->since;
        if (facts->no_room > 0 && facts->newest >= facts->no_room)
                facts->no_room = 0;
}

static void find_of_portal(struct finding *f, const struct registry_portal *portal, int64_t now)
{
        uint64_t id = (uint64_t)portal->id;
        struct alarm_facts facts = { .known = false };
        struct str damage;

        agenda_facts(portal, &facts);
        fill_room(&facts, id);
        facts.scrubbed = scrub_time(id);
        facts.suspect = scrub_suspect_since(id, &damage);
        for (int i = ALARM_BACKUP_LATE; i <= ALARM_PORTAL_KINDS; i++) {
                enum alarm_kind kind = (enum alarm_kind)i;
                int64_t since = alarm_since(kind, &facts, now);

                if (since > 0)
                        find(f, kind, portal, since,
                             kind == ALARM_SUSPECT       ? damage
                             : kind == ALARM_BACKUP_LATE || kind == ALARM_NO_ROOM ? str_of(agenda_why(id))
                                                                                  : STR(""));
        }
}

/* Nobody of a portal that is not in service can be told that something is over. */
static void forget_people(uint64_t portal)
{
        for (size_t i = 0; i < list.n; i++)
                if (list.rows[i].portal == portal)
                        list.rows[i].wrote = 0;
}

static int find_all(struct finding *f, int64_t now, struct err *err)
{
        struct registry_portal *portals = NULL;
        struct str why;
        size_t n = 0;
        int r = registry_portal_list(registry.store, f->arena, &portals, &n, err);

        if (r < 0)
                return r;
        f->rows = arena_array(f->arena, n * ALARM_PORTAL_KINDS + 1, sizeof *f->rows);
        enum alarm_kind keys = agenda_keys_alarm(&why);

        if (keys != ALARM_NONE)
                find(f, keys, NULL, 0, why);
        for (size_t i = 0; i < n; i++)
                if (portals[i].state == PORTAL_ACTIVE)
                        find_of_portal(f, &portals[i], now);
                else
                        forget_people((uint64_t)portals[i].id);
        return 0;
}

/* ---- what is kept ---- */

static int save_row(const struct alarm *a, struct err *err)
{
        const struct registry_alarm row = {
                .kind = a->kind, .portal = (int64_t)a->portal, .name = a->name, .since = a->since,
                .seen = a->seen, .told = a->told, .wrote = a->wrote, .ended = a->ended,
        };

        return a->change == ALARM_GONE
                       ? registry_alarm_remove(registry.store, row.kind, row.portal, err)
                       : registry_alarm_put(registry.store, &row, err);
}

static int save_rows(const struct alarm *rows, size_t n, struct err *err)
{
        int r = 0;

        for (size_t i = 0; i < n && r == 0; i++)
                if (rows[i].change != ALARM_AS_IT_WAS)
                        r = save_row(&rows[i], err);
        return r;
}

/* letter: what says it, or NULL. */
static int save(const struct alarm *rows, size_t n, const struct registry_letter *letter, struct err *err)
{
        size_t changed = letter != NULL;

        for (size_t i = 0; i < n; i++)
                changed += rows[i].change != ALARM_AS_IT_WAS;
        if (changed == 0)
                return 0;
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = save_rows(rows, n, err);
        if (r == 0 && letter != NULL)
                r = registry_letter_put(registry.store, letter, err);
        if (r == 0)
                return store_commit(registry.store, err);
        store_rollback(registry.store);
        return r;
}

static void log_change(const struct alarm *a)
{
        if (a->change == ALARM_CHANGED && a->ended > 0)
                service_log(LOG_NOTICE, "alarm over kind=%s portal=%llu", alarm_name(a->kind),
                            (unsigned long long)a->portal);
        else if (a->change == ALARM_CHANGED && known(a->kind, a->portal) == NULL)
                service_log(LOG_NOTICE, "alarm kind=%s portal=%llu", alarm_name(a->kind),
                            (unsigned long long)a->portal);
}

/* What is on disk is in memory from now on; takes over the arena. */
static void keep(struct arena *arena, struct alarm *rows, size_t n)
{
        list.n = 0;
        list.rows = rows;
        for (size_t i = 0; i < n; i++)
                if (rows[i].change != ALARM_GONE) {
                        rows[list.n] = rows[i];
                        rows[list.n++].change = ALARM_AS_IT_WAS;
                }
        arena_free(&list.arena);
        list.arena = arena;
}

/* What there is now: found, merged with what was, kept. */
static int renew(int64_t now, struct err *err)
{
        struct finding f = { .arena = arena_new(0) };
        struct alarm *rows = NULL;
        size_t n = 0;
        int r = find_all(&f, now, err);

        if (r < 0) {
                arena_free(&f.arena);
                return r;
        }
        alarm_merge(f.arena, list.rows, list.n, f.rows, f.n, now, !agenda_is_sure(),
                    alarm_mail_has_operator(), &rows, &n);
        /* Names and reasons of rows that stay lie in the old arena. */
        for (size_t i = 0; i < n; i++) {
                log_change(&rows[i]);
                rows[i].name = arena_str(f.arena, rows[i].name);
                rows[i].why = arena_str(f.arena, rows[i].why);
        }
        r = save(rows, n, NULL, err);
        keep(f.arena, rows, n);
        return r;
}

/* Told is what is on disk as told, together with the letter that says it. */
static int tell_operator(int64_t now, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct alarm *rows = arena_array(arena, list.n + 1, sizeof *rows);
        struct registry_letter letter;

        for (size_t i = 0; i < list.n; i++)
                rows[i] = list.rows[i];
        if (!alarm_mail_write(arena, rows, list.n, now, &letter))
                return 0;
        int r = save(rows, list.n, &letter, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < list.n; i++) {
                list.rows[i] = rows[i];
                list.rows[i].change = ALARM_AS_IT_WAS;
        }
        alarm_mail_written(&letter);
        return 0;
}

void alarms_wrote(uint64_t portal, uint32_t news)
{
        struct err err;

        alarm_wrote(list.rows, list.n, portal, news, clock_unix());
        if (save(list.rows, list.n, NULL, &err) < 0)
                service_log(LOG_ERROR, "that letters about alarms were written is not kept: %s", err.text);
        for (size_t i = 0; i < list.n; i++)
                list.rows[i].change = ALARM_AS_IT_WAS;
        alarms_look();
}

void alarms_look(void)
{
        int64_t now = clock_unix();
        struct err err;

        if (renew(now, &err) < 0)
                service_log(LOG_ERROR, "alarms are not found or not kept: %s", err.text);
        if (alarm_mail_has_operator() && tell_operator(now, &err) < 0)
                service_log(LOG_ERROR, "a letter about alarms is not kept: %s", err.text);
        alarm_mail_look(list.rows, list.n, now);
}

/* ---- what is shown ---- */

static void put_time(struct json *row, const char *key, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        json_put_text(row, key, str_of(iso));
}

static struct json *row_json(const struct alarm *a)
{
        struct json *row = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };

        alarm_say(&text, a);
        json_put_text(row, "kind", str_of(alarm_name(a->kind)));
        if (a->portal != 0)
                json_put_text(row, "portal", a->name);
        put_time(row, "since", a->since);
        put_time(row, "seen", a->seen);
        if (a->ended > 0)
                put_time(row, "over", a->ended);
        else
                json_put_text(row, "text", buf_str(&text));
        return row;
}

void alarms_status(struct json *answer)
{
        struct json *rows = json_new_array(), *over = json_new_array();
        int64_t all = 0;

        alarms_look();
        for (size_t i = 0; i < list.n; i++) {
                bool lasts = list.rows[i].ended == 0;
                struct json *into = lasts ? rows : over;

                all += lasts;
                if (json_length(into) < SHOWN_MAX)
                        json_append(into, row_json(&list.rows[i]));
        }
        json_put(answer, "alarms", rows);
        json_put_int(answer, "alarms_total", all);
        json_put(answer, "alarms_over", over);
}
