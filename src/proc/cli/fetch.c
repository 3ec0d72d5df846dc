/*
 * fetch.c -- carrel backup fetch: two shares go to the host, a table of portals comes back.
 */
#include "proc/cli/fetch.h"

#include "proc/cli/ask.h"
#include "proc/cli/output.h"
#include "proc/cli/secret_input.h"

const struct option fetch_options[] = {
        { "locked", NULL, "disable all accounts, if whoever had the lost machine may know passwords", false },
        { NULL, NULL, NULL, false },
};

static long long number(const struct json *answer, const char *key)
{
        return (long long)json_get_int(answer, key);
}

static bool is_whole(const struct json *answer)
{
        return json_get_int(answer, "failed") == 0;
}

static void print_advice(const struct json *answer)
{
        if (!is_whole(answer))
                output_line("%lld portals did not come back. What is mended in the storage can be "
                            "fetched by the same command.", number(answer, "failed"));
        if (json_get_bool(answer, "locked"))
                output_line("All accounts are disabled; 'carrel user enable PORTAL EMAIL' lets people in.");
        else
                output_line("Accounts, passwords and second factors are those of the backups: what was "
                            "revoked after a portal's date has to be revoked again. Sessions, tokens and "
                            "share links are void.");
        output_line("The root key is not written on this machine; after a start 'carrel backup keys unlock "
                    "--shares' gives it back, or 'carrel backup keys keep file' keeps it here.");
}

static bool print_fetched(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "portal", "PORTAL" }, { "backup", "BACKUP" }, { "created", "OF" }, { "state", "STATE" },
                { "why", "WHY" }, { NULL, NULL },
        };

        (void)inv;
        output_table(json_get(answer, "portals"), columns,
                     "The lost host had no portal that was ever backed up.", 0);
        print_advice(answer);
        return true;
}

int run_fetch(const struct invocation *inv)
{
        const char *locked = invocation_option(inv, "locked");
        struct source source;
        struct err err;

        if (secret_input_open("Two shares of the lost host's root key, each on a line", 2, &source,
                              &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        int code = ask(inv, "backup.fetch", ask_arguments("locked", locked != NULL ? "yes" : NULL, NULL),
                       &source, print_fetched, is_whole);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}
