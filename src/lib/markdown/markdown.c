/*
 * markdown.c -- from a source to a document.
 */
#include "markdown/markdown.h"

#include <stdlib.h>

#include "html/text.h"
#include "markdown/delimiters.h"
#include "markdown/render.h"

enum {
        SOURCE_MAX = 8 * 1024 * 1024,
        HTML_MAX = 64 * 1024 * 1024,
        HTML_MIN = 1024 * 1024,
        GROWTH = 64,                    /* "[^a]" makes about 110 bytes, the worst of all */
};

/* What a run needs besides the arena, so that every way out frees it. */
struct run {
        struct render *r;
        struct buf html;
        struct buf text;
        struct buf wide;                /* the source with wider delimiter rows */
        struct buf source;              /* and without the definitions of footnotes */
};

static void run_free(struct run *run)
{
        html_writer_free(&run->r->w);
        map_free(&run->r->repeats);
        map_free(&run->r->notes.by_label);
        buf_free(&run->r->raw);
        buf_free(&run->r->scratch);
        buf_free(&run->r->alt);
        buf_free(&run->r->heading_text);
        free(run->r->headings);
        buf_free(&run->html);
        buf_free(&run->text);
        buf_free(&run->wide);
        buf_free(&run->source);
}

static int check_source(struct str source, struct err *err)
{
        if (source.n > SOURCE_MAX)
                return err_set(err, ERR_LIMIT, "the document is larger than 8 MiB; split it");
        if (!str_is_utf8(source))
                return err_set(err, ERR_INVALID,
                               "the document is not UTF-8 text; save it as UTF-8 and try again");
        return 0;
}

/*
 * A source that names one long address often, or has one wide table row and many short ones, could
 * grow with the square of its size: the output has a limit in proportion, far above what prose
 * needs.
 */
static size_t output_limit(size_t source)
{
        size_t limit = source * GROWTH + HTML_MIN;

        return limit < HTML_MAX ? limit : HTML_MAX;
}

static struct str find_footnotes(struct run *run, struct str source)
{
        struct render *r = run->r;

        if (r->plain || str_find_str(source, STR("[^")) < 0)
                return source;
        footnotes_collect(r->arena, source, &run->source, &r->notes);
        if (r->notes.count == 0)
                return source;
        r->order = arena_array(r->arena, r->notes.count, sizeof(struct footnote *));
        for (size_t i = 1; i <= r->notes.count; i++) {
                struct str id = str_of(arena_printf(r->arena, "fn:%zu", i));

                html_writer_claim_id(r->w, id);
        }
        return buf_str(&run->source);
}

static int run_render(struct run *run, struct str source, const struct html_removed **removed,
                      struct err *err)
{
        struct render *r = run->r;

        source = html_clean(r->arena, source);
        run->html.max = output_limit(source.n);
        for (size_t i = 0; i < r->options->nreserved_ids; i++)
                html_writer_claim_id(r->w, r->options->reserved_ids[i]);
        if (delimiters_widen(source, &run->wide))
                source = buf_str(&run->wide);
        source = find_footnotes(run, source);
        int e = render_parse(r, source, err);

        if (e < 0 || (e = endnotes_render(r, err)) < 0)
                return e;
        return html_writer_finish(r->w, removed, err);
}

static void run_init(struct run *run, struct arena *arena, const struct markdown_options *options,
                     bool plain)
{
        struct html_writer_options writer = {
                .link = options->link,
                .picture = options->picture,
                .link_ctx = options->link_ctx,
                .demote_h1 = options->drop_first_h1 && !plain,
                .text = plain ? NULL : &run->text,
        };

        run->r = arena_alloc(arena, sizeof *run->r);
        run->r->arena = arena;
        run->r->options = options;
        run->r->plain = plain;
        run->r->repeats = map_new();
        run->r->w = html_writer_new(arena, &writer, &run->html);
}

static const struct markdown_heading *copy_headings(struct arena *arena, const struct render *r)
{
        struct markdown_heading *copy = arena_array(arena, r->nheadings, sizeof *copy);

        if (r->nheadings > 0)
                memcpy(copy, r->headings, r->nheadings * sizeof *copy);
        return copy;
}

int markdown_render(struct arena *arena, struct str source, const struct markdown_options *options,
                    struct markdown_doc *out, struct err *err)
{
        static const struct markdown_options defaults;
        const struct html_removed *removed = NULL;
        struct run run CLEANUP(run_free) = { 0 };
        int e = check_source(source, err);

        run_init(&run, arena, options != NULL ? options : &defaults, false);
        if (e < 0 || (e = run_render(&run, source, &removed, err)) < 0)
                return e;
        *out = (struct markdown_doc){
                .body = { arena_str(arena, buf_str(&run.html)) },
                .title = run.r->title,
                .headings = copy_headings(arena, run.r),
                .nheadings = run.r->nheadings,
                .text = arena_str(arena, str_trim(buf_str(&run.text))),
                .removed = removed,
        };
        return 0;
}

int markdown_render_plain(struct arena *arena, struct str source, struct html *out, struct err *err)
{
        static const struct markdown_options none;
        struct run run CLEANUP(run_free) = { 0 };
        int e = check_source(source, err);

        run_init(&run, arena, &none, true);
        if (e < 0 || (e = run_render(&run, source, NULL, err)) < 0)
                return e;
        *out = (struct html){ arena_str(arena, buf_str(&run.html)) };
        return 0;
}
