/*
 * summary.c -- a table of contents written as a Markdown list: mdBook's SUMMARY.md, GitBook's, and
 * the lists of MkDocs' literate-nav.
 */
#include <string.h>

#include "exchange/lines.h"
#include "exchange/path.h"
#include "exchange/plan.h"

enum { LEVELS_MAX = 24, LINES_MAX = 50000 };

struct level {
        size_t indent;
        struct nav **tail;
};

struct reader_state {
        struct arena *arena;
        struct str folder;
        struct summary *out;
        struct level levels[LEVELS_MAX];
        size_t depth;                   /* levels in use below the list's own */
        struct nav **top;               /* where the next entry of the outermost list goes */
        struct nav **root;              /* outside of all parts */
        struct nav *last;
        bool any;                       /* an entry has been seen */
        bool in_part;
        bool list_only;
};

/* "[text](target)" at the start: the text and the target; false when it is something else. */
static bool read_link(struct str s, struct str *text, struct str *target)
{
        size_t depth = 0, i;

        if (s.n == 0 || s.p[0] != '[')
                return false;
        for (i = 0; i < s.n; i++) {
                if (s.p[i] == '\\' && i + 1 < s.n) {
                        i++;
                        continue;
                }
                depth += s.p[i] == '[';
                if (s.p[i] == ']' && --depth == 0)
                        break;
        }
        if (i + 1 >= s.n || s.p[i + 1] != '(')
                return false;
        *text = str_make(s.p + 1, i - 1);
        struct str rest = str_make(s.p + i + 2, s.n - i - 2);

        if (rest.n > 0 && rest.p[0] == '<') {
                rest = str_make(rest.p + 1, rest.n - 1);
                *target = str_cut(&rest, '>');
                return true;
        }
        *target = str_trim(str_cut(&rest, ')'));
        /* A title in quotes may follow the target. */
        ptrdiff_t space = str_find(*target, ' ');

        if (space >= 0 && (size_t)space + 1 < target->n &&
            strchr("\"'", target->p[space + 1]) != NULL)
                target->n = (size_t)space;
        return true;
}

static struct nav *entry_new(struct reader_state *r, struct str item, unsigned line)
{
        struct nav *n = arena_alloc(r->arena, sizeof *n);
        struct str text, target, path;

        n->line = line;
        if (!read_link(item, &text, &target)) {
                n->title = title_plain(r->arena, item);
                return n;
        }
        n->title = title_plain(r->arena, text);
        if (target.n == 0) {
                r->out->drafts++;
        } else if (link_is_external(target)) {
                n->url = arena_str(r->arena, target);
        } else if (path_resolve(r->arena, r->folder, link_path(r->arena, target), &path)) {
                /* A folder keeps its slash, so that it is not taken for a page. */
                bool folder = target.p[target.n - 1] == '/';

                n->path = folder ? str_of(arena_printf(r->arena, "%.*s/", STR_ARG(path))) : path;
        } else {
                n->path = arena_str(r->arena, target);
        }
        return n;
}

static void put(struct nav ***tail, struct nav *n)
{
        **tail = n;
        *tail = &n->next;
}

/* Leave the levels this indentation has left, or enter the last entry's children. */
static int find_level(struct reader_state *r, size_t indent, struct err *err)
{
        while (r->depth > 0 && indent < r->levels[r->depth].indent)
                r->depth--;
        if (r->last != NULL && indent >= r->levels[r->depth].indent + 2) {
                if (r->depth + 1 >= LEVELS_MAX)
                        return err_set(err, ERR_LIMIT, "the list is nested more than %d deep",
                                       LEVELS_MAX - 1);
                r->levels[++r->depth] = (struct level){ indent, &r->last->children };
        }
        return 0;
}

static int list_entry(struct reader_state *r, struct str item, size_t indent, unsigned line,
                      struct err *err)
{
        if (r->last == NULL) {
                r->depth = 0;
                r->levels[0] = (struct level){ indent, r->top };
        }
        int x = find_level(r, indent, err);

        if (x < 0)
                return x;
        struct nav *n = entry_new(r, item, line);

        put(&r->levels[r->depth].tail, n);
        if (r->depth == 0)
                r->top = r->levels[0].tail;
        if (r->depth == 0 && !r->in_part)
                r->root = r->top;
        r->last = n;
        r->any = true;
        return 0;
}

/* A heading: the title at first, later a part that holds the entries below it. */
static void heading(struct reader_state *r, struct str text, unsigned line)
{
        while (text.n > 0 && text.p[0] == '#')
                text = str_make(text.p + 1, text.n - 1);
        text = title_plain(r->arena, text);
        r->last = NULL;
        if (!r->any && r->out->title.n == 0) {
                r->out->title = text;
                return;
        }
        struct nav *part = arena_alloc(r->arena, sizeof *part);

        part->title = text;
        part->line = line;
        put(&r->root, part);
        r->top = &part->children;
        r->in_part = true;
        r->any = true;
}

/* A link on a line of its own: a chapter before or after the numbered ones. */
static void lone_link(struct reader_state *r, struct str text, unsigned line)
{
        struct nav *n = entry_new(r, text, line);

        put(&r->root, n);
        r->top = r->root;
        r->in_part = false;
        r->last = NULL;
        r->any = true;
}

static int one_line(struct reader_state *r, const struct line *line, struct err *err)
{
        struct str text = str_trim(line->text), item;

        if (text.n == 0)
                return 0;
        if (text.p[0] == '#' && !r->list_only) {
                heading(r, text, line->number);
                return 0;
        }
        if (line_list_item(text, &item) && str_trim(item).n > 0 &&
            !str_starts(str_trim(item), STR("- -")) && !str_starts(str_trim(item), STR("* *")))
                return list_entry(r, str_trim(item), line_indent(line->text), line->number, err);
        if (text.p[0] == '[' && line_indent(line->text) < 2 && !r->list_only) {
                struct str a, b;

                if (read_link(text, &a, &b))
                        lone_link(r, text, line->number);
        }
        return 0;                       /* prose and separators order nothing */
}

int summary_parse(struct arena *arena, struct str text, struct str folder, bool list_only,
                  struct summary *out, struct err *err)
{
        struct summary made = { 0 };
        struct reader_state r = { .arena = arena, .folder = folder, .out = &made,
                                  .list_only = list_only };
        struct fence fence = { 0 };
        struct lines lines;
        int x = lines_split(arena, text, 1, LINES_MAX, &lines, err);

        r.root = &made.nav;
        r.top = r.root;
        for (size_t i = 0; x == 0 && i < lines.n; i++)
                if (!fence_step(&fence, lines.v[i].text))
                        x = one_line(&r, &lines.v[i], err);
        if (x == 0)
                *out = made;
        return x;
}
