{# One topic: contents at the side, the text, what is on this page, and where to go next. #}
{% #include "base/clock.h"
#include "page/layout.h"

static bool listed(const struct markdown_heading *h) {
        return (h->level == 2 || h->level == 3) && h->id.n > 0;
}

static bool has_sections(const struct page_topic *p) {
        size_t n = 0;

        for (size_t i = 0; i < p->nheadings; i++)
                n += listed(&p->headings[i]);
        return n > 1;
}

static void sections(struct buf *out, const struct page_topic *p) { %}
<ul>
{% for (size_t i = 0; i < p->nheadings; i++) {
        const struct markdown_heading *h = &p->headings[i];

        if (listed(h)) { %}
<li class="level-{{d h->level }}"><a href="#{{ h->id }}">{{ h->text }}</a></li>
{% } } %}
</ul>
{% }

static void crumbs(struct buf *out, const struct page_topic *p, const struct words *t) {
        if (p->ncrumbs > 0) { %}
<nav class="crumbs" aria-label="{{ t->breadcrumb }}">
<ol>
{% for (size_t i = 0; i < p->ncrumbs; i++) {
        const struct page_link *c = &p->crumbs[i]; %}
<li>{% if (c->url.n > 0) { %}<a href="{{u c->url }}">{{ c->text }}</a>{% } else { %}<span>{{ c->text }}</span>{% } %}</li>
{% } %}
</ol>
</nav>
{% } }

static void updated(struct buf *out, const struct page_topic *p, const struct words *t) {
        struct buf date CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        words_date(&date, t, p->updated);
        clock_iso(p->updated, iso); %}
<li>{{ t->updated }} <time datetime="{{ str_of(iso) }}">{{ buf_str(&date) }}</time></li>
{% }

static void facts(struct buf *out, const struct page_topic *p, const struct words *t) {
        if (p->version.n > 0 || p->updated != 0 || p->markdown_url.n > 0) { %}
<ul class="facts">
{% if (p->version.n > 0) { %}
<li>{{ t->version }} <span class="version">{{ p->version }}</span></li>
{% }
if (p->updated != 0)
        updated(out, p, t);
if (p->markdown_url.n > 0) { %}
<li><a href="{{u p->markdown_url }}" type="text/markdown">{{ t->markdown }}</a></li>
{% } %}
</ul>
{% } }

static void pager(struct buf *out, const struct page_topic *p, const struct words *t) {
        if (p->previous != NULL || p->next != NULL) { %}
<nav class="pager" aria-label="{{ t->pager }}">
{% if (p->previous != NULL) { %}
<a class="pager-previous" rel="prev" href="{{u p->previous->url }}"><span class="pager-way">{{ t->previous }}</span> <span class="pager-title">{{ p->previous->text }}</span></a>
{% }
if (p->next != NULL) { %}
<a class="pager-next" rel="next" href="{{u p->next->url }}"><span class="pager-way">{{ t->next }}</span> <span class="pager-title">{{ p->next->text }}</span></a>
{% } %}
</nav>
{% } }

static void contents(struct buf *out, const struct page_topic *p, const struct words *t) { %}
<nav class="toc" id="-toc" popover aria-label="{{ t->contents }}">
<div class="toc-head">
<a class="toc-publication" href="{{u p->publication_url }}">{{ p->publication }}</a>
<button class="drawer-close" type="button" popovertarget="-toc" popovertargetaction="hide"><span class="icon icon-close" aria-hidden="true"></span><span class="hidden">{{ t->close }}</span></button>
</div>
{% toc_render(out, p->toc, t); %}
</nav>
{% }

void page_render_topic(struct buf *out, const struct page_topic *page) {
        const struct words *t = words_for(page->site.lang);
        bool toc = page->toc != NULL;
        struct layout layout = {
                .site = &page->site, .t = t, .title = page->title, .within = page->publication,
                .description = page->description, .url = page->url, .previous = page->previous,
                .next = page->next, .drawer = toc,
        };

        layout_begin(out, &layout); %}
<div class="shell shell-topic">
{% if (toc)
        contents(out, page, t); %}
<main id="-main" tabindex="-1">
{% crumbs(out, page, t); %}
<article class="topic">
<h1>{{ page->title }}</h1>
{% facts(out, page, t);
if (has_sections(page)) { %}
<details class="onpage-narrow">
<summary>{{ t->on_this_page }}</summary>
{% sections(out, page); %}
</details>
{% } %}
<div class="prose">
{{{ page->body }}}
</div>
</article>
{% pager(out, page, t); %}
</main>
{% if (has_sections(page)) { %}
<nav class="onpage" aria-labelledby="-onpage">
<p class="onpage-title" id="-onpage">{{ t->on_this_page }}</p>
{% sections(out, page); %}
</nav>
{% } %}
</div>
{% layout_end(out, &layout);
} %}
