/*
 * context.c -- the tag soup subset that our templates may be written in, and nothing looser.
 */
#include "tplc/context.h"

#include <string.h>

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(char c)
{
        return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '_';
}

static bool listed(const char *name, const char *const *list)
{
        for (; *list != NULL; list++)
                if (strcmp(name, *list) == 0)
                        return true;
        return false;
}

static const char *const refused_tags[] = {
        "style", "base", "object", "embed", "iframe", "noscript", "xmp", "plaintext", "noembed",
        "noframes", "frame", "frameset", NULL,
};
static const char *const closed_tags[] = { "title", "textarea", "script", NULL };
static const char *const url_attrs[] = {
        "href", "src", "action", "formaction", "poster", "cite", "data", "manifest", "background",
        "ping", "xlink:href", NULL,
};
static const char *const refused_attrs[] = { "style", "srcdoc", "http-equiv", NULL };
static const char *const literal_attrs[] = { "srcset", "imagesrcset", "integrity", NULL };

/* Append c in lower case; false when the name is longer than any HTML has. */
static bool name_add(char name[static CONTEXT_NAME_MAX], char c)
{
        size_t n = strlen(name);

        if (n + 1 >= CONTEXT_NAME_MAX)
                return false;
        name[n] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
        name[n + 1] = '\0';
        return true;
}

static const char *check_tag(const struct context *ctx)
{
        if (listed(ctx->tag, refused_tags))
                return "this element has no place in a template: the site's policy refuses inline "
                       "styles, frames and plug-ins";
        return NULL;
}

static const char *check_attr(const struct context *ctx)
{
        if (strncmp(ctx->attr, "on", 2) == 0)
                return "event attributes are inline scripts, which the policy refuses: attach the "
                       "handler in web/src";
        if (listed(ctx->attr, refused_attrs))
                return "the policy refuses this attribute: use a class in web/css instead";
        return NULL;
}

/* The tag's ">" has come. */
static void end_tag(struct context *ctx)
{
        ctx->place = CONTEXT_TEXT;
        if (listed(ctx->tag, closed_tags))
                memcpy(ctx->inside, ctx->tag, sizeof ctx->inside);
        ctx->tag[0] = ctx->attr[0] = '\0';
}

/* What may follow a tag's name, an attribute's name or a value. */
static const char *between(struct context *ctx, char c)
{
        if (is_space(c))
                ctx->place = CONTEXT_BEFORE_ATTR;
        else if (c == '>')
                end_tag(ctx);
        else if (c == '/')
                ctx->place = CONTEXT_SELF_CLOSE;
        else
                return "a space, '/' or '>' must follow here";
        return NULL;
}

static const char *feed_text(struct context *ctx, char c)
{
        if (c == '<') {
                ctx->place = CONTEXT_TAG_OPEN;
                ctx->tag[0] = '\0';
        } else if (strcmp(ctx->inside, "script") == 0 && !is_space(c)) {
                return "an inline script is refused by the policy: put it into web/src";
        }
        return NULL;
}

static const char *feed_tag_open(struct context *ctx, char c)
{
        if (c == '/') {
                ctx->place = CONTEXT_END_TAG;
                return NULL;
        }
        if (ctx->inside[0] != '\0')
                return "no element may begin inside title, textarea or script";
        if (c == '!') {
                ctx->place = CONTEXT_DECLARATION;
                return NULL;
        }
        if (!is_letter(c))
                return "write &lt; for a literal '<'";
        ctx->place = CONTEXT_TAG_NAME;
        return name_add(ctx->tag, c) ? NULL : "this tag's name is too long";
}

static const char *feed_tag_name(struct context *ctx, char c)
{
        if (is_name(c))
                return name_add(ctx->tag, c) ? NULL : "this tag's name is too long";

        const char *wrong = check_tag(ctx);

        return wrong != NULL ? wrong : between(ctx, c);
}

static const char *feed_end_tag(struct context *ctx, char c)
{
        if (is_name(c))
                return name_add(ctx->tag, c) ? NULL : "this tag's name is too long";
        if (c != '>')
                return "an end tag is only a name: </name>";
        if (ctx->inside[0] != '\0' && strcmp(ctx->inside, ctx->tag) != 0)
                return "no other tag may stand inside title, textarea or script";
        ctx->inside[0] = ctx->tag[0] = '\0';
        ctx->place = CONTEXT_TEXT;
        return NULL;
}

static const char *feed_before_attr(struct context *ctx, char c)
{
        if (!is_name(c))
                return is_space(c) || c == '>' || c == '/' ? between(ctx, c)
                                                           : "an attribute's name must stand here";
        ctx->attr[0] = '\0';
        ctx->place = CONTEXT_ATTR_NAME;
        return name_add(ctx->attr, c) ? NULL : "this attribute's name is too long";
}

static const char *feed_attr_name(struct context *ctx, char c)
{
        if (is_name(c))
                return name_add(ctx->attr, c) ? NULL : "this attribute's name is too long";

        const char *wrong = check_attr(ctx);

        if (wrong != NULL)
                return wrong;
        if (c != '=')
                return between(ctx, c);
        ctx->place = CONTEXT_BEFORE_VALUE;
        return NULL;
}

