/*
 * callout.c -- boxes of other dialects as our callouts, and tabs as headed text.
 */
#include <string.h>

#include "exchange/convert.h"

enum { LEVELS_MAX = 8 };

struct kind {
        const char *name;
        const char *callout;
        bool says_it;                   /* the callout's own label is this word */
};

static const struct kind kinds[] = {
        { "note", "NOTE", true },            { "tip", "TIP", true },
        { "important", "IMPORTANT", true },  { "warning", "WARNING", true },
        { "caution", "CAUTION", true },      { "info", "NOTE", false },
        { "abstract", "NOTE", false },       { "summary", "NOTE", false },
        { "tldr", "NOTE", false },           { "seealso", "NOTE", false },
        { "hint", "TIP", false },            { "success", "TIP", false },
        { "check", "TIP", false },           { "done", "TIP", false },
        { "question", "IMPORTANT", false },  { "help", "IMPORTANT", false },
        { "faq", "IMPORTANT", false },       { "attention", "WARNING", false },
        { "danger", "CAUTION", false },      { "error", "CAUTION", false },
        { "failure", "CAUTION", false },     { "fail", "CAUTION", false },
        { "missing", "CAUTION", false },     { "bug", "CAUTION", false },
        { "example", "NOTE", false },        { "quote", "NOTE", false },
        { "cite", "NOTE", false },           { "todo", "NOTE", false },
        { "new", "NOTE", false },
};

struct box {
        const char *callout;            /* NULL: a tab */
        struct str title;               /* or empty */
        size_t indent;                  /* of its first line */
        size_t colons;                  /* of a ::: box; 0: the body is indented */
};

static struct str word_of(struct str s)
{
        size_t n = 0;

        while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
                           s.p[n] == '-' || s.p[n] == '_'))
                n++;
        return str_make(s.p, n);
}

static const struct kind *kind_of(struct str word)
{
        for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
                if (str_eq_nocase(word, str_of(kinds[i].name)))
                        return &kinds[i];
        return NULL;
}

static struct str capital(struct arena *arena, struct str word)
{
        char *copy = arena_alloc(arena, word.n + 1);

        for (size_t i = 0; i < word.n; i++)
                copy[i] = word.p[i] >= 'A' && word.p[i] <= 'Z' ? (char)(word.p[i] - 'A' + 'a') :
                                                                 word.p[i];
        if (word.n > 0 && copy[0] >= 'a' && copy[0] <= 'z')
                copy[0] = (char)(copy[0] - 'a' + 'A');
        return str_make(copy, word.n);
}

bool callout_known(struct str word)
{
        return kind_of(word) != NULL;
}

const char *callout_named(struct arena *arena, struct str word, struct str *title)
{
        const struct kind *kind = kind_of(word);

        *title = kind != NULL && kind->says_it ? (struct str){ "", 0 } : capital(arena, word);
        return kind != NULL ? kind->callout : "NOTE";
}

static void name_box(struct conversion *c, struct box *box, struct str word,
                     const struct str *title)
{
        box->callout = callout_named(c->scratch, word, &box->title);
        if (title != NULL)
                box->title = *title;
}

/* `"Title"` somewhere in the rest of the line; false when there is none. */
static bool quoted(struct str rest, struct str *out)
{
        ptrdiff_t from = str_find(rest, '"');

        if (from < 0)
                return false;
        rest = str_make(rest.p + from + 1, rest.n - (size_t)from - 1);
        for (size_t i = rest.n; i > 0; i--)
                if (rest.p[i - 1] == '"') {
                        *out = str_make(rest.p, i - 1);
                        return true;
                }
        return false;
}

/* !!! word "Title"; ??? and ???+ are the folding kind; === "Tab" */
static bool open_indented(struct conversion *c, struct str text, struct box *box)
{
        struct str title, rest;
        bool tab = str_starts(text, STR("=== \"")) || str_starts(text, STR("===! \""));

        if (tab) {
                if (!quoted(text, &title))
                        return false;
                *box = (struct box){ .title = title, .indent = box->indent };
                return true;
        }
        if (str_starts(text, STR("!!! ")))
                rest = str_make(text.p + 4, text.n - 4);
        else if (str_starts(text, STR("??? ")))
                rest = str_make(text.p + 4, text.n - 4);
        else if (str_starts(text, STR("???+ ")))
                rest = str_make(text.p + 5, text.n - 5);
        else
                return false;
        rest = str_trim(rest);
        struct str word = word_of(rest);

        if (word.n == 0)
                return false;
        bool named = quoted(rest, &title);

        name_box(c, box, word, named ? &title : NULL);
        return true;
}

/*
 * :::note, :::note Title, :::note[Title]; only known words, for ::: means other things elsewhere.
 */
