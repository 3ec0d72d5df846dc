/*
 * portal.c -- what belongs to no single project: publications, people, rights, settings, the log.
 */
#include "export/writing.h"

/* Which revision of which topic each page shows, and all else that was frozen with it. */
static int write_publication(struct sink *sink, struct store *copy, struct json *publication,
                             struct err *err)
{
        static const struct {
                const char *key;
                enum store_extract what;
        } lists[] = {
                { "pages", EXTRACT_PAGES },
                { "contents", EXTRACT_PAGE_CONTENTS },
                { "files", EXTRACT_PAGE_FILES },
                { "redirects", EXTRACT_REDIRECTS },
        };
        int64_t id = json_get_int(publication, "id");

        for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
                struct json *rows = NULL;
                int r = sink_rows(copy, lists[i].what, id, &rows, err);

                if (r < 0)
                        return r;
                json_put(publication, lists[i].key, rows);
        }
        struct buf text CLEANUP_BUF = { 0 };
        struct str slug = json_get_text(publication, "slug");

        json_render(publication, true, &text);
        buf_putc(&text, '\n');
        sink->done.publications++;
        return sink_text(sink, str_of(arena_printf(sink->arena, "publications/%.*s.json",
                                                   STR_ARG(slug))),
                         buf_str(&text), json_get_int(publication, "updated"), err);
}

int write_publications(struct sink *sink, struct store *copy, int64_t project, struct err *err)
{
        struct json *list CLEANUP_JSON = NULL;
        int r = sink_rows(copy, EXTRACT_PUBLICATIONS, project, &list, err);

        for (size_t i = 0; r == 0 && i < json_length(list); i++) {
                sink_progress(sink, "publications", i, json_length(list));
                r = write_publication(sink, copy, json_at(list, i), err);
        }
        return r;
}

/* { "key": value } of rows with these two. */
static struct json *object_of(const struct json *rows)
{
        struct json *object = json_new_object();

        for (size_t i = 0; i < json_length(rows); i++) {
                const struct json *row = json_at(rows, i);
                struct str key = json_get_text(row, "key");
                struct str text = json_get_text(row, "value");

                /* Keys are this program's own; a text's slice ends with a NUL in a JSON value. */
                if (text.p != NULL && text.n > 0)
                        json_put_text(object, key.p, text);
                else
                        json_put_int(object, key.p, json_get_int(row, "value"));
        }
        return object;
}

static int put_pairs(struct json *into, const char *key, struct store *copy,
                     enum store_extract what, struct err *err)
{
        struct json *rows CLEANUP_JSON = NULL;
        int r = sink_rows(copy, what, 0, &rows, err);

        if (r == 0)
                json_put(into, key, object_of(rows));
        return r;
}

static int write_settings(struct sink *sink, struct store *copy, struct err *err)
{
        struct json *portal = json_new_object();
        int r;

        json_put_text(portal, "name", sink->options->portal);
        r = put_pairs(portal, "site", copy, EXTRACT_SITE, err);
        if (r == 0)
                r = put_pairs(portal, "settings", copy, EXTRACT_SETTINGS, err);
        if (r < 0) {
                json_free(&portal);
                return r;
        }
        return sink_json(sink, STR("portal.json"), portal, err);
}

static int write_groups(struct sink *sink, struct store *copy, struct err *err)
{
        struct json *all = json_new_object(), *groups = NULL, *members = NULL;
        int r = sink_rows(copy, EXTRACT_GROUPS, 0, &groups, err);

        if (r == 0)
                r = sink_rows(copy, EXTRACT_MEMBERS, 0, &members, err);
        if (r < 0) {
                json_free(&groups);
                json_free(&all);
                return r;
        }
        json_put(all, "groups", groups);
        json_put(all, "members", members);
        return sink_json(sink, STR("groups.json"), all, err);
}

static int write_list(struct sink *sink, struct store *copy, const char *name,
                      enum store_extract what, struct err *err)
{
        struct json *rows = NULL;
        int r = sink_rows(copy, what, 0, &rows, err);

        return r < 0 ? r : sink_json(sink, str_of(name), rows, err);
}

int write_portal(struct sink *sink, struct store *copy, struct err *err)
{
        uint64_t records = 0;
        int r = write_settings(sink, copy, err);

        if (r == 0)
                r = write_list(sink, copy, "people.json", EXTRACT_PEOPLE, err);
        if (r == 0)
                r = write_groups(sink, copy, err);
        if (r == 0)
                r = write_list(sink, copy, "access.json", EXTRACT_GRANTS, err);
        if (r == 0)
                r = write_list(sink, copy, "share-links.json", EXTRACT_SHARE_LINKS, err);
        return r < 0 ? r : sink_lines(sink, STR("audit.jsonl"), copy, EXTRACT_AUDIT, 0, &records,
                                      err);
}
