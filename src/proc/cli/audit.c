/*
 * audit.c -- carrel audit show | verify, carrel settings show | set
 */
#include "proc/cli/ask.h"
#include "proc/cli/output.h"

/* ---- the log ---- */

static bool print_records(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "seq", "NUMBER" }, { "when", "WHEN" }, { "who", "WHO" }, { "action", "WHAT" },
                { "object", "OF" }, { "address", "FROM" }, { "detail", "DETAIL" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no such record.", 0);
        return true;
}

static int run_show(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0],
                                               "email", invocation_option(inv, "person"),
                                               "action", invocation_option(inv, "action"),
                                               "day", invocation_option(inv, "day"),
                                               "before", invocation_option(inv, "before"),
                                               "limit", invocation_option(inv, "limit"), NULL);

        return ask(inv, "audit.list", arguments, NULL, print_records, NULL);
}

static bool print_verdict(const struct invocation *inv, const struct json *answer)
{
        if (!json_get_bool(answer, "holds")) {
                output_line("%.*s", STR_ARG(json_get_text(answer, "sentence")));
                return false;
        }
        output_line("The log of %s is whole: %lld records. The last one's hash is", inv->args[0],
                    (long long)json_get_int(answer, "records"));
        output_line("  %.*s", STR_ARG(json_get_text(answer, "hash")));
        output_line("Keep both elsewhere: a log whose end was cut off is whole, too, but shorter.");
        return true;
}

static bool holds(const struct json *answer)
{
        return json_get_bool(answer, "holds");
}

static int run_verify(const struct invocation *inv)
{
        return ask(inv, "audit.verify", ask_arguments("portal", inv->args[0], NULL), NULL, print_verdict,
                   holds);
}

static const struct option show_options[] = {
        { "person", "EMAIL", "only by or about this person; a number for who is gone", false },
        { "action", "WORD", "only actions that begin so, as \"user\" or \"login.failed\"", false },
        { "day", "YYYY-MM-DD", "only this day, UTC", false },
        { "before", "NUMBER", "only records before this one", false },
        { "limit", "NUMBER", "so many at most, up to 500 (else 50)", false },
        { NULL, NULL, NULL, false },
};

const struct command audit_commands[] = {
        { "audit show", "PORTAL", "list what was done in a portal, the newest first",
          "With --json each record comes with its hash and that of the record before it.", show_options,
          run_show },
        { "audit verify", "PORTAL", "verify that a portal's log is as it was written", NULL, NULL,
          run_verify },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};

/* ---- settings ---- */

static bool print_settings(const struct invocation *inv, const struct json *answer)
{
        static const char *const skip[] = { NULL };

        (void)inv;
        output_details(answer, skip, 0);
        return true;
}

static int run_settings(const struct invocation *inv)
{
        return ask(inv, "settings.show", ask_arguments("portal", inv->args[0], NULL), NULL, print_settings,
                   NULL);
}

static bool print_set(const struct invocation *inv, const struct json *answer)
{
        struct str value = json_get_text(answer, inv->args[1]);

        if (value.n == 0)               /* a list: as it was given */
                value = str_of(inv->args[2]);
        output_line("%s of %s is %.*s now.", inv->args[1], inv->args[0], STR_ARG(value));
        return true;
}

static int run_set(const struct invocation *inv)
{
        return ask(inv, "settings.change",
                   ask_arguments("portal", inv->args[0], inv->args[1], inv->args[2], NULL), NULL, print_set,
                   NULL);
}

const struct command settings_commands[] = {
        { "settings show", "PORTAL", "show what a portal's owner has decided", NULL, NULL, run_settings },
        { "settings set", "PORTAL SETTING VALUE", "change one of them",
          "Settings: title, language, password.profile (compat, standard, nist), password.minimum,\n"
          "second_factor (roles with blanks between them, or none), session.idle.ROLE and\n"
          "session.absolute.ROLE in minutes. With another title or language all pages are rendered again.",
          NULL, run_set },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
