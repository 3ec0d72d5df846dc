{# A portal's backups: what there is, what a restore would change, how far one is. #}
{% #include "base/clock.h"
#include "page/backups.h"
#include "page/backups_parts.h"
#include "page/edit_parts.h"
#include "page/own_key.h"

static struct str say(const struct edit_frame *f, enum backups_word word) {
        return backups_word(f->site.lang, word);
}

void backups_number(struct buf *out, const struct edit_frame *f, enum backups_word word, int64_t number) {
        account_words_fill_number(out, say(f, word), number > 0 && number <= UINT32_MAX ? (unsigned)number : 0);
}

void backups_moment(struct buf *out, const struct edit_frame *f, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&words, f->site.lang, when);
        clock_iso(when, iso); %}
<time datetime="{{ str_of(iso) }}">{{ buf_str(&words) }}</time>
{% }

void backups_size(struct buf *out, int64_t bytes) {
        static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
        struct buf text CLEANUP_BUF = { 0 };
        int64_t tenths = (bytes > 0 ? bytes : 0) * 10 / 1024;
        unsigned unit = 0;

        for (; tenths >= 10240 && unit < 3; unit++)
                tenths /= 1024;
        buf_printf(&text, "%lld.%lld %s", (long long)(tenths / 10), (long long)(tenths % 10), units[unit]); %}
<bdi>{{ buf_str(&text) }}</bdi>
{% }

void backups_refresh(struct buf *out, const struct edit_frame *f, struct str url) { %}
<p class="deeds"><a class="button button-quiet" href="{{u url }}">{{ say(f, BACKUPS_WORD_REFRESH) }}</a></p>
{% }

static void under_way(struct buf *out, const struct page_backups *p) {
        struct buf title CLEANUP_BUF = { 0 };

        backups_number(&title, &p->frame, BACKUPS_WORD_UNDER_WAY, p->restore.backup); %}
<section class="panel" aria-labelledby="-restore">
<h2 id="-restore">{{ buf_str(&title) }}</h2>
<p role="status">{{ backups_word_named(p->frame.site.lang, p->restore.step) }}</p>
{% backups_refresh(out, &p->frame, STR("/edit/backups")); %}
</section>
{% }

static void last_restore(struct buf *out, const struct page_backups *p) {
        struct buf said CLEANUP_BUF = { 0 };

        if (p->restore.state == PAGE_ERRAND_RUNNING)
                under_way(out, p);
        if (p->restore.state == PAGE_ERRAND_FAILED) {
                form_error(out, STR("-failed"), say(&p->frame, BACKUPS_WORD_NOT_RESTORED));
                form_error_english(out, STR("-why"), p->restore.why);
        }
        if (p->restore.state == PAGE_ERRAND_INTERRUPTED)
                form_error(out, STR("-failed"), say(&p->frame, BACKUPS_WORD_INTERRUPTED));
        if (p->restore.state != PAGE_ERRAND_DONE)
                return;
        backups_number(&said, &p->frame, BACKUPS_WORD_RESTORED, p->restore.backup);
        if (p->restore.before > 0) {
                buf_putc(&said, ' ');
                backups_number(&said, &p->frame, BACKUPS_WORD_BEFORE, p->restore.before);
        }
        form_success(out, buf_str(&said));
}

static void part_under_way(struct buf *out, const struct page_backups *p) {
        bool waits = str_is(p->part.errand.step, "waiting");
        struct buf title CLEANUP_BUF = { 0 };

        backups_number(&title, &p->frame, BACKUPS_WORD_PART_UNDER_WAY, p->part.errand.backup); %}
<section class="panel" aria-labelledby="-part">
<h2 id="-part">{{ buf_str(&title) }}</h2>
<p role="status">{{ say(&p->frame, waits ? BACKUPS_WORD_WAITING : BACKUPS_WORD_PART_RUNNING) }}</p>
{% backups_refresh(out, &p->frame, STR("/edit/backups")); %}
</section>
{% }

static void part_done(struct buf *out, const struct page_backups *p) {
        const struct { enum backups_word word; int64_t n; } rows[] = {
                { BACKUPS_WORD_PART_ADDED, p->part.added }, { BACKUPS_WORD_PART_CHANGED, p->part.changed },
                { BACKUPS_WORD_PART_SAME, p->part.same }, { BACKUPS_WORD_PART_FILES, p->part.files },
        };
        struct buf said CLEANUP_BUF = { 0 };

        backups_number(&said, &p->frame, BACKUPS_WORD_PART_DONE, p->part.errand.backup);
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
                if (rows[i].n > 0)
                        buf_printf(&said, " %.*s %lld.", STR_ARG(say(&p->frame, rows[i].word)), (long long)rows[i].n);
        form_success(out, buf_str(&said));
}

static void last_part(struct buf *out, const struct page_backups *p) {
        if (p->part.errand.state == PAGE_ERRAND_RUNNING)
                part_under_way(out, p);
        if (p->part.errand.state == PAGE_ERRAND_FAILED) {
                form_error(out, STR("-part-failed"), say(&p->frame, BACKUPS_WORD_PART_FAILED));
                form_error_english(out, STR("-part-why"), p->part.errand.why);
        }
        if (p->part.errand.state == PAGE_ERRAND_INTERRUPTED)
                form_error(out, STR("-part-failed"), say(&p->frame, BACKUPS_WORD_INTERRUPTED));
        if (p->part.errand.state == PAGE_ERRAND_DONE)
                part_done(out, p);
}

/* What was ordered last is told of. */
static void last_ones(struct buf *out, const struct page_backups *p) {
        bool part_is_last = p->part.errand.state != PAGE_ERRAND_NONE && p->part.errand.when >= p->restore.when;

        if (part_is_last && p->restore.state != PAGE_ERRAND_RUNNING)
                last_part(out, p);
        else
                last_restore(out, p);
}

static void facts(struct buf *out, const struct edit_frame *f, const struct page_backup *b) { %}
<ul class="facts">
<li>{{ backups_word_named(f->site.lang, b->kind) }}</li>
<li>{{ backups_word_named(f->site.lang, b->state) }}</li>
{% if (b->good) { %}
<li>{% backups_size(out, b->bytes); %}</li>
<li>{{ say(f, BACKUPS_WORD_CHANGED) }} {{d b->changed }}</li>
{% } %}
</ul>
{% }

static bool is_busy(const struct page_backups *p) {
        return p->restore.state == PAGE_ERRAND_RUNNING || p->part.errand.state == PAGE_ERRAND_RUNNING;
}

static void backup(struct buf *out, const struct page_backups *p, const struct page_backup *b) {
        struct buf number CLEANUP_BUF = { 0 }, url CLEANUP_BUF = { 0 };

        backups_number(&number, &p->frame, BACKUPS_WORD_NUMBER, b->seq);
        buf_printf(&url, "/edit/backups/restore?backup=%lld", (long long)b->seq); %}
<li class="session">
<div class="session-text">
<p class="session-agent">{% backups_moment(out, &p->frame, b->created); %} <span class="version">{{ buf_str(&number) }}</span></p>
{% facts(out, &p->frame, b); %}
</div>
{% if (b->good && !p->elsewhere && !is_busy(p)) { %}
<a class="button button-quiet" href="{{u buf_str(&url) }}">{{ say(&p->frame, BACKUPS_WORD_LOOK) }}<span class="hidden"> {{ buf_str(&number) }}</span></a>
{% } %}
</li>
{% }

void page_render_backups(struct buf *out, const struct page_backups *page) {
        edit_begin(out, &page->frame, say(&page->frame, BACKUPS_WORD_TITLE), NULL);
        last_ones(out, page);
        if (page->trouble.n > 0)
                form_error_english(out, STR("-trouble"), page->trouble); %}
<p class="desk-lead">{{ say(&page->frame, BACKUPS_WORD_LEAD) }}</p>
{% if (page->elsewhere) { %}
<p class="hint">{{ say(&page->frame, BACKUPS_WORD_ELSEWHERE) }}</p>
{% }
if (page->nbackups == 0 && page->trouble.n == 0) { %}
<p class="hint nothing">{{ say(&page->frame, BACKUPS_WORD_NONE) }}</p>
{% }
if (page->nbackups > 0) { %}
<ul class="sessions">
{% for (size_t i = 0; i < page->nbackups; i++)
        backup(out, page, &page->backups[i]); %}
</ul>
{% }
page_own_key_link(out, &page->frame);
edit_end(out, &page->frame);
}

/* ---- before a restore ---- */

static void effects(struct buf *out, const struct edit_frame *f) {
        static const enum backups_word words[] = {
                BACKUPS_WORD_EFFECT_CONTENT, BACKUPS_WORD_EFFECT_ACCOUNTS, BACKUPS_WORD_EFFECT_SAVED,
                BACKUPS_WORD_EFFECT_SESSIONS,
        }; %}
<ul class="effects">
{% for (size_t i = 0; i < sizeof words / sizeof *words; i++) { %}
<li>{{ say(f, words[i]) }}</li>
{% } %}
</ul>
{% }

static void bring_back(struct buf *out, const struct page_backup_preview *p, const struct page_change *c) { %}
<form method="post" action="/edit/backups/part">
{% form_csrf(out, p->frame.csrf);
edit_number(out, STR("backup"), p->backup.seq);
edit_hidden(out, STR("project"), c->project_slug);
edit_hidden(out, STR("topic"), c->slug); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, BACKUPS_WORD_PART_DO) }}<span class="hidden"> {{ c->title }}</span></button>
</form>
{% }

