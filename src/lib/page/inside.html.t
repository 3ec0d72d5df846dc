{# What a backup holds that today does not, with a button beside each topic that brings it back. #}
{% #include "page/backups_parts.h"
#include "page/edit_parts.h"
#include "page/inside.h"

static struct str say(const struct edit_frame *f, enum backups_word word) {
        return backups_word(f->site.lang, word);
}

static void look_form(struct buf *out, const struct page_inside *p) { %}
<form class="deeds" method="post" action="/edit/backups/look">
{% form_csrf(out, p->frame.csrf);
edit_number(out, STR("backup"), p->backup.seq); %}
<button class="button{% if (p->known) { %} button-quiet{% } %}" type="submit">{{ say(&p->frame, p->known ? BACKUPS_WORD_INSIDE_AGAIN : BACKUPS_WORD_INSIDE_LOOK) }}</button>
</form>
{% }

static void looking(struct buf *out, const struct page_inside *p) {
        struct buf here CLEANUP_BUF = { 0 }, title CLEANUP_BUF = { 0 };
        bool waits = str_is(p->look.step, "waiting");

        buf_printf(&here, "/edit/backups/inside?backup=%lld", (long long)p->backup.seq);
        backups_number(&title, &p->frame, BACKUPS_WORD_INSIDE_UNDER_WAY, p->look.backup); %}
<section class="panel" aria-labelledby="-looking">
<h2 id="-looking">{{ buf_str(&title) }}</h2>
<p role="status">{{ say(&p->frame, waits ? BACKUPS_WORD_WAITING : BACKUPS_WORD_INSIDE_RUNNING) }}</p>
{% backups_refresh(out, &p->frame, buf_str(&here)); %}
</section>
{% }

static void failed(struct buf *out, const struct page_inside *p) {
        form_error(out, STR("-failed"), say(&p->frame, BACKUPS_WORD_INSIDE_FAILED));
        form_error_english(out, STR("-why"), p->look.why);
}

static void row(struct buf *out, const struct page_inside *p, const struct page_inside_row *r) { %}
<li class="row">
<div class="row-main"><bdi class="row-title">{{ r->title }}</bdi> <bdi class="row-sub">{{ r->project_title }} · {{ r->topic }}</bdi></div>
<div class="row-facts"><span>{{ say(&p->frame, r->gone ? BACKUPS_WORD_INSIDE_GONE : BACKUPS_WORD_INSIDE_CHANGED) }}</span>
<span class="row-day">{% backups_moment(out, &p->frame, r->updated); %}</span>
<form method="post" action="/edit/backups/part">
{% form_csrf(out, p->frame.csrf);
edit_number(out, STR("backup"), p->backup.seq);
edit_hidden(out, STR("project"), r->project);
edit_hidden(out, STR("topic"), r->topic); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, BACKUPS_WORD_PART_DO) }}<span class="hidden"> {{ r->title }}</span></button>
</form></div>
</li>
{% }

static void known(struct buf *out, const struct page_inside *p) {
        struct buf first CLEANUP_BUF = { 0 };

        buf_printf(&first, "/edit/backups/inside?backup=%lld", (long long)p->backup.seq); %}
<ul class="facts">
<li>{{ say(&p->frame, BACKUPS_WORD_INSIDE_GONE) }}: {{d p->gone }}</li>
<li>{{ say(&p->frame, BACKUPS_WORD_INSIDE_CHANGED) }}: {{d p->changed }}</li>
<li>{{ say(&p->frame, BACKUPS_WORD_PART_SAME) }} {{d p->same }}</li>
<li>{{ say(&p->frame, BACKUPS_WORD_INSIDE_AS_OF) }} {% backups_moment(out, &p->frame, p->made); %}</li>
</ul>
{% if (p->gone + p->changed == 0) { %}
<p class="hint nothing">{{ say(&p->frame, BACKUPS_WORD_INSIDE_NOTHING) }}</p>
{% }
if (p->listed < p->gone + p->changed) { %}
<p class="hint">{{ say(&p->frame, BACKUPS_WORD_INSIDE_NOT_ALL) }} {{d p->listed }}</p>
{% }
if (p->nrows > 0) { %}
<ul class="rows">
{% for (size_t i = 0; i < p->nrows; i++)
        row(out, p, &p->rows[i]); %}
</ul>
{% }
edit_pager(out, edit_language(p->frame.site.lang), buf_str(&first), p->next, p->deep);
}

void page_render_inside(struct buf *out, const struct page_inside *page) {
        struct buf url CLEANUP_BUF = { 0 }, above CLEANUP_BUF = { 0 }, title CLEANUP_BUF = { 0 };
        bool busy = page->look.state == PAGE_ERRAND_RUNNING;

        buf_printf(&url, "/edit/backups/restore?backup=%lld", (long long)page->backup.seq);
        backups_number(&above, &page->frame, BACKUPS_WORD_NUMBER, page->backup.seq);
        backups_number(&title, &page->frame, BACKUPS_WORD_INSIDE_TITLE, page->backup.seq);
        const struct page_link back = { .text = buf_str(&above), .url = buf_str(&url) };

        edit_begin(out, &page->frame, buf_str(&title), &back); %}
<p class="desk-lead">{{ say(&page->frame, BACKUPS_WORD_INSIDE_LEAD) }}</p>
{% if (page->look.state == PAGE_ERRAND_FAILED && page->look.backup == page->backup.seq)
        failed(out, page);
if (page->known)
        known(out, page);
if (busy)
        looking(out, page);
else
        look_form(out, page);
edit_end(out, &page->frame);
} %}
