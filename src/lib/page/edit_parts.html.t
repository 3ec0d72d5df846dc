{# What the pages of the workspace are made of. #}
{% #include "page/edit_parts.h"

static void room(struct buf *out, const struct edit_frame *f, enum edit_room room, struct str url,
                 struct str icon, enum edit_word word) {
        unsigned t = edit_language(f->site.lang); %}
<li><a class="room" href="{{u url }}"{% if (f->room == room) { %} aria-current="page"{% } %}><span class="icon icon-{{ icon }}" aria-hidden="true"></span>{{ edit_word(t, word) }}</a></li>
{% }

static void rooms(struct buf *out, const struct edit_frame *f) {
        unsigned t = edit_language(f->site.lang); %}
<nav class="rooms" aria-label="{{ edit_word(t, W_WORKSPACE) }}">
<ul>
{% room(out, f, EDIT_OVERVIEW, STR("/edit"), STR("desk"), W_OVERVIEW);
if (f->writer)
        room(out, f, EDIT_SHARES, STR("/edit/shares"), STR("share"), W_SHARES);
if (f->administrator) {
        room(out, f, EDIT_PEOPLE, STR("/edit/people"), STR("person"), W_PEOPLE);
        room(out, f, EDIT_GROUPS, STR("/edit/groups"), STR("people"), W_GROUPS);
        room(out, f, EDIT_ACCESS, STR("/edit/access"), STR("key"), W_ACCESS);
        room(out, f, EDIT_SIGN_ON, STR("/edit/sso"), STR("door"), W_SIGN_ON);
        room(out, f, EDIT_LOG, STR("/edit/log"), STR("log"), W_LOG);
        room(out, f, EDIT_BACKUPS, STR("/edit/backups"), STR("backup"), W_BACKUPS);
        room(out, f, EDIT_TAKEAWAY, STR("/edit/export"), STR("takeaway"), W_TAKEAWAY);
        room(out, f, EDIT_SETTINGS, STR("/edit/settings"), STR("settings"), W_SETTINGS);
} %}
</ul>
</nav>
{% }

static void news(struct buf *out, const struct edit_frame *f) {
        static const enum edit_word words[] = {
                [EDIT_SAVED] = W_NEWS_SAVED, [EDIT_DISABLED] = W_NEWS_DISABLED,
                [EDIT_ENABLED] = W_NEWS_ENABLED, [EDIT_SESSIONS_ENDED] = W_NEWS_SESSIONS,
                [EDIT_DELETED] = W_NEWS_DELETED, [EDIT_UNFACTORED] = W_NEWS_UNFACTORED,
        };

        if (f->error.n > 0)
                form_error_english(out, STR("-error"), f->error);
        else if (f->news != EDIT_NO_NEWS)
                form_success(out, edit_word(edit_language(f->site.lang), words[f->news]));
}

void edit_begin(struct buf *out, const struct edit_frame *frame, struct str title,
                const struct page_link *back) {
        struct layout layout = {
                .site = &frame->site, .t = words_for(frame->site.lang), .title = title, .noindex = true,
                .workspace = true, .author = true,
        };

        layout_begin(out, &layout); %}
<div class="shell desk">
{% rooms(out, frame); %}
<main class="desk-main" id="-main" tabindex="-1">
{% if (back != NULL) { %}
<p class="desk-back"><a href="{{u back->url }}">{{ back->text }}</a></p>
{% } %}
<h1>{{ title }}</h1>
{% news(out, frame);
}

void edit_end(struct buf *out, const struct edit_frame *frame) {
        struct layout layout = { .site = &frame->site, .t = words_for(frame->site.lang) }; %}
</main>
</div>
{% layout_end(out, &layout);
}

void edit_input(struct buf *out, const struct edit_field *f) { %}
<div class="field">
<label for="{{ f->id }}">{{ f->label }}</label>
<input class="input" id="{{ f->id }}" type="{{ f->type }}" name="{{ f->name }}" value="{{ f->value }}" autocomplete="off"{% if (f->ltr) { %} dir="ltr" autocapitalize="none" spellcheck="false"{% }
if (f->hint.n > 0) { %} aria-describedby="{{ f->id }}-hint"{% }
if (f->required) { %} required{% } %}>
{% if (f->hint.n > 0) { %}
<p class="hint" id="{{ f->id }}-hint">{{ f->hint }}</p>
{% } %}
</div>
{% }

void edit_select_begin(struct buf *out, struct str id, struct str name, struct str label) { %}
<div class="field">
<label for="{{ id }}">{{ label }}</label>
<select class="input" id="{{ id }}" name="{{ name }}">
{% }

void edit_option(struct buf *out, struct str value, struct str text, struct str chosen) { %}
<option value="{{ value }}"{% if (str_eq(value, chosen)) { %} selected{% } %}>{{ text }}</option>
{% }

void edit_select_end(struct buf *out) { %}
</select>
</div>
{% }

void edit_roles(struct buf *out, unsigned t, struct str chosen) {
        static const char *const roles[] = { "power-reader", "reviewer", "writer", "administrator" };

        for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
                edit_option(out, str_of(roles[i]), edit_word_named(t, "ROLE_", str_of(roles[i])), chosen);
}

void edit_badge(struct buf *out, struct str word, struct str text) { %}
<span class="badge badge-{{ word }}">{{ text }}</span>
{% }

void edit_hidden(struct buf *out, struct str name, struct str value) { %}
<input type="hidden" name="{{ name }}" value="{{ value }}">
{% }

void edit_number(struct buf *out, struct str name, int64_t value) { %}
<input type="hidden" name="{{ name }}" value="{{d value }}">
{% }

void edit_date(struct buf *out, const struct edit_frame *frame, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };

        words_date(&words, words_for(frame->site.lang), when); %}
{{ buf_str(&words) }}
{% }

void edit_pager(struct buf *out, unsigned t, struct str base, struct str next, bool deep) {
        if (next.n == 0 && !deep)
                return; %}
<nav class="steps" aria-label="{{ edit_word(t, W_NEXT_PAGE) }}">
{% if (deep) { %}
<a class="button button-quiet" href="{{u base }}">{{ edit_word(t, W_FIRST_PAGE) }}</a>
{% }
if (next.n > 0) { %}
<a class="button button-quiet" rel="next" href="{{u next }}">{{ edit_word(t, W_NEXT_PAGE) }}</a>
{% } %}
</nav>
{% }

static void removal_form(struct buf *out, unsigned t, const struct edit_person *p,
                         const struct edit_removal *r) { %}
<form method="post" action="{{u r->post }}">
{% form_csrf(out, r->csrf);
edit_hidden(out, r->key, r->value);
edit_number(out, STR("id"), p->id); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, W_REMOVE) }}<span class="hidden">: {{ p->email }}</span></button>
</form>
{% }

