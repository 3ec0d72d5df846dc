/*
 * backups.c -- carrel backup now | list | verify | confirm | take | keys: each waits for the
 * vault's turn where bytes are to pass.
 */
#include <stdlib.h>

#include "backup.h"
#include "base/fd.h"

struct command {
        struct task task;
        uint64_t seq;
        struct str key;                 /* of the client, in the task's arena */
};

static struct command *command_new(struct client *client, uint64_t portal)
{
        return task_new(sizeof(struct command), client, portal);
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

/* ---- take ---- */

/* The vault's pipe goes on to whoever asked; when they have gone, it closes, and the vault gives up. */
static void taken_piped(struct task *task, const struct vault_pipe *pipe, int fd)
{
        (void)pipe;
        if (task->client != NULL)
                client_stream(task->client, fd);
}

static void taken(struct task *task, int code, struct str sentence, const struct json *answer)
{
        if (code == 0)
                service_log(LOG_NOTICE, "a backup was taken portal=%llu seq=%lld client=%s",
                            (unsigned long long)task->portal, (long long)json_get_int(answer, "seq"),
                            service_quote(json_get_text(answer, "client")).text);
        answer_and_end(task, code, sentence, answer);
}

static void take_turn(struct task *task)
{
        struct command *command = (struct command *)task;
        struct message msg CLEANUP_MESSAGE;

        task->vault_piped = taken_piped;
        task->vault_done = taken;
        message_init(&msg, MSG_VAULT_TAKE);
        message_put_u64(&msg, task->token);
        message_put_u64(&msg, task->portal);
        message_put_u64(&msg, command->seq);
        message_put_str(&msg, command->key);
        vault_ask(task, &msg, -1);
}

void command_backup_take(struct client *client, const struct json *args, int fd)
{
        uint64_t portal = find_portal(client, args), seq = 0;
        struct str key = json_get_text(args, "key");

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
        struct command *command = command_new(client, 0);

        command->task.vault_done = answer_and_end;
        message_init(&msg, MSG_VAULT_KEYS);
        message_put_u64(&msg, command->task.token);
        message_put_u64(&msg, portal);
        message_put_str(&msg, service_clip(json_get_text(args, "verb"), 40));
        vault_ask(&command->task, &msg, typed);
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
