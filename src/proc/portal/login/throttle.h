/*
 * throttle.h -- who has failed too often must wait: by name typed, whether it exists or not, and by address.
 *
 * Trust:  keys are what strangers typed and where they came from: only ever compared.
 * Owns:   counts in memory, a bounded number of them; the oldest are forgotten. What must survive a restart
 *         (the hundred failures of one account) is counted in the database.
 * Used inside src/proc/portal only.
 */
#pragma once

#include <stdint.h>

#include "base/str.h"

struct throttle;

/* Of n failures in a row, the first `free` cost nothing; then 1, 2, 4 ... seconds, at most `most`. */
struct throttle *throttle_new(unsigned free, unsigned most);

/* Seconds to wait before another try; 0: now. */
unsigned throttle_wait(struct throttle *throttle, struct str key, int64_t now);
void throttle_failed(struct throttle *throttle, struct str key, int64_t now);
void throttle_succeeded(struct throttle *throttle, struct str key);
