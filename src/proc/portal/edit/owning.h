/*
 * owning.h -- what the rooms for backups and for the export have in common.
 *
 * Trust:  see edit.h and asking.h.
 * Owns:   nothing.
 * Used inside src/proc/portal/edit only.
 */
#pragma once

#include "asking.h"
#include "edit.h"
#include "page/backups.h"

/* "restore" or "export" of the host's answer, as the page shows it. Text lives in e's arena. */
struct page_errand owning_errand(const struct edit *e, const struct json *errand);

/*
 * A record of what this person does, on the disk before it is done. ERR_*: it was answered with an error.
 * detail: JSON, or empty.
 */
NODISCARD int owning_log(struct edit *e, const char *action, struct str detail);
