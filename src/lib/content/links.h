/*
 * links.h -- private to content/: where the links of a topic lead.
 *
 * Links in a source are relative to the file it came from; pages need addresses of the publication.
 * Anchors are checked against the ids that topics really have, so every topic is rendered once
 * before the first link is resolved. Generators spell ids differently (mdBook keeps double dashes):
 * a fragment that only differs in that is put right.
 *
 * Owns:   its maps; texts live in the arena it was given.
 */
#pragma once

#include "base/arena.h"
#include "base/map.h"
#include "content/content.h"
#include "markdown/markdown.h"
#include "picture/picture.h"

struct link_target {
        struct str slug;
        struct str source_path;
        struct str url;                 /* of the page */
        struct str title_id; /* the id its title would have: leads to the top of the page */
        struct map *ids;                /* anchors it has; NULL: not rendered (yet) */
};

/* A file that pages may show or offer. */
struct link_file {
        int64_t blob;
        bool measured;
        bool has_size;
        struct picture_size size;
};

/* The size of the picture in this blob; asked at most once for each. */
typedef bool links_measure_fn(void *ctx, int64_t blob, struct picture_size *out);

struct links {
        struct arena *arena;
        struct str publication;         /* slug in the addresses */
        struct map *topics;             /* link_target by source path, folder of an index, slug */
        struct map *files;              /* link_file by path */
        links_measure_fn *measure;      /* NULL: pictures have no size */
        void *measure_ctx;
        const struct content_report *report;
        size_t lost;                    /* counted on beyond what is reported */
        size_t nids;                    /* past the limit anchors go unchecked */
        unsigned (*line_of)(const void *ctx, const struct link_target *from, struct str text);
        const void *line_ctx;           /* line_of may be NULL */
};

void links_open(struct links *l, struct arena *arena, struct str publication,
                const struct content_report *report);
void links_close(struct links *l);

/* All texts are borrowed. */
struct link_target *links_add_topic(struct links *l, struct str slug, struct str source_path);
void links_add_file(struct links *l, struct str path, int64_t blob);

/*
 * How a link that leads nowhere begins, so that the writer of HTML leaves it out and keeps its
 * text.
 */
#define LINKS_MISSING "missing:"

/* For markdown_options.link, with one of these as its context. */
struct link_place {
        struct links *links;
        struct link_target *from;
        struct arena *scratch;          /* for as long as this topic is rendered */
};
bool links_resolve(void *place, struct str dest, bool image, struct buf *out);
/* For markdown_options.picture: url is what links_resolve() made. */
bool links_picture(void *place, struct str url, unsigned *width, unsigned *height);

/* Remember the ids that a rendered body has; all topics first, then the links. */
void links_note_ids(struct links *l, struct link_target *t, const struct markdown_doc *doc);

/* "/docs/PUBLICATION/SLUG", bytes outside of ASCII percent-encoded. */
struct str links_page_url(struct arena *arena, struct str publication, struct str slug);
