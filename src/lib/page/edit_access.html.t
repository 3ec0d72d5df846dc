{# Who may read which publication: all of them, and one with its visibility and readers. #}
{% #include "page/edit_parts.h"

static void publication_row(struct buf *out, unsigned t, const struct edit_publication *p) {
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/access/%.*s", STR_ARG(p->slug)); %}
<li class="row">
<div class="row-main"><a class="row-title" href="{{u buf_str(&url) }}"><bdi>{{ p->title }}</bdi></a> <span class="row-sub"><bdi>{{ p->slug }}</bdi></span></div>
<div class="row-facts">
{% if (p->version.n > 0) { %}
<span class="version">{{ p->version }}</span>
{% }
edit_badge(out, p->visibility, edit_word_named(t, "VISIBILITY_", p->visibility)); %}
</div>
</li>
{% }

void page_render_edit_access(struct buf *out, const struct edit_access *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_ACCESS), NULL); %}
<p class="desk-lead">{{ edit_word(t, W_ACCESS_TEXT) }}</p>
{% if (page->npublications == 0) { %}
<p class="hint nothing">{{ edit_word(t, W_NO_PUBLICATIONS) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < page->npublications; i++)
        publication_row(out, t, &page->publications[i]); %}
</ul>
{% }
edit_end(out, &page->frame);
}

static void choice(struct buf *out, unsigned t, const struct edit_publication *p, struct str value,
                   enum edit_word text) { %}
<label class="choice"><input type="radio" name="visibility" value="{{ value }}"{% if (str_eq(value, p->visibility)) { %} checked{% } %}> <span><span class="choice-name">{{ edit_word_named(t, "VISIBILITY_", value) }}</span> <span class="hint">{{ edit_word(t, text) }}</span></span></label>
{% }

static void visibility(struct buf *out, const struct edit_publication_page *p, unsigned t) { %}
<section class="panel" aria-labelledby="-visibility">
<h2 id="-visibility">{{ edit_word(t, W_VISIBILITY) }}</h2>
<form class="form" method="post" action="/edit/publication/visibility">
{% form_csrf(out, p->frame.csrf);
edit_hidden(out, STR("publication"), p->publication.slug); %}
<fieldset class="choices">
<legend class="hidden">{{ edit_word(t, W_VISIBILITY) }}</legend>
{% choice(out, t, &p->publication, STR("public"), W_PUBLIC_TEXT);
choice(out, t, &p->publication, STR("restricted"), W_RESTRICTED_TEXT);
choice(out, t, &p->publication, STR("private"), W_PRIVATE_TEXT); %}
</fieldset>
<button class="button" type="submit">{{ edit_word(t, W_SAVE) }}</button>
</form>
</section>
{% }

static void named_group(struct buf *out, const struct edit_publication_page *p, unsigned t,
                        const struct edit_group *g) {
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/groups/%.*s", STR_ARG(g->slug)); %}
<li class="row">
<div class="row-main"><a class="row-title" href="{{u buf_str(&url) }}"><bdi>{{ g->title }}</bdi></a> <span class="row-sub">{{ edit_word(t, W_MEMBERS) }}: {{d g->members }}</span></div>
<form method="post" action="/edit/publication/revoke">
{% form_csrf(out, p->frame.csrf);
edit_hidden(out, STR("publication"), p->publication.slug);
edit_hidden(out, STR("group"), g->slug); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, W_REMOVE) }}<span class="hidden">: {{ g->title }}</span></button>
</form>
</li>
{% }

static void name_group(struct buf *out, const struct edit_publication_page *p, unsigned t) { %}
<form class="form form-line" method="post" action="/edit/publication/grant">
{% form_csrf(out, p->frame.csrf);
edit_hidden(out, STR("publication"), p->publication.slug);
edit_select_begin(out, STR("-group"), STR("group"), edit_word(t, W_ADD_READER_GROUP));
for (size_t i = 0; i < p->nothers; i++)
        edit_option(out, p->others[i].slug, p->others[i].title, STR(""));
edit_select_end(out); %}
<button class="button" type="submit">{{ edit_word(t, W_ADD) }}</button>
</form>
{% }

static void groups(struct buf *out, const struct edit_publication_page *p, unsigned t) { %}
<section class="panel" aria-labelledby="-groups">
<h2 id="-groups">{{ edit_word(t, W_READER_GROUPS) }}</h2>
{% if (p->nnamed == 0) { %}
<p class="hint">{{ edit_word(t, W_NONE) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < p->nnamed; i++)
        named_group(out, p, t, &p->named[i]); %}
</ul>
{% }
if (p->nothers > 0)
        name_group(out, p, t); %}
</section>
{% }

static void people(struct buf *out, const struct edit_publication_page *p, unsigned t) {
        edit_people_panel(out, t, &(struct edit_people_panel){
                .id = STR("-people"), .heading = edit_word(t, W_READERS), .people = p->people,
                .npeople = p->npeople, .removal = { STR("/edit/publication/revoke"), STR("publication"),
                                                    p->publication.slug, p->frame.csrf },
                .add = STR("/edit/publication/grant"), .label = edit_word(t, W_ADD_READER), .typed = p->typed,
        });
}

void page_render_edit_publication(struct buf *out, const struct edit_publication_page *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct page_link back = { edit_word(t, W_ACCESS), STR("/edit/access") };
        struct buf url CLEANUP_BUF = { 0 }, self CLEANUP_BUF = { 0 };

        buf_printf(&url, "/docs/%.*s/", STR_ARG(page->publication.slug));
        buf_printf(&self, "/edit/access/%.*s", STR_ARG(page->publication.slug));
        edit_begin(out, &page->frame, page->publication.title, &back); %}
<p class="desk-lead"><a href="{{u buf_str(&url) }}">{{ edit_word(t, W_OPEN) }}</a></p>
{% visibility(out, page, t);
groups(out, page, t);
people(out, page, t);
edit_pager(out, t, buf_str(&self), page->next, page->deep);
edit_end(out, &page->frame);
} %}
