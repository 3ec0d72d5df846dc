/*
 * ask.h -- what nearly every command does: one question to the host, notes while it works, an answer
 * for people or as JSON, and the exit code.
 *
 * Linked by the command line only.
 */
#pragma once

#include "base/attr.h"
#include "proc/cli/command.h"
#include "proc/cli/host.h"
#include "json/json.h"
#include "proc/cli/source.h"

/*
 * The arguments object: text members from option values and arguments, each only if it is not NULL.
 * NULL, NULL ends the pairs.
 */
NODISCARD struct json *ask_arguments(const char *key, ...) __attribute__((sentinel));

/* Tells people about an answer; false turns the exit code into 1. */
typedef bool ask_print_fn(const struct invocation *inv, const struct json *answer);

/*
 * Ask, print, and return the exit code. Takes over arguments; borrows source (NULL: none) and
 * closes it when the host refuses. The process confines itself once it is connected, so it opens nothing
 * from then on.
 *
 * With --json the whole answer is printed, with what was remarked under "notes" where it is an object
 * ("remarks" if it has notes of its own); a refusal is {"error", "code", "notes"}. judge, if not NULL, has
 * the last word on the exit code.
 */
NODISCARD int ask(const struct invocation *inv, const char *verb, struct json *arguments,
                  struct source *source, ask_print_fn *print,
                  bool (*judge)(const struct json *answer));

struct target;
/*
 * The same for a command whose answer is a file: it has its name before anything is said. Borrows target.
 */
NODISCARD int ask_into(const struct invocation *inv, const char *verb, struct json *arguments,
                       struct target *target, ask_print_fn *print);
/*
 * Same, and the file's bytes come from the host: they count only if the answer says that it sent so many
 * ("taken_bytes") with this digest ("taken_sha256").
 */
NODISCARD int ask_for_file(const struct invocation *inv, const char *verb, struct json *arguments,
                           struct target *target, ask_print_fn *print);
