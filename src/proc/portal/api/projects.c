/*
 * projects.c -- the authors' working copy, to read. The row of each operation asks for an author.
 */
#include "call.h"
#include "store/project.h"

static struct json *project_json(const struct store_project *p)
{
        struct json *o = json_new_object();

        json_put_text(o, "slug", p->slug);
        json_put_text(o, "title", p->title);
        json_put_text(o, "description", p->description);
        json_put_text(o, "language", p->language);
        call_put_direction(o, p->rtl);
        json_put_text(o, "licence", p->licence);
        call_put_time(o, "updated", p->updated);
        return o;
}

int api_projects(struct api_call *call, struct err *err)
{
        struct store_project *rows = NULL;
        size_t n = 0;
        int r = store_project_list(call->portal->store, call_after(call), call_limit(call), call->arena,
                                   &rows, &n, err);

        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++)
                json_append(list, project_json(&rows[i]));
        call_put_list(call, list, n > 0 && n == call_limit(call) ? rows[n - 1].slug : STR(""));
        return 0;
}

static int find_project(struct api_call *call, struct store_project *out, struct err *err)
{
        return store_project_find(call->portal->store, call_text(call, "project"), call->arena, out, err);
}

int api_project(struct api_call *call, struct err *err)
{
        struct store_project project = { .id = 0 };
        int r = find_project(call, &project, err);

        if (r == 0)
                call->output = project_json(&project);
        return r;
}

static struct json *topic_json(const struct store_topic *t)
{
        struct json *o = json_new_object();

        json_put_text(o, "slug", t->slug);
        json_put_text(o, "title", t->title);
        json_put_text(o, "description", t->description);
        json_put_text(o, "source", t->source_path);
        json_put_int(o, "revision", t->revision);
        call_put_time(o, "updated", t->updated);
        return o;
}

int api_project_topics(struct api_call *call, struct err *err)
{
        struct store_project project = { .id = 0 };
        struct store_topic *rows = NULL;
        size_t n = 0;
        int r = find_project(call, &project, err);

        if (r == 0)
                r = store_topic_page(call->portal->store, project.id, call_after(call), call_limit(call),
                                     call->arena, &rows, &n, err);
        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++)
                json_append(list, topic_json(&rows[i]));
        call_put_list(call, list, n > 0 && n == call_limit(call) ? rows[n - 1].slug : STR(""));
        return 0;
}

int api_project_topic(struct api_call *call, struct err *err)
{
        struct buf source CLEANUP_BUF = { 0 };
        struct store_project project = { .id = 0 };
        struct store_topic topic = { .id = 0 };
        int64_t made;
        int r = find_project(call, &project, err);

        if (r == 0)
                r = store_topic_find(call->portal->store, project.id, call_text(call, "topic"),
                                     call->arena, &topic, err);
        if (r == 0)
                r = store_revision_read(call->portal->store, topic.id, topic.revision, &source, &made,
                                        err);
        if (r < 0)
                return r;
        call->output = topic_json(&topic);
        json_put_text(call->output, "markdown", buf_str(&source));
        return 0;
}
