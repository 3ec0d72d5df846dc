/*
 * steps.h -- the single walls, one function each: private to this folder.
 *
 * Each works on the calling process, for ever, and fails closed. detail (at most n bytes) receives
 * what the status page shows.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "sandbox/confine.h"

#ifdef CARREL_SANDBOX_OFF
enum { BUILT_WITHOUT = 1 };     /* for the sanitizers; reported by the survey, never silent */
#else
enum { BUILT_WITHOUT = 0 };
#endif

/*
 * CLONE_NEW* for the profile's namespaces in this mode; the mount namespace belongs to LAYER_ROOT.
 */
unsigned long step_namespace_flags(const struct profile *profile, enum sandbox_mode mode);
unsigned long step_namespace_flag(enum sandbox_layer layer);    /* 0 if the layer is none */

/* The layers of the profile without which nothing starts in this mode. */
unsigned step_required(const struct profile *profile, enum sandbox_mode mode);

/* How sandbox_clone() made the calling process; all zero if it did not, or if exec came between. */
struct clone_origin {
        unsigned long spaces;   /* CLONE_NEW* */
        bool mapped;            /* the user map is written */
        uid_t uid;              /* the parent's, as seen outside: inside, it has no number yet */
        gid_t gid;
};
const struct clone_origin *clone_origin(void);

/* Map the calling user, and nobody else, into the user namespace the process has just entered. */
NODISCARD int step_map_user(uid_t uid, gid_t gid, struct err *err);

/* Make the root folder the only file tree there is. */
NODISCARD int step_root(const struct profile *profile, const struct sandbox_place *place,
                        char *detail, size_t n, struct err *err);

/* Give up groups, group and user for the place's own (strict). */
NODISCARD int step_owner(const struct sandbox_place *place, char *detail, size_t n,
                         struct err *err);

/*
 * Bounding set, securebits and ambient set must go while the process may still change them; what it
 * holds goes last. keep is a set of capabilities, 0 for none.
 */
NODISCARD int step_capabilities_bound(uint64_t keep, struct err *err);
NODISCARD int step_capabilities_drop(uint64_t keep, char *detail, size_t n, struct err *err);

/* Close every descriptor but 0, 1, 2, the profile's and the place's. */
NODISCARD int step_descriptors(const struct profile *profile, const struct sandbox_place *place,
                               struct err *err);

/* step_descriptors(), and what a process is from now on: closed to debuggers, never privileged. */
NODISCARD int step_flags(const struct profile *profile, const struct sandbox_place *place,
                         struct err *err);
NODISCARD int step_limits(const struct profile *profile, const struct sandbox_place *place,
                          char *detail, size_t n, struct err *err);
