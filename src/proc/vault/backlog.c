/*
 * backlog.c -- what of a portal is to be done elsewhere: its good backups, newest first, then its list, then
 * what retention has removed here.
 *
 * A copy that was read back is read back again after some days, so that one that is lost there is missed
 * while the backup is still here. Copies that nobody could read back wait until some copy can be.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "offsite.h"

void backlog_copies(const struct book *book, struct copies *out)
{
        copies_load(book->folder, offsite_place(), out);
}

bool backlog_is_due(const struct copy_row *row)
{
        int64_t every = offsite_recheck_seconds();

        if (!row->proven)
                return copying_can_read();
        return every > 0 && clock_unix() - row->when >= every;
}

/* Whether there is something to be done for this object; again: there was a copy that had been read back. */
static bool is_wanted(const struct copies *copies, struct copy_item *item)
{
        const struct copy_row *row = copies_find(copies, item->kind, item->number);

        item->again = row != NULL && row->proven;
        return (row == NULL || backlog_is_due(row)) && !copying_is_aside(item);
}

static bool has_proven(const struct copies *copies, const struct backup *backup)
{
        const struct copy_row *row = copies_find(copies, COPY_BACKUP, backup->about.seq);

        return row != NULL && row->proven;
}

static bool find_backup(const struct book *book, const struct copies *copies, struct copy_item *out)
{
        for (size_t i = book->manifest.n; i-- > 0;) {
                const struct backup *b = &book->manifest.backups[i];

                *out = (struct copy_item){ .portal = book->portal->id, .kind = COPY_BACKUP,
                                           .number = b->about.seq, .digest = b->file };
                if (backup_is_good(b) && is_wanted(copies, out))
                        return true;
        }
        return false;
}

static bool find_manifest(const struct book *book, const struct copies *copies, struct copy_item *out)
{
        *out = (struct copy_item){ .portal = book->portal->id, .kind = COPY_MANIFEST,
                                   .number = book->manifest.lines };
        return book->manifest.lines > 0 && is_wanted(copies, out);
}

/* Every good backup has a copy that was read back: then those that went here may go there. */
static bool may_remove(const struct book *book, const struct copies *copies)
{
        for (size_t i = 0; i < book->manifest.n; i++)
                if (backup_is_good(&book->manifest.backups[i]) &&
                    !has_proven(copies, &book->manifest.backups[i]))
                        return false;
        return true;
}

/* An older list goes when a copy of the store names a newer one: it was stored after that. */
static bool is_superseded(const struct copies *copies, const struct copy_row *row, int64_t stored)
{
        const struct copy_row *last = copies_last(copies, COPY_MANIFEST);

        return row->kind == COPY_MANIFEST && last != NULL && row->number < last->number && last->proven &&
               last->when < stored;
}

static bool is_over(const struct book *book, const struct copy_row *row)
{
        const struct backup *b = manifest_find(&book->manifest, row->number);

        return row->kind == COPY_BACKUP && b != NULL && b->state == BACKUP_PRUNED;
}

static bool find_removal(const struct book *book, const struct copies *copies, struct copy_item *out)
{
        struct copies host CLEANUP_COPIES = { .n = 0 };

        copies_load(vault.keys, offsite_place(), &host);
        const struct copy_row *store = copies_last(&host, COPY_STORE);

        if (!offsite_removes() || store == NULL || !may_remove(book, copies))
                return false;
        for (size_t i = 0; i < copies->n; i++) {
                const struct copy_row *row = &copies->rows[i];

                *out = (struct copy_item){ .portal = book->portal->id, .kind = row->kind,
                                           .number = row->number, .removal = true };
                if ((is_over(book, row) || is_superseded(copies, row, store->when)) && !copying_is_aside(out))
                        return true;
        }
        return false;
}

bool backlog_find(const struct book *book, struct copy_item *out)
{
        struct copies copies CLEANUP_COPIES = { .n = 0 };

        backlog_copies(book, &copies);
        return find_backup(book, &copies, out) || find_manifest(book, &copies, out) ||
               find_removal(book, &copies, out);
}
