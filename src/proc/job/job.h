/*
 * job.h -- the job's entry, called by the zygote in the new, confined process.
 *
 * Linked by the zygote only.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "crypto/password_hash.h"
#include "wire/message.h"

/*
 * channel: to whoever ordered the work, the registry or this container's own portal. One order comes on
 * it; the process ends when it is done. mail: this host sends letters.
 */
NORETURN void job_main(int channel, enum peer orderer, const struct password_cost *cost,
                       bool mail);
