/*
 * requests.c -- what the registry may ask, and how it is answered. A message that is not here does nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "fetch.h"
#include "offsite.h"

enum { LISTED_MAX = 80, FAILED_LISTED_MAX = 30 };

/* ---- answers ---- */

/* A registry that has gone asks again when it is back. */
static void post(const struct message *msg, int fd)
{
        struct err err;

        if (vault.registry == NULL)
                return;
        int r = channel_post(vault.registry, msg, fd, &err);

        if (r < 0 && r != ERR_GONE)
                service_log(LOG_ERROR, "the registry was not told %s: %s", message_row(msg->type)->name,
                            err.text);
}

static void answer(uint64_t token, int code, const char *sentence, const struct json *json)
{
        struct message msg CLEANUP_MESSAGE;
        struct buf text CLEANUP_BUF = { 0 };

        if (json != NULL)
                json_render(json, false, &text);
        message_init(&msg, MSG_VAULT_DONE);
        message_put_u64(&msg, token);
        message_put_u32(&msg, (uint32_t)-code);
        message_put_str(&msg, service_clip(str_of(sentence), ERR_TEXT_MAX));
        message_put_str(&msg, buf_str(&text));
        post(&msg, -1);
}

void tell_registry(const struct message *msg)
{
        post(msg, -1);
}

void tell_done(uint64_t token, struct json *json)
{
        answer(token, 0, "", json);
        json_free(&json);
}

void tell_failed(uint64_t token, const struct err *err)
{
        answer(token, err->code, err->text, NULL);
}

void tell_pipe(uint64_t token, const struct backup *backup, int fd)
{
        struct message msg CLEANUP_MESSAGE;
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(&backup->content, hex);
        message_init(&msg, MSG_VAULT_PIPE);
        message_put_u64(&msg, token);
        message_put_u64(&msg, backup->about.seq);
        message_put_u64(&msg, backup->bytes);
        message_put_u64(&msg, backup->rows);
        message_put_text(&msg, hex);
        post(&msg, fd);
}

void tell_state(void)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct message msg CLEANUP_MESSAGE;
        struct buf text CLEANUP_BUF = { 0 };

        json_put_text(o, "keys", str_of(vault.trouble[0] != '\0' ? "missing"
                                        : vault.key.n == 0 ? "locked" : "open"));
        json_put_text(o, "kept", str_of(root_kind_name(vault.root.kind)));
        json_put_text(o, "fingerprint", str_of(vault.root.fingerprint));
        json_put_bool(o, "shares_checked", vault.ring.confirmed > 0);
        if (vault.trouble[0] != '\0')
                json_put_text(o, "trouble", str_of(vault.trouble));
        if (adopt_state() == ADOPT_DONE)
                json_put_bool(o, "fetch_unfinished", true);
        json_render(o, false, &text);
        message_init(&msg, MSG_VAULT_STATE);
        message_put_u32(&msg, vault.key.n > 0);
        message_put_str(&msg, buf_str(&text));
        post(&msg, -1);
}

/* What the last trial restores and the shrink guard have said; of trials the times of their verdicts. */
struct trials {
        int64_t tried, failed, held;
};

static struct trials trials_of(const struct book *book)
{
        struct trials t = { .tried = 0 };

        for (size_t i = 0; i < book->manifest.n; i++) {
                const struct backup *b = &book->manifest.backups[i];

                if ((backup_is_good(b) || b->state == BACKUP_SUSPECT) && b->stepped > t.tried)
                        t.tried = b->stepped;
                /* Without a size it failed before there was anything to try. */
                if (b->state == BACKUP_FAILED && b->size > 0 && b->stepped > t.failed)
                        t.failed = b->stepped;
                if (b->state == BACKUP_HELD && t.held == 0)
                        t.held = b->stepped;
        }
        if (t.failed <= t.tried)
                t.failed = 0;
        return t;
}

