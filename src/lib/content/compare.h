/*
 * compare.h -- which topics of a copy of the database the live one lacks, or has with another text: for
 * whoever is to bring some of them back.
 *
 * Trust:  as in bring_back.h.
 * Owns:   nothing; a topic's text is borrowed during the call.
 * Linked by the portal's jobs. Slow by intent; reads only.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum compared { COMPARED_GONE = 1, COMPARED_CHANGED = 2, COMPARED_SAME = 3 };

struct compared_topic {
        struct str project, project_title;      /* address and title, as the copy has them */
        struct str topic, title;
        int64_t updated;                        /* in the copy; Unix seconds */
        enum compared is;                       /* what bringing it back would find */
};

/* Not 0: it ends with that. */
typedef int compared_fn(void *ctx, const struct compared_topic *topic, struct err *err);

/* Each topic of the copy once, by the address of its project, then by its own. */
NODISCARD int content_compare(struct store *live, struct store *copy, compared_fn *each, void *ctx,
                              struct err *err);
