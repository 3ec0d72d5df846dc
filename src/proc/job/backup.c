/*
 * backup.c -- a portal's database on its way to the vault and back: copied, proven, compressed into
 * a pipe; or received from one, proven, and put in the live one's place.
 *
 * The copy lies in a folder of its own inside the container and goes when the work is done. What
 * a killed job has left, copied or received, is removed by the next backup. Its bytes leave the
 * container through the pipe only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "compress/stream.h"
#include "crypto/hex.h"
#include "json/json.h"
#include "orders.h"
#include "store/audit.h"
#include "store/content_hash.h"
#include "store/restore.h"
#include "store/set_aside.h"
#include "store/snapshot.h"
#include "store/store.h"

enum { CACHE_KIB = 32 * 1024, BUSY_MS = 30000, PAGES_READ = 20 };

enum restore_how {
        RESTORE_OWN = 1, RESTORE_OTHERS = 2, RESTORE_DISCARD = 3, RESTORE_DAMAGED = 4, RESTORE_LOST = 5,
};

#define SENT "snapshot"
#define RECEIVED "received"
#define RESTORED "restored.db"

/* ---- the copy's folder ---- */

static int remove_copy(const char *folder, struct err *err)
{
        static const char *const files[] = { "portal.db", "portal.db-wal", "portal.db-shm",
                                             "portal.db-journal", "portal.sums", "generation" };
        int at CLEANUP_FD = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (at < 0 && errno == ENOENT)
                return 0;
        if (at < 0)
                return err_errno(err, "open the folder %s", folder);
        for (size_t i = 0; i < ARRAY_LEN(files); i++)
                if (unlinkat(at, files[i], 0) < 0 && errno != ENOENT)
                        return err_errno(err, "remove %s/%s", folder, files[i]);
        if (rmdir(folder) < 0)
                return err_errno(err, "remove the folder %s", folder);
        return 0;
}

static int make_copy_folder(const char *folder, struct err *err)
{
        int r = remove_copy(folder, err);

        if (r == 0 && mkdir(folder, 0700) < 0)
                return err_errno(err, "make the folder %s", folder);
        return r;
}

static void drop_copy(const char *const *folder)
{
        if (*folder != NULL && remove_copy(*folder, NULL) < 0)
                return;         /* the next backup removes it, or says why it cannot */
}

static int open_store(const char *folder, struct store **out, struct err *err)
{
        const struct store_options options = { .cache_kib = CACHE_KIB, .busy_ms = BUSY_MS };

        return store_open(folder, &options, out, err);
}

/* A copy is proven as it is: one of an older release is brought up to date only when it is used. */
static int prove(const char *folder, struct store_content *out, struct err *err)
{
        const struct store_options options = { .cache_kib = CACHE_KIB, .busy_ms = BUSY_MS,
                                               .as_is = true };
        struct store *copy CLEANUP_STORE = NULL;
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        int r = store_open(folder, &options, &copy, err);

        if (r == 0)
                r = store_verify(copy, err);
        if (r == 0)
                r = store_content_hash(copy, arena, out, err);
        out->tables = NULL;     /* they were the arena's */
        return r;
}

static int size_of(const char *path, uint64_t *out, struct err *err)
{
        struct stat st;

        if (stat(path, &st) < 0)
                return err_errno(err, "look at %s", path);
        *out = (uint64_t)st.st_size;
        return 0;
}

/* ---- sending ---- */

static void on_copied(void *ctx, uint64_t done, uint64_t total)
{
        job_progress(ctx, "copying", done, total);
}

static int copy_live(struct job *job, const char *folder, struct err *err)
{
        struct store *live CLEANUP_STORE = NULL;
        int r = open_store(".", &live, err);

        return r < 0 ? r : store_snapshot(live, folder, on_copied, job, err);
}

static int send_copy(const char *path, int pipe, struct err *err)
{
        int from CLEANUP_FD = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        return from < 0 ? err_errno(err, "open %s", path) : compress_stream(from, pipe, err);
}

