/*
 * people.c -- carrel user add | list | import | logout | disable | enable | delete | reset | role
 */
#include <stdio.h>

#include "proc/cli/ask.h"
#include "proc/cli/bulk.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"
#include "proc/cli/secret_input.h"

#define ROLES "administrator|writer|reviewer|power-reader"

/* A link is told once: nobody, the host included, can show it again. */
static void print_link(const struct json *answer)
{
        struct str url = json_get_text(answer, "url");

        if (json_get_bool(answer, "mailed"))
                output_line("A letter with their link is on its way; the link works once, for 24 hours.");
        if (url.n == 0)
                return;
        output_line(json_get_bool(answer, "mailed") ? "It is also here:"
                                                    : "Give them this link; it works once, for 24 hours:");
        output_line("  %.*s", STR_ARG(url));
}

static struct str role_of(const struct json *answer)
{
        return json_get_text(answer, "role");
}

static struct str state_of(const struct json *answer)
{
        return json_get_text(answer, "state");
}

static bool print_added(const struct invocation *inv, const struct json *answer)
{
        struct str email = json_get_text(answer, "email"), role = role_of(answer);

        if (!json_has(answer, "url") && !json_has(answer, "mailed")) {
                output_line("%.*s is a %.*s of %s and can log in.", STR_ARG(email), STR_ARG(role),
                            inv->args[0]);
                return true;
        }
        output_line("%.*s is invited to %s as %.*s.", STR_ARG(email), inv->args[0], STR_ARG(role));
        print_link(answer);
        return true;
}

static int ask_with_password(const struct invocation *inv, struct json *arguments)
{
        struct json *owned CLEANUP_JSON = arguments;
        struct source source;
        struct err err;
        char prompt[300];

        snprintf(prompt, sizeof prompt, "Password for %s", inv->args[1]);
        if (secret_input_open(prompt, 1, &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *handed = owned;

        owned = NULL;
        int code = ask(inv, "user.add", handed, &source, print_added, NULL);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}

static int run_add(const struct invocation *inv)
{
        const char *role = invocation_option(inv, "role");

        if (role == NULL) {
                output_error("--role is missing; say which: " ROLES);
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        struct json *arguments = ask_arguments("portal", inv->args[0], "email", inv->args[1],
                                               "role", role, "name", invocation_option(inv, "name"),
                                               "expires", invocation_option(inv, "expires"), NULL);

        if (invocation_option(inv, "print-link") != NULL)
                json_put_bool(arguments, "print_link", true);
        if (invocation_option(inv, "password-stdin") != NULL)
                return ask_with_password(inv, arguments);
        return ask(inv, "user.add", arguments, NULL, print_added, NULL);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "email", "EMAIL" }, { "name", "NAME" }, { "role", "ROLE" }, { "state", "STATE" },
                { "expires", "LAST DAY" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "Nobody has an account here; 'carrel user add PORTAL EMAIL --role "
                     "ROLE' makes one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0],
                                               "role", invocation_option(inv, "role"),
                                               "state", invocation_option(inv, "state"),
                                               "text", invocation_option(inv, "search"),
                                               "after", invocation_option(inv, "after"), NULL);

        return ask(inv, "user.list", arguments, NULL, print_list, NULL);
}

static int run_on_person(const struct invocation *inv, const char *verb, ask_print_fn *print)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "email", inv->args[1], NULL);

        return ask(inv, verb, arguments, NULL, print, NULL);
}

static bool print_disabled(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("%s is out of %s and cannot log in; 'carrel user enable' lets them back.", inv->args[1],
                    inv->args[0]);
        return true;
}

static int run_disable(const struct invocation *inv)
{
        return run_on_person(inv, "user.disable", print_disabled);
}

static bool print_enabled(const struct invocation *inv, const struct json *answer)
{
        if (str_is(state_of(answer), "invited"))
                output_line("%s may come to %s again and has no password yet; 'carrel user reset' makes "
                            "a link.", inv->args[1], inv->args[0]);
        else
                output_line("%s may log in to %s again.", inv->args[1], inv->args[0]);
        return true;
}

static int run_enable(const struct invocation *inv)
{
        return run_on_person(inv, "user.enable", print_enabled);
}

static bool print_deleted(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The account of %s in %s is deleted, with all that is known of them; what they wrote "
                    "stays.", inv->args[1], inv->args[0]);
        return true;
}

static int run_delete(const struct invocation *inv)
{
        return run_on_person(inv, "user.delete", print_deleted);
}

