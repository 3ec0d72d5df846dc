/*
 * include.c -- text that another file holds, put where it is asked for.
 *
 * What is not in the archive stays as the directive it was, so the author sees what is missing, and
 * each such place has a note.
 */
#include <string.h>

#include "exchange/convert.h"
#include "exchange/path.h"

enum { LEVELS_MAX = 8 };

struct wanted {
        struct str path;
        struct str anchor;              /* or empty */
        uint64_t first, last;           /* lines from 1; last 0: to the end */
        bool range;
};

static struct str next_word(struct str *rest)
{
        *rest = str_trim(*rest);
        struct str word = *rest;
        size_t n = 0;

        while (n < word.n && word.p[n] != ' ' && word.p[n] != '\t')
                n++;
        word.n = n;
        *rest = str_make(rest->p + n, rest->n - n);
        return word;
}

/* "file", "file:2", "file:2:10", "file::10", "file:2:", "file:anchor" */
static struct wanted read_target(struct str text)
{
        struct wanted w = { .path = str_cut(&text, ':') };
        bool second = str_find(text, ':') >= 0;
        struct str a = str_cut(&text, ':'), b = str_cut(&text, ':');
        uint64_t n = 0;

        if (a.n == 0 && b.n == 0)
                return w;
        if (a.n > 0 && str_to_u64(a, 10000000, &n, NULL) < 0) {
                w.anchor = a;
                return w;
        }
        w.range = true;
        w.first = a.n > 0 && n > 0 ? n : 1;
        w.last = second ? 0 : w.first;
        if (b.n > 0 && str_to_u64(b, 10000000, &n, NULL) == 0)
                w.last = n;
        return w;
}

/*
 * Whether the line carries the mark ("ANCHOR: ", "ANCHOR_END: ") with this name; empty: any name.
 */
static bool has_mark(struct str line, const char *mark, struct str name)
{
        ptrdiff_t at = str_find_str(line, str_of(mark));

        if (at < 0)
                return false;
        struct str rest = str_make(line.p + at + strlen(mark), line.n - (size_t)at - strlen(mark));

        return name.n == 0 || str_eq(next_word(&rest), name);
}

/* The wanted lines of a file's text; false when there is no such anchor. */
static bool select_lines(const struct wanted *w, const struct lines *all, struct lines *out)
{
        struct str none = { "", 0 };
        bool inside = false, found = false;

        for (size_t i = 0; i < all->n; i++) {
                struct str line = all->v[i].text;

                if (w->anchor.n == 0) {
                        if (!w->range || (i + 1 >= w->first && (w->last == 0 || i + 1 <= w->last)))
                                lines_add_from(out, &all->v[i]);
                        continue;
                }
                if (has_mark(line, "ANCHOR_END:", w->anchor))
                        inside = false;
                else if (inside && !has_mark(line, "ANCHOR:", none) &&
                         !has_mark(line, "ANCHOR_END:", none))
                        lines_add_from(out, &all->v[i]);
                if (has_mark(line, "ANCHOR:", w->anchor))
                        inside = found = true;
        }
        return w->anchor.n == 0 || found;
}

/* Read the file, choose its lines. ERR_NOT_FOUND leaves the reason in err. */
static int fetch(struct conversion *c, const struct entry *e, const struct wanted *w,
                 struct lines *out, struct err *err)
{
        const struct exchange_limits *max = c->plan->b->limits;
        struct buf text CLEANUP_BUF = { 0 };
        struct lines all;

        if (e == NULL)
                return err_set(err, ERR_NOT_FOUND, "is not in the archive");
        if (e->size > max->text || (c->bytes += e->size) > max->text)
                return err_set(err, ERR_LIMIT, "'%.*s' includes more than %llu KiB",
                               STR_ARG(c->source->entry->path),
                               (unsigned long long)(max->text / 1024));
        int r = bundle_read(c->plan->b, e, &text, err);

        if (r < 0)
                return r;
        struct str kept = arena_str(c->scratch, buf_str(&text));

        if (utf8_good_bytes(kept) < kept.n)
                return err_set(err, ERR_NOT_FOUND, "is not UTF-8 text");
        r = lines_split(c->scratch, kept, 1, max->lines, &all, err);
        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(e->path));
        out->arena = c->scratch;
        if (!select_lines(w, &all, out))
                return err_set(err, ERR_NOT_FOUND, "has no part '%.*s'", STR_ARG(w->anchor));
        return 0;
}

