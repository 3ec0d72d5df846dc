/*
 * readme.c -- for whoever finds the archive in ten years.
 */
#include "base/clock.h"
#include "export/writing.h"

static const char whole[] =
        "This archive is a complete copy of a documentation portal. It belongs to the portal's\n"
        "owner. Everything in it can be read without the program that wrote it.\n"
        "\n"
        "projects/NAME/             the texts of a project as Markdown, with its files\n"
        "projects/NAME/SUMMARY.md   its contents, in reading order\n"
        "projects/NAME.json         its topics, files and old addresses\n"
        "projects/NAME.revisions.jsonl  every text it ever had, one JSON object a line\n"
        "publications/NAME.json     what readers see: which revision of which topic, and who may\n"
        "portal.json                the portal's name and settings\n"
        "people.json                accounts: addresses, names and roles\n"
        "groups.json, access.json   groups, their members, and who may read what\n"
        "share-links.json           links that were given out (not their secrets)\n"
        "audit.jsonl                the log of what was done, each record with the hash that\n"
        "                           seals those before it\n"
        "portal.db                  all of it once more as one SQLite 3 database\n"
        "MANIFEST.json              versions, counts, and the SHA-256 of each file here\n"
        "\n"
        "To read a project in another program, take its folder: it is an ordinary folder of\n"
        "Markdown. To have the whole portal again: carrel portal create NAME --from FILE.\n"
        "Formats: docs/formats/export.md of Carrel's manual.\n"
        "\n";

static const char one[] =
        "This archive is one project of a documentation portal, with its history.\n"
        "\n"
        "projects/NAME/             its texts as Markdown, with its files\n"
        "projects/NAME/SUMMARY.md   its contents, in reading order\n"
        "projects/NAME.json         its topics, files and old addresses\n"
        "projects/NAME.revisions.jsonl  every text it ever had, one JSON object a line\n"
        "publications/NAME.json     what readers see: which revision of which topic\n"
        "MANIFEST.json              versions, counts, and the SHA-256 of each file here\n"
        "\n"
        "To have it in a portal again, unpack it: carrel import PORTAL NAME projects/NAME.\n"
        "Formats: docs/formats/export.md of Carrel's manual.\n"
        "\n";

static const char without[] =
        "Nobody can log in with what is here: passwords, second factors, sessions and tokens were\n"
        "left out. In a portal made from it each person needs a new password.\n";

static const char with[] =
        "KEEP IT SECRET: it holds the hashes of passwords, second factors, sessions and tokens, as\n"
        "was asked for. Whoever has it can pretend to be the people in it.\n";

int write_readme(struct sink *sink, struct err *err)
{
        const struct export_options *o = sink->options;
        struct buf text CLEANUP_BUF = { 0 };
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(o->now, when);
        if (o->portal.n > 0)
                buf_printf(&text, "Portal: %.*s\n", STR_ARG(o->portal));
        buf_printf(&text, "Made:   %s\n\n", when);
        buf_puts(&text, o->project.n > 0 ? one : whole);
        if (o->project.n == 0)
                buf_puts(&text, o->credentials ? with : without);
        return sink_text(sink, STR("README.txt"), buf_str(&text), o->now, err);
}
