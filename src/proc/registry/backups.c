/*
 * backups.c -- carrel backup now | list | verify | confirm | take | keys: each waits for the
 * vault's turn where bytes are to pass.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "backup.h"
#include "base/fd.h"
#include "crypto/hex.h"
#include "scrub.h"

struct command {
        struct task task;
        uint64_t seq;
        struct str key;                 /* of the client, in the task's arena */
        struct str name;                /* of that key, as the command line says it: for the portal's log */
        int stream;                     /* the vault's pipe, until the portal's log knows of it; or -1 */
        bool recorded, vault_over;
        struct err why;
        struct json *kept;              /* holds the vault's answer */
        struct message question;        /* for the vault, when the portal's log has it */
};

static void command_free(struct task *task)
{
        struct command *command = (struct command *)task;

        fd_close(&command->stream);
        json_free(&command->kept);
        message_free(&command->question);
}

static struct command *command_new(struct client *client, uint64_t portal)
{
        struct command *command = task_new(sizeof *command, client, portal);

        command->stream = -1;
        command->task.free = command_free;
        return command;
}

static void answer_and_end(struct task *task, int code, struct str sentence, const struct json *answer)
{
        if (task->client != NULL && code < 0) {
                char *text = str_dup(sentence);

                client_refuse(task->client, code, text);
                free(text);
        } else if (task->client != NULL) {
                struct json *nothing CLEANUP_JSON = json_new_object();

                client_answer(task->client, answer != NULL ? answer : nothing);
        }
        task_end(task);
}

/* The portal a command names; 0 when the client has been refused. */
static uint64_t find_portal(struct client *client, const struct json *args)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;

        if (portal_find_active(&registry, args, arena, &portal, &err) == 0)
                return (uint64_t)portal.id;
        client_refuse(client, err.code, err.text);
        return 0;
}

static bool read_seq(struct client *client, const struct json *args, uint64_t *out)
{
        struct str text = json_get_text(args, "backup");

        if (text.n == 0 || (str_to_u64(text, INT64_MAX, out, NULL) == 0 && *out > 0))
                return true;
        client_refuse(client, ERR_INVALID, "--backup takes a backup's number; 'carrel backup "
                                           "list' shows them");
        return false;
}

/* ---- now, verify ---- */

static void now_turn(struct task *task)
{
        run_backup(task, task->portal, BACKUP_MANUAL, answer_and_end);
}

void command_backup_now(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args);

        (void)fd;
        if (portal != 0)
                vault_queue(&command_new(client, portal)->task, now_turn);
}

static void verify_turn(struct task *task)
{
        run_trial(task, task->portal, ((struct command *)task)->seq, answer_and_end);
}

void command_backup_verify(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args), seq = 0;

        (void)fd;
        if (portal == 0 || !read_seq(client, args, &seq))
                return;
        struct command *command = command_new(client, portal);

        command->seq = seq;
        vault_queue(&command->task, verify_turn);
}

/* ---- a word in the portal's own log, before anything of it leaves the host ---- */

static void record(struct task *task, uint64_t portal, const char *action, const char *detail,
                   order_done_fn *done)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        message_init(&msg, MSG_JOB_RECORD);
        message_put_text(&msg, action);
        message_put_text(&msg, detail);
        order_start(task, portal, &msg, -1, done);
}

/*
 * What cannot be written down is not done. Only where the database itself is found damaged, the
 * host's log has to do: that is when a backup is needed.
 */
static int heed_record(uint64_t portal, int code, struct str sentence, struct err *err)
{
        if (code == 0)
                return 0;
        if (!scrub_is_suspect(portal))
                return err_set(err, code, "nothing was handed out, since the portal's log cannot say so: "
                               "%.*s; 'carrel scrub' finds out whether its database is damaged",
                               STR_ARG(sentence));
        service_log(LOG_WARNING, "portal=%llu is damaged, and its log does not say what is handed out: %s",
                    (unsigned long long)portal, service_quote(sentence).text);
        return 0;
}

/* ---- take ---- */

/* The log's word and the vault's may come in either order. */
static void end_taking(struct command *command)
{
        struct task *task = &command->task;
        const struct json *answer = json_get(command->kept, "answer");

        if (!command->recorded || !command->vault_over)
                return;
        if (command->why.code == 0)
                service_log(LOG_NOTICE, "a backup was taken portal=%llu seq=%lld client=%s",
                            (unsigned long long)task->portal, (long long)json_get_int(answer, "seq"),
                            service_quote(json_get_text(answer, "client")).text);
        answer_and_end(task, command->why.code, str_of(command->why.code < 0 ? command->why.text : ""),
                       answer);
}

/* The pipe goes on to whoever asked; when they have gone, it closes, and the vault gives up. */
static void taking_recorded(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct command *command = (struct command *)task;
        struct err err;
        int r = heed_record(task->portal, code, sentence, &err);

        (void)answer;
        command->recorded = true;
        if (r < 0)
                command->why = err;
        else if (task->client != NULL && command->stream >= 0)
                client_stream(task->client, command->stream);
        fd_close(&command->stream);
        end_taking(command);
}

