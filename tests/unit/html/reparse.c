/*
 * reparse.c -- walking gumbo's tree.
 */
#include "reparse.h"

#include <gumbo.h>
#include <stdlib.h>

#include "base/check.h"
#include "html/html.h"

typedef void visit_fn(const GumboNode *node, bool leave, void *ctx);

/* In document order, without recursion; leave tells the end of an element from its start. */
static void walk(const GumboNode *root, visit_fn *visit, void *ctx)
{
        const GumboNode *node = root;
        bool down = true;

        for (;;) {
                bool element = node->type == GUMBO_NODE_ELEMENT ||
                               node->type == GUMBO_NODE_TEMPLATE;

                if (down) {
                        visit(node, false, ctx);
                        if (element && node->v.element.children.length > 0) {
                                node = node->v.element.children.data[0];
                                continue;
                        }
                }
                if (element)
                        visit(node, true, ctx);
                if (node == root)
                        return;
                const GumboVector *siblings = &node->parent->v.element.children;

                down = node->index_within_parent + 1 < siblings->length;
                node = down ? siblings->data[node->index_within_parent + 1] : node->parent;
        }
}

static void parsed(struct str html, visit_fn *visit, void *ctx)
{
        GumboOptions options = kGumboDefaultOptions;

        options.fragment_context = GUMBO_TAG_DIV;
        options.max_errors = 0;
        GumboOutput *output = gumbo_parse_with_options(&options, html.n > 0 ? html.p : "", html.n);

        walk(output->root, visit, ctx);
        gumbo_destroy_output(&options, output);
}

static bool is_void(GumboTag tag)
{
        return tag == GUMBO_TAG_BR || tag == GUMBO_TAG_COL || tag == GUMBO_TAG_HR ||
               tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_INPUT || tag == GUMBO_TAG_WBR;
}

static void escape(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.n; i++) {
                if (text.p[i] == '\'')
                        buf_putc(out, '\'');
                else
                        html_escape(out, str_make(text.p + i, 1));
        }
}

static void name(struct buf *out, const GumboElement *e)
{
        GumboStringPiece original = e->original_tag;

        if (e->tag != GUMBO_TAG_UNKNOWN) {
                buf_puts(out, gumbo_normalized_tagname(e->tag));
                return;
        }
        gumbo_tag_from_original_text(&original);
        buf_add(out, original.data, original.length);
}

static void write_node(const GumboNode *node, bool leave, void *ctx)
{
        struct buf *out = ctx;

        if (node->type != GUMBO_NODE_ELEMENT && node->type != GUMBO_NODE_TEMPLATE) {
                if (node->type == GUMBO_NODE_COMMENT)
                        BUF_LIT(out, "<!---->");
                else
                        escape(out, str_of(node->v.text.text));
                return;
        }
        const GumboElement *e = &node->v.element;

        if (node->parent == NULL || node->parent->type == GUMBO_NODE_DOCUMENT ||
            (leave && is_void(e->tag)))
                return;
        buf_puts(out, leave ? "</" : "<");
        name(out, e);
        for (unsigned i = 0; !leave && i < e->attributes.length; i++) {
                const GumboAttribute *a = e->attributes.data[i];

                buf_printf(out, " %s=\"", a->name);
                escape(out, str_of(a->value));
                buf_putc(out, '"');
        }
        buf_putc(out, '>');
        if (leave || e->tag != GUMBO_TAG_PRE || e->children.length == 0)
                return;
        const GumboNode *first = e->children.data[0];

        if ((first->type == GUMBO_NODE_TEXT || first->type == GUMBO_NODE_WHITESPACE) &&
            first->v.text.text[0] == '\n')
                buf_putc(out, '\n');
}

void reparse(struct str html, struct buf *out)
{
        parsed(html, write_node, out);
}

static const char *attribute_fault(const GumboElement *e, const GumboAttribute *a)
{
        struct str value = str_of(a->value);

        if (str_starts(str_of(a->name), STR("on")))
                return "an event handler";
        if (str_is(str_of(a->name), "style") || str_is(str_of(a->name), "name") ||
            str_is(str_of(a->name), "srcset") || str_is(str_of(a->name), "action"))
                return "an attribute off the list";
        if (str_is(str_of(a->name), "src") && !html_url_local(value))
                return "an image of another origin";
        if ((str_is(str_of(a->name), "href") || str_is(str_of(a->name), "cite")) &&
            !html_url_allowed(value))
                return "an address off the list";
        for (size_t i = 0; i < value.n; i++)
                if ((unsigned char)value.p[i] < 0x20 && value.p[i] != '\n' && value.p[i] != '\t')
                        return "a control character";
        return e->tag == GUMBO_TAG_INPUT && str_is(str_of(a->name), "value") ? "a form value"
                                                                            : NULL;
}

static void find_fault(const GumboNode *node, bool leave, void *ctx)
{
        static const GumboTag forbidden[] = {
                GUMBO_TAG_SCRIPT, GUMBO_TAG_STYLE, GUMBO_TAG_IFRAME, GUMBO_TAG_OBJECT,
                GUMBO_TAG_EMBED, GUMBO_TAG_FORM, GUMBO_TAG_META, GUMBO_TAG_LINK, GUMBO_TAG_BASE,
                GUMBO_TAG_SVG, GUMBO_TAG_MATH, GUMBO_TAG_TEMPLATE, GUMBO_TAG_NOSCRIPT,
                GUMBO_TAG_TEXTAREA, GUMBO_TAG_SELECT, GUMBO_TAG_TITLE, GUMBO_TAG_XMP,
                GUMBO_TAG_PLAINTEXT, GUMBO_TAG_BUTTON, GUMBO_TAG_UNKNOWN,
        };
        const char **fault = ctx;

        if (node->type == GUMBO_NODE_COMMENT)
                *fault = "a comment";
        if (leave || node->type != GUMBO_NODE_ELEMENT)
                return;
        const GumboElement *e = &node->v.element;

        if (e->tag_namespace != GUMBO_NAMESPACE_HTML)
                *fault = "an element that is not HTML";
        for (size_t i = 0; i < ARRAY_LEN(forbidden); i++)
                if (e->tag == forbidden[i])
                        *fault = "an element off the list";
        for (unsigned i = 0; i < e->attributes.length; i++) {
                const char *found = attribute_fault(e, e->attributes.data[i]);

                if (found != NULL)
                        *fault = found;
        }
}

const char *reparse_fault(struct str html)
{
        const char *fault = NULL;

        parsed(html, find_fault, &fault);
        return fault;
}