static bool print_reset(const struct invocation *inv, const struct json *answer)
{
        output_line(str_is(state_of(answer), "invited") ? "%s is still invited to %s."
                                                        : "%s may choose a new password in %s.",
                    inv->args[1], inv->args[0]);
        print_link(answer);
        return true;
}

static bool print_unfactored(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("%s has no second factor in %s any more and is out everywhere; the password alone lets "
                    "them in.", inv->args[1], inv->args[0]);
        return true;
}

static int run_reset(const struct invocation *inv)
{
        if (invocation_option(inv, "second-factor") != NULL)
                return run_on_person(inv, "user.unfactor", print_unfactored);
        struct json *arguments = ask_arguments("portal", inv->args[0], "email", inv->args[1], NULL);

        if (invocation_option(inv, "print-link") != NULL)
                json_put_bool(arguments, "print_link", true);
        return ask(inv, "user.reset", arguments, NULL, print_reset, NULL);
}

static bool print_role(const struct invocation *inv, const struct json *answer)
{
        struct str role = role_of(answer);

        output_line("%s is a %.*s of %s now; their sessions have ended.", inv->args[1], STR_ARG(role),
                    inv->args[0]);
        return true;
}

static int run_role(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "email", inv->args[1],
                                               "role", inv->args[2], NULL);

        return ask(inv, "user.role", arguments, NULL, print_role, NULL);
}

static const struct option add_options[] = {
        { "role", ROLES, "what they may do (needed)", false },
        { "name", "TEXT", "their name, as others see it", false },
        { "expires", "YYYY-MM-DD", "the last day on which the account works, UTC", false },
        { "password-stdin", NULL, "read their password from standard input, one line", false },
        { "print-link", NULL, "print the link also where it is sent by mail", false },
        { NULL, NULL, NULL, false },
};

static const struct option reset_options[] = {
        { "print-link", NULL, "print the link also where it is sent by mail", false },
        { "second-factor", NULL, "remove authenticator app, passkeys and recovery codes instead", false },
        { NULL, NULL, NULL, false },
};

static bool print_ended(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("%s is logged out of %s everywhere.", inv->args[1], inv->args[0]);
        return true;
}

static int run_end_sessions(const struct invocation *inv)
{
        return run_on_person(inv, "user.end-sessions", print_ended);
}

static const struct option import_options[] = {
        { "groups", "GROUPS", "groups for all of them, with blanks between the names", false },
        { "check", NULL, "only say which lines have a fault", false },
        { NULL, NULL, NULL, false },
};

static const struct option list_options[] = {
        { "role", ROLES, "only these", false },
        { "state", "invited|active|disabled|expired", "only these", false },
        { "search", "TEXT", "only those with this in their address or name", false },
        { "after", "EMAIL", "only those behind this address", false },
        { NULL, NULL, NULL, false },
};

const struct command people_commands[] = {
        { "user add", "PORTAL EMAIL", "give a person an account in a portal",
          "Without --password-stdin they get a link by which they choose a password; it works once, for 24\n"
          "hours. It goes to them by mail; where the host sends none, it is printed. A password is held\n"
          "against the portal's rules; on a terminal it is not shown.",
          add_options, run_add },
        { "user import", "PORTAL FILE", "invite many Power Readers from a table, all of them or none",
          "One reader on each line of the file (CSV): address, name, last day, groups. A heading may\n"
          "name the columns email, name, expires and groups. At most 2,000 lines.", import_options,
          run_user_import },
        { "user list", "PORTAL", "list the people of a portal", NULL, list_options, run_list },
        { "user disable", "PORTAL EMAIL", "end a person's sessions and let them in no more", NULL, NULL,
          run_disable },
        { "user enable", "PORTAL EMAIL", "let a disabled person in again", NULL, NULL, run_enable },
        { "user logout", "PORTAL EMAIL", "log a person out everywhere", NULL, NULL, run_end_sessions },
        { "user delete", "PORTAL EMAIL", "remove an account and all that is known of the person",
          "What they wrote stays, by a \"former author\" with a number. This cannot be undone.", NULL,
          run_delete },
        { "user reset", "PORTAL EMAIL", "make a link by which a person chooses a new password",
          "It goes to them by mail; where the host sends none, it is printed. It works once, for 24 hours.\n"
          "The old password works until then. Who never chose one gets their invitation again.\n"
          "With --second-factor the password stays and what they lost beside it goes: make sure first that\n"
          "it is them who ask.", reset_options, run_reset },
        { "user role", "PORTAL EMAIL ROLE", "change what a person may do",
          "ROLE is administrator, writer, reviewer or power-reader. Their sessions end.", NULL, run_role },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
