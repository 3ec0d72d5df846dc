/*
 * fetch_portal.c -- a lost host's portal: its list, then those of its backups that the list calls good,
 * newest first.
 *
 * A file has its name only when it is proven and on the disk, so what has a name is not fetched again. An
 * object that is missing or another one is its portal's loss, and an older backup takes its place.
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

enum { PROGRESS_MS = 500, WRONG_TRIES = 2 };

static struct {
        uint64_t portal;
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
} bring = { .file = -1 };

static void remove_part(void)
{
        int folder CLEANUP_FD = bring.seq > 0 ? book_folder(bring.portal, false, NULL) : -1;
        char part[FILE_NAME_MAX];

        book_file_name(bring.seq, "part", part);
        if (folder >= 0 && unlinkat(folder, part, 0) < 0 && errno != ENOENT)
                service_log(LOG_WARNING, "half a copy stays portal=%llu file=%s",
                            (unsigned long long)bring.portal, part);
        bring.seq = 0;
}

/* ---- its backups ---- */

static void ask_next(void);

static void PRINTF(1, 2) note_loss(const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        if (bring.why[0] == '\0')
                vsnprintf(bring.why, sizeof bring.why, fmt, args);
        va_end(args);
}

static int open_book(struct book *book, struct err *err)
{
        return book_open(bring.portal, false, book, err);
}

/* It was read just now, whole: it is as well proven there as it can be. */
static void note_copy(enum copy_kind kind, uint64_t number, const struct digest *digest)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        const struct copy_row row = { .kind = kind, .number = number, .proven = true, .when = clock_unix(),
                                      .digest = *digest };
        int folder CLEANUP_FD = book_folder(bring.portal, false, NULL);

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
                            "seq=%llu", (unsigned long long)bring.portal,
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
                if (bring.good > 0 && bring.missing > 0)
                        strike_out_lost(&book);
                newest = manifest_find(&book.manifest, bring.newest);
                tell_age(&book);
        }
        if (newest != NULL)
                clock_iso(newest->about.created, when);
        json_put_int(o, "good", bring.good);
        json_put_int(o, "missing", bring.missing);
        json_put_int(o, "backup", (int64_t)bring.newest);
        json_put_text(o, "created", str_of(when));
        json_put_text(o, "why", str_of(bring.why));
        fetch_succeed(o);
}

/* The bytes of a backup are on the disk before it has its name, and then the name is. */
static int name_file(const struct backup *backup, struct err *err)
{
        int folder CLEANUP_FD = book_folder(bring.portal, false, err);
        char part[FILE_NAME_MAX], whole[FILE_NAME_MAX];

        if (folder < 0)
                return folder;
        book_file_name(backup->about.seq, "part", part);
        book_file_name(backup->about.seq, "esdk", whole);
        if (fdatasync(bring.file) < 0 || renameat(folder, part, folder, whole) < 0 || fsync(folder) < 0)
                return err_errno(err, "give the fetched backup its name");
        note_copy(COPY_BACKUP, backup->about.seq, &backup->file);
        return 0;
}

static void count_good(uint64_t seq)
{
        bring.good++;
        if (bring.newest == 0)
                bring.newest = seq;
}

static void lose_backup(const char *why)
{
        note_loss("the copy of backup %llu %s", (unsigned long long)bring.seq, why);
        bring.missing++;
        bring.below = bring.seq;
        fd_close(&bring.file);
        remove_part();
        ask_next();
}

static void on_backup(const struct hauled *got)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct err err;
        int r = open_book(&book, &err);
        const struct backup *backup = r == 0 ? manifest_find(&book.manifest, bring.seq) : NULL;

        if (got->outcome == OFFSITE_FAILED || backup == NULL) {
                r < 0 ? fetch_fail(&err) : fetch_fail_of(got, "a backup");
                return;
        }
        if (got->outcome != OFFSITE_DONE) {
                lose_backup("is not there, or may not be read");
                return;
        }
        if (got->size != backup->size || memcmp(got->digest.b, backup->file.b, DIGEST_LEN) != 0) {
                if (++bring.wrong < WRONG_TRIES)
                        ask_next();
                else
                        lose_backup("is damaged or another");
                return;
        }
        if (name_file(backup, &err) < 0) {
                fetch_fail(&err);
                return;
        }
        count_good(backup->about.seq);
        bring.below = bring.seq;
        bring.done += backup->size;
        bring.seq = 0;
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
                    book->manifest.backups[i].about.seq < bring.below)
                        return &book->manifest.backups[i];
        return NULL;
}

