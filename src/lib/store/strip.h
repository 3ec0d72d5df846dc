/*
 * strip.h -- a copy of a portal's database without anything one could log in with.
 *
 * Linked by the portal's jobs.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"
#include "store/store.h"

/*
 * Remove passwords' hashes, second factors, sessions, links and tokens from a copy (never from a
 * portal that people use). People stay, with their rights; each needs a new password. Every table is
 * named in strip.c with what happens to it, and one that is not is emptied: what nobody has thought
 * about does not leave. In one transaction. Deleted bytes may remain in the file's free pages until
 * store_rewrite().
 */
NODISCARD int store_strip(struct store *store, struct err *err);

/* Whether strip.c names the table. A unit test asks for all there are. */
bool store_strip_knows(struct str table);
