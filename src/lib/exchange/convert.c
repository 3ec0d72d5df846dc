/*
 * convert.c -- one topic through all passes, and its title.
 */
#include "exchange/convert.h"

#include <string.h>

#include "exchange/path.h"

void change_count(struct change *change, unsigned line)
{
        if (change->count++ == 0)
                change->line = line;
}

static void note_change(struct conversion *c, const struct change *change,
                        enum manual_severity severity, const char *what)
{
        if (change->count > 0)
                notes_add(c->plan->notes, severity, c->source->entry->path, change->line,
                          "%u %s (the first is here).", change->count, what);
}

static void note_changes(struct conversion *c)
{
        note_change(c, &c->callouts, MANUAL_CONVERTED, "admonitions are callouts now");
        note_change(c, &c->tabs, MANUAL_CONVERTED, "tabs follow each other under bold titles now");
        note_change(c, &c->definitions, MANUAL_CONVERTED, "definition lists are HTML lists now");
        note_change(c, &c->attributes, MANUAL_CONVERTED,
                    "attribute lists were read; ids are kept, classes and styles are not");
        note_change(c, &c->tocs, MANUAL_CONVERTED,
                    "marks for a list of contents are gone: each page shows its own");
        note_change(c, &c->hidden, MANUAL_CONVERTED,
                    "lines of Rust that mdBook hides are left out");
        note_change(c, &c->titles, MANUAL_CONVERTED, "{{#title}} directives are gone");
        note_change(c, &c->listings, MANUAL_CONVERTED,
                    "listings show file name and caption as text");
        note_change(c, &c->modules, MANUAL_LOST,
                    "imports of MDX are left out; components show as text");
}

static int run_passes(struct conversion *c, struct lines *lines, struct err *err)
{
        struct lines a = { .arena = c->scratch }, b = a, d = a;
        int r = convert_includes(c, lines, &a, err);

        if (r < 0)
                return r;
        if (c->plan->kind == MANUAL_MDBOOK) {
                convert_hidden_lines(c, &a, &b);
                convert_listings(c, &b, &d);
                *lines = d;
                return 0;
        }
        if (c->plan->word_callouts) {
                struct lines boxed = { .arena = c->scratch };

                convert_word_callouts(c, &a, &boxed);
                a = boxed;
        }
        convert_callouts(c, &a, &b);
        convert_definitions(c, &b, &d);
        *lines = (struct lines){ .arena = c->scratch };
        convert_attributes(c, &d, lines);
        return 0;
}

/* "# Title #" or "Title" over "=====": its text; empty when the line is no first-level heading. */
static struct str heading_text(const struct lines *lines, size_t i)
{
        struct str s = str_trim(lines->v[i].text);

        if (s.n > 1 && s.p[0] == '#' && (s.p[1] == ' ' || s.p[1] == '\t') &&
            line_indent(lines->v[i].text) < 4) {
                s = str_trim(str_make(s.p + 1, s.n - 1));
                while (s.n > 0 && s.p[s.n - 1] == '#')
                        s.n--;
                return str_trim(s);
        }
        if (i + 1 < lines->n && s.n > 0 && line_indent(lines->v[i].text) < 4) {
                struct str under = str_trim(lines->v[i + 1].text);
                size_t n = 0;

                while (n < under.n && under.p[n] == '=')
                        n++;
                if (n > 0 && n == under.n)
                        return s;
        }
        return (struct str){ "", 0 };
}

static struct str first_heading(struct arena *arena, const struct lines *lines)
{
        struct fence fence = { 0 };

        for (size_t i = 0; i < lines->n; i++) {
                if (fence_step(&fence, lines->v[i].text))
                        continue;
                struct str s = heading_text(lines, i);

                if (s.n == 0)
                        continue;
                /* "{#id}" at the end names the anchor. */
                ptrdiff_t id = s.p[s.n - 1] == '}' ? str_find_str(s, STR("{#")) : -1;

                if (id >= 0)
                        s.n = (size_t)id;
                return title_plain(arena, s);
        }
        return (struct str){ "", 0 };
}

