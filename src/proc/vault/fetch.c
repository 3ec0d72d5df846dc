/*
 * fetch.c -- what the registry asks while a lost host comes back; one order at a time.
 *
 *   1  the store of keys, proven by the root key that two shares give        -> adopt.c
 *   2  which portal follows
 *   3  a portal's list, then those of its backups that the list calls good, newest first
 *   4  it is over
 *
 * A file has its name only when it is proven and on the disk, so what has a name is not fetched again. An
 * object that is missing or another one is its portal's loss, and an older backup takes its place; storage
 * that fails ends the order, and it goes on with the next one.
 */
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

enum { STEP_OPEN = 1, STEP_NEXT, STEP_BRING, STEP_OVER };

enum { PROGRESS_MS = 500, WRONG_TRIES = 2 };

static struct {
        bool on;                        /* between step 1 and step 4 */
        uint64_t token;                 /* of the order under way; 0: none */
        struct secret key;              /* step 1 */
        uint64_t portal;                /* step 3, and all below */
        uint64_t lines;                 /* of the list that is asked for */
        uint64_t seq;                   /* the backup that comes; 0: the list does */
        unsigned wrong;                 /* so often it was another one */
        uint64_t below;                 /* backups from this number on are settled */
        uint64_t newest;                /* the newest one that is here; 0: none */
        unsigned good, missing;
        uint64_t done, total;           /* bytes */
        char why[ERR_TEXT_MAX];         /* the first loss */
        int file;
        struct loop_timer progress;
} fetch = { .file = -1 };

bool fetch_is_on(void)
{
        return fetch.on;
}

/* ---- the end of an order ---- */

static void forget_order(void)
{
        haul_stop();
        loop_cancel_timer(&fetch.progress);
        secret_free(&fetch.key);
        fd_close(&fetch.file);
        fetch.token = 0;
}

static void remove_part(void)
{
        int folder CLEANUP_FD = fetch.seq > 0 ? book_folder(fetch.portal, false, NULL) : -1;
        char part[FILE_NAME_MAX];

        book_file_name(fetch.seq, "part", part);
        if (folder >= 0 && unlinkat(folder, part, 0) < 0 && errno != ENOENT)
                service_log(LOG_WARNING, "half a copy stays portal=%llu file=%s",
                            (unsigned long long)fetch.portal, part);
        fetch.seq = 0;
}

static void fail(const struct err *err)
{
        uint64_t token = fetch.token;

        remove_part();
        forget_order();
        tell_failed(token, err);
}

static void succeed(struct json *answer)
{
        uint64_t token = fetch.token;

        forget_order();
        tell_done(token, answer);
}

/* The storage failed, or its key may not read: nothing here can be done about that. */
static void fail_of(const struct hauled *got, const char *what)
{
        struct err err;
        int r;

        if (got->outcome == OFFSITE_FAILED)
                r = err_set(&err, ERR_IO, "%s did not come: %s; when that is mended, 'carrel backup "
                            "fetch' goes on where this ended", what, got->why);
        else if (got->outcome == OFFSITE_ABSENT)
                r = err_set(&err, ERR_NOT_FOUND, "%s is not at %s; 'url' in [offsite] must be the lost "
                            "host's", what, offsite_place_text());
        else
                r = err_set(&err, ERR_DENIED, "%s may not be read with this key (or is not there): give "
                            "key_id in [offsite] the right to read, s3:GetObject and s3:ListBucket", what);
        (void)r;
        fail(&err);
}

/* ---- 1: the keys ---- */

static struct json *about_keys(bool resumed)
{
        struct json *o = json_new_object();

        json_put_int(o, "portals", (int64_t)vault.ring.n);
        json_put_int(o, "highest", vault.ring.n > 0 ? (int64_t)vault.ring.portals[vault.ring.n - 1]->id : 0);
        json_put_bool(o, "resumed", resumed);
        json_put_text(o, "place", str_of(offsite_place_text()));
        return o;
}

