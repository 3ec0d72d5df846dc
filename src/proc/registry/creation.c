/*
 * creation.c -- a new portal: its row, its container, its database and key, its route; or none of them.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "registry.h"

struct creation {
        struct task task;
        struct registry_portal portal;
        int fd;                         /* of the export it is made from, or -1 */
        bool routed;                    /* false: a throw-away portal that nobody reaches by name */
        created_fn *created;
        struct err why;                 /* of what is being undone; text "" where nobody asked */
};

static void forget(struct task *task, struct str why);

static struct creation *creation_of(struct task *task)
{
        return (struct creation *)task;
}

/* In its state, and under the title that its database has: an export or a backup brought its own. */
static int set_state(const struct registry_portal *portal, const struct json *answer, struct err *err)
{
        struct str title = json_get_text(answer, "title");
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_portal_set_state(registry.store, portal->id, portal->state, portal->delete_after, err);
        if (r == 0 && title.n > 0)
                r = registry_portal_describe(registry.store, portal->id, title,
                                             json_get_text(answer, "language"), err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        return store_commit(registry.store, err);
}

/* Ends the task, and tells its owner if there still is one. */
static void finish(struct creation *c, int64_t id, const struct json *answer, const struct err *err)
{
        struct task *owner = c->task.owner;
        created_fn *created = c->created;

        task_end(&c->task);
        if (owner != NULL)
                created(owner, id, answer, err);
}

static void undone(struct task *task, struct str why)
{
        struct creation *c = creation_of(task);

        forget(task, why);
        finish(c, 0, NULL, &c->why);
}

/* The answer waits until nothing is left: whoever hears "no" may use the name at once. */
static void give_up(struct creation *c, const struct err *err)
{
        if (err != NULL)
                c->why = *err;
        channel_free(&c->task.job);
        c->task.container_done = undone;
        task_remove_container(&c->task);
}

int creation_settle(const struct registry_portal *portal, struct str host, const struct json *answer,
                    struct err *err)
{
        certificates_record(&registry, (uint64_t)portal->id, host);
        int r = set_state(portal, answer, err);

        if (r < 0 || portal->state != PORTAL_ACTIVE)
                return r;
        routes_send(&registry, host, portal->id);
        allow_send(&registry, portal->id, host);
        return 0;
}

static void activate(struct creation *c, const struct json *answer)
{
        const struct registry_portal portal = { .id = (int64_t)c->task.portal, .state = PORTAL_ACTIVE };
        struct err err;

        if (creation_settle(&portal, c->task.host, answer, &err) < 0)
                give_up(c, &err);
        else
                finish(c, portal.id, answer, NULL);
}

static void set_up_done(struct task *task, int code, struct str sentence, struct str json)
{
        struct creation *c = creation_of(task);
        struct json *answer CLEANUP_JSON = NULL;
        struct err err;

        if (code < 0) {
                int r = err_set(&err, code, "%.*s", STR_ARG(sentence));

                (void)r;
                give_up(c, &err);
        } else if (json.n > 0 && json_parse(json, &answer, &err) < 0) {
                give_up(c, &err);
        } else if (c->routed) {
                activate(c, answer);
        } else if (task->owner != NULL) {       /* it stays "creating": a restart removes it */
                finish(c, (int64_t)task->portal, NULL, NULL);
        } else {                                /* a throw-away portal that nobody waits for any more */
                give_up(c, NULL);
        }
}

static void set_up(struct task *task)
{
        struct creation *c = creation_of(task);
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_SETUP);
        message_put_str(&msg, c->portal.title);
        message_put_str(&msg, c->portal.language);
        message_put_str(&msg, task->host);
        message_put_str(&msg, c->portal.owner);
        int r = channel_post(task->job, &msg, c->fd, NULL);

        (void)r;                /* a dead job is told of by the supervisor */
        fd_close(&c->fd);
}

static void container_made(struct task *task, struct str why)
{
        struct err err;

        if (why.n == 0) {
                task_start_job(task);
                return;
        }
        int r = err_set(&err, ERR_IO, "the portal's container could not be made: %.*s", STR_ARG(why));

        (void)r;
        give_up(creation_of(task), &err);
}

