{# A client's own key, and the copies of backups that are sealed to it. #}
{% #include "page/own_key.h"
#include "page/backups_parts.h"
#include "page/edit_parts.h"
#include "page/own_key_words.h"

enum { NAME_SHOWN = 16 };

static struct str say(const struct edit_frame *f, enum own_key_word word) {
        return own_key_word(f->site.lang, word);
}

static void numbered(struct buf *out, const struct edit_frame *f, enum own_key_word word, int64_t number) {
        account_words_fill_number(out, say(f, word), number > 0 && number <= UINT32_MAX ? (unsigned)number : 0);
}

void page_own_key_link(struct buf *out, const struct edit_frame *frame) { %}
<p class="deeds"><a class="button button-quiet" href="/edit/backups/own">{{ say(frame, OWN_KEY_WORD_LINK) }}</a></p>
{% }

static void command(struct buf *out, struct str text) { %}
<pre class="command" dir="ltr" translate="no"><code>{{ text }}</code></pre>
{% }

static void name_of_key(struct buf *out, struct str name) {
        if (name.n > NAME_SHOWN)
                name.n = NAME_SHOWN; %}
<code dir="ltr">{{ name }}…</code>
{% }

/* ---- the copy ---- */

static void under_way(struct buf *out, const struct page_own_key *p) {
        struct buf title CLEANUP_BUF = { 0 };
        bool waits = str_is(p->errand.step, "waiting");

        numbered(&title, &p->frame, OWN_KEY_WORD_UNDER_WAY, p->errand.backup); %}
<section class="panel" aria-labelledby="-making">
<h2 id="-making">{{ buf_str(&title) }}</h2>
<p role="status">{{ waits ? backups_word(p->frame.site.lang, BACKUPS_WORD_WAITING) : say(&p->frame, OWN_KEY_WORD_SEALING) }}</p>
{% backups_refresh(out, &p->frame, STR("/edit/backups/own")); %}
</section>
{% }

static void how_to_open(struct buf *out, const struct edit_frame *f) { %}
<h3 class="part">{{ say(f, OWN_KEY_WORD_HOW) }}</h3>
<p class="hint">{{ say(f, OWN_KEY_WORD_HOW_CARREL) }}</p>
{% command(out, STR("carrel backup open FILE.esdk --key private.pem")); %}
<p class="hint aside">{{ say(f, OWN_KEY_WORD_HOW_SDK) }}</p>
<p class="hint aside">{{ say(f, OWN_KEY_WORD_HOW_WARN) }}</p>
{% }

static void ready(struct buf *out, const struct page_own_key *p) {
        struct buf title CLEANUP_BUF = { 0 };

        numbered(&title, &p->frame, OWN_KEY_WORD_READY, p->backup); %}
<section class="panel" aria-labelledby="-ready">
<h2 id="-ready">{{ buf_str(&title) }}</h2>
<ul class="facts">
<li>{% backups_size(out, p->bytes); %}</li>
<li>{{ backups_word(p->frame.site.lang, BACKUPS_WORD_MADE) }} {% backups_moment(out, &p->frame, p->made); %}</li>
<li>{{ backups_word(p->frame.site.lang, BACKUPS_WORD_UNTIL) }} {% backups_moment(out, &p->frame, p->until); %}</li>
<li>{{ say(&p->frame, OWN_KEY_WORD_SEALED_TO) }} {% name_of_key(out, p->client); %}</li>
</ul>
<div class="deeds">
<a class="button" href="/edit/backups/own/file" download>{{ backups_word(p->frame.site.lang, BACKUPS_WORD_DOWNLOAD) }}</a>
<form method="post" action="/edit/backups/own/remove">
{% form_csrf(out, p->frame.csrf); %}
<button class="button button-quiet" type="submit">{{ backups_word(p->frame.site.lang, BACKUPS_WORD_REMOVE) }}</button>
</form>
</div>
{% how_to_open(out, &p->frame); %}
</section>
{% }

static void choice(struct buf *out, const struct page_own_key *p, const struct page_backup *b) {
        struct buf number CLEANUP_BUF = { 0 };

        backups_number(&number, &p->frame, BACKUPS_WORD_NUMBER, b->seq); %}
<li class="session">
<div class="session-text">
<p class="session-agent">{% backups_moment(out, &p->frame, b->created); %} <span class="version">{{ buf_str(&number) }}</span></p>
<ul class="facts">
<li>{{ backups_word_named(p->frame.site.lang, b->kind) }}</li>
<li>{% backups_size(out, b->bytes); %}</li>
</ul>
</div>
<form method="post" action="/edit/backups/own/prepare">
{% form_csrf(out, p->frame.csrf);
edit_number(out, STR("backup"), b->seq); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, OWN_KEY_WORD_PREPARE) }}<span class="hidden"> {{ buf_str(&number) }}</span></button>
</form>
</li>
{% }

static void choices(struct buf *out, const struct page_own_key *p) {
        bool any = false; %}
