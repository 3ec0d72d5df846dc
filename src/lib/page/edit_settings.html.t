{# What the owner of a portal decides. #}
{% #include "page/edit_parts.h"

static void portal(struct buf *out, const struct edit_settings *p, unsigned t) { %}
<section class="panel" aria-labelledby="-portal">
<h2 id="-portal">{{ edit_word(t, W_THE_PORTAL) }}</h2>
<div class="form">
{% edit_input(out, &(struct edit_field){
        .id = STR("-title"), .name = STR("title"), .label = edit_word(t, W_PORTAL_NAME), .type = STR("text"),
        .value = p->title, .required = true,
});
edit_input(out, &(struct edit_field){
        .id = STR("-language"), .name = STR("language"), .label = edit_word(t, W_LANGUAGE), .type = STR("text"),
        .value = p->language, .hint = edit_word(t, W_LANGUAGE_HINT), .required = true, .ltr = true,
}); %}
</div>
</section>
{% }

static void passwords(struct buf *out, const struct edit_settings *p, unsigned t) {
        static const char *const profiles[] = { "compat", "standard", "nist" }; %}
<section class="panel" aria-labelledby="-passwords">
<h2 id="-passwords">{{ edit_word(t, W_PASSWORDS) }}</h2>
<div class="form">
{% edit_select_begin(out, STR("-profile"), STR("password.profile"), edit_word(t, W_PROFILE));
for (size_t i = 0; i < sizeof profiles / sizeof *profiles; i++)
        edit_option(out, str_of(profiles[i]), edit_word_named(t, "PROFILE_", str_of(profiles[i])), p->profile);
edit_select_end(out);
edit_input(out, &(struct edit_field){
        .id = STR("-minimum"), .name = STR("password.minimum"), .label = edit_word(t, W_MINIMUM),
        .type = STR("number"), .value = p->minimum, .hint = edit_word(t, W_MINIMUM_HINT), .required = true,
        .ltr = true,
}); %}
</div>
</section>
{% }

static void box(struct buf *out, unsigned t, const struct edit_limits *l) { %}
<label class="box"><input type="checkbox" name="factor.{{ l->role }}" value="yes"{% if (l->factor) { %} checked{% } %}> {{ edit_word_named(t, "ROLE_", l->role) }}</label>
{% }

/* A box that is empty sends nothing: the hidden field tells that from a form without boxes. */
static void factors(struct buf *out, const struct edit_settings *p, unsigned t) { %}
<section class="panel" aria-labelledby="-factors">
<h2 id="-factors">{{ edit_word(t, W_SECOND_FACTOR) }}</h2>
{% edit_hidden(out, STR("factors"), STR("shown")); %}
<fieldset class="boxes" aria-describedby="-factors-hint{{ p->factorless ? STR(" -factors-yours") : STR("") }}">
<legend>{{ edit_word(t, W_FACTOR_REQUIRED) }}</legend>
{% for (size_t i = 0; i < p->nlimits; i++)
        box(out, t, &p->limits[i]); %}
</fieldset>
<p class="hint" id="-factors-hint">{{ edit_word(t, W_FACTOR_HINT) }}</p>
{% if (p->factorless) { %}
<p class="message message-note" id="-factors-yours">{{ edit_word(t, W_FACTOR_YOURS) }}</p>
{% } %}
</section>
{% }

static void limit(struct buf *out, unsigned t, const struct edit_limits *l, struct str what, struct str value,
                  enum edit_word word) {
        struct buf name CLEANUP_BUF = { 0 }, id CLEANUP_BUF = { 0 };

        buf_printf(&name, "session.%.*s.%.*s", STR_ARG(what), STR_ARG(l->role));
        buf_printf(&id, "-%.*s-%.*s", STR_ARG(what), STR_ARG(l->role));
        edit_input(out, &(struct edit_field){
                .id = buf_str(&id), .name = buf_str(&name), .label = edit_word(t, word),
                .type = STR("number"), .value = value, .required = true, .ltr = true,
        });
}

static void sessions(struct buf *out, const struct edit_settings *p, unsigned t) { %}
<section class="panel" aria-labelledby="-sessions">
<h2 id="-sessions">{{ edit_word(t, W_SESSIONS) }}</h2>
<p class="hint">{{ edit_word(t, W_SESSIONS_HINT) }}</p>
{% for (size_t i = 0; i < p->nlimits; i++) { %}
<fieldset class="limits">
<legend>{{ edit_word_named(t, "ROLE_", p->limits[i].role) }}</legend>
{%      limit(out, t, &p->limits[i], STR("idle"), p->limits[i].idle, W_IDLE);
        limit(out, t, &p->limits[i], STR("absolute"), p->limits[i].absolute, W_ABSOLUTE); %}
</fieldset>
{% } %}
</section>
{% }

void page_render_edit_settings(struct buf *out, const struct edit_settings *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_SETTINGS), NULL); %}
<form class="settings" method="post" action="/edit/settings">
{% form_csrf(out, page->frame.csrf);
portal(out, page, t);
passwords(out, page, t);
factors(out, page, t);
sessions(out, page, t); %}
<p class="deeds"><button class="button" type="submit">{{ edit_word(t, W_SAVE) }}</button></p>
</form>
{% edit_end(out, &page->frame);
} %}
