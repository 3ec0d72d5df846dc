/*
 * links.c -- resolve, remember, check.
 */
#include "content/links.h"

#include <stdio.h>
#include <string.h>

/* A hostile manual may be nothing but links: what is kept and said about them has an end. */
enum { IDS_MAX = 500000, REPORTED_MAX = 2000 };

void links_open(struct links *l, struct arena *arena, struct str publication,
                const struct content_report *report)
{
        *l = (struct links){ .arena = arena, .publication = publication, .report = report };
        l->topics = map_new();
        l->files = map_new();
}

void links_close(struct links *l)
{
        size_t at = 0;
        struct str key;
        void *value;

        /* A target stands under several names; its ids are freed under the first one met. */
        while (l->topics != NULL && map_next(l->topics, &at, &key, &value)) {
                struct link_target *t = value;

                map_free(&t->ids);
        }
        map_free(&l->topics);
        map_free(&l->files);
}

static void add_escaped(struct buf *out, struct str path)
{
        for (size_t i = 0; i < path.n; i++) {
                unsigned char c = (unsigned char)path.p[i];
                bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || (c != 0 && strchr("/-._~", c) != NULL);

                if (plain)
                        buf_putc(out, (char)c);
                else
                        buf_printf(out, "%%%02X", c);
        }
}

struct str links_page_url(struct arena *arena, struct str publication, struct str slug)
{
        struct buf url CLEANUP_BUF = { 0 };

        BUF_LIT(&url, "/docs/");
        add_escaped(&url, publication);
        buf_putc(&url, '/');
        add_escaped(&url, slug);
        return arena_str(arena, buf_str(&url));
}

static struct str folder_of(struct str path)
{
        while (path.n > 0 && path.p[path.n - 1] != '/')
                path.n--;
        return path.n > 0 ? str_make(path.p, path.n - 1) : path;
}

static struct str stem_of(struct str path)
{
        for (size_t i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
                if (path.p[i - 1] == '.')
                        return str_make(path.p, i - 1);
        return path;
}

static bool is_index(struct str path)
{
        static const char *const names[] = { "index", "_index", "readme" };
        struct str stem = stem_of(path), folder = folder_of(path);
        struct str name =
                folder.n > 0 ? str_make(stem.p + folder.n + 1, stem.n - folder.n - 1) : stem;

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_eq_nocase(name, str_of(names[i])))
                        return true;
        return false;
}

/* A name that is taken keeps its first meaning; a source path is never taken by anything else. */
static void name_target(struct links *l, struct str name, struct link_target *t)
{
        if (name.n > 0 && map_get(l->topics, name) == NULL)
                map_put(l->topics, name, t);
}

struct link_target *links_add_topic(struct links *l, struct str slug, struct str source_path)
{
        struct link_target *t = arena_alloc(l->arena, sizeof *t);

        *t = (struct link_target){ .slug = slug, .source_path = source_path };
        t->url = links_page_url(l->arena, l->publication, slug);
        if (source_path.n > 0)
                map_put(l->topics, source_path, t);
        /* "guide/", "guide/page" and "guide/page.html" are how generators spell "guide/page.md". */
        name_target(l, stem_of(source_path), t);
        if (is_index(source_path))
                name_target(l, folder_of(source_path).n > 0 ? folder_of(source_path) : STR("."), t);
        name_target(l, slug, t);
        return t;
}

void links_add_file(struct links *l, struct str path, int64_t blob)
{
        struct link_file *file = arena_alloc(l->arena, sizeof *file);

        *file = (struct link_file){ .blob = blob };
        map_put(l->files, path, file);
}

static bool is_external(struct str s)
{
        if (str_starts(s, STR("//")))
                return true;
        for (size_t i = 0; i < s.n; i++) {
                char c = s.p[i];
                bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

                if (c == ':')
                        return i > 0;
                if (!letter && !(i > 0 && ((c >= '0' && c <= '9') || strchr("+.-", c) != NULL)))
                        return false;
        }
        return false;
}

