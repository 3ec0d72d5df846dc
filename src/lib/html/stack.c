/*
 * stack.c -- which element may stand where.
 */
#include "html/stack.h"

#include "base/check.h"

/* Above this an element is not looked for: scopes of 13.2.4.2. */
static bool is_scope(enum html_tag tag)
{
        return tag == HTML_TD || tag == HTML_TH || tag == HTML_CAPTION || tag == HTML_TABLE;
}

static bool is_inline(enum html_tag tag)
{
        enum html_model model = policy_model(tag);

        return model == MODEL_INLINE || model == MODEL_LINK || model == MODEL_RUBY;
}

static bool is_void(enum html_model model)
{
        return model == MODEL_VOID || model == MODEL_VOID_BLOCK || model == MODEL_GENERATED ||
               model == MODEL_COLUMN;
}

static enum html_model current_model(const struct html_writer *w)
{
        return w->depth > 0 ? policy_model(w->stack[w->depth - 1].tag) : MODEL_BLOCK;
}

/* A block ends what was said before it, for the search index too. */
static void end_of_words(struct html_writer *w, enum html_tag tag)
{
        struct buf *text = w->options.text;

        if (text == NULL || text->n == 0 || text->p[text->n - 1] == '\n')
                return;
        if (is_inline(tag) || (policy_model(tag) == MODEL_VOID && tag != HTML_BR))
                return;
        buf_putc(text, '\n');
}

void stack_settle(struct html_writer *w)
{
        if (!w->tag_open)
                return;
        buf_putc(w->out, '>');
        w->tag_open = false;
}

static void close_top(struct html_writer *w)
{
        enum html_tag tag = w->stack[--w->depth].tag;

        stack_settle(w);
        w->count[tag]--;
        w->pre_fresh = false;
        BUF_LIT(w->out, "</");
        buf_puts(w->out, policy_name(tag));
        buf_putc(w->out, '>');
        end_of_words(w, tag);
}

void stack_close_to(struct html_writer *w, size_t depth)
{
        while (w->depth > depth)
                close_top(w);
}

/* Write the start tag, without its '>', and remember the element unless it is void. */
static bool push(struct html_writer *w, enum html_tag tag, bool generated)
{
        bool alone = is_void(policy_model(tag));

        if (!alone && w->depth == HTML_DEPTH_MAX) {
                w->too_deep = true;
                return false;
        }
        stack_settle(w);
        end_of_words(w, tag);
        buf_putc(w->out, '<');
        buf_puts(w->out, policy_name(tag));
        w->tag_open = true;
        w->pre_fresh = tag == HTML_PRE;
        if (alone)
                return true;
        w->stack[w->depth++] = (struct open_element){ tag, generated, ++w->last_id };
        w->count[tag]++;
        return true;
}

/*
 * Whether everything from this depth on may be closed for the sake of an element. Foreign markup
 * may not close what was generated, but for paragraphs and what is inside one: those must make way
 * for a block.
 */
static bool may_close(const struct html_writer *w, size_t depth, bool generated)
{
        if (generated)
                return true;
        for (size_t i = depth; i < w->depth; i++)
                if (w->stack[i].generated && w->stack[i].tag != HTML_P)
                        return false;
        return true;
}

static void close_paragraph(struct html_writer *w)
{
        if (w->count[HTML_P] == 0)
                return;
        for (size_t i = w->depth; i > 0 && !is_scope(w->stack[i - 1].tag); i--) {
                if (w->stack[i - 1].tag == HTML_P) {
                        stack_close_to(w, i - 1);
                        return;
                }
        }
}

static bool open_block(struct html_writer *w, enum html_tag tag, bool generated)
{
        close_paragraph(w);
        return push(w, tag, generated);
}

/* A heading directly within a heading would close it. */
static bool open_heading(struct html_writer *w, enum html_tag tag, bool generated)
{
        close_paragraph(w);
        if (current_model(w) == MODEL_HEADING) {
                if (!may_close(w, w->depth - 1, generated))
                        return false;
                stack_close_to(w, w->depth - 1);
        }
        return push(w, tag, generated);
}

static bool open_link(struct html_writer *w, bool generated)
{
        size_t at = w->depth;

        if (w->count[HTML_A] > 0) {
                while (at > 0 && is_inline(w->stack[at - 1].tag) && w->stack[at - 1].tag != HTML_A)
                        at--;
                if (at == 0 || w->stack[at - 1].tag != HTML_A)
                        return false;
                at--;
                if (!may_close(w, at, generated))
                        return false;
                stack_close_to(w, at);
                if (w->count[HTML_A] > 0)
                        return false;
        }
        return push(w, HTML_A, generated);
}

/* An item closes the item before it; what else stands between it and its list keeps it out. */
static bool is_list_of(enum html_tag list, enum html_tag item)
{
        return item == HTML_LI ? list == HTML_UL || list == HTML_OL : list == HTML_DL;
}

