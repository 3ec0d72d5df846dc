/*
 * render.c -- blocks.
 */
#include "markdown/render.h"

#include <string.h>

#include "html/text.h"

enum { LANGUAGE_MAX = 40, SOURCE_PADDING = 64 };

struct str render_label(struct str own, const char *english)
{
        return own.n > 0 ? own : str_of(english);
}

struct str render_pattern(struct render *r, struct str pattern, struct str value)
{
        ptrdiff_t at = str_find_str(pattern, STR("%s"));
        struct buf out CLEANUP_BUF = { 0 };

        if (at < 0)
                return pattern;
        buf_add(&out, pattern.p, (size_t)at);
        buf_add_str(&out, value);
        buf_add(&out, pattern.p + at + 2, pattern.n - (size_t)at - 2);
        return arena_str(r->arena, buf_str(&out));
}

int render_push(struct render *r, int kind, size_t element)
{
        if (r->nframes == RENDER_FRAMES_MAX || html_writer_failed(r->w))
                return RENDER_STOP;
        r->frames[r->nframes++] = (struct frame){ element, kind };
        return 0;
}

static void flush_raw(struct render *r)
{
        if (r->raw.n == 0)
                return;
        html_writer_raw(r->w, buf_str(&r->raw));
        buf_clear(&r->raw);
}

void render_flush(struct render *r)
{
        flush_raw(r);
        quote_flush(r);
        heading_release(r);
        endnotes_settle(r);
}

struct str render_attribute(struct render *r, const MD_ATTRIBUTE *attribute)
{
        buf_clear(&r->scratch);
        if (attribute->text == NULL)
                return STR("");
        for (size_t i = 0; attribute->substr_offsets[i] < attribute->size; i++) {
                MD_OFFSET from = attribute->substr_offsets[i];
                struct str part = { attribute->text + from,
                                    attribute->substr_offsets[i + 1] - from };

                if (attribute->substr_types[i] == MD_TEXT_NULLCHAR)
                        BUF_LIT(&r->scratch, "\xef\xbf\xbd");
                else if (attribute->substr_types[i] != MD_TEXT_ENTITY ||
                         !html_reference(&r->scratch, part))
                        buf_add_str(&r->scratch, part);
        }
        return buf_str(&r->scratch);
}

/*
 * The first word of a fence's info, as far as it is a name: "{.python hl_lines=1}", "rust,ignore".
 */
static struct str language(struct str info)
{
        size_t n = 0;

        while (info.n > 0 && (info.p[0] == '{' || info.p[0] == '.' || info.p[0] == ' '))
                info = str_make(info.p + 1, info.n - 1);
        while (n < info.n && n < LANGUAGE_MAX &&
               ((info.p[n] >= '0' && info.p[n] <= '9') ||
                ((info.p[n] | 0x20) >= 'a' && (info.p[n] | 0x20) <= 'z') ||
                strchr("+#-_.", info.p[n]) != NULL))
                n++;
        return str_make(info.p, n);
}

/*
 * A region that scrolls must be reachable by keyboard, and so needs a name; no two names are alike.
 */
static void region(struct render *r, unsigned kind, struct str label)
{
        unsigned n = ++r->regions[kind];

        html_writer_attr(r->w, "role", STR("region"));
        html_writer_attr(r->w, "tabindex", STR("0"));
        html_writer_attr(r->w, "aria-label",
                         n > 1 ? str_of(arena_printf(r->arena, "%.*s %u", STR_ARG(label), n))
                               : label);
}

static size_t enter_code(struct render *r, const MD_BLOCK_CODE_DETAIL *code)
{
        size_t pre = html_writer_open(r->w, HTML_PRE);

        if (!r->plain)
                region(r, 0, render_label(r->options->code_label, "Code example"));
        html_writer_open(r->w, HTML_CODE);
        struct str lang = render_attribute(r, &code->lang);

        if (!r->plain)
                lang = language(lang);
        if (lang.n > 0)
                html_writer_attr(r->w, "class",
                                 str_of(arena_printf(r->arena, "language-%.*s", STR_ARG(lang))));
        return pre;
}

static size_t enter_table(struct render *r)
{
        if (r->plain)
                return html_writer_open(r->w, HTML_TABLE);
        size_t wrapper = html_writer_open(r->w, HTML_DIV);

        html_writer_attr(r->w, "class", STR("table-scroll"));
        region(r, 1, render_label(r->options->labels.table, "Table"));
        html_writer_open(r->w, HTML_TABLE);
        return wrapper;
}

static size_t enter_cell(struct render *r, bool head, const MD_BLOCK_TD_DETAIL *cell)
{
        static const char *const sides[] = { NULL, "left", "center", "right" };
        const char *side = sides[cell->align];
        size_t element = html_writer_open(r->w, head ? HTML_TH : HTML_TD);

        if (side != NULL && r->plain)
                html_writer_attr(r->w, "align", str_of(side));
        else if (side != NULL)
                html_writer_attr(r->w, "class", str_of(arena_printf(r->arena, "align-%s", side)));
        r->cell_mark = head && !r->plain ? html_writer_mark(r->w) : SIZE_MAX;
        return element;
}

/* Whether a header cell has text, and so heads its column, is known at its end. */
static void settle_header(struct render *r, size_t element)
{
        if (!html_writer_empty_header(r->w, element))
                html_writer_insert_attr(r->w, r->cell_mark, "scope", STR("col"));
        r->cell_mark = SIZE_MAX;
}

