/*
 * domain.c -- carrel domain list
 */
#include "proc/cli/ask.h"
#include "proc/cli/output.h"

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "portal", "PORTAL" }, { "host", "HOST" }, { "state", "STATE" }, { "issuer", "ISSUER" },
                { "expires", "EXPIRES" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no host name yet; 'carrel portal create NAME' makes a "
                     "portal and its first one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        const char *portal = invocation_option(inv, "portal");

        return ask(inv, "domain.list", ask_arguments("portal", portal, NULL), NULL, print_list, NULL);
}

static const struct option list_options[] = {
        { "portal", "NAME", "only this portal's", false },
        { NULL, NULL, NULL, false },
};

const struct command domain_commands[] = {
        { "domain list", "", "list host names, their certificates and when these expire", NULL,
          list_options, run_list },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
