/*
 * restore.c -- carrel backup restore: a portal becomes what a backup holds, or a new portal does.
 *
 *   OPENING    the vault proves the whole backup, then gives it to a job in the portal's container,
 *              or the new one's, which unpacks it beside the live database and proves its content
 *   SAVING     the portal as it is now is backed up, trial restore included; not for a new one
 *   (with --damaged nothing is saved: the live file is set aside as it is)
 *   PLACING    a job puts the copy in the live one's place, in one transaction
 *
 * A project or a topic alone is put beside what is there, where nothing is lost: nothing is saved first.
 *
 * Until PLACING nothing of the portal has changed, whatever fails.
 */
#include <stdio.h>

#include "backup.h"
#include "scrub.h"
#include "base/clock.h"

enum how { HOW_OWN = 1, HOW_OTHERS = 2, HOW_DISCARD = 3, HOW_DAMAGED = 4, HOW_LOST = 5 };

struct restore {
        struct task task;               /* portal: whose backup it is */
        struct vault_pipe pipe;
        uint64_t seq;
        uint64_t into;                  /* the container it goes to; 0: the new portal is still to be made */
        char name[NAME_MAX_BYTES + 1];  /* of the new portal; empty: its own */
        struct str project, topic;      /* the part that is wanted; empty: all; in the task's arena */
        bool look;                      /* only to see what it holds */
        bool damaged;                   /* nothing of today can be asked or saved */
        bool job_started, job_over, vault_over;
        uint64_t actor;                 /* the person of the portal who ordered it; 0: the operator */
        restore_told_fn *told;          /* or NULL */
        bool lost;                      /* the portal comes back whole, under its own name, as ... */
        struct registry_portal portal;  /* ... this says: number, state and delete_after */
        bool locked;                    /* and all of its accounts are disabled */
        run_done_fn *done;              /* of whoever owns it, or NULL */
        struct err why;
        struct json *kept;              /* the backup that was made before */
};

static struct restore *restore_of(struct task *task)
{
        return (struct restore *)task;
}

static void restore_free(struct task *task)
{
        json_free(&restore_of(task)->kept);
}

static void tell_brought(const struct restore *r, enum restore_step step, const struct json *brought)
{
        const struct restore_news news = {
                .step = step, .code = r->why.code, .why = r->why.code < 0 ? r->why.text : "",
                .backup = r->pipe.seq > 0 ? r->pipe.seq : r->seq,
                .before = r->kept != NULL ? (uint64_t)json_get_int(r->kept, "seq") : 0,
                .brought = brought,
        };

        if (r->told != NULL)
                r->told(r->task.portal, &news);
}

static void tell(const struct restore *r, enum restore_step step)
{
        tell_brought(r, step, NULL);
}

/* Ends the task, and tells its owner if it has one. */
static void finish(struct restore *r, const struct json *answer)
{
        struct task *owner = r->task.owner;
        run_done_fn *done = r->done;
        struct err why = r->why;

        task_end(&r->task);
        if (owner != NULL && done != NULL)
                done(owner, why.code, str_of(why.code < 0 ? why.text : ""), answer);
}

static void refuse(struct task *task)
{
        struct restore *r = restore_of(task);

        tell(r, RESTORE_OVER);

        if (task->client != NULL)
                client_refuse(task->client, r->why.code, r->why.text);
        finish(r, NULL);
}

/* Whoever hears "no" may use the new name at once: the answer waits until it is free. */
static void give_up(struct restore *r)
{
        if (r->name[0] != '\0' && r->into != 0)
                removal_wait(&r->task, (int64_t)r->into, refuse);
        else
                refuse(&r->task);
}

static void note(struct restore *r, int code, struct str sentence)
{
        if (r->why.code == 0 && code < 0) {
                int set = err_set(&r->why, code, "%.*s", STR_ARG(sentence));

                (void)set;
        }
}