/* Where the "##" of a heading begins, behind the marks of quotes; its level, or 0 for no heading. */
static size_t heading_level(struct str text, size_t *at)
{
        size_t i = 0, n = 0;

        while (i < text.n && (text.p[i] == ' ' || text.p[i] == '>'))
                i++;
        while (i + n < text.n && text.p[i + n] == '#')
                n++;
        *at = i;
        return n <= 6 && i + n < text.n && text.p[i + n] == ' ' ? n : 0;
}

/* Whether all headings behind line first are deeper than level, so that lifting them keeps the outline. */
static bool all_deeper(const struct lines *lines, size_t first, size_t level)
{
        struct fence fence = { 0 };

        for (size_t i = 0; i < lines->n; i++) {
                size_t at, n;

                if (fence_step(&fence, lines->v[i].text) || i <= first)
                        continue;
                n = heading_level(lines->v[i].text, &at);
                if (n > 0 && n <= level)
                        return false;
        }
        return true;
}

static void lift(struct conversion *c, struct line *line, size_t by)
{
        size_t at;

        if (heading_level(line->text, &at) <= by)
                return;
        const char *text = arena_printf(c->plan->arena, "%.*s%.*s", (int)at, line->text.p,
                                        (int)(line->text.n - at - by), line->text.p + at + by);

        line->text = str_of(text);
}

/*
 * A text that opens with "## Title" and has no "# Title" (the chapters of a book in one file each)
 * shows its title by that: it becomes the first-level heading, so that a page has one title and not
 * two; and what is below it moves up with it, so that no level is skipped.
 */
static bool promote_heading(struct conversion *c, struct lines *lines)
{
        struct fence fence = { 0 };
        size_t first = 0, at, level;

        while (first < lines->n && line_is_blank(lines->v[first].text))
                first++;
        if (first == lines->n)
                return false;
        level = heading_level(lines->v[first].text, &at);
        if (level < 2 || level > 3 || at > 0)
                return false;
        bool lifts = all_deeper(lines, first, level);

        for (size_t i = 0; i < lines->n; i++)
                if (!fence_step(&fence, lines->v[i].text) && (i == first || (lifts && i > first)))
                        lift(c, &lines->v[i], level - 1);
        c->plan->promoted++;
        return true;
}

static int convert_text(struct conversion *c, struct str text, struct buf *out, struct err *err)
{
        const struct exchange_limits *max = c->plan->b->limits;
        struct lines lines;
        int r = lines_split(c->scratch, text, c->source->body_line, max->lines, &lines, err);

        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(c->source->entry->path));
        if (!c->source->is_html)
                r = run_passes(c, &lines, err);
        if (r < 0)
                return r;
        struct str heading = first_heading(c->plan->arena, &lines);
        struct source *s = c->source;

        if (heading.n == 0 && promote_heading(c, &lines))
                heading = first_heading(c->plan->arena, &lines);

        s->title = heading.n > 0     ? heading :
                   s->front_title.n > 0 ? s->front_title :
                    s->nav_title.n > 0   ? s->nav_title :
                                       path_title(c->plan->arena,
                                                  s->is_index && path_folder(s->path).n > 0 ?
                                                          path_folder(s->path) :
                                                          s->path);
        lines_join(&lines, out);
        note_changes(c);
        return 0;
}

int convert_topic(struct plan *plan, struct source *s, struct buf *out, struct err *err)
{
        struct arena *scratch CLEANUP_ARENA = arena_new(64 * KIB);
        struct conversion c = { .plan = plan, .source = s, .scratch = scratch };
        struct buf text CLEANUP_BUF = { 0 };
        struct buf html CLEANUP_BUF = { 0 };
        size_t before = out->n;
        int r = bundle_read(plan->b, s->entry, &text, err);

        if (r < 0)
                return r;
        struct str body = str_make(text.p + s->body, text.n - s->body);

        if (s->is_html) {
                html_import(&c, body, &html);
                body = buf_str(&html);
        }
        r = convert_text(&c, body, out, err);
        if (r == 0 && out->n - before > plan->b->limits->text)
                return err_set(err, ERR_LIMIT,
                               "'%.*s' is longer than %llu KiB; split it into topics",
                               STR_ARG(s->entry->path),
                               (unsigned long long)(plan->b->limits->text / 1024));
        return r;
}