void tell_age(const struct book *book)
{
        struct trials trials = trials_of(book);
        struct message msg CLEANUP_MESSAGE;
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        uint64_t newest = 0, daily = 0, unproven = 0, copied = 0;
        bool held = false, unsure = false, proven = false;

        backlog_copies(book, &copies);

        for (size_t i = 0; i < book->manifest.n; i++) {
                const struct backup *b = &book->manifest.backups[i];
                const struct copy_row *copy = copies_find(&copies, COPY_BACKUP, b->about.seq);

                if (backup_is_good(b) && copy != NULL) {
                        copied = (uint64_t)b->about.created;
                        proven = copy->proven;
                }
                if (backup_is_good(b))
                        newest = (uint64_t)b->about.created;
                if (backup_is_good(b) && b->about.kind == BACKUP_DAILY)
                        daily = (uint64_t)b->about.created;
                if (b->about.kind == BACKUP_DAILY && (backup_is_good(b) || b->state == BACKUP_SUSPECT))
                        unsure = b->state == BACKUP_SUSPECT;
                if (b->about.kind == BACKUP_DAILY && b->state == BACKUP_SUSPECT)
                        daily = (uint64_t)b->about.created;     /* this day has had its try */
                if (b->state == BACKUP_SEALED)
                        unproven = b->about.seq;
                held |= b->state == BACKUP_HELD;
        }
        message_init(&msg, MSG_VAULT_AGE);
        message_put_u64(&msg, book->portal->id);
        message_put_u64(&msg, newest);
        message_put_u64(&msg, daily);
        message_put_u64(&msg, unproven);
        message_put_u32(&msg, (held ? VAULT_AGE_HELD : 0u) | (unsure ? VAULT_AGE_UNSURE : 0u));
        message_put_u64(&msg, copied);
        message_put_u32(&msg, proven);
        message_put_u64(&msg, (uint64_t)trials.tried);
        message_put_u64(&msg, (uint64_t)trials.failed);
        message_put_u64(&msg, (uint64_t)trials.held);
        post(&msg, -1);
}

struct json *backup_json(const struct backup *b)
{
        struct json *o = json_new_object();
        char when[CLOCK_ISO_LEN + 1] = "", hex[DIGEST_HEX_LEN + 1];

        json_put_int(o, "seq", (int64_t)b->about.seq);
        json_put_text(o, "kind", str_of(backup_kind_name(b->about.kind)));
        json_put_text(o, "state", str_of(backup_state_name(b->state)));
        clock_iso(b->about.created, when);
        json_put_text(o, "created", str_of(when));
        json_put_int(o, "size", (int64_t)b->size);
        json_put_int(o, "bytes", (int64_t)b->bytes);
        json_put_int(o, "rows", (int64_t)b->rows);
        json_put_int(o, "key", b->about.kek);
        digest_hex(&b->file, hex);
        json_put_text(o, "sha256", str_of(hex));
        digest_hex(&b->content, hex);
        json_put_text(o, "content", str_of(hex));
        return o;
}

/* ---- the list ---- */

static struct json *row_json(const struct backup *backup, const struct copies *copies)
{
        struct json *row = backup_json(backup);
        const struct copy_row *copy = copies_find(copies, COPY_BACKUP, backup->about.seq);

        json_put_text(row, "offsite", copy == NULL ? STR("no") : copy->proven ? STR("verified")
                                                                             : STR("unverified"));
        return row;
}

static int list(uint64_t portal, struct json **out, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct json *rows CLEANUP_JSON = json_new_array();
        unsigned failed = 0;
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        int r = book_open(portal, false, &book, err);

        if (r == ERR_NOT_FOUND && keys_check_open(NULL) == 0)
                r = 0;          /* no backup yet is an empty list */
        if (r < 0)
                return r;
        if (book.folder >= 0)
                backlog_copies(&book, &copies);
        for (size_t i = book.manifest.n; i-- > 0 && json_length(rows) < LISTED_MAX;) {
                const struct backup *b = &book.manifest.backups[i];

                /* A week of failures must not push the good ones off the page. */
                if (b->state == BACKUP_PRUNED ||
                    (b->state == BACKUP_FAILED && failed++ >= FAILED_LISTED_MAX))
                        continue;
                json_append(rows, row_json(b, &copies));
        }
        *out = rows;
        rows = NULL;
        return 0;
}

/* ---- the verdict ---- */

/* The line first: a file that is there and does not count is removed at the next start. */
static int prune(struct book *book, struct json *pruned, struct err *err)
{
        struct retention_now now = book_now();
        struct backup *next;

        while ((next = retention_next(&book->manifest, &now)) != NULL) {
                struct backup backup = *next;
                int r = book_step(book, &backup, BACKUP_PRUNED, err);

                if (r < 0)
                        return r;
                book_remove_file(book, backup.about.seq, "esdk");
                json_append(pruned, backup_json(&backup));
        }
        return 0;
}

