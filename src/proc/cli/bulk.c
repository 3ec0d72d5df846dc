/*
 * bulk.c -- carrel user import
 */
#include "proc/cli/ask.h"
#include "proc/cli/bulk.h"
#include "proc/cli/output.h"

static bool print_imported(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = { { "email", "EMAIL" }, { "url", "LINK" }, { NULL, NULL } };

        output_line("%lld readers are invited to %s. Give them their links; each works once, for 24 hours:",
                    (long long)json_get_int(answer, "count"), inv->args[0]);
        output_table(json_get(answer, "people"), columns, "", 0);
        return true;
}

static bool print_checked(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "line", "LINE" }, { "sentence", "FAULT" }, { NULL, NULL },
        };
        long long faulty = json_get_int(answer, "faulty");

        if (faulty == 0) {
                output_line("No fault in %lld lines; without --check they are added to %s.",
                            (long long)json_get_int(answer, "lines"), inv->args[0]);
                return true;
        }
        output_line("%lld of %lld lines have a fault:", faulty, (long long)json_get_int(answer, "lines"));
        output_table(json_get(answer, "faults"), columns, "", 0);
        return false;
}

int run_user_import(const struct invocation *inv)
{
        bool check = invocation_option(inv, "check") != NULL;
        struct source source;
        struct err err;

        if (source_open(inv->args[1], &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        if (source.packer != 0) {
                output_error("%s is a folder; name a file with one reader on each line", inv->args[1]);
                if (source_close(&source, &err) < 0)
                        output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *arguments = ask_arguments("portal", inv->args[0],
                                               "groups", invocation_option(inv, "groups"), NULL);
        int code = ask(inv, check ? "user.preview" : "user.import", arguments, &source,
                       check ? print_checked : print_imported, NULL);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}
