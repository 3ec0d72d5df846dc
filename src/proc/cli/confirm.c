/*
 * confirm.c -- one line from the terminal.
 */
#include "proc/cli/confirm.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc/cli/output.h"

const char *confirm_name(const struct invocation *inv, const char *warning, const char *to)
{
        static char line[80];
        const char *given = invocation_option(inv, "confirm");

        if (given != NULL)
                return given;
        if (isatty(STDIN_FILENO) != 1) {
                output_error("say --confirm %s as well, to %s", inv->args[0], to);
                return NULL;
        }
        fprintf(stderr, "%s\nType the portal's name, %s: ", warning, inv->args[0]);
        if (fgets(line, sizeof line, stdin) == NULL)
                line[0] = '\0';
        line[strcspn(line, "\n")] = '\0';
        return line;
}