int order_snapshot(struct job *job, struct message *msg, int fd, struct err *err)
{
        const char *folder CLEANUP(drop_copy) = SENT;
        struct json *result CLEANUP_JSON = json_new_object();
        struct store_content content = { .rows = 0 };
        char hex[DIGEST_HEX_LEN + 1];
        uint64_t bytes = 0;

        kept_expire(KEPT_ALL, KEPT_SECONDS); /* whoever was to do it in time may have been off */
        job_progress(job, "copying", 0, 0);
        /* A restore that was killed, and its registry with it, has left what it received. */
        int r = message_get_u32(msg) == 0 ? remove_copy(RECEIVED, err) : 0;

        if (r == 0)
                r = make_copy_folder(folder, err);
        if (r == 0)
                r = copy_live(job, folder, err);
        if (r == 0) {
                job_progress(job, "checking the copy", 0, 0);
                r = prove(folder, &content, err);
        }
        if (r == 0)
                r = size_of(SENT "/portal.db", &bytes, err);
        if (r == 0) {
                job_progress(job, "sealing", 0, 0);
                r = send_copy(SENT "/portal.db", fd, err);
        }
        if (r < 0)
                return r;
        digest_hex(&content.hash, hex);
        json_put_int(result, "bytes", (int64_t)bytes);
        json_put_int(result, "rows", (int64_t)content.rows);
        json_put_text(result, "content", str_of(hex));
        json_render(result, false, &job->json);
        return 0;
}

/* ---- receiving ---- */

struct expected {
        uint64_t bytes;
        uint64_t rows;
        struct digest content;
};

static int read_digest(struct str hex, struct digest *out, struct err *err)
{
        if (!hex_read(hex, out->b, DIGEST_LEN))
                return err_set(err, ERR_PROTOCOL, "the order has no digest");
        return 0;
}

static int hold_against(const struct store_content *is, const struct expected *must, struct err *err)
{
        if (is->rows != must->rows || memcmp(is->hash.b, must->content.b, DIGEST_LEN) != 0)
                return err_set(err, ERR_CORRUPT, "what the backup holds is not what was backed up");
        return 0;
}

