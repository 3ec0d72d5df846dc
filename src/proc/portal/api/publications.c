/*
 * publications.c -- what a token's person may read. Each lookup goes through may_read(), at the store.
 */
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "store/publication.h"
#include "store/read.h"

static struct json *publication_json(const struct api_call *call, const struct store_publication_row *p)
{
        struct json *o = json_new_object();

        json_put_text(o, "slug", p->slug);
        json_put_text(o, "title", p->title);
        json_put_text(o, "version", p->version);
        json_put_text(o, "description", p->description);
        json_put_text(o, "visibility", str_of(store_visibility_name(p->visibility)));
        json_put_text(o, "language", p->language);
        call_put_direction(o, p->rtl);
        json_put_text(o, "first", p->first_page);
        json_put_int(o, "topics", p->pages);
        call_put_time(o, "updated", p->updated);
        json_put_text(o, "url", http_location(call->arena, str_of(arena_printf(
                call->arena, "/docs/%.*s/", STR_ARG(p->slug)))));
        return o;
}

static int by_slug(const void *a, const void *b)
{
        const struct store_publication_row *left = a, *right = b;
        size_t n = left->slug.n < right->slug.n ? left->slug.n : right->slug.n;
        int order = memcmp(left->slug.p, right->slug.p, n);

        return order != 0 ? order : (left->slug.n > right->slug.n) - (left->slug.n < right->slug.n);
}

int api_publications(struct api_call *call, struct err *err)
{
        struct store_publication_row *rows = NULL;
        size_t n = 0;
        int r = store_publication_list(call->portal->store, &call->reader, call->arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct json *list = json_new_array();

        if (n > 0)
                qsort(rows, n, sizeof *rows, by_slug);
        for (size_t i = 0; i < n; i++)
                json_append(list, publication_json(call, &rows[i]));
        call_cut_list(call, list, call_key_member, "slug");
        return 0;
}

int api_publication(struct api_call *call, struct err *err)
{
        struct store_publication_row row;
        int r = store_publication_read(call->portal->store, &call->reader,
                                       call_text(call, "publication"), call->arena, &row, err);

        if (r == 0)
                call->output = publication_json(call, &row);
        return r;
}

/* ---- topics ---- */

static struct json *topic_json(const struct api_call *call, const struct store_frozen *topic)
{
        struct str publication = call_text(call, "publication");
        struct json *o = json_new_object();

        json_put_text(o, "slug", topic->slug);
        json_put_text(o, "title", topic->title);
        json_put_text(o, "description", topic->description);
        call_put_time(o, "updated", topic->updated);
        json_put_text(o, "url", http_location(call->arena, str_of(arena_printf(
                call->arena, "/docs/%.*s/%.*s", STR_ARG(publication), STR_ARG(topic->slug)))));
        return o;
}

int api_topics(struct api_call *call, struct err *err)
{
        struct store_frozen *rows = NULL;
        struct str last = STR("");
        int64_t after;
        size_t n = 0;
        int r = call_after_number(call, -1, &after, err);

        if (r == 0)
                r = store_frozen_read(call->portal->store, &call->reader, call_text(call, "publication"),
                                      after, call_limit(call), call->arena, &rows, &n, err);
        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++)
                json_append(list, topic_json(call, &rows[i]));
        if (n > 0 && n == call_limit(call))
                last = str_of(arena_printf(call->arena, "%lld", (long long)rows[n - 1].position));
        call_put_list(call, list, last);
        return 0;
}

/* Never shown by a browser as a page of this site: it is a download in a sandbox. */
static void send_page(struct api_call *call, const struct store_page *page, const char *disposition)
{
        struct http_response response = {
                .content_type = page->media_type,
                .content_disposition = str_of(disposition),
                .etag = page->etag,
                .csp = HTTP_CSP_FILE,
        };

        if (http_check_conditions(http_exchange_request(call->x), page->etag, 0, true) ==
            HTTP_NOT_MODIFIED)
                response.status = 304;
        else    /* in the exchange's arena, which lives until the answer is sent */
                response.body = http_body_static(page->body);
        http_reply(call->x, &response);
        call->answered = true;
}

static int topic_as_json(struct api_call *call, struct err *err)
{
        struct str publication = call_text(call, "publication"), topic = call_text(call, "topic");
        struct store_frozen row = { .id = 0 };
        struct store_page source = { .body = STR("") };
        int r = store_frozen_read_one(call->portal->store, &call->reader, publication, topic,
                                      call->arena, &row, err);

        if (r == 0)
                r = store_markdown_find(call->portal->store, &call->reader, publication, topic,
                                        call->arena, &source, err);
        if (r < 0)
                return r;
        call->output = topic_json(call, &row);
        json_put_text(call->output, "markdown", source.body);
        return 0;
}

int api_topic(struct api_call *call, struct err *err)
{
        struct str publication = call_text(call, "publication"), topic = call_text(call, "topic");
        struct str form = call_text(call, "as");
        struct store_page page;
        int r;

        if (form.n == 0 || str_is(form, "json"))
                return topic_as_json(call, err);
        if (str_is(form, "markdown"))
                r = store_markdown_find(call->portal->store, &call->reader, publication, topic,
                                        call->arena, &page, err);
        else
                r = store_page_find(call->portal->store, &call->reader, publication, topic,
                                    STORE_IDENTITY, call->arena, &page, err);
        if (r == 0)
                send_page(call, &page, str_is(form, "markdown") ? "attachment; filename=\"topic.md\""
                                                                : "attachment; filename=\"topic.html\"");
        return r;
}

/* ---- files ---- */

static struct json *file_json(const struct api_call *call, const struct store_readable_file *file)
{
        struct str publication = call_text(call, "publication");
        struct json *o = json_new_object();

        json_put_text(o, "path", file->path);
        json_put_text(o, "media_type", file->media_type);
        json_put_int(o, "size", file->size);
        call_put_time(o, "updated", file->updated);
        json_put_text(o, "url", http_location(call->arena, str_of(arena_printf(
                call->arena, "/files/%.*s/%.*s", STR_ARG(publication), STR_ARG(file->path)))));
        return o;
}

int api_files(struct api_call *call, struct err *err)
{
        struct store_readable_file *rows = NULL;
        size_t n = 0;
        int r = store_frozen_file_read(call->portal->store, &call->reader,
                                       call_text(call, "publication"), call_after(call),
                                       call_limit(call), call->arena, &rows, &n, err);

        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++)
                json_append(list, file_json(call, &rows[i]));
        call_put_list(call, list, n == call_limit(call) ? rows[n - 1].path : STR(""));
        return 0;
}

int api_file(struct api_call *call, struct err *err)
{
        struct str path = arena_str(call->arena, call_text(call, "path"));
        struct store_file file;
        int r = store_file_find(call->portal->store, &call->reader, call_text(call, "publication"), path,
                                call->arena, &file, err);

        if (r < 0)
                return r;
        reply_file(call->conn, call->x, path, &file, REPLY_FILE_UNCACHED);
        call->answered = true;
        return 0;
}
