/*
 * fetch.c -- carrel backup fetch: every portal of a lost host comes back from the copies elsewhere.
 *
 *   OPENING    the vault fetches the store of keys and opens it with what the operator typed
 *   ASKING     it names the next portal; one that is here already is passed over
 *   FETCHING   it fetches that portal's list and backups
 *   (a restore makes the portal again and puts its newest backup there)
 *   ENDING     the vault may copy again
 *
 * A portal that cannot come back is told of, and the next one has its turn. Storage that fails ends the
 * command; what has come back stays, and the same command goes on where this one ended.
 */
#include <stdio.h>

#include "backup.h"
#include "base/clock.h"
#include "base/fd.h"

enum step { OPENING = 1, ASKING, FETCHING, ENDING };

struct fetch {
        struct task task;               /* portal: the one whose turn it is */
        enum step step;
        int typed;                      /* the pipe with the shares, or -1 */
        bool locked;                    /* accounts come back disabled */
        uint64_t total, nth;            /* portals */
        char name[NAME_MAX_BYTES + 1];
        enum registry_state state;      /* of this portal, on the lost host */
        int64_t delete_after;
        struct json *fetched;           /* the vault's words of this portal's backups */
        struct json *rows;              /* the answer's */
        int64_t restored, failed, present;
        struct err why;                 /* of the whole; code 0: nothing */
};

static struct fetch *fetch_of(struct task *task)
{
        return (struct fetch *)task;
}

static void fetch_free(struct task *task)
{
        struct fetch *f = fetch_of(task);

        fd_close(&f->typed);
        json_free(&f->fetched);
        json_free(&f->rows);
}

static void order(struct fetch *f, enum step step, uint64_t portal, bool mark)
{
        struct message msg CLEANUP_MESSAGE;

        f->step = step;
        message_init(&msg, MSG_VAULT_FETCH);
        message_put_u64(&msg, f->task.token);
        message_put_u32(&msg, (uint32_t)step);
        message_put_u64(&msg, portal);
        message_put_u32(&msg, mark);
        vault_ask(&f->task, &msg, step == OPENING ? f->typed : -1);
}

static void show(const struct fetch *f, const char *doing, uint64_t done, uint64_t total)
{
        char stage[NAME_MAX_BYTES + 80];

        snprintf(stage, sizeof stage, "portal %llu of %llu: %s %s", (unsigned long long)f->nth,
                 (unsigned long long)f->total, doing, f->name);
        if (f->task.client != NULL)
                client_progress(f->task.client, str_of(stage), done, total);
}

/* ---- the end ---- */

static void refuse(struct fetch *f)
{
        char counts[80] = "";

        if (f->restored + f->present > 0)
                snprintf(counts, sizeof counts, "%lld portals are back",
                         (long long)(f->restored + f->present));
        int r = counts[0] != '\0' ? err_wrap(&f->why, f->why.code, "%s", counts) : 0;

        (void)r;
        if (f->task.client != NULL)
                client_refuse(f->task.client, f->why.code, f->why.text);
        task_end(&f->task);
}

static void answer(struct fetch *f)
{
        struct json *o CLEANUP_JSON = json_new_object();

        service_log(LOG_NOTICE, "a lost host was brought back portals=%lld failed=%lld",
                    (long long)(f->restored + f->present), (long long)f->failed);
        json_put_int(o, "restored", f->restored);
        json_put_int(o, "failed", f->failed);
        json_put_int(o, "present", f->present);
        json_put_bool(o, "locked", f->locked);
        json_put(o, "portals", f->rows);
        f->rows = NULL;
        if (f->task.client != NULL)
                client_answer(f->task.client, o);
        task_end(&f->task);
}

static void ended(struct fetch *f)
{
        if (f->why.code < 0)
                refuse(f);
        else
                answer(f);
}

/* ---- one portal ---- */

static void go_on(struct fetch *f)
{
        order(f, ASKING, f->task.portal, false);
}

static void add_row(struct fetch *f, const char *state, struct str why)
{
        struct json *row = json_new_object();

        json_put_text(row, "portal", str_of(f->name));
        if (json_get_int(f->fetched, "backup") > 0) {
                json_put_int(row, "backup", json_get_int(f->fetched, "backup"));
                json_put_text(row, "created", json_get_text(f->fetched, "created"));
        }
        json_put_text(row, "state", str_of(state));
        json_put_text(row, "why", why);
        json_append(f->rows, row);
}

static void lose(struct fetch *f, struct str why)
{
        f->failed++;
        service_log(LOG_ERROR, "a portal did not come back portal=%llu: %s",
                    (unsigned long long)f->task.portal, service_quote(why).text);
        add_row(f, "failed", why);
        go_on(f);
}

static void restored(struct task *task, int code, struct str sentence, const struct json *result)
{
        struct fetch *f = fetch_of(task);

        (void)result;
        if (code < 0) {
                lose(f, sentence);
                return;
        }
        f->restored++;
        /* What else is lost of it, such as a newer backup. */
        add_row(f, f->state == PORTAL_ACTIVE ? "restored" : registry_state_name(f->state),
                json_get_text(f->fetched, "why"));
        go_on(f);
}