static int expand(struct conversion *c, struct str folder, const struct line *line, unsigned level,
                  struct lines *out, struct err *err);

static int add_line(struct conversion *c, struct lines *out, struct str text, unsigned number,
                    struct err *err)
{
        if (out->n >= c->plan->b->limits->lines)
                return err_set(err, ERR_LIMIT, "'%.*s' has more than %zu lines with its includes",
                               STR_ARG(c->source->entry->path), c->plan->b->limits->lines);
        lines_add(out, text, number);
        return 0;
}

/* The lines of an included file; Markdown may include again, relative to itself. */
static int add_included(struct conversion *c, struct str folder, const struct lines *got,
                        unsigned number, unsigned level, struct lines *out, struct err *err)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < got->n; i++) {
                const struct line line = { got->v[i].text, number };

                r = level < LEVELS_MAX ? expand(c, folder, &line, level + 1, out, err) :
                                         add_line(c, out, line.text, number, err);
        }
        return r;
}

static void note_missing(struct conversion *c, unsigned line, struct str path,
                         const struct err *why)
{
        notes_add(c->plan->notes, MANUAL_LOST, c->source->entry->path, line,
                  "The text to include, '%.*s', %s; the directive stays in its place.",
                  STR_ARG(path), why->text);
}

/*
 * One directive's text. 1: *got has its lines; 0: not ours, or missing (noted): it stays.
 */
static int directive(struct conversion *c, struct str folder, struct str inside, unsigned number,
                     struct lines *got, struct str *got_folder, struct err *err)
{
        struct str rest = inside, word = next_word(&rest), path;
        bool playground = str_is(word, "playground") || str_is(word, "playpen");

        if (str_is(word, "title")) {
                change_count(&c->titles, number);
                return 1;
        }
        if (!playground && !str_is(word, "include") && !str_is(word, "rustdoc_include"))
                return 0;
        struct wanted w = read_target(next_word(&rest));
        const struct entry *e = NULL;

        if (path_resolve(c->scratch, folder, w.path, &path))
                e = bundle_find(c->plan->b, path);
        struct err why;

        if (playground)
                lines_add(got, STR("```rust"), number);
        int r = fetch(c, e, &w, got, &why);

        if (r == ERR_NOT_FOUND) {
                note_missing(c, number, w.path, &why);
                return 0;
        }
        if (r < 0)
                return err_set(err, r, "%s", why.text);
        if (playground)
                lines_add(got, STR("```"), number);
        *got_folder = path_folder(e->path);
        return 1;
}

/* Text in front of and behind a directive stays on its first and last line. */
static int splice(struct conversion *c, struct str before, struct lines *got, struct str after,
                  struct str folder, unsigned number, unsigned level, struct lines *out,
                  struct err *err)
{
        if (got->n == 0) {
                struct str text = str_of(
                        arena_printf(c->scratch, "%.*s%.*s", STR_ARG(before), STR_ARG(after)));

                return add_line(c, out, text, number, err);
        }
        struct str *first = &got->v[0].text, *last = &got->v[got->n - 1].text;

        if (before.n > 0)
                *first = str_of(
                        arena_printf(c->scratch, "%.*s%.*s", STR_ARG(before), STR_ARG(*first)));
        if (after.n > 0)
                *last = str_of(
                        arena_printf(c->scratch, "%.*s%.*s", STR_ARG(*last), STR_ARG(after)));
        return add_included(c, folder, got, number, level, out, err);
}

/* mdBook: the first {{#...}} of the line; "\{{#" is an example and loses its backslash. */
static int expand(struct conversion *c, struct str folder, const struct line *line, unsigned level,
                  struct lines *out, struct err *err)
{
        struct str text = line->text;
        ptrdiff_t at = str_find_str(text, STR("{{#"));
        struct str tail = at >= 0 ? str_make(text.p + at + 3, text.n - (size_t)at - 3) : text;
        ptrdiff_t end = at >= 0 ? str_find_str(tail, STR("}}")) : -1;

        if (end < 0)
                return add_line(c, out, text, line->number, err);
        struct str before = str_make(text.p, (size_t)at);