static size_t enter_list(struct render *r, const MD_BLOCK_OL_DETAIL *list)
{
        size_t element = html_writer_open(r->w, HTML_OL);

        if (list->start != 1)
                html_writer_attr(r->w, "start", str_of(arena_printf(r->arena, "%u", list->start)));
        html_writer_newline(r->w);
        return element;
}

static size_t enter_item(struct render *r, const MD_BLOCK_LI_DETAIL *item)
{
        size_t element = html_writer_open(r->w, HTML_LI);

        if (!item->is_task)
                return element;
        const struct markdown_labels *labels = &r->options->labels;
        bool done = item->task_mark != ' ';

        if (!r->plain)
                html_writer_attr(r->w, "class", STR("task"));
        html_writer_open(r->w, HTML_INPUT);
        html_writer_attr(r->w, "type", STR("checkbox"));
        html_writer_attr(r->w, "disabled", STR(""));
        if (done)
                html_writer_attr(r->w, "checked", STR(""));
        if (!r->plain)
                html_writer_attr(r->w, "aria-label",
                                 done ? render_label(labels->done, "Done")
                                      : render_label(labels->open, "To do"));
        html_writer_label(r->w, STR(" "));
        return element;
}

static size_t enter_lines(struct render *r, enum html_tag tag)
{
        size_t element = html_writer_open(r->w, tag);

        html_writer_newline(r->w);
        return element;
}

static size_t open_block(struct render *r, MD_BLOCKTYPE type, void *detail)
{
        switch (type) {
        case MD_BLOCK_QUOTE:
                return enter_lines(r, HTML_BLOCKQUOTE);
        case MD_BLOCK_UL:
                return enter_lines(r, HTML_UL);
        case MD_BLOCK_OL:
                return enter_list(r, detail);
        case MD_BLOCK_LI:
                return enter_item(r, detail);
        case MD_BLOCK_HR:
                return html_writer_open(r->w, HTML_HR);
        case MD_BLOCK_H:
                return heading_enter(r, ((MD_BLOCK_H_DETAIL *)detail)->level);
        case MD_BLOCK_CODE:
                return enter_code(r, detail);
        case MD_BLOCK_P:
                return html_writer_open(r->w, HTML_P);
        case MD_BLOCK_TABLE:
                return enter_table(r);
        case MD_BLOCK_THEAD:
                return enter_lines(r, HTML_THEAD);
        case MD_BLOCK_TBODY:
                return enter_lines(r, HTML_TBODY);
        case MD_BLOCK_TR:
                return enter_lines(r, HTML_TR);
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
                return enter_cell(r, type == MD_BLOCK_TH, detail);
        default:
                return 0;
        }
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
        struct render *r = ctx;
        bool handled;

        if (quote_enter(r, type)) {
                r->note_blocks++;
                return render_push(r, (int)type, 0);
        }
        render_flush(r);
        size_t element = endnotes_enter(r, type, &handled);

        if (!handled && r->mute == 0)
                element = open_block(r, type, detail);
        return render_push(r, (int)type, element);
}

/* What waits when a block ends. A heading's last text goes on waiting: heading_leave() reads it. */
static void flush_at_end(struct render *r, MD_BLOCKTYPE type)
{
        flush_raw(r);
        if (r->nframes > 0 && r->frames[r->nframes - 1].kind >= FRAME_SPAN) {
                render_flush(r);
                inline_leave_all(r);
        }
        /* A callout's label may be all there is of its paragraph: then there is no paragraph. */
        if (type == MD_BLOCK_P && r->callout_break)
                r->callout_break = false;
        else
                quote_flush(r);
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
        struct render *r = ctx;

        (void)detail;
        flush_at_end(r, type);
        if (r->nframes == 0 || r->frames[r->nframes - 1].kind != (int)type)
                return RENDER_STOP;
        size_t element = r->frames[--r->nframes].element;

        if (endnotes_leave(r, type, element))
                return 0;
        if (r->heading) {
                heading_leave(r, element);
        } else if (r->mute == 0) {
                if (type == MD_BLOCK_TH && !r->plain)
                        settle_header(r, element);
                html_writer_close(r->w, element);
                if (type != MD_BLOCK_DOC && type != MD_BLOCK_HTML)
                        html_writer_newline(r->w);
        }
        return html_writer_failed(r->w) ? RENDER_STOP : 0;
}

/*
 * A copy that ends with a newline and has defined bytes behind it: md4c 0.4.8 looks past the end of
 * a source whose last line has none.
 */
static struct str padded(struct arena *arena, struct str source)
{
        char *copy = arena_alloc(arena, source.n + 1 + SOURCE_PADDING);

        if (source.n > 0)
                memcpy(copy, source.p, source.n);
        if (source.n == 0 || source.p[source.n - 1] == '\n')
                return str_make(copy, source.n);
        copy[source.n] = '\n';
        return str_make(copy, source.n + 1);
}

int render_parse(struct render *r, struct str source, struct err *err)
{
        const MD_PARSER parser = {
                .flags = MD_DIALECT_GITHUB,
                .enter_block = enter_block,
                .leave_block = leave_block,
                .enter_span = inline_enter,
                .leave_span = inline_leave,
                .text = inline_text,
        };
        r->source = padded(r->arena, source);
        int e = md_parse(r->source.p, (MD_SIZE)r->source.n, &parser, r);

        if (e == 0)
                return 0;
        if (html_writer_failed(r->w))
                return html_writer_finish(r->w, NULL, err);
        if (r->nframes == RENDER_FRAMES_MAX)
                return err_set(err, ERR_LIMIT,
                               "blocks are nested more than %d deep; flatten the document",
                               RENDER_FRAMES_MAX);
        return err_set(err, ERR_INVALID, "the Markdown parser gave up on this document");
}
