/*
 * xalloc.h -- memory that is zeroed, or the end of the process.
 *
 * Exhaustion is not an error a caller can handle sensibly; limits on foreign sizes are checked before
 * anything is allocated, so running out means the process is beyond its own budget.
 *
 * Linked by everything.
 */
#pragma once

#include <stddef.h>

#include "base/attr.h"

NODISCARD void *xalloc(size_t size);                      /* zeroed; free() it */
NODISCARD void *xcalloc(size_t count, size_t size);       /* zeroed; overflow ends the process */
NODISCARD void *xrealloc(void *old, size_t count, size_t size); /* added bytes are not zeroed */
NODISCARD char *xstrdup(const char *text);
NODISCARD char *xstrndup(const char *text, size_t n);     /* always NUL-terminated */
NODISCARD char *xprintf(const char *fmt, ...) PRINTF(1, 2);

/* For CLEANUP_FREE: frees what *p points to. */
static inline void xfree_cleanup(void *p)
{
        __builtin_free(*(void **)p);
}
#define CLEANUP_FREE CLEANUP(xfree_cleanup)
