/*
 * raw.c -- foreign markup into a writer, as far as the allowlist lets it.
 */
#include "html/html.h"

#include "base/check.h"
#include "html/stack.h"
#include "html/text.h"
#include "html/token.h"

enum { FRAGMENT_MAX = 8 * 1024 * 1024 };

/* Which attributes a tag already has. */
struct attrs {
        bool id;
        const char *seen[TOKEN_ATTRS_MAX];
        size_t nseen;
};

static struct str decode_attr(struct html_writer *w, struct str value)
{
        buf_clear(&w->decoded);
        html_decode(&w->decoded, value, true);
        return buf_str(&w->decoded);
}

/* The first one counts (13.2.5.33). */
static bool seen_before(struct attrs *attrs, const char *name)
{
        for (size_t i = 0; i < attrs->nseen; i++)
                if (attrs->seen[i] == name)
                        return true;
        if (attrs->nseen < TOKEN_ATTRS_MAX)
                attrs->seen[attrs->nseen++] = name;
        return false;
}

static void put_id(struct html_writer *w, struct attrs *attrs, struct str value)
{
        if (attrs->id)
                return;
        if (!policy_value(ATTR_ID, "id", value) || !html_writer_claim_id(w, value)) {
                removed_add(w, "id ", value);
                return;
        }
        attrs->id = true;
        html_writer_attr(w, "id", value);
}

static void put_align(struct html_writer *w, struct str value)
{
        static const char *const sides[] = { "left", "center", "right", "justify" };

        for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
                if (!str_eq_nocase(value, str_of(sides[i])))
                        continue;
                if (w->classes.n > 0)
                        buf_putc(&w->classes, ' ');
                buf_printf(&w->classes, "align-%s", sides[i]);
        }
}

static void put_url(struct html_writer *w, const char *name, struct str value)
{
        if (html_url_allowed(value))
                write_url_attr(w, name, value);
        else
                removed_add(w, "URL ", value);
}

static void put_attr(struct html_writer *w, struct attrs *attrs, enum html_attr_kind kind,
                     const char *name, struct str value)
{
        switch (kind) {
        case ATTR_TEXT:
                html_writer_attr(w, name, value);
                return;
        case ATTR_HREF:
                html_writer_href(w, value);
                return;
        case ATTR_URL:
                put_url(w, name, value);
                return;
        case ATTR_ID:
        case ATTR_NAME:
                put_id(w, attrs, value);
                return;
        case ATTR_CLASS:
                if (!policy_class(&w->classes, value))
                        removed_add(w, "class ", value);
                return;
        case ATTR_ALIGN:
                put_align(w, value);
                return;
        case ATTR_FLAG:
                html_writer_attr(w, name, STR(""));
                return;
        default:
                if (policy_value(kind, name, value))
                        html_writer_attr(w, name, value);
                return;
        }
}

static bool has_attr(const struct html_token *token, struct str name)
{
        for (size_t i = 0; i < token->nattrs; i++)
                if (str_eq_nocase(token->attrs[i].name, name))
                        return true;
        return false;
}

static void put_attrs(struct html_writer *w, enum html_tag tag, const struct html_token *token)
{
        struct attrs attrs = { .id = false };

        buf_clear(&w->classes);
        for (size_t i = 0; i < token->nattrs; i++) {
                const struct html_token_attr *a = &token->attrs[i];
                const char *name = NULL;
                enum html_attr_kind kind = policy_attr(tag, a->name, &name);

                if (kind == ATTR_NONE) {
                        removed_add(w, "attribute ", a->name);
                        continue;
                }
                if (kind == ATTR_IMAGE || seen_before(&attrs, name) ||
                    (kind == ATTR_NAME && has_attr(token, STR("id"))))
                        continue;
                put_attr(w, &attrs, kind, name, decode_attr(w, a->value));
        }
        if (w->classes.n > 0)
                html_writer_attr(w, "class", buf_str(&w->classes));
}

/* The decoded value of the first attribute of this name, in arena; empty when there is none. */
static struct str find_attr(struct html_writer *w, const struct html_token *token, const char *name)
{
        for (size_t i = 0; i < token->nattrs; i++)
                if (str_eq_nocase(token->attrs[i].name, str_of(name)))
                        return arena_str(w->arena, decode_attr(w, token->attrs[i].value));
        return STR("");
}

