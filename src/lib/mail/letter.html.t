{# A letter for programs that show HTML. Nothing in it is loaded from anywhere: no picture, no style sheet. #}
{% #include "parts.h"

void letter_render_html(struct buf *out, const struct letter_parts *p) { %}
<!DOCTYPE html>
<html lang="{{ p->words->lang }}" dir="{% if (p->words->rtl) { %}rtl{% } else { %}ltr{% } %}">
<head>
<meta charset="utf-8">
<title>{{ p->subject }}</title>
</head>
<body>
<h1>{{ p->subject }}</h1>
<p>{{ p->hello }}</p>
<p>{{ p->text }}</p>
<p><strong><a href="{{u p->link }}">{{ p->action }}</a></strong></p>
{% if (p->once.n > 0) { %}
<p>{{ p->once }}</p>
{% } %}
<p dir="ltr">{{ p->link }}</p>
<hr>
{# Letters without a link that does something have nothing in them to be ignored. #}
{% if (p->once.n > 0) { %}
<p>{{ p->ignore }}</p>
{% } %}
<p><small>{{ p->sender }}</small></p>
</body>
</html>
{% } %}
