/*
 * owner.c -- what the owner of a portal decides: name, language, passwords, second factors, sessions.
 *
 * Every bound is in store/settings.c; nothing here can go around one.
 */
#include <stdio.h>

#include "content/content.h"
#include "crypto/password.h"
#include "orders.h"
#include "store/project.h"
#include "store/settings.h"

enum { MINUTE = 60, MINUTES_MAX = 366 * 24 * 60, KEY_MAX = 64 };

static const char *session_key(char out[static KEY_MAX], const char *what, int role)
{
        snprintf(out, KEY_MAX, "session.%s.%s", what, person_role_name((enum person_role)role));
        return out;
}

static struct json *roles_json(unsigned roles)
{
        struct json *list = json_new_array();

        for (int role = 0; role < ROLE_COUNT; role++)
                if ((roles & 1u << role) != 0)
                        json_append_text(list, str_of(person_role_name((enum person_role)role)));
        return list;
}

static struct str number_text(struct order *order, int64_t number)
{
        return str_of(arena_printf(order->arena, "%lld", (long long)number));
}

/* Everything but the list of roles as text, as forms and the command line have it. */
static void describe(struct order *order, const struct store_settings *s, struct json *out)
{
        char key[KEY_MAX];

        json_put_text(out, "password.profile",
                      str_of(password_profile_name((enum password_profile)s->password_profile)));
        json_put_text(out, "password.minimum", number_text(order, s->password_minimum));
        json_put(out, "second_factor", roles_json(s->second_factor_roles));
        for (int role = 0; role < ROLE_COUNT; role++) {
                json_put_text(out, session_key(key, "idle", role),
                              number_text(order, s->session[role].idle / MINUTE));
                json_put_text(out, session_key(key, "absolute", role),
                              number_text(order, s->session[role].absolute / MINUTE));
        }
}

static int read_site(struct order *order, struct str *title, struct str *language, struct err *err)
{
        int r = store_meta_find(order->store, STR("site.title"), order->arena, title, err);

        if (r == ERR_NOT_FOUND) {
                *title = STR("Documentation");
                r = 0;
        }
        if (r == 0)
                r = store_meta_find(order->store, STR("site.language"), order->arena, language, err);
        if (r == ERR_NOT_FOUND) {
                *language = STR("en");
                r = 0;
        }
        return r;
}

static int describe_all(struct order *order, struct json *out, struct err *err)
{
        struct store_settings settings = { .password_minimum = 0 };
        struct str title = STR(""), language = STR("");
        int r = read_site(order, &title, &language, err);

        if (r == 0)
                r = store_settings_load(order->store, &settings, err);
        if (r < 0)
                return r;
        json_put_text(out, "title", title);
        json_put_text(out, "language", language);
        describe(order, &settings, out);
        return 0;
}

int settings_show(struct order *order, struct err *err)
{
        return describe_all(order, order->result, err);
}

/* ---- changes: what is not among the arguments stays ---- */

static int read_count(const struct order *order, const char *key, uint64_t max, uint64_t *out,
                      struct err *err)
{
        const struct json *value = json_get(order->request->arguments, key);
        int64_t number = json_get_int(order->request->arguments, key);

        if (value == NULL)
                return 0;
        if (json_kind(value) == JSON_KIND_NUMBER && number > 0 && (uint64_t)number <= max)
                *out = (uint64_t)number;
        else if (str_to_u64(json_text(value), max, out, NULL) < 0)
                return err_set(err, ERR_INVALID, "%s is a whole number up to %llu", key,
                               (unsigned long long)max);
        return 0;
}

static int read_passwords(const struct order *order, struct store_settings *s, struct err *err)
{
        enum password_profile profile = (enum password_profile)s->password_profile;
        uint64_t minimum = s->password_minimum;
        int r = order_has(order, "password.profile") ?
                        password_profile_parse(order_argument(order, "password.profile"), &profile, err) : 0;

        if (r == 0)
                r = read_count(order, "password.minimum", STORE_PASSWORD_RAISED_MAX, &minimum, err);
        if (r < 0)
                return r;
        s->password_profile = (unsigned)profile;
        s->password_minimum = (unsigned)minimum;
        return 0;
}

