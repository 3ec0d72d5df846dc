/*
 * clock.h -- the two clocks: one that never jumps, for deadlines; one for people.
 *
 * Linked by everything.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

uint64_t clock_ms(void);                /* CLOCK_MONOTONIC, milliseconds */
uint64_t clock_us(void);                /* CLOCK_MONOTONIC, microseconds */
int64_t clock_unix(void);               /* CLOCK_REALTIME, seconds since 1970 */

enum { CLOCK_HTTP_LEN = 29, CLOCK_ISO_LEN = 20 };

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) and "1994-11-06T08:49:37Z", NUL-terminated. */
void clock_http_date(int64_t unix_time, char out[static CLOCK_HTTP_LEN + 1]);
void clock_iso(int64_t unix_time, char out[static CLOCK_ISO_LEN + 1]);

/*
 * "1994-11-06": the first second of that day, UTC; years 1970 to 9999. ERR_INVALID: no such day, or
 * written another way.
 */
NODISCARD int clock_parse_date(struct str text, int64_t *out, struct err *err);
