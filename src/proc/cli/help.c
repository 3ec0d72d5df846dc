/*
 * help.c -- `carrel help`, `carrel help portal`, `carrel help portal create`, `carrel version`.
 */
#include "proc/cli/help.h"

#include <string.h>

#include "base/buf.h"
#include "proc/cli/output.h"

enum { USAGE_WIDTH = 96, HELP_COLUMN = 38 };

static void add_option(struct buf *b, const struct option *o)
{
        buf_printf(b, "--%s", o->name);
        if (o->value != NULL)
                buf_printf(b, " %s", o->value);
}

void help_usage(FILE *out, const struct command *c)
{
        int column = fprintf(out, "usage: carrel %s", c->words);

        if (c->arguments[0] != '\0')
                column += fprintf(out, " %s", c->arguments);
        for (const struct option *o = c->options; o != NULL && o->name != NULL; o++) {
                struct buf part CLEANUP_BUF = { 0 };

                add_option(&part, o);
                if (column + (int)part.n + 3 > USAGE_WIDTH)
                        column = fprintf(out, "\n             ") - 1;
                column += fprintf(out, " [%s]%s", buf_cstr(&part), o->many ? "..." : "");
        }
        putc('\n', out);
}

static void print_options(const struct option *o)
{
        for (; o != NULL && o->name != NULL; o++) {
                struct buf left CLEANUP_BUF = { 0 };

                add_option(&left, o);
                if (left.n > HELP_COLUMN - 4)
                        printf("  %s\n  %*s  %s\n", buf_cstr(&left), HELP_COLUMN - 4, "", o->help);
                else
                        printf("  %-*s  %s\n", HELP_COLUMN - 4, buf_cstr(&left), o->help);
        }
}

static void print_row(const struct command *c)
{
        struct buf left CLEANUP_BUF = { 0 };

        buf_puts(&left, c->words);
        if (c->arguments[0] != '\0')
                buf_printf(&left, " %s", c->arguments);
        printf("  %-*s  %s\n", HELP_COLUMN - 4, buf_cstr(&left), c->help);
}

static void print_all(void)
{
        size_t at = 0;
        const struct command *c;

        printf("carrel hosts documentation portals for many clients on one machine.\n\n"
               "usage: carrel COMMAND [ARGUMENT...] [--OPTION...]\n\n");
        while ((c = command_next(&at)) != NULL)
                print_row(c);
        printf("\nEvery command takes:\n");
        print_options(global_options);
        printf("\n'carrel help COMMAND' explains one of them. 'carrel demo' is the quickest way to see "
               "Carrel work.\n"
               "Exit codes: 0 done, 1 refused or not found, 2 the command line was not understood.\n");
}

static void print_command(const struct command *c)
{
        printf("%s -- %s\n\n", c->words, c->help);
        help_usage(stdout, c);
        if (c->more != NULL)
                printf("\n%s\n", c->more);
        if (c->options != NULL) {
                printf("\nOptions:\n");
                print_options(c->options);
        }
        printf("\nEvery command takes:\n");
        print_options(global_options);
}

/* The rows whose words are topic or start with it: how many; prints them when asked to. */
static unsigned print_group(const char *topic, bool print)
{
        size_t at = 0, n = strlen(topic);
        unsigned count = 0;
        const struct command *c;

        while ((c = command_next(&at)) != NULL) {
                if (strncmp(c->words, topic, n) != 0 || c->words[n] != ' ')
                        continue;
                if (print)
                        print_row(c);
                count++;
        }
        return count;
}

static int explain(const char *topic)
{
        size_t at = 0;
        const struct command *c;

        while ((c = command_next(&at)) != NULL) {
                if (strcmp(c->words, topic) == 0) {
                        print_command(c);
                        return EXIT_DONE;
                }
        }
        if (print_group(topic, true) > 0)
                return EXIT_DONE;
        output_error("there is no command '%s'; 'carrel help' lists them", topic);
        return EXIT_REFUSED;
}

static int run_help(const struct invocation *inv)
{
        struct buf topic CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < inv->nargs; i++)
                buf_printf(&topic, "%s%s", i > 0 ? " " : "", inv->args[i]);
        if (inv->nargs > 0)
                return explain(buf_cstr(&topic));
        print_all();
        return EXIT_DONE;
}

static int run_version(const struct invocation *inv)
{
        printf(inv->json ? "{\"version\": \"%s\"}\n" : "carrel %s\n", CARREL_VERSION);
        return EXIT_DONE;
}

const struct command help_commands[] = {
        { "help", "[COMMAND]", "list the commands, or explain one", NULL, NULL, run_help },
        { "version", "", "print the program's version", NULL, NULL, run_version },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
