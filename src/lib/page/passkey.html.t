{# The parts of pages that ask for a code or a passkey. #}
{% #include "page/forms.h"
#include "page/passkey.h"

static void answer(struct buf *out, struct str name) { %}
<input type="hidden" name="{{ name }}">
{% }

void passkey_question(struct buf *out, const struct passkey_form *f, const struct factor_words *t) { %}
<form class="passkey" method="post" action="{{u f->action }}" data-passkey="get" data-start="/login/passkey/start" hidden>
{% form_csrf(out, f->csrf);
if (f->next.n > 0) { %}
<input type="hidden" name="next" value="{{ f->next }}">
{% }
answer(out, STR("credential"));
answer(out, STR("client_data"));
answer(out, STR("auth_data"));
answer(out, STR("signature"));
answer(out, STR("user_handle")); %}
<button class="button button-quiet" type="submit">{{ f->button }}</button>
<p class="message message-error" data-passkey-failed hidden>{{ t->passkey_failed }}</p>
</form>
{% }

void passkey_addition(struct buf *out, struct str csrf, const struct factor_words *t) { %}
<p class="panel-text" data-passkey-instead>{{ t->no_script }}</p>
<form class="passkey form" method="post" action="/account/security/passkeys" data-passkey="create" data-start="/account/security/passkeys/start" hidden>
{% form_csrf(out, csrf);
answer(out, STR("client_data"));
answer(out, STR("attestation"));
answer(out, STR("transports")); %}
<div class="field">
<label for="-passkey-name">{{ t->passkey_new }}</label>
<input class="input" id="-passkey-name" type="text" name="name" maxlength="60" autocomplete="off" dir="auto">
</div>
<button class="button" type="submit">{{ t->passkey_add }}</button>
<p class="message message-error" data-passkey-failed hidden>{{ t->passkey_failed }}</p>
</form>
{% }

void code_field(struct buf *out, const struct code_field *f) { %}
<div class="field">
<label for="{{ f->id }}">{{ f->label }}</label>
<input class="input input-code" id="{{ f->id }}" type="text" name="code" inputmode="{{ f->digits ? STR("numeric") : STR("text") }}" autocomplete="{{ f->digits ? STR("one-time-code") : STR("off") }}" autocapitalize="none" spellcheck="false" maxlength="{{ f->digits ? STR("7") : STR("24") }}" dir="ltr"{% if (f->error_id.n > 0) { %} aria-invalid="true" aria-describedby="{{ f->error_id }}"{% }
if (f->needed) { %} required{% } %}>
</div>
{% }

void factor_error(struct buf *out, enum page_factor_error error, unsigned seconds, struct str wrong,
                  struct str lang) {
        const struct account_words *account = account_words_for(lang);
        struct buf wait CLEANUP_BUF = { 0 }, throttled CLEANUP_BUF = { 0 };

        if (error == PAGE_FACTOR_THROTTLED) {
                account_words_wait(&wait, account, seconds);
                account_words_fill(&throttled, account->throttled, buf_str(&wait));
                form_error(out, STR("-error"), buf_str(&throttled));
        } else if (error == PAGE_FACTOR_PASSKEY_REFUSED) {
                form_error(out, STR("-error"), factor_words_for(lang)->passkey_refused);
        } else if (error == PAGE_FACTOR_WRONG) {
                form_error(out, STR("-error"), wrong);
        }
} %}
