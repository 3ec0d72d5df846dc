/*
 * self.h -- what a portal's own administrators order about their own portal: who answers them.
 *
 * Trust:  which portal asks was said by the supervisor. What it wants is believed as far as it is about that
 *         portal; how often is limited here.
 * Owns:   nothing beside the tasks.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "json/json.h"

enum { SELF_SENTENCE_MAX = 400 };

/* What JOB_TIDY removes. */
enum { KEPT_IN_EXPORT = 1, KEPT_IN_BACKUP = 2, KEPT_IN_ALL = 7 };

/* The answer to the order with this token; result may be NULL. */
void self_tell(uint64_t token, int code, const char *sentence, const struct json *result);

/* ---- taking.c ---- */

/* Each answers by self_tell(). key: a public key in PEM. */
void taking_start(uint64_t token, uint64_t portal, uint64_t seq, uint64_t actor, struct str key);
void taking_remove(uint64_t token, uint64_t portal);
/* The last one or the one under way, for the portal's page. */
struct json *taking_json(uint64_t portal);
