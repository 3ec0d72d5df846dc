{# New recovery codes: on this page, and never again. #}
{% #include "page/layout.h"
#include "page/passkey.h"

void page_render_codes(struct buf *out, const struct page_codes *page) {
        const struct factor_words *t = factor_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->codes_title,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->codes_title }}</h1>
<p class="sheet-site">{{ page->site.title }}</p>
<p class="sheet-lead">{{ t->codes_keep }}</p>
<ol class="codes" dir="ltr">
{% for (size_t i = 0; i < PAGE_CODES; i++) { %}
<li><code>{{ page->codes[i] }}</code></li>
{% } %}
</ol>
<p class="sheet-next"><a class="button" href="{{u page->next.n > 0 ? page->next : STR("/account/security") }}">{{ t->codes_done }}</a></p>
</div>
</main>
{% layout_end(out, &layout);
} %}
