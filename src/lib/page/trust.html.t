{# How this portal is kept apart from its neighbours, layer by layer. #}
{% #include "page/layout.h"

static void layer(struct buf *out, const struct page_trust_layer *l, const struct words *t) { %}
<tr>
<th scope="row">{{ l->name }}</th>
<td><span class="state state-{{ l->on ? STR("on") : STR("off") }}"><span class="icon icon-{{ l->on ? STR("on") : STR("off") }}" aria-hidden="true"></span>{{ l->on ? t->on : t->off }}</span></td>
<td>{{ l->detail }}</td>
</tr>
{% }

static void provider(struct buf *out, const struct page_trust_provider *p) { %}
<tr>
<th scope="row">{{ p->name }}</th>
<td>{{ p->role }}</td>
<td>{{ p->region }}</td>
<td>{{ p->since }}</td>
</tr>
{% }

static void providers(struct buf *out, const struct page_trust *page, const struct words *t) { %}
<h2 id="-providers">{{ t->providers }}</h2>
{% if (page->nproviders == 0) { %}
<p>{{ t->no_providers }}</p>
{% } else { %}
<div class="table-scroll" role="region" aria-labelledby="-providers" tabindex="0">
<table class="providers">
<thead><tr><th scope="col">{{ t->provider }}</th><th scope="col">{{ t->role }}</th><th scope="col">{{ t->region }}</th><th scope="col">{{ t->since }}</th></tr></thead>
<tbody>
{% for (size_t i = 0; i < page->nproviders; i++)
        provider(out, &page->providers[i]); %}
</tbody>
</table>
</div>
{% } %}
{% }

void page_render_trust(struct buf *out, const struct page_trust *page) {
        const struct words *t = words_for(page->site.lang);
        bool strict = str_is(page->isolation, "strict");
        struct layout layout = {
                .site = &page->site, .t = t, .title = t->trust, .url = STR("/trust"),
        };

        layout_begin(out, &layout); %}
<main class="shell shell-plain" id="-main" tabindex="-1">
<article class="prose">
<h1>{{ t->trust }}</h1>
<p class="lead">{{ t->trust_intro }}</p>
<h2 id="-isolation">{{ t->isolation }}</h2>
<p>{{ strict ? t->isolation_strict : t->isolation_standard }}</p>
<div class="table-scroll" role="region" aria-labelledby="-isolation" tabindex="0">
<table class="layers">
<thead><tr><th scope="col">{{ t->layer }}</th><th scope="col">{{ t->state }}</th><th scope="col">{{ t->detail }}</th></tr></thead>
<tbody>
{% for (size_t i = 0; i < page->nlayers; i++)
        layer(out, &page->layers[i], t); %}
</tbody>
</table>
</div>
{% providers(out, page, t); %}
</article>
</main>
{% layout_end(out, &layout);
} %}
