/*
 * backup.c -- carrel backup now | list | verify | confirm | restore | keys ...
 */
#include <stdio.h>

#include "proc/cli/ask.h"
#include "proc/cli/fetch.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"
#include "proc/cli/secret_input.h"

static long long number(const struct json *answer, const char *key)
{
        return (long long)json_get_int(answer, key);
}

static struct json *portal_arguments(const struct invocation *inv)
{
        return ask_arguments("portal", inv->args[0], "backup", invocation_option(inv, "backup"),
                             "as", invocation_option(inv, "as"), "project",
                             invocation_option(inv, "project"), "topic", invocation_option(inv, "topic"),
                             "damaged", invocation_option(inv, "damaged") != NULL ? "yes" : NULL, NULL);
}

/* ---- now, verify, confirm ---- */

static bool print_made(const struct invocation *inv, const struct json *answer)
{
        output_line("Backup %lld of %s is made and proven by a trial restore: %lld bytes, %lld "
                    "bytes sealed.",
                    number(answer, "seq"), inv->args[0], number(answer, "bytes"), number(answer, "size"));
        if (str_is(json_get_text(answer, "state"), "suspect"))
                output_line("The portal's database is damaged, so this backup does not count and no "
                            "older one is removed; "
                            "'carrel backup restore %s' makes the portal well.", inv->args[0]);
        if (str_is(json_get_text(answer, "state"), "held"))
                output_line("It is much smaller than the one before, so no older one is removed; "
                            "if that is "
                            "meant, 'carrel backup confirm %s --backup %lld' says so.", inv->args[0],
                            number(answer, "seq"));
        return true;
}

static int run_now(const struct invocation *inv)
{
        return ask(inv, "backup.now", portal_arguments(inv), NULL, print_made, NULL);
}

static bool print_verified(const struct invocation *inv, const struct json *answer)
{
        output_line("Backup %lld of %s is good: opened, unpacked and read in a container of its "
                    "own, with the "
                    "content that was backed up.", number(answer, "seq"), inv->args[0]);
        return true;
}

static int run_verify(const struct invocation *inv)
{
        return ask(inv, "backup.verify", portal_arguments(inv), NULL, print_verified, NULL);
}

static bool print_confirmed(const struct invocation *inv, const struct json *answer)
{
        output_line("Backup %lld of %s counts like any other now; older ones go as usual.",
                    number(answer, "seq"), inv->args[0]);
        return true;
}

static int run_confirm(const struct invocation *inv)
{
        if (invocation_option(inv, "backup") == NULL) {
                output_error("--backup is missing; 'carrel backup list %s' shows which is held",
                             inv->args[0]);
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        return ask(inv, "backup.confirm", portal_arguments(inv), NULL, print_confirmed, NULL);
}

/* ---- scrub ---- */

static bool is_well(const struct json *answer)
{
        return !json_get_bool(answer, "suspect");
}

static bool print_scrubbed(const struct invocation *inv, const struct json *answer)
{
        const char *portal = inv->args[0];

        if (is_well(answer)) {
                output_line("%s is well: %lld blocks and %lld digests are what was written.", portal,
                            number(answer, "blocks"), number(answer, "digests"));
                return true;
        }
        output_line("%s is damaged: %.*s.", portal, STR_ARG(json_get_text(answer, "first")));
        output_line("Look at the disk first. Then 'carrel backup restore %s' brings back the newest "
                    "good backup with today's accounts; if that is refused, 'carrel backup restore "
                    "%s --damaged'. Until then the portal's backups do not count, and none is removed.",
                    portal, portal);
        return true;
}

static int run_scrub(const struct invocation *inv)
{
        return ask(inv, "scrub", portal_arguments(inv), NULL, print_scrubbed, is_well);
}

/* ---- list ---- */

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "seq", "BACKUP" }, { "kind", "KIND" }, { "created", "BEGUN" }, { "state", "STATE" },
                { "bytes", "BYTES" }, { "size", "SEALED" }, { "rows", "ROWS" }, { "key", "KEY" },
                { "offsite", "OFF-SITE" },
                { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no backup yet; one is made each day, and 'carrel "
                                      "backup now' "
                     "makes one at once.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "backup.list", portal_arguments(inv), NULL, print_list, NULL);
}

/* ---- restore ---- */

