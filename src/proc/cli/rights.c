/*
 * rights.c -- carrel access grant | revoke | visibility | list
 */
#include <stdio.h>

#include "proc/cli/ask.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"

/* A person by address, or a group by --group: exactly one of them. */
static int run_change(const struct invocation *inv, const char *verb, ask_print_fn *print)
{
        const char *group = invocation_option(inv, "group");
        const char *email = inv->nargs > 2 ? inv->args[2] : NULL;

        if (inv->nargs < 2 || inv->nargs > 3 || (email == NULL) == (group == NULL)) {
                output_error("name a portal, a publication, and either a person's EMAIL or --group GROUP");
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        struct json *arguments = ask_arguments("portal", inv->args[0], "publication", inv->args[1],
                                               "email", email, "group", group, NULL);

        return ask(inv, verb, arguments, NULL, print, NULL);
}

static struct str whom(const struct json *answer)
{
        return json_has(answer, "group") ? json_get_text(answer, "group") : json_get_text(answer, "email");
}

static bool print_granted(const struct invocation *inv, const struct json *answer)
{
        output_line("%s%.*s may read %s.", json_has(answer, "group") ? "The group " : "",
                    STR_ARG(whom(answer)), inv->args[1]);
        return true;
}

static int run_grant(const struct invocation *inv)
{
        return run_change(inv, "access.grant", print_granted);
}

static bool print_revoked(const struct invocation *inv, const struct json *answer)
{
        output_line("%s%.*s is not named as a reader of %s.",
                    json_has(answer, "group") ? "The group " : "", STR_ARG(whom(answer)), inv->args[1]);
        return true;
}

static int run_revoke(const struct invocation *inv)
{
        return run_change(inv, "access.revoke", print_revoked);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "kind", "KIND" }, { "name", "READER" }, { "title", "NAME" }, { NULL, NULL },
        };
        struct str visibility = json_get_text(answer, "visibility");

        if (str_is(visibility, "public"))
                output_line("%s is public: everybody reads it.", inv->args[1]);
        else if (str_is(visibility, "private"))
                output_line("%s is private: only authors read it.", inv->args[1]);
        else
                output_line("%s is restricted: authors read it, and these:", inv->args[1]);
        output_table(json_get(answer, "readers"), columns, "Nobody is named; 'carrel access grant "
                     "PORTAL PUBLICATION EMAIL' names readers.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "access.list",
                   ask_arguments("portal", inv->args[0], "publication", inv->args[1], NULL), NULL,
                   print_list, NULL);
}

static bool print_visibility(const struct invocation *inv, const struct json *answer)
{
        output_line("%s is %.*s now.", inv->args[1], STR_ARG(json_get_text(answer, "visibility")));
        return true;
}

static int run_visibility(const struct invocation *inv)
{
        return ask(inv, "access.visibility",
                   ask_arguments("portal", inv->args[0], "publication", inv->args[1], "visibility",
                                 inv->args[2], NULL),
                   NULL, print_visibility, NULL);
}

static const struct option change_options[] = {
        { "group", "GROUP", "everybody in this group, instead of one person", false },
        { NULL, NULL, NULL, false },
};

const struct command access_commands[] = {
        { "access grant", "PORTAL PUBLICATION [EMAIL]",
          "let a person or a group read a restricted publication", NULL, change_options, run_grant },
        { "access revoke", "PORTAL PUBLICATION [EMAIL]",
          "take that right away; it holds at the next request", NULL, change_options, run_revoke },
        { "access visibility", "PORTAL PUBLICATION VISIBILITY",
          "change who may see a publication; it holds at the next request",
          "VISIBILITY is public, restricted or private.", NULL, run_visibility },
        { "access list", "PORTAL PUBLICATION", "list who may read a publication", NULL, NULL, run_list },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
