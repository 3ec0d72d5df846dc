/*
 * project.c -- a project as a folder of Markdown and files that any tool reads, and our own import
 * too.
 */
#include <stdio.h>

#include "export/topic.h"
#include "export/writing.h"
#include "store/blob.h"
#include "store/project.h"

struct project {
        struct sink *sink;
        struct store *copy;
        struct str slug;
        int64_t id;
        struct json *topics, *files, *contents;
        struct map *paths;              /* of topics' files below the project, by slug */
};

static struct str below(const struct project *p, struct str path)
{
        return str_of(arena_printf(p->sink->arena, "projects/%.*s/%.*s", STR_ARG(p->slug),
                                   STR_ARG(path)));
}

/* ---- names ---- */

static struct str stem(struct str path)
{
        for (size_t i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
                if (path.p[i - 1] == '.')
                        return str_make(path.p, i - 1);
        return path;
}

/*
 * Where it came from, since links in the text are relative to that; else its address; else its
 * number. What the import would take for something else than a topic gets another name.
 */
static struct str name_topic(struct project *p, const struct json *topic)
{
        struct arena *arena = p->sink->arena;
        struct str source = json_get_text(topic, "source_path");
        struct str candidates[] = {
                str_of(arena_printf(arena, "%.*s.md", STR_ARG(stem(source)))),
                str_of(arena_printf(arena, "%.*s.md", STR_ARG(json_get_text(topic, "slug")))),
                str_of(arena_printf(arena, "topic-%lld.md", (long long)json_get_int(topic, "id"))),
                str_of(arena_printf(arena, "_topics/topic-%lld.md",
                                    (long long)json_get_int(topic, "id"))),
        };

        for (size_t i = source.n > 0 ? 0 : 1; i < ARRAY_LEN(candidates); i++)
                if (sink_claim(p->sink, below(p, candidates[i])))
                        return candidates[i];
        return STR("");
}

static struct str name_file(struct project *p, const struct json *file)
{
        struct str path = json_get_text(file, "path");
        struct str other = str_of(arena_printf(p->sink->arena, "_files/file-%lld",
                                               (long long)json_get_int(file, "id")));

        if (sink_claim(p->sink, below(p, path)))
                return path;
        return sink_claim(p->sink, below(p, other)) ? other : STR("");
}

/* These make the archive what it is for an import; a file of the client's may not stand in for one. */
static void claim_reserved(struct project *p)
{
        static const char *const names[] = { "SUMMARY.md", "book.toml", "mkdocs.yml", "mkdocs.yaml",
                                             "src/SUMMARY.md" };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                (void)sink_claim(p->sink, below(p, str_of(names[i])));
}

/* Files first: pages show them by name, and a topic can be found again under any. */
static int name_all(struct project *p, struct err *err)
{
        claim_reserved(p);
        for (size_t i = 0; i < json_length(p->files); i++) {
                struct json *file = json_at(p->files, i);
                struct str name = name_file(p, file);

                if (name.n == 0)
                        return err_set(err, ERR_LIMIT, "a file of '%.*s' finds no name in the archive",
                                       STR_ARG(p->slug));
                json_put_text(file, "entry", below(p, name));
        }
        for (size_t i = 0; i < json_length(p->topics); i++) {
                struct json *topic = json_at(p->topics, i);
                struct str name = name_topic(p, topic);

                if (name.n == 0)
                        return err_set(err, ERR_LIMIT, "a topic of '%.*s' finds no name in the archive",
                                       STR_ARG(p->slug));
                json_put_text(topic, "entry", below(p, name));
                map_put(p->paths, arena_str(p->sink->arena, json_get_text(topic, "slug")),
                        arena_strdup(p->sink->arena, name.p));
        }
        return 0;
}

/* ---- what is in it ---- */

static int write_topic(struct project *p, const struct json *topic, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        int64_t created;

        topic_front_matter(topic, &text);
        int r = store_revision_read(p->copy, json_get_int(topic, "id"),
                                    json_get_int(topic, "revision"), &text, &created, err);

        return r < 0 ? r : sink_text(p->sink, json_get_text(topic, "entry"), buf_str(&text),
                                     json_get_int(topic, "updated"), err);
}

static int add_part(void *ctx, struct str part, struct err *err)
{
        return sink_add(ctx, part, err);
}

static int write_file(struct project *p, const struct json *file, struct err *err)
{
        int r = sink_begin(p->sink, json_get_text(file, "entry"),
                           (uint64_t)json_get_int(file, "size"), true, p->sink->options->now, err);

        if (r == 0)
                r = store_blob_read(p->copy, json_get_int(file, "blob"), add_part, p->sink, err);
        return r < 0 ? r : sink_end(p->sink, err);
}

static int write_summary(struct project *p, struct str title, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };

