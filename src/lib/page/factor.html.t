{# After a right password: the second factor. #}
{% #include "page/forms.h"
#include "page/layout.h"
#include "page/passkey.h"

static void app(struct buf *out, const struct page_factor *p, const struct factor_words *t) {
        bool wrong = p->error == PAGE_FACTOR_WRONG || p->error == PAGE_FACTOR_THROTTLED; %}
<form class="form" method="post" action="/login/factor">
{% form_csrf(out, p->csrf);
code_field(out, &(struct code_field){
        .id = STR("-code"), .label = t->code, .digits = true, .needed = true,
        .error_id = wrong ? STR("-error") : STR(""),
}); %}
<button class="button" type="submit">{{ t->send }}</button>
</form>
{% }

static void recovery(struct buf *out, const struct page_factor *p, const struct factor_words *t) { %}
<details class="other-way">
<summary>{{ t->recovery_instead }}</summary>
<form class="form" method="post" action="/login/factor">
{% form_csrf(out, p->csrf);
code_field(out, &(struct code_field){
        .id = STR("-recovery"), .label = t->recovery_code, .needed = true,
}); %}
<button class="button" type="submit">{{ t->send }}</button>
</form>
</details>
{% }

void page_render_factor(struct buf *out, const struct page_factor *page) {
        const struct factor_words *t = factor_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->title,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->title }}</h1>
<p class="sheet-lead">{{ page->app ? t->lead : t->lead_passkey }}</p>
{% factor_error(out, page->error, page->seconds, t->wrong, page->site.lang);
if (page->app)
        app(out, page, t);
if (page->passkeys)
        passkey_question(out, &(struct passkey_form){
                .csrf = page->csrf, .action = STR("/login/factor"), .button = t->use_passkey,
        }, t);
if (page->recovery)
        recovery(out, page, t); %}
<p class="sheet-more">{{ t->lost }}</p>
</div>
</main>
{% layout_end(out, &layout);
}

void page_render_factor_over(struct buf *out, const struct page_site *site) {
        const struct factor_words *t = factor_words_for(site->lang);

        page_render_notice(out, &(struct page_notice){
                .site = *site, .heading = t->over_title, .text = t->over_text,
                .link = { account_words_for(site->lang)->log_in, STR("/login") },
        });
} %}
