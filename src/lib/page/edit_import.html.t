{# Many Power Readers from a table: the form, what was found in it, and the links that came of it. #}
{% #include "page/edit_parts.h"

static void counted(struct buf *out, unsigned t, enum edit_word word, int64_t n) {
        account_words_fill_number(out, edit_word(t, word), n > 0 ? (unsigned)n : 0);
}

static void faults(struct buf *out, const struct edit_import *p, unsigned t) {
        struct buf said CLEANUP_BUF = { 0 };

        counted(&said, t, W_CSV_FAULTS, p->faulty);
        form_error(out, STR("-faults"), buf_str(&said)); %}
<ol class="rows faults">
{% for (size_t i = 0; i < p->nfaults; i++) {
        struct buf line CLEANUP_BUF = { 0 };

        counted(&line, t, W_CSV_LINE, p->faults[i].line); %}
<li class="row"><span class="fault-line">{{ buf_str(&line) }}</span> <span class="row-main" lang="en" dir="auto">{{ p->faults[i].sentence }}</span></li>
{% } %}
</ol>
{% }

static void ready(struct buf *out, const struct edit_import *p, unsigned t) {
        struct buf said CLEANUP_BUF = { 0 };

        counted(&said, t, W_CSV_READY, p->lines);
        form_success(out, buf_str(&said)); %}
<form class="deeds" method="post" action="/edit/people/import">
{% form_csrf(out, p->frame.csrf);
edit_hidden(out, STR("csv"), p->csv);
edit_hidden(out, STR("groups"), p->groups); %}
<button class="button" type="submit" name="do" value="page">{{ edit_word(t, W_CSV_CREATE) }}</button>
<button class="button button-quiet" type="submit" name="do" value="download">{{ edit_word(t, W_CSV_DOWNLOAD) }}</button>
</form>
<section class="panel" aria-labelledby="-sample">
<h2 id="-sample">{{ edit_word(t, W_CSV_SAMPLE) }}</h2>
<ul class="rows">
{% for (size_t i = 0; i < p->nsample; i++) { %}
<li class="row">
<div class="row-main"><span class="row-title"><bdi>{{ p->sample[i].email }}</bdi></span> <span class="row-sub"><bdi>{{ p->sample[i].name }}</bdi></span></div>
<div class="row-facts"><span class="row-day"><bdi>{{ p->sample[i].last_day }}</bdi></span></div>
</li>
{% } %}
</ul>
</section>
{% }

static void form(struct buf *out, const struct edit_import *p, unsigned t) { %}
<form class="form" method="post" action="/edit/people/import">
{% form_csrf(out, p->frame.csrf); %}
<div class="field">
<label for="-csv">{{ edit_word(t, W_CSV_TABLE) }}</label>
<textarea class="input mono" id="-csv" name="csv" rows="10" dir="ltr" spellcheck="false" autocapitalize="none" aria-describedby="-csv-hint" required>
{{ p->csv }}</textarea>
<p class="hint" id="-csv-hint">{{ edit_word(t, W_CSV_HINT) }}</p>
</div>
<div class="field" data-file-into="-csv" hidden>
<label for="-file">{{ edit_word(t, W_CSV_FILE) }}</label>
<input class="input" id="-file" type="file" accept=".csv,.txt,text/csv,text/plain">
</div>
{% edit_input(out, &(struct edit_field){
        .id = STR("-groups"), .name = STR("groups"), .label = edit_word(t, W_CSV_GROUPS), .type = STR("text"),
        .value = p->groups, .ltr = true,
}); %}
<button class="button" type="submit">{{ edit_word(t, W_CSV_CHECK) }}</button>
</form>
{% }

static void links(struct buf *out, const struct edit_import *p, unsigned t) {
        struct buf said CLEANUP_BUF = { 0 };

        counted(&said, t, W_CSV_DONE, p->made);
        form_success(out, buf_str(&said)); %}
<div class="field field-after">
<label for="-links">{{ edit_word(t, W_CSV_LINKS) }}</label>
<textarea class="input mono" id="-links" rows="12" dir="ltr" readonly data-copyable aria-describedby="-links-hint">
{{ p->links }}</textarea>
<p class="hint" id="-links-hint">{{ edit_word(t, W_CSV_LINKS_TEXT) }}</p>
</div>
<p class="deeds"><a class="button button-quiet" href="/edit/people">{{ edit_word(t, W_PEOPLE) }}</a></p>
{% }

void page_render_edit_import(struct buf *out, const struct edit_import *page) {
        unsigned t = edit_language(page->frame.site.lang);
        const struct page_link back = { edit_word(t, W_PEOPLE), STR("/edit/people") };
        bool good = page->checked && page->faulty == 0 && page->frame.error.n == 0;

        edit_begin(out, &page->frame, edit_word(t, W_CSV), &back);
        if (page->links.n > 0) {
                links(out, page, t);
        } else if (good) {
                ready(out, page, t);
        } else { %}
<p class="desk-lead">{{ edit_word(t, W_CSV_TEXT) }}</p>
{%      if (page->faulty > 0)
                faults(out, page, t);
        form(out, page, t);
        }
        edit_end(out, &page->frame);
} %}
