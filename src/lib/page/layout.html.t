{# What all pages share: the head, the header bar, the footer. #}
{% #include "page/edit_words.h"
#include "page/layout.h"

static void theme_choice(struct buf *out, struct str value, struct str label) { %}
<label class="theme-choice" title="{{ label }}"><input type="radio" name="theme" value="{{ value }}"><span class="icon icon-{{ value }}" aria-hidden="true"></span><span class="hidden">{{ label }}</span></label>
{% }

void layout_begin(struct buf *out, const struct layout *l) { %}
<!doctype html>
<html lang="{{ l->site->lang }}" dir="{{ l->site->rtl ? STR("rtl") : STR("ltr") }}">
<head>
<meta charset="utf-8">
<title>{{ l->title }}{% if (l->within.n > 0 && !str_eq(l->within, l->site->title)) { %} – {{ l->within }}{% }
if (!str_eq(l->title, l->site->title)) { %} – {{ l->site->title }}{% } %}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
{% if (l->description.n > 0) { %}
<meta name="description" content="{{ l->description }}">
{% } %}
<meta name="color-scheme" content="light dark">
{% if (l->noindex) { %}
<meta name="robots" content="noindex">
{% } %}
<link rel="stylesheet" href="{{u asset_path("reader.css") }}">
{% if (l->workspace) { %}
<link rel="stylesheet" href="{{u asset_path("workspace.css") }}">
{% } %}
<script src="{{u asset_path("theme.js") }}"></script>
<script type="module" src="{{u asset_path("reader.js") }}"></script>
<link rel="icon" href="{{u asset_path("favicon.svg") }}" type="image/svg+xml">
{% if (l->url.n > 0) { %}
<link rel="canonical" href="{{u l->url }}">
{% } %}
{% if (l->previous != NULL) { %}
<link rel="prev" href="{{u l->previous->url }}">
{% } %}
{% if (l->next != NULL) { %}
<link rel="next" href="{{u l->next->url }}">
{% } %}
</head>
<body data-copy="{{ l->t->copy }}" data-copied="{{ l->t->copied }}" data-copy-failed="{{ l->t->copy_failed }}" data-close="{{ l->t->close }}">
<a class="skip" href="#-main">{{ l->t->skip }}</a>
<header class="bar">
<div class="bar-inner">
{% if (l->drawer) { %}
<button class="drawer-button" type="button" popovertarget="-toc"><span class="icon icon-menu" aria-hidden="true"></span><span class="drawer-label">{{ l->t->contents }}</span></button>
{% } %}
<a class="site" href="/"><span class="icon icon-mark" aria-hidden="true"></span><span class="site-name">{{ l->site->title }}</span></a>
<fieldset class="theme" data-theme-switch hidden>
<legend class="hidden">{{ l->t->theme }}</legend>
{% theme_choice(out, STR("light"), l->t->theme_light);
theme_choice(out, STR("auto"), l->t->theme_auto);
theme_choice(out, STR("dark"), l->t->theme_dark); %}
</fieldset>
{% if (l->author) { %}
<a class="account-link" href="/edit" rel="nofollow"{% if (l->workspace) { %} aria-current="true"{% } %}><span class="icon icon-desk" aria-hidden="true"></span><span class="account-label">{{ edit_word(edit_language(l->site->lang), W_WORKSPACE) }}</span></a>
{% } %}
<a class="account-link" href="/account" rel="nofollow"{% if (l->account) { %} aria-current="page"{% } %}><span class="icon icon-person" aria-hidden="true"></span><span class="account-label">{{ l->t->account }}</span></a>
</div>
</header>
{% } %}
{%
void layout_end(struct buf *out, const struct layout *l) { %}
<footer class="foot">
<div class="foot-inner">
<p>{{ l->t->published_with }} <span class="wordmark" lang="en" dir="ltr"><span class="icon icon-mark" aria-hidden="true"></span>Carrel</span></p>
<p><a href="/trust">{{ l->t->trust }}</a></p>
</div>
</footer>
</body>
</html>
{% } %}
