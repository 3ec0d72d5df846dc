/*
 * serve.c -- carrel serve: check every setting here, where a person sees the sentence, then keep the
 * supervisor running.
 */
#include "proc/cli/serve.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc/cli/keeper.h"
#include "proc/cli/output.h"

int serve_set_data(struct config *config, const char *path, struct err *err)
{
        char folder[PATH_MAX], full[2 * PATH_MAX];

        if (path[0] == '/')
                return config_set(config, "host", "data", path, err);
        if (getcwd(folder, sizeof folder) == NULL)
                return err_errno(err, "find the working directory");
        snprintf(full, sizeof full, "%s/%s", folder, path);
        return config_set(config, "host", "data", full, err);
}

static int apply_option(struct config *config, const struct given *given, struct err *err)
{
        static const struct {
                const char *option;
                const char *key;
        } direct[] = { { "https", "https" }, { "http", "http" }, { "host", "name" },
                       { "isolation", "isolation" } };
        int r = 0;

        if (strcmp(given->option->name, "set") == 0)
                return config_set_argument(config, given->value, err);
        for (size_t i = 0; r == 0 && i < ARRAY_LEN(direct); i++)
                if (strcmp(given->option->name, direct[i].option) == 0)
                        r = config_set(config, "host", direct[i].key, given->value, err);
        return r < 0 ? err_wrap(err, r, "--%s", given->option->name) : 0;
}

int serve_apply_options(const struct invocation *inv, struct config *config, struct err *err)
{
        for (size_t i = 0; i < inv->ngiven; i++) {
                int r = apply_option(config, &inv->given[i], err);

                if (r < 0)
                        return r;
        }
        return config_check(config, err);
}

static int settings(const struct invocation *inv, struct config *config, struct err *err)
{
        const char *file = invocation_option(inv, "config");
        int r = 0;

        config_defaults(config);
        if (file != NULL)
                r = config_load(file, config, err);
        if (r == 0 && inv->data_chosen)
                r = serve_set_data(config, inv->data, err);
        return r < 0 ? r : serve_apply_options(inv, config, err);
}

static int run_serve(const struct invocation *inv)
{
        struct config config;
        struct err err;

        if (settings(inv, &config, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        return keeper_run(&config);
}

static const struct option serve_options[] = {
        { "config", "FILE", "settings file; options go over it", false },
        { "https", "ADDRESS:PORT", "where to serve TLS (else *:443)", false },
        { "http", "ADDRESS:PORT", "where to redirect plain HTTP (else *:80)", false },
        { "host", "NAME", "the host's name: portal P answers at P.NAME (else localhost)", false },
        { "isolation", "strict|standard", "the walls (else strict as root, standard otherwise)", false },
        { "set", "SECTION.KEY=VALUE", "any other setting of the file", true },
        { NULL, NULL, NULL, false },
};

const struct command serve_commands[] = {
        { "serve", "", "run a host in the foreground",
          "The host runs until SIGTERM or Ctrl-C and then ends in order; its log goes to standard error.\n"
          "Without --config only the defaults and the options hold.", serve_options, run_serve },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
