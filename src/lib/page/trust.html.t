{# How this portal is kept apart from its neighbours, layer by layer, and how its backups are. #}
{% #include "base/clock.h"
#include "page/account_words.h"
#include "page/layout.h"
#include "page/trust_words.h"

enum { HOUR = 3600, DAY = 24 * HOUR, DAYS_FROM = 2 * DAY };

/* What one safeguard is like: "-none" is neither good nor bad. */
enum mood { MOOD_ON, MOOD_OFF, MOOD_NONE };

static void layer(struct buf *out, const struct page_trust_layer *l, const struct words *t) { %}
<tr>
<th scope="row">{{ l->name }}</th>
<td><span class="state state-{{ l->on ? STR("on") : STR("off") }}"><span class="icon icon-{{ l->on ? STR("on") : STR("off") }}" aria-hidden="true"></span>{{ l->on ? t->on : t->off }}</span></td>
<td>{{ l->detail }}</td>
</tr>
{% }

static struct str say(const struct page_trust *page, enum trust_word word) {
        return trust_word(page->site.lang, word);
}

static void ago(struct buf *out, const struct page_trust *page, int64_t when) {
        int64_t gone = page->keeping.now > when ? page->keeping.now - when : 0;
        bool days = gone >= DAYS_FROM;

        if (gone < HOUR) {
                buf_add_str(out, say(page, TRUST_WORD_NOW));
        } else {
                account_words_fill_number(out, say(page, days ? TRUST_WORD_DAYS : TRUST_WORD_HOURS),
                                          (unsigned)(gone / (days ? DAY : HOUR) % 100000));
        }
}

static void moment(struct buf *out, const struct page_trust *page, int64_t when) {
        struct buf words CLEANUP_BUF = { 0 }, since CLEANUP_BUF = { 0 };
        char iso[CLOCK_ISO_LEN + 1];

        account_words_moment(&words, page->site.lang, when);
        clock_iso(when, iso);
        ago(&since, page, when); %}
<time datetime="{{ str_of(iso) }}">{{ buf_str(&words) }}</time><br><span class="ago">{{ buf_str(&since) }}</span>
{% }

static void safeguard(struct buf *out, const struct page_trust *page, enum trust_word name, enum mood mood,
                      enum trust_word state, int64_t when) {
        static const char *const moods[] = { "on", "off", "none" };
        struct str class = str_of(moods[mood]); %}
<tr>
<th scope="row">{{ say(page, name) }}</th>
<td><span class="state state-{{ class }}">{% if (mood != MOOD_NONE) { %}<span class="icon icon-{{ class }}" aria-hidden="true"></span>{% } %}{{ say(page, state) }}</span></td>
<td>
{% if (name == TRUST_WORD_COPY && !page->keeping.copies) { %}
{{ say(page, TRUST_WORD_NO_COPIES) }}
{% } else if (when > 0) { %}
{% if (name == TRUST_WORD_COPY) { %}
{{ say(page, TRUST_WORD_COPY_OF) }}
{% } moment(out, page, when); %}
{% } %}
</td>
</tr>
{% }

static void copy_row(struct buf *out, const struct page_trust *page) {
        const struct page_trust_keeping *k = &page->keeping;
        enum mood mood = !k->copies || k->copied == 0 ? MOOD_NONE : MOOD_ON;
        enum trust_word state = !k->copies ? TRUST_WORD_NONE : k->copied == 0 ? TRUST_WORD_NOT_YET
                                : k->copy_read_back ? TRUST_WORD_READ_BACK : TRUST_WORD_STORED;

        if (k->copies && k->copies_late) {
                mood = MOOD_OFF;
                state = k->copied == 0 ? TRUST_WORD_NOT_YET : TRUST_WORD_TOO_OLD;
        }
        safeguard(out, page, TRUST_WORD_COPY, mood, state, k->copies ? k->copied : 0);
}

static void safeguards(struct buf *out, const struct page_trust *page) {
        const struct page_trust_keeping *k = &page->keeping;

        safeguard(out, page, TRUST_WORD_NEWEST, k->late ? MOOD_OFF : k->newest > 0 ? MOOD_ON : MOOD_NONE,
                  k->newest == 0 ? TRUST_WORD_NOT_YET : k->late ? TRUST_WORD_TOO_OLD : TRUST_WORD_IN_TIME,
                  k->newest);
        safeguard(out, page, TRUST_WORD_TRIAL,
                  k->trial_failed > 0 ? MOOD_OFF : k->tried > 0 ? MOOD_ON : MOOD_NONE,
                  k->trial_failed > 0 ? TRUST_WORD_FAILED : k->tried > 0 ? TRUST_WORD_RESTORED
                                                                         : TRUST_WORD_NOT_YET,
                  k->trial_failed > 0 ? k->trial_failed : k->tried);
        safeguard(out, page, TRUST_WORD_SCRUB, k->damaged ? MOOD_OFF : k->scrubbed > 0 ? MOOD_ON : MOOD_NONE,
                  k->damaged ? TRUST_WORD_DAMAGED : k->scrubbed > 0 ? TRUST_WORD_WELL : TRUST_WORD_NOT_YET,
                  k->scrubbed);
        copy_row(out, page);
}

static void alarms(struct buf *out, const struct page_trust *page) {
        const struct page_trust_keeping *k = &page->keeping;
        const struct { bool is; enum trust_word word; } rows[] = {
                { k->late, k->newest > 0 ? TRUST_WORD_LATE : TRUST_WORD_LATE_NEVER },
                { k->no_room, TRUST_WORD_NO_ROOM },
                { k->trial_failed > 0, TRUST_WORD_TRIAL_BAD },
                { k->damaged, TRUST_WORD_DAMAGE },
                { k->copies && k->copies_late, TRUST_WORD_COPIES_LATE },
        };
        size_t n = 0;

        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                n += rows[i].is;
        if (n == 0)
                return; %}
<div class="callout callout-caution">
<p class="callout-title">{{ say(page, TRUST_WORD_ALARM_TITLE) }}</p>
{% for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].is) { %}
<p>{{ say(page, rows[i].word) }}</p>
{% } } %}
</div>
{% }

