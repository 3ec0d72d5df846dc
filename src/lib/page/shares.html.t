{# Share links: make one, see who used which, revoke. #}
{% #include "base/clock.h"
#include "page/edit_parts.h"
#include "page/share.h"
#include "page/share_words.h"

static struct str say(const struct page_shares *p, enum share_word word) {
        return share_word(p->frame.site.lang, word);
}

static void news(struct buf *out, const struct page_shares *p) {
        if (p->revoked)
                form_success(out, say(p, SHARE_WORD_REVOKED_NEWS));
        if (p->url.n > 0) {
                form_success(out, say(p, SHARE_WORD_READY)); %}
<div class="handout">
<div class="field">
<label for="-url">{{ say(p, SHARE_WORD_LINK) }}</label>
<input class="input mono" id="-url" type="text" value="{{ p->url }}" dir="ltr" readonly data-copyable>
</div>
</div>
{% }
}

static void choice(struct buf *out, const struct page_shares *p, const struct page_link *link) {
        bool chosen = str_eq(p->form.publication, link->url); %}
<option value="{{ link->url }}"{% if (chosen) { %} selected{% } %}>{{ link->text }} ({{ link->url }})</option>
{% }

static void new_link(struct buf *out, const struct page_shares *p) { %}
<section class="panel" aria-labelledby="-new">
<h2 id="-new">{{ say(p, SHARE_WORD_NEW) }}</h2>
{% if (p->nchoices == 0) { %}
<p>{{ say(p, SHARE_WORD_NOTHING) }}</p>
{% } else { %}
<form class="form" method="post" action="/edit/shares">
{% form_csrf(out, p->frame.csrf); %}
<div class="field">
<label for="-publication">{{ say(p, SHARE_WORD_PUBLICATION) }}</label>
<select class="input" id="-publication" name="publication">
{% for (size_t i = 0; i < p->nchoices; i++)
        choice(out, p, &p->choices[i]); %}
</select>
</div>
<div class="field">
<label for="-days">{{ say(p, SHARE_WORD_DAYS) }}</label>
<input class="input" id="-days" type="number" name="days" value="{{ p->form.days }}" min="1" max="{{d p->days_max }}" inputmode="numeric"{% if (p->frame.error.n > 0) { %} aria-describedby="-error"{% } %} required>
</div>
<div class="field">
<label for="-note">{{ say(p, SHARE_WORD_NOTE) }}</label>
<input class="input" id="-note" type="text" name="note" value="{{ p->form.note }}" maxlength="200" dir="auto" autocomplete="off">
</div>
<button class="button" type="submit">{{ say(p, SHARE_WORD_MAKE) }}</button>
</form>
{% } %}
</section>
{% }

static void moment(struct buf *out, const struct page_shares *p, enum share_word word, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&words, p->frame.site.lang, when);
        clock_iso(when, iso); %}
<li>{{ say(p, word) }} <time datetime="{{ str_of(iso) }}">{{ buf_str(&words) }}</time></li>
{% }

static void facts(struct buf *out, const struct page_shares *p, const struct page_share *s) { %}
<ul class="facts">
{% if (s->note.n > 0) { %}
<li><bdi>{{ s->note }}</bdi></li>
{% }
moment(out, p, SHARE_WORD_UNTIL, s->expires); %}
<li>{{ say(p, SHARE_WORD_MADE_BY) }} <bdi>{{ s->creator.n > 0 ? s->creator : say(p, SHARE_WORD_OPERATOR) }}</bdi></li>
<li>{{ say(p, SHARE_WORD_OPENED) }} {{d s->opened }}</li>
{% if (s->seen > 0)
        moment(out, p, SHARE_WORD_LAST_USED, s->seen); %}
</ul>
{% }

static void share(struct buf *out, const struct page_shares *p, const struct page_share *s) {
        enum share_word state = s->state == PAGE_SHARE_OPEN      ? SHARE_WORD_OPEN
                                : s->state == PAGE_SHARE_EXPIRED ? SHARE_WORD_EXPIRED
                                                                 : SHARE_WORD_REVOKED; %}
<li class="row">
<div class="row-main">
<p class="row-title"><bdi>{{ s->publication }}</bdi> {{d s->id }}</p>
{% facts(out, p, s); %}
</div>
<div class="row-facts">
{% edit_badge(out, s->state == PAGE_SHARE_OPEN ? STR("active") : STR("expired"), say(p, state)); %}
</div>
{% if (s->state == PAGE_SHARE_OPEN) { %}
<form method="post" action="/edit/shares/revoke">
{% form_csrf(out, p->frame.csrf); %}
<input type="hidden" name="publication" value="{{ s->publication }}">
<input type="hidden" name="link" value="{{d s->id }}">
<button class="button button-quiet" type="submit">{{ say(p, SHARE_WORD_REVOKE) }}<span class="hidden">: {{ s->publication }} {{d s->id }}</span></button>
</form>
{% } %}
</li>
{% }

static void list(struct buf *out, const struct page_shares *p) { %}
<section class="panel" aria-labelledby="-all">
<h2 id="-all">{{ say(p, SHARE_WORD_ALL) }}</h2>
{% if (p->nshares == 0) { %}
<p>{{ say(p, SHARE_WORD_NONE) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < p->nshares; i++)
        share(out, p, &p->shares[i]); %}
</ul>
{% } %}
</section>
{% }

void page_render_shares(struct buf *out, const struct page_shares *page) {
        edit_begin(out, &page->frame, say(page, SHARE_WORD_TITLE), NULL); %}
<p class="desk-lead">{{ say(page, SHARE_WORD_LEAD) }}</p>
{% news(out, page);
new_link(out, page);
list(out, page);
edit_end(out, &page->frame);
} %}