static int hex(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static struct str decode(struct arena *arena, struct str s)
{
        char *out = arena_alloc(arena, s.n + 1);
        size_t n = 0;

        for (size_t i = 0; i < s.n; i++) {
                bool coded = s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
                             hex(s.p[i + 2]) >= 0;

                out[n++] = coded ? (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2])) : s.p[i];
                i += coded ? 2 : 0;
        }
        return str_make(out, n);
}

/*
 * The path of dest, decoded, joined to the source's folder and made plain; false: it leaves the
 * root.
 */
static bool join(struct arena *arena, struct str from, struct str dest, struct str *out)
{
        struct str folder =
                dest.n > 0 && dest.p[0] == '/' ? (struct str){ "", 0 } : folder_of(from);
        char *made = arena_alloc(arena, folder.n + dest.n + 2);
        size_t n = folder.n;

        if (folder.n > 0)
                memcpy(made, folder.p, folder.n);
        for (struct str rest = decode(arena, dest); rest.n > 0;) {
                struct str part = str_cut(&rest, '/');

                if (part.n == 0 || str_is(part, "."))
                        continue;
                if (str_is(part, "..")) {
                        if (n == 0)
                                return false;
                        n = folder_of(str_make(made, n)).n;
                        continue;
                }
                if (n > 0)
                        made[n++] = '/';
                memcpy(made + n, part.p, part.n);
                n += part.n;
        }
        *out = n > 0 ? str_make(made, n) : STR(".");
        return true;
}

static struct link_target *find_topic(const struct links *l, struct str path)
{
        struct link_target *t = map_get(l->topics, path);

        return t != NULL || !str_ends(path, STR(".html")) ? t : map_get(l->topics, stem_of(path));
}

static void lost(const struct link_place *place, struct str dest, const char *what)
{
        char text[512];

        if (++place->links->lost > REPORTED_MAX || place->links->report == NULL)
                return;
        int n = snprintf(text, sizeof text, "%s '%.*s'.", what, (int)(dest.n < 300 ? dest.n : 300),
                         dest.p);
        const struct links *l = place->links;
        unsigned line = l->line_of != NULL ? l->line_of(l->line_ctx, place->from, dest) : 0;

        l->report->fn(l->report->ctx, MANUAL_LOST, place->from->source_path,
                                 line, str_make(text, (size_t)n));
}

/* Lower case, runs of '-' as one, none at the ends: what all generators' ids have in common. */
static struct str plain_id(struct arena *arena, struct str id)
{
        char *out = arena_alloc(arena, id.n + 1);
        size_t n = 0;

        for (size_t i = 0; i < id.n; i++) {
                char c = id.p[i] >= 'A' && id.p[i] <= 'Z' ? (char)(id.p[i] - 'A' + 'a') : id.p[i];

                if (c != '-' || (n > 0 && out[n - 1] != '-'))
                        out[n++] = c;
        }
        while (n > 0 && out[n - 1] == '-')
                n--;
        return str_make(out, n);
}

/*
 * "#fragment" as the target spells it; as it stands, and reported, when the target has none like
 * it.
 */
static void add_fragment(const struct link_place *place, const struct link_target *to,
                         struct str fragment, struct str dest, struct buf *out)
{
        struct str plain = plain_id(place->scratch, decode(place->scratch, fragment));
        bool known = to->ids == NULL || place->links->nids > IDS_MAX || str_is(fragment, "top") ||
                     map_get(to->ids, decode(place->scratch, fragment)) != NULL;

        /* The title stands above the body, without an id of its own. */
        if (!known && plain.n > 0 && str_eq(plain, plain_id(place->scratch, to->title_id))) {
                if (to == place->from)
                        BUF_LIT(out, "#top");
                return;
        }
        if (!known && plain.n > 0 && map_get(to->ids, plain) != NULL)
                fragment = plain;
        else if (!known)
                lost(place, dest, "The page has no such anchor:");
        buf_putc(out, '#');
        buf_add_str(out, fragment);
}