/* What was received goes; if not now, with the next backup. */
static void discarded(struct task *task, int code, struct str sentence, const struct json *answer)
{
        (void)code;
        (void)sentence;
        (void)answer;
        give_up(restore_of(task));
}

/* ---- placing ---- */

static void order_placing(struct restore *r, enum how how, order_done_fn *done)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_RESTORE);
        message_put_u32(&msg, (uint32_t)how);
        message_put_u64(&msg, r->pipe.rows);
        message_put_text(&msg, r->pipe.content);
        message_put_u64(&msg, r->pipe.seq);
        message_put_u64(&msg, r->actor);
        order_start(&r->task, r->into, &msg, -1, done);
}

static void discard(struct restore *r)
{
        if (r->name[0] == '\0')
                order_placing(r, HOW_DISCARD, discarded);
        else
                give_up(r);             /* the container goes, and all that is in it */
}

static void placed(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);
        struct json *o CLEANUP_JSON = json_new_object();

        if (code == 0 && r->lost)
                code = creation_settle(&r->portal, portal_host(&registry, task->arena, str_of(r->name)),
                                       answer, &r->why);
        if (code < 0) {
                note(r, code, sentence);
                discard(r);
                return;
        }
        portal_retire((int64_t)r->into);        /* they have read some of it at their start */
        scrub_start(r->into);
        json_put_int(o, "backup", (int64_t)r->pipe.seq);
        json_put_bool(o, "damaged", r->damaged);
        json_put_int(o, "rows", (int64_t)r->pipe.rows);
        json_put_int(o, "bytes", (int64_t)r->pipe.bytes);
        if (r->kept != NULL)
                json_put_int(o, "before", json_get_int(r->kept, "seq"));
        if (r->name[0] != '\0')
                json_put_text(o, "portal", str_of(r->name));
        service_log(LOG_NOTICE, "portal=%llu holds backup=%llu of portal=%llu now",
                    (unsigned long long)r->into, (unsigned long long)r->pipe.seq,
                    (unsigned long long)task->portal);
        tell(r, RESTORE_OVER);
        if (task->client != NULL)
                client_answer(task->client, o);
        finish(r, o);
}

/* ---- a part of it ---- */

static void brought(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);
        struct json *o CLEANUP_JSON = json_new_object();
        static const char *const counts[] = { "added", "changed", "same", "listed", "files", "kept" };

        if (code < 0) {
                note(r, code, sentence);
                discard(r);
                return;
        }
        json_put_int(o, "backup", (int64_t)r->pipe.seq);
        json_put_text(o, "project", r->project);
        json_put_text(o, "topic", r->topic);
        for (size_t i = 0; i < ARRAY_LEN(counts); i++)
                json_put_int(o, counts[i], json_get_int(answer, counts[i]));
        tell_brought(r, RESTORE_OVER, o);
        if (task->client != NULL)
                client_answer(task->client, o);
        finish(r, o);
}

static void order_part(struct restore *r)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_BRING_BACK);
        message_put_u64(&msg, r->pipe.seq);
        message_put_u64(&msg, r->actor);
        message_put_u64(&msg, r->pipe.rows);
        message_put_text(&msg, r->pipe.content);
        message_put_str(&msg, r->project);
        message_put_str(&msg, r->topic);
        order_start(&r->task, r->into, &msg, -1, brought);
}

/* ---- only a look ---- */

static void looked(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);

        (void)answer;
        if (code < 0) {
                note(r, code, sentence);
                discard(r);
                return;
        }
        tell(r, RESTORE_OVER);
        finish(r, NULL);
}

static void order_look(struct restore *r)
{
        struct message msg CLEANUP_MESSAGE;

        tell(r, RESTORE_PLACING);
        message_init(&msg, MSG_JOB_LOOK);
        message_put_u64(&msg, r->pipe.seq);
        message_put_u64(&msg, r->pipe.rows);
        message_put_text(&msg, r->pipe.content);
        order_start(&r->task, r->into, &msg, -1, looked);
}

