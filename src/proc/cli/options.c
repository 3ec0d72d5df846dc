/*
 * options.c -- words before the command's name may only be options that every command takes; behind
 * it, options and arguments mix as people write them. "--" ends the options.
 */
#include "proc/cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"

#define DATA_DEFAULT "/var/lib/carrel"

static const struct command *const lists[] = {
        demo_commands, serve_commands, portal_commands, domain_commands, people_commands,
        group_commands, access_commands, share_commands, token_commands, sso_commands, audit_commands,
        settings_commands, content_commands, takeaway_commands, backup_commands, taking_commands,
        host_commands,
        help_commands,
};

const struct option global_options[] = {
        { "data", "DIR", "the host's data directory (else CARREL_DATA, else " DATA_DEFAULT ")", false },
        { "json", NULL, "print the answer as JSON", false },
        { "help", NULL, "explain the command and do nothing", false },
        { NULL, NULL, NULL, false },
};

const struct command *command_next(size_t *at)
{
        size_t n = *at;

        for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
                size_t count = 0;

                while (lists[i][count].words != NULL)
                        count++;
                if (n < count) {
                        ++*at;
                        return &lists[i][n];
                }
                n -= count;
        }
        return NULL;
}

const char *invocation_option(const struct invocation *inv, const char *name)
{
        const char *value = NULL;

        for (size_t i = 0; i < inv->ngiven; i++)
                if (strcmp(inv->given[i].option->name, name) == 0)
                        value = inv->given[i].value;
        return value;
}

/* How well the words so far name a command. */
enum match { MATCH_NONE, MATCH_GROUP, MATCH_COMMAND };

static enum match match_words(const char *words, const struct command **out)
{
        size_t at = 0, n = strlen(words);
        enum match best = MATCH_NONE;
        const struct command *c;

        while ((c = command_next(&at)) != NULL) {
                if (strcmp(c->words, words) == 0) {
                        *out = c;
                        return MATCH_COMMAND;
                }
                if (strncmp(c->words, words, n) == 0 && c->words[n] == ' ')
                        best = MATCH_GROUP;
        }
        return best;
}

struct parsing {
        struct invocation *inv;
        char words[128];
        int argc;
        char *const *argv;
        int at;
        bool only_arguments;            /* behind "--" */
        bool help;
};

static const struct option *find_option(const struct option *list, struct str name)
{
        for (; list != NULL && list->name != NULL; list++)
                if (str_is(name, list->name))
                        return list;
        return NULL;
}

static bool is_choice(const char *choices, struct str value)
{
        struct str rest = str_of(choices);

        while (rest.n > 0)
                if (str_eq(str_cut(&rest, '|'), value))
                        return true;
        return false;
}

static int keep_option(struct parsing *p, const struct option *o, const char *value, struct err *err)
{
        struct invocation *inv = p->inv;

        if (!o->many && invocation_option(inv, o->name) != NULL)
                return err_set(err, ERR_INVALID, "--%s is given twice", o->name);
        if (o->value != NULL && strchr(o->value, '|') != NULL && !is_choice(o->value, str_of(value)))
                return err_set(err, ERR_INVALID, "--%s is %s, not '%s'", o->name, o->value, value);
        if (inv->ngiven == GIVEN_MAX)
                return err_set(err, ERR_INVALID, "more than %d options", GIVEN_MAX);
        inv->given[inv->ngiven++] = (struct given){ o, value };
        return 0;
}

static int parse_option(struct parsing *p, const char *word, struct err *err)
{
        struct str value = str_of(word + 2);
        struct str name = str_cut(&value, '=');
        bool joined = name.p[name.n] == '=';
        const struct option *o = find_option(global_options, name);

        if (o == NULL && p->inv->command == NULL)
                return err_set(err, ERR_INVALID, "--%.*s stands before the command; only --data, --json "
                               "and --help may", STR_ARG(name));
        if (o == NULL)
                o = find_option(p->inv->command->options, name);
        if (o == NULL)
                return err_set(err, ERR_INVALID, "'%s' has no option --%.*s", p->inv->command->words,
                               STR_ARG(name));
        if (o->value == NULL)
                return joined ? err_set(err, ERR_INVALID, "--%s takes no value", o->name)
                              : keep_option(p, o, "", err);
        if (joined)
                return keep_option(p, o, value.p, err);
        if (p->at == p->argc)
                return err_set(err, ERR_INVALID, "--%s needs a value: --%s %s", o->name, o->name, o->value);
        return keep_option(p, o, p->argv[p->at++], err);
}

