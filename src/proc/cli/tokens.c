/*
 * tokens.c -- carrel token add | list | revoke
 */
#include <stdio.h>
#include <string.h>

#include "proc/cli/ask.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"

/* Told once: the portal keeps only a hash of it. */
static bool print_added(const struct invocation *inv, const struct json *answer)
{
        struct str token = json_get_text(answer, "token"), expires = json_get_text(answer, "expires");

        output_line("The token of %s for %s works until the end of %.*s, UTC. It is shown this once:",
                    inv->args[1], inv->args[0], STR_ARG(expires));
        output_line("  %.*s", STR_ARG(token));
        return true;
}

static void gather_scopes(const struct invocation *inv, char *out, size_t size)
{
        size_t n = 0;

        out[0] = '\0';
        for (size_t i = 0; i < inv->ngiven && n < size; i++)
                if (strcmp(inv->given[i].option->name, "scope") == 0)
                        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "",
                                              inv->given[i].value);
}

static int run_add(const struct invocation *inv)
{
        static const char *const needed[] = { "name", "scope", "expires" };
        char scopes[512];

        for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
                if (invocation_option(inv, needed[i]) != NULL)
                        continue;
                output_error("--%s is missing", needed[i]);
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        gather_scopes(inv, scopes, sizeof scopes);
        return ask(inv, "token.add",
                   ask_arguments("portal", inv->args[0], "email", inv->args[1],
                                 "name", invocation_option(inv, "name"), "scopes", scopes,
                                 "expires", invocation_option(inv, "expires"), NULL),
                   NULL, print_added, NULL);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "id", "TOKEN" }, { "name", "NAME" }, { "scopes", "SCOPES" }, { "state", "STATE" },
                { "expires", "LAST DAY" }, { "used", "LAST USED" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no token; 'carrel token add' or the person's account page "
                     "makes one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "token.list",
                   ask_arguments("portal", inv->args[0], "email", inv->args[1], NULL), NULL, print_list,
                   NULL);
}

static bool print_revoked(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The token %s of %s works no more.", inv->args[2], inv->args[1]);
        return true;
}

static int run_revoke(const struct invocation *inv)
{
        return ask(inv, "token.revoke",
                   ask_arguments("portal", inv->args[0], "email", inv->args[1], "token", inv->args[2], NULL),
                   NULL, print_revoked, NULL);
}

static const struct option add_options[] = {
        { "name", "TEXT", "what the token is for, as its person sees it (needed)", false },
        { "scope", "SCOPE", "what it may do; may be given again (needed)", true },
        { "expires", "YYYY-MM-DD", "its last day, UTC, within 366 days (needed)", false },
        { NULL, NULL, NULL, false },
};

const struct command token_commands[] = {
        { "token add", "PORTAL EMAIL", "make a token by which a program uses the API in a person's name",
          "A token never does what its person may not. It is shown this once and kept as a hash. Scopes\n"
          "are content.read, projects.read, people.read, people.write, log.read, settings.read and\n"
          "settings.write.",
          add_options, run_add },
        { "token list", "PORTAL EMAIL", "list a person's tokens, without their secrets", NULL, NULL,
          run_list },
        { "token revoke", "PORTAL EMAIL TOKEN", "end a token at once",
          "TOKEN is its number from 'carrel token list'.", NULL, run_revoke },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