/* The element at this depth holds such items: a list, or a div that groups terms in a dl. */
static bool holds_items(const struct html_writer *w, size_t at, enum html_tag item)
{
        if (is_list_of(w->stack[at].tag, item))
                return true;
        return w->stack[at].tag == HTML_DIV && at > 0 && is_list_of(w->stack[at - 1].tag, item);
}

static bool open_item(struct html_writer *w, enum html_tag tag, bool generated)
{
        size_t at = w->depth;

        for (; at > 0; at--) {
                enum html_tag t = w->stack[at - 1].tag;

                if (holds_items(w, at - 1, tag))
                        break;
                if (!is_inline(t) && t != HTML_P && t != HTML_DIV &&
                    policy_model(t) != policy_model(tag))
                        return false;
        }
        if (at == 0 || !may_close(w, at, generated))
                return false;
        stack_close_to(w, at);
        return push(w, tag, generated);
}

static bool open_ruby_text(struct html_writer *w, enum html_tag tag, bool generated)
{
        if (current_model(w) == MODEL_RUBY) {
                if (!may_close(w, w->depth - 1, generated))
                        return false;
                stack_close_to(w, w->depth - 1);
        }
        return w->depth > 0 && w->stack[w->depth - 1].tag == HTML_RUBY && push(w, tag, generated);
}

/* How far to close, and what to add, so that a part of a table stands in its place. */
static bool open_table_part(struct html_writer *w, enum html_tag tag, bool generated)
{
        enum html_model model = policy_model(tag);
        size_t at = w->depth;

        if (w->count[HTML_TABLE] == 0)
                return false;
        while (w->stack[at - 1].tag != HTML_TABLE)
                at--;
        for (; at < w->depth; at++) {
                enum html_model within = policy_model(w->stack[at].tag);

                if (within == MODEL_COLUMNS ? model != MODEL_COLUMN
                    : within == MODEL_ROWS  ? model != MODEL_ROW && model != MODEL_CELL
                                            : within != MODEL_ROW || model != MODEL_CELL)
                        break;
        }
        if (!may_close(w, at, generated))
                return false;
        stack_close_to(w, at);

        enum html_model around = current_model(w);

        if (model == MODEL_COLUMN && around == MODEL_TABLE && !push(w, HTML_COLGROUP, false))
                return false;
        if ((model == MODEL_ROW || model == MODEL_CELL) && around == MODEL_TABLE &&
            !push(w, HTML_TBODY, false))
                return false;
        if (model == MODEL_CELL && around != MODEL_ROW && !push(w, HTML_TR, false))
                return false;
        return push(w, tag, generated);
}

bool stack_between_cells(const struct html_writer *w)
{
        enum html_model model = current_model(w);

        return model == MODEL_TABLE || model == MODEL_ROWS || model == MODEL_ROW ||
               model == MODEL_COLUMNS;
}

void stack_enter_flow(struct html_writer *w)
{
        if (stack_between_cells(w) && !open_table_part(w, HTML_TD, false))
                check(w->too_deep);
}

bool stack_open(struct html_writer *w, enum html_tag tag, bool generated)
{
        enum html_model model = policy_model(tag);

        if (model >= MODEL_CAPTION)
                return open_table_part(w, tag, generated);
        stack_enter_flow(w);
        switch (model) {
        case MODEL_LINK:
                return open_link(w, generated);
        case MODEL_RUBY:
                return open_ruby_text(w, tag, generated);
        case MODEL_BLOCK:
        case MODEL_TABLE:
        case MODEL_VOID_BLOCK:
                return open_block(w, tag, generated);
        case MODEL_HEADING:
                return open_heading(w, tag, generated);
        case MODEL_ITEM:
        case MODEL_TERM:
                return open_item(w, tag, generated);
        default:
                return push(w, tag, generated);
        }
}

/* Whether an end tag of `tag` looks no further than `around`. */
static bool stops(enum html_tag tag, enum html_tag around)
{
        enum html_model model = policy_model(tag);

        if (model >= MODEL_TABLE)
                return around == HTML_TABLE;
        if (is_inline(tag))
                return !is_inline(around);
        if (model == MODEL_ITEM || model == MODEL_TERM)
                return is_scope(around) || is_list_of(around, tag);
        return is_scope(around);
}

void stack_end_tag(struct html_writer *w, enum html_tag tag)
{
        enum html_model model = policy_model(tag);

        if (w->count[tag] == 0 && model != MODEL_HEADING)
                return;
        for (size_t i = w->depth; i > 0; i--) {
                const struct open_element *e = &w->stack[i - 1];

                if (e->generated && e->tag != HTML_P)
                        return;
                if (e->tag == tag ||
                    (model == MODEL_HEADING && policy_model(e->tag) == MODEL_HEADING)) {
                        stack_close_to(w, i - 1);
                        return;
                }
                if (stops(tag, e->tag))
                        return;
        }
}
