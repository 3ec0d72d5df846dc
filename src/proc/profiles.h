/*
 * profiles.h -- the profile of every kind of process, each defined in its folder's profile.c.
 *
 * Linked by whoever confines or starts one.
 */
#pragma once

#include "sandbox/profile.h"

extern const struct profile supervisor_profile;
extern const struct profile zygote_profile;
extern const struct profile edge_profile;
extern const struct profile registry_profile;
extern const struct profile courier_profile;
extern const struct profile portal_profile;
extern const struct profile job_profile;
extern const struct profile vault_profile;
