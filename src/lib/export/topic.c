/*
 * topic.c -- Markdown that our own import reads back as it was.
 */
#include "export/topic.h"

#include <string.h>

#include "base/clock.h"

/* A JSON string is a YAML string (YAML 1.2, 1.3). */
static void put_quoted(struct buf *out, struct str text)
{
        struct json *one CLEANUP_JSON = json_new_array();
        struct buf json CLEANUP_BUF = { 0 };

        json_append_text(one, text);
        json_render(one, false, &json);
        buf_add(out, json.p + 1, json.n - 2);
}

static void put_member(struct buf *out, const char *key, struct str value)
{
        buf_printf(out, "%s: ", key);
        put_quoted(out, value);
        buf_putc(out, '\n');
}

static void put_time(struct buf *out, const char *key, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        buf_printf(out, "%s: %s\n", key, iso);
}

/* ---- what the author wrote ---- */

static bool is_ours(struct str key)
{
        static const char *const ours[] = { "title", "slug", "description", "order", "id",
                                            "revision", "created", "updated" };

        for (size_t i = 0; i < ARRAY_LEN(ours); i++)
                if (str_is(key, ours[i]))
                        return true;
        return false;
}

/* "key:" at the start of a line, followed by a space or nothing. */
static bool read_key(struct str line, struct str *key)
{
        ptrdiff_t colon = str_find(line, ':');

        if (colon <= 0 || ((size_t)colon + 1 < line.n && line.p[colon + 1] != ' '))
                return false;
        for (ptrdiff_t i = 0; i < colon; i++) {
                char c = line.p[i];

                if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
                    c != '_' && c != '-')
                        return false;
        }
        *key = str_make(line.p, (size_t)colon);
        return true;
}

static bool continues(struct str line)
{
        return line.n == 0 || strchr(" \t-#", line.p[0]) != NULL;
}

/*
 * Only plain "key: value" lines and what hangs below them can stand beside ours. Anything else (TOML,
 * flow style) stays out; the project's JSON has it as it was.
 */
static bool is_plain(struct str metadata)
{
        struct str key;

        while (metadata.n > 0) {
                struct str line = str_cut(&metadata, '\n');

                if (!continues(line) && !read_key(line, &key))
                        return false;
        }
        return true;
}

static void put_rest(struct buf *out, struct str metadata)
{
        bool keep = false;
        struct str key;

        if (!is_plain(metadata))
                return;
        while (metadata.n > 0) {
                struct str line = str_cut(&metadata, '\n');

                if (read_key(line, &key))
                        keep = !is_ours(key);
                if (!keep || str_is(str_trim(line), "---") || str_is(str_trim(line), "..."))
                        continue;
                buf_add_str(out, line);
                buf_putc(out, '\n');
        }
}

void topic_front_matter(const struct json *topic, struct buf *out)
{
        struct buf slug CLEANUP_BUF = { 0 };
        struct str description = json_get_text(topic, "description");

        BUF_LIT(out, "---\n");
        put_member(out, "title", json_get_text(topic, "title"));
        buf_putc(&slug, '/');
        buf_add_str(&slug, json_get_text(topic, "slug"));
        put_member(out, "slug", buf_str(&slug));
        if (description.n > 0)
                put_member(out, "description", description);
        if (json_has(topic, "position"))
                buf_printf(out, "order: %lld\n", (long long)json_get_int(topic, "position") + 1);
        buf_printf(out, "id: %lld\n", (long long)json_get_int(topic, "id"));
        buf_printf(out, "revision: %lld\n", (long long)json_get_int(topic, "revision"));
        put_time(out, "created", json_get_int(topic, "created"));
        put_time(out, "updated", json_get_int(topic, "updated"));
        put_rest(out, json_get_text(topic, "metadata"));
        BUF_LIT(out, "---\n");
}

/* ---- the contents ---- */

/* What Markdown would read as markup, with a backslash before it; a line stays a line. */
static void put_escaped(struct buf *out, struct str title)
{
        for (size_t i = 0; i < title.n; i++) {
                char c = title.p[i];

                if ((unsigned char)c < 0x20)
                        c = ' ';
                if (strchr("\\`*_{}[]()#+-.!<>|", c) != NULL)
                        buf_putc(out, '\\');
                buf_putc(out, c);
        }
}

static void put_path(struct buf *out, struct str path)
{
        for (size_t i = 0; i < path.n; i++) {
                unsigned char c = (unsigned char)path.p[i];
                bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || strchr("/-._~", c) != NULL;

                if (plain)
                        buf_putc(out, (char)c);
                else
                        buf_printf(out, "%%%02X", c);
        }
}

void topic_summary_line(unsigned depth, struct str title, struct str path, struct str url,
                        struct buf *out)
{
        for (unsigned i = 0; i < depth; i++)
                BUF_LIT(out, "    ");
        BUF_LIT(out, "- ");
        if (path.n == 0 && url.n == 0) {
                put_escaped(out, title);
        } else {
                buf_putc(out, '[');
                put_escaped(out, title);
                BUF_LIT(out, "](");
                if (path.n > 0)
                        put_path(out, path);
                else
                        buf_printf(out, "<%.*s>", STR_ARG(url));
                buf_putc(out, ')');
        }
        buf_putc(out, '\n');
}