        BUF_LIT(&text, "# ");
        for (size_t i = 0; i < title.n; i++)
                buf_putc(&text, (unsigned char)title.p[i] < 0x20 ? ' ' : title.p[i]);
        BUF_LIT(&text, "\n\n");
        for (size_t i = 0; i < json_length(p->contents); i++) {
                const struct json *node = json_at(p->contents, i);
                struct str slug = json_get_text(node, "topic");
                const char *path = slug.n > 0 ? map_get(p->paths, slug) : NULL;

                topic_summary_line((unsigned)json_get_int(node, "depth"),
                                   json_get_text(node, "title"), str_of(path),
                                   json_get_text(node, "url"), &text);
        }
        return sink_text(p->sink, below(p, STR("SUMMARY.md")), buf_str(&text),
                         p->sink->options->now, err);
}

static int write_all(struct project *p, struct str title, struct err *err)
{
        size_t ntopics = json_length(p->topics), nfiles = json_length(p->files);
        int r = write_summary(p, title, err);

        for (size_t i = 0; r == 0 && i < ntopics; i++) {
                sink_progress(p->sink, "topics", i, ntopics);
                r = write_topic(p, json_at(p->topics, i), err);
        }
        for (size_t i = 0; r == 0 && i < nfiles; i++) {
                sink_progress(p->sink, "files", i, nfiles);
                r = write_file(p, json_at(p->files, i), err);
        }
        p->sink->done.projects++;
        p->sink->done.topics += ntopics;
        p->sink->done.files += nfiles;
        return r;
}

static struct json *copy_of(const struct json *value)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct json *out = NULL;

        json_render(value, false, &text);
        /* What was rendered can be parsed. */
        return json_parse(buf_str(&text), &out, NULL) == 0 ? out : json_new_object();
}

/* The project's own JSON: all that Markdown has no place for. Takes the lists. */
static int write_description(struct project *p, const struct json *project, struct err *err)
{
        struct arena *arena = p->sink->arena;
        struct json *all CLEANUP_JSON = copy_of(project);
        struct json *redirects = NULL;
        int r = sink_rows(p->copy, EXTRACT_PROJECT_REDIRECTS, p->id, &redirects, err);

        if (r < 0)
                return r;
        json_put(all, "redirects", redirects);
        json_put(all, "contents", p->contents);
        json_put(all, "topics", p->topics);
        json_put(all, "files", p->files);
        p->contents = p->topics = p->files = NULL;
        struct json *given = all;

        all = NULL;
        r = sink_json(p->sink, str_of(arena_printf(arena, "projects/%.*s.json", STR_ARG(p->slug))),
                      given, err);
        return r < 0 ? r : sink_lines(p->sink,
                                      str_of(arena_printf(arena, "projects/%.*s.revisions.jsonl",
                                                          STR_ARG(p->slug))),
                                      p->copy, EXTRACT_REVISIONS, p->id, &p->sink->done.revisions,
                                      err);
}

int write_project(struct sink *sink, struct store *copy, const struct json *project,
                  struct err *err)
{
        struct project p = {
                .sink = sink, .copy = copy, .slug = json_get_text(project, "slug"),
                .id = json_get_int(project, "id"), .paths = map_new(),
        };
        int r = sink_rows(copy, EXTRACT_TOPICS, p.id, &p.topics, err);

        if (r == 0)
                r = sink_rows(copy, EXTRACT_FILES, p.id, &p.files, err);
        if (r == 0)
                r = sink_rows(copy, EXTRACT_CONTENTS, p.id, &p.contents, err);
        if (r == 0)
                r = name_all(&p, err);
        if (r == 0)
                r = write_all(&p, json_get_text(project, "title"), err);
        if (r == 0)
                r = write_description(&p, project, err);
        json_free(&p.topics);
        json_free(&p.files);
        json_free(&p.contents);
        map_free(&p.paths);
        return r;
}
