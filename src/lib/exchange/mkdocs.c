/*
 * mkdocs.c -- mkdocs.yml: names, folder, navigation, and the settings of two plugins that shape it
 * (literate-nav, redirects). Nothing in it is run.
 */
#include "exchange/path.h"
#include "exchange/plan.h"
#include "exchange/yaml_tree.h"

enum { CONFIG_MAX = 1024 * 1024, LEVELS_MAX = 24 };

/* What a list of names, some with settings, says of one; *out is NULL when it has none. */
static bool switched_on(const struct yaml *plugins, const char *name, const struct yaml **out)
{
        *out = NULL;
        for (const struct yaml *y = plugins != NULL ? plugins->children : NULL; y != NULL;
             y = y->next) {
                if (y->kind == YAML_SCALAR && str_is(y->text, name))
                        return true;
                if (plugins->kind == YAML_MAP && str_is(y->key, name)) {
                        *out = y;
                        return true;
                }
                if (y->kind == YAML_MAP && yaml_get(y, name) != NULL) {
                        *out = yaml_get(y, name);
                        return true;
                }
        }
        return false;
}

static bool plugin(const struct yaml *settings, const char *name, const struct yaml **out)
{
        return switched_on(yaml_get(settings, "plugins"), name, out);
}

static void note_what_is_not_run(struct plan *plan, const struct yaml_odd *odd)
{
        static const char *const code[] = { "hooks", "INHERIT" };

        if (odd->tags > 0)
                notes_add(plan->notes, MANUAL_INFO, plan->config, odd->line,
                          "%u values with special tags (the first is %.*s) are not evaluated.",
                          odd->tags, STR_ARG(odd->tag));
        if (odd->aliases > 0)
                notes_add(plan->notes, MANUAL_LOST, plan->config, odd->line,
                          "%u YAML aliases are not followed; write their values out if they"
                          " are needed.",
                          odd->aliases);
        for (size_t i = 0; i < ARRAY_LEN(code); i++) {
                const struct yaml *y = yaml_get(plan->settings, code[i]);

                if (y != NULL)
                        notes_add(plan->notes, MANUAL_LOST, plan->config, y->line,
                                  "'%s' is not carried out.", code[i]);
        }
}

int mkdocs_configure(struct plan *plan, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct yaml_odd odd = { .tags = 0 };
        struct yaml *settings = NULL;
        const struct entry *e = bundle_find(plan->b, plan->config);

        if (e == NULL || e->size > CONFIG_MAX)
                return err_set(err, ERR_LIMIT, "'%.*s' is longer than 1 MiB",
                               STR_ARG(plan->config));
        int r = bundle_read(plan->b, e, &text, err);

        if (r == 0)
                r = yaml_parse(plan->arena, buf_str(&text), &settings, &odd, err);
        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(plan->config));
        plan->settings = settings;
        note_what_is_not_run(plan, &odd);
        plan->title = yaml_text(settings, "site_name");
        plan->description = yaml_text(settings, "site_description");
        const struct yaml *none;

        plan->word_callouts =
                switched_on(yaml_get(settings, "markdown_extensions"), "callouts", &none);
        plan->excluded = yaml_text(settings, "exclude_docs");
        const struct yaml *theme = yaml_get(settings, "theme");
        struct str language = yaml_text(theme, "language");

        plan->language = language.n > 0 ? language : yaml_text(theme, "locale");
        struct str folder = yaml_text(settings, "docs_dir");

        if (!path_resolve(plan->arena, path_folder(plan->config),
                          folder.n > 0 ? folder : STR("docs"), &plan->root))
                return err_set(err, ERR_INVALID, "docs_dir is outside the archive");
        return 0;
}

static int nav_list(struct plan *plan, const struct yaml *list, unsigned level, struct nav **out,
                    struct err *err);

