/*
 * html.h -- HTML that may be sent, and the only ways to make it.
 *
 * Trust:  every input is hostile text. Output is safe in element content and in double-quoted
 *         attributes; never put it inside <script>, <style> or an unquoted attribute.
 * Owns:   nothing; writes into the caller's buffer.
 * Linked by the portal and its jobs. Needs base only.
 */
#pragma once

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Markup that has been through the sanitiser, the Markdown renderer or a template. The templates'
 * raw form takes this type and no other, so a plain string cannot reach a page unescaped.
 */
struct html {
        struct str s;
};

/* Append text with & < > " ' replaced by character references. */
void html_escape(struct buf *out, struct str text);

/*
 * Append a URL for an href or src attribute, escaped. A URL whose scheme is not on the list
 * (relative, #fragment, http, https, mailto, tel) becomes "#": browsers strip tabs, newlines and
 * leading controls before they read a scheme, and so does this check.
 */
void html_url(struct buf *out, struct str url);
bool html_url_allowed(struct str url);

/* Whether a URL stays on this origin whatever the page's own is: no scheme, no "//host". */
bool html_url_local(struct str url);

/* What the sanitiser took away, for the author to read. */
struct html_removed {
        struct str what;                /* "element script", "attribute onclick", "URL data:..." */
        struct html_removed *next;
};

/*
 * Ask where a link or image of the markup should point. dest is the decoded attribute value; return
 * true and append the new URL to out, or false to keep dest.
 */
typedef bool html_link_fn(void *ctx, struct str dest, bool image, struct buf *out);

/* How large the picture at this address of the page's own is. False: not known, and nothing is written. */
typedef bool html_picture_fn(void *ctx, struct str url, unsigned *width, unsigned *height);

/*
 * Read a fragment as a browser does and append only what the allowlist has, so that it parses to
 * exactly what was written (WHATWG HTML 13.2; docs/decisions/0002-html-writer.md). Linear in
 * its size. Images of other origins become links. Never fails on strange markup; ERR_LIMIT when it
 * is deeper than 256 elements or larger than 8 MiB. *removed (may be NULL) lists what was dropped,
 * in arena, 100 lines at most.
 */
NODISCARD int html_sanitize(struct arena *arena, struct str fragment, html_link_fn *link,
                            void *link_ctx, struct buf *out, struct html_removed **removed,
                            struct err *err);
