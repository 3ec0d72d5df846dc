/*
 * overview.c -- /edit: where an author arrives.
 */
#include "edit.h"
#include "store/publication.h"

void edit_overview(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct store_publication_row *rows = NULL;
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (e == NULL)
                return;
        if (store_publication_list(e->portal->store, &who->reader, e->arena, &rows, &n, &err) < 0) {
                edit_fail(e, "overview", &err);
                return;
        }
        struct edit_publication *list = arena_array(e->arena, n + 1, sizeof *list);

        for (size_t i = 0; i < n; i++)
                list[i] = (struct edit_publication){
                        rows[i].slug, rows[i].title, rows[i].version,
                        str_of(store_visibility_name(rows[i].visibility)),
                };
        page_render_edit_overview(&out, &(struct edit_overview){
                .frame = edit_frame(e, EDIT_OVERVIEW), .publications = list, .npublications = n,
                .name = who->session.name.n > 0 ? who->session.name : who->session.login,
                .role = str_of(person_role_name(who->session.role)),
        });
        edit_send(e, &out);
}