/* Key versions that no backup needs any more are destroyed, under a fresh store key. */
static int drop_old_keys(struct book *book, struct err *err)
{
        uint32_t oldest = keyring_newest(book->portal);
        size_t before = book->portal->nversions;

        for (size_t i = 0; i < book->manifest.n; i++) {
                const struct backup *b = &book->manifest.backups[i];

                if ((backup_is_good(b) || b->state == BACKUP_SEALED || b->state == BACKUP_SUSPECT) &&
                    b->about.kek < oldest)
                        oldest = b->about.kek;
        }
        keyring_drop_before(book->portal, oldest);
        if (book->portal->nversions == before)
                return 0;
        keyring_renew(&vault.ring);
        return keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), err);
}

static int accept(struct book *book, struct backup *backup, bool suspect, struct json *pruned,
                  struct err *err)
{
        enum backup_state to = backup->state;

        if (to == BACKUP_SEALED && suspect)
                to = BACKUP_SUSPECT;
        else if (to == BACKUP_SEALED)
                to = retention_has_shrunk(&book->manifest, backup) ? BACKUP_HELD : BACKUP_VERIFIED;
        int r = book_step(book, backup, to, err);

        if (r == 0)
                r = prune(book, pruned, err);
        return r < 0 ? r : drop_old_keys(book, err);
}

/* A file that never counted goes; one that did stays for whoever wants to look at it. */
static int reject(struct book *book, struct backup *backup, struct err *err)
{
        bool counted = backup_is_good(backup);
        int r = book_step(book, backup, BACKUP_FAILED, err);

        if (r == 0 && counted)
                service_log(LOG_ERROR, "a backup that was good cannot be opened any more portal=%llu "
                            "seq=%llu; make another now, and look at the disk",
                            (unsigned long long)book->portal->id, (unsigned long long)backup->about.seq);
        if (r == 0 && !counted)
                book_remove_file(book, backup->about.seq, "esdk");
        return r;
}

static int take_verdict(struct message *msg, struct json **out, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct json *pruned = json_new_array();
        struct backup backup = { .size = 0 };
        int r = book_open(message_get_u64(msg), false, &book, err);

        if (r == 0)
                r = book_find(&book, message_get_u64(msg), &backup, err);
        uint32_t verdict = message_get_u32(msg);

        if (r == 0)
                r = verdict != VERDICT_BAD
                            ? accept(&book, &backup, verdict == VERDICT_SUSPECT, pruned, err)
                            : reject(&book, &backup, err);
        if (r < 0) {
                json_free(&pruned);
                return r;
        }
        *out = backup_json(&backup);
        json_put(*out, "pruned", pruned);
        tell_age(&book);
        return 0;
}

static int confirm(struct message *msg, struct json **out, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct json *pruned = json_new_array();
        struct backup backup = { .size = 0 };
        int r = book_open(message_get_u64(msg), false, &book, err);

        if (r == 0)
                r = book_find(&book, message_get_u64(msg), &backup, err);
        if (r == 0 && backup.state != BACKUP_HELD)
                r = err_set(err, ERR_INVALID, "the backup %llu is not held; nothing has to be confirmed",
                            (unsigned long long)backup.about.seq);
        if (r == 0)
                r = book_step(&book, &backup, BACKUP_VERIFIED, err);
        if (r == 0)
                r = prune(&book, pruned, err);
        if (r < 0) {
                json_free(&pruned);
                return r;
        }
        *out = backup_json(&backup);
        json_put(*out, "pruned", pruned);
        tell_age(&book);
        return 0;
}

/* ---- forgetting ---- */