static int ask_backup(const struct book *book, const struct backup *backup, struct err *err)
{
        char part[FILE_NAME_MAX], name[OBJECT_NAME_MAX];

        if (bring.seq != backup->about.seq)
                bring.wrong = 0;
        bring.seq = backup->about.seq;
        fd_close(&bring.file);
        book_file_name(bring.seq, "part", part);
        bring.file = openat(book->folder, part,
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (bring.file < 0)
                return err_errno(err, "make the file of a fetched backup");
        offsite_name(book->portal, COPY_BACKUP, bring.seq, name);
        haul_start(name, backup->size, bring.file, on_backup);
        return 0;
}

static void ask_next(void)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        const struct backup *backup;
        struct err err;

        if (open_book(&book, &err) < 0) {
                fetch_fail(&err);
                return;
        }
        while ((backup = next_backup(&book)) != NULL && is_here(&book, backup)) {
                count_good(backup->about.seq);
                bring.below = backup->about.seq;
                bring.done += backup->size;
        }
        if (backup == NULL)
                end_portal();
        else if (ask_backup(&book, backup, &err) < 0)
                fetch_fail(&err);
}

/* ---- its list ---- */

static void begin_backups(void)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct err err;

        if (open_book(&book, &err) < 0) {
                fetch_fail(&err);
                return;
        }
        for (size_t i = 0; i < book.manifest.n; i++)
                if (backup_is_good(&book.manifest.backups[i]))
                        bring.total += book.manifest.backups[i].size;
        bring.below = UINT64_MAX;
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
        int folder CLEANUP_FD = book_folder(bring.portal, true, err);
        int r = folder < 0 ? folder
                           : fd_replace(folder, "manifest", 0600, got->bytes.p, got->bytes.n, err);

        if (r == 0)
                note_copy(COPY_MANIFEST, bring.lines, &got->digest);
        return r;
}

static void ask_list(uint64_t lines);

static void on_list(const struct hauled *got)
{
        const struct keyring_portal *portal = keyring_find(&vault.ring, bring.portal);
        struct err err;

        if (got->outcome == OFFSITE_FAILED || portal == NULL) {
                fetch_fail_of(got, "a list of backups");
        } else if (got->outcome != OFFSITE_DONE && bring.lines == portal->lines) {
                ask_list(portal->lines + 1);    /* the host stopped between a line and its number */
        } else if (got->outcome != OFFSITE_DONE) {
                note_loss("its list of backups with %llu lines is not there, or may not be read",
                          (unsigned long long)portal->lines);
                end_portal();
        } else if (prove_list(portal, got->bytes, &err) < 0) {
                note_loss("its list of backups is not what was copied: %s", err.text);
                end_portal();
        } else if (keep_list(got, &err) < 0) {
                fetch_fail(&err);
        } else {
                begin_backups();
        }
}

static void ask_list(uint64_t lines)
{
        char name[OBJECT_NAME_MAX];

        bring.lines = lines;
        offsite_name(keyring_find(&vault.ring, bring.portal), COPY_MANIFEST, lines, name);
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
        (void)ctx;
        loop_set_timer(vault.service.loop, &bring.progress, PROGRESS_MS, on_progress, NULL);
        if (bring.seq > 0)
                fetch_tell_progress(bring.done + haul_size(), bring.total);
}

void fetch_portal_begin(uint64_t id)
{
        const struct keyring_portal *portal = keyring_find(&vault.ring, id);
        struct err err;

        bring.portal = id;
        bring.seq = bring.newest = bring.done = bring.total = 0;
        bring.good = bring.missing = 0;
        bring.why[0] = '\0';
        if (portal == NULL) {
                int r = err_set(&err, ERR_NOT_FOUND, "there is no such portal in the store of keys");

                (void)r;
                fetch_fail(&err);
                return;
        }
        loop_set_timer(vault.service.loop, &bring.progress, PROGRESS_MS, on_progress, NULL);
        if (portal->lines == 0) {
                note_loss("it had no backup");
                end_portal();
        } else if (has_list(id)) {
                begin_backups();
        } else {
                ask_list(portal->lines);
        }
}

void fetch_portal_end(void)
{
        loop_cancel_timer(&bring.progress);
        fd_close(&bring.file);
        remove_part();
}
