/*
 * tidy.c -- what a killed vault may have left: half a file, a number without an end, a file that
 * should have gone. None of it ever counted; each is named in the list.
 */
#include <stdio.h>

#include "fetch.h"
#include "vault.h"

static void tidy(uint64_t portal)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct err err;

        if (book_open(portal, false, &book, &err) < 0) {
                if (!fetch_awaits(portal))
                        service_log(LOG_ERROR, "backups cannot be used portal=%llu: %s",
                                    (unsigned long long)portal, err.text);
                return;
        }
        for (size_t i = 0; i < book.manifest.n; i++) {
                struct backup backup = book.manifest.backups[i];

                if (backup.state == BACKUP_BEGUN) {
                        book_remove_file(&book, backup.about.seq, "part");
                        book_remove_file(&book, backup.about.seq, "esdk");
                        if (book_step(&book, &backup, BACKUP_FAILED, &err) < 0)
                                service_log(LOG_ERROR, "the list of backups cannot be written "
                                                       "portal=%llu: %s",
                                            (unsigned long long)portal, err.text);
                } else if (backup.state == BACKUP_PRUNED) {
                        book_remove_file(&book, backup.about.seq, "esdk");
                }
        }
        tell_age(&book);
}

void tidy_all(void)
{
        for (size_t i = 0; i < vault.ring.n; i++)
                tidy(vault.ring.portals[i]->id);
}
