/*
 * edit_parts.h -- what the pages of the workspace are made of. Private to page/.
 *
 * Trust:    see edit.h.
 * Owns:     nothing.
 */
#pragma once

#include "page/account_words.h"
#include "page/edit.h"
#include "page/edit_words.h"
#include "page/forms.h"
#include "page/layout.h"

/* From the doctype to the heading, and from there to </html>. back: the page above, or NULL. */
void edit_begin(struct buf *out, const struct edit_frame *frame, struct str title,
                const struct page_link *back);
void edit_end(struct buf *out, const struct edit_frame *frame);

struct edit_field {
        struct str id;                  /* begins with '-' */
        struct str name;
        struct str label;
        struct str type;                /* "text", "email", "date", "number" */
        struct str value;
        struct str hint;                /* or empty */
        bool required;
        bool ltr;                       /* written left to right on any page */
};
void edit_input(struct buf *out, const struct edit_field *field);

/* The beginning and end of a list of choices, and one of them. */
void edit_select_begin(struct buf *out, struct str id, struct str name, struct str label);
void edit_option(struct buf *out, struct str value, struct str text, struct str chosen);
void edit_select_end(struct buf *out);
void edit_roles(struct buf *out, unsigned t, struct str chosen);

void edit_badge(struct buf *out, struct str word, struct str text);
void edit_hidden(struct buf *out, struct str name, struct str value);
void edit_number(struct buf *out, struct str name, int64_t value);
void edit_date(struct buf *out, const struct edit_frame *frame, int64_t when);
/* Older entries: "to the beginning" and "next". base: the list's own address. */
void edit_pager(struct buf *out, unsigned t, struct str base, struct str next, bool deep);
/* A row of a list of people; with a form that posts csrf, key=value and id when post is not empty. */
struct edit_removal {
        struct str post;
        struct str key, value;
        struct str csrf;
};
void edit_person_row(struct buf *out, unsigned t, const struct edit_person *person,
                     const struct edit_removal *removal);
/* People who belong to something, each with a button that ends it, and a form that adds one by address. */
struct edit_people_panel {
        struct str id;                  /* of its heading, without '#' */
        struct str heading;
        const struct edit_person *people;
        size_t npeople;
        struct edit_removal removal;    /* its key, value and csrf are posted to add, too */
        struct str add;                 /* where the address is posted to */
        struct str label;
        struct str typed;               /* an address that was refused */
};
void edit_people_panel(struct buf *out, unsigned t, const struct edit_people_panel *panel);
