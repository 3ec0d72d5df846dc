/*
 * plan.h -- private to exchange/: an import while it is being understood.
 *
 * Order of work: the archive is in the bundle; a configuration file tells the kind and where the
 * content is; every topic's front matter is read; the navigation is built; each topic is converted.
 *
 * Owns:   nothing; everything lives in the bundle's arena.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "exchange/bundle.h"
#include "exchange/exchange.h"
#include "exchange/notes.h"

/* A file that becomes a topic. */
struct source {
        struct entry *entry;
        struct str path;                /* relative to the content's root */
        struct str slug;
        struct str title;               /* of the topic; set when it has been converted */
        struct str front_title;         /* front matter */
        struct str nav_title;           /* what the navigation calls it first, or empty */
        struct str label;               /* short title for the contents, front matter */
        struct str description;
        struct str metadata;
        struct str wanted_slug;
        bool has_position;
        int64_t position;               /* thousandths */
        bool draft;
        bool is_index;
        bool is_html, is_mdx;
        bool listed;                    /* in the navigation */
        size_t body;                    /* where the text begins, after the front matter */
        unsigned body_line;
        struct manual_topic *topic;
};

/* The navigation as it is found, before it is checked. */
struct nav {
        struct str title;               /* empty: the topic's own */
        struct str path;                /* topic, relative to the content's root; or empty */
        struct str url;                 /* external; or empty */
        unsigned line;                  /* in the file that lists it; 0: no file does */
        struct nav *children;
        struct nav *next;
};

enum { PLAN_REDIRECTS_MAX = 20000 };

struct plan {
        struct bundle *b;
        struct arena *arena;
        struct notes *notes;
        enum manual_kind kind;
        struct str config;              /* mkdocs.yml, book.toml or SUMMARY.md; or empty */
        struct str root;                /* folder of the content, or empty */
        struct str title, language, description;
        struct source **sources;
        size_t nsources;
        struct map *by_path;            /* struct source by path */
        struct nav *nav;
        const struct yaml *settings;    /* mkdocs.yml */
        bool word_callouts;             /* "NOTE: text" is a box: MkDocs' callouts extension */
        struct str excluded;            /* lines of patterns: not imported at all */
        size_t promoted;                /* topics whose first heading became their title */
        struct manual_redirect *redirects;      /* room for PLAN_REDIRECTS_MAX */
        size_t nredirects;
};

/* The entry at a path below the content's root, or NULL. */
struct entry *plan_entry(const struct plan *plan, struct str path);

/* The path below the root of an entry's path; false when it is elsewhere. */
bool plan_inside(const struct plan *plan, struct str path, struct str *out);

/* The topic that a link in the navigation means: as it stands, or its .md twin. NULL: none. */
struct source *plan_source(const struct plan *plan, struct str path);

void plan_redirect(struct plan *plan, struct str from_path, struct str to_path, unsigned line);

/* What kind of manual this is, told by its configuration file. */
NODISCARD int plan_configure(struct plan *plan, struct err *err);

/* Whether exclude_docs names this path below the root. */
bool plan_excludes(const struct plan *plan, struct str path);

/* sources.c: fill sources, sorted by their paths' bytes, and by_path; at least one, or ERR_NOT_FOUND. */
NODISCARD int sources_find(struct plan *plan, struct err *err);
/* Give each its slug; slugs gets struct source by it. Fails: ERR_INVALID  two would be one topic. */
NODISCARD int sources_name(struct plan *plan, struct map *slugs, struct err *err);

/* contents.c: the navigation below top: what has no topic is out, what nobody listed is at the end. */
NODISCARD int contents_navigate(struct plan *plan, struct nav *top, struct err *err);
/* The converted topics in its order, as the nodes of out. */
void contents_flatten(struct plan *plan, const struct nav *nav, struct manual *out);

/* mkdocs.c, mdbook.c: read the configuration; then, with all sources known, the navigation. */
NODISCARD int mkdocs_configure(struct plan *plan, struct err *err);
NODISCARD int mkdocs_navigate(struct plan *plan, struct err *err);
NODISCARD int mdbook_configure(struct plan *plan, struct err *err);
NODISCARD int mdbook_navigate(struct plan *plan, struct err *err);

/* folder.c: the contents of a folder in their natural order. */
NODISCARD int folder_navigate(struct plan *plan, struct str folder, struct nav **out,
                              struct err *err);

/*
 * summary.c: a list of links in Markdown. Paths come resolved from folder. list_only: headings and
 * links between the lists are prose (a README that also serves as navigation), not parts and
 * chapters.
 */
struct summary {
        struct nav *nav;
        struct str title;               /* the heading above the first entry */
        unsigned drafts;                /* entries without a target */
};
NODISCARD int summary_parse(struct arena *arena, struct str text, struct str folder,
                            bool list_only, struct summary *out, struct err *err);

/* front.c: split off the front matter and read what we know of it. */
NODISCARD int front_read(struct plan *plan, struct source *s, struct str text, struct err *err);

/* toml.c: `key = "value"` lines with their section; other values come as they are written. */
typedef void toml_fn(void *ctx, struct str section, struct str key, struct str value,
                     unsigned line);
void toml_walk(struct str text, toml_fn *fn, void *ctx);

/* Text of Markdown inline markup without the markup, for titles. */
struct str title_plain(struct arena *arena, struct str markdown);

/* Whether a link names another host or scheme and so leaves the manual. */
bool link_is_external(struct str link);
/* Without #fragment and ?query, %XX decoded. */
struct str link_path(struct arena *arena, struct str link);
