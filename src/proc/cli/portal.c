/*
 * portal.c -- carrel portal create | list | show | suspend | resume | delete | restore
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "proc/cli/ask.h"
#include "proc/cli/confirm.h"
#include "proc/cli/output.h"
#include "proc/cli/source.h"

static bool print_created(const struct invocation *inv, const struct json *answer)
{
        struct str link = json_get_text(answer, "setup_url");

        output_line("The portal %.*s is ready at %.*s", STR_ARG(json_get_text(answer, "name")),
                    STR_ARG(json_get_text(answer, "url")));
        bool mailed = json_get_bool(answer, "mailed");

        if (mailed)
                output_line("A letter with the set-up link is on its way to %s; the link works once, for 24 "
                            "hours.", invocation_option(inv, "owner"));
        if (link.n > 0) {
                output_line(mailed ? "It is also here, for %s:"
                                   : "Give this link to %s; it works once, for 24 hours:",
                            invocation_option(inv, "owner"));
                output_line("  %.*s", STR_ARG(link));
        }
        return true;
}

static int run_create(const struct invocation *inv)
{
        const char *from = invocation_option(inv, "from");
        struct source source = { .fd = -1, .report = -1 };
        struct err err;

        if (from != NULL && source_open_file(from, &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *arguments = ask_arguments("name", inv->args[0],
                                               "title", invocation_option(inv, "title"),
                                               "language", invocation_option(inv, "language"),
                                               "owner", invocation_option(inv, "owner"), NULL);

        if (invocation_option(inv, "print-link") != NULL)
                json_put_bool(arguments, "print_link", true);
        int code = ask(inv, "portal.create", arguments, from != NULL ? &source : NULL, print_created, NULL);

        fd_close(&source.fd);
        return code;
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "name", "NAME" }, { "state", "STATE" }, { "title", "TITLE" }, { "host", "HOST" },
                { "url", "ADDRESS" }, { "owner", "OWNER" }, { "created", "CREATED" },
                { "destroyed_after", "DESTROYED AFTER" },
                { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no portal yet; 'carrel portal create NAME' makes one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "portal.list", ask_arguments(NULL, NULL), NULL, print_list, NULL);
}

static bool print_details(const struct invocation *inv, const struct json *answer)
{
        (void)inv;
        output_details(answer, NULL, 0);
        return true;
}

static int run_show(const struct invocation *inv)
{
        return ask(inv, "portal.show", ask_arguments("name", inv->args[0], NULL), NULL, print_details, NULL);
}

static bool print_suspended(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The portal %s is suspended; 'carrel portal resume %s' opens it again.", inv->args[0],
                    inv->args[0]);
        return true;
}

static int run_suspend(const struct invocation *inv)
{
        return ask(inv, "portal.suspend", ask_arguments("name", inv->args[0], NULL), NULL, print_suspended,
                   NULL);
}

static bool print_resumed(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The portal %s is open again.", inv->args[0]);
        return true;
}

static int run_resume(const struct invocation *inv)
{
        return ask(inv, "portal.resume", ask_arguments("name", inv->args[0], NULL), NULL, print_resumed,
                   NULL);
}

static bool print_destroyed(const struct invocation *inv, const struct json *answer)
{
        (void)answer;
        output_line("The portal %s is being destroyed for good; 'carrel portal certificate %s' says when it "
                    "is done.", inv->args[0], inv->args[0]);
        return true;
}

static bool print_certificate(const struct invocation *inv, const struct json *answer)
{
        (void)inv;
        output_json(answer);
        return true;
}

static int run_certificate(const struct invocation *inv)
{
        return ask(inv, "portal.certificate", ask_arguments("name", inv->args[0], NULL), NULL,
                   print_certificate, NULL);
}

static bool print_deleted(const struct invocation *inv, const struct json *answer)
{
        struct str until = json_get_text(answer, "destroyed_after");

        if (until.n > 0)
                output_line("The portal %s is deleted; until %.*s 'carrel portal restore %s' brings it "
                            "back.", inv->args[0], STR_ARG(until), inv->args[0]);
        else
                output_line("The portal %s is deleted.", inv->args[0]);
        return true;
}

static int delete_now(const struct invocation *inv)
{
        const char *typed = confirm_name(inv, "Everything of the portal, its backups too, is destroyed at "
                                              "once and for good.",
                                         "destroy the portal at once and for good");

        if (typed == NULL)
                return EXIT_REFUSED;
        struct json *arguments = ask_arguments("name", inv->args[0], "confirm", typed, NULL);

        json_put_bool(arguments, "now", true);
        return ask(inv, "portal.delete", arguments, NULL, print_destroyed, NULL);
}

static int run_delete(const struct invocation *inv)
{
        if (invocation_option(inv, "now") != NULL)
                return delete_now(inv);
        return ask(inv, "portal.delete", ask_arguments("name", inv->args[0], NULL), NULL, print_deleted,
                   NULL);
}

static bool print_restored(const struct invocation *inv, const struct json *answer)
{
        struct str state = json_get_text(answer, "state");

        output_line("The portal %s is back%s%.*s.", inv->args[0], state.n > 0 ? "; it is " : "",
                    STR_ARG(state));
        return true;
}

static int run_restore(const struct invocation *inv)
{
        return ask(inv, "portal.restore", ask_arguments("name", inv->args[0], NULL), NULL, print_restored,
                   NULL);
}

static const struct option create_options[] = {
        { "title", "TEXT", "the name readers see (else NAME)", false },
        { "language", "TAG", "the language of its pages, such as en or pt-BR", false },
        { "from", "FILE", "an export that it shall be made from: see 'carrel export'", false },
        { "owner", "EMAIL", "its first administrator, who gets a link by mail, or it is printed", false },
        { "print-link", NULL, "print that link also where it is sent by mail", false },
        { NULL, NULL, NULL, false },
};

static const struct option delete_options[] = {
        { "now", NULL, "without the 30 days: destroy it at once and for good", false },
        { "confirm", "NAME", "with --now: the portal's name again, instead of typing it", false },
        { NULL, NULL, NULL, false },
};

const struct command portal_commands[] = {
        { "portal create", "NAME", "make a portal with its own container, key and address",
          "NAME is made of lower-case letters, digits and '-'; the portal answers at NAME.HOST, where HOST\n"
          "is the name the host was started with.", create_options, run_create },
        { "portal list", "", "list the portals and their states", NULL, NULL, run_list },
        { "portal show", "NAME", "show everything the host knows about a portal", NULL, NULL, run_show },
        { "portal suspend", "NAME", "close a portal to everybody and keep its data", NULL, NULL,
          run_suspend },
        { "portal resume", "NAME", "open a suspended portal again", NULL, NULL, run_resume },
        { "portal delete", "NAME", "take a portal away from everybody",
          "A deleted portal can be brought back with 'carrel portal restore' for 30 days; after that it is\n"
          "destroyed with its backups, and 'carrel portal certificate' proves it.", delete_options,
          run_delete },
        { "portal certificate", "NAME", "print the signed certificate of a portal that was destroyed",
          NULL, NULL, run_certificate },
        { "portal restore", "NAME", "bring a deleted portal back", NULL, NULL, run_restore },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