/* A path inside the manual: a topic, or a file. */
static bool resolve_path(const struct link_place *place, struct str path, struct str fragment,
                         struct str dest, bool image, struct buf *out)
{
        struct links *l = place->links;
        const struct link_target *t = image ? NULL : find_topic(l, path);

        if (t != NULL) {
                buf_add_str(out, t->url);
                if (fragment.n > 0)
                        add_fragment(place, t, fragment, dest, out);
                return true;
        }
        if (map_get(l->files, path) == NULL)
                return false;
        BUF_LIT(out, "/files/");
        add_escaped(out, l->publication);
        buf_putc(out, '/');
        add_escaped(out, path);
        return true;
}

/*
 * Relative to the file; or, as raw HTML often is, to the address "page/" that MkDocs gives the
 * file.
 */
static bool resolve_relative(const struct link_place *place, struct str path, struct str fragment,
                             struct str dest, bool image, struct buf *out)
{
        struct str from = place->from->source_path, at;
        struct str page = str_of(arena_printf(place->scratch, "%.*s/", STR_ARG(stem_of(from))));

        if (join(place->scratch, from, path, &at) &&
            resolve_path(place, at, fragment, dest, image, out))
                return true;
        return !is_index(from) && join(place->scratch, page, path, &at) &&
               resolve_path(place, at, fragment, dest, image, out);
}

bool links_resolve(void *ctx, struct str dest, bool image, struct buf *out)
{
        const struct link_place *place = ctx;
        struct str fragment = dest, path;

        if (dest.n == 0)
                return false;
        if (is_external(dest)) {
                bool web = str_starts(dest, STR("http:")) || str_starts(dest, STR("https:")) ||
                           str_starts(dest, STR("//"));

                if (image && web)
                        lost(place, dest, "Pages load nothing from other hosts; this image is a"
                                          " link now:");
                return false;
        }
        path = str_cut(&fragment, '#');
        if (path.n == 0) {
                if (fragment.n == 0)
                        return false;
                add_fragment(place, place->from, fragment, dest, out);
                return true;
        }
        struct str query = path;

        path = str_cut(&query, '?');
        if (resolve_relative(place, path, fragment, dest, image, out))
                return true;
        lost(place, dest, image ? "There is no such image:" :
                                  "This link leads to nothing in the manual:");
        /*
         * A scheme that no page may carry: what is written shows its text, and no way to nowhere.
         */
        buf_puts(out, LINKS_MISSING);
        buf_add_str(out, dest);
        return true;
}

bool links_picture(void *ctx, struct str url, unsigned *width, unsigned *height)
{
        const struct link_place *place = ctx;
        struct links *l = place->links;
        struct str prefix = STR("/files/"), rest = url;

        if (l->measure == NULL || !str_starts(url, prefix))
                return false;
        rest = str_make(url.p + prefix.n, url.n - prefix.n);
        (void)str_cut(&rest, '/');      /* the publication: links lead to no other one's files */
        struct link_file *file = map_get(l->files, decode(place->scratch, rest));

        if (file == NULL)
                return false;
        if (!file->measured) {
                file->measured = true;
                file->has_size = l->measure(l->measure_ctx, file->blob, &file->size);
        }
        *width = file->size.width;
        *height = file->size.height;
        return file->has_size;
}

void links_note_ids(struct links *l, struct link_target *t, const struct markdown_doc *doc)
{
        struct str mark = STR(" id=\""), body = doc->body.s;
        ptrdiff_t at;

        if (doc->title.n > 0)
                t->title_id = markdown_slug(l->arena, doc->title);

        if (t->ids == NULL)
                t->ids = map_new();
        while ((at = str_find_str(body, mark)) >= 0) {
                body = str_make(body.p + at + mark.n, body.n - (size_t)at - mark.n);
                struct str id = str_cut(&body, '"');

                if (id.n > 0 && ++l->nids <= IDS_MAX)
                        map_put(t->ids, id, l);
        }
}