static int add_role(struct str word, unsigned *roles, struct err *err)
{
        enum person_role role = ROLE_POWER_READER;
        int r = person_role_parse(word, &role, err);

        if (r == 0)
                *roles |= 1u << role;
        return r;
}

/* A list of roles; as text, with blanks between them, or "none", which a command line can say. */
static int read_factor(const struct order *order, struct store_settings *s, struct err *err)
{
        const struct json *list = json_get(order->request->arguments, "second_factor");
        struct str rest = json_text(list);
        unsigned roles = 0;
        int r = 0;

        if (list == NULL)
                return 0;
        if (json_kind(list) != JSON_KIND_ARRAY && json_kind(list) != JSON_KIND_TEXT)
                return err_set(err, ERR_INVALID, "second_factor is a list of roles");
        for (size_t i = 0; r == 0 && i < json_length(list); i++)
                r = add_role(json_text(json_at(list, i)), &roles, err);
        if (str_is(rest, "none"))
                rest = STR("");
        while (r == 0 && rest.n > 0) {
                struct str word = str_cut(&rest, ' ');

                if (word.n > 0)
                        r = add_role(word, &roles, err);
        }
        if (r == 0)
                s->second_factor_roles = roles;
        return r;
}

static int read_sessions(const struct order *order, struct store_settings *s, struct err *err)
{
        char key[KEY_MAX];
        int r = 0;

        for (int role = 0; r == 0 && role < ROLE_COUNT; role++) {
                struct store_session_limits *limits = &s->session[role];
                uint64_t idle = (uint64_t)limits->idle / MINUTE;
                uint64_t absolute = (uint64_t)limits->absolute / MINUTE;

                r = read_count(order, session_key(key, "idle", role), MINUTES_MAX, &idle, err);
                if (r == 0)
                        r = read_count(order, session_key(key, "absolute", role), MINUTES_MAX,
                                       &absolute, err);
                *limits = (struct store_session_limits){ (int64_t)idle * MINUTE, (int64_t)absolute * MINUTE };
        }
        return r;
}

static int change_site(struct order *order, const struct json *before, struct err *err)
{
        struct str title = order_argument(order, "title"), language = order_argument(order, "language");

        if (!order_has(order, "title"))
                title = json_get_text(before, "title");
        if (!order_has(order, "language"))
                language = json_get_text(before, "language");
        if (str_eq(title, json_get_text(before, "title")) &&
            str_eq(language, json_get_text(before, "language")))
                return 0;
        int r = content_put_site(order->store, title, language, err);

        if (r == 0)
                r = content_renew_site(order->store, order->now, err);
        order->renders = r == 0;
        return r;
}

/* A value as the log has it: text, or a list's words. */
static struct str value_text(struct order *order, const struct json *value)
{
        const char *text = "";

        if (json_kind(value) != JSON_KIND_ARRAY)
                return json_text(value);
        for (size_t i = 0; i < json_length(value); i++)
                text = arena_printf(order->arena, "%s%s%.*s", text, i > 0 ? " " : "",
                                    STR_ARG(json_text(json_at(value, i))));
        return str_of(text);
}

static void log_differences(struct order *order, const struct json *before)
{
        struct json *now;
        const char *key;
        void *at = NULL;

        while (json_next(order->result, &at, &key, &now)) {
                struct str from = value_text(order, json_get(before, key)), to = value_text(order, now);

                if (str_eq(from, to))
                        continue;
                struct json *change = json_new_object();

                json_put_text(change, "from", from);
                json_put_text(change, "to", to);
                json_put(order->detail, key, change);
        }
}

int settings_change(struct order *order, struct err *err)
{
        struct json *before CLEANUP_JSON = json_new_object();
        struct store_settings settings;
        int r = describe_all(order, before, err);

        if (r == 0)
                r = store_settings_load(order->store, &settings, err);
        if (r == 0)
                r = read_passwords(order, &settings, err);
        if (r == 0)
                r = read_factor(order, &settings, err);
        if (r == 0)
                r = read_sessions(order, &settings, err);
        if (r == 0)
                r = store_settings_save(order->store, &settings, err);
        if (r == 0)
                r = change_site(order, before, err);
        if (r == 0)
                r = describe_all(order, order->result, err);
        if (r < 0)
                return r;
        log_differences(order, before);
        order->object = STR("settings");
        return 0;
}
