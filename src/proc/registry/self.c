/*
 * self.c -- what a portal's own administrators order: their list of backups, a restore, an export.
 *
 * Which portal asks was said by the supervisor. Who may order it, and that they have just proven who they
 * are, is the portal's own rule; what a portal that was taken over could do here is bounded: a restore at
 * a time, three a day, each with a backup of what was there before; twenty of a project or topic, which lose
 * nothing, and twenty looks; an export at a time, six a day.
 *
 * What was ordered last, and how often, errand.c keeps.
 */
#include <stdio.h>

#include "base/xalloc.h"
#include "errand.h"
#include "scrub.h"

enum { SELF_LIST = 1, SELF_RESTORE = 2, SELF_EXPORT = 3, SELF_REMOVE = 4, SELF_REMOVE_COPY = 5,
       SELF_STANDING = 6, SELF_LOOK = 7 };
enum { RESTORES_PER_DAY = 3, PARTS_PER_DAY = 20, LOOKS_PER_DAY = 20, EXPORTS_PER_DAY = 6, SHOWN_MAX = 30 };

struct self {
        struct loop_timer expiry;       /* when its export goes */
        bool removing;                  /* a job removes it: another must not begin to write one */
        uint64_t portal;
};

static struct map *selves;              /* decimal id to struct self; only of portals that are there */

static struct self *self_of(uint64_t portal)
{
        char key[24];
        int n = snprintf(key, sizeof key, "%llu", (unsigned long long)portal);
        struct str name = str_make(key, (size_t)n);

        if (selves == NULL)
                selves = map_new();
        struct self *self = map_get(selves, name);

        if (self == NULL) {
                self = xalloc(sizeof *self);
                self->portal = portal;
                map_put(selves, name, self);
        }
        return self;
}

void self_tell(uint64_t token, int code, const char *sentence, const struct json *json)
{
        struct message msg CLEANUP_MESSAGE;
        struct buf text CLEANUP_BUF = { 0 };

        if (json != NULL)
                json_render(json, false, &text);
        message_init(&msg, MSG_SELF_TOLD);
        message_put_u64(&msg, token);
        message_put_u32(&msg, (uint32_t)-code);
        message_put_str(&msg, service_clip(str_of(sentence), SELF_SENTENCE_MAX));
        message_put_str(&msg, json != NULL ? buf_str(&text) : STR("{}"));
        service_tell(&registry.service, &msg, -1);
}

/* ---- what is told ---- */

static struct json *backup_row(const struct json *row)
{
        static const char *const texts[] = { "kind", "state", "created" };
        static const char *const numbers[] = { "seq", "bytes" };
        struct json *o = json_new_object();

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                json_put_text(o, texts[i], json_get_text(row, texts[i]));
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
                json_put_int(o, numbers[i], json_get_int(row, numbers[i]));
        return o;
}

struct listing {
        struct task task;
        uint64_t asked;
};

/* Without the vault the page still says what is under way. */
static void listed(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct json *o CLEANUP_JSON = json_new_object(), *rows = json_new_array();

        for (size_t i = 0; code == 0 && i < json_length(answer) && i < SHOWN_MAX; i++)
                json_append(rows, backup_row(json_at(answer, i)));
        json_put(o, "backups", rows);
        json_put_bool(o, "restorable", registry.self_restores);
        json_put(o, "restore", errand_json(errand_of(task->portal, ERRAND_RESTORE)));
        json_put(o, "part", errand_json(errand_of(task->portal, ERRAND_PART)));
        json_put(o, "look", errand_json(errand_of(task->portal, ERRAND_LOOK)));
        json_put(o, "export", errand_json(errand_of(task->portal, ERRAND_EXPORT)));
        json_put(o, "taking", taking_json(task->portal));
        if (code < 0)
                json_put_text(o, "trouble", service_clip(sentence, SELF_SENTENCE_MAX));
        self_tell(((struct listing *)task)->asked, 0, "", o);
        task_end(task);
}

static void list(uint64_t token, uint64_t portal)
{
        struct listing *listing = task_new(sizeof *listing, NULL, portal);

        listing->asked = token;
        listing->task.vault_done = listed;
        vault_ask_about(&listing->task, MSG_VAULT_LIST, portal, 0);
}

/* For its Trust page, which everybody may read: of this portal only, and from memory, so it costs nothing. */
static void tell_standing(uint64_t token, const struct registry_portal *portal)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct str damage;

        agenda_describe(o, portal);
        json_put_int(o, "scrubbed", scrub_time((uint64_t)portal->id));
        json_put_bool(o, "damaged", scrub_suspect_since((uint64_t)portal->id, &damage) > 0);
        self_tell(token, 0, "", o);
}

