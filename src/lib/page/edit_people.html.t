{# The people of a portal: the list, an invitation, and the link that comes of it. #}
{% #include "page/edit_parts.h"

static void filter(struct buf *out, const struct edit_people *p, unsigned t) {
        static const char *const states[] = { "active", "invited", "disabled", "expired" }; %}
<form class="filter" method="get" action="/edit/people" role="search">
{% edit_input(out, &(struct edit_field){
        .id = STR("-text"), .name = STR("text"), .label = edit_word(t, W_SEARCH), .type = STR("search"),
        .value = p->text,
});
edit_select_begin(out, STR("-role"), STR("role"), edit_word(t, W_ROLE));
edit_option(out, STR(""), edit_word(t, W_ANY_ROLE), p->role);
edit_roles(out, t, p->role);
edit_select_end(out);
edit_select_begin(out, STR("-state"), STR("state"), edit_word(t, W_STATE));
edit_option(out, STR(""), edit_word(t, W_ANY_STATE), p->state);
for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        edit_option(out, str_of(states[i]), edit_word_named(t, "STATE_", str_of(states[i])), p->state);
edit_select_end(out); %}
<button class="button button-quiet" type="submit">{{ edit_word(t, W_SHOW) }}</button>
</form>
{% }

void page_render_edit_people(struct buf *out, const struct edit_people *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_PEOPLE), NULL); %}
<p class="deeds">
<a class="button" href="/edit/people/invite">{{ edit_word(t, W_INVITE) }}</a>
<a class="button button-quiet" href="/edit/people/import">{{ edit_word(t, W_CSV) }}</a>
</p>
{% filter(out, page, t);
if (page->npeople == 0) { %}
<p class="hint nothing">{{ edit_word(t, W_NOBODY) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < page->npeople; i++)
        edit_person_row(out, t, &page->people[i], NULL); %}
</ul>
{% }
edit_pager(out, t, STR("/edit/people"), page->next, page->deep);
edit_end(out, &page->frame);
}

void page_render_edit_invite(struct buf *out, const struct edit_invite *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct edit_person *p = &page->person;
        const struct page_link back = { edit_word(t, W_PEOPLE), STR("/edit/people") };

        edit_begin(out, &page->frame, edit_word(t, W_INVITE), &back); %}
<form class="form form-narrow" method="post" action="/edit/people/invite">
{% form_csrf(out, page->frame.csrf);
edit_input(out, &(struct edit_field){
        .id = STR("-email"), .name = STR("email"), .label = edit_word(t, W_EMAIL), .type = STR("email"),
        .value = p->email, .required = true, .ltr = true,
});
edit_input(out, &(struct edit_field){
        .id = STR("-name"), .name = STR("name"), .label = edit_word(t, W_NAME), .type = STR("text"),
        .value = p->name,
});
edit_select_begin(out, STR("-role"), STR("role"), edit_word(t, W_ROLE));
edit_roles(out, t, p->role);
edit_select_end(out); %}
<p class="hint">{{ edit_word(t, W_ROLE_HINT) }}</p>
{% edit_input(out, &(struct edit_field){
        .id = STR("-expires"), .name = STR("expires"), .label = edit_word(t, W_LAST_DAY), .type = STR("date"),
        .value = p->last_day, .hint = edit_word(t, W_LAST_DAY_HINT),
}); %}
<button class="button" type="submit">{{ edit_word(t, W_INVITE_SUBMIT) }}</button>
</form>
{% edit_end(out, &page->frame);
}

void page_render_edit_link(struct buf *out, const struct edit_link *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct page_link back = { edit_word(t, W_PEOPLE), STR("/edit/people") };
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/people/%lld", (long long)page->person.id);
        edit_begin(out, &page->frame, edit_word(t, W_LINK_TITLE), &back); %}
{% if (page->mailed == EDIT_MAILED)
        form_success(out, edit_word(t, W_LINK_MAILED));
enum edit_word text = page->mailed == EDIT_MAILED       ? W_LINK_MAILED_TEXT
                      : page->mailed == EDIT_MAILED_NOT ? W_LINK_NOT_MAILED
                                                        : W_LINK_TEXT; %}
<p class="desk-lead">{{ edit_word(t, text) }}</p>
<div class="handout">
<div class="field">
<label for="-link">{{ edit_word(t, W_LINK) }}</label>
<input class="input mono" id="-link" type="text" value="{{ page->url }}" dir="ltr" readonly data-copyable>
</div>
<dl class="details">
<div><dt>{{ edit_word(t, W_EMAIL) }}</dt><dd><bdi>{{ page->person.email }}</bdi></dd></div>
<div><dt>{{ edit_word(t, W_ROLE) }}</dt><dd>{{ edit_word_named(t, "ROLE_", page->person.role) }}</dd></div>
<div><dt>{{ edit_word(t, W_VALID_UNTIL) }}</dt><dd><bdi>{{ page->valid_until }}</bdi></dd></div>
</dl>
</div>
<p class="deeds">
<a class="button button-quiet" href="{{u buf_str(&url) }}">{{ edit_word(t, W_TO_ACCOUNT) }}</a>
<a class="button button-quiet" href="/edit/people/invite">{{ edit_word(t, W_INVITE) }}</a>
</p>
{% edit_end(out, &page->frame);
} %}