static bool open_colons(struct conversion *c, struct str text, struct box *box)
{
        size_t colons = 0;

        while (colons < text.n && text.p[colons] == ':')
                colons++;
        if (colons < 3)
                return false;
        struct str rest = str_trim(str_make(text.p + colons, text.n - colons));
        struct str word = word_of(rest);

        if (kind_of(word) == NULL)
                return false;
        rest = str_trim(str_make(rest.p + word.n, rest.n - word.n));
        if (rest.n >= 2 && rest.p[0] == '[' && rest.p[rest.n - 1] == ']')
                rest = str_make(rest.p + 1, rest.n - 2);
        name_box(c, box, word, rest.n > 0 ? &rest : NULL);
        box->colons = colons;
        return true;
}

static bool closes(struct str line, size_t colons)
{
        struct str text = str_trim(line);

        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] != ':')
                        return false;
        return text.n == colons;
}

/* The lines of the box's body, dedented; gives the index behind it. */
static size_t take_body(struct conversion *c, const struct lines *in, size_t from,
                        const struct box *box, struct lines *body)
{
        size_t need = box->indent + 4, i = from, end;

        if (box->colons > 0) {
                struct fence fence = { 0 };

                for (; i < in->n; i++) {
                        if (!fence_step(&fence, in->v[i].text) &&
                            closes(in->v[i].text, box->colons))
                                break;
                        lines_add(body, line_dedent(c->scratch, in->v[i].text, box->indent),
                                  in->v[i].number);
                }
                return i < in->n ? i + 1 : i;
        }
        for (end = from; i < in->n; i++) {
                if (line_is_blank(in->v[i].text))
                        continue;
                if (line_indent(in->v[i].text) < need)
                        break;
                end = i + 1;
        }
        for (i = from; i < end; i++)
                lines_add(body, line_dedent(c->scratch, in->v[i].text, need), in->v[i].number);
        return end;
}

static void emit(struct conversion *c, struct lines *out, size_t indent, const char *before,
                 struct str text, unsigned number)
{
        const char *gap = before[0] != '\0' && text.n > 0 ? " " : "";

        lines_add(out, str_of(arena_printf(c->scratch, "%*s%s%s%.*s", (int)indent, "", before, gap,
                                           STR_ARG(text))),
                  number);
}

static void blank_before(struct lines *out, unsigned number)
{
        if (out->n > 0 && !line_is_blank(out->v[out->n - 1].text))
                lines_add(out, STR(""), number);
}

static void pass(struct conversion *c, const struct lines *in, unsigned level, struct lines *out);

static void emit_box(struct conversion *c, const struct box *box, const struct lines *body,
                     unsigned number, unsigned level, struct lines *out)
{
        struct lines inner = { .arena = c->scratch };
        const char *mark = box->callout != NULL ? ">" : "";
        struct str title =
                box->title.n > 0 ? str_of(arena_printf(c->scratch, "**%.*s**", STR_ARG(box->title)))
                                 : STR("");

        pass(c, body, level + 1, &inner);
        blank_before(out, number);
        if (box->callout != NULL)
                emit(c, out, box->indent, ">",
                     str_of(arena_printf(c->scratch, "[!%s]", box->callout)), number);
        if (title.n > 0) {
                emit(c, out, box->indent, mark, title, number);
                emit(c, out, box->indent, mark, STR(""), number);
        }
        for (size_t i = 0; i < inner.n; i++)
                emit(c, out, box->indent, mark, inner.v[i].text, inner.v[i].number);
        lines_add(out, STR(""), number);
}

/* Indented text is code, unless a list goes on in it. */
static bool in_list(const struct lines *in, size_t at)
{
        size_t indent = line_indent(in->v[at].text);

        for (size_t i = at; i > 0 && at - i < 400; i--) {
                struct str line = in->v[i - 1].text, item;

                if (line_is_blank(line) || line_indent(line) >= indent)
                        continue;
                if (line_list_item(str_trim(line), &item))
                        return true;
                if (line_indent(line) == 0)
                        return false;
                indent = line_indent(line);
        }
        return false;
}

static void pass(struct conversion *c, const struct lines *in, unsigned level, struct lines *out)
{
        struct fence fence = { 0 };

        for (size_t i = 0; i < in->n; i++) {
                const struct line *line = &in->v[i];
                struct str text = str_trim(line->text);
                struct box box = { .indent = line_indent(line->text) };

                if (fence_step(&fence, line->text) || level > LEVELS_MAX || text.n < 4 ||
                    (box.indent > 3 && !in_list(in, i)) ||
                    !(open_indented(c, text, &box) || open_colons(c, text, &box))) {
                        lines_add_from(out, line);
                        continue;
                }
                struct lines body = { .arena = c->scratch };
                size_t next = take_body(c, in, i + 1, &box, &body);

                emit_box(c, &box, &body, line->number, level, out);
                change_count(box.callout != NULL ? &c->callouts : &c->tabs, line->number);
                i = next - 1;
        }
}

void convert_callouts(struct conversion *c, const struct lines *in, struct lines *out)
{
        pass(c, in, 0, out);
}
