/*
 * takeaway.c -- carrel export
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "proc/cli/ask.h"
#include "proc/cli/output.h"
#include "proc/cli/target.h"

/* The name the file has, for the sentence at the end. */
static const char *written;

static bool print_exported(const struct invocation *inv, const struct json *answer)
{
        struct str hash = json_get_text(answer, "content_hash");

        output_line("Exported %s to %s: %lld projects, %lld topics with %lld revisions, %lld files,"
                    " %lld publications; %lld bytes.",
                    inv->args[0], written, (long long)json_get_int(answer, "projects"),
                    (long long)json_get_int(answer, "topics"),
                    (long long)json_get_int(answer, "revisions"),
                    (long long)json_get_int(answer, "files"),
                    (long long)json_get_int(answer, "publications"),
                    (long long)json_get_int(answer, "bytes"));
        if (hash.n > 0)
                output_line("Content hash: %.*s", STR_ARG(hash));
        return true;
}

/* "acme-2026-11-23.zip", or "acme-guide-2026-11-23.zip" */
static char *default_name(const struct invocation *inv, const char *project)
{
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(clock_unix(), when);
        return project != NULL ? xprintf("%s-%s-%.10s.zip", inv->args[0], project, when)
                               : xprintf("%s-%.10s.zip", inv->args[0], when);
}

static int run_export(const struct invocation *inv)
{
        const char *project = invocation_option(inv, "project");
        const char *output = invocation_option(inv, "output");
        bool credentials = invocation_option(inv, "with-credentials") != NULL;
        char *name CLEANUP_FREE = output != NULL ? xprintf("%s", output) : default_name(inv, project);
        struct target target CLEANUP_TARGET = { .fd = -1, .keeper = -1 };
        struct err err;

        if (project != NULL && credentials) {
                output_error("a project has no credentials; leave out --with-credentials or --project");
                return EXIT_USAGE;
        }
        if (target_open(name, &target, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *arguments = ask_arguments("portal", inv->args[0], "project", project, NULL);

        json_put_bool(arguments, "credentials", credentials);
        written = name;
        return ask_into(inv, "export", arguments, &target, print_exported);
}

static const struct option export_options[] = {
        { "output", "FILE", "where to write (else PORTAL-DATE.zip here)", false },
        { "project", "PROJECT", "only this project, with its history", false },
        { "with-credentials", NULL, "keep what people log in with: for moving house", false },
        { NULL, NULL, NULL, false },
};

const struct command takeaway_commands[] = {
        { "export", "PORTAL", "write everything a portal holds to one zip file",
          "Markdown, files, every revision, publications, people, rights, the log and the database,\n"
          "of one moment, while people go on working. 'carrel portal create NAME --from FILE' makes an\n"
          "equal portal of it, on any host. Without --with-credentials nobody can log in with it.",
          export_options, run_export },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
