/*
 * books.c -- a portal's list of backups is read anew for each piece of work: nothing that was kept
 * in memory can disagree with the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/clock.h"
#include "base/fd.h"
#include "offsite.h"

int book_folder(uint64_t portal, bool make, struct err *err)
{
        char name[24];

        snprintf(name, sizeof name, "%llu", (unsigned long long)portal);
        if (make && mkdirat(vault.backups, name, 0700) < 0 && errno != EEXIST)
                return err_errno(err, "make the folder of the portal's backups");
        int fd = openat(vault.backups, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "open the folder of the portal's backups");
        if (make && fsync(vault.backups) < 0) {
                fd_close(&fd);
                return err_errno(err, "write the folder of backups");
        }
        return fd;
}

static int save_ring(struct err *err)
{
        return keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), err);
}

static int find_portal(uint64_t portal, bool make, struct keyring_portal **out, struct err *err)
{
        int r = keys_check_open(err);

        if (r < 0)
                return r;
        *out = keyring_find(&vault.ring, portal);
        if (*out != NULL)
                return 0;
        if (!make)
                return err_set(err, ERR_NOT_FOUND, "the portal has no backup yet; 'carrel backup "
                                                   "now' makes "
                               "one");
        r = keyring_add(&vault.ring, portal, clock_unix(), out, err);
        return r < 0 ? r : save_ring(err);
}

int book_open(uint64_t portal, bool make, struct book *out, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        int r = find_portal(portal, make, &book.portal, err);

        if (r < 0)
                return r;
        book.folder = book_folder(portal, make || book.portal->lines == 0, err);
        if (book.folder < 0)
                return book.folder;
        r = manifest_load(book.folder, vault.ring.public, book.portal->lines, &book.portal->head,
                          &book.manifest, err);
        if (r < 0)
                return r;
        /* A line that was written just before the machine stopped: it is remembered from now on. */
        book.portal->lines = book.manifest.lines;
        book.portal->head = book.manifest.head;
        *out = book;
        book = (struct book){ .folder = -1 };
        return 0;
}

void book_close(struct book *book)
{
        fd_close(&book->folder);
        manifest_free(&book->manifest);
}

struct retention_now book_now(void)
{
        struct timespec ts;

        check(clock_gettime(CLOCK_BOOTTIME, &ts) == 0);
        return (struct retention_now){ .unix_time = clock_unix(), .booted = (uint64_t)ts.tv_sec,
                                       .boot = vault.boot };
}

int book_step(struct book *book, struct backup *backup, enum backup_state state, struct err *err)
{
        struct retention_now now = book_now();

        backup->state = state;
        backup->stepped = now.unix_time;
        backup->booted = now.booted;
        backup->boot = now.boot;
        int r = manifest_append(book->folder, &book->manifest, backup,
                                (const uint8_t *)vault.ring.seed.p, err);

        if (r < 0)
                return r;
        book->portal->lines = book->manifest.lines;
        book->portal->head = book->manifest.head;
        copying_look(book->portal->id);
        return save_ring(err);
}

int book_find(const struct book *book, uint64_t seq, struct backup *out, struct err *err)
{
        const struct backup *found = seq > 0 ? manifest_find(&book->manifest, seq)
                                             : retention_newest(&book->manifest);

        if (found == NULL && seq == 0)
                return err_set(err, ERR_NOT_FOUND, "the portal has no good backup yet");
        if (found == NULL)
                return err_set(err, ERR_NOT_FOUND, "there is no backup %llu; 'carrel backup list' "
                                                   "shows which "
                               "there are", (unsigned long long)seq);
        if (found->state != BACKUP_SEALED && found->state != BACKUP_SUSPECT &&
            !backup_is_good(found))
                return err_set(err, ERR_NOT_FOUND, "the backup %llu is %s: there is nothing to open",
                               (unsigned long long)found->about.seq, backup_state_name(found->state));
        *out = *found;
        return 0;
}

void book_file_name(uint64_t seq, const char *ending, char out[static FILE_NAME_MAX])
{
        snprintf(out, FILE_NAME_MAX, "%llu.%s", (unsigned long long)seq, ending);
}

void book_remove_file(const struct book *book, uint64_t seq, const char *ending)
{
        char name[FILE_NAME_MAX];

        book_file_name(seq, ending, name);
        if (unlinkat(book->folder, name, 0) < 0 && errno != ENOENT)
                service_log(LOG_WARNING, "a file of a backup stays until the next start "
                                         "portal=%llu file=%s",
                            (unsigned long long)book->portal->id, name);
}
