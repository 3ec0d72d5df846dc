/*
 * policy.c -- the allowlist.
 *
 * Left out on purpose: style (our pages' CSP forbids it), every on*, data-* and aria-* attribute,
 * role and name. Without name, form, object and embed, foreign markup cannot put itself on
 * `document` (DOM clobbering); an id can still be a property of `window` where no script declares
 * that name, so the pages' scripts go by getElementById() and declared names only.
 */
#include "html/policy.h"

#include <stdlib.h>
#include <string.h>

enum {
        NAME_MAX_LEN = 16,
        ID_MAX = 128,
        CLASS_WORD_MAX = 48,
        VALUE_MAX = 48,
        ATTR_TAGS_MAX = 6,
        EVERY = HTML_TAG_COUNT,
};

struct element {
        const char *name;
        enum html_model model;
};

static const struct element elements[] = {
#define ELEMENT(tag, text, kind) [HTML_##tag] = { text, kind },
#include "html/elements.def"
#undef ELEMENT
};

/* Names that are not written as they came. Sorted. */
struct other_name {
        const char *name;
        enum html_fate fate;
        enum html_tag tag;
};

static const struct other_name others[] = {
        { "acronym", FATE_KEEP, HTML_ABBR },
        { "applet", FATE_DROP, 0 },
        { "audio", FATE_DROP, 0 },
        { "big", FATE_KEEP, HTML_SPAN },
        { "canvas", FATE_DROP, 0 },
        { "center", FATE_KEEP, HTML_DIV },
        { "datalist", FATE_DROP, 0 },
        { "dir", FATE_KEEP, HTML_UL },
        { "fieldset", FATE_KEEP, HTML_DIV },
        { "font", FATE_KEEP, HTML_SPAN },
        { "form", FATE_KEEP, HTML_DIV },
        { "frameset", FATE_DROP, 0 },
        { "hgroup", FATE_KEEP, HTML_DIV },
        { "iframe", FATE_DROP_RAW, 0 },
        { "image", FATE_KEEP, HTML_IMG },
        { "listing", FATE_KEEP, HTML_PRE },
        { "main", FATE_KEEP, HTML_DIV },
        { "math", FATE_DROP, 0 },
        { "menu", FATE_KEEP, HTML_UL },
        { "nav", FATE_KEEP, HTML_DIV },
        { "noembed", FATE_DROP_RAW, 0 },
        { "noframes", FATE_DROP_RAW, 0 },
        { "noscript", FATE_DROP_RAW, 0 },
        { "object", FATE_DROP, 0 },
        { "plaintext", FATE_DROP_RAW, 0 },
        { "script", FATE_DROP_RAW, 0 },
        { "search", FATE_KEEP, HTML_DIV },
        { "select", FATE_DROP, 0 },
        { "strike", FATE_KEEP, HTML_S },
        { "style", FATE_DROP_RAW, 0 },
        { "svg", FATE_DROP, 0 },
        { "template", FATE_DROP, 0 },
        { "textarea", FATE_DROP_RAW, 0 },
        { "title", FATE_DROP_RAW, 0 },
        { "tt", FATE_KEEP, HTML_CODE },
        { "video", FATE_DROP, 0 },
        { "xmp", FATE_DROP_RAW, 0 },
};

struct attribute {
        const char *name;
        enum html_attr_kind kind;
        unsigned char tags[ATTR_TAGS_MAX];      /* { EVERY }, or up to six, the rest 0 */
};

/* HTML_A is 0 and so would read as "no more": it stands first wherever it stands. */
static const struct attribute attributes[] = {
        { "align", ATTR_ALIGN, { EVERY } },
        { "alt", ATTR_IMAGE, { HTML_IMG } },
        { "cite", ATTR_URL, { HTML_BLOCKQUOTE, HTML_Q, HTML_DEL, HTML_INS } },
        { "class", ATTR_CLASS, { EVERY } },
        { "colspan", ATTR_NUMBER, { HTML_TD, HTML_TH } },
        { "datetime", ATTR_DATETIME, { HTML_TIME, HTML_DEL, HTML_INS } },
        { "dir", ATTR_WORD, { EVERY } },
        { "height", ATTR_NUMBER, { HTML_IMG } },
        { "href", ATTR_HREF, { HTML_A } },
        { "hreflang", ATTR_LANG, { HTML_A } },
        { "id", ATTR_ID, { EVERY } },
        { "lang", ATTR_LANG, { EVERY } },
        { "loading", ATTR_WORD, { HTML_IMG } },
        { "name", ATTR_NAME, { HTML_A } },
        { "open", ATTR_FLAG, { HTML_DETAILS } },
        { "reversed", ATTR_FLAG, { HTML_OL } },
        { "rowspan", ATTR_NUMBER, { HTML_TD, HTML_TH } },
        { "scope", ATTR_WORD, { HTML_TH } },
        { "span", ATTR_NUMBER, { HTML_COL, HTML_COLGROUP } },
        { "src", ATTR_IMAGE, { HTML_IMG } },
        { "start", ATTR_INTEGER, { HTML_OL } },
        { "title", ATTR_TEXT, { EVERY } },
        { "type", ATTR_WORD, { HTML_OL } },
        { "value", ATTR_INTEGER, { HTML_LI } },
        { "width", ATTR_NUMBER, { HTML_IMG } },
};

struct words {
        const char *name;
        const char *const words[8];
};

static const struct words word_lists[] = {
        { "dir", { "ltr", "rtl", "auto" } },
        { "loading", { "lazy", "eager" } },
        { "scope", { "row", "col", "rowgroup", "colgroup" } },
        { "type", { "1", "a", "A", "i", "I" } },
};

const char *policy_name(enum html_tag tag)
{
        return elements[tag].name;
}

