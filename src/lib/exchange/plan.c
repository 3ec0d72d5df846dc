/*
 * plan.c -- what an import is about: its kind, where its content is, and what stays out.
 */
#include "exchange/plan.h"

#include "exchange/path.h"

enum { PATTERNS_MAX = 200 };

struct entry *plan_entry(const struct plan *plan, struct str path)
{
        struct str full;

        return path_resolve(plan->arena, plan->root, path, &full) ? bundle_find(plan->b, full)
                                                                  : NULL;
}

bool plan_inside(const struct plan *plan, struct str path, struct str *out)
{
        if (plan->root.n == 0) {
                *out = path;
                return true;
        }
        if (!str_starts(path, plan->root) || path.n <= plan->root.n + 1 ||
            path.p[plan->root.n] != '/')
                return false;
        *out = str_make(path.p + plan->root.n + 1, path.n - plan->root.n - 1);
        return true;
}

struct source *plan_source(const struct plan *plan, struct str path)
{
        struct str at;

        if (!path_resolve(plan->arena, STR(""), path, &at))
                return NULL;
        struct source *s = map_get(plan->by_path, at);

        if (s == NULL && str_ends(at, STR(".html")))
                s = map_get(plan->by_path,
                            str_of(arena_printf(plan->arena, "%.*s.md", STR_ARG(path_stem(at)))));
        return s;
}

void plan_redirect(struct plan *plan, struct str from_path, struct str to_path, unsigned line)
{
        struct str from, name = path_name(from_path);
        const struct source *to = plan_source(plan, link_path(plan->arena, to_path));
        bool index = str_starts(name, STR("index.")) || str_starts(name, STR("README."));

        if (!path_resolve(plan->arena, STR(""), link_path(plan->arena, from_path), &from) ||
            from.n == 0 || to == NULL || plan->nredirects >= PLAN_REDIRECTS_MAX) {
                notes_add(plan->notes, MANUAL_LOST, plan->config, line,
                          "The redirect from '%.*s' to '%.*s' leads to no topic.",
                          STR_ARG(from_path), STR_ARG(to_path));
                return;
        }
        plan->redirects[plan->nredirects++] =
                (struct manual_redirect){ path_slug(plan->arena, from, index), to->slug };
}

int plan_configure(struct plan *plan, struct err *err)
{
        static const char *const mkdocs[] = { "mkdocs.yml", "mkdocs.yaml" };
        static const char *const mdbook[] = { "book.toml", "src/SUMMARY.md", "SUMMARY.md" };
        static const char *const docusaurus[] = { "docusaurus.config.js", "docusaurus.config.ts" };

        for (size_t i = 0; i < ARRAY_LEN(mkdocs); i++) {
                plan->config = str_of(mkdocs[i]);
                if (bundle_find(plan->b, plan->config) != NULL) {
                        plan->kind = MANUAL_MKDOCS;
                        return mkdocs_configure(plan, err);
                }
        }
        for (size_t i = 0; i < ARRAY_LEN(mdbook); i++)
                if (bundle_find(plan->b, str_of(mdbook[i])) != NULL) {
                        plan->kind = MANUAL_MDBOOK;
                        return mdbook_configure(plan, err);
                }
        plan->kind = MANUAL_FOLDER;
        for (size_t i = 0; i < ARRAY_LEN(docusaurus); i++) {
                plan->config = str_of(docusaurus[i]);
                if (bundle_find(plan->b, plan->config) == NULL)
                        continue;
                plan->root = STR("docs");
                notes_add(plan->notes, MANUAL_INFO, plan->config, 0,
                          "This is a program and is not run: topics are ordered by their front"
                          " matter, their _category_ files and their names.");
                return 0;
        }
        plan->config = STR("");
        return 0;
}

/* exclude_docs: one pattern a line; with '/' it means the path, else the name. */
bool plan_excludes(const struct plan *plan, struct str path)
{
        struct str rest = plan->excluded;

        for (size_t i = 0; rest.n > 0 && i < PATTERNS_MAX; i++) {
                struct str p = str_trim(str_cut(&rest, '\n'));

                if (p.n == 0 || p.p[0] == '#' || p.p[0] == '!' || p.n > 200)
                        continue;
                bool whole = str_find(p, '/') >= 0;

                if (p.p[0] == '/')
                        p = str_make(p.p + 1, p.n - 1);
                if (p.n > 0 && p.p[p.n - 1] == '/' && str_starts(path, p))
                        return true;
                if (path_matches(p, whole ? path : path_name(path)))
                        return true;
        }
        return false;
}
