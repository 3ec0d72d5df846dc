/*
 * shares.c -- carrel share add | list | revoke
 */
#include <stdio.h>

#include "proc/cli/ask.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"

static bool print_added(const struct invocation *inv, const struct json *answer)
{
        struct str url = json_get_text(answer, "url"), until = json_get_text(answer, "valid_until");

        output_line("Whoever has this link reads %s until %.*s, as often as they like:", inv->args[1],
                    STR_ARG(until));
        output_line("  %.*s", STR_ARG(url));
        output_line("It is not shown again. 'carrel share revoke %s %s %lld' ends it.", inv->args[0],
                    inv->args[1], (long long)json_get_int(answer, "link"));
        return true;
}

static int run_add(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "publication", inv->args[1],
                                               "days", invocation_option(inv, "days"),
                                               "note", invocation_option(inv, "note"), NULL);

        return ask(inv, "share.add", arguments, NULL, print_added, NULL);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "link", "LINK" }, { "publication", "PUBLICATION" }, { "state", "STATE" },
                { "valid_until", "UNTIL" }, { "created_by", "MADE BY" }, { "opened", "OPENED" },
                { "last_used", "LAST USED" }, { "note", "NOTE" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There are no share links; 'carrel share add PORTAL PUBLICATION' makes "
                     "one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        if (inv->nargs < 1 || inv->nargs > 2) {
                output_error("name a portal, and a publication if its links alone are wanted");
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        return ask(inv, "share.list",
                   ask_arguments("portal", inv->args[0], "publication",
                                 inv->nargs > 1 ? inv->args[1] : NULL, NULL),
                   NULL, print_list, NULL);
}

static bool print_revoked(const struct invocation *inv, const struct json *answer)
{
        if (json_has(answer, "link"))
                output_line("The link %s of %s opens nothing any more.", inv->args[2], inv->args[1]);
        else
                output_line("No share link opens %s any more.", inv->args[1]);
        return true;
}

/* A link by number, or --all: exactly one of them. */
static int run_revoke(const struct invocation *inv)
{
        const char *link = inv->nargs > 2 ? inv->args[2] : NULL;

        if (inv->nargs < 2 || inv->nargs > 3 || (link == NULL) == (invocation_option(inv, "all") == NULL)) {
                output_error("name a portal, a publication, and either a link's number or --all");
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        return ask(inv, "share.revoke",
                   ask_arguments("portal", inv->args[0], "publication", inv->args[1], "link", link, NULL),
                   NULL, print_revoked, NULL);
}

static const struct option add_options[] = {
        { "days", "N", "how long the link works, 1 to 366 (else 30)", false },
        { "note", "TEXT", "for whom it is; authors see it", false },
        { NULL, NULL, NULL, false },
};

static const struct option revoke_options[] = {
        { "all", NULL, "every link to this publication", false },
        { NULL, NULL, NULL, false },
};

const struct command share_commands[] = {
        { "share add", "PORTAL PUBLICATION",
          "make a link by which anybody reads a restricted publication for a while",
          "The link needs no account and works until it ends or is revoked. It is shown once.", add_options,
          run_add },
        { "share list", "PORTAL [PUBLICATION]", "list share links, who made them, and their use", NULL, NULL,
          run_list },
        { "share revoke", "PORTAL PUBLICATION [LINK]",
          "end a share link; it holds at the next request", NULL, revoke_options, run_revoke },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
