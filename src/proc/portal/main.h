/*
 * main.h -- the portal's entry, called by the zygote in the new, confined process.
 */
#pragma once

#include "base/attr.h"
#include "sandbox/confine.h"

/* channel: to the supervisor. layers: what confines this process, for its Trust page. */
NORETURN void portal_main(int channel, const struct sandbox_layers *layers, unsigned idle_seconds);