/* ---- saving what is there now ---- */

static void saved(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);
        struct buf text CLEANUP_BUF = { 0 };

        if (code < 0) {
                note(r, code, sentence);
                int set = err_wrap(&r->why, r->why.code, "nothing was changed: the portal as it "
                                                         "is now cannot be "
                                   "backed up first; after 'carrel scrub' has found it damaged, '--damaged' "
                                   "sets it aside");

                (void)set;
                order_placing(r, HOW_DISCARD, discarded);
                return;
        }
        json_render(answer, false, &text);
        if (json_parse(buf_str(&text), &r->kept, NULL) < 0)
                r->kept = NULL;
        tell(r, RESTORE_PLACING);
        order_placing(r, HOW_OWN, placed);
}

/* Whoever serves the damaged one has to let go of it first. */
static void place_instead(struct restore *r)
{
        portal_retire((int64_t)r->into);
        order_placing(r, HOW_DAMAGED, placed);
}

/* ---- opening ---- */

static void opened(struct restore *r)
{
        if (!r->vault_over || (r->job_started && !r->job_over))
                return;
        if (r->why.code < 0 && r->job_over && r->name[0] == '\0') {
                order_placing(r, HOW_DISCARD, discarded);
        } else if (r->why.code < 0) {
                give_up(r);
        } else if (r->name[0] != '\0') {
                order_placing(r, r->lost && !r->locked ? HOW_LOST : HOW_OTHERS, placed);
        } else if (r->look) {
                order_look(r);
        } else if (r->project.n > 0) {
                tell(r, RESTORE_PLACING);
                order_part(r);
        } else if (r->damaged) {
                place_instead(r);
        } else {
                tell(r, RESTORE_SAVING);
                run_backup(&r->task, r->task.portal, BACKUP_PRE_RESTORE, saved);
        }
}

static void received(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);

        note(r, code, sentence);
        if (code == 0) {        /* an older backup says more once it is up to date */
                struct str content = json_get_text(answer, "content");

                r->pipe.rows = (uint64_t)json_get_int(answer, "rows");
                snprintf(r->pipe.content, sizeof r->pipe.content, "%.*s", STR_ARG(content));
        }
        r->job_over = true;
        opened(r);
}

static void piped(struct task *task, const struct vault_pipe *pipe, int fd)
{
        struct restore *r = restore_of(task);

        r->pipe = *pipe;
        r->job_started = true;
        order_receive(task, r->into, pipe, fd, received);
}

static void vault_done(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct restore *r = restore_of(task);

        (void)answer;
        note(r, code, sentence);
        r->vault_over = true;
        opened(r);
}

static void open_it(struct restore *r)
{
        tell(r, RESTORE_OPENING);
        vault_ask_about(&r->task, MSG_VAULT_OPEN, r->task.portal, r->seq);
}

/* ---- the new portal ---- */

static void created(struct task *task, int64_t id, const struct json *made, const struct err *why)
{
        struct restore *r = restore_of(task);

        (void)made;
        if (why != NULL) {
                r->why = *why;
                give_up(r);
                return;
        }
        r->into = (uint64_t)id;
        open_it(r);
}

static void turn(struct task *task)
{
        struct restore *r = restore_of(task);

        if (r->name[0] == '\0') {
                open_it(r);
                return;
        }
        const struct registry_portal portal = {
                .id = r->lost ? (int64_t)task->portal : 0, .name = str_of(r->name),
                .title = str_of(r->name), .language = STR("en"), .owner = STR(""), .created = clock_unix(),
        };

        /* A lost portal that is killed on its way back must not look like an empty one. */
        creation_start(task, &portal, !r->lost, -1, created);
}

static int read_name(const struct json *args, struct restore *r, struct err *err)
{
        struct str as = json_get_text(args, "as");

        if (as.n == 0)
                return 0;
        int n = portal_check_name(&registry, as, err);

        if (n == 0)
                snprintf(r->name, sizeof r->name, "%.*s", STR_ARG(as));
        return n;
}

