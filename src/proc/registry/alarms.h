/*
 * alarms.h -- the one list of what the operator has to be told: what `carrel status` shows, and what letters
 * say.
 *
 * Trust:  what the vault and scrubs say. vault/alarm.h has the rules.
 * Owns:   the list; the registry's database keeps it over a restart.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "registry.h"

/* Read what is known; once. */
NODISCARD int alarms_load(struct err *err);

/* See what has come and what is over, and write who has to know; called once a minute, and for a status. */
void alarms_look(void);

/* This portal's administrators have been written this news of alarm_news(). */
void alarms_wrote(uint64_t portal, uint32_t news);

/* The last attempt to back it up found a disk full. */
bool alarms_has_no_room(uint64_t portal);

/* "alarms" of `carrel status`. */
void alarms_status(struct json *answer);
