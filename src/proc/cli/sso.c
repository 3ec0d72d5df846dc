/*
 * sso.c -- carrel sso add | set | list | check | remove
 */
#include "proc/cli/ask.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"
#include "proc/cli/secret_input.h"

#define METHODS "basic|post|public"

/* The values of an option that may be given again; only where it was given at all. */
static void put_list(const struct invocation *inv, const char *option, const char *key,
                     struct json *arguments)
{
        struct json *list = NULL;

        for (size_t i = 0; i < inv->ngiven; i++) {
                if (!str_is(str_of(inv->given[i].option->name), option))
                        continue;
                if (list == NULL)
                        list = json_new_array();
                if (inv->given[i].value[0] != '\0')
                        json_append_text(list, str_of(inv->given[i].value));
        }
        if (list != NULL)
                json_put(arguments, key, list);
}

static void put_truth(const struct invocation *inv, const char *option, struct json *arguments)
{
        const char *value = invocation_option(inv, option);

        if (value != NULL)
                json_put_bool(arguments, option, str_is(str_of(value), "yes"));
}

static struct json *settings_of(const struct invocation *inv)
{
        struct json *arguments = ask_arguments(
                "portal", inv->args[0], "name", inv->args[1], "issuer", invocation_option(inv, "issuer"),
                "client", invocation_option(inv, "client"), "label", invocation_option(inv, "label"),
                "method", invocation_option(inv, "method"), "scopes", invocation_option(inv, "scopes"),
                "claim", invocation_option(inv, "claim"), "factor", invocation_option(inv, "second-factor"),
                NULL);

        put_list(inv, "origin", "origins", arguments);
        put_list(inv, "domain", "domains", arguments);
        put_list(inv, "map", "rules", arguments);
        put_truth(inv, "administrators", arguments);
        put_truth(inv, "enabled", arguments);
        return arguments;
}

static int ask_with_secret(const struct invocation *inv, const char *verb, ask_print_fn *print)
{
        struct json *arguments CLEANUP_JSON = settings_of(inv);
        struct source source;
        struct err err;

        if (secret_input_open("Client secret", 1, &source, &err) < 0) {
                output_error("%s", err.text);
                return EXIT_REFUSED;
        }
        struct json *handed = arguments;

        arguments = NULL;
        int code = ask(inv, verb, handed, &source, print, NULL);

        if (source_close(&source, &err) < 0) {
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        return code;
}

static int ask_settings(const struct invocation *inv, const char *verb, ask_print_fn *print)
{
        if (invocation_option(inv, "secret-stdin") != NULL)
                return ask_with_secret(inv, verb, print);
        return ask(inv, verb, settings_of(inv), NULL, print, NULL);
}

static void print_words(const struct json *list)
{
        for (size_t i = 0; i < json_length(list); i++)
                output_line("  %.*s", STR_ARG(json_text(json_at(list, i))));
}

static bool print_added(const struct invocation *inv, const struct json *answer)
{
        struct str redirect = json_get_text(answer, "redirect");

        output_line("%s has a button for %s on its login page now. Register this redirect address there:",
                    inv->args[0], inv->args[1]);
        output_line("  %.*s", STR_ARG(redirect));
        output_line("The portal may ask these places, and no others:");
        print_words(json_get(answer, "origins"));
        return true;
}

static int run_add(const struct invocation *inv)
{
        static const char *const needed[] = { "issuer", "client" };

        for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
                if (invocation_option(inv, needed[i]) != NULL)
                        continue;
                output_error("--%s is missing", needed[i]);
                help_usage(stderr, inv->command);
                return EXIT_USAGE;
        }
        return ask_settings(inv, "sso.add", print_added);
}

static bool print_set(const struct invocation *inv, const struct json *answer)
{
        output_line("%s is changed%s.", inv->args[1],
                    json_get_bool(answer, "enabled") ? "" : "; it has no button on the login page");
        return true;
}

static int run_set(const struct invocation *inv)
{
        return ask_settings(inv, "sso.change", print_set);
}