/* The keys first: from then on the files are noise, whatever becomes of them or of copies elsewhere. */
static int forget(uint64_t portal, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        char name[24];
        int r = keys_check_open(err);

        if (r < 0 || keyring_find(&vault.ring, portal) == NULL)
                return r;
        int readable = book_open(portal, false, &book, err);

        keyring_forget(&vault.ring, portal);
        keyring_renew(&vault.ring);
        book.portal = NULL;
        r = keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), err);
        if (r < 0 || readable < 0)
                return r;
        for (size_t i = 0; i < book.manifest.n; i++) {
                char file[FILE_NAME_MAX];

                book_file_name(book.manifest.backups[i].about.seq, "esdk", file);
                if (unlinkat(book.folder, file, 0) < 0)
                        continue;       /* pruned long ago */
        }
        snprintf(name, sizeof name, "%llu", (unsigned long long)portal);
        if (unlinkat(book.folder, "copies", 0) < 0 && errno != ENOENT)
                service_log(LOG_WARNING, "the list of a destroyed portal's copies stays portal=%s", name);
        if (unlinkat(book.folder, "manifest", 0) < 0 || unlinkat(vault.backups, name, AT_REMOVEDIR) < 0)
                service_log(LOG_WARNING, "a destroyed portal's folder of backups stays; its keys are gone "
                            "portal=%s", name);
        return 0;
}

/* ---- marks ---- */

/* One that has no keys yet has no backup that could bring it back. */
static void take_mark(uint64_t id, struct message *msg)
{
        struct keyring_portal *portal = keys_check_open(NULL) == 0 ? keyring_find(&vault.ring, id) : NULL;
        uint8_t state = (uint8_t)message_get_u32(msg);
        int64_t delete_after = (int64_t)message_get_u64(msg);
        struct err err;

        if (portal == NULL || (portal->state == state && portal->delete_after == delete_after))
                return;
        portal->state = state;
        portal->delete_after = delete_after;
        if (keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), &err) < 0)
                service_log(LOG_WARNING, "the state of a portal is not kept beside its keys portal=%llu: %s",
                            (unsigned long long)id, err.text);
        copying_look(id);
}

/* ---- dispatch ---- */

typedef int request_fn(struct message *msg, struct json **out, struct err *err);

static int run_list(struct message *msg, struct json **out, struct err *err)
{
        return list(message_get_u64(msg), out, err);
}

static int run_forget(struct message *msg, struct json **out, struct err *err)
{
        (void)out;
        return forget(message_get_u64(msg), err);
}

static void run(uint64_t token, struct message *msg, request_fn *request)
{
        struct json *out = NULL;
        struct err err;

        if (request(msg, &out, &err) < 0)
                tell_failed(token, &err);
        else
                tell_done(token, out);
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        uint64_t token = message_get_u64(msg), portal;

        (void)ctx;
        switch (msg->type) {
        case MSG_VAULT_BEGIN:
                intake_begin(token, msg);
                break;
        case MSG_VAULT_COMMIT:
                intake_commit(token, msg);
                break;
        case MSG_VAULT_ABORT:
                intake_abort(token);
                outlet_abort(token);
                break;
        case MSG_VAULT_OPEN:
        case MSG_VAULT_TAKE:
                outlet_open(token, msg);
                break;
        case MSG_VAULT_VERDICT:
                run(token, msg, take_verdict);
                break;
        case MSG_VAULT_CONFIRM:
                run(token, msg, confirm);
                break;
        case MSG_VAULT_LIST:
                run(token, msg, run_list);
                break;
        case MSG_VAULT_FORGET:
                run(token, msg, run_forget);
                break;
        case MSG_VAULT_MARK:
                take_mark(token, msg);  /* its first number is the portal's */
                break;
        case MSG_VAULT_FETCH:
                fetch_order(token, msg, fd);
                return;
        case MSG_VAULT_KEYS:
                portal = message_get_u64(msg);
                keys_order(token, portal, message_get_str(msg), fd);
                return;
        default:
                break;
        }
        fd_close(&fd);
}

static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&vault.registry);
        /* Whoever waited for these has gone with it. */
        intake_abort(0);
        outlet_abort(0);
        fetch_abort();
}

void requests_take(int fd)
{
        struct err err;

        channel_free(&vault.registry);
        intake_abort(0);
        outlet_abort(0);
        fetch_abort();
        vault.registry = channel_new(fd, PEER_VAULT, PEER_REGISTRY);
        if (channel_watch(vault.registry, vault.service.loop, on_message, on_closed, NULL, &err) < 0)
                service_die(&err, "channel to the registry");
        /* The ages first: with the state the registry begins to look for what is due. */
        if (keys_check_open(NULL) == 0)
                tidy_all();
        tell_state();
        copying_report();
}