        if (at > 0 && text.p[at - 1] == '\\') {
                text = str_of(arena_printf(c->scratch, "%.*s%.*s", (int)at - 1, text.p,
                                           (int)(text.n - (size_t)at), text.p + at));
                return add_line(c, out, text, line->number, err);
        }
        struct lines got = { .arena = c->scratch };
        struct str after = str_make(tail.p + end + 2, tail.n - (size_t)end - 2), inner = folder;
        int r = directive(c, folder, str_make(tail.p, (size_t)end), line->number, &got, &inner,
                          err);

        if (r < 0)
                return r;
        if (r == 0)
                return add_line(c, out, text, line->number, err);
        return splice(c, before, &got, after, inner, line->number, level, out, err);
}

static const struct entry *snippet_entry(struct conversion *c, struct str path)
{
        struct str places[] = { STR(""), c->plan->root, path_folder(c->source->entry->path) }, at;

        for (size_t i = 0; i < ARRAY_LEN(places); i++) {
                if (!path_resolve(c->scratch, places[i], path, &at))
                        continue;
                const struct entry *e = bundle_find(c->plan->b, at);

                if (e != NULL)
                        return e;
        }
        return NULL;
}

/* A drawing put in as text would not survive the sanitiser; as an image it does. */
static bool snippet_image(struct conversion *c, const struct entry *e, unsigned number,
                          struct lines *out)
{
        struct str path;

        if (e == NULL || !str_eq_nocase(path_extension(e->path), STR("svg")) ||
            !plan_inside(c->plan, e->path, &path))
                return false;
        lines_add(out, str_of(arena_printf(c->scratch, "![%.*s](</%.*s>)",
                                           STR_ARG(path_title(c->scratch, path)), STR_ARG(path))),
                  number);
        notes_add(c->plan->notes, MANUAL_CONVERTED, c->source->entry->path, number,
                  "The drawing '%.*s', which was included as text, is an image now.",
                  STR_ARG(e->path));
        return true;
}

/* pymdownx.snippets: --8<-- "file" on a line of its own, also in code. */
static int snippet(struct conversion *c, const struct line *line, struct lines *out,
                   struct err *err)
{
        struct str text = str_trim(line->text), path;

        if (!str_starts(text, STR("--8<-- \"")) || text.n < 10 || text.p[text.n - 1] != '"')
                return add_line(c, out, line->text, line->number, err);
        path = str_make(text.p + 8, text.n - 9);
        struct wanted w = read_target(path);
        const struct entry *e = snippet_entry(c, w.path);
        struct lines got = { .arena = c->scratch };
        struct err why;

        if (snippet_image(c, e, line->number, out))
                return 0;
        int r = fetch(c, e, &w, &got, &why);

        if (r == ERR_NOT_FOUND) {
                note_missing(c, line->number, path, &why);
                return add_line(c, out, line->text, line->number, err);
        }
        if (r < 0)
                return err_set(err, r, "%s", why.text);
        size_t indent = line_indent(line->text);

        for (size_t i = 0; r == 0 && i < got.n; i++)
                r = add_line(c, out, indent == 0 ? got.v[i].text :
                                     str_of(arena_printf(c->scratch, "%*s%.*s", (int)indent, "",
                                                         STR_ARG(got.v[i].text))),
                             line->number, err);
        return r;
}

int convert_includes(struct conversion *c, const struct lines *in, struct lines *out,
                     struct err *err)
{
        struct str folder = path_folder(c->source->entry->path);
        int r = 0;

        for (size_t i = 0; r == 0 && i < in->n; i++)
                r = c->plan->kind == MANUAL_MDBOOK ? expand(c, folder, &in->v[i], 0, out, err) :
                                                     snippet(c, &in->v[i], out, err);
        return r;
}

void convert_hidden_lines(struct conversion *c, const struct lines *in, struct lines *out)
{
        struct fence fence = { 0 };

        for (size_t i = 0; i < in->n; i++) {
                bool was_code = fence.mark == '`' || fence.mark == '~';
                bool rust = was_code && str_starts(fence.info, STR("rust"));
                struct str text = str_trim(in->v[i].text);

                fence_step(&fence, in->v[i].text);
                if (rust && fence.mark != 0 && (str_is(text, "#") || str_starts(text, STR("# ")))) {
                        change_count(&c->hidden, in->v[i].number);
                        continue;
                }
                lines_add_from(out, &in->v[i]);
        }
}