enum html_model policy_model(enum html_tag tag)
{
        return elements[tag].model;
}

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* A lower-case C string of name in out; false when it is longer than any name on the lists. */
static bool lower_name(struct str name, char out[static NAME_MAX_LEN + 1])
{
        if (name.n == 0 || name.n > NAME_MAX_LEN)
                return false;
        for (size_t i = 0; i < name.n; i++)
                out[i] = lower(name.p[i]);
        out[name.n] = '\0';
        return true;
}

/* Each row of the three tables begins with its name. */
static int compare_name(const void *key, const void *row)
{
        return strcmp(key, *(const char *const *)row);
}

enum html_fate policy_element(struct str name, enum html_tag *tag)
{
        char key[NAME_MAX_LEN + 1] = "";

        if (!lower_name(name, key))
                return FATE_UNWRAP;
        const struct element *e =
                bsearch(key, elements, ARRAY_LEN(elements), sizeof elements[0], compare_name);

        if (e != NULL) {
                *tag = (enum html_tag)(e - elements);
                return e->model == MODEL_GENERATED ? FATE_UNWRAP : FATE_KEEP;
        }
        const struct other_name *o =
                bsearch(key, others, ARRAY_LEN(others), sizeof others[0], compare_name);

        if (o == NULL)
                return FATE_UNWRAP;
        *tag = o->tag;
        return o->fate;
}

static bool attr_on(const struct attribute *a, enum html_tag tag)
{
        if (a->tags[0] == EVERY || a->tags[0] == tag)
                return true;
        for (size_t i = 1; i < ATTR_TAGS_MAX && a->tags[i] != 0; i++)
                if (a->tags[i] == tag)
                        return true;
        return false;
}

enum html_attr_kind policy_attr(enum html_tag tag, struct str source_name, const char **name)
{
        char key[NAME_MAX_LEN + 1] = "";

        if (!lower_name(source_name, key))
                return ATTR_NONE;
        const struct attribute *a =
                bsearch(key, attributes, ARRAY_LEN(attributes), sizeof attributes[0], compare_name);

        if (a == NULL || !attr_on(a, tag))
                return ATTR_NONE;
        *name = a->name;
        return a->kind;
}

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
        return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}

static bool is_number(struct str value, size_t digits)
{
        if (value.n == 0 || value.n > digits)
                return false;
        for (size_t i = 0; i < value.n; i++)
                if (!is_digit(value.p[i]))
                        return false;
        return true;
}

/* Of alphanumerics and the given marks only. */
static bool is_made_of(struct str value, const char *marks, size_t max)
{
        if (value.n == 0 || value.n > max)
                return false;
        for (size_t i = 0; i < value.n; i++)
                if (!is_alnum(value.p[i]) && strchr(marks, value.p[i]) == NULL)
                        return false;
        return true;
}

static bool is_word(const char *name, struct str value)
{
        for (size_t i = 0; i < ARRAY_LEN(word_lists); i++) {
                if (strcmp(word_lists[i].name, name) != 0)
                        continue;
                for (size_t k = 0; word_lists[i].words[k] != NULL; k++)
                        if (str_is(value, word_lists[i].words[k]))
                                return true;
        }
        return false;
}

/* Letters of any script, digits and the marks people put in anchors; never a '-' in front. */
static bool is_id(struct str value)
{
        if (value.n == 0 || value.n > ID_MAX || value.p[0] == '-')
                return false;
        for (size_t i = 0; i < value.n; i++)
                if ((unsigned char)value.p[i] < 0x80 && !is_alnum(value.p[i]) &&
                    strchr("-_.:", value.p[i]) == NULL)
                        return false;
        return true;
}

bool policy_value(enum html_attr_kind kind, const char *name, struct str value)
{
        switch (kind) {
        case ATTR_NUMBER:
                return is_number(value, 4);
        case ATTR_INTEGER:
                if (value.n > 0 && value.p[0] == '-')
                        value = str_make(value.p + 1, value.n - 1);
                return is_number(value, 9);
        case ATTR_LANG:
                return is_made_of(value, "-", 35);
        case ATTR_DATETIME:
                return is_made_of(value, ":+-. ", VALUE_MAX);
        case ATTR_WORD:
                return is_word(name, value);
        case ATTR_ID:
        case ATTR_NAME:
                return is_id(value);
        default:
                return false;
        }
}

/* Our own styles that authors may use, the language of code, and whatever begins with "x-". */
static bool class_allowed(struct str word)
{
        static const char *const listed[] = {
                "align-left", "align-center", "align-right", "align-justify",
                "callout", "callout-title", "callout-note", "callout-tip", "callout-important",
                "callout-warning", "callout-caution",
        };

        if (str_starts(word, STR("language-")))
                return is_made_of(word, "-_.+#", CLASS_WORD_MAX);
        if (str_starts(word, STR("x-")))
                return is_made_of(word, "-_", CLASS_WORD_MAX);
        for (size_t i = 0; i < ARRAY_LEN(listed); i++)
                if (str_is(word, listed[i]))
                        return true;
        return false;
}

bool policy_class(struct buf *out, struct str value)
{
        bool all = true;

        while (value.n > 0) {
                size_t n = 0;

                while (n < value.n && value.p[n] != ' ' && value.p[n] != '\t' && value.p[n] != '\n')
                        n++;
                struct str word = { value.p, n };

                value = str_make(value.p + n, value.n - n);
                if (value.n > 0)
                        value = str_make(value.p + 1, value.n - 1);
                if (word.n == 0)
                        continue;
                if (!class_allowed(word)) {
                        all = false;
                        continue;
                }
                if (out->n > 0)
                        buf_putc(out, ' ');
                buf_add_str(out, word);
        }
        return all;
}
