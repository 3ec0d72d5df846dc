/*
 * edit.h -- what the handlers of the workspace share: one request under way, its form and its order.
 *
 * Trust:  the router has decided that this person may be here; fields are still anybody's.
 * Owns:   everything lives in the exchange's arena. The connection may end before a job has answered, the
 *         exchange does not, so nothing here keeps the connection.
 * Used inside src/proc/portal/edit, and by sso/settings.c, whose page is a room of the workspace, too.
 */
#pragma once

#include "page/edit.h"
#include "proc/portal/identity.h"
#include "proc/portal/ordering.h"
#include "proc/portal/routes.h"

enum { EDIT_PAGE = 50 };                /* entries of a list on one page */

struct edit {
        struct portal *portal;
        struct conn *conn;              /* during the handler's own call only */
        struct http_exchange *x;
        struct arena *arena;
        const struct identity *who;
        struct form_ticket ticket;
        struct str origin;              /* "https://docs.example.com" */
        unsigned status;
        struct str error;               /* why the form was refused */
        void (*again)(struct edit *e);  /* shows the form once more, with the error */
        struct str next;                /* where to go when the order is carried out */
        struct str subject;             /* what the handler wants to remember: a slug or number */
};

/* NULL: it was answered with an error. */
struct edit *edit_new(struct conn *conn, struct http_exchange *x, const struct identity *who);

struct edit_frame edit_frame(const struct edit *e, enum edit_room room);
/* Sends what is in out, with e->status or 200. */
void edit_send(struct edit *e, struct buf *out);
/* 500, with a line in the host's log. */
void edit_fail(struct edit *e, const char *what, const struct err *err);

/* A field of the form or the query, without the blanks around it. */
struct str edit_field_of(const struct edit *e, const char *name);
struct str edit_query_of(const struct edit *e, const char *name);
/* What stands behind a prefix in the path: "/edit/groups/gold". */
struct str edit_tail(const struct edit *e, const char *prefix);
int64_t edit_number_of(struct str text);        /* 0: none */

/* The named fields as arguments; "id" as a number. A field that the form lacks is no argument.
 * Ends with NULL. */
struct json *edit_arguments(const struct edit *e, const char *name, ...) __attribute__((sentinel));

/* "BASE?name=value&..." of those pairs that have a value. Ends with NULL. */
struct str edit_address(struct arena *arena, const char *base, const char *name, ...)
        __attribute__((sentinel));

/* Carry out an order; then go to `next`, or show the form again. Takes arguments. */
void edit_order(struct edit *e, const char *verb, struct json *arguments, struct str next,
                void (*again)(struct edit *e));
/* The same with an own ending for success. */
void edit_order_then(struct edit *e, const char *verb, struct json *arguments,
                     ordering_answer_fn *answer, void (*again)(struct edit *e));
/* For such an ending: true when code is an error, which is answered then. */
bool edit_refused(struct edit *e, int code, struct str sentence);

struct edit_person edit_person_of(const struct edit *e, const struct store_person *person);
/* Shows a link that an order has made; an ordering_answer_fn. */
void edit_link_made(void *ctx, int code, struct str sentence, const struct json *result);

/* From an answer of lib/people. */
struct edit_person edit_person_from(const struct edit *e, const struct json *object);

/*
 * One page of people: from the address in ?after=. *next is the next page's address or empty, made of base
 * and what `filter` was asked with; false: it was answered with an error.
 */
struct edit_listing {
        struct edit_person *people;
        size_t n;
        struct str next;
        bool deep;
};
bool edit_list_people(struct edit *e, struct store_person_filter *filter, const char *base,
                      struct edit_listing *out);