static bool print_list(const struct invocation *inv, const struct json *answer)
{
        static const struct column columns[] = {
                { "name", "NAME" }, { "label", "BUTTON" }, { "issuer", "ISSUER" }, { "client", "CLIENT" },
                { "method", "METHOD" }, { "people", "PEOPLE" }, { NULL, NULL },
        };

        (void)inv;
        output_table(answer, columns, "There is no provider of sign-on; 'carrel sso add PORTAL NAME "
                     "--issuer URL --client ID' adds one.", 0);
        return true;
}

static int run_list(const struct invocation *inv)
{
        return ask(inv, "sso.list", ask_arguments("portal", inv->args[0], NULL), NULL, print_list, NULL);
}

static bool print_checked(const struct invocation *inv, const struct json *answer)
{
        struct str why = json_get_text(answer, "why");

        if (json_get_bool(answer, "answers"))
                output_line("%s answers as it should.", inv->args[1]);
        else
                output_line("%s does not answer as it should: %.*s", inv->args[1], STR_ARG(why));
        return json_get_bool(answer, "answers");
}

static bool judge_check(const struct json *answer)
{
        return json_get_bool(answer, "answers");
}

static int run_check(const struct invocation *inv)
{
        return ask(inv, "sso.check", ask_arguments("portal", inv->args[0], "name", inv->args[1], NULL), NULL,
                   print_checked, judge_check);
}

static bool print_removed(const struct invocation *inv, const struct json *answer)
{
        output_line("%s is gone from %s, which may not ask it any more. %lld people who logged in by it keep "
                    "their accounts and need another way in.", inv->args[1], inv->args[0],
                    (long long)json_get_int(answer, "people"));
        return true;
}

static int run_remove(const struct invocation *inv)
{
        return ask(inv, "sso.remove", ask_arguments("portal", inv->args[0], "name", inv->args[1], NULL), NULL,
                   print_removed, NULL);
}

#define SETTINGS                                                                                        \
        { "label", "TEXT", "what stands on the button (the name, if not given)", false },               \
        { "method", METHODS, "how the client proves itself", false },                                   \
        { "scopes", "WORDS", "what is asked for (openid email profile)", false },                       \
        { "domain", "DOMAIN", "mail of this domain is believed (again for another one)", true },        \
        { "claim", "NAME", "the claim that --map is about", false },                                    \
        { "map", "VALUE=ROLE[:GROUP,GROUP]", "who has this value gets an account (again for another)",  \
          true },                                                                                       \
        { "second-factor", "WORD", "what the provider's amr or acr says of two factors", false },       \
        { "administrators", "yes|no", "whether it may make and let in administrators", false },         \
        { "enabled", "yes|no", "whether its button is there", false },                                  \
        { "secret-stdin", NULL, "read the client's secret from standard input, one line", false },      \
        { NULL, NULL, NULL, false }

static const struct option add_options[] = {
        { "issuer", "URL", "the provider's issuer, exactly as it writes it (needed)", false },
        { "client", "ID", "this portal's client id there (needed)", false },
        { "origin", "URL", "another place it needs, as https://HOST (again for another one)", true },
        SETTINGS,
};

static const struct option set_options[] = { SETTINGS };

const struct command sso_commands[] = {
        { "sso add", "PORTAL NAME", "let people log in by another provider's accounts (OpenID Connect)",
          "The issuer's own host may be asked from now on, and what --origin names; see `sso check`.\n"
          "Without --secret-stdin the client is a public one. Without --domain nobody is found by mail,\n"
          "and without --map nobody gets an account who has none.", add_options, run_add },
        { "sso set", "PORTAL NAME", "change a provider's settings, or its client's secret",
          "What is not given stays. Lists that are given replace the old ones; \"\" empties one. The issuer\n"
          "and the client id stay as they are: remove the provider and add another.", set_options, run_set },
        { "sso list", "PORTAL", "list a portal's providers", NULL, NULL, run_list },
        { "sso check", "PORTAL NAME", "ask a provider for its description and keys, as a login would", NULL,
          NULL, run_check },
        { "sso remove", "PORTAL NAME", "remove a provider; those who logged in by it keep their accounts",
          NULL, NULL, run_remove },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
