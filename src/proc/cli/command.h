/*
 * command.h -- the table of commands. Parsing, `carrel help` and completion read it; nothing else
 * says which commands there are.
 *
 * Trust:  words come from the operator's shell; they are checked against the table before a handler runs.
 * Owns:   nothing; tables are constants and an invocation borrows argv.
 * Linked by the command line only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum exit_code { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

struct option {
        const char *name;       /* without the dashes; NULL ends a list */
        const char *value;      /* "FILE"; "a|b|c": one of these; NULL: the option takes none */
        const char *help;
        bool many;              /* may be given again; otherwise twice is a usage error */
};

struct invocation;
/* Returns an enum exit_code; has said everything there is to say. */
typedef int command_fn(const struct invocation *inv);

struct command {
        const char *words;      /* "portal create" */
        const char *arguments;  /* "PORTAL PROJECT PATH": all needed; "[COMMAND]": any number */
        const char *help;       /* one sentence */
        const char *more;       /* further sentences for `carrel help COMMAND`, or NULL */
        const struct option *options;   /* or NULL */
        command_fn *run;
};

/* Lists of commands, each ended by a row without words; one file of handlers each. */
extern const struct command portal_commands[];
extern const struct command domain_commands[];
extern const struct command people_commands[];
extern const struct command group_commands[];
extern const struct command access_commands[];
extern const struct command share_commands[];
extern const struct command token_commands[];
extern const struct command sso_commands[];
extern const struct command audit_commands[];
extern const struct command settings_commands[];
extern const struct command content_commands[];
extern const struct command backup_commands[];
extern const struct command taking_commands[];
extern const struct command takeaway_commands[];
extern const struct command host_commands[];
extern const struct command serve_commands[];
extern const struct command demo_commands[];
extern const struct command help_commands[];

/* Every command, in the order of the help: start with *at = 0; NULL at the end. */
const struct command *command_next(size_t *at);

/* Options every command takes. */
extern const struct option global_options[];

enum { ARGUMENTS_MAX = 8, GIVEN_MAX = 64 };

/* What was asked for. */
struct invocation {
        const struct command *command;
        const char *data;               /* --data, CARREL_DATA or the default; never NULL */
        bool data_given;                /* by --data */
        bool data_chosen;               /* by --data or CARREL_DATA */
        bool json;
        const char *args[ARGUMENTS_MAX];
        size_t nargs;
        struct given {
                const struct option *option;
                const char *value;      /* "" for an option without one */
        } given[GIVEN_MAX];
        size_t ngiven;
};

/* The option's value, or NULL when it was not given. */
const char *invocation_option(const struct invocation *inv, const char *name);
