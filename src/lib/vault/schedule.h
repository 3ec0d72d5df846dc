/*
 * schedule.h -- which portal's backup is due: rules over times that the caller brings.
 *
 * Each portal has its own moment of the UTC day, spread evenly by its number, so that a thousand portals
 * are backed up one after the other all day long. After a time without power the oldest come first, each
 * once, however many days were missed.
 *
 * Trust:  none needed; numbers only.
 * Owns:   nothing.
 * Linked by the registry and the vault's tests.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/* What is known of one portal. Times are Unix seconds; 0: never. */
struct schedule_portal {
        uint64_t id;
        int64_t created;                /* of the portal */
        int64_t newest;                 /* when its newest good daily backup was begun */
        int64_t tried;                  /* when the last attempt began */
        unsigned failures;              /* in a row */
};

enum {
        SCHEDULE_RETRY_FIRST = 300,     /* seconds; doubled with each failure ... */
        SCHEDULE_RETRY_MAX = 2 * 3600,  /* ... up to this */
};

/* The portal's moment: seconds after midnight, UTC. */
int64_t schedule_moment(uint64_t id);

/* From when on this portal's next daily backup is due. */
int64_t schedule_due(const struct schedule_portal *portal);

/*
 * The one to back up now: of those that are due the one whose newest backup is oldest; NULL: none, and
 * *wait gets the seconds until one may be (at most an hour: portals and clocks change).
 */
const struct schedule_portal *schedule_next(const struct schedule_portal *portals, size_t n, int64_t now,
                                            int64_t *wait);

/* No good backup of any kind for 26 hours, and the portal is older than that. */
bool schedule_is_late(int64_t created, int64_t newest, int64_t now);
