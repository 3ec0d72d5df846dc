/*
 * inline.c -- spans and text.
 */
#include "markdown/render.h"

#include <stdint.h>

#include "html/text.h"

enum { CONSTANT_MAX = 16 };

/* Text of a heading's plain form and of the page. */
static void show(struct render *r, struct str text)
{
        if (r->heading)
                buf_add_str(&r->heading_text, text);
        if (r->mute == 0)
                html_writer_text(r->w, text);
}

/* Bytes in front of the first reference to a footnote; *note is NULL when there is none. */
static size_t find_reference(const struct render *r, struct str text, struct footnote **note,
                             size_t *length)
{
        size_t at = 0;

        *note = NULL;
        while (at < text.n) {
                struct str rest = str_make(text.p + at, text.n - at);
                ptrdiff_t bracket = str_find(rest, '[');

                if (bracket < 0)
                        return text.n;
                at += (size_t)bracket;
                *note = footnotes_at(&r->notes, str_make(text.p + at, text.n - at), length);
                if (*note != NULL)
                        return at;
                at++;
        }
        return at;
}

static void show_with_references(struct render *r, struct str text)
{
        while (text.n > 0) {
                struct footnote *note;
                size_t length = 0;
                size_t plain = find_reference(r, text, &note, &length);

                show(r, str_make(text.p, plain));
                if (note == NULL)
                        return;
                if (r->mute == 0)
                        endnotes_reference(r, note);
                text = str_make(text.p + plain + length, text.n - plain - length);
        }
}

/* Where decoded text goes: an image's alt, or the page. */
static void put_text(struct render *r, struct str text)
{
        if (r->images > 0)
                buf_add_str(&r->alt, text);
        else
                show(r, text);
}

static void line_break(struct render *r, bool hard)
{
        if (quote_break(r))
                return;
        render_flush(r);
        if (hard && r->images == 0 && r->mute == 0)
                html_writer_open(r->w, HTML_BR);
        put_text(r, STR("\n"));
}

static void entity(struct render *r, struct str reference)
{
        buf_clear(&r->scratch);
        put_text(r, html_reference(&r->scratch, reference) ? buf_str(&r->scratch) : reference);
}

static void normal(struct render *r, struct str text)
{
        if (quote_text(r, text))
                return;
        render_flush(r);
        if (heading_hold(r, text))
                return;
        if (r->notes.count > 0 && r->links == 0 && r->images == 0)
                show_with_references(r, text);
        else
                put_text(r, text);
}

/*
 * Whether md4c may hand over this text: it lies within the source, or is one of md4c's own
 * constants, a few spaces. md4c 0.4.8 has handed out ranges that go past the source's end.
 */
static bool is_sound(const struct render *r, struct str text)
{
        uintptr_t from = (uintptr_t)text.p;
        uintptr_t begin = (uintptr_t)r->source.p;

        if (from >= begin && from <= begin + r->source.n)
                return text.n <= begin + r->source.n - from;
        return text.n <= CONSTANT_MAX;
}

int inline_text(MD_TEXTTYPE type, const MD_CHAR *text, MD_SIZE size, void *ctx)
{
        struct render *r = ctx;
        struct str s = { text, size };

        if (!is_sound(r, s))
                return RENDER_STOP;
        if (type == MD_TEXT_HTML) {
                if (r->raw.n == 0)
                        render_flush(r);
                if (r->mute == 0 && r->images == 0)
                        buf_add_str(&r->raw, s);
                return 0;
        }
        switch (type) {
        case MD_TEXT_BR:
        case MD_TEXT_SOFTBR:
                line_break(r, type == MD_TEXT_BR);
                break;
        case MD_TEXT_NORMAL:
                normal(r, s);
                break;
        case MD_TEXT_ENTITY:
                render_flush(r);
                entity(r, s);
                break;
        case MD_TEXT_NULLCHAR:
                render_flush(r);
                put_text(r, STR("\xef\xbf\xbd"));
                break;
        default:
                render_flush(r);
                put_text(r, s);
                break;
        }
        return html_writer_failed(r->w) ? RENDER_STOP : 0;
}

static size_t enter_link(struct render *r, const MD_SPAN_A_DETAIL *link)
{
        size_t element = 0;

        r->links++;
        if (r->images > 0 || r->mute > 0)
                return 0;
        element = html_writer_open(r->w, HTML_A);
        if (element == 0)
                return 0;
        html_writer_href(r->w, render_attribute(r, &link->href));
        if (link->title.text != NULL)
                html_writer_attr(r->w, "title", render_attribute(r, &link->title));
        return element;
}

static void enter_image(struct render *r, const MD_SPAN_IMG_DETAIL *image)
{
        if (r->images++ > 0)
                return;
        buf_clear(&r->alt);
        r->image_src = arena_str(r->arena, render_attribute(r, &image->src));
        r->image_title = STR("");
        if (image->title.text != NULL)
                r->image_title = arena_str(r->arena, render_attribute(r, &image->title));
}

static void leave_image(struct render *r)
{
        if (--r->images > 0)
                return;
        if (r->heading)
                buf_add_str(&r->heading_text, buf_str(&r->alt));
        if (r->mute > 0 || !html_writer_image(r->w, r->image_src, buf_str(&r->alt)))
                return;
        if (r->image_title.n > 0)
                html_writer_attr(r->w, "title", r->image_title);
        if (r->plain)
                return;
        html_writer_image_size(r->w);
        html_writer_attr(r->w, "loading", STR("lazy"));
}

int inline_enter(MD_SPANTYPE type, void *detail, void *ctx)
{
        struct render *r = ctx;
        size_t element = 0;

        render_flush(r);
        if (type == MD_SPAN_IMG)
                enter_image(r, detail);
        else if (type == MD_SPAN_A)
                element = enter_link(r, detail);
        else if (r->images == 0 && r->mute == 0)
                element = html_writer_open(r->w, type == MD_SPAN_EM       ? HTML_EM
                                                 : type == MD_SPAN_STRONG ? HTML_STRONG
                                                 : type == MD_SPAN_DEL    ? HTML_DEL
                                                                          : HTML_CODE);
        return render_push(r, FRAME_SPAN + (int)type, element);
}

static void leave_top(struct render *r)
{
        struct frame frame = r->frames[--r->nframes];

        if (frame.kind == FRAME_SPAN + MD_SPAN_IMG)
                leave_image(r);
        else if (frame.kind == FRAME_SPAN + MD_SPAN_A)
                r->links--;
        html_writer_close(r->w, frame.element);
}

void inline_leave_all(struct render *r)
{
        while (r->nframes > 0 && r->frames[r->nframes - 1].kind >= FRAME_SPAN)
                leave_top(r);
}

int inline_leave(MD_SPANTYPE type, void *detail, void *ctx)
{
        struct render *r = ctx;
        size_t at = r->nframes;

        (void)detail;
        render_flush(r);
        while (at > 0 && r->frames[at - 1].kind >= FRAME_SPAN &&
               r->frames[at - 1].kind != FRAME_SPAN + (int)type)
                at--;
        /* md4c 0.4.8 ends spans it has not begun where raw HTML cuts a link: "[l](m<a>[l](m<a)". */
        if (at > 0 && r->frames[at - 1].kind == FRAME_SPAN + (int)type)
                while (r->nframes >= at)
                        leave_top(r);
        return html_writer_failed(r->w) ? RENDER_STOP : 0;
}
