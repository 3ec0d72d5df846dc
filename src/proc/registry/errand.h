/*
 * errand.h -- what a portal's administrators ordered last, of each kind, and how often in a day. Kept in the
 * registry's database, so that a restart neither forgets an outcome nor gives new tries.
 *
 * Trust:  the portal's own orders; how often is bounded here, whatever it says.
 * Owns:   the errands; they live as long as the process.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "backup.h"
#include "self.h"

enum errand_kind { ERRAND_RESTORE = 1, ERRAND_EXPORT = 2, ERRAND_COPY = 3, ERRAND_PART = 4,
                   ERRAND_LOOK = 5, ERRAND_KINDS = 6 };

/* What came back of a part. */
enum { ERRAND_COUNTS = 4 };

struct errand {
        uint64_t portal;
        enum errand_kind kind;
        bool running;
        bool interrupted;               /* the host ended while it was under way */
        enum restore_step step;
        int code;                       /* 0, or ERR_*: it failed */
        char why[SELF_SENTENCE_MAX + 1];        /* in the words of who failed, while this process lives */
        int64_t begun, ended;           /* Unix seconds */
        uint64_t backup, before;
        int64_t counts[ERRAND_COUNTS];  /* topics added, changed, the same; files; in memory only */
        int64_t day;                    /* when the count below began */
        unsigned count;
};

/* Once, at the start. */
NODISCARD int errands_load(struct err *err);

/* The last one, or one that never was. */
struct errand *errand_of(uint64_t portal, enum errand_kind kind);

/*
 * One more, from now on under way; on the disk when this returns.
 * Fails: ERR_BUSY   one is under way
 *        ERR_LIMIT  there were per_day since the first of this day
 *        ERR_IO...  it could not be written down: it may not begin
 */
NODISCARD int errand_begin(struct errand *errand, unsigned per_day, uint64_t backup, struct err *err);

/* Of ERRAND_PART, before it is over: what JOB_BRING_BACK counted. */
void errand_count(struct errand *errand, const struct json *brought);

/* It is over; code below 0: why says why. */
void errand_end(struct errand *errand, int code, struct str why);

struct json *errand_json(const struct errand *errand);
