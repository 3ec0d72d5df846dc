/*
 * scrub.h -- which portals' databases are found well, and which are suspect.
 *
 * A suspect portal serves on as well as it can. Its backups are made and tried, but count for nothing and
 * let nothing be removed, until a scrub finds it well again.
 *
 * Trust:  the job's finding is believed: a portal that wrongly calls itself damaged harms only itself, and
 *         one that wrongly calls itself well has backups that a trial restore proves all the same.
 * Owns:   what is remembered of each portal; the registry's database keeps it over a restart.
 * Used inside src/proc/registry only.
 */
#pragma once

#include "registry.h"

/* Read what is known; once. */
NODISCARD int scrub_load(struct err *err);

/* Of the portals that are active, start the one that is due; true: one was started. */
bool scrub_start_due(const struct registry_portal *portals, size_t n, int64_t now);
/* Look at this one now, for nobody. */
void scrub_start(uint64_t portal);

bool scrub_is_suspect(uint64_t portal);
/* When it was last looked at; 0: never. */
int64_t scrub_time(uint64_t portal);
/* Since when it is suspect; 0: it is not. why: what was found, borrowed. */
int64_t scrub_suspect_since(uint64_t portal, struct str *why);
void scrub_forget(uint64_t portal);

/* "scrub" of `carrel status`. */
void scrub_status(struct json *backups, const struct registry_portal *portals, size_t n);
/* Of `carrel portal show`. */
void scrub_describe(struct json *portal, uint64_t id);

command_fn command_scrub;
