{# The table of contents: nested lists; a group unfolds with <details>, so no script is needed. #}
{% #include "base/check.h"
#include "page/layout.h"

enum { TOC_DEPTH_MAX = 16 };

static void toc_level(struct buf *out, const struct page_toc *toc, const struct words *t,
                      unsigned depth);

static void toc_link(struct buf *out, const struct page_toc *toc) { %}
<a class="toc-link" href="{{u toc->url }}"{% if (toc->current) { %} aria-current="page"{% } %}>{{ toc->title }}</a>
{% }

/* A group that is a topic too: its link, and beside it the button that unfolds. */
static void toc_branch(struct buf *out, const struct page_toc *toc, const struct words *t,
                       unsigned depth) { %}
<li class="toc-branch">
{% toc_link(out, toc); %}
<details{% if (toc->open || toc->current) { %} open{% } %}>
<summary><span class="hidden">{{ toc->title }}: {{ t->within }}</span></summary>
{% toc_level(out, toc->children, t, depth + 1); %}
</details>
</li>
{% }

static void toc_group(struct buf *out, const struct page_toc *toc, const struct words *t,
                      unsigned depth) { %}
<li class="toc-group">
<details{% if (toc->open || toc->current) { %} open{% } %}>
<summary>{{ toc->title }}</summary>
{% toc_level(out, toc->children, t, depth + 1); %}
</details>
</li>
{% }

static void toc_level(struct buf *out, const struct page_toc *toc, const struct words *t,
                      unsigned depth) {
        check(depth <= TOC_DEPTH_MAX); %}
<ul>
{% for (; toc != NULL; toc = toc->next) {
        if (toc->children != NULL && toc->url.n > 0) {
                toc_branch(out, toc, t, depth);
        } else if (toc->children != NULL) {
                toc_group(out, toc, t, depth);
        } else if (toc->url.n > 0) { %}
<li>
{% toc_link(out, toc); %}
</li>
{% } else { %}
<li><span class="toc-label">{{ toc->title }}</span></li>
{% } } %}
</ul>
{% }

void toc_render(struct buf *out, const struct page_toc *toc, const struct words *t) {
        if (toc != NULL)
                toc_level(out, toc, t, 1);
} %}