static void part(struct buf *out, const struct page_backup_preview *p) {
        struct buf inside CLEANUP_BUF = { 0 };

        buf_printf(&inside, "/edit/backups/inside?backup=%lld", (long long)p->backup.seq); %}
<section class="panel" aria-labelledby="-part">
<h2 id="-part">{{ say(&p->frame, BACKUPS_WORD_PART_TITLE) }}</h2>
<p class="hint">{{ say(&p->frame, BACKUPS_WORD_PART_HINT) }}</p>
<p class="deeds"><a class="button" href="{{u buf_str(&inside) }}">{{ say(&p->frame, BACKUPS_WORD_INSIDE_LINK) }}</a></p>
<form class="form" method="post" action="/edit/backups/part">
{% form_csrf(out, p->frame.csrf);
edit_number(out, STR("backup"), p->backup.seq);
edit_input(out, &(struct edit_field){ .id = STR("-part-project"), .name = STR("project"), .type = STR("text"),
        .label = say(&p->frame, BACKUPS_WORD_PART_PROJECT), .hint = say(&p->frame, BACKUPS_WORD_PART_PROJECT_HINT),
        .required = true, .ltr = true });
edit_input(out, &(struct edit_field){ .id = STR("-part-topic"), .name = STR("topic"), .type = STR("text"),
        .label = say(&p->frame, BACKUPS_WORD_PART_TOPIC), .hint = say(&p->frame, BACKUPS_WORD_PART_TOPIC_HINT),
        .ltr = true }); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, BACKUPS_WORD_PART_DO) }}</button>
