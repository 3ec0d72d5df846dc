/*
 * content.c -- carrel import, carrel publish
 */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "proc/cli/ask.h"
#include "proc/cli/output.h"
#include "proc/cli/source.h"

static void add_count(struct buf *out, const struct json *object, const char *key, const char *one,
                      const char *many)
{
        long long n = (long long)json_get_int(object, key);

        buf_printf(out, "%s%lld %s", out->n > 0 ? ", " : "", n, n == 1 ? one : many);
}

static bool print_imported(const struct invocation *inv, const struct json *answer)
{
        struct buf counts CLEANUP_BUF = { 0 };
        const struct json *notes = json_get(answer, "notes");

        add_count(&counts, answer, "topics", "topic", "topics");
        add_count(&counts, answer, "files", "file", "files");
        if (json_get_int(notes, "converted") > 0)
                add_count(&counts, notes, "converted", "thing written another way",
                          "things written another way");
        if (json_get_int(notes, "lost") > 0)
                add_count(&counts, notes, "lost", "thing not kept (see the warnings)",
                          "things not kept (see the warnings)");
        output_line("Imported into %s of %s: %s.", inv->args[1], inv->args[0], buf_cstr(&counts));
        output_line("Readers see it after 'carrel publish %s %s'.", inv->args[0], inv->args[1]);
        return true;
}

/* Revisions carry a name; the operator's login is the best there is. */
static const char *login_name(void)
{
        const struct passwd *user = getpwuid(getuid());

        return user != NULL ? user->pw_name : "operator";
}

static int run_import(const struct invocation *inv)
{
        const char *author = invocation_option(inv, "author");
        struct source source;
        struct err err;

        if (author == NULL)
                author = login_name();
        if (source_open(inv->args[2], &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *arguments = ask_arguments("portal", inv->args[0], "project", inv->args[1],
                                               "title", invocation_option(inv, "title"),
                                               "language", invocation_option(inv, "language"),
                                               "author", author, NULL);
        int code = ask(inv, "import", arguments, &source, print_imported, NULL);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}

static bool print_published(const struct invocation *inv, const struct json *answer)
{
        struct str url = json_get_text(answer, "url");
        struct str visibility = json_get_text(answer, "visibility");

        output_line("Published %s%s%.*s: %.*s", inv->args[1], visibility.n > 0 ? ", " : "",
                    STR_ARG(visibility), STR_ARG(url));
        return true;
}

static int run_publish(const struct invocation *inv)
{
        struct json *arguments = ask_arguments("portal", inv->args[0], "project", inv->args[1],
                                               "as", invocation_option(inv, "as"),
                                               "version", invocation_option(inv, "version"),
                                               "visibility", invocation_option(inv, "visibility"), NULL);

        return ask(inv, "publish", arguments, NULL, print_published, NULL);
}

static const struct option import_options[] = {
        { "title", "TEXT", "the project's title (else what the source says)", false },
        { "language", "TAG", "its language (else what the source says)", false },
        { "author", "NAME", "who the new revisions are by (else your login name)", false },
        { NULL, NULL, NULL, false },
};

static const struct option publish_options[] = {
        { "as", "SLUG", "the publication's place in addresses (else the project's name)", false },
        { "version", "LABEL", "a label readers see, such as 2.1", false },
        { "visibility", "public|restricted|private", "who may read it", false },
        { NULL, NULL, NULL, false },
};

const struct command content_commands[] = {
        { "import", "PORTAL PROJECT PATH", "read a folder or archive of Markdown or HTML into a project",
          "PATH is a folder, a zip or a tar archive; mkdocs.yml, SUMMARY.md, _category_ files and front\n"
          "matter give the order. A project that exists gets new revisions. Notes say what could not be\n"
          "kept as it was.", import_options, run_import },
        { "publish", "PORTAL PROJECT", "freeze a project as a publication for readers",
          "Publishing under the same slug replaces what readers see in one step.", publish_options,
          run_publish },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
