/*
 * language.h -- language tags and the direction they are written in.
 *
 * Linked by the portal and its jobs.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* "pt_BR" -> "pt-BR"; empty when it is no tag of RFC 5646's shape. */
struct str language_tag(struct arena *arena, struct str text);

/* Whether the language (or the script the tag names) runs from right to left. */
bool language_is_rtl(struct str tag);