static bool print_part(const struct invocation *inv, const struct json *answer)
{
        const char *topic = invocation_option(inv, "topic");

        output_line("%s%s%s of %s is back from backup %lld: %lld topics added, %lld changed, %lld as they "
                    "were, %lld in the contents again, %lld files.",
                    invocation_option(inv, "project"), topic != NULL ? "/" : "", topic != NULL ? topic : "",
                    inv->args[0], number(answer, "backup"), number(answer, "added"),
                    number(answer, "changed"), number(answer, "same"), number(answer, "listed"),
                    number(answer, "files"));
        if (number(answer, "kept") > 0)
                output_line("%lld files of today that differ are kept as before-restore-...",
                            number(answer, "kept"));
        output_line("Nothing of today's is lost: what was there is the revision before. Readers see it "
                    "when it is published: 'carrel publish %s %s'.", inv->args[0],
                    invocation_option(inv, "project"));
        return true;
}

static bool print_restored(const struct invocation *inv, const struct json *answer)
{
        const char *as = invocation_option(inv, "as");

        if (invocation_option(inv, "project") != NULL)
                return print_part(inv, answer);
        if (as != NULL) {
                output_line("The new portal %s holds what %s had in backup %lld. All its accounts "
                            "are disabled; "
                            "'carrel user enable %s EMAIL' lets somebody in.", as, inv->args[0],
                            number(answer, "backup"), as);
                return true;
        }
        if (json_get_bool(answer, "damaged")) {
                output_line("%s is what it was in backup %lld; the damaged database is beside it in "
                            "the container. All accounts are disabled and without password: 'carrel "
                            "user enable %s EMAIL', then 'carrel user reset %s EMAIL' for each who "
                            "may come back.",
                            inv->args[0], number(answer, "backup"), inv->args[0], inv->args[0]);
                return true;
        }
        output_line("%s is what it was in backup %lld. All sessions have ended; accounts, "
                    "passwords and tokens "
                    "are today's.", inv->args[0], number(answer, "backup"));
        output_line("What it was a moment ago is backup %lld.", number(answer, "before"));
        return true;
}

static int run_restore(const struct invocation *inv)
{
        return ask(inv, "backup.restore", portal_arguments(inv), NULL, print_restored, NULL);
}

/* ---- keys ---- */

static struct json *key_arguments(const char *verb, const char *portal)
{
        return ask_arguments("verb", verb, "portal", portal, NULL);
}

static bool print_keys(const struct invocation *inv, const struct json *answer)
{
        (void)inv;
        output_details(answer, NULL, 0);
        if (!json_has(answer, "shares_checked"))
                output_line("Nobody has proven yet to hold shares of the root key. Without it "
                            "every backup is "
                            "lost with this machine: 'carrel backup keys show-shares', write them down in "
                            "three places, then 'carrel backup keys check --shares'.");
        return true;
}

static bool print_shares(const struct invocation *inv, const struct json *answer)
{
        const struct json *shares = json_get(answer, "shares");

        (void)inv;
        output_line("Three shares of the root key %.*s. Any two open every backup; one alone is "
                    "worth nothing.",
                    STR_ARG(json_get_text(answer, "fingerprint")));
        output_line("Write each down in another place, outside this machine. They are not kept "
                    "anywhere, and the "
                    "next call shows another set.");
        for (size_t i = 0; i < json_length(shares); i++)
                output_line("  %.*s", STR_ARG(json_text(json_at(shares, i))));
        output_line("Then 'carrel backup keys check --shares' proves that what was written down is right.");
        return true;
}