static int prove_store(struct str bytes, struct err *err)
{
        struct keyring ring CLEANUP_KEYRING = { 0 };
        int r = keyring_read(bytes, secret_str(&fetch.key), &ring, err);

        if (r == ERR_DENIED)
                return err_set(err, r, "the store of keys at %s does not open with these shares: they are of "
                               "another host or an older root key, or it is another host's store",
                               offsite_place_text());
        if (r < 0)
                return err_set(err, r, "the store of keys at %s is damaged; bring an older version of the "
                               "object 'store' back there, then try again", offsite_place_text());
        return 0;
}

static void on_store(const struct hauled *got)
{
        struct err err;

        if (got->outcome != OFFSITE_DONE) {
                fail_of(got, "the store of keys");
                return;
        }
        int r = prove_store(got->bytes, &err);

        if (r == 0)
                r = adopt_keys(secret_str(&fetch.key), got->bytes, &err);
        if (r < 0) {
                fail(&err);
                return;
        }
        fetch.on = true;
        service_log(LOG_NOTICE, "the keys of a lost host are here portals=%zu", vault.ring.n);
        tell_state();
        succeed(about_keys(false));
}

/* An earlier one was interrupted: the same shares open what it has brought. */
static int resume(struct str typed, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };
        int r = root_join(typed, &key, err);

        if (r == 0 && vault.key.n > 0 && !secret_eq(secret_str(&key), secret_str(&vault.key)))
                r = err_set(err, ERR_DENIED, "these shares give another key than this host's %s",
                            vault.root.fingerprint);
        if (r == 0 && vault.key.n == 0) {
                r = keys_take(secret_str(&key), err);
                if (r == 0)
                        tell_state();
        }
        return r;
}

static int open_keys(bool empty, int fd, struct err *err)
{
        struct secret typed CLEANUP_SECRET = { 0 };
        int r = keys_read_typed(fd, &typed, err);

        if (r == 0 && !offsite_is_on())
                r = err_set(err, ERR_INVALID, "no off-site storage is set; write [offsite] with the lost "
                            "host's url into the settings and start again");
        if (r < 0)
                return r;
        if (adopt_state() == ADOPT_DONE) {
                r = resume(secret_str(&typed), err);
                return r < 0 ? r : 1;
        }
        r = adopt_check(empty, err);
        return r < 0 ? r : root_join(secret_str(&typed), &fetch.key, err);
}

static void step_open(bool empty, int fd)
{
        struct err err;
        int r = open_keys(empty, fd, &err);

        if (r < 0) {
                fail(&err);
                return;
        }
        if (r == 0) {
                haul_start("store", FETCHED_STORE_MAX, -1, on_store);
                return;
        }
        fetch.on = true;                /* copying waits from now on, until step 4 begins it anew */
        succeed(about_keys(true));
}

/* ---- 2: which portal ---- */

static void step_next(uint64_t after)
{
        struct json *o = json_new_object();

        json_put_int(o, "id", 0);
        for (size_t i = 0; i < vault.ring.n; i++) {
                const struct keyring_portal *portal = vault.ring.portals[i];

                if (portal->id <= after)
                        continue;
                json_put_int(o, "id", (int64_t)portal->id);
                json_put_text(o, "name", str_of(portal->name));
                json_put_int(o, "state", portal->state);
                json_put_int(o, "delete_after", portal->delete_after);
                break;
        }
        succeed(o);
}

/* ---- 3: a portal's backups ---- */

static void ask_next(void);

static void PRINTF(1, 2) note_loss(const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        if (fetch.why[0] == '\0')
                vsnprintf(fetch.why, sizeof fetch.why, fmt, args);
        va_end(args);
}

static int open_book(struct book *book, struct err *err)
{
        return book_open(fetch.portal, false, book, err);
}

