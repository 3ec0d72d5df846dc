{# Everything of a portal as one zip: made, fetched, removed. #}
{% #include "page/backups.h"
#include "page/backups_parts.h"
#include "page/edit_parts.h"

static struct str say(const struct edit_frame *f, enum backups_word word) {
        return backups_word(f->site.lang, word);
}

static void making(struct buf *out, const struct page_takeaway *p) { %}
<section class="panel" aria-labelledby="-making">
<h2 id="-making">{{ say(&p->frame, BACKUPS_WORD_BEGUN) }}</h2>
<p role="status">{{ say(&p->frame, BACKUPS_WORD_MAKING) }}</p>
{% backups_refresh(out, &p->frame, STR("/edit/export")); %}
</section>
{% }

static void ready(struct buf *out, const struct page_takeaway *p) { %}
<section class="panel" aria-labelledby="-ready">
<h2 id="-ready">{{ say(&p->frame, BACKUPS_WORD_READY) }}</h2>
<ul class="facts">
<li>{% backups_size(out, p->bytes); %}</li>
<li>{{ say(&p->frame, BACKUPS_WORD_MADE) }} {% backups_moment(out, &p->frame, p->made); %}</li>
<li>{{ say(&p->frame, BACKUPS_WORD_UNTIL) }} {% backups_moment(out, &p->frame, p->until); %}</li>
</ul>
<div class="deeds">
<a class="button" href="/edit/export/file" download>{{ say(&p->frame, BACKUPS_WORD_DOWNLOAD) }}</a>
<form method="post" action="/edit/export/remove">
{% form_csrf(out, p->frame.csrf); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, BACKUPS_WORD_REMOVE) }}</button>
</form>
</div>
</section>
{% }

void page_render_takeaway(struct buf *out, const struct page_takeaway *page) {
        edit_begin(out, &page->frame, say(&page->frame, BACKUPS_WORD_TAKEAWAY), NULL);
        if (page->errand.state == PAGE_ERRAND_FAILED || page->errand.state == PAGE_ERRAND_INTERRUPTED) {
                form_error(out, STR("-failed"), say(&page->frame, BACKUPS_WORD_NOT_MADE));
                form_error_english(out, STR("-why"), page->errand.why);
        } %}
<p class="desk-lead">{{ say(&page->frame, BACKUPS_WORD_TAKEAWAY_LEAD) }}</p>
<p>{{ say(&page->frame, BACKUPS_WORD_TAKEAWAY_SECRETS) }}</p>
{% if (page->errand.state == PAGE_ERRAND_RUNNING)
        making(out, page);
else if (page->ready)
        ready(out, page);
if (page->errand.state != PAGE_ERRAND_RUNNING) { %}
<form class="deeds" method="post" action="/edit/export">
{% form_csrf(out, page->frame.csrf); %}
<button class="button{% if (page->ready) { %} button-quiet{% } %}" type="submit">{{ say(&page->frame, page->ready ? BACKUPS_WORD_MAKE_NEW : BACKUPS_WORD_MAKE) }}</button>
</form>
{% }
edit_end(out, &page->frame);
} %}
