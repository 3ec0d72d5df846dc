{# Access groups: all of them, and one with its members. #}
{% #include "page/edit_parts.h"

static void group_row(struct buf *out, unsigned t, const struct edit_group *g) {
        struct buf url CLEANUP_BUF = { 0 };

        buf_printf(&url, "/edit/groups/%.*s", STR_ARG(g->slug)); %}
<li class="row">
<div class="row-main"><a class="row-title" href="{{u buf_str(&url) }}"><bdi>{{ g->title }}</bdi></a> <span class="row-sub"><bdi>{{ g->slug }}</bdi></span></div>
<div class="row-facts"><span class="row-role">{{ edit_word(t, W_MEMBERS) }}: {{d g->members }}</span></div>
</li>
{% }

void page_render_edit_groups(struct buf *out, const struct edit_groups *page) {
        unsigned t = edit_language(page->frame.site.lang);

        edit_begin(out, &page->frame, edit_word(t, W_GROUPS), NULL); %}
<p class="desk-lead">{{ edit_word(t, W_GROUPS_TEXT) }}</p>
{% if (page->ngroups == 0) { %}
<p class="hint nothing">{{ edit_word(t, W_NO_GROUPS) }}</p>
{% } else { %}
<ul class="rows">
{% for (size_t i = 0; i < page->ngroups; i++)
        group_row(out, t, &page->groups[i]); %}
</ul>
{% } %}
<section class="panel" aria-labelledby="-add">
<h2 id="-add">{{ edit_word(t, W_ADD_GROUP) }}</h2>
<form class="form" method="post" action="/edit/group/add">
{% form_csrf(out, page->frame.csrf);
edit_input(out, &(struct edit_field){
        .id = STR("-group"), .name = STR("group"), .label = edit_word(t, W_GROUP_NAME), .type = STR("text"),
        .value = page->typed.slug, .hint = edit_word(t, W_GROUP_NAME_HINT), .required = true, .ltr = true,
});
edit_input(out, &(struct edit_field){
        .id = STR("-title"), .name = STR("title"), .label = edit_word(t, W_TITLE), .type = STR("text"),
        .value = page->typed.title,
}); %}
<button class="button" type="submit">{{ edit_word(t, W_ADD_GROUP) }}</button>
</form>
</section>
{% edit_end(out, &page->frame);
}

static void members(struct buf *out, const struct edit_group_page *p, unsigned t) {
        struct buf heading CLEANUP_BUF = { 0 };

        buf_printf(&heading, "%.*s: %lld", STR_ARG(edit_word(t, W_MEMBERS)), (long long)p->group.members);
        edit_people_panel(out, t, &(struct edit_people_panel){
                .id = STR("-members"), .heading = buf_str(&heading), .people = p->people,
                .npeople = p->npeople, .removal = { STR("/edit/group/leave"), STR("group"), p->group.slug,
                                                    p->frame.csrf },
                .add = STR("/edit/group/join"), .label = edit_word(t, W_ADD_MEMBER), .typed = p->typed,
        });
}

void page_render_edit_group(struct buf *out, const struct edit_group_page *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct page_link back = { edit_word(t, W_GROUPS), STR("/edit/groups") };
        struct buf self CLEANUP_BUF = { 0 };

        buf_printf(&self, "/edit/groups/%.*s", STR_ARG(page->group.slug));
        edit_begin(out, &page->frame, page->group.title, &back); %}
<p class="desk-lead"><bdi>{{ page->group.slug }}</bdi></p>
{% members(out, page, t);
edit_pager(out, t, buf_str(&self), page->next, page->deep); %}
<section class="panel" aria-labelledby="-change">
<h2 id="-change">{{ edit_word(t, W_CHANGE) }}</h2>
<form class="form form-line" method="post" action="/edit/group/rename">
{% form_csrf(out, page->frame.csrf);
edit_hidden(out, STR("group"), page->group.slug);
edit_input(out, &(struct edit_field){
        .id = STR("-title"), .name = STR("title"), .label = edit_word(t, W_TITLE), .type = STR("text"),
        .value = page->group.title, .required = true,
}); %}
<button class="button" type="submit">{{ edit_word(t, W_SAVE) }}</button>
</form>
<details class="danger">
<summary>{{ edit_word(t, W_REMOVE_GROUP) }}</summary>
<p>{{ edit_word(t, W_REMOVE_GROUP_TEXT) }}</p>
<form method="post" action="/edit/group/remove">
{% form_csrf(out, page->frame.csrf);
edit_hidden(out, STR("group"), page->group.slug); %}
<button class="button button-danger" type="submit">{{ edit_word(t, W_REMOVE_GROUP) }}</button>
</form>
</details>
</section>
{% edit_end(out, &page->frame);
} %}
