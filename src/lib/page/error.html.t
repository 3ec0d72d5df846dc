{# Something did not go as asked: what happened, and what the reader can do now. #}
{% #include "page/account_words.h"
#include "page/layout.h"

void page_render_error(struct buf *out, const struct page_error *page) {
        const struct words *t = words_for(page->site.lang);
        struct str own_title = page->status == 404 ? t->missing_title : t->failed_title;
        struct str own_text = page->status == 404 ? t->missing_text : t->failed_text;
        struct str heading = page->heading.n > 0 ? page->heading : own_title;
        struct str text = page->text.n > 0 ? page->text : own_text;
        struct layout layout = {
                .site = &page->site, .t = t, .title = heading, .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-error" id="-main" tabindex="-1">
{% if (page->status != 0) { %}
<p class="status-code">{{d page->status }}</p>
{% } %}
<h1>{{ heading }}</h1>
<p class="lead">{{ text }}</p>
<p><a class="button" href="/">{{ t->to_home }}</a></p>
{# On every missing page, so that it does not tell the hidden from the missing. #}
{% if (page->status == 404) { %}
<p><a href="/login">{{ account_words_for(page->site.lang)->log_in }}</a></p>
{% } %}
</main>
{% layout_end(out, &layout);
} %}
