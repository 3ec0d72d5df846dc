{# One's own second factors: app, passkeys, recovery codes. #}
{% #include "base/clock.h"
#include "page/forms.h"
#include "page/layout.h"
#include "page/passkey.h"

static void news(struct buf *out, const struct page_security *p, const struct factor_words *t) {
        static const struct str none = STR("");
        const struct str good[] = {
                [PAGE_SECURITY_APP_ADDED] = t->app_added,
                [PAGE_SECURITY_APP_REMOVED] = t->app_removed,
                [PAGE_SECURITY_PASSKEY_ADDED] = t->passkey_added,
                [PAGE_SECURITY_PASSKEY_RENAMED] = t->passkey_renamed,
                [PAGE_SECURITY_PASSKEY_REMOVED] = t->passkey_removed,
                [PAGE_SECURITY_NOT_DONE] = none,
        };

        if (p->news == PAGE_SECURITY_PASSKEY_REFUSED)
                form_error(out, STR("-error"), t->key_refused);
        else if (p->news == PAGE_SECURITY_LAST_STAYS)
                form_error(out, STR("-error"), t->last_stays);
        else if (p->news == PAGE_SECURITY_NOT_DONE)
                form_error(out, STR("-error"), t->not_done);
        else if (good[p->news].n > 0)
                form_success(out, good[p->news]);
        else if (p->missing) { %}
<p class="message message-note" role="status">{{ t->missing }}</p>
{% }
}

static void small_form(struct buf *out, struct str csrf, struct str action, struct str button) { %}
<form method="post" action="{{u action }}">
{% form_csrf(out, csrf); %}
<button class="button button-quiet" type="submit">{{ button }}</button>
</form>
{% }

static void app(struct buf *out, const struct page_security *p, const struct factor_words *t) { %}
<section class="panel" aria-labelledby="-app">
<h2 id="-app">{{ t->app }}</h2>
<p class="panel-text">{{ p->app ? t->app_on : t->app_text }}</p>
<div class="panel-actions">
{% small_form(out, p->csrf, STR("/account/security/app/start"), p->app ? t->app_again : t->app_set_up);
if (p->app)
        small_form(out, p->csrf, STR("/account/security/app/remove"), t->app_remove); %}
</div>
</section>
{% }

static void moment(struct buf *out, struct str lang, struct str label, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&words, lang, when);
        clock_iso(when, iso); %}
<li>{{ label }} <time datetime="{{ str_of(iso) }}">{{ buf_str(&words) }}</time></li>
{% }

static void key_actions(struct buf *out, const struct page_security *p, const struct page_passkey *k,
                        struct str name, const struct factor_words *t) { %}
<div class="panel-actions">
<details class="other-way">
<summary>{{ t->passkey_rename }}<span class="hidden">: {{ name }}</span></summary>
<form class="form" method="post" action="/account/security/passkeys/rename">
{% form_csrf(out, p->csrf); %}
<input type="hidden" name="id" value="{{ k->id }}">
<div class="field">
<label for="-name-{{ k->id }}">{{ t->passkey_name }}</label>
<input class="input" id="-name-{{ k->id }}" type="text" name="name" value="{{ k->name }}" maxlength="60" autocomplete="off" dir="auto" required>
</div>
<button class="button button-quiet" type="submit">{{ t->passkey_rename }}</button>
</form>
</details>
<form method="post" action="/account/security/passkeys/remove">
{% form_csrf(out, p->csrf); %}
<input type="hidden" name="id" value="{{ k->id }}">
<button class="button button-quiet" type="submit">{{ t->passkey_remove }}<span class="hidden">: {{ name }}</span></button>
</form>
</div>
{% }

static void key(struct buf *out, const struct page_security *p, const struct page_passkey *k,
                const struct factor_words *t) {
        struct str name = k->name.n > 0 ? k->name : t->passkey_unnamed; %}
<li class="session">
<div class="session-text">
<p class="session-agent"><bdi>{{ name }}</bdi></p>
<ul class="facts">
{% moment(out, p->site.lang, t->added, k->added);
if (k->used > 0) {
        moment(out, p->site.lang, t->used, k->used);
} else { %}
<li>{{ t->never_used }}</li>
{% } %}
</ul>
</div>
{% key_actions(out, p, k, name, t); %}
</li>
{% }

static void passkeys(struct buf *out, const struct page_security *p, const struct factor_words *t) { %}
<section class="panel" aria-labelledby="-passkeys">
<h2 id="-passkeys">{{ t->passkeys }}</h2>
<p class="panel-text">{{ t->passkeys_text }}</p>
{% if (p->npasskeys > 0) { %}
<ul class="sessions">
{% for (size_t i = 0; i < p->npasskeys; i++)
        key(out, p, &p->passkeys[i], t); %}
</ul>
{% }
passkey_addition(out, p->csrf, t); %}
</section>
{% }

static void codes(struct buf *out, const struct page_security *p, const struct factor_words *t) {
        struct buf left CLEANUP_BUF = { 0 };

        account_words_fill_number(&left, t->codes_left, p->recovery); %}
<section class="panel" aria-labelledby="-codes">
<h2 id="-codes">{{ t->codes }}</h2>
<p class="panel-text">{{ t->codes_text }} {{ p->app || p->npasskeys > 0 ? buf_str(&left) : t->codes_none }}</p>
{% if (p->app || p->npasskeys > 0)
        small_form(out, p->csrf, STR("/account/security/codes"), t->codes_renew); %}
</section>
{% }

void page_render_security(struct buf *out, const struct page_security *page) {
        const struct factor_words *t = factor_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->security,
                .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-plain" id="-main" tabindex="-1">
<p class="way-back"><a href="/account">{{ t->back }}</a></p>
<h1>{{ t->security }}</h1>
<p class="lead">{{ t->security_text }}</p>
{% news(out, page, t);
app(out, page, t);
passkeys(out, page, t);
codes(out, page, t); %}
</main>
{% layout_end(out, &layout);
} %}