/* literate-nav: a folder whose own page lists what is in it. */
static int nav_from_page(struct plan *plan, struct str folder, const struct source *page,
                         bool with_page, struct nav *n, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct summary summary = { .drafts = 0 };
        int r = bundle_read(plan->b, page->entry, &text, err);

        if (r == 0)
                r = summary_parse(plan->arena, buf_str(&text), folder, true, &summary, err);
        if (r < 0)
                return err_wrap(err, r, "%.*s", STR_ARG(page->entry->path));
        n->children = summary.nav;
        if (with_page)
                n->path = page->path;
        return 0;
}

static int nav_folder(struct plan *plan, struct str path, struct nav *n, struct err *err)
{
        struct str folder = path;
        const struct yaml *literate;

        while (folder.n > 0 && folder.p[folder.n - 1] == '/')
                folder.n--;
        if (plugin(plan->settings, "literate-nav", &literate)) {
                struct str name = yaml_text(literate, "nav_file"), at;

                if (path_resolve(plan->arena, folder, name.n > 0 ? name : STR("SUMMARY.md"), &at)) {
                        const struct source *page = map_get(plan->by_path, at);
                        bool with_page = str_is(yaml_text(literate, "implicit_index"), "true");

                        if (page != NULL)
                                return nav_from_page(plan, folder, page, with_page, n, err);
                }
        }
        struct nav *inside = NULL;
        int r = folder_navigate(plan, folder, &inside, err);

        n->children = inside;
        return r;
}

static int nav_value(struct plan *plan, struct str title, const struct yaml *y, unsigned level,
                     struct nav **out, struct err *err)
{
        struct nav *n = arena_alloc(plan->arena, sizeof *n);
        int r = 0;

        n->title = title_plain(plan->arena, title);
        n->line = y->line;
        if (y->kind != YAML_SCALAR)
                r = nav_list(plan, y, level + 1, &n->children, err);
        else if (link_is_external(y->text))
                n->url = y->text;
        else if (y->text.n > 0 && y->text.p[y->text.n - 1] == '/')
                r = nav_folder(plan, y->text, n, err);
        else
                n->path = link_path(plan->arena, y->text);
        *out = n;
        return r;
}

/* A list of pages, of `title: page` and of `title: list`; a map at the top reads the same. */
static int nav_list(struct plan *plan, const struct yaml *list, unsigned level, struct nav **out,
                    struct err *err)
{
        struct nav **tail = out;
        int r = 0;

        if (level > LEVELS_MAX)
                return err_set(err, ERR_LIMIT, "%.*s: the navigation is more than %d deep",
                               STR_ARG(plan->config), LEVELS_MAX);
        for (const struct yaml *y = list->children; r == 0 && y != NULL; y = y->next) {
                bool pair = list->kind == YAML_LIST && y->kind == YAML_MAP;
                const struct yaml *value = pair ? y->children : y;

                for (; r == 0 && value != NULL; value = pair ? value->next : NULL) {
                        r = nav_value(plan, value->key, value, level, tail, err);
                        if (r == 0)
                                tail = &(*tail)->next;
                }
        }
        return r;
}

static void take_redirects(struct plan *plan)
{
        const struct yaml *settings;

        if (!plugin(plan->settings, "redirects", &settings))
                return;
        const struct yaml *maps = yaml_get(settings, "redirect_maps");

        for (const struct yaml *y = maps != NULL ? maps->children : NULL; y != NULL; y = y->next)
                if (y->kind == YAML_SCALAR)
                        plan_redirect(plan, y->key, y->text, y->line);
}

int mkdocs_navigate(struct plan *plan, struct err *err)
{
        const struct yaml *nav = yaml_get(plan->settings, "nav");
        const struct yaml *literate;

        take_redirects(plan);
        if (nav != NULL && nav->kind != YAML_SCALAR)
                return nav_list(plan, nav, 0, &plan->nav, err);
        if (plugin(plan->settings, "literate-nav", &literate)) {
                struct nav top = { 0 };
                int r = nav_folder(plan, STR(""), &top, err);

                plan->nav = top.children;
                return r;
        }
        return folder_navigate(plan, STR(""), &plan->nav, err);
}
