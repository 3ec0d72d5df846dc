/*
 * policy.h -- which elements and attributes foreign markup may use.
 *
 * Trust:  names and values are hostile.
 * Owns:   nothing.
 * Private to html.
 */
#pragma once

#include "base/buf.h"
#include "base/str.h"
#include "html/writer.h"

/* Where an element may stand; writer.c has the rules. */
enum html_model {
        MODEL_INLINE,
        MODEL_LINK,
        MODEL_RUBY,
        MODEL_VOID,
        MODEL_GENERATED,                /* void, and never from foreign markup */
        MODEL_VOID_BLOCK,
        MODEL_BLOCK,
        MODEL_HEADING,
        MODEL_ITEM,
        MODEL_TERM,
        MODEL_TABLE,
        MODEL_CAPTION,
        MODEL_COLUMNS,
        MODEL_COLUMN,
        MODEL_ROWS,
        MODEL_ROW,
        MODEL_CELL,
};

enum html_fate {
        FATE_KEEP,
        FATE_UNWRAP,                    /* the tag goes, what is in it stays */
        FATE_DROP,                      /* it goes with all that is in it */
        FATE_DROP_RAW,                  /* likewise, and its content is not markup */
};

enum html_attr_kind {
        ATTR_NONE,                      /* not on the list */
        ATTR_TEXT,
        ATTR_HREF,
        ATTR_URL,                       /* shown to nobody, only checked */
        ATTR_ID,
        ATTR_NAME,                      /* the old way to write an a's id */
        ATTR_CLASS,
        ATTR_ALIGN,                     /* becomes a class */
        ATTR_NUMBER,
        ATTR_INTEGER,                   /* may be negative */
        ATTR_FLAG,
        ATTR_LANG,
        ATTR_DATETIME,
        ATTR_WORD,                      /* one of a few words */
        ATTR_IMAGE,                     /* src and alt, which the writer handles */
};

const char *policy_name(enum html_tag tag);
enum html_model policy_model(enum html_tag tag);

/* What becomes of a foreign tag; *tag is set for FATE_KEEP. Old names get their new ones. */
enum html_fate policy_element(struct str name, enum html_tag *tag);

/* The kind of this attribute on this element; *name becomes the spelling to write. */
enum html_attr_kind policy_attr(enum html_tag tag, struct str source_name, const char **name);

/* Whether the (decoded) value may stand; of kinds NUMBER, INTEGER, LANG, DATETIME, WORD and ID. */
bool policy_value(enum html_attr_kind kind, const char *name, struct str value);

/* Append the allowed words of a class attribute; false when one was left out. */
bool policy_class(struct buf *out, struct str value);