/* One more word of the command's name. */
static int parse_word(struct parsing *p, const char *word, struct err *err)
{
        size_t n = strlen(p->words);
        const char *space = n > 0 ? " " : "";

        if (n + strlen(word) + 2 > sizeof p->words)
                return err_set(err, ERR_INVALID, "there is no such command; 'carrel help' lists them");
        snprintf(p->words + n, sizeof p->words - n, "%s%s", space, word);
        if (match_words(p->words, &p->inv->command) != MATCH_NONE)
                return 0;
        return err_set(err, ERR_INVALID, "there is no command '%s'; 'carrel help' lists them", p->words);
}

static int parse_argument(struct parsing *p, const char *word, struct err *err)
{
        struct invocation *inv = p->inv;

        if (inv->nargs == ARGUMENTS_MAX)
                return err_set(err, ERR_INVALID, "more than %d arguments", ARGUMENTS_MAX);
        if (word[0] == '\0')
                return err_set(err, ERR_INVALID, "an argument is empty");
        inv->args[inv->nargs++] = word;
        return 0;
}

static int parse_one(struct parsing *p, struct err *err)
{
        const char *word = p->argv[p->at++];
        bool dashed = !p->only_arguments && word[0] == '-' && word[1] != '\0';

        if (dashed && strcmp(word, "--") == 0) {
                p->only_arguments = true;
                return 0;
        }
        if (dashed && strcmp(word, "-h") == 0)
                return keep_option(p, find_option(global_options, STR("help")), "", err);
        if (dashed && strcmp(word, "--version") == 0 && p->inv->command == NULL && p->words[0] == '\0')
                word = "version";
        else if (dashed && word[1] == '-')
                return parse_option(p, word, err);
        else if (dashed)
                return err_set(err, ERR_INVALID, "there is no option %s; options are written --NAME",
                               word);
        return p->inv->command == NULL ? parse_word(p, word, err) : parse_argument(p, word, err);
}

/* Are there as many arguments as the command's row names? */
static int check_arguments(const struct invocation *inv, struct err *err)
{
        struct str rest = str_of(inv->command->arguments);
        size_t needed = 0;

        while (rest.n > 0) {
                struct str word = str_cut(&rest, ' ');

                if (word.p[0] == '[')
                        return 0;
                if (needed++ == inv->nargs)
                        return err_set(err, ERR_INVALID, "%.*s is missing", STR_ARG(word));
        }
        if (inv->nargs > needed)
                return err_set(err, ERR_INVALID, "'%s' is one argument too many", inv->args[needed]);
        return 0;
}

static void choose_data(struct invocation *inv)
{
        const char *given = invocation_option(inv, "data");
        const char *env = getenv("CARREL_DATA");
        bool from_env = env != NULL && env[0] != '\0';

        inv->data_given = given != NULL;
        inv->data_chosen = given != NULL || from_env;
        inv->data = given != NULL ? given : from_env ? env : DATA_DEFAULT;
}

/* "carrel --help", "carrel portal --help", "carrel portal create x --help": all are the help command. */
static void become_help(struct parsing *p)
{
        const char *about = p->inv->command != NULL ? p->inv->command->words : p->words;

        p->inv->nargs = 0;
        if (about[0] != '\0')
                p->inv->args[p->inv->nargs++] = about;
        check(match_words("help", &p->inv->command) == MATCH_COMMAND);
}

int options_parse(struct invocation *inv, int argc, char *const *argv, struct err *err)
{
        /* The words outlive the call: help keeps pointing at them. */
        static struct parsing p;

        *inv = (struct invocation){ 0 };
        p = (struct parsing){ .inv = inv, .argc = argc, .argv = argv };
        while (p.at < argc) {
                int r = parse_one(&p, err);

                if (r < 0)
                        return r;
        }
        choose_data(inv);
        if (inv->data[0] == '\0')
                return err_set(err, ERR_INVALID, "--data needs a folder");
        inv->json = invocation_option(inv, "json") != NULL;
        if (invocation_option(inv, "help") != NULL) {
                become_help(&p);
                return 0;
        }
        if (inv->command == NULL && p.words[0] != '\0')
                return err_set(err, ERR_INVALID, "'%s' is a group of commands; 'carrel help %s' lists "
                               "them", p.words, p.words);
        if (inv->command == NULL)
                return err_set(err, ERR_INVALID, "no command is given; 'carrel help' lists them");
        return check_arguments(inv, err);
}
