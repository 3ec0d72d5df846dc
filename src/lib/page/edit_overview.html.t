{# Where an author arrives: the rooms and the publications. #}
{% #include "page/edit_parts.h"

static void door(struct buf *out, unsigned t, struct str url, enum edit_word title, enum edit_word text) { %}
<li class="card">
<h2 class="card-title"><a href="{{u url }}">{{ edit_word(t, title) }}</a></h2>
<p class="card-text">{{ edit_word(t, text) }}</p>
</li>
{% }

static void publication(struct buf *out, unsigned t, const struct edit_publication *p) {
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/docs/%.*s/", STR_ARG(p->slug)); %}
<li class="row">
<div class="row-main"><a class="row-title" href="{{u buf_str(&url) }}">{{ p->title }}</a>{% if (p->version.n > 0) { %} <span class="version">{{ p->version }}</span>{% } %}</div>
<div class="row-facts">
{% edit_badge(out, p->visibility, edit_word_named(t, "VISIBILITY_", p->visibility)); %}
</div>
</li>
{% }

void page_render_edit_overview(struct buf *out, const struct edit_overview *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_WORKSPACE), NULL); %}
<p class="desk-lead"><bdi>{{ page->name }}</bdi> <span class="version">{{ edit_word_named(t, "ROLE_", page->role) }}</span></p>
{% if (page->frame.administrator) { %}
<ul class="cards cards-doors">
{% door(out, t, STR("/edit/people"), W_PEOPLE, W_PEOPLE_TEXT);
door(out, t, STR("/edit/groups"), W_GROUPS, W_GROUPS_TEXT);
door(out, t, STR("/edit/access"), W_ACCESS, W_ACCESS_TEXT);
door(out, t, STR("/edit/log"), W_LOG, W_LOG_TEXT);
door(out, t, STR("/edit/settings"), W_SETTINGS, W_SETTINGS_TEXT); %}
</ul>
{% } %}
<section class="panel" aria-labelledby="-publications">
<h2 id="-publications">{{ edit_word(t, W_PUBLICATIONS) }}</h2>
{% if (page->npublications == 0) { %}
<p class="hint">{{ edit_word(t, W_NO_PUBLICATIONS) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < page->npublications; i++)
        publication(out, t, &page->publications[i]); %}
</ul>
{% } %}
</section>
{% edit_end(out, &page->frame);
} %}
