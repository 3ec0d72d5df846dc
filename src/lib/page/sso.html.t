{# Logging in by a provider's account: the buttons, the step on the way, and what goes wrong. #}
{% #include "page/sso.h"
#include "page/account.h"
#include "page/account_words.h"
#include "page/forms.h"
#include "page/layout.h"
#include "page/sso_forms.h"
#include "page/sso_words.h"

static void button(struct buf *out, struct str action, struct str csrf, struct str next,
                   const struct page_sso_button *b, const struct sso_words *t) {
        struct buf words CLEANUP_BUF = { 0 };

        account_words_fill(&words, b->silent ? t->silent : t->log_in_with, b->label);
        if (b->silent) { %}
<p class="sso-silent">{{ buf_str(&words) }}</p>
{% } else { %}
<form method="post" action="{{u action }}">
{% form_csrf(out, csrf); %}
<input type="hidden" name="provider" value="{{ b->name }}">
{% if (next.n > 0) { %}
<input type="hidden" name="next" value="{{ next }}">
{% } %}
<button class="button button-quiet sso-button" type="submit">{{ buf_str(&words) }}</button>
</form>
{% }
}

void sso_confirm_buttons(struct buf *out, const struct page_site *site, struct str csrf, struct str next,
                         const struct page_sso_button *buttons, size_t n) {
        const struct sso_words *t = sso_words_for(site->lang);

        for (size_t i = 0; i < n; i++)
                if (!buttons[i].silent)
                        button(out, STR("/login/sso/confirm"), csrf, next, &buttons[i], t);
}

void sso_login_buttons(struct buf *out, const struct page_site *site, struct str csrf, struct str next,
                       const struct page_sso_button *buttons, size_t n) {
        const struct sso_words *t = sso_words_for(site->lang);

        if (n > 0) { %}
<p class="sso-or">{{ t->or_so }}</p>
<div class="sso-buttons">
{% for (size_t i = 0; i < n; i++)
        button(out, STR("/login/sso"), csrf, next, &buttons[i], t); %}
</div>
{% }
}

void page_render_sso_go(struct buf *out, const struct page_sso_go *page) {
        const struct sso_words *t = sso_words_for(page->site.lang);
        struct buf title CLEANUP_BUF = { 0 };
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .noindex = true,
        };

        account_words_fill(&title, t->go_title, page->label);
        layout.title = buf_str(&title);
        layout_begin(out, &layout); %}
<main class="shell shell-error" id="-main" tabindex="-1">
<h1>{{ layout.title }}</h1>
<p class="lead">{{ t->go_text }}</p>
<p><a class="button" href="{{u page->url }}" rel="noreferrer">{{ t->go_on }}</a></p>
</main>
{% layout_end(out, &layout);
}

void page_render_sso_notice(struct buf *out, const struct page_sso_notice *page) {
        const struct sso_words *t = sso_words_for(page->site.lang);
        const struct account_words *a = account_words_for(page->site.lang);
        struct str label = page->label.n > 0 ? page->label : t->some_provider;
        struct buf heading CLEANUP_BUF = { 0 }, text CLEANUP_BUF = { 0 }, wait CLEANUP_BUF = { 0 };

        if (page->kind == PAGE_SSO_SILENT) {
                account_words_fill(&heading, t->silent_title, label);
                account_words_fill(&text, t->silent, label);
        } else if (page->kind == PAGE_SSO_THROTTLED) {
                account_words_wait(&wait, a, page->seconds);
                buf_add_str(&heading, t->throttled_title);
                account_words_fill(&text, a->throttled, buf_str(&wait));
        } else {
                buf_add_str(&heading, t->refused_title);
                buf_add_str(&text, t->refused_text);
        }
        page_render_notice(out, &(struct page_notice){
                .site = page->site, .kind = PAGE_NOTICE_OTHER, .heading = buf_str(&heading),
                .text = buf_str(&text), .link = { t->to_login, STR("/login") },
        });
} %}
