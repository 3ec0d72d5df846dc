{# The way in. It says the same of a wrong password, an unknown address and a disabled account. #}
{% #include "page/account.h"
#include "page/forgot_words.h"
#include "page/forms.h"
#include "page/layout.h"
#include "page/passkey.h"
#include "page/sso_forms.h"

static bool is_mistake(const struct page_login *p) {
        return p->error == PAGE_LOGIN_WRONG || p->error == PAGE_LOGIN_THROTTLED;
}

static void message(struct buf *out, const struct page_login *p, const struct account_words *t) {
        struct str sentence = p->error == PAGE_LOGIN_SESSION_ENDED ? t->ended : t->wrong;
        struct buf wait CLEANUP_BUF = { 0 }, throttled CLEANUP_BUF = { 0 };

        if (p->error == PAGE_LOGIN_THROTTLED) {
                account_words_wait(&wait, t, p->seconds);
                account_words_fill(&throttled, t->throttled, buf_str(&wait));
                sentence = buf_str(&throttled);
        }
        if (p->error == PAGE_LOGIN_PASSKEY_REFUSED)
                sentence = factor_words_for(p->site.lang)->passkey_refused;
        if (p->error != PAGE_LOGIN_NO_ERROR)
                form_error(out, STR("-error"), sentence);
}

static void fields(struct buf *out, const struct page_login *p, const struct account_words *t) { %}
<div class="field">
<label for="-login">{{ t->email }}</label>
<input class="input" id="-login" type="email" name="login" value="{{ p->login }}" autocomplete="username" autocapitalize="none" spellcheck="false" dir="ltr"{% if (is_mistake(p)) { %} aria-invalid="true" aria-describedby="-error"{% } %} required>
</div>
{% form_password(out, &(struct form_password){
        .id = STR("-password"), .name = STR("password"), .label = t->password,
        .error_id = is_mistake(p) ? STR("-error") : STR(""),
}, t);
}

void page_render_login(struct buf *out, const struct page_login *page) {
        const struct account_words *t = account_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->log_in,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->log_in }}</h1>
<p class="sheet-site">{{ page->site.title }}</p>
{% message(out, page, t); %}
<form class="form" method="post" action="/login">
{% form_csrf(out, page->csrf);
if (page->next.n > 0) { %}
<input type="hidden" name="next" value="{{ page->next }}">
{% }
fields(out, page, t); %}
<button class="button" type="submit">{{ t->log_in }}</button>
</form>
{% passkey_question(out, &(struct passkey_form){
        .csrf = page->csrf, .action = STR("/login/passkey"), .next = page->next,
        .button = factor_words_for(page->site.lang)->log_in_passkey,
}, factor_words_for(page->site.lang)); %}
{% sso_login_buttons(out, &page->site, page->csrf, page->next, page->providers, page->nproviders); %}
<p class="sheet-more"><a href="/login/forgot">{{ forgot_word(page->site.lang, FORGOT_WORD_LINK) }}</a></p>
<p class="sheet-more">{{ t->no_way_in }}</p>
</div>
</main>
{% layout_end(out, &layout);
} %}
