/*
 * groups.c -- carrel group add | rename | remove | list | join | leave
 */
#include "proc/cli/ask.h"
#include "proc/cli/output.h"

static bool print_added(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The group %s is there; 'carrel group join %s %s EMAIL' puts people in.", inv->args[1],
                    inv->args[0], inv->args[1]);
        return true;
}

static int run_add(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "group", inv->args[1],
                                               "title", invocation_option(inv, "title"), NULL);

        return ask(inv, "group.add", arguments, NULL, print_added, NULL);
}

static bool print_renamed(const struct invocation *inv, const struct json *answer)
{
        output_line("The group %s is called %.*s now.", inv->args[1],
                    STR_ARG(json_get_text(answer, "title")));
        return true;
}

static int run_rename(const struct invocation *inv)
{
        return ask(inv, "group.rename",
                   ask_arguments("portal", inv->args[0], "group", inv->args[1], "title", inv->args[2], NULL),
                   NULL, print_renamed, NULL);
}

static bool print_removed(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The group %s is gone, and the rights that came from it.", inv->args[1]);
        return true;
}

static int run_remove(const struct invocation *inv)
{
        return ask(inv, "group.remove",
                   ask_arguments("portal", inv->args[0], "group", inv->args[1], NULL), NULL,
                   print_removed, NULL);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column groups[] = {
                { "group", "GROUP" }, { "title", "TITLE" }, { "members", "MEMBERS" }, { NULL, NULL },
        };
        static const struct column people[] = {
                { "email", "EMAIL" }, { "name", "NAME" }, { "role", "ROLE" }, { "state", "STATE" },
                { "expires", "LAST DAY" }, { NULL, NULL },
        };

        if (invocation_option(inv, "group") != NULL)
                output_table(answer, people, "Nobody is in this group; 'carrel group join PORTAL GROUP "
                             "EMAIL' puts people in.", 0);
        else
                output_table(answer, groups, "There is no group yet; 'carrel group add PORTAL GROUP' makes "
                             "one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "group.list",
                   ask_arguments("portal", inv->args[0], "group", invocation_option(inv, "group"), NULL),
                   NULL, print_list, NULL);
}

static int run_member(const struct invocation *inv, const char *verb, ask_print_fn *print)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "group", inv->args[1],
                                               "email", inv->args[2], NULL);

        return ask(inv, verb, arguments, NULL, print, NULL);
}

static bool print_joined(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("%s is in the group %s.", inv->args[2], inv->args[1]);
        return true;
}

static int run_join(const struct invocation *inv)
{
        return run_member(inv, "group.join", print_joined);
}

static bool print_left(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("%s is not in the group %s.", inv->args[2], inv->args[1]);
        return true;
}

static int run_leave(const struct invocation *inv)
{
        return run_member(inv, "group.leave", print_left);
}

static const struct option add_options[] = {
        { "title", "TEXT", "the name people see (else GROUP)", false },
        { NULL, NULL, NULL, false },
};

static const struct option list_options[] = {
        { "group", "GROUP", "the members of this one", false },
        { NULL, NULL, NULL, false },
};

const struct command group_commands[] = {
        { "group add", "PORTAL GROUP", "make a group of people who read the same",
          "GROUP is made of lower-case letters, digits and '-'. 'carrel access grant' gives it rights.",
          add_options, run_add },
        { "group rename", "PORTAL GROUP TITLE", "give a group another title", NULL, NULL, run_rename },
        { "group remove", "PORTAL GROUP", "remove a group and the rights it gave", NULL, NULL, run_remove },
        { "group list", "PORTAL", "list the groups, or who is in one", NULL, list_options, run_list },
        { "group join", "PORTAL GROUP EMAIL", "put a person into a group", NULL, NULL, run_join },
        { "group leave", "PORTAL GROUP EMAIL", "take a person out of a group", NULL, NULL, run_leave },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
