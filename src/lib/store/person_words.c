/*
 * person_words.c -- the texts of an account: role and state names, the spelling of an address, a
 * name.
 */
#include "store/people.h"

static const char *const role_names[ROLE_COUNT] = { "administrator", "writer", "reviewer",
                                                    "power-reader" };

const char *person_role_name(enum person_role role)
{
        return (size_t)role < ARRAY_LEN(role_names) ? role_names[role] : "unknown";
}

int person_role_parse(struct str word, enum person_role *out, struct err *err)
{
        for (size_t i = 0; i < ARRAY_LEN(role_names); i++)
                if (str_is(word, role_names[i])) {
                        *out = (enum person_role)i;
                        return 0;
                }
        return err_set(err, ERR_INVALID,
                       "'%.*s' is no role; use administrator, writer, reviewer or power-reader",
                       (int)(word.n < 40 ? word.n : 40), word.p);
}

const char *person_state_name(enum person_state state)
{
        static const char *const names[] = { "invited", "active", "disabled", "deleted" };

        return (size_t)state < ARRAY_LEN(names) ? names[state] : "unknown";
}

static bool is_alnum(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* An unquoted local part (RFC 5322, 3.2.3: dot-atom). */
static bool is_local(struct str s)
{
        if (s.n == 0 || s.n > 64 || s.p[0] == '.' || s.p[s.n - 1] == '.')
                return false;
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];

                if (c == '.' && s.p[i - 1] == '.')
                        return false;
                if (c != '.' && !is_alnum(c) && str_find(STR("!#$%&'*+-/=?^_`{|}~"), c) < 0)
                        return false;
        }
        return true;
}

/* Labels of letters, digits and hyphens (RFC 1123, 2.1). */
static bool is_domain(struct str s)
{
        struct str rest = s;

        if (s.n == 0 || s.n > 253 || s.p[s.n - 1] == '.')
                return false;
        while (rest.n > 0) {
                struct str label = str_cut(&rest, '.');

                if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
                    label.p[label.n - 1] == '-')
                        return false;
                for (size_t i = 0; i < label.n; i++)
                        if (!is_alnum(label.p[i]) && label.p[i] != '-')
                                return false;
        }
        return true;
}

int store_login_fold(struct str address, struct arena *arena, struct str *out, struct err *err)
{
        struct str s = str_trim(address), domain = s;
        struct str local = str_cut(&domain, '@');

        if (s.n > LOGIN_MAX)
                return err_set(err, ERR_INVALID, "a mail address has at most %d characters",
                               LOGIN_MAX);
        if (!is_local(local) || !is_domain(domain))
                return err_set(err, ERR_INVALID,
                               "'%.*s' is no mail address this portal can use; write it like "
                               "name@example.com, an international domain in its xn-- form",
                               (int)(s.n < 80 ? s.n : 80), s.p);
        char *p = arena_alloc(arena, s.n + 1);

        for (size_t i = 0; i < s.n; i++)
                p[i] = (char)(s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] | 0x20 : s.p[i]);
        *out = str_make(p, s.n);
        return 0;
}

int store_person_check(const struct store_person *person, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(1024);
        struct str folded;

        if (person->name.n > PERSON_NAME_MAX || !str_is_utf8(person->name))
                return err_set(err, ERR_INVALID, "a name is text of at most %d bytes",
                               PERSON_NAME_MAX);
        for (size_t i = 0; i < person->name.n; i++)
                if ((unsigned char)person->name.p[i] < 0x20 || person->name.p[i] == 0x7f)
                        return err_set(err, ERR_INVALID,
                                       "a name is one line without control characters");
        if ((unsigned)person->role >= ROLE_COUNT)
                return err_set(err, ERR_INVALID, "there is no such role");
        if (person->expires < 0)
                return err_set(err, ERR_INVALID, "an account ends after 1970, or never");
        if (person->role == ROLE_ADMINISTRATOR && person->expires != 0)
                return err_set(err, ERR_INVALID,
                               "an administrator's account cannot expire; remove the end date or "
                               "choose another role");
        return store_login_fold(person->login, arena, &folded, err);
}
