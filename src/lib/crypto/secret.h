/*
 * secret.h -- bytes nobody else may see: locked in memory, left out of core dumps, wiped when done.
 *
 * Trust:  the bytes may come from a form; only their number is believed, and limited.
 * Owns:   its pages. `struct secret s = { 0 }` is a valid empty secret.
 * Linked by whatever handles passwords and keys. Needs libsodium (inside this folder only).
 *
 * A process that holds secrets under a seccomp filter needs mlock (CALLS_SECRETS). Where the system
 * refuses to lock (RLIMIT_MEMLOCK), the secret works all the same and says so in `locked`.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { SECRET_MAX = 65536 };

struct secret {
        char *p;
        size_t n;
        size_t room;            /* whole pages */
        bool locked;            /* false: the pages could reach swap */
};

/* Empty *s and give it room for at least `room` bytes, zeroed; check(room <= SECRET_MAX). */
void secret_make(struct secret *s, size_t room);

/*
 * Move n bytes out of a form's buffer: copied into *s (what it held is wiped), and `from` is zeroed
 * whether this succeeds or not. Fails: ERR_LIMIT above SECRET_MAX.
 */
NODISCARD int secret_take(struct secret *s, void *from, size_t n, struct err *err);

/* n random bytes. */
void secret_random(struct secret *s, size_t n);

/* Wipe and give the pages back; *s is empty again. */
void secret_free(struct secret *s);
#define CLEANUP_SECRET CLEANUP(secret_free)

/* Borrowed until the secret changes. */
static inline struct str secret_str(const struct secret *s)
{
        return (struct str){ s->p, s->n };
}

/* Zero bytes in a way no compiler leaves out. */
void secret_wipe(void *p, size_t n);

/* Whether two byte strings are equal, in a time that depends on their lengths only. */
bool secret_eq(struct str a, struct str b);
