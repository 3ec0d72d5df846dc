{# The portal's front door: its publications as cards. #}
{% #include "page/layout.h"

static void card(struct buf *out, const struct page_home_entry *e, const struct words *t) { %}
<li class="card">
<h3 class="card-title"><a href="{{u e->url }}">{{ e->title }}</a></h3>
{% if (e->description.n > 0) { %}
<p class="card-text">{{ e->description }}</p>
{% } %}
<p class="card-facts">{% if (e->version.n > 0) { %}<span>{{ t->version }} <span class="version">{{ e->version }}</span></span> {% } %}<span>{{ t->topics }}: {{d e->topics }}</span></p>
</li>
{% }

void page_render_home(struct buf *out, const struct page_home *page) {
        const struct words *t = words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = t, .title = page->site.title, .url = STR("/"),
                .author = page->author,
        };

        layout_begin(out, &layout); %}
<main class="home" id="-main" tabindex="-1">
<div class="home-head">
<div class="home-inner">
<h1>{{ page->site.title }}</h1>
</div>
</div>
<div class="home-inner">
{% if (page->nentries > 0) { %}
<h2 class="hidden">{{ t->publications }}</h2>
<ul class="cards">
{% for (size_t i = 0; i < page->nentries; i++)
        card(out, &page->entries[i], t); %}
</ul>
{% } else { %}
<div class="empty">
<span class="icon icon-mark" aria-hidden="true"></span>
<h2>{{ t->empty_title }}</h2>
<p>{{ t->empty_text }}</p>
</div>
{% } %}
</div>
</main>
{% layout_end(out, &layout);
} %}
