{# Where a one-time link leads: choose the password of a new or an old account. #}
{% #include "page/account.h"
#include "page/forms.h"
#include "page/layout.h"

static struct str heading(enum page_welcome_kind kind, const struct account_words *t) {
        switch (kind) {
        case PAGE_WELCOME_SETUP:
                return t->setup_title;
        case PAGE_WELCOME_INVITE:
                return t->invite_title;
        default:
                return t->reset_title;
        }
}

static struct str text(enum page_welcome_kind kind, const struct account_words *t) {
        switch (kind) {
        case PAGE_WELCOME_SETUP:
                return t->setup_text;
        case PAGE_WELCOME_INVITE:
                return t->invite_text;
        default:
                return t->reset_text;
        }
}

static void form(struct buf *out, const struct page_welcome *p, const struct account_words *t) {
        bool wrong = p->error.n > 0; %}
<form class="form" method="post" action="/welcome">
{% form_csrf(out, p->csrf);
form_login_shown(out, p->login, t);
form_password(out, &(struct form_password){
        .id = STR("-password"), .name = STR("password"), .label = t->new_password,
        .error_id = wrong ? STR("-error") : STR(""), .minimum = p->minimum,
}, t); %}
<button class="button" type="submit">{{ t->save_password }}</button>
</form>
{% }

void page_render_welcome(struct buf *out, const struct page_welcome *page) {
        const struct account_words *t = account_words_for(page->site.lang);
        struct buf lead CLEANUP_BUF = { 0 };
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang),
                .title = heading(page->kind, t), .noindex = true,
        };

        account_words_fill(&lead, text(page->kind, t), page->site.title);
        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ layout.title }}</h1>
<p class="sheet-lead">{{ buf_str(&lead) }}</p>
{% if (page->error.n > 0)
        form_error_english(out, STR("-error"), page->error);
form(out, page, t); %}
</div>
</main>
{% layout_end(out, &layout);
} %}
