/*
 * people.h -- who has an account in this portal: authors and Power Readers.
 *
 * A person is named by a mail address and known inside by a number that is never used twice. What a
 * person proves to be themselves with is in credentials.h, their logins in sessions.h.
 *
 * The epoch is a counter per person. Sessions and links carry the value of their making and are
 * dead when it has moved on: after a change of password, address or role, and after disabling.
 *
 * All functions that change something run inside store_begin() and store_commit(). At any commit a
 * portal that has an active administrator keeps one: what would end that is ERR_DENIED.
 *
 * Trust:  texts come from forms and files; addresses and names are checked here, all are bound.
 * Owns:   nothing; results are copied into the caller's arena.
 * Linked by the portal and its jobs. Times are Unix seconds, given by the caller.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

enum person_role {
        ROLE_ADMINISTRATOR = 0,
        ROLE_WRITER = 1,
        ROLE_REVIEWER = 2,
        ROLE_POWER_READER = 3,
};
enum { ROLE_COUNT = 4 };

enum person_state {
        PERSON_INVITED = 0,             /* has never logged in, and cannot yet */
        PERSON_ACTIVE = 1,
        PERSON_DISABLED = 2,
        PERSON_DELETED = 3,             /* a tombstone: number, role and "former author N" */
};

enum { LOGIN_MAX = 254, PERSON_NAME_MAX = 200 };        /* bytes; RFC 5321, 4.5.3.1 */

struct store_person {
        int64_t id;
        struct str login;               /* lower case; empty for a tombstone */
        struct str name;
        enum person_role role;
        enum person_state state;
        int64_t created;
        int64_t expires;                /* 0: never */
        int64_t epoch;
        bool has_password;
        bool has_totp;
        bool has_passkey;               /* not in a struct store_credentials */
};

/* "administrator", "writer", "reviewer", "power-reader": the command line's words. */
const char *person_role_name(enum person_role role);
NODISCARD int person_role_parse(struct str word, enum person_role *out, struct err *err);
const char *person_state_name(enum person_state state);

static inline bool person_role_is_author(enum person_role role)
{
        return role == ROLE_ADMINISTRATOR || role == ROLE_WRITER || role == ROLE_REVIEWER;
}

/* Active, and not expired: may log in and has whatever rights were given. */
static inline bool person_is_live(enum person_state state, int64_t expires, int64_t now)
{
        return state == PERSON_ACTIVE && (expires == 0 || expires > now);
}

/*
 * The one spelling of a mail address, in lower case. ASCII only (a domain in its xn-- form), so
 * that no two addresses that look or fold alike are one account. ERR_INVALID says what is wrong.
 */
NODISCARD int store_login_fold(struct str address, struct arena *arena, struct str *out,
                               struct err *err);

/* ERR_INVALID: no address or name to use. */
NODISCARD int store_person_check(const struct store_person *person, struct err *err);

/*
 * A new person, invited: login, name, role and expires are looked at. The name may be empty.
 * ERR_EXISTS: the address has an account. ERR_INVALID also for an administrator who would expire.
 */
NODISCARD int store_person_add(struct store *store, const struct store_person *person, int64_t now,
                               int64_t *out_id, struct err *err);

/* Tombstones are found by number only. */
NODISCARD int store_person_find(struct store *store, int64_t id, struct arena *arena,
                                struct store_person *out, struct err *err);
NODISCARD int store_person_find_login(struct store *store, struct str login, struct arena *arena,
                                      struct store_person *out, struct err *err);

/*
 * Up to limit (1 to PEOPLE_LIST_MAX, or ERR_LIMIT) people by address, after the given one (empty:
 * from the start), of these roles (a set of 1 << role). No tombstones.
 */
enum { PEOPLE_LIST_MAX = 500 };
NODISCARD int store_person_list(struct store *store, unsigned roles, struct str after, size_t limit,
                                struct arena *arena, struct store_person **out, size_t *out_n,
                                struct err *err);

/*
 * The same with more to ask for. A tombstone is never met, so its number stands for who has expired.
 * Letters of the text are compared without case in ASCII only. Looks at every account in the worst case.
 */
enum { PERSON_EXPIRED = PERSON_DELETED, PERSON_STATES = 4 };
struct store_person_filter {
        unsigned roles;                 /* a set of 1 << role */
        unsigned states;                /* a set of 1 << state, and 1 << PERSON_EXPIRED */
        struct str text;                /* within address or name; empty: any */
        int64_t group;                  /* members of this one only, or 0 */
        int64_t publication;            /* named as its readers only, or 0 */
        int64_t now;
};
NODISCARD int store_person_search(struct store *store, const struct store_person_filter *filter,
                                  struct str after, size_t limit, struct arena *arena,
                                  struct store_person **out, size_t *out_n, struct err *err);

/* How many people there are in each role, without tombstones. */
NODISCARD int store_person_count(struct store *store, int64_t out[static ROLE_COUNT],
                                 struct err *err);

NODISCARD int store_person_set_name(struct store *store, int64_t id, struct str name,
                                    struct err *err);
/* Ends sessions and links: whoever held the old address must not reset the password. */
NODISCARD int store_person_set_login(struct store *store, int64_t id, struct str login,
                                     struct err *err);
/*
 * Ends sessions, and API tokens, for another role chose their scopes. An account that expires cannot
 * become an administrator's: ERR_INVALID.
 */
NODISCARD int store_person_set_role(struct store *store, int64_t id, enum person_role role,
                                    struct err *err);
/* 0: never. An administrator's account cannot expire: ERR_INVALID. */
NODISCARD int store_person_set_expires(struct store *store, int64_t id, int64_t expires,
                                       struct err *err);

/* Ends sessions. API tokens stay and are refused while the account is disabled. */
NODISCARD int store_person_disable(struct store *store, int64_t id, struct err *err);
/* Active again, or invited again when no password was ever set. */
NODISCARD int store_person_enable(struct store *store, int64_t id, struct err *err);

/* An invited person becomes active without a password: they log in by single sign-on or a passkey. */
NODISCARD int store_person_activate(struct store *store, int64_t id, struct err *err);

/* Log out everywhere: raises the epoch and removes the sessions. */
NODISCARD int store_person_end_sessions(struct store *store, int64_t id, struct err *err);

/*
 * Delete for good: address, name, password, second factors, sessions, tokens, memberships and
 * rights go; the number stays as "former author N" (or "former reader N") beside what it wrote.
 */
NODISCARD int store_person_delete(struct store *store, int64_t id, struct err *err);

/* Name the person as author of a revision, by number and by present name. */
NODISCARD int store_revision_attribute(struct store *store, int64_t topic, int64_t number,
                                       int64_t person, struct err *err);