/* ---- restore ---- */

static void follow(struct errand *errand, const struct restore_news *news)
{
        errand->step = news->step;
        errand->backup = news->backup;
        errand->before = news->before;
        if (news->step == RESTORE_OVER)
                errand_end(errand, news->code, str_of(news->why));
}

static void on_restore(uint64_t portal, const struct restore_news *news)
{
        follow(errand_of(portal, ERRAND_RESTORE), news);
}

static void on_part(uint64_t portal, const struct restore_news *news)
{
        struct errand *errand = errand_of(portal, ERRAND_PART);

        if (news->brought != NULL)
                errand_count(errand, news->brought);
        follow(errand, news);
}

static void on_look(uint64_t portal, const struct restore_news *news)
{
        follow(errand_of(portal, ERRAND_LOOK), news);
}

/* What one can order of a backup: one of them at a time, for they share a place in the container. */
static const struct restoring {
        enum errand_kind kind;
        unsigned per_day;
        const char *what;
        restore_told_fn *told;
} whole = { ERRAND_RESTORE, RESTORES_PER_DAY, "restores itself", on_restore },
  part = { ERRAND_PART, PARTS_PER_DAY, "restores a part", on_part },
  look = { ERRAND_LOOK, LOOKS_PER_DAY, "is told what it held", on_look };

static int may_restore(const struct restoring *restoring, const struct restore_order *order, struct err *err)
{
        if (!registry.self_restores)
                return err_set(err, ERR_DENIED, "on this host the operator restores portals; ask there");
        if (errand_of(order->portal, ERRAND_RESTORE)->running ||
            errand_of(order->portal, ERRAND_PART)->running || errand_of(order->portal, ERRAND_LOOK)->running)
                return err_set(err, ERR_BUSY, "one is under way already; wait for it");
        return errand_begin(errand_of(order->portal, restoring->kind), restoring->per_day,
                            order->backup, err);
}

static void restore(uint64_t token, const struct restore_order *order)
{
        const struct restoring *restoring = order->look ? &look : order->project.n > 0 ? &part : &whole;
        struct err err;

        if (may_restore(restoring, order, &err) < 0) {
                self_tell(token, err.code, err.text, NULL);
                return;
        }
        service_log(LOG_NOTICE, "portal=%llu %s from backup=%llu by order of person=%llu",
                    (unsigned long long)order->portal, restoring->what, (unsigned long long)order->backup,
                    (unsigned long long)order->actor);
        self_tell(token, 0, "", NULL);       /* before anything of it can be over */
        restore_start(order, restoring->told);
}

/* ---- export ---- */

struct removal {
        struct task task;
        uint64_t asked;                 /* whom to tell; 0: nobody */
};

static void tidied(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct removal *removal = (struct removal *)task;

        (void)answer;
        self_of(task->portal)->removing = false;
        if (removal->asked != 0)
                self_tell(removal->asked, code,
                     code < 0 ? "the export could not be removed; try again" : "", NULL);
        if (code < 0)
                service_log(LOG_WARNING, "portal=%llu may hold an export: %s",
                            (unsigned long long)task->portal, service_quote(sentence).text);
        task_end(task);
}

static void remove_export(struct self *self, uint64_t asked)
{
        struct removal *removal = task_new(sizeof *removal, NULL, self->portal);
        struct message msg CLEANUP_MESSAGE;

        removal->asked = asked;
        self->removing = true;
        message_init(&msg, MSG_JOB_TIDY);
        message_put_u64(&msg, 0);
        message_put_u32(&msg, KEPT_IN_EXPORT);
        order_start(&removal->task, self->portal, &msg, -1, tidied);
}

static void on_expiry(void *ctx)
{
        struct self *self = ctx;

        if (!errand_of(self->portal, ERRAND_EXPORT)->running && !self->removing)
                remove_export(self, 0);
}

static void exported(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct self *self = self_of(task->portal);

        (void)answer;
        errand_end(errand_of(task->portal, ERRAND_EXPORT), code, sentence);
        if (code < 0)
                remove_export(self, 0);         /* what a job that was killed has left */
        else
                loop_set_timer(registry.service.loop, &self->expiry, EXPORT_KEEP_SECONDS * 1000ull, on_expiry,
                               self);
        task_end(task);
}

