/*
 * owning.h -- what the rooms for backups and for the export have in common.
 *
 * Trust:  see edit.h and asking.h.
 * Owns:   nothing.
 * Used inside src/proc/portal/edit only.
 */
#pragma once

#include <sys/stat.h>

#include "asking.h"
#include "edit.h"
#include "page/backups.h"

/* How long what was made here can be fetched; the host removes it then. */
enum { OWNING_KEEP_SECONDS = 86400 };

/* "restore" or "export" of the host's answer, as the page shows it. Text lives in e's arena. */
struct page_errand owning_errand(const struct edit *e, const struct json *errand);

/* "backups" of it, newest first: out has OWNING_BACKUPS_MAX. ERR_*: it was answered with an error. */
enum { OWNING_BACKUPS_MAX = 30 };
NODISCARD int owning_backups(struct edit *e, const struct json *result, struct page_backup *out,
                             size_t *out_n);

/*
 * A record of what this person does, on the disk before it is done. ERR_*: it was answered with an error.
 * detail: JSON, or empty.
 */
NODISCARD int owning_log(struct edit *e, const char *action, struct str detail);

/* An order to the host: then to the page `next`, or what it was shown again with why not. */
void owning_ask(struct edit *e, enum asking what, int64_t backup, struct str next,
                void (*again)(struct edit *e));
/*
 * backups.c: the backup that e->subject numbers, out of what the host answered to ASKING_LIST. false: there
 * is none that may be restored here, and it was answered.
 */
bool owning_find_backup(struct edit *e, int code, struct str sentence, const struct json *result,
                        struct page_backup *out);
/* The end of such an order, an asking_answer_fn: by e->next and e->again. */
void owning_ordered(void *ctx, int code, struct str sentence, const struct json *result);

/* ---- kept.c: what a job has left in the container to be fetched ---- */

bool owning_find_file(const char *path, struct stat *out);

struct owning_file {
        const char *path;
        const char *action;             /* what the log calls it, before the first byte leaves */
        struct str detail;              /* JSON, or empty */
        struct str type;
        struct str name;                /* under which it is saved */
};

/* Answers with the file, for this person and nobody's cache. */
void owning_send_file(struct edit *e, const struct owning_file *file);
/* "docs": the beginning of the portal's address, to name files by. */
struct str owning_label(const struct edit *e);
