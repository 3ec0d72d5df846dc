/*
 * settings.c -- settings as rows of key and number.
 */
#include "store/settings.h"

#include "base/check.h"
#include "store/inside.h"

enum { HOUR = 3600, DAY = 86400, ALL_ROLES = (1 << ROLE_COUNT) - 1 };

const struct store_settings store_settings_default = {
        .password_minimum = STORE_PASSWORD_FLOOR,
        .session = {
                [ROLE_ADMINISTRATOR] = { HOUR, DAY },
                [ROLE_WRITER] = { HOUR, DAY },
                [ROLE_REVIEWER] = { HOUR, DAY },
                [ROLE_POWER_READER] = { 30 * DAY, 30 * DAY },
        },
};

enum { MINIMUM, PROFILE, SECOND_FACTOR, IDLE_0, ABSOLUTE_0 = IDLE_0 + ROLE_COUNT,
       SETTINGS = ABSOLUTE_0 + ROLE_COUNT };

static const char *const keys[SETTINGS] = {
        "password.minimum",
        "password.profile",
        "second-factor.roles",
        "session.idle.administrator",
        "session.idle.writer",
        "session.idle.reviewer",
        "session.idle.power-reader",
        "session.absolute.administrator",
        "session.absolute.writer",
        "session.absolute.reviewer",
        "session.absolute.power-reader",
};

static void to_numbers(const struct store_settings *s, int64_t out[static SETTINGS])
{
        out[MINIMUM] = s->password_minimum;
        out[PROFILE] = s->password_profile;
        out[SECOND_FACTOR] = s->second_factor_roles;
        for (int role = 0; role < ROLE_COUNT; role++) {
                out[IDLE_0 + role] = s->session[role].idle;
                out[ABSOLUTE_0 + role] = s->session[role].absolute;
        }
}

/* The lowest and the highest value a setting may have. */
static void bounds_of(int setting, int64_t *low, int64_t *high)
{
        *low = 0;
        if (setting == MINIMUM) {
                *low = STORE_PASSWORD_FLOOR;
                *high = STORE_PASSWORD_RAISED_MAX;
        } else if (setting == PROFILE) {
                *high = STORE_PASSWORD_PROFILES - 1;
        } else if (setting == SECOND_FACTOR) {
                *high = ALL_ROLES;
        } else {
                *low = SESSION_IDLE_MIN;
                *high = (setting - IDLE_0) % ROLE_COUNT == ROLE_POWER_READER ? SESSION_READER_MAX :
                                                                               SESSION_AUTHOR_MAX;
        }
}

static int64_t within(int setting, int64_t value)
{
        int64_t low, high;

        bounds_of(setting, &low, &high);
        return value < low ? low : value > high ? high : value;
}

static void from_numbers(const int64_t n[static SETTINGS], struct store_settings *s)
{
        s->password_minimum = (unsigned)within(MINIMUM, n[MINIMUM]);
        s->password_profile = (unsigned)within(PROFILE, n[PROFILE]);
        s->second_factor_roles = (unsigned)within(SECOND_FACTOR, n[SECOND_FACTOR]);
        for (int role = 0; role < ROLE_COUNT; role++) {
                s->session[role].idle = within(IDLE_0 + role, n[IDLE_0 + role]);
                s->session[role].absolute = within(ABSOLUTE_0 + role, n[ABSOLUTE_0 + role]);
        }
}

int store_settings_load(struct store *store, struct store_settings *out, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int64_t numbers[SETTINGS];
        int r = query_start(store, "SELECT key, value FROM setting", NO_ARGS, &q, err);

        if (r < 0)
                return r;
        to_numbers(&store_settings_default, numbers);
        while ((r = query_step(q, err)) == 1)
                for (int i = 0; i < SETTINGS; i++)
                        if (str_is(query_text(q, 0), keys[i]))
                                numbers[i] = query_int(q, 1);
        if (r < 0)
                return r;
        from_numbers(numbers, out);
        return 0;
}

static int check_bounds(const int64_t numbers[static SETTINGS], struct err *err)
{
        for (int i = 0; i < SETTINGS; i++) {
                int64_t low, high;

                bounds_of(i, &low, &high);
                if (numbers[i] < low || numbers[i] > high)
                        return err_set(err, ERR_INVALID, "%s is a number from %lld to %lld", keys[i],
                                       (long long)low, (long long)high);
        }
        for (int role = 0; role < ROLE_COUNT; role++)
                if (numbers[IDLE_0 + role] > numbers[ABSOLUTE_0 + role])
                        return err_set(err, ERR_INVALID, "%s cannot be longer than %s",
                                       keys[IDLE_0 + role], keys[ABSOLUTE_0 + role]);
        return 0;
}

int store_settings_save(struct store *store, const struct store_settings *settings, struct err *err)
{
        int64_t numbers[SETTINGS];

        check(store->writing);
        to_numbers(settings, numbers);
        int r = check_bounds(numbers, err);

        for (int i = 0; r == 0 && i < SETTINGS; i++)
                r = sql_run(store,
                            "INSERT INTO setting(key, value) VALUES ($1, $2)"
                            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                            ARGS(V_TEXT(str_of(keys[i])), V_INT(numbers[i])), err);
        return r;
}
