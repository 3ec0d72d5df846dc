{# What a portal's administrators decide about its providers. #}
{% #include "page/sso.h"
#include "page/edit_parts.h"
#include "page/sso_words.h"

static void fact(struct buf *out, struct str name, struct str value) { %}
<div><dt>{{ name }}</dt><dd><bdi dir="ltr">{{ value }}</bdi></dd></div>
{% }

static void facts(struct buf *out, const struct page_sso_provider *p, const struct sso_words *t) {
        struct buf people CLEANUP_BUF = { 0 };

        buf_printf(&people, "%lld", (long long)p->people); %}
<dl class="details">
{% fact(out, t->issuer, p->issuer);
fact(out, t->client, p->client);
fact(out, t->redirect, p->redirect);
fact(out, t->origins, p->origins);
fact(out, t->people, buf_str(&people)); %}
</dl>
{% }

/* A line of text; help empty: none. */
static void text(struct buf *out, const struct page_sso_provider *p, struct str name, struct str label,
                 struct str value, struct str help, bool needed) { %}
<div class="field">
<label for="-{{ p->name }}-{{ name }}">{{ label }}</label>
<input class="input" id="-{{ p->name }}-{{ name }}" type="text" name="{{ name }}" value="{{ value }}" autocomplete="off" autocapitalize="none" spellcheck="false"{% if (help.n > 0) { %} aria-describedby="-{{ p->name }}-{{ name }}-help"{% } if (needed) { %} required{% } %}>
{% if (help.n > 0) { %}
<p class="sso-help" id="-{{ p->name }}-{{ name }}-help">{{ help }}</p>
{% } %}
</div>
{% }

static void secret(struct buf *out, const struct page_sso_provider *p, const struct sso_words *t) { %}
<div class="field">
<label for="-{{ p->name }}-secret">{{ t->secret }}</label>
<input class="input" id="-{{ p->name }}-secret" type="password" name="secret" autocomplete="new-password" aria-describedby="-{{ p->name }}-secret-help">
<p class="sso-help" id="-{{ p->name }}-secret-help">{{ t->secret_help }}</p>
</div>
{% }

static void method(struct buf *out, const struct page_sso_provider *p, const struct sso_words *t) {
        static const char *const values[] = { "basic", "post", "public" };
        const struct str labels[] = { t->method_basic, t->method_post, t->method_public }; %}
<div class="field">
<label for="-{{ p->name }}-method">{{ t->method }}</label>
<select class="input" id="-{{ p->name }}-method" name="method">
{% for (int64_t i = 0; i < 3; i++) { %}
<option value="{{ str_of(values[i]) }}"{% if (i == p->method) { %} selected{% } %}>{{ labels[i] }}</option>
{% } %}
</select>
</div>
{% }

static void rules(struct buf *out, const struct page_sso_provider *p, const struct sso_words *t) { %}
<div class="field">
<label for="-{{ p->name }}-rules">{{ t->rules }}</label>
<textarea class="input" id="-{{ p->name }}-rules" name="rules" rows="4" dir="ltr" autocapitalize="none" spellcheck="false" aria-describedby="-{{ p->name }}-rules-help">{{ p->rules }}</textarea>
<p class="sso-help" id="-{{ p->name }}-rules-help">{{ t->rules_help }}</p>
</div>
{% }

static void tick(struct buf *out, struct str name, struct str label, bool on) { %}
<p><label class="box"><input type="checkbox" name="{{ name }}" value="yes"{% if (on) { %} checked{% } %}> {{ label }}</label></p>
{% }

static void news(struct buf *out, const struct page_sso_settings *page, const struct page_sso_provider *p,
                 const struct sso_words *t) {
        struct buf words CLEANUP_BUF = { 0 }, id CLEANUP_BUF = { 0 };

        if (!str_eq(page->about, p->name) || page->news == PAGE_SSO_NO_NEWS)
                return;
        account_words_fill(&words, page->news == PAGE_SSO_SAVED ? t->saved : t->answers, p->label);
        buf_printf(&id, "-%.*s-error", STR_ARG(p->name));
        if (page->news == PAGE_SSO_WRONG)
                form_error_english(out, buf_str(&id), page->error);
        else
                form_success(out, buf_str(&words));
}

static void provider(struct buf *out, const struct page_sso_settings *page, const struct page_sso_provider *p,
                     const struct sso_words *t) { %}
<section class="panel" aria-labelledby="-{{ p->name }}">
<h2 id="-{{ p->name }}"><bdi>{{ p->label }}</bdi></h2>
{% news(out, page, p, t);
facts(out, p, t); %}
<form method="post" action="/edit/sso/check">
{% form_csrf(out, page->frame.csrf); %}
<input type="hidden" name="name" value="{{ p->name }}">
<button class="button button-quiet" type="submit">{{ t->check }}<span class="hidden">: {{ p->label }}</span></button>
</form>
<form class="form sso-form" method="post" action="/edit/sso">
{% form_csrf(out, page->frame.csrf); %}
<input type="hidden" name="name" value="{{ p->name }}">
{% tick(out, STR("enabled"), t->enabled, p->enabled);
text(out, p, STR("label"), t->label, p->label, STR(""), true);
method(out, p, t);
secret(out, p, t);
text(out, p, STR("scopes"), t->scopes, p->scopes, STR(""), true);
text(out, p, STR("domains"), t->domains, p->domains, t->domains_help, false);
text(out, p, STR("claim"), t->claim, p->claim, STR(""), false);
rules(out, p, t);
text(out, p, STR("factor"), t->factor, p->factor, t->factor_help, false);
tick(out, STR("administrators"), t->administrators, p->administrators); %}
<button class="button" type="submit">{{ t->save }}<span class="hidden">: {{ p->label }}</span></button>
</form>
</section>
{% }

void page_render_sso_settings(struct buf *out, const struct page_sso_settings *page) {
        const struct sso_words *t = sso_words_for(page->frame.site.lang);

        edit_begin(out, &page->frame, t->settings, NULL); %}
<p class="desk-lead">{{ t->settings_text }}</p>
{% if (page->nproviders == 0) { %}
<p class="hint nothing">{{ t->none }}</p>
{% }
for (size_t i = 0; i < page->nproviders; i++)
        provider(out, page, &page->providers[i], t);
edit_end(out, &page->frame);
} %}
