/*
 * convert.h -- private to exchange/: from a generator's dialect to ours, line by line.
 *
 * Each pass reads lines and writes lines. None but the include pass touches code: what looks like a
 * directive inside a fence is somebody's example.
 *
 * Owns:   nothing; lines and made text live in the scratch arena of one topic.
 */
#pragma once

#include "base/arena.h"
#include "exchange/lines.h"
#include "exchange/plan.h"

/* What was changed in one topic; one note each, with the first place. */
struct change {
        unsigned count;
        unsigned line;
};

struct conversion {
        struct plan *plan;
        struct source *source;
        struct arena *scratch;
        size_t bytes;                   /* made by includes, against limits.text */
        struct change callouts, tabs, definitions, attributes, tocs, hidden, titles, modules,
                listings;
};

/*
 * {{#include f:2:10}} and its like (mdBook); --8<-- "f" (snippets). ERR_LIMIT when they grow too
 * far.
 */
NODISCARD int convert_includes(struct conversion *c, const struct lines *in, struct lines *out,
                               struct err *err);

/* mdBook's Rust blocks: lines that begin with "# " are not shown. */
void convert_hidden_lines(struct conversion *c, const struct lines *in, struct lines *out);

/* <Listing caption="..."> -> the caption below the code. */
void convert_listings(struct conversion *c, const struct lines *in, struct lines *out);

/* !!! note "Title", ??? note, === "Tab", :::note -> > [!NOTE] */
void convert_callouts(struct conversion *c, const struct lines *in, struct lines *out);

/* NOTE: text, and > NOTE: text; only where plan->word_callouts says so. */
void convert_word_callouts(struct conversion *c, const struct lines *in, struct lines *out);

/* Our callout for another dialect's word, and the title it needs so that the word is not lost. */
const char *callout_named(struct arena *arena, struct str word, struct str *title);
bool callout_known(struct str word);

/* Term / : definition -> <dl> */
void convert_definitions(struct conversion *c, const struct lines *in, struct lines *out);

/* {: .class #id }, [TOC], and import lines of MDX. */
void convert_attributes(struct conversion *c, const struct lines *in, struct lines *out);

/* An HTML page as a Markdown text of one raw block. */
void html_import(struct conversion *c, struct str page, struct buf *out);

/* All of it for one topic, appended to out; sets the source's title. */
NODISCARD int convert_topic(struct plan *plan, struct source *s, struct buf *out, struct err *err);

void change_count(struct change *change, unsigned line);