static int add_row(struct registry *reg, const struct registry_portal *portal, int64_t *id,
                   struct err *err)
{
        int r = store_begin(reg->store, err);

        if (r < 0)
                return r;
        r = registry_portal_add(reg->store, portal, id, err);
        if (r < 0) {
                store_rollback(reg->store);
                if (r == ERR_EXISTS)
                        return err_set(err, r, "a portal named '%.*s' already exists; choose another name",
                                       STR_ARG(portal->name));
                return r;
        }
        return store_commit(reg->store, err);
}

static void creation_free(struct task *task)
{
        fd_close(&creation_of(task)->fd);
}

void creation_start(struct task *owner, const struct registry_portal *portal, bool routed, int fd,
                    created_fn *created)
{
        struct err err;
        int64_t id;

        if (add_row(&registry, portal, &id, &err) < 0) {
                fd_close(&fd);
                created(owner, 0, NULL, &err);
                return;
        }
        struct creation *c = task_new(sizeof *c, NULL, (uint64_t)id);

        c->task.owner = owner;
        c->portal = *portal;
        c->portal.title = arena_str(c->task.arena, portal->title);
        c->portal.language = arena_str(c->task.arena, portal->language);
        c->portal.owner = arena_str(c->task.arena, portal->owner);
        c->fd = fd;
        c->routed = routed;
        c->task.free = creation_free;
        c->created = created;
        c->task.host = portal_host(&registry, c->task.arena, portal->name);
        c->task.container_done = container_made;
        c->task.job_open = set_up;
        c->task.job_done = set_up_done;
        task_make_container(&c->task);
}

/* ---- removal ---- */

/* The row goes when the container has gone; else a restart tries again. */
static void forget(struct task *task, struct str why)
{
        struct registry *reg = task->reg;
        struct err err;

        if (why.n > 0) {
                service_log(LOG_ERROR, "the container of portal=%llu was not removed: %.*s",
                            (unsigned long long)task->portal, STR_ARG(why));
                return;
        }
        int r = store_begin(reg->store, &err);

        if (r == 0) {
                r = deletion_finish(reg, (int64_t)task->portal, clock_unix(), &err);
                if (r == 0)
                        r = registry_portal_forget(reg->store, (int64_t)task->portal, &err);
                if (r == 0)
                        r = store_commit(reg->store, &err);
                else
                        store_rollback(reg->store);
        }
        if (r < 0)
                service_log(LOG_ERROR, "portal=%llu was not forgotten: %s",
                            (unsigned long long)task->portal, err.text);
}

struct removal {
        struct task task;
        removed_fn *removed;            /* or NULL */
};

static void container_removed(struct task *task, struct str why)
{
        struct task *owner = task->owner;
        removed_fn *removed = ((struct removal *)task)->removed;

        forget(task, why);
        task_end(task);
        if (owner != NULL && removed != NULL)
                removed(owner);
}

static void remove_for(struct task *owner, int64_t portal, removed_fn *removed)
{
        struct removal *removal = task_new(sizeof *removal, NULL, (uint64_t)portal);

        removal->task.owner = owner;
        removal->task.container_done = container_removed;
        removal->removed = removed;
        task_remove_container(&removal->task);
}

void removal_wait(struct task *owner, int64_t portal, removed_fn *removed)
{
        remove_for(owner, portal, removed);
}

void removal_start(struct registry *reg, int64_t portal)
{
        for (const struct task *t = reg->tasks; t != NULL; t = t->next)
                if (t->portal == (uint64_t)portal &&
                    (t->container_done == container_removed || t->container_done == undone))
                        return;
        remove_for(NULL, portal, NULL);
}

/* What a crash left half made is nobody's: no answer was ever given for it. */
void creation_undo_unfinished(struct registry *reg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals;
        size_t n;
        struct err err;

        if (registry_portal_list(reg->store, arena, &portals, &n, &err) < 0)
                service_die(&err, "read the list of portals");
        for (size_t i = 0; i < n; i++)
                if (portals[i].state == PORTAL_CREATING)
                        removal_start(reg, portals[i].id);
}
