/*
 * errand.c -- errands in memory, and each change that must outlive this process in the database.
 */
#include "errand.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "store/registry_errand.h"

enum { DAY_SECONDS = 86400 };

static const char *const count_names[ERRAND_COUNTS] = { "added", "changed", "same", "files" };

static struct map *errands;             /* "portal kind" to struct errand; numbers are never given again */

struct errand *errand_of(uint64_t portal, enum errand_kind kind)
{
        char text[32];
        int n = snprintf(text, sizeof text, "%llu %d", (unsigned long long)portal, (int)kind);
        struct str key = str_make(text, (size_t)n);

        if (errands == NULL)
                errands = map_new();
        struct errand *errand = map_get(errands, key);

        if (errand == NULL) {
                errand = xalloc(sizeof *errand);
                errand->portal = portal;
                errand->kind = kind;
                map_put(errands, key, errand);
        }
        return errand;
}

/* ---- in the database ---- */

static void load_one(const struct registry_errand *row)
{
        struct errand *e = errand_of((uint64_t)row->portal, (enum errand_kind)row->kind);

        e->interrupted = row->begun > 0 && row->ended == 0;
        e->step = RESTORE_OVER;
        e->code = (int)row->code;
        e->begun = row->begun;
        e->ended = e->interrupted ? row->begun : row->ended;
        e->backup = (uint64_t)row->backup;
        e->before = (uint64_t)row->before;
        e->day = row->day;
        e->count = (unsigned)row->count;
        if (e->interrupted)
                snprintf(e->why, sizeof e->why, "the host began anew while it was under way");
        else if (e->code < 0)
                snprintf(e->why, sizeof e->why, "that was before the host began anew; the portal's log and "
                         "the host's operator may know more");
}

int errands_load(struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_errand *rows;
        size_t n;
        int r = registry_errand_list(registry.store, arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (rows[i].kind >= ERRAND_RESTORE && rows[i].kind < ERRAND_KINDS)
                        load_one(&rows[i]);
        return r;
}

static int save(const struct errand *e, struct err *err)
{
        const struct registry_errand row = {
                .portal = (int64_t)e->portal, .kind = e->kind, .begun = e->begun, .ended = e->ended,
                .code = e->code, .backup = (int64_t)e->backup, .before = (int64_t)e->before,
                .day = e->day, .count = e->count,
        };
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_errand_put(registry.store, &row, err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        return store_commit(registry.store, err);
}

/* ---- from its beginning to its end ---- */

int errand_begin(struct errand *e, unsigned per_day, uint64_t backup, struct err *err)
{
        const struct errand was = *e;
        int64_t now = clock_unix();

        if (e->running)
                return err_set(err, ERR_BUSY, "one is under way already; wait for it");
        if (now < e->day || now >= e->day + DAY_SECONDS) {
                e->day = now;
                e->count = 0;
        }
        if (e->count >= per_day)
                return err_set(err, ERR_LIMIT, "that was ordered %u times in a day; the host's operator "
                                               "can do it again", per_day);
        e->count++;
        e->running = true;
        e->interrupted = false;
        e->step = RESTORE_WAITING;
        e->code = 0;
        e->why[0] = '\0';
        e->begun = now;
        e->ended = 0;
        e->backup = backup;
        e->before = 0;
        memset(e->counts, 0, sizeof e->counts);
        int r = save(e, err);

        if (r < 0) {
                *e = was;
                return err_wrap(err, r, "the host cannot write down that it begins");
        }
        return 0;
}

void errand_count(struct errand *e, const struct json *brought)
{
        for (size_t i = 0; i < ERRAND_COUNTS; i++)
                e->counts[i] = json_get_int(brought, count_names[i]);
}

void errand_end(struct errand *e, int code, struct str why)
{
        struct err err;

        why = service_clip(why, sizeof e->why - 1);
        e->running = false;
        e->step = RESTORE_OVER;
        e->ended = clock_unix();
        e->code = code;
        snprintf(e->why, sizeof e->why, "%.*s", code < 0 ? (int)why.n : 0, why.p);
        /* This process knows it; the next one would call it interrupted. */
        if (save(e, &err) < 0)
                service_log(LOG_ERROR, "the end of a portal's own order is not kept portal=%llu: %s",
                            (unsigned long long)e->portal, err.text);
}

struct json *errand_json(const struct errand *e)
{
        static const char *const steps[] = { "waiting", "opening", "saving", "placing", "over" };
        struct json *o = json_new_object();

        for (size_t i = 0; e->kind == ERRAND_PART && i < ERRAND_COUNTS; i++)
                json_put_int(o, count_names[i], e->counts[i]);
        json_put_bool(o, "running", e->running);
        json_put_bool(o, "interrupted", e->interrupted);
        json_put_text(o, "step", str_of(steps[e->step]));
        json_put_int(o, "begun", e->begun);
        json_put_int(o, "ended", e->ended);
        json_put_int(o, "backup", (int64_t)e->backup);
        json_put_int(o, "before", (int64_t)e->before);
        json_put_text(o, "why", str_of(e->why));
        return o;
}
