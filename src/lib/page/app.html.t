{# Set up an authenticator app: the key as a picture and as text, and a first code. #}
{% #include "crypto/qr.h"
#include "page/forms.h"
#include "page/layout.h"
#include "page/passkey.h"

static void picture(struct buf *out, const struct page_app *p, const struct factor_words *t) {
        struct buf drawn CLEANUP_BUF = { 0 };

        if (qr_svg(p->uri, &drawn, NULL) < 0)
                return;                 /* the key as text is enough */ %}
<div class="qr" role="img" aria-label="{{ t->app_qr }}">
{{{ ((struct html){ buf_str(&drawn) }) }}}
</div>
{% }

static void form(struct buf *out, const struct page_app *p, const struct factor_words *t) { %}
<form class="form" method="post" action="/account/security/app">
{% form_csrf(out, p->csrf);
code_field(out, &(struct code_field){
        .id = STR("-code"), .label = t->code, .digits = true, .needed = true,
        .error_id = p->wrong ? STR("-error") : STR(""),
}); %}
<button class="button" type="submit">{{ t->app_turn_on }}</button>
</form>
{% }

void page_render_app(struct buf *out, const struct page_app *page) {
        const struct factor_words *t = factor_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->app_title,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->app_title }}</h1>
<p class="sheet-lead">{{ t->app_scan }}</p>
{% picture(out, page, t); %}
<dl class="app-key">
<dt>{{ t->app_key }}</dt><dd><code dir="ltr">{{ page->key }}</code></dd>
</dl>
<p class="sheet-lead">{{ t->app_type }}</p>
{% if (page->wrong)
        form_error(out, STR("-error"), t->app_wrong);
form(out, page, t); %}
</div>
</main>
{% layout_end(out, &layout);
} %}
