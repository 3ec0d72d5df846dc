/*
 * confirm.h -- a portal's name typed once more, before what cannot be taken back.
 *
 * Trust:  what is typed is compared by the host, not here.
 * Owns:   nothing.
 * Linked by the command line only.
 */
#pragma once

#include "proc/cli/command.h"

/*
 * What a person types after the warning, or what a program says with --confirm. NULL: neither, and it was
 * said that --confirm is missing, "to" do that. Borrowed until the next call.
 */
const char *confirm_name(const struct invocation *inv, const char *warning, const char *to);
