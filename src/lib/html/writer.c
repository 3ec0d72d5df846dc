/*
 * writer.c -- what generated markup is made of: elements, attributes, text.
 */
#include "html/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/map.h"
#include "base/xalloc.h"
#include "html/stack.h"

enum {
        REMOVED_MAX = 100,              /* an author reads a list, not a log */
        REMOVED_DETAIL_MAX = 80,
        LINK_MAX = 8192,                /* of a rewritten address */
};

struct html_writer *html_writer_new(struct arena *arena, const struct html_writer_options *options,
                                    struct buf *out)
{
        struct html_writer *w = xalloc(sizeof *w);

        w->arena = arena;
        if (options != NULL)
                w->options = *options;
        w->out = out;
        w->ids = map_new();
        w->removed_end = &w->removed;
        return w;
}

void html_writer_free(struct html_writer **w)
{
        if (*w == NULL)
                return;
        map_free(&(*w)->ids);
        buf_free(&(*w)->decoded);
        buf_free(&(*w)->classes);
        free(*w);
        *w = NULL;
}

void removed_add(struct html_writer *w, const char *what, struct str detail)
{
        if (w->nremoved >= REMOVED_MAX)
                return;
        struct buf line CLEANUP_BUF = { 0 };

        buf_puts(&line, what);
        if (detail.n > REMOVED_DETAIL_MAX) {
                detail.n = REMOVED_DETAIL_MAX;
                while (detail.n > 0 && ((unsigned char)detail.p[detail.n] & 0xc0) == 0x80)
                        detail.n--;
        }
        buf_add_str(&line, detail);
        for (const struct html_removed *r = w->removed; r != NULL; r = r->next)
                if (str_eq(r->what, buf_str(&line)))
                        return;
        struct html_removed *r = arena_alloc(w->arena, sizeof *r);

        r->what = arena_str(w->arena, buf_str(&line));
        *w->removed_end = r;
        w->removed_end = &r->next;
        w->nremoved++;
}

size_t html_writer_open(struct html_writer *w, enum html_tag tag)
{
        size_t before = w->last_id;

        /* Even when nothing is opened: attributes that follow must not reach the tag before. */
        stack_settle(w);
        if (w->dropping || w->too_deep || !stack_open(w, tag, true) || w->last_id == before)
                return 0;
        const struct open_element *top = &w->stack[w->depth - 1];

        /* A void element leaves nothing to close, though it may have got a cell to stand in. */
        return top->generated ? top->id : 0;
}

void html_writer_close(struct html_writer *w, size_t element)
{
        if (element == 0)
                return;
        for (size_t i = w->depth; i > 0; i--) {
                if (w->stack[i - 1].id > element)
                        continue;
                if (w->stack[i - 1].id < element)
                        return;
                /* What was to be dropped ends with what it stood in. */
                if (w->dropping && i - 1 < w->drop_depth)
                        w->dropping = false;
                stack_close_to(w, i - 1);
                return;
        }
}

/* Text of elements and attributes: quotes are harmless in the one, '<' and '>' go from both. */
static void escape(struct buf *out, struct str text)
{
        static const bool special[256] = {
                ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true,
        };
        size_t from = 0;

        for (size_t i = 0; i < text.n; i++) {
                if (!special[(unsigned char)text.p[i]])
                        continue;
                buf_add(out, text.p + from, i - from);
                html_escape(out, str_make(text.p + i, 1));
                from = i + 1;
        }
        if (from < text.n)
                buf_add(out, text.p + from, text.n - from);
}

static bool is_blank(struct str text)
{
        return str_trim(text).n == 0;
}

static bool ends_line(const struct buf *text)
{
        return text->n == 0 || text->p[text->n - 1] == '\n';
}

static void write_text(struct html_writer *w, struct str text, struct buf *index)
{
        if (w->dropping || w->too_deep || text.n == 0)
                return;
        if (stack_between_cells(w) && !is_blank(text))
                stack_enter_flow(w);
        stack_settle(w);
        /* The parser drops one newline right behind <pre> (13.2.6.4.7). */
        if (w->pre_fresh && text.p[0] == '\n')
                buf_putc(w->out, '\n');
        w->pre_fresh = false;
        escape(w->out, text);
        if (index != NULL && !(is_blank(text) && ends_line(index)))
                buf_add_str(index, text);
}

void html_writer_text(struct html_writer *w, struct str text)
{
        write_text(w, text, w->options.text);
}

void html_writer_label(struct html_writer *w, struct str text)
{
        write_text(w, text, NULL);
}

void html_writer_newline(struct html_writer *w)
{
        write_text(w, STR("\n"), NULL);
}

void html_writer_attr(struct html_writer *w, const char *name, struct str value)
{
        if (!w->tag_open)
                return;
        buf_putc(w->out, ' ');
        buf_puts(w->out, name);
        BUF_LIT(w->out, "=\"");
        escape(w->out, value);
        buf_putc(w->out, '"');
}

void write_url_attr(struct html_writer *w, const char *name, struct str url)
{
        buf_putc(w->out, ' ');
        buf_puts(w->out, name);
        BUF_LIT(w->out, "=\"");
        html_url(w->out, url);
        buf_putc(w->out, '"');
}

