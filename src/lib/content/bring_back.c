/*
 * bring_back.c -- topics and their revisions out of a copy; contents and files are in bring_rest.c.
 */
#include "content/bring_back.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "content/bringing.h"
#include "json/json.h"
#include "store/audit.h"
#include "store/extract.h"

/* ---- what is wanted ---- */

static int find_then(struct bringing *b, struct err *err)
{
        const struct content_bring_options *o = b->options;
        struct store_topic *topics = NULL;
        size_t n = 0;
        int r = store_project_find(b->copy, o->project, b->arena, &b->then, err);

        if (r == ERR_NOT_FOUND)
                return err_set(err, r, "the backup has no project '%.*s'", STR_ARG(o->project));
        if (r < 0)
                return r;
        if (is_whole(b)) {
                r = store_topic_list(b->copy, b->then.id, b->arena, &topics, &n, err);
        } else {
                topics = arena_array(b->arena, 1, sizeof *topics);
                n = 1;
                r = store_topic_find(b->copy, b->then.id, o->topic, b->arena, topics, err);
        }
        if (r == ERR_NOT_FOUND)
                return err_set(err, r, "the backup's project '%.*s' has no topic '%.*s'",
                               STR_ARG(o->project), STR_ARG(o->topic));
        b->plans = arena_array(b->arena, n + 1, sizeof *b->plans);
        b->nplans = n;
        for (size_t i = 0; r == 0 && i < n; i++) {
                b->plans[i].then = &topics[i];
                map_put(b->by_id, number_key(&topics[i].id), &b->plans[i]);
        }
        return r;
}

/* ---- what it is today ---- */

static int find_project(struct bringing *b, struct err *err)
{
        int r = store_project_find(b->live, b->options->project, b->arena, &b->today, err);

        if (r != ERR_NOT_FOUND)
                return r;
        b->fresh = true;
        b->today = b->then;
        return store_project_put(b->live, &b->then, b->now, &b->today.id, err);
}

static const struct store_topic *today_of(const struct map *by_slug, const struct map *moved, struct str slug)
{
        const struct store_topic *topic = map_get(by_slug, slug);

        if (topic != NULL)
                return topic;
        const struct store_redirect *to = map_get(moved, slug);

        return to != NULL ? map_get(by_slug, to->to) : NULL;
}

/* Two topics of then may have become one since: the second is added as a topic of its own. */
int bring_match(struct bringing *b, struct err *err)
{
        struct map *by_slug CLEANUP_MAP = map_new(), *moved CLEANUP_MAP = map_new();
        struct map *taken CLEANUP_MAP = map_new();
        struct store_redirect *redirects = NULL;
        size_t n = 0;
        int r = store_topic_list(b->live, b->today.id, b->arena, &b->topics, &b->ntopics, err);

        if (r == 0)
                r = store_project_redirect_list(b->live, b->today.id, b->arena, &redirects, &n, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < b->ntopics; i++)
                map_put(by_slug, b->topics[i].slug, &b->topics[i]);
        for (size_t i = 0; i < n; i++)
                map_put(moved, redirects[i].from, &redirects[i]);
        for (size_t i = 0; i < b->nplans; i++)
                map_put(taken, b->plans[i].then->slug, &b->plans[i]);
        for (size_t i = 0; i < b->nplans; i++) {
                struct plan *plan = &b->plans[i];
                const struct store_topic *today = today_of(by_slug, moved, plan->then->slug);

                if (today == NULL)
                        continue;
                if (!str_eq(today->slug, plan->then->slug) &&
                    map_put(taken, today->slug, plan) != NULL)
                        continue;
                plan->today = today;
                plan->id = today->id;
        }
        return 0;
}

/* ---- texts ---- */

struct revision {
        int64_t topic, number, created;
        struct str author, note, source;
};

static struct revision read_revision(const struct store_cell *cells, size_t n)
{
        struct revision rev = { .topic = 0 };

        for (size_t i = 0; i < n; i++) {
                struct str name = str_of(cells[i].name);
                const struct sql_value *value = &cells[i].value;

                if (str_is(name, "topic_id"))
                        rev.topic = value->i;
                else if (str_is(name, "number"))
                        rev.number = value->i;
                else if (str_is(name, "created"))
                        rev.created = value->i;
                else if (str_is(name, "author"))
                        rev.author = value->s;
                else if (str_is(name, "note"))
                        rev.note = value->s;
                else if (str_is(name, "source"))
                        rev.source = value->s;
        }
        return rev;
}