static void image(struct html_writer *w, const struct html_token *token)
{
        struct str src = str_trim(find_attr(w, token, "src"));
        struct str alt = find_attr(w, token, "alt");

        if (src.n == 0) {
                removed_add(w, "image without an address", STR(""));
                html_writer_text(w, alt);
                return;
        }
        if (!html_writer_image(w, src, alt))
                return;
        put_attrs(w, HTML_IMG, token);
        /* An author who gave one of the two has decided; the browser finds the other. */
        if (!has_attr(token, STR("width")) && !has_attr(token, STR("height")))
                html_writer_image_size(w);
}

static void drop(struct html_writer *w, const struct html_token *token, bool raw, struct str *rest)
{
        removed_add(w, "element ", token->name);
        stack_settle(w);
        w->dropping = true;
        w->drop_raw = raw;
        w->drop_name = arena_str(w->arena, token->name);
        w->drop_nested = 1;
        w->drop_depth = w->depth;
        if (raw)
                token_skip_raw(rest, w->drop_name);
}

/* Within something dropped: look for its end only. */
static void drop_on(struct html_writer *w, const struct html_token *token)
{
        if (token->kind == TOKEN_TEXT || !str_eq_nocase(token->name, w->drop_name))
                return;
        if (token->kind == TOKEN_END)
                w->drop_nested--;
        else if (!w->drop_raw)
                w->drop_nested++;
        if (w->drop_nested == 0)
                w->dropping = false;
}

static enum html_tag demoted(const struct html_writer *w, enum html_tag tag)
{
        return tag == HTML_H1 && w->options.demote_h1 ? HTML_H2 : tag;
}

static void start_tag(struct html_writer *w, const struct html_token *token, struct str *rest)
{
        enum html_tag tag = HTML_SPAN;
        enum html_fate fate = policy_element(token->name, &tag);

        if (fate == FATE_DROP || fate == FATE_DROP_RAW) {
                drop(w, token, fate == FATE_DROP_RAW, rest);
                return;
        }
        if (fate == FATE_UNWRAP) {
                removed_add(w, "element ", token->name);
                return;
        }
        tag = demoted(w, tag);
        if (tag == HTML_IMG) {
                image(w, token);
                return;
        }
        if (!stack_open(w, tag, false))
                return;
        put_attrs(w, tag, token);
        if (tag == HTML_PRE && str_starts(*rest, STR("\n")))
                *rest = str_make(rest->p + 1, rest->n - 1);
}

static void end_tag(struct html_writer *w, const struct html_token *token)
{
        enum html_tag tag = HTML_SPAN;

        if (policy_element(token->name, &tag) != FATE_KEEP)
                return;
        if (tag == HTML_BR)
                stack_open(w, HTML_BR, false);
        else
                stack_end_tag(w, demoted(w, tag));
}

static void raw_text(struct html_writer *w, struct str text)
{
        if (str_find(text, '&') < 0) {
                html_writer_text(w, text);
                return;
        }
        buf_clear(&w->decoded);
        html_decode(&w->decoded, text, false);
        html_writer_text(w, buf_str(&w->decoded));
}

void html_writer_raw(struct html_writer *w, struct str markup)
{
        struct html_token token;

        while (!html_writer_failed(w) && token_next(&markup, &token)) {
                if (w->dropping)
                        drop_on(w, &token);
                else if (token.kind == TOKEN_START)
                        start_tag(w, &token, &markup);
                else if (token.kind == TOKEN_END)
                        end_tag(w, &token);
                else
                        raw_text(w, token.text);
        }
}

int html_sanitize(struct arena *arena, struct str fragment, html_link_fn *link, void *link_ctx,
                  struct buf *out, struct html_removed **removed, struct err *err)
{
        if (fragment.n > FRAGMENT_MAX)
                return err_set(err, ERR_LIMIT, "the markup is larger than 8 MiB; split it");
        struct html_writer_options options = { .link = link, .link_ctx = link_ctx };
        struct buf markup CLEANUP_BUF = { 0 };
        struct html_writer *w CLEANUP_HTML_WRITER = html_writer_new(arena, &options, &markup);
        const struct html_removed *list = NULL;

        html_writer_raw(w, html_clean(arena, fragment));
        int r = html_writer_finish(w, &list, err);

        if (r < 0)
                return r;
        buf_add_str(out, buf_str(&markup));
        if (removed != NULL)
                *removed = w->removed;
        return 0;
}
