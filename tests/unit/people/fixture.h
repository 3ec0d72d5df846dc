/*
 * fixture.h -- a throw-away portal for a test of orders, and how it is given one.
 *
 * Linked by the tests of this folder.
 */
#pragma once

#include "people/people.h"
#include "store/audit.h"

enum { NOW = 1800000000 };      /* 15 January 2027 */

extern struct store *store;
extern struct arena *arena;
extern struct err err;          /* what the last order failed of */
extern unsigned notes;          /* sentences that orders of this test had for the log */

/* cmocka's setup and teardown: a new empty portal, and nothing left of it. */
int open_portal(void **state);
int drop_portal(void **state);

/*
 * The result of one order, and its answer, which is the caller's and NULL after a failure; out may be NULL.
 * Takes arguments.
 */
int order_as(int64_t actor, enum people_door door, const char *verb, struct json *arguments, struct json **out);

/* The same by the host at the portal's door; arguments are JSON. */
int order(const char *verb, const char *arguments, struct json **out);

struct json *arguments_of(const char *text);

/* The number of rows in the log. */
int64_t logged(void);