static int read_part(const struct json *args, struct restore *r, struct err *err)
{
        struct str project = json_get_text(args, "project"), topic = json_get_text(args, "topic");

        if (project.n == 0 && topic.n > 0)
                return err_set(err, ERR_INVALID, "--topic is a topic of a project: say --project, too");
        if (project.n > 0 && r->name[0] != '\0')
                return err_set(err, ERR_INVALID, "--as makes a portal of a whole backup; a project or a "
                                                 "topic goes back into its own");
        if (project.n > RESTORE_SLUG_MAX || topic.n > RESTORE_SLUG_MAX)
                return err_set(err, ERR_NOT_FOUND, "no project or topic has so long a name");
        r->project = arena_str(r->task.arena, project);
        r->topic = arena_str(r->task.arena, topic);
        return 0;
}

static int read_order(const struct json *args, struct restore *r, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str seq = json_get_text(args, "backup");
        struct registry_portal portal;
        int n = portal_find_active(&registry, args, arena, &portal, err);

        if (n == 0 && seq.n > 0 && (str_to_u64(seq, INT64_MAX, &r->seq, NULL) < 0 || r->seq == 0))
                n = err_set(err, ERR_INVALID, "--backup takes a backup's number; 'carrel backup "
                                              "list' shows "
                            "them");
        if (n == 0)
                n = read_name(args, r, err);
        if (n == 0)
                n = read_part(args, r, err);
        r->damaged = json_get_text(args, "damaged").n > 0;
        if (n == 0 && r->damaged && (r->name[0] != '\0' || r->project.n > 0))
                n = err_set(err, ERR_INVALID, "with '--as' or '--project' nothing is set aside; leave "
                                              "'--damaged' out");
        if (n == 0 && r->damaged && !scrub_is_suspect((uint64_t)portal.id))
                n = err_set(err, ERR_DENIED, "no scrub has found this portal damaged; 'carrel scrub' looks, "
                            "and without '--damaged' nobody's account is lost");
        if (n < 0)
                return n;
        r->task.portal = (uint64_t)portal.id;
        r->into = r->name[0] == '\0' ? (uint64_t)portal.id : 0;
        return 0;
}

static struct restore *restore_new(struct client *client)
{
        struct restore *r = task_new(sizeof *r, client, 0);

        r->task.vault_piped = piped;
        r->task.vault_done = vault_done;
        r->task.free = restore_free;
        return r;
}

void restore_start(const struct restore_order *order, restore_told_fn *told)
{
        struct restore *r = restore_new(NULL);

        r->task.portal = r->into = order->portal;
        r->seq = order->backup;
        r->actor = order->actor;
        r->project = arena_str(r->task.arena, order->project);
        r->topic = arena_str(r->task.arena, order->topic);
        r->look = order->look;
        r->told = told;
        tell(r, RESTORE_WAITING);
        vault_queue(&r->task, turn);
}

void restore_lost(struct task *owner, const struct registry_portal *portal, uint64_t seq, bool locked,
                  run_done_fn *done)
{
        struct restore *r = restore_new(NULL);

        r->task.owner = owner;
        r->task.portal = (uint64_t)portal->id;
        snprintf(r->name, sizeof r->name, "%.*s", STR_ARG(portal->name));
        r->seq = seq;
        r->lost = true;
        r->portal = (struct registry_portal){ .id = portal->id, .state = portal->state,
                                              .delete_after = portal->delete_after };
        r->locked = locked;
        r->done = done;
        turn(&r->task);
}

void command_backup_restore(struct client *client, const struct json *args, int fd)
{
        struct restore *r = restore_new(client);

        (void)fd;
        if (read_order(args, r, &r->why) < 0)
                give_up(r);
        else
                vault_queue(&r->task, turn);
}
