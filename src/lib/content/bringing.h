/*
 * bringing.h -- private to content/: what bring_back.c, bring_rest.c and compare.c share.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "content/bring_back.h"
#include "store/project.h"

/* One topic of the copy that is wanted, and what it is today. */
struct plan {
        const struct store_topic *then;
        const struct store_topic *today;        /* NULL: it is not there */
        int64_t id;                             /* in the live database; 0: still to be added */
};

struct bringing {
        struct store *live, *copy;
        struct arena *arena;
        const struct content_bring_options *options;
        struct content_brought *out;
        int64_t now;
        struct store_project then, today;
        bool fresh;                     /* today has no such project */
        struct store_topic *topics;     /* today's, before anything changed */
        size_t ntopics;
        struct plan *plans;             /* by index of the wanted topics */
        size_t nplans;
        struct map *by_id;              /* topic's number in the copy to its plan */
        struct buf texts;               /* of a single topic: to see which files it needs */
};

static inline bool is_whole(const struct bringing *b)
{
        return b->options->topic.n == 0;
}

/* A number as a map's key; it must outlive the call only. */
static inline struct str number_key(const int64_t *number)
{
        return str_make((const char *)number, sizeof *number);
}

/* bring_back.c: which topic of today each plan is about; and whether it has the same text and description */
NODISCARD int bring_match(struct bringing *b, struct err *err);
bool bring_is_as_today(const struct plan *plan);

/* bring_rest.c: after the topics */
NODISCARD int bring_contents(struct bringing *b, struct err *err);
NODISCARD int bring_files(struct bringing *b, struct err *err);
NODISCARD int bring_redirects(struct bringing *b, struct err *err);