static int add_whole(struct bringing *b, struct plan *plan, const struct revision *rev, struct err *err)
{
        if (plan->id != 0)
                return store_topic_revise(b->live, plan->id, rev->source, rev->author, rev->note,
                                          rev->created, err);
        return store_topic_add(b->live, b->today.id, plan->then, rev->source, rev->author, rev->note,
                               rev->created, &plan->id, err);
}

static bool is_described_alike(const struct plan *plan)
{
        const struct store_topic *a = plan->then, *b = plan->today;

        return str_eq(a->title, b->title) && str_eq(a->source_path, b->source_path) &&
               str_eq(a->description, b->description) && str_eq(a->metadata, b->metadata);
}

static bool is_text_alike(const struct plan *plan)
{
        return memcmp(plan->then->digest.b, plan->today->digest.b, DIGEST_LEN) == 0;
}

bool bring_is_as_today(const struct plan *plan)
{
        return is_text_alike(plan) && is_described_alike(plan);
}

static int revise(struct bringing *b, struct plan *plan, const struct revision *rev, struct err *err)
{
        struct store_topic wanted = *plan->then;
        int r = 0;

        wanted.id = plan->today->id;
        wanted.slug = plan->today->slug;
        if (!is_described_alike(plan))
                r = store_topic_describe(b->live, &wanted, err);
        if (r == 0 && !is_text_alike(plan))
                r = store_topic_revise(b->live, plan->id, rev->source, rev->author,
                                       str_of(arena_printf(b->arena, "backup %lld, revision %lld",
                                                           (long long)b->options->backup,
                                                           (long long)rev->number)),
                                       b->now, err);
        return r;
}

static int on_revision(void *ctx, const struct store_cell *cells, size_t n, struct err *err)
{
        struct bringing *b = ctx;
        struct revision rev = read_revision(cells, n);
        struct plan *plan = map_get(b->by_id, number_key(&rev.topic));

        if (plan == NULL)
                return 0;
        bool last = rev.number == plan->then->revision;

        if (last && !is_whole(b))
                buf_add_str(&b->texts, rev.source);
        if (plan->today == NULL)
                return add_whole(b, plan, &rev, err);
        return last ? revise(b, plan, &rev, err) : 0;
}

static void count(struct bringing *b)
{
        for (size_t i = 0; i < b->nplans; i++) {
                const struct plan *plan = &b->plans[i];

                if (plan->today == NULL)
                        b->out->added++;
                else if (bring_is_as_today(plan))
                        b->out->same++;
                else
                        b->out->changed++;
        }
}

/* ---- all of it ---- */

static int write_log(struct bringing *b, struct err *err)
{
        struct json *detail CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };
        const struct content_bring_options *o = b->options;
        const struct content_brought *done = b->out;

        json_put_int(detail, "backup", o->backup);
        if (!is_whole(b) && o->topic.n <= 1000)
                json_put_text(detail, "topic", o->topic);
        json_put_int(detail, "added", (int64_t)done->added);
        json_put_int(detail, "changed", (int64_t)done->changed);
        json_put_int(detail, "files", (int64_t)done->files);
        json_render(detail, false, &text);
        const struct store_audit_record record = {
                .time = b->now, .actor = o->actor, .action = STR("project.restored"),
                .object = str_of(arena_printf(b->arena, "project/%.*s", STR_ARG(o->project))),
                .address = STR(""), .detail = buf_str(&text),
        };

        return store_audit_add(b->live, &record, err);
}

static int bring(struct bringing *b, struct err *err)
{
        int r = find_project(b, err);

        if (r == 0)
                r = bring_match(b, err);
        if (r == 0)
                r = store_extract(b->copy, EXTRACT_REVISIONS, b->then.id, on_revision, b, err);
        if (r < 0)
                return r;
        count(b);
        r = bring_contents(b, err);
        if (r == 0)
                r = bring_files(b, err);
        if (r == 0)
                r = bring_redirects(b, err);
        return r < 0 ? r : write_log(b, err);
}

int content_bring_back(struct store *live, struct store *copy,
                       const struct content_bring_options *options, struct content_brought *out,
                       struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(64 * KIB);
        struct map *by_id CLEANUP_MAP = map_new();
        struct content_brought done = { 0 };
        struct bringing b = { .live = live, .copy = copy, .arena = arena, .options = options,
                              .out = &done, .now = clock_unix(), .by_id = by_id };
        int r = find_then(&b, err);

        if (r == 0)
                r = store_begin(live, err);
        if (r < 0)
                return r;
        r = bring(&b, err);
        buf_free(&b.texts);
        if (r < 0) {
                store_rollback(live);
                return r;
        }
        r = store_commit(live, err);
        if (r == 0)
                *out = done;
        return r;
}
