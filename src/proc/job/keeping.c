/*
 * keeping.c -- what waits in the container until the portal's administrators fetch it, and the log that knows
 * of it.
 *
 * A backup that is sealed to their own key comes through a pipe of the vault's. That the pipe ended says
 * nothing, for a vault that was killed ends it too: the file gets its name only when the registry has told
 * what the whole was.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "crypto/digest.h"
#include "orders.h"
#include "people/client_key.h"
#include "store/audit.h"

/* The portal opens it by this name, too: own_key.c there. */
#define SEALED "sealed.esdk"
#define SEALED_PART "sealed.part"

enum { PIECE = 128 * 1024, STEP_MS = 500, BUSY_MS = 30000, PART_SECONDS = 3600 };

static const uint64_t spare = 32 << 20;         /* bytes that the portal itself can still write meanwhile */

void kept_expire(unsigned what, uint64_t keep_seconds)
{
        static const struct {
                enum kept what;
                const char *name;
                uint64_t most;          /* seconds since the last byte of one that nobody finishes any more */
        } files[] = {
                { KEPT_EXPORT, "takeaway.zip", KEPT_SECONDS }, { KEPT_EXPORT, "takeaway.part", PART_SECONDS },
                { KEPT_BACKUP, SEALED, KEPT_SECONDS }, { KEPT_BACKUP, SEALED_PART, PART_SECONDS },
                { KEPT_INSIDE, "inside.jsonl", KEPT_SECONDS }, { KEPT_INSIDE, "inside.part", PART_SECONDS },
        };
        struct stat st;
        int r = 0;

        for (size_t i = 0; i < ARRAY_LEN(files); i++) {
                uint64_t keep = keep_seconds < files[i].most ? keep_seconds : files[i].most;

                if ((what & files[i].what) != 0 && stat(files[i].name, &st) == 0 &&
                    (keep == 0 || st.st_mtime + (int64_t)keep <= clock_unix()))
                        r = unlinkat(AT_FDCWD, files[i].name, 0);
        }
        (void)r;                        /* what cannot be removed now is tried again */
}

/* ---- the portal's log ---- */

static int add_record(struct store *store, int64_t actor, struct str action, struct str detail,
                      struct err *err)
{
        const struct store_audit_record record = {
                .time = clock_unix(), .actor = actor, .action = action, .object = STR("portal"),
                .address = STR(""), .detail = detail,
        };

        return store_audit_add(store, &record, err);
}

int log_portal(struct store *store, int64_t actor, struct str action, struct str detail, struct err *err)
{
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = add_record(store, actor, action, detail, err);
        if (r == 0)
                return store_commit_quietly(store, err);
        store_rollback(store);
        return r;
}