<section class="panel" aria-labelledby="-choose">
<h2 id="-choose">{{ say(&p->frame, OWN_KEY_WORD_CHOOSE) }}</h2>
{% for (size_t i = 0; i < p->nbackups; i++)
        any = any || p->backups[i].good;
if (!any && p->trouble.n == 0) { %}
<p class="hint nothing">{{ backups_word(p->frame.site.lang, BACKUPS_WORD_NONE) }}</p>
{% }
if (any) { %}
<ul class="sessions">
{% for (size_t i = 0; i < p->nbackups; i++)
        if (p->backups[i].good)
                choice(out, p, &p->backups[i]); %}
</ul>
{% } %}
</section>
{% }

/* ---- the key ---- */

static void key_form(struct buf *out, const struct page_own_key *p, enum own_key_word deed) {
        bool wrong = p->private_key || p->typed.n > 0; %}
<form class="form" method="post" action="/edit/backups/own/key">
{% form_csrf(out, p->frame.csrf); %}
<div class="field">
<label for="-key">{{ say(&p->frame, OWN_KEY_WORD_PEM) }}</label>
<textarea class="input mono" id="-key" name="key" rows="9" dir="ltr" spellcheck="false" autocapitalize="none" autocomplete="off" data-refuse="PRIVATE KEY" data-refused="{{ say(&p->frame, OWN_KEY_WORD_PRIVATE_HERE) }}" aria-describedby="{% if (wrong) { %}{{ p->private_key ? STR("-private") : STR("-error") }} {% } %}-key-hint"{% if (wrong) { %} aria-invalid="true"{% } %} required>
{{ p->typed }}</textarea>
<p class="hint" id="-key-hint">{{ say(&p->frame, OWN_KEY_WORD_PEM_HINT) }}</p>
</div>
<div class="field" data-file-into="-key" hidden>
<label for="-file">{{ say(&p->frame, OWN_KEY_WORD_FILE) }}</label>
<input class="input" id="-file" type="file" accept=".pem,.pub,.txt">
</div>
<button class="button{% if (p->name.n > 0) { %} button-quiet{% } %}" type="submit">{{ say(&p->frame, deed) }}</button>
</form>
{% }

static void pair(struct buf *out, const struct edit_frame *f) { %}
<details class="fold">
<summary>{{ say(f, OWN_KEY_WORD_PAIR) }}</summary>
{% command(out, STR("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:4096 -aes-256-cbc -out private.pem\n"
                    "openssl pkey -in private.pem -pubout -out public.pem")); %}
<p class="hint">{{ say(f, OWN_KEY_WORD_PAIR_TEXT) }}</p>
</details>
{% }

static void the_key(struct buf *out, const struct page_own_key *p) {
        struct buf bits CLEANUP_BUF = { 0 };

        numbered(&bits, &p->frame, OWN_KEY_WORD_BITS, p->bits); %}
<p>{{ buf_str(&bits) }}</p>
<p class="hint aside">{{ say(&p->frame, OWN_KEY_WORD_FINGERPRINT) }}</p>
<p><code class="fingerprint" dir="ltr">{{ p->name }}</code></p>
<p class="hint aside">{{ say(&p->frame, OWN_KEY_WORD_COMPARE) }}</p>
{% command(out, STR("openssl pkey -pubin -in public.pem -outform DER | sha256sum")); %}
<form class="deeds" method="post" action="/edit/backups/own/key/remove">
{% form_csrf(out, p->frame.csrf); %}
<button class="button button-quiet" type="submit">{{ say(&p->frame, OWN_KEY_WORD_REMOVE_KEY) }}</button>
</form>
<details class="fold"{% if (p->private_key || p->typed.n > 0) { %} open{% } %}>
<summary>{{ say(&p->frame, OWN_KEY_WORD_REPLACE) }}</summary>
{% key_form(out, p, OWN_KEY_WORD_SET); %}
</details>
{% }

void page_render_own_key(struct buf *out, const struct page_own_key *page) {
        const struct page_link back = { .text = backups_word(page->frame.site.lang, BACKUPS_WORD_TITLE),
                                        .url = STR("/edit/backups") };
        bool running = page->errand.state == PAGE_ERRAND_RUNNING;

        edit_begin(out, &page->frame, say(&page->frame, OWN_KEY_WORD_TITLE), &back);
        if (page->private_key)
                form_error(out, STR("-private"), say(&page->frame, OWN_KEY_WORD_PRIVATE));
        if (page->errand.state == PAGE_ERRAND_FAILED || page->errand.state == PAGE_ERRAND_INTERRUPTED) {
                form_error(out, STR("-failed"), say(&page->frame, OWN_KEY_WORD_FAILED));
                form_error_english(out, STR("-why"), page->errand.why);
        }
        if (page->trouble.n > 0)
                form_error_english(out, STR("-trouble"), page->trouble); %}
<p class="desk-lead">{{ say(&page->frame, OWN_KEY_WORD_LEAD) }}</p>
{% if (running)
        under_way(out, page);
else if (page->ready)
        ready(out, page);
if (page->name.n > 0 && !running)
        choices(out, page); %}
<section class="panel" aria-labelledby="-own-key">
<h2 id="-own-key">{{ say(&page->frame, OWN_KEY_WORD_KEY) }}</h2>
{% if (page->name.n > 0)
        the_key(out, page);
else
        key_form(out, page, OWN_KEY_WORD_SET);
pair(out, &page->frame); %}
</section>
{% edit_end(out, &page->frame);
} %}
