{# The parts that forms are made of. #}
{% #include "page/forms.h"

void form_csrf(struct buf *out, struct str csrf) { %}
<input type="hidden" name="csrf" value="{{ csrf }}">
{% }

void form_error(struct buf *out, struct str id, struct str sentence) { %}
<p class="message message-error" id="{{ id }}" role="alert">{{ sentence }}</p>
{% }

void form_error_english(struct buf *out, struct str id, struct str sentence) { %}
<p class="message message-error" id="{{ id }}" role="alert" lang="en" dir="auto">{{ sentence }}</p>
{% }

void form_success(struct buf *out, struct str sentence) { %}
<p class="message message-success" role="status">{{ sentence }}</p>
{% }

void form_login_shown(struct buf *out, struct str login, const struct account_words *t) { %}
<div class="field">
<label for="-login">{{ t->email }}</label>
<input class="input" id="-login" type="email" value="{{ login }}" autocomplete="username" dir="ltr" readonly>
</div>
{% }

static void rule(struct buf *out, struct str rule, struct str words) { %}
<li data-rule="{{ rule }}"><span class="icon icon-on" aria-hidden="true"></span>{{ words }}</li>
{% }

/* Complete without script; password.ts ticks off what is there and shows the strength. */
static void advice(struct buf *out, const struct form_password *f, const struct account_words *t) {
        struct buf minimum CLEANUP_BUF = { 0 };

        account_words_fill_number(&minimum, t->minimum, f->minimum); %}
<div class="advice" data-advice-for="{{ f->id }}" data-too-short="{{ t->too_short }}" data-weak="{{ t->weak }}" data-fair="{{ t->fair }}" data-good="{{ t->good }}" data-strong="{{ t->strong }}">
<p id="{{ f->id }}-minimum">{{ buf_str(&minimum) }}</p>
<div class="strength" hidden>
<div class="strength-bar" aria-hidden="true"><span></span><span></span><span></span><span></span></div>
<p class="strength-text">{{ t->strength }} <output class="strength-word" for="{{ f->id }}"></output></p>
</div>
<p>{{ t->advice }}</p>
<ul>
{% rule(out, STR("length"), t->advice_length);
rule(out, STR("lower"), t->advice_lower);
rule(out, STR("upper"), t->advice_upper);
rule(out, STR("digit"), t->advice_digit);
rule(out, STR("special"), t->advice_special); %}
</ul>
</div>
{% }

static void reveal(struct buf *out, const struct form_password *f, const struct account_words *t) {
        struct buf show CLEANUP_BUF = { 0 };

        account_words_fill(&show, t->show, f->label); %}
<button class="reveal" type="button" aria-pressed="false" aria-controls="{{ f->id }}" hidden><span class="icon icon-eye" aria-hidden="true"></span><span class="hidden">{{ buf_str(&show) }}</span></button>
{% }

void form_password(struct buf *out, const struct form_password *f, const struct account_words *t) {
        bool fresh = f->minimum > 0, wrong = f->error_id.n > 0; %}
<div class="field">
<label for="{{ f->id }}">{{ f->label }}</label>
<div class="input-row">
<input class="input" id="{{ f->id }}" type="password" name="{{ f->name }}" autocomplete="{{ fresh ? STR("new-password") : STR("current-password") }}"{% if (fresh) { %} minlength="{{d f->minimum }}"{% }
if (wrong && fresh) { %} aria-invalid="true" aria-describedby="{{ f->error_id }} {{ f->id }}-minimum"{% }
if (wrong && !fresh) { %} aria-invalid="true" aria-describedby="{{ f->error_id }}"{% }
if (!wrong && fresh) { %} aria-describedby="{{ f->id }}-minimum"{% } %} required>
{% reveal(out, f, t); %}
</div>
{% if (fresh)
        advice(out, f, t); %}
</div>
{% } %}
