{# One person's account, as an administrator has it; and the question before it is deleted. #}
{% #include "page/edit_parts.h"

static void details(struct buf *out, const struct edit_account *a, unsigned t) {
        const struct edit_person *p = &a->person;
        const struct words *w = words_for(a->frame.site.lang); %}
<dl class="details">
<div><dt>{{ edit_word(t, W_EMAIL) }}</dt><dd><bdi>{{ p->email }}</bdi></dd></div>
<div><dt>{{ edit_word(t, W_STATE) }}</dt><dd>{% edit_badge(out, p->state, edit_word_named(t, "STATE_", p->state)); %}</dd></div>
<div><dt>{{ edit_word(t, W_CREATED) }}</dt><dd>{% edit_date(out, &a->frame, p->created); %}</dd></div>
<div><dt>{{ edit_word(t, W_LAST_DAY) }}</dt><dd><bdi>{{ p->last_day.n > 0 ? p->last_day : edit_word(t, W_NO_END) }}</bdi></dd></div>
<div><dt>{{ edit_word(t, W_SECOND_FACTOR) }}</dt><dd>{{ p->second_factor ? w->on : w->off }}</dd></div>
<div><dt>{{ edit_word(t, W_LOGINS) }}</dt><dd>{{d a->sessions }}</dd></div>
<div><dt>{{ edit_word(t, W_GROUPS) }}</dt><dd>{% if (a->ngroups == 0) { %}{{ edit_word(t, W_NONE) }}{% }
for (size_t i = 0; i < a->ngroups; i++) { %}<a class="chip" href="{{u a->groups[i].url }}">{{ a->groups[i].text }}</a> {% } %}</dd></div>
</dl>
{% }

static void change(struct buf *out, const struct edit_account *a, unsigned t) {
        const struct edit_person *p = &a->person; %}
<section class="panel" aria-labelledby="-change">
<h2 id="-change">{{ edit_word(t, W_CHANGE) }}</h2>
<form class="form" method="post" action="/edit/people/change">
{% form_csrf(out, a->frame.csrf);
edit_number(out, STR("id"), p->id);
edit_input(out, &(struct edit_field){
        .id = STR("-name"), .name = STR("name"), .label = edit_word(t, W_NAME), .type = STR("text"),
        .value = p->name,
});
edit_select_begin(out, STR("-role"), STR("role"), edit_word(t, W_ROLE));
edit_roles(out, t, p->role);
edit_select_end(out);
edit_input(out, &(struct edit_field){
        .id = STR("-expires"), .name = STR("expires"), .label = edit_word(t, W_LAST_DAY), .type = STR("date"),
        .value = p->last_day, .hint = edit_word(t, W_LAST_DAY_HINT),
}); %}
<button class="button" type="submit">{{ edit_word(t, W_SAVE) }}</button>
</form>
</section>
{% }

static void deed(struct buf *out, const struct edit_account *a, unsigned t, struct str url,
                 enum edit_word name, enum edit_word text) { %}
<li class="row">
<div class="row-main"><p class="row-text">{{ edit_word(t, text) }}</p></div>
<form method="post" action="{{u url }}">
{% form_csrf(out, a->frame.csrf);
edit_number(out, STR("id"), a->person.id); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, name) }}</button>
</form>
</li>
{% }

static void deeds(struct buf *out, const struct edit_account *a, unsigned t) {
        bool disabled = str_is(a->person.state, "disabled");
        struct buf url CLEANUP_BUF = { 0 }, factor CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/people/delete?id=%lld", (long long)a->person.id);
        buf_printf(&factor, "/edit/people/unfactor?id=%lld", (long long)a->person.id); %}
<section class="panel" aria-labelledby="-deeds">
<h2 id="-deeds">{{ edit_word(t, W_ACCESS_OF_PERSON) }}</h2>
<ul class="rows">
{% if (disabled) {
        deed(out, a, t, STR("/edit/people/enable"), W_ENABLE, W_ENABLE_TEXT);
} else {
        deed(out, a, t, STR("/edit/people/reset"), W_NEW_LINK, W_NEW_LINK_TEXT);
        deed(out, a, t, STR("/edit/people/end-sessions"), W_END_SESSIONS, W_END_SESSIONS_TEXT);
        deed(out, a, t, STR("/edit/people/disable"), W_DISABLE, W_DISABLE_TEXT);
}
if (a->person.second_factor) { %}
<li class="row">
<div class="row-main"><p class="row-text">{{ edit_word(t, W_UNFACTOR_TEXT) }}</p></div>
<a class="button button-quiet" href="{{u buf_str(&factor) }}">{{ edit_word(t, W_UNFACTOR) }}</a>
</li>
{% } %}
<li class="row">
<div class="row-main"><p class="row-text">{{ edit_word(t, W_DELETE_TEXT) }}</p></div>
<a class="button button-quiet button-danger" href="{{u buf_str(&url) }}">{{ edit_word(t, W_DELETE) }}</a>
</li>
</ul>
</section>
{% }

static struct str called(const struct edit_person *p) {
        return p->name.n > 0 ? p->name : p->email;
}

void page_render_edit_account(struct buf *out, const struct edit_account *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct page_link back = { edit_word(t, W_PEOPLE), STR("/edit/people") };

        edit_begin(out, &page->frame, called(&page->person), &back);
        details(out, page, t);
        change(out, page, t);
        deeds(out, page, t);
        edit_end(out, &page->frame);
}

/* What goes and what stays, a warning, and the form that does it: nothing else asks twice. */
struct question {
        struct str url;
        enum edit_word title, goes, stays, warning, button;
};

static void question(struct buf *out, const struct edit_account *page, const struct question *q) {
        unsigned t = edit_language(page->frame.site.lang);
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/people/%lld", (long long)page->person.id);
        const struct page_link back = { called(&page->person), buf_str(&url) };

        edit_begin(out, &page->frame, edit_word(t, q->title), &back); %}
<p class="desk-lead"><bdi>{{ page->person.email }}</bdi></p>
<dl class="fates">
<div><dt>{{ edit_word(t, W_DELETE_GOES) }}</dt><dd>{{ edit_word(t, q->goes) }}</dd></div>
<div><dt>{{ edit_word(t, W_DELETE_STAYS) }}</dt><dd>{{ edit_word(t, q->stays) }}</dd></div>
</dl>
<p>{{ edit_word(t, q->warning) }}</p>
<form class="deeds" method="post" action="{{u q->url }}">
{% form_csrf(out, page->frame.csrf);
edit_number(out, STR("id"), page->person.id); %}
<button class="button button-danger" type="submit">{{ edit_word(t, q->button) }}</button>
<a class="button button-quiet" href="{{u buf_str(&url) }}">{{ edit_word(t, W_CANCEL) }}</a>
</form>
{% edit_end(out, &page->frame);
}

void page_render_edit_delete(struct buf *out, const struct edit_account *page) {
        question(out, page, &(struct question){
                STR("/edit/people/delete"), W_DELETE_TITLE, W_DELETE_GOES_TEXT, W_DELETE_STAYS_TEXT,
                W_DELETE_FINAL, W_DELETE,
        });
}

void page_render_edit_unfactor(struct buf *out, const struct edit_account *page) {
        question(out, page, &(struct question){
                STR("/edit/people/unfactor"), W_UNFACTOR_TITLE, W_UNFACTOR_GOES_TEXT, W_UNFACTOR_STAYS_TEXT,
                W_UNFACTOR_ASK, W_UNFACTOR,
        });
} %}