static int ask_typed(const struct invocation *inv, const char *verb, const char *prompt, unsigned lines)
{
        struct source source;
        struct err err;

        if (secret_input_open(prompt, lines, &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        int code = ask(inv, "backup.keys", key_arguments(verb, NULL), &source, print_keys, NULL);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}

static int run_check(const struct invocation *inv)
{
        if (invocation_option(inv, "shares") != NULL)
                return ask_typed(inv, "check-shares", "Two shares, each on a line", 2);
        return ask(inv, "backup.keys", key_arguments("check", NULL), NULL, print_keys, NULL);
}

static int run_show_shares(const struct invocation *inv)
{
        return ask(inv, "backup.keys", key_arguments("show-shares", NULL), NULL, print_shares, NULL);
}

static int run_unlock(const struct invocation *inv)
{
        if (invocation_option(inv, "shares") != NULL)
                return ask_typed(inv, "unlock", "Two shares, each on a line", 2);
        return ask_typed(inv, "unlock", "Passphrase of the backup keys", 1);
}

static bool print_rotated(const struct invocation *inv, const struct json *answer)
{
        (void)inv;
        output_line("%lld portals have a new key for their next backups. Older keys are destroyed "
                    "when no backup "
                    "needs them any more.", number(answer, "changed"));
        return true;
}

static int run_rotate(const struct invocation *inv)
{
        return ask(inv, "backup.keys", key_arguments("rotate", inv->nargs > 0 ? inv->args[0] : NULL), NULL,
                   print_rotated, NULL);
}

static int run_keep(const struct invocation *inv)
{
        static const char *const ways[] = { "file", "passphrase", "shares" };
        char verb[24];

        for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
                if (!str_is(str_of(inv->args[0]), ways[i]))
                        continue;
                snprintf(verb, sizeof verb, "keep-%s", ways[i]);
                if (i == 1)
                        return ask_typed(inv, verb, "New passphrase of the backup keys", 1);
                return ask(inv, "backup.keys", key_arguments(verb, NULL), NULL, print_keys, NULL);
        }
        output_error("the root key is kept as file, passphrase or shares, not '%s'", inv->args[0]);
        help_usage(stderr, inv->command);
        return EXIT_USAGE;
}

static const struct option backup_options[] = {
        { "backup", "NUMBER", "which one (else the newest good one)", false },
        { NULL, NULL, NULL, false },
};

static const struct option restore_options[] = {
        { "backup", "NUMBER", "which one (else the newest good one)", false },
        { "as", "NAME", "into a new portal of this name, and leave PORTAL as it is", false },
        { "project", "SLUG", "this project only, beside what is there", false },
        { "topic", "SLUG", "this topic of the project only", false },
        { "damaged", NULL, "set a damaged database aside, without asking it for today's accounts", false },
        { NULL, NULL, NULL, false },
};

static const struct option shares_options[] = {
        { "shares", NULL, "with two shares of the root key, typed or on standard input", false },
        { NULL, NULL, NULL, false },
};

const struct command backup_commands[] = {
        { "scrub", "PORTAL", "look whether a portal's database is still what was written to it",
          "Done once a day for each portal, before its backup. The exit code is 1 if anything was "
          "found; the\n"
          "portal is suspect then: its backups do not count until a restore and a scrub have made it "
          "well.", NULL, run_scrub },
        { "backup now", "PORTAL", "back a portal up at once, and prove it by a trial restore",
          "Readers and authors do not notice. The two newest backups that were asked for are "
          "kept, beside the\n"
          "five daily ones.", NULL, run_now },
        { "backup list", "PORTAL", "list a portal's backups", NULL, NULL, run_list },
        { "backup verify", "PORTAL", "open a backup in a throw-away container and compare it with what was "
          "backed up", NULL, backup_options, run_verify },
        { "backup confirm", "PORTAL", "say that a portal is meant to be so much smaller",
          "A backup with over 30 % fewer rows or bytes than the one before holds the removal of "
          "older ones until\n"
          "somebody has looked.", backup_options, run_confirm },
        { "backup restore", "PORTAL", "make a portal what it was in a backup",
          "The backup is proven first, and the portal as it is now is backed up before anything "
          "changes. The\n"
          "change is one step: readers see the old or the new. All sessions end; accounts, "
          "passwords and tokens\n"
          "stay as they are today. With --project texts that differ become new revisions, nothing "
          "is lost and\n"
          "nobody is logged out. With --damaged, for a portal that a scrub has found damaged, nothing "
          "is taken\n"
          "from today: all accounts are disabled and without password.", restore_options, run_restore },
        { "backup fetch", "", "bring a lost host back from its off-site copies, onto a freshly installed one",
          "Needs [offsite] with the lost host's url in the settings, a key that may read there, and "
          "two shares of\n"
          "the root key, typed or on standard input. Everything is proven before it is used. "
          "Whatever interrupts\n"
          "it, the same command goes on where it ended. The exit code is 1 if a portal did not come "
          "back.", fetch_options, run_fetch },
        { "backup keys check", "", "say how the root key is kept and whether anybody holds shares of it",
          "With --shares it reads two of them and proves that they open this host's backups. Do "
          "it once a month.",
          shares_options, run_check },
        { "backup keys show-shares", "", "split the root key into three shares to write down",
          "Any two give the key, one says nothing. Without root key or shares no backup can be "
          "opened, ever.",
          NULL, run_show_shares },
        { "backup keys keep", "WAY", "keep the root key as file, passphrase or shares",
          "file: on this machine, readable by the vault alone. passphrase: on this machine, "
          "encrypted; typed after\n"
          "each start. shares: nowhere on this machine; two are typed after each start.", NULL, run_keep },
        { "backup keys unlock", "", "give the host its root key after a start", NULL, shares_options,
          run_unlock },
        { "backup keys rotate", "[PORTAL]", "give a portal, or all, a new key for the next backups",
          NULL, NULL, run_rotate },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
