{# The tokens of programs: the list, the form, and a new token, once. #}
{% #include "base/clock.h"
#include "page/forms.h"
#include "page/layout.h"
#include "page/token_words.h"
#include "page/tokens.h"

static void day(struct buf *out, struct str lang, struct str label, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        words_date(&words, words_for(lang), when);
        clock_iso(when, iso); %}
<li>{{ label }} <time datetime="{{ str_make(iso, 10) }}">{{ buf_str(&words) }}</time></li>
{% }

static void scopes(struct buf *out, const struct page_token *token, const struct token_words *t) { %}
<ul class="facts">
{% for (size_t i = 0; i < PAGE_TOKEN_SCOPES; i++) {
        if (token->scopes[i].n > 0) { %}
<li>{{ token_words_scope(t, token->scopes[i]) }}</li>
{% }
} %}
</ul>
{% }

static void token(struct buf *out, const struct page_tokens *p, const struct page_token *token,
                  const struct token_words *t) { %}
<li class="session">
<div class="session-text">
<p class="session-agent"><bdi>{{ token->name }}</bdi></p>
{% scopes(out, token, t); %}
<ul class="facts">
{% day(out, p->site.lang, token->ended ? t->ended : t->works_until, token->last_day);
if (token->used > 0) {
        day(out, p->site.lang, t->used, token->used);
} else { %}
<li>{{ t->unused }}</li>
{% } %}
</ul>
</div>
<form method="post" action="/account/tokens/revoke">
{% form_csrf(out, p->csrf); %}
<input type="hidden" name="id" value="{{ token->id }}">
<button class="button button-quiet" type="submit">{{ t->revoke }}<span class="hidden">: {{ token->name }}</span></button>
</form>
</li>
{% }

/* A field, not a paragraph: one press selects all of it, and it never breaks into lines. */
static void made(struct buf *out, const struct page_tokens *p, const struct token_words *t) { %}
{% form_success(out, t->made); %}
<div class="field made">
<label for="-token">{{ t->token }}</label>
<input class="input input-token" id="-token" type="text" value="{{ p->made }}" autocomplete="off" spellcheck="false" dir="ltr" readonly>
</div>
{% }

void page_render_tokens(struct buf *out, const struct page_tokens *page) {
        const struct token_words *t = token_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->title, .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-plain" id="-main" tabindex="-1">
<div class="account-head">
<h1>{{ t->title }}</h1>
<a class="button" href="/account/tokens/new">{{ t->make }}</a>
</div>
<p class="lead">{{ t->lead }}</p>
{% if (page->made.n > 0)
        made(out, page, t);
if (page->revoked)
        form_success(out, t->revoked);
if (page->ntokens == 0) { %}
<p class="panel">{{ t->none }}</p>
{% } else { %}
<ul class="sessions panel">
{% for (size_t i = 0; i < page->ntokens; i++)
        token(out, page, &page->tokens[i], t); %}
</ul>
{% } %}
<p class="sheet-more"><a href="/account">{{ t->back }}</a></p>
</main>
{% layout_end(out, &layout);
}

static void choice(struct buf *out, const struct page_token_scope *s, const struct token_words *t) { %}
<label class="choice"><input type="checkbox" name="{{ s->scope }}" value="1"{% if (s->chosen) { %} checked{% } %}> <span>{{ token_words_scope(t, s->scope) }} <code dir="ltr">{{ s->scope }}</code></span></label>
{% }

static void fields(struct buf *out, const struct page_token_form *page, const struct token_words *t) {
        bool wrong = page->error.n > 0; %}
<div class="field">
<label for="-name">{{ t->name }}</label>
<input class="input" id="-name" type="text" name="name" value="{{ page->name }}" maxlength="100" autocomplete="off" aria-describedby="-name-hint{% if (wrong) { %} -error{% } %}" required>
<p class="hint" id="-name-hint">{{ t->name_hint }}</p>
</div>
<fieldset class="choices"{% if (wrong) { %} aria-describedby="-error"{% } %}>
<legend>{{ t->scopes }}</legend>
{% for (size_t i = 0; i < page->nscopes; i++)
        choice(out, &page->scopes[i], t); %}
</fieldset>
<div class="field">
<label for="-expires">{{ t->expires }}</label>
<input class="input" id="-expires" type="date" name="expires" value="{{ page->expires }}" min="{{ page->first_day }}" max="{{ page->last_day }}" aria-describedby="-expires-hint{% if (wrong) { %} -error{% } %}" required>
<p class="hint" id="-expires-hint">{{ t->expires_hint }}</p>
</div>
{% }

void page_render_token_form(struct buf *out, const struct page_token_form *page) {
        const struct token_words *t = token_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .title = t->make, .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-form" id="-main" tabindex="-1">
<div class="sheet">
<h1>{{ t->make }}</h1>
<p class="sheet-lead">{{ t->lead }}</p>
{% if (page->error.n > 0)
        form_error_english(out, STR("-error"), page->error); %}
<form class="form" method="post" action="/account/tokens/new">
{% form_csrf(out, page->csrf);
fields(out, page, t); %}
<button class="button" type="submit">{{ t->make }}</button>
</form>
<p class="sheet-more"><a href="/account/tokens">{{ t->title }}</a></p>
</div>
</main>
{% layout_end(out, &layout);
} %}