static void taken_piped(struct task *task, const struct vault_pipe *pipe, int fd)
{
        struct command *command = (struct command *)task;
        char detail[64 + DIGEST_HEX_LEN];

        snprintf(detail, sizeof detail, "{\"backup\":%llu,\"client\":\"%.*s\"}",
                 (unsigned long long)pipe->seq, STR_ARG(command->name));
        command->recorded = false;
        command->stream = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        record(task, task->portal, "portal.backup-taken", detail, taking_recorded);
}

static void taken(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct command *command = (struct command *)task;

        command->vault_over = true;
        if (code == 0 && answer != NULL) {
                command->kept = json_new_object();
                json_put_shared(command->kept, "answer", answer);
        }
        if (code < 0 && command->why.code == 0) {
                int set = err_set(&command->why, code, "%.*s", STR_ARG(sentence));

                (void)set;
        }
        end_taking(command);
}

static void take_turn(struct task *task)
{
        struct command *command = (struct command *)task;
        struct message msg CLEANUP_MESSAGE;

        task->vault_piped = taken_piped;
        task->vault_done = taken;
        command->recorded = true;       /* as long as nothing is handed out */
        message_init(&msg, MSG_VAULT_TAKE);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, task->portal);
        message_put_u64(&msg, command->seq);
        message_put_str(&msg, command->key);
        vault_ask(task, &msg, -1);
}

/* It is written between quotes: hexadecimal digits only. */
static bool is_name(struct str text)
{
        uint8_t bytes[DIGEST_LEN];

        return hex_read(text, bytes, sizeof bytes);
}

void command_backup_take(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args), seq = 0;
        struct str key = json_get_text(args, "key"), name = json_get_text(args, "name");

        (void)fd;
        if (portal == 0 || !read_seq(client, args, &seq))
                return;
        if (key.n == 0 || key.n > RSA_WRAP_PUBLIC_MAX) {
                client_refuse(client, ERR_INVALID, "--for takes the file of an RSA public key");
                return;
        }
        struct command *command = command_new(client, portal);

        command->seq = seq;
        command->key = arena_str(command->task.arena, key);
        command->name = arena_str(command->task.arena, is_name(name) ? name : STR(""));
        vault_queue(&command->task, take_turn);
}

/* ---- questions that take no turn ---- */

static void ask(struct client *client, uint64_t portal, enum message_type type, uint64_t seq)
{
        struct command *command = command_new(client, portal);

        command->task.vault_done = answer_and_end;
        vault_ask_about(&command->task, type, portal, seq);
}

void command_backup_list(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args);

        (void)fd;
        if (portal != 0)
                ask(client, portal, MSG_VAULT_LIST, 0);
}

void command_backup_confirm(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args), seq = 0;

        (void)fd;
        if (portal != 0 && read_seq(client, args, &seq))
                ask(client, portal, MSG_VAULT_CONFIRM, seq);
}

static void printing_recorded(struct task *task, int code, struct str sentence, const struct json *answer)
{
        struct err err;

        (void)answer;
        if (heed_record(task->portal, code, sentence, &err) < 0)
                answer_and_end(task, err.code, str_of(err.text), NULL);
        else
                vault_ask(task, &((struct command *)task)->question, -1);
}

/* What was typed goes on to the vault unread. */
void command_backup_keys(struct client *client, const struct json *args, int fd)
{
        struct message msg CLEANUP_MESSAGE = { 0 };
        uint64_t portal = json_get_text(args, "portal").n > 0 ? find_portal(client, args) : 0;
        int typed CLEANUP_FD = fd;

        if (portal == 0 && json_get_text(args, "portal").n > 0)
                return;
        if (str_is(json_get_text(args, "verb"), "print") &&
            (portal == 0 || !str_eq(json_get_text(args, "confirm"), json_get_text(args, "portal")))) {
                client_refuse(client, ERR_INVALID, "what was typed is not the portal's name; nothing was "
                                                   "printed");
                return;
        }
        bool prints = str_is(json_get_text(args, "verb"), "print");
        struct command *command = command_new(client, prints ? portal : 0);

        command->task.vault_done = answer_and_end;
        message_init(&msg, MSG_VAULT_KEYS);
        message_put_u64(&msg, command->task.token);
        message_put_u64(&msg, portal);
        message_put_str(&msg, service_clip(json_get_text(args, "verb"), 40));
        if (!prints) {
                vault_ask(&command->task, &msg, typed);
                return;
        }
        command->question = msg;
        msg = (struct message){ 0 };
        record(&command->task, portal, "portal.backup-keys-printed", "{}", printing_recorded);
}

static void forgotten(struct task *task, int code, struct str sentence, const struct json *answer)
{
        (void)answer;
        /* The container goes when the keys have gone: until then the portal is not destroyed. */
        if (code == 0)
                removal_start(&registry, (int64_t)task->portal);
        else
                service_log(LOG_ERROR, "the backup keys of a destroyed portal are still there "
                                       "portal=%llu: %s",
                            (unsigned long long)task->portal, service_quote(sentence).text);
        task_end(task);
}

void backups_destroy(uint64_t portal)
{
        struct command *command = command_new(NULL, portal);

        command->task.vault_done = forgotten;
        vault_ask_about(&command->task, MSG_VAULT_FORGET, portal, 0);
}