static const char *feed_before_value(struct context *ctx, char c)
{
        if (c != '"')
                return "put the attribute's value in double quotes";
        ctx->place = CONTEXT_VALUE;
        ctx->value_begun = false;
        ctx->value_first = '\0';
        return NULL;
}

static const char *feed_value(struct context *ctx, char c)
{
        if (c == '"') {
                ctx->place = CONTEXT_AFTER_VALUE;
                ctx->attr[0] = ctx->value_first = '\0';
                ctx->value_begun = false;
        } else if (!ctx->value_begun) {
                ctx->value_begun = true;
                ctx->value_first = c;
        }
        return NULL;
}

const char *context_feed(struct context *ctx, char c)
{
        switch (ctx->place) {
        case CONTEXT_TEXT:
                return feed_text(ctx, c);
        case CONTEXT_TAG_OPEN:
                return feed_tag_open(ctx, c);
        case CONTEXT_DECLARATION:
                if (c == '-')
                        return "write {# ... #} for a comment: readers need not receive it";
                if (c == '>')
                        ctx->place = CONTEXT_TEXT;
                return NULL;
        case CONTEXT_TAG_NAME:
                return feed_tag_name(ctx, c);
        case CONTEXT_END_TAG:
                return feed_end_tag(ctx, c);
        case CONTEXT_BEFORE_ATTR:
                return feed_before_attr(ctx, c);
        case CONTEXT_ATTR_NAME:
                return feed_attr_name(ctx, c);
        case CONTEXT_BEFORE_VALUE:
                return feed_before_value(ctx, c);
        case CONTEXT_VALUE:
                return feed_value(ctx, c);
        case CONTEXT_AFTER_VALUE:
                return between(ctx, c);
        case CONTEXT_SELF_CLOSE:
                if (c != '>')
                        return "'>' must follow '/'";
                end_tag(ctx);
                return NULL;
        }
        return "the template compiler has lost its place";
}

static const char *in_value(struct context *ctx, enum context_expr kind)
{
        bool url = listed(ctx->attr, url_attrs);

        if (kind == CONTEXT_EXPR_HTML)
                return "{{{ }}} cannot stand in an attribute: use {{ }}";
        if (listed(ctx->attr, literal_attrs))
                return "this attribute cannot hold an expression";
        if (kind == CONTEXT_EXPR_URL && ctx->value_begun)
                return "{{u }} must be the whole URL from its first byte, or its scheme cannot be "
                       "checked";
        if (url && kind != CONTEXT_EXPR_URL && ctx->value_first != '#')
                return "a URL attribute takes {{u }} (or {{ }} after a literal '#')";
        ctx->value_begun = true;
        return NULL;
}

const char *context_expression(struct context *ctx, enum context_expr kind)
{
        if (ctx->place == CONTEXT_VALUE)
                return in_value(ctx, kind);
        if (ctx->place == CONTEXT_BEFORE_VALUE)
                return "an expression in an unquoted attribute cannot be escaped: quote it";
        if (ctx->place != CONTEXT_TEXT)
                return "an expression may stand in element content or in a double-quoted attribute "
                       "only";
        if (strcmp(ctx->inside, "script") == 0)
                return "an expression inside <script> cannot be escaped: use a data- attribute";
        if (kind == CONTEXT_EXPR_URL)
                return "{{u }} belongs into an attribute: use {{ }} in text";
        if (kind == CONTEXT_EXPR_HTML && ctx->inside[0] != '\0')
                return "{{{ }}} cannot stand inside title or textarea: use {{ }}";
        return NULL;
}

const char *context_code(struct context *ctx)
{
        const char *wrong = NULL;

        switch (ctx->place) {
        case CONTEXT_TEXT:
        case CONTEXT_BEFORE_ATTR:
        case CONTEXT_AFTER_VALUE:
                break;
        case CONTEXT_TAG_NAME:
                wrong = check_tag(ctx);
                ctx->place = CONTEXT_AFTER_VALUE;
                break;
        case CONTEXT_ATTR_NAME:
                wrong = check_attr(ctx);
                ctx->attr[0] = '\0';
                ctx->place = CONTEXT_AFTER_VALUE;
                break;
        case CONTEXT_VALUE:
                if (listed(ctx->attr, url_attrs) || listed(ctx->attr, literal_attrs))
                        return "no code inside a URL: choose between whole URLs in {{u }}";
                break;
        case CONTEXT_TAG_OPEN:
        case CONTEXT_DECLARATION:
        case CONTEXT_END_TAG:
        case CONTEXT_BEFORE_VALUE:
        case CONTEXT_SELF_CLOSE:
                return "code may stand between elements or attributes, or inside a quoted value";
        }
        return wrong;
}

bool context_same(const struct context *a, const struct context *b)
{
        return a->place == b->place && strcmp(a->tag, b->tag) == 0 &&
               strcmp(a->attr, b->attr) == 0 && strcmp(a->inside, b->inside) == 0;
}

bool context_is_text(const struct context *ctx)
{
        return ctx->place == CONTEXT_TEXT && ctx->inside[0] == '\0';
}