static void export(uint64_t token, const struct registry_portal *portal, uint64_t actor)
{
        struct self *self = self_of((uint64_t)portal->id);
        struct message msg CLEANUP_MESSAGE = { 0 };
        struct err err;

        if (self->removing) {
                self_tell(token, ERR_BUSY, "the last export is being removed; try again in a moment", NULL);
                return;
        }
        if (errand_begin(errand_of(self->portal, ERRAND_EXPORT), EXPORTS_PER_DAY, 0, &err) < 0) {
                self_tell(token, err.code, err.text, NULL);
                return;
        }
        struct task *task = task_new(sizeof *task, NULL, (uint64_t)portal->id);

        loop_cancel_timer(&self->expiry);
        self_tell(token, 0, "", NULL);
        message_init(&msg, MSG_JOB_EXPORT);
        message_put_str(&msg, portal->name);
        message_put_text(&msg, "");
        message_put_u32(&msg, 0);       /* what people prove themselves with stays behind */
        message_put_u64(&msg, actor);
        order_start(task, (uint64_t)portal->id, &msg, -1, exported);
}

static void drop(uint64_t token, uint64_t portal)
{
        struct self *self = self_of(portal);

        if (errand_of(portal, ERRAND_EXPORT)->running || self->removing) {
                self_tell(token, ERR_BUSY, "the export is being made or removed; wait for that", NULL);
                return;
        }
        loop_cancel_timer(&self->expiry);
        remove_export(self, token);
}

/* ---- who asks ---- */

static bool find_active(struct arena *arena, uint64_t id, struct registry_portal *out)
{
        struct registry_portal *portals;
        size_t n = 0;

        if (registry_portal_list(registry.store, arena, &portals, &n, NULL) < 0)
                return false;
        for (size_t i = 0; i < n; i++)
                if ((uint64_t)portals[i].id == id && portals[i].state == PORTAL_ACTIVE) {
                        *out = portals[i];
                        return true;
                }
        return false;
}

void self_take(struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        uint64_t token = message_get_u64(msg), id = message_get_u64(msg);
        uint32_t what = message_get_u32(msg);
        uint64_t seq = message_get_u64(msg), actor = message_get_u64(msg);

        if (!find_active(arena, id, &portal))
                self_tell(token, ERR_DENIED, "this portal is not in service", NULL);
        else if (what == SELF_LIST)
                list(token, id);
        else if (what == SELF_STANDING)
                tell_standing(token, &portal);
        else if ((what == SELF_RESTORE || what == SELF_LOOK) && seq > 0 && seq <= INT64_MAX && actor > 0 &&
                 actor <= INT64_MAX)
                restore(token, &(struct restore_order){ .portal = id, .backup = seq, .actor = actor,
                                                        .look = what == SELF_LOOK });
        else if (what == SELF_EXPORT && actor > 0 && actor <= INT64_MAX)
                export(token, &portal, actor);
        else if (what == SELF_REMOVE)
                drop(token, id);
        else if (what == SELF_REMOVE_COPY)
                taking_remove(token, id);
        else
                self_tell(token, ERR_PROTOCOL, "there is no such order", NULL);
}

void self_take_copy(struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        uint64_t token = message_get_u64(msg), id = message_get_u64(msg);
        uint64_t seq = message_get_u64(msg), actor = message_get_u64(msg);

        if (!find_active(arena, id, &portal))
                self_tell(token, ERR_DENIED, "this portal is not in service", NULL);
        else if (seq > 0 && seq <= INT64_MAX && actor > 0 && actor <= INT64_MAX)
                taking_start(token, id, seq, actor, message_get_str(msg));
        else
                self_tell(token, ERR_PROTOCOL, "there is no such order", NULL);
}

void self_take_part(struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        uint64_t token = message_get_u64(msg);
        struct restore_order order = { .portal = message_get_u64(msg), .backup = message_get_u64(msg) };

        order.actor = message_get_u64(msg);
        order.project = message_get_str(msg);
        order.topic = message_get_str(msg);
        if (!find_active(arena, order.portal, &portal))
                self_tell(token, ERR_DENIED, "this portal is not in service", NULL);
        else if (order.backup > 0 && order.backup <= INT64_MAX && order.actor > 0 &&
                 order.actor <= INT64_MAX && order.project.n > 0 &&
                 order.project.n <= RESTORE_SLUG_MAX && order.topic.n <= RESTORE_SLUG_MAX)
                restore(token, &order);
        else
                self_tell(token, ERR_PROTOCOL, "there is no such order", NULL);
}
