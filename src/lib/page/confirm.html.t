{# Who is logged in says once more who they are. #}
{% #include "page/forms.h"
#include "page/layout.h"
#include "page/passkey.h"
#include "page/sso_forms.h"

static void form(struct buf *out, const struct page_confirm *p, const struct account_words *account,
                 const struct factor_words *t) {
        bool wrong = p->error == PAGE_FACTOR_WRONG || p->error == PAGE_FACTOR_THROTTLED;
        struct str error_id = wrong ? STR("-error") : STR(""); %}
<form class="form" method="post" action="/login/confirm">
{% form_csrf(out, p->csrf); %}
<input type="hidden" name="next" value="{{ p->next }}">
{% form_login_shown(out, p->login, account);
form_password(out, &(struct form_password){
        .id = STR("-password"), .name = STR("password"), .label = account->password,
        .error_id = error_id,
}, account);
if (p->code)
        code_field(out, &(struct code_field){
                .id = STR("-code"), .label = t->confirm_code, .needed = true, .error_id = error_id,
        }); %}
<button class="button" type="submit">{{ t->confirm }}</button>
</form>
{% }

void page_render_confirm(struct buf *out, const struct page_confirm *page) {
        const struct factor_words *t = factor_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->confirm_title,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->confirm_title }}</h1>
<p class="sheet-lead">{{ t->confirm_text }}</p>
{% factor_error(out, page->error, page->seconds, t->confirm_wrong, page->site.lang);
form(out, page, account_words_for(page->site.lang), t);
if (page->passkeys)
        passkey_question(out, &(struct passkey_form){
                .csrf = page->csrf, .action = STR("/login/confirm"), .next = page->next,
                .button = t->use_passkey,
        }, t);
sso_confirm_buttons(out, &page->site, page->csrf, page->next, page->providers, page->nproviders); %}
</div>
</main>
{% layout_end(out, &layout);
} %}
