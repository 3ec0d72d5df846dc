/*
 * job.h -- the job's entry, called by the zygote in the new, confined process.
 *
 * Linked by the zygote only.
 */
#pragma once

#include "base/attr.h"

/* channel: to the registry, which sends one order; the process ends when it is done. */
NORETURN void job_main(int channel);
