{# For who has forgotten the password. What it says after the form is the same for every address. #}
{% #include "page/account.h"
#include "page/forgot_words.h"
#include "page/forms.h"
#include "page/layout.h"

static void throttled(struct buf *out, const struct page_forgot *p, const struct account_words *t) {
        struct buf wait CLEANUP_BUF = { 0 }, sentence CLEANUP_BUF = { 0 };

        account_words_wait(&wait, t, p->seconds);
        account_words_fill(&sentence, t->throttled, buf_str(&wait));
        form_error(out, STR("-error"), buf_str(&sentence));
}

static void ask(struct buf *out, const struct page_forgot *p) {
        const struct account_words *t = account_words_for(p->site.lang); %}
<p class="sheet-lead">{{ forgot_word(p->site.lang, FORGOT_WORD_LEAD) }}</p>
{% if (p->seconds > 0)
        throttled(out, p, t); %}
<form class="form" method="post" action="/login/forgot">
{% form_csrf(out, p->csrf); %}
<div class="field">
<label for="-login">{{ t->email }}</label>
<input class="input" id="-login" type="email" name="login" value="{{ p->login }}" maxlength="254" autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr"{% if (p->seconds > 0) { %} aria-invalid="true" aria-describedby="-error"{% } %} required>
</div>
<button class="button" type="submit">{{ forgot_word(p->site.lang, FORGOT_WORD_SEND) }}</button>
</form>
{% }

void page_render_forgot(struct buf *out, const struct page_forgot *page) {
        struct str lang = page->site.lang;
        bool sent = page->state == PAGE_FORGOT_SENT;
        struct layout layout = {
                .site = &page->site, .t = words_for(lang),
                .title = forgot_word(lang, sent ? FORGOT_WORD_SENT_TITLE : FORGOT_WORD_TITLE),
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ layout.title }}</h1>
<p class="sheet-site">{{ page->site.title }}</p>
{% if (page->state == PAGE_FORGOT_ASK)
        ask(out, page);
if (page->state == PAGE_FORGOT_NO_MAIL) { %}
<p class="sheet-lead">{{ forgot_word(lang, FORGOT_WORD_NO_MAIL) }}</p>
{% }
if (sent) { %}
<p class="sheet-lead" role="status">{{ forgot_word(lang, FORGOT_WORD_SENT) }}</p>
<p class="sheet-more">{{ forgot_word(lang, FORGOT_WORD_NOTHING_CAME) }}</p>
{% } %}
<p class="sheet-more"><a href="/login">{{ forgot_word(lang, FORGOT_WORD_BACK) }}</a></p>
</div>
</main>
{% layout_end(out, &layout);
} %}