int order_record(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options open = { .busy_ms = BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;
        struct str action = message_get_str(msg);
        int r = store_open(".", &open, &store, err);

        (void)job;
        (void)fd;
        return r < 0 ? r : log_portal(store, AUDIT_HOST, action, message_get_str(msg), err);
}

/* ---- a sealed backup ---- */

struct keeping {
        int64_t backup, actor;
        uint64_t room;                  /* more than the file can have */
        uint64_t bytes;                 /* that have come */
        struct digest digest;           /* of them */
};

/* Room is taken before the first byte comes: no portal is brought to a stop by its own backup. */
static int make_room(int file, const struct keeping *k, struct err *err)
{
        if (fallocate(file, 0, 0, (off_t)(k->room + spare)) == 0 || errno == EOPNOTSUPP)
                return 0;
        if (errno == ENOSPC || errno == EDQUOT)
                return err_set(err, ERR_LIMIT, "the host has no room to keep it here: up to %llu MiB "
                               "are needed; its operator can make room",
                               (unsigned long long)((k->room + spare) >> 20));
        return err_errno(err, "make room for the backup");
}

static int read_piece(int pipe, char *piece, size_t *n, struct err *err)
{
        ssize_t got;

        do
                got = read(pipe, piece, PIECE);
        while (got < 0 && errno == EINTR);
        if (got < 0)
                return err_errno(err, "read the sealed backup");
        *n = (size_t)got;
        return 0;
}

static int receive_all(struct job *job, int pipe, int file, struct keeping *k, struct err *err)
{
        char *piece CLEANUP_FREE = xalloc(PIECE);
        struct digest_stream digest;
        uint64_t last = 0;
        size_t n = 1;
        int r = 0;

        digest_start(&digest);
        while (r == 0 && n > 0) {
                r = read_piece(pipe, piece, &n, err);
                if (r == 0)
                        r = fd_write_all(file, piece, n, err);
                digest_add(&digest, piece, n);
                k->bytes += n;
                if (r == 0 && k->bytes > k->room)
                        r = err_set(err, ERR_LIMIT, "the sealed backup is longer than it can be");
                if (clock_ms() >= last + STEP_MS) {
                        last = clock_ms();
                        job_progress(job, "sealing", k->bytes, k->room);
                }
        }
        digest_finish(&digest, &k->digest);
        return r;
}

/* The registry's word: was that all? */
static int hear_whether_whole(struct job *job, const struct keeping *k, struct message *msg,
                              struct str *client, struct err *err)
{
        char hex[DIGEST_HEX_LEN + 1];
        int none = -1;
        int r = job_await(job, msg, &none, err);

        fd_close(&none);
        if (r < 0)
                return r;
        if (msg->type != MSG_JOB_WHOLE)
                return err_set(err, ERR_PROTOCOL, "a job that keeps a backup cannot do %s",
                               message_row(msg->type)->name);
        uint64_t bytes = message_get_u64(msg);
        struct str digest = message_get_str(msg);

        *client = message_get_str(msg);
        digest_hex(&k->digest, hex);
        if (bytes == 0 || bytes != k->bytes || !str_is(digest, hex))
                return err_set(err, ERR_GONE, "the backup did not come whole; nothing is kept of it");
        return 0;
}

/* From here on it is there, and known to be. */
static int note_it(const struct keeping *k, struct str client, struct err *err)
{
        const struct store_options open = { .busy_ms = BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;
        const struct client_copy copy = { .backup = k->backup, .client = client };
        char detail[64 + DIGEST_HEX_LEN];
        int r = store_open(".", &open, &store, err);

        if (r == 0)
                r = store_begin(store, err);
        if (r < 0)
                return r;
        snprintf(detail, sizeof detail, "{\"backup\":%lld,\"client\":\"%.*s\"}", (long long)k->backup,
                 (int)(client.n < DIGEST_HEX_LEN ? client.n : DIGEST_HEX_LEN), client.p);
        r = client_copy_save(store, &copy, err);
        if (r == 0)
                r = add_record(store, k->actor, STR("portal.backup-sealed"), str_of(detail), err);
        if (r == 0)
                return store_commit_quietly(store, err);
        store_rollback(store);
        return r;
}

static int keep(struct job *job, int pipe, struct keeping *k, struct err *err)
{
        int file CLEANUP_FD = open(SEALED_PART, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        struct message msg CLEANUP_MESSAGE = { 0 };
        struct str client = STR("");
        int r = file < 0 ? err_errno(err, "make the backup's file") : make_room(file, k, err);

        if (r == 0)
                r = receive_all(job, pipe, file, k, err);
        if (r == 0)
                r = hear_whether_whole(job, k, &msg, &client, err);
        if (r == 0 && (ftruncate(file, (off_t)k->bytes) < 0 || fdatasync(file) < 0))
                r = err_errno(err, "sync the backup's file");
        if (r == 0)
                r = note_it(k, client, err);
        if (r == 0 && rename(SEALED_PART, SEALED) < 0)
                r = err_errno(err, "name the backup's file");
        return r;
}

int order_keep(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct keeping k = { .backup = (int64_t)message_get_u64(msg) };

        k.room = message_get_u64(msg);
        k.actor = (int64_t)message_get_u64(msg);
        if (fd < 0 || k.room > INT64_MAX - spare)
                return err_set(err, ERR_PROTOCOL, "there is no backup to be kept");
        kept_expire(KEPT_BACKUP, 0);
        int r = keep(job, fd, &k, err);

        if (r < 0)
                kept_expire(KEPT_BACKUP, 0);
        return r;
}
