/*
 * scopes.c -- the table of scopes.
 */
#include "people/scopes.h"

#include "base/buf.h"

enum {
        AUTHORS = 1 << ROLE_ADMINISTRATOR | 1 << ROLE_WRITER | 1 << ROLE_REVIEWER,
        EVERY_ROLE = AUTHORS | 1 << ROLE_POWER_READER,
        ADMINISTRATORS = 1 << ROLE_ADMINISTRATOR,
};

static const struct {
        enum scope scope;
        const char *name;
        const char *sentence;
        unsigned roles;
} table[SCOPES] = {
        { SCOPE_CONTENT_READ, "content.read", "read the publications its person may read", EVERY_ROLE },
        { SCOPE_PROJECTS_READ, "projects.read", "read the authors' working copy", AUTHORS },
        { SCOPE_PEOPLE_READ, "people.read", "see people, groups, rights and tokens", ADMINISTRATORS },
        { SCOPE_PEOPLE_WRITE, "people.write", "change people, groups, rights and tokens", ADMINISTRATORS },
        { SCOPE_LOG_READ, "log.read", "read the portal's log", ADMINISTRATORS },
        { SCOPE_SETTINGS_READ, "settings.read", "see the portal's settings and providers of sign-on",
          ADMINISTRATORS },
        { SCOPE_SETTINGS_WRITE, "settings.write", "change the portal's settings and providers of sign-on",
          ADMINISTRATORS },
};

enum scope scope_at(size_t i)
{
        return table[i].scope;
}

const char *scope_name(enum scope scope)
{
        for (size_t i = 0; i < SCOPES; i++)
                if (table[i].scope == scope)
                        return table[i].name;
        return NULL;
}

const char *scope_sentence(enum scope scope)
{
        for (size_t i = 0; i < SCOPES; i++)
                if (table[i].scope == scope)
                        return table[i].sentence;
        return NULL;
}

uint32_t scopes_of_role(enum person_role role)
{
        uint32_t set = 0;

        for (size_t i = 0; i < SCOPES; i++)
                if ((table[i].roles & 1u << role) != 0)
                        set |= (uint32_t)table[i].scope;
        return set;
}

static uint32_t scope_called(struct str word)
{
        for (size_t i = 0; i < SCOPES; i++)
                if (str_is(word, table[i].name))
                        return (uint32_t)table[i].scope;
        return 0;
}

int scopes_parse(struct str words, enum person_role role, uint32_t *out, struct err *err)
{
        struct str rest = words;
        uint32_t set = 0;

        while (rest.n > 0) {
                struct str word = str_cut(&rest, ' ');
                uint32_t scope = scope_called(word);

                if (word.n > 32 || scope == 0)
                        return err_set(err, ERR_INVALID, "there is no scope '%.*s'; there are content.read, "
                                       "projects.read, people.read, people.write, log.read, settings.read "
                                       "and settings.write",
                                       word.n > 32 ? 32 : (int)word.n, word.p);
                if ((set & scope) != 0)
                        return err_set(err, ERR_INVALID, "name the scope '%.*s' once", STR_ARG(word));
                if ((scope & scopes_of_role(role)) == 0)
                        return err_set(err, ERR_INVALID, "a %s cannot use the scope '%.*s'; leave it out",
                                       person_role_name(role), STR_ARG(word));
                set |= scope;
        }
        *out = set;
        return 0;
}

struct str scopes_words(uint32_t scopes, struct arena *arena)
{
        struct buf words CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < SCOPES; i++) {
                if ((scopes & (uint32_t)table[i].scope) == 0)
                        continue;
                if (words.n > 0)
                        buf_putc(&words, ' ');
                buf_puts(&words, table[i].name);
        }
        return arena_str(arena, buf_str(&words));
}