static int receive(int pipe, const struct expected *must, struct err *err)
{
        int to CLEANUP_FD = open(RECEIVED "/portal.db",
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        uint64_t bytes = 0;

        if (to < 0)
                return err_errno(err, "make %s", RECEIVED "/portal.db");
        int r = decompress_stream(pipe, to, must->bytes, err);

        if (r == 0)
                r = size_of(RECEIVED "/portal.db", &bytes, err);
        if (r == 0 && bytes != must->bytes)
                r = err_set(err, ERR_CORRUPT, "the backup has another length than what was backed up");
        return r;
}

static int prove_received(struct job *job, const struct expected *must, struct err *err)
{
        struct store_content content = { .rows = 0 };

        job_progress(job, "checking the content", 0, 0);
        int r = prove(RECEIVED, &content, err);

        return r < 0 ? r : hold_against(&content, must, err);
}

/* What it says once this release has brought it up to date, and some of its pages. */
static int use_received(struct json *result, struct err *err)
{
        struct store *copy CLEANUP_STORE = NULL;
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_content content = { .rows = 0 };
        char hex[DIGEST_HEX_LEN + 1];
        unsigned pages = 0;
        int r = open_store(RECEIVED, &copy, err);

        if (r == 0)
                r = store_read_pages(copy, PAGES_READ, &pages, err);
        if (r == 0)
                r = store_content_hash(copy, arena, &content, err);
        if (r < 0)
                return r;
        digest_hex(&content.hash, hex);
        json_put_int(result, "pages", pages);
        json_put_int(result, "rows", (int64_t)content.rows);
        json_put_text(result, "content", str_of(hex));
        return 0;
}

int order_receive(struct job *job, struct message *msg, int fd, struct err *err)
{
        const char *folder CLEANUP(drop_copy) = RECEIVED;
        struct expected must = { .bytes = message_get_u64(msg) };
        struct json *result CLEANUP_JSON = json_new_object();

        must.rows = message_get_u64(msg);
        int r = read_digest(message_get_str(msg), &must.content, err);

        if (r == 0)
                r = make_copy_folder(folder, err);
        if (r == 0) {
                job_progress(job, "opening the backup", 0, 0);
                r = receive(fd, &must, err);
        }
        if (r == 0)
                r = prove_received(job, &must, err);
        if (r == 0)
                r = use_received(result, err);
        if (r < 0)
                return r;
        folder = NULL;          /* it stays for JOB_RESTORE, or goes with a throw-away container */
        json_render(result, false, &job->json);
        return 0;
}

/* ---- putting it in the live one's place ---- */

/* Who ordered it, and out of which backup. */
struct ordered {
        enum restore_how how;
        int64_t backup, actor;
};

static int write_log(struct store *live, const struct ordered *ordered, struct err *err)
{
        char detail[48];
        int written = snprintf(detail, sizeof detail, "{\"backup\":%lld%s}", (long long)ordered->backup,
                               ordered->how == RESTORE_DAMAGED ? ",\"damaged\":true"
                               : ordered->how == RESTORE_LOST  ? ",\"lost\":true"
                                                               : "");
        const struct store_audit_record record = {
                .time = clock_unix(), .actor = ordered->actor,
                .action = ordered->how == RESTORE_OTHERS ? STR("portal.restored-as") : STR("portal.restored"),
                .object = STR(""), .address = STR(""), .detail = str_make(detail, (size_t)written),
        };
        int r = store_begin(live, err);

        if (r < 0)
                return r;
        r = store_audit_add(live, &record, err);
        if (r < 0) {
                store_rollback(live);
                return r;
        }
        return store_commit_quietly(live, err);
}

static int put_in_place(struct store *copy, struct store *live, const struct ordered *ordered,
                        struct err *err)
{
        int r = ordered->how == RESTORE_OWN    ? store_settle(copy, live, err)
                : ordered->how == RESTORE_LOST ? store_give_back(copy, err)
                                               : store_lock_out(copy, err);

        if (r == 0)
                r = write_log(copy, ordered, err);  /* in the copy: it arrives with the rest */
        return r < 0 ? r : store_replace(live, copy, err);
}

/* What was received, unless it is another than what was proven: it has lain there since. */
static int open_received(const struct expected *must, struct store **out, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_content content = { .rows = 0 };
        int r = open_store(RECEIVED, out, err);

        if (r == 0)
                r = store_content_hash(*out, arena, &content, err);
        return r < 0 ? r : hold_against(&content, must, err);
}

/* Nothing is read from the live database or written to it: it keeps its bytes under another name. */
static int put_instead(struct store **copy, const struct ordered *ordered, struct err *err)
{
        int r = store_lock_out_bare(*copy, err);

        if (r == 0)
                r = write_log(*copy, ordered, err);
        store_close(copy);
        if (r == 0 && unlink(RESTORED) < 0 && errno != ENOENT)
                r = err_errno(err, "remove an older restored database");
        if (r == 0)
                r = store_rewrite(RECEIVED, RESTORED, err);
        return r < 0 ? r : store_set_aside(RESTORED, err);
}

/* What the portal is called now, for the registry's list. */
static int tell_site(struct job *job, struct store *live, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *result CLEANUP_JSON = json_new_object();
        int r = order_put_site(result, live, arena, err);

        if (r == 0)
                json_render(result, false, &job->json);
        return r;
}

int order_restore(struct job *job, struct message *msg, int fd, struct err *err)
{
        const char *folder CLEANUP(drop_copy) = RECEIVED;
        struct store *copy CLEANUP_STORE = NULL, *live CLEANUP_STORE = NULL;
        struct ordered ordered = { .how = (enum restore_how)message_get_u32(msg) };
        struct expected must = { .rows = message_get_u64(msg) };
        int r = read_digest(message_get_str(msg), &must.content, err);

        ordered.backup = (int64_t)message_get_u64(msg);
        ordered.actor = ordered.how == RESTORE_OWN ? (int64_t)message_get_u64(msg) : AUDIT_HOST;
        (void)fd;
        (void)folder;           /* whatever happens, it goes */
        if (ordered.how == RESTORE_DISCARD)
                return 0;
        if (r == 0 && ordered.how != RESTORE_OWN && ordered.how != RESTORE_OTHERS &&
            ordered.how != RESTORE_DAMAGED && ordered.how != RESTORE_LOST)
                r = err_set(err, ERR_PROTOCOL, "there is no such way to restore");
        if (r == 0)
                r = open_received(&must, &copy, err);
        if (r == 0)
                job_progress(job, "restoring", 0, 0);
        if (r == 0 && ordered.how == RESTORE_DAMAGED)
                return put_instead(&copy, &ordered, err);
        if (r == 0)
                r = open_store(".", &live, err);
        if (r == 0)
                r = put_in_place(copy, live, &ordered, err);
        return r < 0 ? r : tell_site(job, live, err);
}

/* ---- for parts.c ---- */

int received_open(struct message *msg, struct received *out, struct err *err)
{
        struct expected must = { .rows = message_get_u64(msg) };
        int r = read_digest(message_get_str(msg), &must.content, err);

        if (r == 0)
                r = open_received(&must, &out->copy, err);
        return r < 0 ? r : open_store(".", &out->live, err);
}

void received_close(struct received *received)
{
        store_close(&received->copy);
        store_close(&received->live);
        if (remove_copy(RECEIVED, NULL) < 0)
                return;         /* the next backup removes it, or says why it cannot */
}