/* It was read just now, whole: it is as well proven there as it can be. */
static void note_copy(enum copy_kind kind, uint64_t number, const struct digest *digest)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        const struct copy_row row = { .kind = kind, .number = number, .proven = true, .when = clock_unix(),
                                      .digest = *digest };
        int folder CLEANUP_FD = book_folder(fetch.portal, false, NULL);

        if (folder < 0)
                return;
        copies_load(folder, offsite_place(), &copies);
        copies_put(&copies, &row);
        if (copies_save(folder, &copies, NULL) < 0)
                return;                 /* then it is looked at once more */
}

/* Good ones whose copies are lost must not be counted on; where none came, the list stays for another try. */
static void strike_out_lost(struct book *book)
{
        for (size_t i = 0; i < book->manifest.n; i++) {
                struct backup backup = book->manifest.backups[i];
                char name[FILE_NAME_MAX];
                struct stat st;
                struct err err;

                book_file_name(backup.about.seq, "esdk", name);
                if (!backup_is_good(&backup) ||
                    fstatat(book->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                        continue;
                service_log(LOG_ERROR, "a backup is lost: its copy is missing or damaged portal=%llu "
                            "seq=%llu", (unsigned long long)fetch.portal,
                            (unsigned long long)backup.about.seq);
                if (book_step(book, &backup, BACKUP_FAILED, &err) < 0)
                        service_log(LOG_ERROR, "and the list cannot say so: %s", err.text);
        }
}

static void end_portal(void)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct json *o = json_new_object();
        char when[CLOCK_ISO_LEN + 1] = "";
        const struct backup *newest = NULL;

        if (open_book(&book, NULL) == 0) {
                if (fetch.good > 0 && fetch.missing > 0)
                        strike_out_lost(&book);
                newest = manifest_find(&book.manifest, fetch.newest);
                tell_age(&book);
        }
        if (newest != NULL)
                clock_iso(newest->about.created, when);
        json_put_int(o, "good", fetch.good);
        json_put_int(o, "missing", fetch.missing);
        json_put_int(o, "backup", (int64_t)fetch.newest);
        json_put_text(o, "created", str_of(when));
        json_put_text(o, "why", str_of(fetch.why));
        succeed(o);
}

/* The bytes of a backup are on the disk before it has its name, and then the name is. */
static int name_file(const struct backup *backup, struct err *err)
{
        int folder CLEANUP_FD = book_folder(fetch.portal, false, err);
        char part[FILE_NAME_MAX], whole[FILE_NAME_MAX];

        if (folder < 0)
                return folder;
        book_file_name(backup->about.seq, "part", part);
        book_file_name(backup->about.seq, "esdk", whole);
        if (fdatasync(fetch.file) < 0 || renameat(folder, part, folder, whole) < 0 || fsync(folder) < 0)
                return err_errno(err, "give the fetched backup its name");
        note_copy(COPY_BACKUP, backup->about.seq, &backup->file);
        return 0;
}

static void count_good(uint64_t seq)
{
        fetch.good++;
        if (fetch.newest == 0)
                fetch.newest = seq;
}

static void lose_backup(const char *why)
{
        note_loss("the copy of backup %llu %s", (unsigned long long)fetch.seq, why);
        fetch.missing++;
        fetch.below = fetch.seq;
        fd_close(&fetch.file);
        remove_part();
        ask_next();
}

static void on_backup(const struct hauled *got)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct err err;
        int r = open_book(&book, &err);
        const struct backup *backup = r == 0 ? manifest_find(&book.manifest, fetch.seq) : NULL;

        if (got->outcome == OFFSITE_FAILED || backup == NULL) {
                r < 0 ? fail(&err) : fail_of(got, "a backup");
                return;
        }
        if (got->outcome != OFFSITE_DONE) {
                lose_backup("is not there, or may not be read");
                return;
        }
        if (got->size != backup->size || memcmp(got->digest.b, backup->file.b, DIGEST_LEN) != 0) {
                if (++fetch.wrong < WRONG_TRIES)
                        ask_next();
                else
                        lose_backup("is damaged or another");
                return;
        }
        if (name_file(backup, &err) < 0) {
                fail(&err);
                return;
        }
        count_good(backup->about.seq);
        fetch.below = fetch.seq;
        fetch.done += backup->size;
        fetch.seq = 0;
        ask_next();
}

