/*
 * listing.c -- <Listing number= file-name= caption=> of the Rust book's preprocessor, as text.
 *
 * The caption is words of the author that stand in an attribute, where no renderer would show them.
 */
#include <string.h>

#include "exchange/convert.h"

/* The value of name="..." in a tag, or empty. */
static struct str attribute(struct str tag, const char *name)
{
        struct str rest = tag;
        size_t n = strlen(name);

        for (;;) {
                ptrdiff_t at = str_find_str(rest, str_of(name));

                if (at < 0)
                        return (struct str){ "", 0 };
                rest = str_make(rest.p + at + n, rest.n - (size_t)at - n);
                if (rest.n > 2 && rest.p[0] == '=' && (rest.p[1] == '"' || rest.p[1] == '\'')) {
                        char quote = rest.p[1];

                        rest = str_make(rest.p + 2, rest.n - 2);
                        return str_cut(&rest, quote);
                }
        }
}

/* The whole opening tag, which may run over a few lines; *end is the line behind it. */
static struct str whole_tag(struct conversion *c, const struct lines *in, size_t from, size_t *end)
{
        struct str tag = str_trim(in->v[from].text);
        size_t i = from + 1;

        while (tag.p[tag.n - 1] != '>' && i < in->n && i < from + 8 &&
               !line_is_blank(in->v[i].text)) {
                tag = str_of(arena_printf(c->scratch, "%.*s %.*s", STR_ARG(tag),
                                          STR_ARG(str_trim(in->v[i].text))));
                i++;
        }
        *end = i;
        return tag;
}

static struct str caption_of(struct conversion *c, struct str tag)
{
        struct str number = attribute(tag, " number"), caption = attribute(tag, " caption");

        if (number.n == 0)
                return caption;
        return str_of(arena_printf(c->scratch, "Listing %.*s%s%.*s", STR_ARG(number),
                                   caption.n > 0 ? ": " : "", STR_ARG(caption)));
}

void convert_listings(struct conversion *c, const struct lines *in, struct lines *out)
{
        struct fence fence = { 0 };
        struct str caption = { "", 0 };

        for (size_t i = 0; i < in->n; i++) {
                struct str text = str_trim(in->v[i].text);
                unsigned number = in->v[i].number;
                bool code = fence_step(&fence, in->v[i].text);

                if (!code && str_starts(text, STR("<Listing"))) {
                        size_t end;
                        struct str tag = whole_tag(c, in, i, &end);
                        struct str file = attribute(tag, " file-name");

                        caption = caption_of(c, tag);
                        change_count(&c->listings, number);
                        if (file.n > 0)
                                lines_add(out, str_of(arena_printf(c->scratch, "Filename: %.*s",
                                                                   STR_ARG(file))),
                                          number);
                        i = end - 1;
                } else if (!code && str_is(text, "</Listing>")) {
                        lines_add(out, caption, number);
                        lines_add(out, STR(""), number);
                        caption.n = 0;
                } else {
                        lines_add_from(out, &in->v[i]);
                }
        }
}
