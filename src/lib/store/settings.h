/*
 * settings.h -- what a portal's owner decides about passwords, second factors and sessions.
 *
 * Bounds are enforced here, on the way in and on the way out: a number that some other program wrote
 * into the file cannot lower a floor either. The floor of five is also a constraint of the table.
 *
 * Owns:   nothing; settings are a plain value.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "store/people.h"

enum {
        STORE_PASSWORD_FLOOR = 5,       /* code points; policy P7. Nothing lowers it */
        STORE_PASSWORD_RAISED_MAX = 64, /* a portal cannot ask for more */
        STORE_PASSWORD_PROFILES = 3,    /* enum password_profile of crypto/password.h, as a number */
};

/* Seconds. */
enum {
        SESSION_IDLE_MIN = 5 * 60,
        SESSION_AUTHOR_MAX = 30 * 86400,
        SESSION_READER_MAX = 366 * 86400,
};

struct store_session_limits {
        int64_t idle;                   /* since the last request */
        int64_t absolute;               /* since the login */
};

struct store_settings {
        unsigned password_profile;      /* 0: the policy's floor; 1: standard, 2: nist */
        unsigned password_minimum;      /* raises the profile's */
        unsigned second_factor_roles;   /* required; a set of 1 << role */
        struct store_session_limits session[ROLE_COUNT];
};

/* What holds until somebody decides: floor 5, no second factor required, authors 1 h and 24 h, Power
 * Readers 30 days. */
extern const struct store_settings store_settings_default;

NODISCARD int store_settings_load(struct store *store, struct store_settings *out,
                                  struct err *err);

/* ERR_INVALID: a value is out of its bounds; nothing was changed. Inside a transaction. */
NODISCARD int store_settings_save(struct store *store, const struct store_settings *settings,
                                  struct err *err);