static bool is_here(const struct book *book, const struct backup *backup)
{
        char name[FILE_NAME_MAX];
        struct stat st;

        book_file_name(backup->about.seq, "esdk", name);
        return fstatat(book->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
               (uint64_t)st.st_size == backup->size;
}

/* The newest good one below those that are settled, or NULL. */
static const struct backup *next_backup(const struct book *book)
{
        for (size_t i = book->manifest.n; i-- > 0;)
                if (backup_is_good(&book->manifest.backups[i]) &&
                    book->manifest.backups[i].about.seq < fetch.below)
                        return &book->manifest.backups[i];
        return NULL;
}

static int ask_backup(const struct book *book, const struct backup *backup, struct err *err)
{
        char part[FILE_NAME_MAX], name[OBJECT_NAME_MAX];

        if (fetch.seq != backup->about.seq)
                fetch.wrong = 0;
        fetch.seq = backup->about.seq;
        fd_close(&fetch.file);
        book_file_name(fetch.seq, "part", part);
        fetch.file = openat(book->folder, part,
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fetch.file < 0)
                return err_errno(err, "make the file of a fetched backup");
        offsite_name(book->portal, COPY_BACKUP, fetch.seq, name);
        haul_start(name, backup->size, fetch.file, on_backup);
        return 0;
}

static void ask_next(void)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        const struct backup *backup;
        struct err err;

        if (open_book(&book, &err) < 0) {
                fail(&err);
                return;
        }
        while ((backup = next_backup(&book)) != NULL && is_here(&book, backup)) {
                count_good(backup->about.seq);
                fetch.below = backup->about.seq;
                fetch.done += backup->size;
        }
        if (backup == NULL)
                end_portal();
        else if (ask_backup(&book, backup, &err) < 0)
                fail(&err);
}

/* ---- 3: its list ---- */

static void begin_backups(void)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct err err;

        if (open_book(&book, &err) < 0) {
                fail(&err);
                return;
        }
        for (size_t i = 0; i < book.manifest.n; i++)
                if (backup_is_good(&book.manifest.backups[i]))
                        fetch.total += book.manifest.backups[i].size;
        fetch.below = UINT64_MAX;
        ask_next();
}

/* The list whose line the store names, signed by the key that the store has. */
static int prove_list(const struct keyring_portal *portal, struct str text, struct err *err)
{
        struct manifest manifest CLEANUP_MANIFEST = { 0 };
        struct digest then;
        size_t whole = 0;
        int r = manifest_read(text, vault.ring.public, &manifest, &whole, err);

        if (r < 0)
                return r;
        if (whole != text.n || !manifest_digest_at(text, portal->lines, &then) ||
            memcmp(then.b, portal->head.b, DIGEST_LEN) != 0)
                return err_set(err, ERR_CORRUPT, "it is older than the one that was copied last, or another");
        return 0;
}

static int keep_list(const struct hauled *got, struct err *err)
{
        int folder CLEANUP_FD = book_folder(fetch.portal, true, err);
        int r = folder < 0 ? folder
                           : fd_replace(folder, "manifest", 0600, got->bytes.p, got->bytes.n, err);

        if (r == 0)
                note_copy(COPY_MANIFEST, fetch.lines, &got->digest);
        return r;
}

static void ask_list(uint64_t lines);