/* dest, or what the callback makes of it, in *into. */
static struct str rewrite(struct html_writer *w, struct str dest, bool image, struct buf *into)
{
        into->max = LINK_MAX;
        if (w->options.link == NULL || !w->options.link(w->options.link_ctx, dest, image, into))
                return dest;
        return buf_str(into);
}

void html_writer_href(struct html_writer *w, struct str dest)
{
        struct buf rewritten CLEANUP_BUF = { 0 };

        if (!w->tag_open)
                return;
        struct str url = rewrite(w, dest, false, &rewritten);

        if (html_url_allowed(url))
                write_url_attr(w, "href", url);
        else
                removed_add(w, "URL ", url);
}

/*
 * An image that this origin cannot show. The pages' CSP loads images from their own origin only,
 * and a reader's address must not reach a foreign server by reading; following a link is the
 * reader's choice.
 */
static void image_elsewhere(struct html_writer *w, struct str url, struct str alt)
{
        bool remote = html_url_allowed(url);
        size_t link = 0;

        removed_add(w, remote ? "remote image " : "URL ", url);
        if (remote && w->count[HTML_A] == 0) {
                link = html_writer_open(w, HTML_A);
                if (w->tag_open)
                        write_url_attr(w, "href", url);
                if (alt.n == 0)
                        alt = url;
        }
        html_writer_text(w, alt);
        html_writer_close(w, link);
}

bool html_writer_image(struct html_writer *w, struct str src, struct str alt)
{
        struct buf rewritten CLEANUP_BUF = { 0 };

        if (w->dropping || w->too_deep)
                return false;
        struct str url = rewrite(w, src, true, &rewritten);

        if (!html_url_local(url)) {
                image_elsewhere(w, url, alt);
                return false;
        }
        if (!stack_open(w, HTML_IMG, true))
                return false;
        write_url_attr(w, "src", url);
        html_writer_attr(w, "alt", alt);
        w->has_picture = w->options.picture != NULL &&
                         w->options.picture(w->options.link_ctx, url, &w->picture_width,
                                            &w->picture_height);
        if (w->options.text != NULL)
                buf_add_str(w->options.text, alt);
        return true;
}

static void number_attr(struct html_writer *w, const char *name, unsigned number)
{
        char text[16];
        int n = snprintf(text, sizeof text, "%u", number);

        html_writer_attr(w, name, str_make(text, (size_t)n));
}

void html_writer_image_size(struct html_writer *w)
{
        if (!w->has_picture)
                return;
        number_attr(w, "width", w->picture_width);
        number_attr(w, "height", w->picture_height);
        w->has_picture = false;
}

bool html_writer_empty_header(struct html_writer *w, size_t element)
{
        struct open_element *top = w->depth > 0 ? &w->stack[w->depth - 1] : NULL;

        if (!w->tag_open || top == NULL || top->id != element || top->tag != HTML_TH)
                return false;
        size_t at = w->out->n;

        while (w->out->p[at - 1] != '<')        /* never within an attribute: escape() */
                at--;
        w->out->p[at + 1] = 'd';                /* "th" */
        w->count[HTML_TH]--;
        w->count[HTML_TD]++;
        top->tag = HTML_TD;
        return true;
}

size_t html_writer_mark(struct html_writer *w)
{
        return w->tag_open ? w->out->n : SIZE_MAX;
}

void html_writer_insert_attr(struct html_writer *w, size_t mark, const char *name,
                             struct str value)
{
        struct buf attr CLEANUP_BUF = { 0 };

        if (mark == SIZE_MAX)
                return;
        check(mark <= w->out->n);
        buf_putc(&attr, ' ');
        buf_puts(&attr, name);
        BUF_LIT(&attr, "=\"");
        escape(&attr, value);
        buf_putc(&attr, '"');

        size_t tail = w->out->n - mark;

        buf_add_str(w->out, buf_str(&attr));
        if (w->out->n != mark + tail + attr.n)
                return;
        memmove(w->out->p + mark + attr.n, w->out->p + mark, tail);
        memcpy(w->out->p + mark, attr.p, attr.n);
}

bool html_writer_claim_id(struct html_writer *w, struct str id)
{
        if (map_get(w->ids, id) != NULL)
                return false;
        map_put(w->ids, id, w);
        return true;
}

bool html_writer_inside(const struct html_writer *w, enum html_tag tag)
{
        return w->count[tag] > 0;
}

bool html_writer_failed(const struct html_writer *w)
{
        return w->too_deep || w->out->over;
}

int html_writer_finish(struct html_writer *w, const struct html_removed **removed, struct err *err)
{
        if (w->too_deep)
                return err_set(err, ERR_LIMIT,
                               "elements are nested more than %d deep; flatten the markup",
                               HTML_DEPTH_MAX);
        if (w->out->over)
                return err_set(err, ERR_LIMIT,
                               "the page would be larger than %zu bytes; split it", w->out->max);
        w->dropping = false;
        stack_close_to(w, 0);
        stack_settle(w);
        if (removed != NULL)
                *removed = w->removed;
        return 0;
}
