/*
 * parts.h -- a letter's HTML part, from letter.html.t, and what letters and notes have in common. Private to
 * mail/.
 */
#pragma once

#include <stdbool.h>

#include "html/html.h"
#include "words.h"

/* What both parts say; all of it text. */
struct letter_parts {
        const struct letter_words *words;
        struct str subject, hello, text, action, link, once, ignore, sender;
};

/* Of its length, in a-z and 0-9. */
bool letter_is_id(struct str id);

void letter_render_html(struct buf *out, const struct letter_parts *parts);