static void on_list(const struct hauled *got)
{
        const struct keyring_portal *portal = keyring_find(&vault.ring, fetch.portal);
        struct err err;

        if (got->outcome == OFFSITE_FAILED || portal == NULL) {
                fail_of(got, "a list of backups");
        } else if (got->outcome != OFFSITE_DONE && fetch.lines == portal->lines) {
                ask_list(portal->lines + 1);    /* the host stopped between a line and its number */
        } else if (got->outcome != OFFSITE_DONE) {
                note_loss("its list of backups with %llu lines is not there, or may not be read",
                          (unsigned long long)portal->lines);
                end_portal();
        } else if (prove_list(portal, got->bytes, &err) < 0) {
                note_loss("its list of backups is not what was copied: %s", err.text);
                end_portal();
        } else if (keep_list(got, &err) < 0) {
                fail(&err);
        } else {
                begin_backups();
        }
}

static void ask_list(uint64_t lines)
{
        char name[OBJECT_NAME_MAX];

        fetch.lines = lines;
        offsite_name(keyring_find(&vault.ring, fetch.portal), COPY_MANIFEST, lines, name);
        haul_start(name, MANIFEST_BYTES_MAX, -1, on_list);
}

static bool has_list(uint64_t portal)
{
        int folder CLEANUP_FD = book_folder(portal, false, NULL);
        struct stat st;

        return folder >= 0 && fstatat(folder, "manifest", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

bool fetch_awaits(uint64_t portal)
{
        return adopt_state() == ADOPT_DONE && !has_list(portal);
}

static void on_progress(void *ctx)
{
        struct message msg CLEANUP_MESSAGE;

        (void)ctx;
        loop_set_timer(vault.service.loop, &fetch.progress, PROGRESS_MS, on_progress, NULL);
        if (fetch.seq == 0)
                return;
        message_init(&msg, MSG_VAULT_FETCHING);
        message_put_u64(&msg, fetch.token);
        message_put_u64(&msg, fetch.done + haul_size());
        message_put_u64(&msg, fetch.total);
        tell_registry(&msg);
}

static void step_bring(uint64_t id)
{
        const struct keyring_portal *portal = keyring_find(&vault.ring, id);
        struct err err;

        fetch.portal = id;
        fetch.seq = fetch.newest = fetch.done = fetch.total = 0;
        fetch.good = fetch.missing = 0;
        fetch.why[0] = '\0';
        if (portal == NULL) {
                int r = err_set(&err, ERR_NOT_FOUND, "there is no such portal in the store of keys");

                (void)r;
                fail(&err);
                return;
        }
        loop_set_timer(vault.service.loop, &fetch.progress, PROGRESS_MS, on_progress, NULL);
        if (portal->lines == 0) {
                note_loss("it had no backup");
                end_portal();
        } else if (has_list(id)) {
                begin_backups();
        } else {
                ask_list(portal->lines);
        }
}

/* ---- orders ---- */

static void stop(void)
{
        if (!fetch.on)
                return;
        fetch.on = false;
        copying_start();
}

static void step_over(bool complete)
{
        if (complete)
                adopt_finish();
        stop();
        tell_state();
        succeed(json_new_object());
}

void fetch_abort(void)
{
        remove_part();
        forget_order();
        stop();
}

void fetch_order(uint64_t token, struct message *msg, int fd)
{
        int typed CLEANUP_FD = fd;
        uint32_t step = message_get_u32(msg);
        uint64_t portal = message_get_u64(msg);
        bool mark = message_get_u32(msg) != 0;
        struct err err;

        if (fetch.token != 0 || (step != STEP_OPEN && !fetch.on)) {
                int r = err_set(&err, ERR_BUSY, "copies are being fetched already; wait for that");

                (void)r;
                tell_failed(token, &err);
                return;
        }
        fetch.token = token;
        fetch.seq = 0;
        switch (step) {
        case STEP_OPEN:
                step_open(mark, typed);
                break;
        case STEP_NEXT:
                step_next(portal);
                break;
        case STEP_BRING:
                step_bring(portal);
                break;
        default:
                step_over(mark);
                break;
        }
}
