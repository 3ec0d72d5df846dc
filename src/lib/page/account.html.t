{# A person's own account: who they are, their password, and where they are logged in. #}
{% #include "base/clock.h"
#include "page/account.h"
#include "page/forms.h"
#include "page/factor_words.h"
#include "page/layout.h"
#include "page/token_words.h"

static void details(struct buf *out, const struct page_account *p, const struct account_words *t) { %}
<dl class="details">
{% if (p->name.n > 0) { %}
<div><dt>{{ t->name }}</dt><dd><bdi>{{ p->name }}</bdi></dd></div>
{% } %}
<div><dt>{{ t->email }}</dt><dd><bdi>{{ p->login }}</bdi></dd></div>
{% if (p->role.n > 0) { %}
<div><dt>{{ t->role }}</dt><dd>{{ p->role }}</dd></div>
{% } %}
</dl>
{% }

/* What went wrong with the passwords, beside their form. */
static void password_error(struct buf *out, const struct page_account *p,
                           const struct account_words *t) {
        struct buf wait CLEANUP_BUF = { 0 }, throttled CLEANUP_BUF = { 0 };

        if (p->news == PAGE_ACCOUNT_PASSWORD_WRONG) {
                form_error(out, STR("-current-error"), t->password_wrong);
        } else if (p->news == PAGE_ACCOUNT_PASSWORD_REFUSED) {
                form_error_english(out, STR("-new-error"), p->error);
        } else if (p->news == PAGE_ACCOUNT_THROTTLED) {
                account_words_wait(&wait, t, p->seconds);
                account_words_fill(&throttled, t->throttled, buf_str(&wait));
                form_error(out, STR("-current-error"), buf_str(&throttled));
        }
}

static void success(struct buf *out, const struct page_account *p, const struct account_words *t) {
        if (p->news == PAGE_ACCOUNT_PASSWORD_CHANGED)
                form_success(out, t->password_changed);
        else if (p->news == PAGE_ACCOUNT_SESSION_ENDED)
                form_success(out, t->session_ended);
        else if (p->news == PAGE_ACCOUNT_OTHERS_ENDED)
                form_success(out, t->others_ended);
}

static void password(struct buf *out, const struct page_account *p, const struct account_words *t) {
        bool refused = p->news == PAGE_ACCOUNT_PASSWORD_REFUSED;
        bool wrong = p->news == PAGE_ACCOUNT_PASSWORD_WRONG || p->news == PAGE_ACCOUNT_THROTTLED; %}
<section class="panel" aria-labelledby="-change">
<h2 id="-change">{{ t->change_password }}</h2>
{% password_error(out, p, t); %}
<form class="form" method="post" action="/account/password">
{% form_csrf(out, p->csrf);
form_login_shown(out, p->login, t);
form_password(out, &(struct form_password){
        .id = STR("-current"), .name = STR("current"), .label = t->current_password,
        .error_id = wrong ? STR("-current-error") : STR(""),
}, t);
form_password(out, &(struct form_password){
        .id = STR("-new"), .name = STR("new"), .label = t->new_password,
        .error_id = refused ? STR("-new-error") : STR(""), .minimum = p->minimum,
}, t); %}
<button class="button" type="submit">{{ t->change_password }}</button>
</form>
</section>
{% }

static void moment(struct buf *out, struct str lang, struct str label, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&words, lang, when);
        clock_iso(when, iso); %}
<li>{{ label }} <time datetime="{{ str_of(iso) }}">{{ buf_str(&words) }}</time></li>
{% }

static void end_session(struct buf *out, const struct page_account *p,
                        const struct page_session *s, struct str agent,
                        const struct account_words *t) { %}
<form method="post" action="/account/sessions/end">
{% form_csrf(out, p->csrf); %}
<input type="hidden" name="id" value="{{ s->id }}">
<button class="button button-quiet" type="submit">{{ t->end_session }}<span class="hidden">: {{ agent }} {{ s->where }}</span></button>
</form>
{% }

static void session(struct buf *out, const struct page_account *p, const struct page_session *s,
                    const struct account_words *t) {
        struct str agent = s->agent.n > 0 ? s->agent : t->some_browser; %}
<li class="session">
<div class="session-text">
<p class="session-agent"><bdi>{{ agent }}</bdi>{% if (s->current) { %} <span class="version">{{ t->this_session }}</span>{% } %}</p>
<ul class="facts">
{% if (s->where.n > 0) { %}
<li><bdi>{{ s->where }}</bdi></li>
{% }
moment(out, p->site.lang, t->seen, s->seen);
moment(out, p->site.lang, t->started, s->started); %}
</ul>
</div>
{% if (!s->current)
        end_session(out, p, s, agent, t); %}
</li>
{% }

static bool has_others(const struct page_account *p) {
        for (size_t i = 0; i < p->nsessions; i++)
                if (!p->sessions[i].current)
                        return true;
        return false;
}

static void sessions(struct buf *out, const struct page_account *p, const struct account_words *t) { %}
<section class="panel" aria-labelledby="-sessions">
<h2 id="-sessions">{{ t->sessions }}</h2>
<ul class="sessions">
{% for (size_t i = 0; i < p->nsessions; i++)
        session(out, p, &p->sessions[i], t); %}
</ul>
{% if (has_others(p)) { %}
<form method="post" action="/account/sessions/end-others">
{% form_csrf(out, p->csrf); %}
<button class="button button-quiet" type="submit">{{ t->end_others }}</button>
</form>
{% } %}
</section>
{% }

/* The way to the tokens of programs, which have a page of their own. */
static void programs(struct buf *out, struct str lang) {
        const struct token_words *t = token_words_for(lang); %}
<section class="panel" aria-labelledby="-programs">
<h2 id="-programs">{{ t->title }}</h2>
<p>{{ t->lead }}</p>
<p><a href="/account/tokens">{{ t->title }}</a></p>
</section>
{% }

static void security(struct buf *out, const struct factor_words *t) { %}
<section class="panel" aria-labelledby="-security">
<h2 id="-security">{{ t->security }}</h2>
<p class="panel-text">{{ t->security_text }}</p>
<p><a class="button button-quiet" href="/account/security">{{ t->security_open }}</a></p>
</section>
{% }

void page_render_account(struct buf *out, const struct page_account *page) {
        const struct account_words *t = account_words_for(page->site.lang);
        struct layout layout = {
                .site = &page->site, .t = words_for(page->site.lang), .noindex = true,
                .account = true, .author = page->author,
        };

        layout.title = layout.t->account;
        layout_begin(out, &layout); %}
<main class="shell shell-plain" id="-main" tabindex="-1">
<div class="account-head">
<h1>{{ layout.title }}</h1>
<form method="post" action="/logout">
{% form_csrf(out, page->csrf); %}
<button class="button button-quiet" type="submit">{{ t->log_out }}</button>
</form>
</div>
{% success(out, page, t);
details(out, page, t);
sessions(out, page, t);
password(out, page, t);
programs(out, page->site.lang);
security(out, factor_words_for(page->site.lang)); %}
</main>
{% layout_end(out, &layout);
} %}
