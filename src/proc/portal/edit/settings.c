/*
 * settings.c -- /edit/settings: what the owner decides.
 */
#include "edit.h"
#include "store/settings.h"

static struct str setting(const struct edit *e, const struct json *now, const char *key)
{
        struct str typed = e->error.n > 0 ? edit_field_of(e, key) : STR("");

        return typed.n > 0 ? typed : arena_str(e->arena, json_get_text(now, key));
}

static struct str box_of(const struct edit *e, const char *role)
{
        return edit_field_of(e, arena_printf(e->arena, "factor.%s", role));
}

static bool names_role(const struct json *list, const char *role)
{
        for (size_t i = 0; i < json_length(list); i++)
                if (str_is(json_text(json_at(list, i)), role))
                        return true;
        return false;
}

static struct edit_limits *limits_of(const struct edit *e, const struct json *now)
{
        struct edit_limits *limits = arena_array(e->arena, ROLE_COUNT, sizeof *limits);
        const struct json *named = json_get(now, "second_factor");

        for (int i = 0; i < ROLE_COUNT; i++) {
                const char *role = person_role_name((enum person_role)i);

                limits[i] = (struct edit_limits){
                        .role = str_of(role),
                        .idle = setting(e, now, arena_printf(e->arena, "session.idle.%s", role)),
                        .absolute = setting(e, now, arena_printf(e->arena, "session.absolute.%s", role)),
                        .factor = e->error.n > 0 ? box_of(e, role).n > 0 : names_role(named, role),
                };
        }
        return limits;
}

static void on_settings(void *ctx, int code, struct str sentence, const struct json *now)
{
        struct edit *e = ctx;
        struct buf out = { 0 };

        if (code < 0) {
                service_log(LOG_ERROR, "settings: %.*s", STR_ARG(sentence));
                reply_error(e->portal, e->x, 500);
                return;
        }
        page_render_edit_settings(&out, &(struct edit_settings){
                .frame = edit_frame(e, EDIT_SETTINGS), .title = setting(e, now, "title"),
                .language = setting(e, now, "language"), .profile = setting(e, now, "password.profile"),
                .minimum = setting(e, now, "password.minimum"), .limits = limits_of(e, now),
                .nlimits = ROLE_COUNT, .factorless = !e->who->session.second_factor,
        });
        edit_send(e, &out);
}

/* May come after a job has answered, when the connection is gone: reading needs none. */
static void show_settings(struct edit *e)
{
        ordering_read(e->portal, "settings.show", json_new_object(), on_settings, e);
}

void edit_settings(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_settings(e);
}

static void take_limits(const struct edit *e, struct json *arguments)
{
        static const char *const kinds[] = { "idle", "absolute" };

        for (int i = 0; i < 2 * ROLE_COUNT; i++) {
                const char *key = arena_printf(e->arena, "session.%s.%s", kinds[i / ROLE_COUNT],
                                               person_role_name((enum person_role)(i % ROLE_COUNT)));
                struct str value = edit_field_of(e, key);

                if (value.n > 0)
                        json_put_text(arguments, key, value);
        }
}

/* A form without the boxes says nothing about them. */
static void take_factors(const struct edit *e, struct json *arguments)
{
        struct json *roles;

        if (edit_field_of(e, "factors").n == 0)
                return;
        roles = json_new_array();
        for (int i = 0; i < ROLE_COUNT; i++) {
                const char *role = person_role_name((enum person_role)i);

                if (box_of(e, role).n > 0)
                        json_append_text(roles, str_of(role));
        }
        json_put(arguments, "second_factor", roles);
}

/* Who asks for a second factor of their own role and has none is led to set one up by the router. */
void edit_settings_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        struct json *arguments =
                edit_arguments(e, "title", "language", "password.profile", "password.minimum", NULL);

        take_limits(e, arguments);
        take_factors(e, arguments);
        edit_order(e, "settings.change", arguments, STR("/edit/settings?done=saved"), show_settings);
}