void edit_person_row(struct buf *out, unsigned t, const struct edit_person *p,
                     const struct edit_removal *removal) {
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/people/%lld", (long long)p->id); %}
<li class="row">
<div class="row-main">
<a class="row-title" href="{{u buf_str(&url) }}"><bdi>{{ p->name.n > 0 ? p->name : p->email }}</bdi></a>
{% if (p->name.n > 0) { %}
<span class="row-sub"><bdi>{{ p->email }}</bdi></span>
{% } %}
</div>
<div class="row-facts">
<span class="row-role">{{ edit_word_named(t, "ROLE_", p->role) }}</span>
{% edit_badge(out, p->state, edit_word_named(t, "STATE_", p->state));
if (p->last_day.n > 0) { %}
<span class="row-day"><span class="hidden">{{ edit_word(t, W_LAST_DAY) }}: </span><bdi>{{ p->last_day }}</bdi></span>
{% } %}
</div>
{% if (removal != NULL)
        removal_form(out, t, p, removal); %}
</li>
{% }

void edit_people_panel(struct buf *out, unsigned t, const struct edit_people_panel *p) { %}
<section class="panel" aria-labelledby="{{ p->id }}">
<h2 id="{{ p->id }}">{{ p->heading }}</h2>
{% if (p->npeople == 0) { %}
<p class="hint">{{ edit_word(t, W_NOBODY) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < p->npeople; i++)
        edit_person_row(out, t, &p->people[i], &p->removal); %}
</ul>
{% } %}
<form class="form form-line" method="post" action="{{u p->add }}">
{% form_csrf(out, p->removal.csrf);
edit_hidden(out, p->removal.key, p->removal.value);
edit_input(out, &(struct edit_field){
        .id = STR("-email"), .name = STR("email"), .label = p->label, .type = STR("email"),
        .value = p->typed, .required = true, .ltr = true,
}); %}
<button class="button" type="submit">{{ edit_word(t, W_ADD) }}</button>
</form>
</section>
{% } %}
