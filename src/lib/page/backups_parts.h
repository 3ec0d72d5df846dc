/*
 * backups_parts.h -- what the pages of backups and export have in common. Private to page/.
 *
 * Trust:    see edit.h.
 * Owns:     nothing.
 */
#pragma once

#include "page/backups.h"
#include "page/backups_words.h"

/* A word with a number in it, as text. */
void backups_number(struct buf *out, const struct edit_frame *frame, enum backups_word word, int64_t number);
/* Day and time of day, UTC. */
void backups_moment(struct buf *out, const struct edit_frame *frame, int64_t when);
/* "12.3 MiB" */
void backups_size(struct buf *out, int64_t bytes);
/* A link to the same page, for whoever waits. */
void backups_refresh(struct buf *out, const struct edit_frame *frame, struct str url);
