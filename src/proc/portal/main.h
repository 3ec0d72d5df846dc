/*
 * main.h -- the portal's entry, called by the zygote in the new, confined process.
 *
 * Linked by the zygote only.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "page/page.h"
#include "sandbox/confine.h"

/* What the zygote knows of the host and every portal shows or obeys. */
struct portal_setup {
        unsigned idle_seconds;
        bool mail;                      /* this host sends letters */
        unsigned https_port;            /* where readers reach it */
        const struct page_trust_provider *providers;
        size_t nproviders;
};

/* channel: to the supervisor. layers: what confines this process, for its Trust page. setup and
 * what it points to live as long as the process. */
NORETURN void portal_main(int channel, const struct sandbox_layers *layers,
                           const struct portal_setup *setup);
