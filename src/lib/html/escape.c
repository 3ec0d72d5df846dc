/*
 * escape.c -- text into markup.
 */
#include "html/html.h"

/* What stands for c in markup, or NULL where c stands for itself. */
static const char *reference(char c)
{
        switch (c) {
        case '&':
                return "&amp;";
        case '<':
                return "&lt;";
        case '>':
                return "&gt;";
        case '"':
                return "&quot;";
        case '\'':
                return "&#39;";
        default:
                return NULL;
        }
}

void html_escape(struct buf *out, struct str text)
{
        static const bool special[256] = {
                ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true,
        };
        size_t from = 0;

        for (size_t i = 0; i < text.n; i++) {
                if (!special[(unsigned char)text.p[i]])
                        continue;
                buf_add(out, text.p + from, i - from);
                buf_puts(out, reference(text.p[i]));
                from = i + 1;
        }
        if (from < text.n)
                buf_add(out, text.p + from, text.n - from);
}
