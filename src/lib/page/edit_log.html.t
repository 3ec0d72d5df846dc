{# The portal's log, for people to read. #}
{% #include "base/clock.h"
#include "page/edit_parts.h"

static void filter(struct buf *out, const struct edit_log *p, unsigned t) {
        static const struct {
                const char *value;
                enum edit_word word;
        } kinds[] = {
                { "login", W_LOGS_LOGIN }, { "password", W_LOGS_PASSWORD }, { "user", W_PEOPLE },
                { "group", W_GROUPS }, { "access", W_ACCESS }, { "settings", W_SETTINGS },
        }; %}
<form class="filter" method="get" action="/edit/log" role="search">
{% edit_input(out, &(struct edit_field){
        .id = STR("-who"), .name = STR("who"), .label = edit_word(t, W_WHO), .type = STR("search"),
        .value = p->who, .ltr = true,
});
edit_select_begin(out, STR("-what"), STR("what"), edit_word(t, W_WHAT));
edit_option(out, STR(""), edit_word(t, W_EVERYTHING), p->what);
for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        edit_option(out, str_of(kinds[i].value), edit_word(t, kinds[i].word), p->what);
edit_select_end(out);
edit_input(out, &(struct edit_field){
        .id = STR("-day"), .name = STR("day"), .label = edit_word(t, W_DAY), .type = STR("date"),
        .value = p->day,
}); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, W_SHOW) }}</button>
</form>
{% }

static struct str actor(const struct edit_record *r, unsigned t) {
        if (r->who.n > 0)
                return r->who;
        bool anybody = str_is(r->action, "login.failed") || str_is(r->action, "password.asked");

        return edit_word(t, anybody ? W_SOMEBODY : W_THE_HOST);
}

static void record(struct buf *out, const struct edit_log *p, unsigned t, const struct edit_record *r) {
        struct buf when CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&when, p->frame.site.lang, r->time);
        clock_iso(r->time, iso); %}
<li class="row record" value="{{d r->seq }}">
<div class="row-main">
<p class="record-said"><bdi class="record-who">{{ actor(r, t) }}</bdi> {{ edit_word_named(t, "ACTION_", r->action) }}{% if (r->object.n > 0) { %} <bdi class="record-what">{{ r->object }}</bdi>{% } %}</p>
{% if (r->detail.n > 0) { %}
<p class="row-sub"><bdi>{{ r->detail }}</bdi></p>
{% } %}
</div>
<ul class="facts record-facts">
<li><time datetime="{{ str_of(iso) }}">{{ buf_str(&when) }}</time></li>
{% if (r->address.n > 0) { %}
<li><bdi>{{ r->address }}</bdi></li>
{% } %}
<li class="record-number">#{{d r->seq }}</li>
</ul>
</li>
{% }

static void verdict(struct buf *out, const struct edit_log *p, unsigned t) {
        struct buf said CLEANUP_BUF = { 0 };

        account_words_fill_number(&said, edit_word(t, p->broken > 0 ? W_BROKEN : W_VERIFIED),
                                  (unsigned)(p->broken > 0 ? p->broken : p->length));
        if (p->broken > 0) {
                form_error(out, STR("-broken"), buf_str(&said));
                return;
        }
        form_success(out, buf_str(&said)); %}
<p class="hint seal">{{ edit_word(t, W_SEAL) }}: <code dir="ltr">{{ p->seal }}</code></p>
{% }

/* A file ends after some megabytes, so the next one begins behind a record. */
static void export(struct buf *out, const struct edit_log *p, unsigned t) { %}
<section class="panel" aria-labelledby="-export">
<h2 id="-export">{{ edit_word(t, W_EXPORT) }}</h2>
<form class="form form-line" method="post" action="/edit/log/export">
{% form_csrf(out, p->frame.csrf);
edit_input(out, &(struct edit_field){
        .id = STR("-after"), .name = STR("after"), .label = edit_word(t, W_EXPORT_AFTER),
        .type = STR("number"), .value = STR("0"), .ltr = true,
}); %}
<button class="button" type="submit">{{ edit_word(t, W_EXPORT) }}</button>
</form>
</section>
{% }

void page_render_edit_log(struct buf *out, const struct edit_log *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_LOG), NULL);
        if (page->verified)
                verdict(out, page, t); %}
<div class="deeds">
<form method="post" action="/edit/log/verify">
{% form_csrf(out, page->frame.csrf); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, W_VERIFY) }}</button>
</form>
</div>
{% filter(out, page, t);
if (page->nrecords == 0) { %}
<p class="hint nothing">{{ edit_word(t, W_NO_RECORDS) }}</p>
{% } else { %}
<ol class="rows" reversed>
{% for (size_t i = 0; i < page->nrecords; i++)
        record(out, page, t, &page->records[i]); %}
</ol>
{% }
edit_pager(out, t, STR("/edit/log"), page->next, page->deep);
export(out, page, t);
edit_end(out, &page->frame);
} %}
