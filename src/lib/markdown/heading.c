/*
 * heading.c -- headings: ids, anchors, the table of contents, attribute blocks.
 */
#include "markdown/render.h"

#include <stdint.h>
#include <string.h>

#include "base/xalloc.h"

enum { OWN_ID_MAX = 128 };

/*
 * The page has one h1, its title. Where the page shows that itself, the body's first h1 is left out
 * and its others become h2: two first-level headings would leave a screen reader's user without a
 * document title. Otherwise levels stay the author's, skipped ones too: the outline is what the
 * author meant it to be.
 */
static unsigned shown_level(const struct render *r, unsigned level)
{
        return level == 1 && r->options->drop_first_h1 ? 2 : level;
}

size_t heading_enter(struct render *r, unsigned level)
{
        r->heading = true;
        r->level = level;
        r->held = STR("");
        buf_clear(&r->heading_text);
        r->heading_dropped =
                !r->plain && level == 1 && !r->title_known && r->options->drop_first_h1;
        if (r->heading_dropped) {
                r->mute++;
                return 0;
        }
        if (!r->plain)
                r->level = shown_level(r, level);
        size_t element = html_writer_open(r->w, (enum html_tag)(HTML_H1 + r->level - 1));

        r->heading_mark = html_writer_mark(r->w);
        return element;
}

bool heading_hold(struct render *r, struct str text)
{
        if (!r->heading || r->plain || r->images > 0 || text.n == 0 || text.p[text.n - 1] != '}')
                return false;
        r->held = text;
        return true;
}

void heading_release(struct render *r)
{
        struct str text = r->held;

        r->held = STR("");
        if (text.n == 0)
                return;
        buf_add_str(&r->heading_text, text);
        if (r->mute == 0)
                html_writer_text(r->w, text);
}

static bool is_id_byte(char c)
{
        return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') ||
               ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c != '\0' && strchr("-_.:", c) != NULL);
}

static bool is_own_id(struct str id)
{
        if (id.n == 0 || id.n > OWN_ID_MAX || id.p[0] == '-')
                return false;
        for (size_t i = 0; i < id.n; i++)
                if (!is_id_byte(id.p[i]))
                        return false;
        return true;
}

/*
 * Whether a word of an attribute block is one: #id, .class, key=value (its value may have spaces).
 */
static bool is_attribute(struct str word)
{
        return word.p[0] == '#' || word.p[0] == '.' || str_find(word, '=') > 0;
}

/*
 * Cut a trailing "{#id .class key=value}" or "{: ...}" off text; its id, if it has one, goes to
 * *id. Other braces are text: "Using {braces}".
 */
static struct str cut_attributes(struct str text, struct str *id)
{
        struct str trimmed = str_trim(text);
        size_t at = trimmed.n;

        *id = STR("");
        while (at > 0 && trimmed.p[at - 1] != '{')
                at--;
        if (at == 0 || trimmed.n < at + 2)
                return text;
        struct str inner = str_trim(str_make(trimmed.p + at, trimmed.n - at - 1));

        if (str_starts(inner, STR(":")))
                inner = str_trim(str_make(inner.p + 1, inner.n - 1));
        if (inner.n == 0 || !is_attribute(inner))
                return text;
        while (inner.n > 0) {
                struct str word = str_cut(&inner, ' ');

                if (word.n > 1 && word.p[0] == '#' &&
                    is_own_id(str_make(word.p + 1, word.n - 1)))
                        *id = str_make(word.p + 1, word.n - 1);
        }
        struct str left = { text.p, (size_t)(trimmed.p - text.p) + at - 1 };

        while (left.n > 0 && left.p[left.n - 1] == ' ')
                left.n--;
        return left;
}

/* id, or id-1, id-2 and so on where it is taken. */
static struct str unique_id(struct render *r, struct str id)
{
        if (html_writer_claim_id(r->w, id))
                return arena_str(r->arena, id);
        uintptr_t n = (uintptr_t)map_get(r->repeats, id);

        for (;;) {
                struct str other =
                        str_of(arena_printf(r->arena, "%.*s-%zu", STR_ARG(id), (size_t)++n));

                if (!html_writer_claim_id(r->w, other))
                        continue;
                map_put(r->repeats, id, (void *)n);
                return other;
        }
}

static void anchor(struct render *r, struct str id, struct str text)
{
        struct str pattern = render_label(r->options->section_label, "Link to section %s");

        html_writer_label(r->w, STR(" "));
        size_t link = html_writer_open(r->w, HTML_A);

        if (link == 0)
                return;
        html_writer_attr(r->w, "class", STR("anchor"));
        html_writer_attr(r->w, "href",
                         str_of(arena_printf(r->arena, "#%.*s", STR_ARG(id))));
        html_writer_attr(r->w, "aria-label", render_pattern(r, pattern, text));
        size_t sign = html_writer_open(r->w, HTML_SPAN);

        html_writer_attr(r->w, "aria-hidden", STR("true"));
        html_writer_label(r->w, STR("#"));
        html_writer_close(r->w, sign);
        html_writer_close(r->w, link);
}

static void remember(struct render *r, struct str id, struct str text)
{
        if (r->nheadings == r->headings_cap) {
                r->headings_cap = r->headings_cap > 0 ? r->headings_cap * 2 : 16;
                r->headings = xrealloc(r->headings, r->headings_cap, sizeof *r->headings);
        }
        r->headings[r->nheadings++] =
                (struct markdown_heading){ .level = r->level, .id = id, .text = text };
}

void heading_leave(struct render *r, size_t element)
{
        struct str own = STR("");

        if (!r->plain)
                r->held = cut_attributes(r->held, &own);
        heading_release(r);
        r->heading = false;
        struct str text = arena_str(r->arena, str_trim(buf_str(&r->heading_text)));

        if (!r->plain && r->level == 1 && !r->title_known) {
                r->title = text;
                r->title_known = true;
        }
        if (r->heading_dropped) {
                r->heading_dropped = false;
                r->mute--;
                return;
        }
        if (!r->plain && r->mute == 0 && element != 0) {
                struct str id = unique_id(r, own.n > 0 ? own : markdown_slug(r->arena, text));

                html_writer_insert_attr(r->w, r->heading_mark, "id", id);
                anchor(r, id, text);
                remember(r, id, text);
        }
        html_writer_close(r->w, element);
        html_writer_newline(r->w);
}
