/*
 * deletion.c -- the end of a portal: measured, its backups' keys destroyed, its container destroyed, and a
 * signed certificate that says so.
 *
 *   measured (a job counts what is there, a row is made) -> keys and backups gone -> container gone
 *       -> certificate, and the portal's row goes, in one transaction
 *
 * Each step may be the last before a crash: the hourly sweep goes on where the rows say.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "registry.h"
#include "store/deletion.h"

/* ---- the certificate ---- */

static void put_time(struct json *object, const char *key, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        json_put_text(object, key, str_of(iso));
}

/* What is signed, as text: whoever checks it needs these very bytes. */
static void state(const struct registry *reg, const struct store_deletion *d, int64_t now,
                  struct buf *out)
{
        static const char *const gone[] = {
                "the portal's container: database, files and TLS keys",
                "the keys of its backups, which no copy of a backup opens without",
                "the backups this host kept",
        };
        struct json *all CLEANUP_JSON = json_new_object();
        struct json *content = NULL, *list = json_new_array();

        json_put_text(all, "format", STR("carrel-deletion"));
        json_put_int(all, "version", 1);
        json_put_text(all, "host", str_of(reg->host));
        json_put_text(all, "portal", d->name);
        json_put_int(all, "number", d->portal);
        put_time(all, "created", d->created);
        put_time(all, "due", d->due);
        put_time(all, "destroyed", now);
        if (json_parse(d->content, &content, NULL) == 0)
                json_put(all, "content", content);
        for (size_t i = 0; i < ARRAY_LEN(gone); i++)
                json_append_text(list, str_of(gone[i]));
        json_put(all, "what", list);
        json_render(all, false, out);
}

static void put_hex(struct json *object, const char *key, struct str bytes)
{
        struct buf hex CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < bytes.n; i++)
                buf_printf(&hex, "%02x", (unsigned)(unsigned char)bytes.p[i]);
        json_put_text(object, key, buf_str(&hex));
}

static int certify(const struct registry *reg, const struct store_deletion *d, int64_t now,
                   struct buf *out, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 }, signature CLEANUP_BUF = { 0 }, pem CLEANUP_BUF = { 0 };
        struct json *whole CLEANUP_JSON = json_new_object();

        state(reg, d, now, &text);
        int r = tls_authority_sign(reg->authority, buf_str(&text), &signature, &pem, err);

        if (r < 0)
                return r;
        json_put_text(whole, "certificate", buf_str(&text));
        put_hex(whole, "signature", buf_str(&signature));
        json_put_text(whole, "signer", buf_str(&pem));
        json_render(whole, true, out);
        return 0;
}

int deletion_finish(struct registry *reg, int64_t portal, int64_t now, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf certificate CLEANUP_BUF = { 0 };
        struct store_deletion d;
        int r = store_deletion_find(reg->store, portal, arena, &d, err);

        if (r == ERR_NOT_FOUND)
                return 0;               /* never was anybody's: an attempt that was undone */
        if (r == 0)
                r = certify(reg, &d, now, &certificate, err);
        return r < 0 ? r : store_deletion_finish(reg->store, portal, now, buf_str(&certificate), err);
}

/* ---- measuring ---- */

struct destruction {
        struct task task;
        struct registry_portal row;
};

static int keep_measure(const struct registry_portal *row, struct str content, struct err *err)
{
        const struct store_deletion d = { .portal = row->id, .name = row->name, .created = row->created,
                                          .due = row->delete_after, .content = content };
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = store_deletion_begin(registry.store, &d, err);
        if (r == 0)
                return store_commit(registry.store, err);
        store_rollback(registry.store);
        return r;
}

/* A container that cannot be read any more is destroyed like any other; the certificate says so. */
static void measured(struct task *task, int code, struct str sentence, struct str json)
{
        struct destruction *d = (struct destruction *)task;
        struct json *failed CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };
        struct err err;

        if (code < 0) {
                json_put_text(failed, "unknown", sentence);
                json_render(failed, false, &text);
        } else {
                buf_add_str(&text, json);
        }
        if (keep_measure(&d->row, buf_str(&text), &err) < 0)
                service_log(LOG_ERROR, "portal=%lld is not destroyed yet: %s", (long long)d->row.id,
                            err.text);
        else
                backups_destroy((uint64_t)d->row.id);
        task_end(task);
}

static void measure(struct task *task)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_MEASURE);
        int r = channel_post(task->job, &msg, -1, NULL);

        (void)r;                /* a dead job is told of by the supervisor */
}

static bool under_way(const struct registry *reg, int64_t portal)
{
        for (const struct task *t = reg->tasks; t != NULL; t = t->next)
                if (t->portal == (uint64_t)portal && t->job_done == measured)
                        return true;
        return false;
}

void deletion_start(struct registry *reg, const struct registry_portal *portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_deletion known;

        if (under_way(reg, portal->id))
                return;
        if (store_deletion_find(reg->store, portal->id, arena, &known, NULL) == 0) {
                backups_destroy((uint64_t)portal->id);
                return;
        }
        struct destruction *d = task_new(sizeof *d, NULL, (uint64_t)portal->id);

        d->row = *portal;
        d->row.name = arena_str(d->task.arena, portal->name);
        d->task.job_open = measure;
        d->task.job_done = measured;
        task_start_job(&d->task);
}

bool deletion_has_begun(struct registry *reg, int64_t portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_deletion known;

        return under_way(reg, portal) ||
               store_deletion_find(reg->store, portal, arena, &known, NULL) == 0;
}

/* ---- carrel portal certificate ---- */

void command_portal_certificate(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_deletion *list = NULL;
        size_t n = 0;
        struct err err;

        (void)fd;
        if (store_deletion_list(registry.store, json_get_text(args, "name"), arena, &list, &n, &err) < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (list[i].certificate.n > 0) {
                        client_answer_text(client, list[i].certificate);
                        return;
                }
        client_refuse(client, ERR_NOT_FOUND, n > 0 ? "the portal is being destroyed; its certificate comes "
                                                     "at the end"
                                                   : "no portal of that name was destroyed here");
}
