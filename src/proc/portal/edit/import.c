/*
 * import.c -- /edit/people/import: many Power Readers from a table. First the check, then, with the same
 * table, all of them or none; a job does both.
 */
#include "edit.h"
#include "people/csv.h"

static void render(struct edit *e, struct edit_import *page)
{
        struct buf out = { 0 };

        page->frame = edit_frame(e, EDIT_PEOPLE);
        page->csv = form_field(e->x, "csv");
        page->groups = edit_field_of(e, "groups");
        page_render_edit_import(&out, page);
        edit_send(e, &out);
}

static void show_form(struct edit *e)
{
        render(e, &(struct edit_import){ .lines = 0 });
}

void edit_import(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_form(e);
}

static struct edit_fault *faults_of(const struct edit *e, const struct json *list, size_t n)
{
        struct edit_fault *faults = arena_array(e->arena, n + 1, sizeof *faults);

        for (size_t i = 0; i < n; i++)
                faults[i] = (struct edit_fault){
                        json_get_int(json_at(list, i), "line"),
                        arena_str(e->arena, json_get_text(json_at(list, i), "sentence")),
                };
        return faults;
}

static struct edit_person *sample_of(const struct edit *e, const struct json *list, size_t n)
{
        struct edit_person *people = arena_array(e->arena, n + 1, sizeof *people);

        for (size_t i = 0; i < n; i++)
                people[i] = edit_person_from(e, json_at(list, i));
        return people;
}

static void on_checked(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        if (edit_refused(e, code, sentence))
                return;
        const struct json *faults = json_get(result, "faults"), *sample = json_get(result, "sample");
        struct edit_import page = {
                .checked = true, .lines = json_get_int(result, "lines"),
                .faulty = json_get_int(result, "faulty"), .nfaults = json_length(faults),
                .nsample = json_length(sample),
        };

        page.faults = faults_of(e, faults, page.nfaults);
        page.sample = sample_of(e, sample, page.nsample);
        if (page.faulty > 0)
                e->status = 422;
        render(e, &page);
}

/* ---- the links ---- */

static void write_links(const struct edit *e, const struct json *people, struct buf *out)
{
        static const struct str heading[] = { STR("email"), STR("name"), STR("link"), STR("valid until") };

        csv_write(out, heading, ARRAY_LEN(heading));
        for (size_t i = 0; i < json_length(people); i++) {
                const struct json *o = json_at(people, i);
                const char *link = arena_printf(e->arena, "%.*s%.*s", STR_ARG(e->origin),
                                                STR_ARG(json_get_text(o, "path")));
                const struct str row[] = {
                        json_get_text(o, "email"), json_get_text(o, "name"), str_of(link),
                        json_get_text(o, "valid_until"),
                };

                csv_write(out, row, ARRAY_LEN(row));
        }
}

static void send_file(struct edit *e, struct buf *table)
{
        size_t n;
        char *bytes = buf_detach(table, &n);
        const struct http_response response = {
                .status = 200,
                .content_type = STR("text/csv; charset=utf-8"),
                .content_disposition = http_disposition(e->arena, STR("invitations.csv"), false),
                .cache_control = STR("private, no-store"),
                .body = http_body_owned(bytes, n),
        };

        http_reply(e->x, &response);
}

static void on_added(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct buf table = { 0 };

        if (edit_refused(e, code, sentence))
                return;
        write_links(e, json_get(result, "people"), &table);
        if (str_is(edit_field_of(e, "do"), "download")) {
                send_file(e, &table);
                return;
        }
        render(e, &(struct edit_import){
                .made = json_get_int(result, "count"), .links = arena_str(e->arena, buf_str(&table)),
        });
        buf_free(&table);
}

void edit_import_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        struct json *arguments = edit_arguments(e, "csv", "groups", NULL);

        if (edit_field_of(e, "do").n > 0)
                edit_order_then(e, "user.import", arguments, on_added, show_form);
        else
                edit_order_then(e, "user.preview", arguments, on_checked, show_form);
}