static void restore(struct fetch *f)
{
        const struct registry_portal portal = {
                .id = (int64_t)f->task.portal, .name = str_of(f->name), .state = f->state,
                .delete_after = f->delete_after,
        };
        uint64_t seq = (uint64_t)json_get_int(f->fetched, "backup");
        struct err err;

        show(f, "restoring", 0, 0);
        if (seq == 0)
                lose(f, json_get_text(f->fetched, "why"));
        else if (portal_check_name(&registry, portal.name, &err) < 0)
                lose(f, str_of(err.text));
        else
                restore_lost(&f->task, &portal, seq, f->locked, restored);
}

static void take_fetched(struct fetch *f, const struct json *told)
{
        struct buf text CLEANUP_BUF = { 0 };

        json_free(&f->fetched);
        json_render(told, false, &text);
        if (json_parse(buf_str(&text), &f->fetched, NULL) < 0)
                f->fetched = NULL;
        restore(f);
}

/* A row that is "creating" is of a restore that was given up, and goes. */
static bool is_present(uint64_t portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals = NULL;
        size_t n = 0;

        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                return false;
        for (size_t i = 0; i < n; i++)
                if ((uint64_t)portals[i].id == portal && portals[i].state != PORTAL_CREATING)
                        return true;
        return false;
}

static void take_next(struct fetch *f, const struct json *told)
{
        struct str name = json_get_text(told, "name");

        f->task.portal = (uint64_t)json_get_int(told, "id");
        json_free(&f->fetched);
        if (f->task.portal == 0) {
                order(f, ENDING, 0, f->failed == 0);
                return;
        }
        f->nth++;
        if (name.n > 0)
                snprintf(f->name, sizeof f->name, "%.*s", STR_ARG(name));
        else    /* an older release copied no names */
                snprintf(f->name, sizeof f->name, "portal-%llu", (unsigned long long)f->task.portal);
        int64_t state = json_get_int(told, "state");

        /* Whoever was taken away from everybody stays so. */
        f->state = state == PORTAL_SUSPENDED || state == PORTAL_DELETED ? (enum registry_state)state
                                                                        : PORTAL_ACTIVE;
        f->delete_after = f->state == PORTAL_DELETED ? json_get_int(told, "delete_after") : 0;
        if (is_present(f->task.portal)) {
                f->present++;
                add_row(f, "present", STR(""));
                go_on(f);
                return;
        }
        show(f, "fetching", 0, 0);
        order(f, FETCHING, f->task.portal, false);
}

/* ---- the beginning ---- */

/* Numbers of portals that are still to come back must not be given to others meanwhile. */
static int reserve(int64_t highest, struct err *err)
{
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_portal_reserve(registry.store, highest, err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        return store_commit(registry.store, err);
}

static void take_keys(struct fetch *f, const struct json *told)
{
        int64_t highest = json_get_int(told, "highest");

        f->total = (uint64_t)json_get_int(told, "portals");
        if (highest > 0 && reserve(highest, &f->why) < 0)
                order(f, ENDING, 0, false);
        else
                go_on(f);
}

static void vault_done(struct task *task, int code, struct str sentence, const struct json *told)
{
        struct fetch *f = fetch_of(task);

        if (code < 0 && f->why.code == 0) {
                int r = err_set(&f->why, code, "%.*s", STR_ARG(sentence));

                (void)r;
        }
        if (f->step == ENDING || (code < 0 && f->step == OPENING))
                ended(f);
        else if (code < 0)
                order(f, ENDING, 0, false);     /* it copies again, and the next command goes on */
        else if (f->step == OPENING)
                take_keys(f, told);
        else if (f->step == ASKING)
                take_next(f, told);
        else
                take_fetched(f, told);
}

static void on_fetching(struct task *task, uint64_t done, uint64_t total)
{
        show(fetch_of(task), "bytes fetched of", done, total);
}

/* Whether no portal is here: rows that are "creating" are throw-away ones. */
static bool is_empty(void)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals = NULL;
        size_t n = 0;

        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                return false;
        for (size_t i = 0; i < n; i++)
                if (portals[i].state != PORTAL_CREATING)
                        return false;
        return true;
}

static void turn(struct task *task)
{
        struct fetch *f = fetch_of(task);

        if (task->client != NULL)
                client_progress(task->client, STR("fetching the store of keys"), 0, 0);
        order(f, OPENING, 0, is_empty());
}

void command_backup_fetch(struct client *client, const struct json *args, int fd)
{
        struct fetch *f = task_new(sizeof *f, client, 0);

        f->typed = fd;
        f->locked = json_get_text(args, "locked").n > 0;
        f->rows = json_new_array();
        f->task.vault_done = vault_done;
        f->task.vault_fetching = on_fetching;
        f->task.free = fetch_free;
        vault_queue(&f->task, turn);
}
