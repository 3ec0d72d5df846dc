/*
 * writer.h -- a stack machine that writes HTML which parses to exactly what was written.
 *
 * Two kinds of callers feed one writer: code that generates markup (the Markdown renderer), through
 * html_writer_open() and the rest, and foreign markup, through html_writer_raw(), which may use
 * only the allowlist of policy.c. Both end up on one stack of open elements, so foreign markup can
 * neither leave anything open, nor close what was generated around it, nor get an attribute it may
 * not have: there is no string of trusted and foreign markup in which anyone would have to tell the
 * two apart again.
 *
 * Trust:  all text and markup is hostile; it must have been through html_clean(). Element names,
 *         attribute names and the structure of generated calls are the program's own.
 * Owns:   its state; the output is the caller's. html_writer_free() it.
 * Linked by the portal's jobs, as a part of html.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "html/html.h"

enum html_tag {
#define ELEMENT(tag, name, model) HTML_##tag,
#include "html/elements.def"
#undef ELEMENT
        HTML_TAG_COUNT
};

enum { HTML_DEPTH_MAX = 256 };

struct html_writer_options {
        html_link_fn *link;             /* NULL: addresses stay as they are */
        html_picture_fn *picture;       /* NULL: pictures are written without their size */
        void *link_ctx;                 /* for both */
        bool demote_h1;                 /* foreign h1 become h2: the page has its own h1 */
        struct buf *text;               /* gets all text without markup; may be NULL */
};

struct html_writer;

/* Appends to out; what it takes away is listed in arena. */
NODISCARD struct html_writer *html_writer_new(struct arena *arena,
                                              const struct html_writer_options *options,
                                              struct buf *out);
void html_writer_free(struct html_writer **w);
#define CLEANUP_HTML_WRITER CLEANUP(html_writer_free)

/*
 * Open an element, closing first what may not be around it. The result is for html_writer_close()
 * and is 0 for a void element and for one that may not stand here (an a within an a), which is left
 * out. Attributes follow at once.
 */
size_t html_writer_open(struct html_writer *w, enum html_tag tag);
void html_writer_attr(struct html_writer *w, const char *name, struct str value);

/* Close the element and what is still open within it; nothing when foreign markup has closed it. */
void html_writer_close(struct html_writer *w, size_t element);

void html_writer_text(struct html_writer *w, struct str text);
void html_writer_label(struct html_writer *w, struct str text);    /* seen, but not to be found */
void html_writer_newline(struct html_writer *w);                   /* between blocks */

/* Foreign markup: any bytes, in any pieces. A tag must be whole within its piece. */
void html_writer_raw(struct html_writer *w, struct str markup);

/*
 * The href of the a just opened: dest as the link callback turns it, or no attribute when its
 * scheme is not on the list.
 */
void html_writer_href(struct html_writer *w, struct str dest);

/*
 * An image. True: it is open for more attributes. False: it is not of this origin and became a
 * link, or text where no link may stand.
 */
bool html_writer_image(struct html_writer *w, struct str src, struct str alt);

/*
 * The width and height of the image just opened, where they are known, so that the text below it
 * stays where it is while it loads.
 */
void html_writer_image_size(struct html_writer *w);

/*
 * Where attributes can be inserted later in the element just opened; SIZE_MAX when it was left out.
 */
size_t html_writer_mark(struct html_writer *w);
void html_writer_insert_attr(struct html_writer *w, size_t mark, const char *name,
                             struct str value);

/*
 * Make the th just opened a td, if nothing has been written into it: a header without text names nothing,
 * and says so to nobody but a screen reader. True when it was done.
 */
bool html_writer_empty_header(struct html_writer *w, size_t element);

/* Take an id for one element of this document; false when it is taken. */
bool html_writer_claim_id(struct html_writer *w, struct str id);

/* Within this foreign or generated element now? */
bool html_writer_inside(const struct html_writer *w, enum html_tag tag);

/* True when something was nested too deeply: stop early, finish will say it. */
bool html_writer_failed(const struct html_writer *w);

/* Close everything. ERR_LIMIT: an element was deeper than 256. *removed may be NULL. */
NODISCARD int html_writer_finish(struct html_writer *w, const struct html_removed **removed,
                                 struct err *err);
