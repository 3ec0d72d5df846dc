/*
 * endnotes.c -- references to footnotes, and the notes at the end of the document.
 *
 * The notes are rendered by md4c too, as one Markdown list whose items they are: whatever a note
 * leaves open, a fence or a quote, ends with its item. A note may refer to further notes; those
 * come in the next round.
 */
#include "markdown/render.h"

enum {
        ROUNDS_MAX = 8,                 /* notes in notes; what is deeper stays unwritten */
        BACKLINKS_MAX = 10,
};

static struct str number(struct render *r, const char *pattern, size_t a, size_t b)
{
        return str_of(b > 1 ? arena_printf(r->arena, "%s%zu-%zu", pattern, a, b)
                            : arena_printf(r->arena, "%s%zu", pattern, a));
}

static struct str labelled(struct render *r, struct str own, const char *english, size_t n)
{
        return render_pattern(r, render_label(own, english), number(r, "", n, 0));
}

void endnotes_reference(struct render *r, struct footnote *note)
{
        if (note->number == 0) {
                note->number = ++r->nnotes;
                r->order[note->number - 1] = note;
        }
        note->references++;

        size_t sup = html_writer_open(r->w, HTML_SUP);

        html_writer_attr(r->w, "class", STR("footnote-ref"));
        size_t link = html_writer_open(r->w, HTML_A);
        struct str id = number(r, "fnref:", note->number, note->references);

        if (link != 0) {
                if (html_writer_claim_id(r->w, id))
                        html_writer_attr(r->w, "id", id);
                html_writer_attr(r->w, "href", number(r, "#fn:", note->number, 0));
                html_writer_attr(r->w, "role", STR("doc-noteref"));
                html_writer_attr(r->w, "aria-label",
                                 labelled(r, r->options->labels.footnote, "Footnote %s",
                                          note->number));
        }
        html_writer_label(r->w, number(r, "", note->number, 0));
        html_writer_close(r->w, link);
        html_writer_close(r->w, sup);
}

static void backlinks(struct render *r, const struct footnote *note)
{
        for (size_t i = 1; i <= note->references && i <= BACKLINKS_MAX; i++) {
                struct str name = labelled(r, r->options->labels.back, "Back to reference %s",
                                           note->number);

                html_writer_label(r->w, STR(" "));
                size_t link = html_writer_open(r->w, HTML_A);

                if (link == 0)
                        return;
                html_writer_attr(r->w, "class", STR("footnote-back"));
                html_writer_attr(r->w, "href", number(r, "#fnref:", note->number, i));
                html_writer_attr(r->w, "role", STR("doc-backlink"));
                if (i > 1)
                        name = str_of(arena_printf(r->arena, "%.*s-%zu", STR_ARG(name), i));
                html_writer_attr(r->w, "aria-label", name);
                html_writer_label(r->w, STR("\xe2\x86\xa9"));
                html_writer_close(r->w, link);
        }
}

/* A paragraph of a note stays open until it is known whether the way back goes into it. */
void endnotes_settle(struct render *r)
{
        if (r->note_paragraph == 0)
                return;
        html_writer_close(r->w, r->note_paragraph);
        html_writer_newline(r->w);
        r->note_paragraph = 0;
}

/* The blocks of the list itself; what is within its items is rendered as elsewhere. */
size_t endnotes_enter(struct render *r, MD_BLOCKTYPE type, bool *handled)
{
        unsigned depth = r->note_blocks++;

        *handled = r->notes_written && depth <= 2;
        if (!*handled || depth == 0)
                return 0;
        if (depth == 1) {
                /* The one list, and what looked like a link definition and is none. */
                if (r->note_list || type != MD_BLOCK_OL)
                        r->mute++;
                r->note_list = true;
                return 0;
        }
        if (r->mute > 0 || type != MD_BLOCK_LI || r->note >= r->note_end) {
                r->mute++;
                return 0;
        }
        const struct footnote *note = r->order[r->note++];
        size_t item = html_writer_open(r->w, HTML_LI);

        html_writer_attr(r->w, "id", number(r, "fn:", note->number, 0));
        return item;
}

static void end_note(struct render *r, size_t item)
{
        backlinks(r, r->order[r->note - 1]);
        endnotes_settle(r);
        html_writer_close(r->w, item);
        html_writer_newline(r->w);
}

/* True when the block was the list's business, and nothing is left to close. */
bool endnotes_leave(struct render *r, MD_BLOCKTYPE type, size_t element)
{
        unsigned depth = --r->note_blocks;

        if (!r->notes_written)
                return false;
        if (depth == 3 && type == MD_BLOCK_P && r->mute == 0) {
                r->note_paragraph = element;
                return true;
        }
        if (depth > 2)
                return false;
        if (r->mute > 0 && depth > 0)
                r->mute--;
        else if (depth == 2)
                end_note(r, element);
        return true;
}

static void add_item(struct buf *out, struct str body)
{
        BUF_LIT(out, "1. ");
        while (body.n > 0) {
                struct str line = str_cut(&body, '\n');

                buf_add_str(out, line);
                if (body.n > 0)
                        BUF_LIT(out, "\n   ");
        }
        BUF_LIT(out, "\n\n");
}

/* All notes of a round as a list. The last item is not shown; with it the list is a loose one. */
static int render_round(struct render *r, struct err *err)
{
        struct buf list CLEANUP_BUF = { 0 };

        for (size_t i = r->note_first; i < r->note_end; i++)
                add_item(&list, r->order[i]->body);
        add_item(&list, STR("two\n\nparagraphs"));
        buf_add_str(&list, r->notes.link_definitions);
        r->note = r->note_first;
        r->note_blocks = 0;
        r->note_list = false;
        return render_parse(r, buf_str(&list), err);
}

int endnotes_render(struct render *r, struct err *err)
{
        if (r->nnotes == 0)
                return 0;
        size_t section = html_writer_open(r->w, HTML_SECTION);

        html_writer_attr(r->w, "class", STR("footnotes"));
        html_writer_attr(r->w, "role", STR("doc-endnotes"));
        html_writer_attr(r->w, "aria-label",
                         render_label(r->options->labels.footnotes, "Footnotes"));
        html_writer_newline(r->w);
        size_t list = html_writer_open(r->w, HTML_OL);

        html_writer_newline(r->w);
        r->notes_written = true;
        for (unsigned round = 0; round < ROUNDS_MAX && r->note_end < r->nnotes; round++) {
                r->note_first = r->note_end;
                r->note_end = r->nnotes;
                int e = render_round(r, err);

                if (e < 0)
                        return e;
        }
        html_writer_close(r->w, list);
        html_writer_newline(r->w);
        html_writer_close(r->w, section);
        html_writer_newline(r->w);
        return 0;
}
