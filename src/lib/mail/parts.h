/*
 * parts.h -- a letter's HTML part, from letter.html.t. Private to mail/.
 */
#pragma once

#include "html/html.h"
#include "words.h"

/* What both parts say; all of it text. */
struct letter_parts {
        const struct letter_words *words;
        struct str subject, hello, text, action, link, once, ignore, sender;
};

void letter_render_html(struct buf *out, const struct letter_parts *parts);
