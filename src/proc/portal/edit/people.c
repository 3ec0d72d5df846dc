/*
 * people.c -- /edit/people: the list, and an invitation.
 */
#include "edit.h"

static unsigned states_of(struct str word)
{
        static const char *const words[PERSON_STATES] = { "invited", "active", "disabled", "expired" };

        for (unsigned i = 0; i < PERSON_STATES; i++)
                if (str_is(word, words[i]))
                        return 1u << i;
        return (1u << PERSON_STATES) - 1;
}

static unsigned roles_of(struct str word)
{
        enum person_role role;

        return person_role_parse(word, &role, NULL) == 0 ? 1u << role : (1u << ROLE_COUNT) - 1;
}

void edit_people(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct edit_listing list;
        struct buf out = { 0 };

        if (e == NULL)
                return;
        struct str role = edit_query_of(e, "role"), state = edit_query_of(e, "state");
        struct store_person_filter filter = {
                .roles = roles_of(role), .states = states_of(state), .text = edit_query_of(e, "text"),
        };

        if (!edit_list_people(e, &filter, "/edit/people", &list))
                return;
        page_render_edit_people(&out, &(struct edit_people){
                .frame = edit_frame(e, EDIT_PEOPLE), .text = filter.text, .role = role, .state = state,
                .people = list.people, .npeople = list.n, .next = list.next, .deep = list.deep,
        });
        edit_send(e, &out);
}

/* ---- an invitation ---- */

static void show_invite(struct edit *e)
{
        struct buf out = { 0 };
        struct str role = edit_field_of(e, "role");

        page_render_edit_invite(&out, &(struct edit_invite){
                .frame = edit_frame(e, EDIT_PEOPLE),
                .person = {
                        .email = edit_field_of(e, "email"), .name = edit_field_of(e, "name"),
                        .role = role.n > 0 ? role : STR("power-reader"),
                        .last_day = edit_field_of(e, "expires"),
                },
        });
        edit_send(e, &out);
}

void edit_invite(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_invite(e);
}

/* The one place that shows a link: on the answer to the form, which nobody keeps. */
void edit_link_made(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct buf out = { 0 };

        if (edit_refused(e, code, sentence))
                return;
        page_render_edit_link(&out, &(struct edit_link){
                .frame = edit_frame(e, EDIT_PEOPLE), .person = edit_person_from(e, result),
                .url = str_of(arena_printf(e->arena, "%.*s%.*s", STR_ARG(e->origin),
                                           STR_ARG(json_get_text(result, "path")))),
                .valid_until = arena_str(e->arena, json_get_text(result, "valid_until")),
                .mailed = !json_has(result, "mailed")          ? EDIT_MAILED_NOTHING
                          : json_get_bool(result, "mailed") ? EDIT_MAILED
                                                            : EDIT_MAILED_NOT,
        });
        edit_send(e, &out);
}

void edit_invite_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order_then(e, "user.add", edit_arguments(e, "email", "name", "role", "expires", NULL),
                                edit_link_made, show_invite);
}