static void keeping(struct buf *out, const struct page_trust *page, const struct words *t) { %}
<h2 id="-backups">{{ say(page, TRUST_WORD_TITLE) }}</h2>
<p>{{ say(page, TRUST_WORD_INTRO) }}</p>
{% if (!page->keeping.known) { %}
<p>{{ say(page, TRUST_WORD_UNKNOWN) }}</p>
{% } else {
        alarms(out, page); %}
<div class="table-scroll" role="region" aria-labelledby="-backups" tabindex="0">
<table class="layers">
<thead><tr><th scope="col">{{ say(page, TRUST_WORD_MEASURE) }}</th><th scope="col">{{ t->state }}</th><th scope="col">{{ say(page, TRUST_WORD_WHEN) }}</th></tr></thead>
<tbody>
{% safeguards(out, page); %}
</tbody>
</table>
</div>
{% } %}
{% }

static void provider(struct buf *out, const struct page_trust_provider *p) { %}
<tr>
<th scope="row">{{ p->name }}</th>
<td>{{ p->role }}</td>
<td>{{ p->region }}</td>
<td>{{ p->since }}</td>
</tr>
{% }

static void providers(struct buf *out, const struct page_trust *page, const struct words *t) { %}
<h2 id="-providers">{{ t->providers }}</h2>
{% if (page->nproviders == 0) { %}
<p>{{ t->no_providers }}</p>
{% } else { %}
<div class="table-scroll" role="region" aria-labelledby="-providers" tabindex="0">
<table class="providers">
<thead><tr><th scope="col">{{ t->provider }}</th><th scope="col">{{ t->role }}</th><th scope="col">{{ t->region }}</th><th scope="col">{{ t->since }}</th></tr></thead>
<tbody>
{% for (size_t i = 0; i < page->nproviders; i++)
        provider(out, &page->providers[i]); %}
</tbody>
</table>
</div>
{% } %}
{% }

void page_render_trust(struct buf *out, const struct page_trust *page) {
        const struct words *t = words_for(page->site.lang);
        bool strict = str_is(page->isolation, "strict");
        struct layout layout = {
                .site = &page->site, .t = t, .title = t->trust, .url = STR("/trust"),
        };

        layout_begin(out, &layout); %}
<main class="shell shell-plain" id="-main" tabindex="-1">
<article class="prose">
<h1>{{ t->trust }}</h1>
<p class="lead">{{ t->trust_intro }}</p>
<h2 id="-isolation">{{ t->isolation }}</h2>
<p>{{ strict ? t->isolation_strict : t->isolation_standard }}</p>
<div class="table-scroll" role="region" aria-labelledby="-isolation" tabindex="0">
<table class="layers">
<thead><tr><th scope="col">{{ t->layer }}</th><th scope="col">{{ t->state }}</th><th scope="col">{{ t->detail }}</th></tr></thead>
<tbody>
{% for (size_t i = 0; i < page->nlayers; i++)
        layer(out, &page->layers[i], t); %}
</tbody>
</table>
</div>
{% keeping(out, page, t);
        providers(out, page, t); %}
</article>
</main>
{% layout_end(out, &layout);
} %}