</form>
</section>
{% }

static void changes(struct buf *out, const struct page_backup_preview *p) { %}
<section class="panel" aria-labelledby="-changes">
<h2 id="-changes">{{ say(&p->frame, BACKUPS_WORD_CHANGED) }} {{d p->backup.changed }}</h2>
<p class="hint">{{ say(&p->frame, BACKUPS_WORD_NEWEST_CHANGES) }}</p>
<ul class="rows">
{% for (size_t i = 0; i < p->nchanges; i++) { %}
<li class="row">
<div class="row-main"><bdi class="row-title">{{ p->changes[i].title }}</bdi> <bdi class="row-sub">{{ p->changes[i].project }}</bdi></div>
<div class="row-facts"><span class="row-day">{% backups_moment(out, &p->frame, p->changes[i].when); %}</span>{% bring_back(out, p, &p->changes[i]); %}</div>
</li>
{% } %}
</ul>
</section>
{% }

void page_render_backup_preview(struct buf *out, const struct page_backup_preview *page) {
        const struct page_link back = { .text = say(&page->frame, BACKUPS_WORD_TITLE), .url = STR("/edit/backups") };
        struct buf title CLEANUP_BUF = { 0 };

        backups_number(&title, &page->frame, BACKUPS_WORD_PREVIEW, page->backup.seq);
        edit_begin(out, &page->frame, buf_str(&title), &back); %}
<p class="desk-lead">{% backups_moment(out, &page->frame, page->backup.created); %}</p>
{% facts(out, &page->frame, &page->backup);
effects(out, &page->frame); %}
<form class="deeds" method="post" action="/edit/backups/restore">
{% form_csrf(out, page->frame.csrf);
edit_number(out, STR("backup"), page->backup.seq); %}
<button class="button button-danger" type="submit">{{ say(&page->frame, BACKUPS_WORD_DO_IT) }}</button>
</form>
{% part(out, page);
if (page->nchanges > 0)
        changes(out, page);
edit_end(out, &page->frame);
} %}
