/*
 * quotes.c -- block quotes, and those whose first line makes them callouts.
 */
#include "markdown/render.h"

struct callout {
        const char *marker;
        const char *class;
        const char *title;
};

static const struct callout callouts[] = {
        { "[!NOTE]", "callout callout-note", "Note" },
        { "[!TIP]", "callout callout-tip", "Tip" },
        { "[!IMPORTANT]", "callout callout-important", "Important" },
        { "[!WARNING]", "callout callout-warning", "Warning" },
        { "[!CAUTION]", "callout callout-caution", "Caution" },
};

static struct str title_of(const struct render *r, size_t kind)
{
        const struct markdown_labels *l = &r->options->labels;
        const struct str own[] = { l->note, l->tip, l->important, l->warning, l->caution };

        return render_label(own[kind], callouts[kind].title);
}

/* Open the waiting quotes but the innermost `keep`; those stay waiting. */
static void open_quotes(struct render *r, size_t keep)
{
        size_t inner = r->quote_paragraph ? 1 : 0;

        while (r->quotes > keep) {
                struct frame *frame = &r->frames[r->nframes - inner - r->quotes];

                frame->element = html_writer_open(r->w, HTML_BLOCKQUOTE);
                html_writer_newline(r->w);
                r->quotes--;
        }
}

void quote_flush(struct render *r)
{
        if (r->callout_break) {
                r->callout_break = false;
                r->frames[r->nframes - 1].element = html_writer_open(r->w, HTML_P);
        }
        if (r->quotes == 0)
                return;
        open_quotes(r, 0);
        if (r->quote_paragraph)
                r->frames[r->nframes - 1].element = html_writer_open(r->w, HTML_P);
        r->quote_paragraph = false;
}

bool quote_enter(struct render *r, MD_BLOCKTYPE type)
{
        if (r->plain || r->mute > 0 || r->callout_break || r->quote_paragraph)
                return false;
        if (type == MD_BLOCK_QUOTE) {
                r->quotes++;
                return true;
        }
        if (type != MD_BLOCK_P || r->quotes == 0)
                return false;
        r->quote_paragraph = true;
        return true;
}

bool quote_text(struct render *r, struct str text)
{
        size_t kind = 0;

        if (!r->quote_paragraph)
                return false;
        while (kind < ARRAY_LEN(callouts) &&
               !str_eq_nocase(str_trim(text), str_of(callouts[kind].marker)))
                kind++;
        if (kind == ARRAY_LEN(callouts))
                return false;
        open_quotes(r, 1);
        r->frames[r->nframes - 2].element = html_writer_open(r->w, HTML_ASIDE);
        r->quotes = 0;
        r->quote_paragraph = false;
        html_writer_attr(r->w, "class", str_of(callouts[kind].class));
        html_writer_attr(r->w, "role", STR("note"));
        html_writer_attr(r->w, "aria-label", title_of(r, kind));

        size_t title = html_writer_open(r->w, HTML_P);

        html_writer_attr(r->w, "class", STR("callout-title"));
        html_writer_label(r->w, title_of(r, kind));
        html_writer_close(r->w, title);
        html_writer_newline(r->w);
        r->callout_break = true;
        return true;
}

bool quote_break(struct render *r)
{
        if (!r->callout_break)
                return false;
        quote_flush(r);
        return true;
}
