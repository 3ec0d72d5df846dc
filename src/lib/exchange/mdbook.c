/*
 * mdbook.c -- book.toml and src/SUMMARY.md; also GitBook's SUMMARY.md without a book.toml.
 */
#include "exchange/path.h"
#include "exchange/plan.h"

enum { CONFIG_MAX = 1024 * 1024 };


struct book {
        struct plan *plan;
        struct str src;
};

static void take_book(void *ctx, struct str section, struct str key, struct str value,
                      unsigned line)
{
        struct book *book = ctx;
        struct plan *plan = book->plan;

        (void)line;
        if (!str_is(section, "book"))
                return;
        value = arena_str(plan->arena, value);
        if (str_is(key, "title"))
                plan->title = value;
        else if (str_is(key, "description"))
                plan->description = value;
        else if (str_is(key, "language"))
                plan->language = value;
        else if (str_is(key, "src"))
                book->src = value;
}

static void take_redirect(void *ctx, struct str section, struct str key, struct str value,
                          unsigned line)
{
        struct plan *plan = ctx;

        if (str_is(section, "output.html.redirect"))
                plan_redirect(plan, key, value, line);
}

static int read_config(struct plan *plan, struct buf *text, struct err *err)
{
        const struct entry *e = bundle_find(plan->b, plan->config);

        if (e == NULL || e->size > CONFIG_MAX)
                return err_set(err, ERR_LIMIT, "'%.*s' is missing or longer than 1 MiB",
                               STR_ARG(plan->config));
        return bundle_read(plan->b, e, text, err);
}

int mdbook_configure(struct plan *plan, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct book book = { .plan = plan, .src = STR("src") };

        if (bundle_find(plan->b, STR("book.toml")) == NULL) {
                bool in_src = bundle_find(plan->b, STR("src/SUMMARY.md")) != NULL;

                plan->config = in_src ? STR("src/SUMMARY.md") : STR("SUMMARY.md");
                plan->root = in_src ? STR("src") : STR("");
                return 0;
        }
        plan->config = STR("book.toml");
        int r = read_config(plan, &text, err);

        if (r < 0)
                return r;
        toml_walk(buf_str(&text), take_book, &book);
        if (!path_resolve(plan->arena, STR(""), book.src, &plan->root))
                return err_set(err, ERR_INVALID,
                               "book.toml names a source folder outside the book");
        return 0;
}

int mdbook_navigate(struct plan *plan, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct summary summary = { .drafts = 0 };
        const struct entry *e = plan_entry(plan, STR("SUMMARY.md"));
        int r;

        if (e == NULL) {
                notes_add(plan->notes, MANUAL_LOST, plan->config, 0,
                          "There is no SUMMARY.md; the topics are in the order of their names.");
                return folder_navigate(plan, STR(""), &plan->nav, err);
        }
        if (e->size > CONFIG_MAX)
                return err_set(err, ERR_LIMIT, "SUMMARY.md is longer than 1 MiB");
        r = bundle_read(plan->b, e, &text, err);
        if (r == 0)
                r = summary_parse(plan->arena, buf_str(&text), STR(""), false, &summary, err);
        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(e->path));
        plan->nav = summary.nav;
        if (summary.drafts > 0)
                notes_add(plan->notes, MANUAL_INFO, e->path, 0,
                          "%u draft chapters have no text; they are headings in the contents.",
                          summary.drafts);
        if (plan->title.n == 0 && !str_is(summary.title, "Summary") &&
            !str_is(summary.title, "Table of contents"))
                plan->title = summary.title;
        if (!str_is(plan->config, "book.toml"))
                return 0;
        buf_clear(&text);
        r = read_config(plan, &text, err);
        if (r == 0)
                toml_walk(buf_str(&text), take_redirect, plan);
        return r;
}
