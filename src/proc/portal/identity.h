/*
 * identity.h -- who is asking: the session behind a request's cookie, and the forms that change something.
 *
 * Trust:  cookies and forms are a stranger's until their digest or code has been found.
 * Owns:   results live in the exchange's arena.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "crypto/token.h"
#include "portal.h"
#include "store/sessions.h"

/* "__Host-": only this host may set them, only over TLS, for every path (RFC 6265bis, 4.1.3.2). */
#define COOKIE_SESSION "__Host-session"
#define COOKIE_FORM "__Host-form"
#define COOKIE_DEVICE "__Host-device"
#define COOKIE_LINK "__Host-link"
#define COOKIE_SHARE "__Host-share-"    /* and the publication's name */
#define COOKIE_PENDING "__Host-pending"         /* a login that waits for its second factor */
#define COOKIE_PASSKEY "__Host-passkey"         /* a passkey's challenge that waits for its answer */
#define COOKIE_ONWARD "__Host-onward"   /* where who must set up a second factor first wanted to go */
#define COOKIE_ENROL "__Host-enrol"             /* an authenticator app that waits for its first code */

enum { PROOF_SECONDS = 900 };           /* so long a proof of who they are counts as recent */

struct identity {
        bool known;
        bool newcomer;                  /* not known: they must set up a second factor first */
        struct store_session session;   /* when known or newcomer */
        struct reader reader;           /* for every lookup in the store */
};

/* Without a session cookie this costs nothing; with one, one indexed row. */
struct identity identity_of(struct portal *portal, struct http_exchange *x);
/* The same before there is an exchange: the session's texts live in the arena. */
struct identity identity_from(struct portal *portal, const struct http_request *req, struct arena *arena);

/* share/link.c: who asks for something of this publication: a share link to it counts. */
struct reader reader_of(struct portal *portal, struct http_exchange *x, struct str publication);

/* "NAME=VALUE; Secure; ..." for a set-cookie header. seconds 0: until the browser closes; < 0: now. */
struct http_header cookie_set(struct arena *arena, const char *name, struct str value, int64_t seconds);
struct http_header cookie_clear(struct arena *arena, const char *name);

/* The visitor's address as text, for the person's own list of sessions and the log. */
struct str visitor_address(const struct conn *conn, struct arena *arena);

/*
 * What a page with a form needs: the code for its hidden field, and a cookie to set if the visitor has
 * none yet (set_cookie.name.p is NULL then).
 */
struct form_ticket {
        struct str csrf;
        struct http_header set_cookie;
};
NODISCARD int form_ticket(struct portal *portal, struct http_exchange *x, struct form_ticket *out,
                          struct err *err);

/*
 * May this POST change anything? It must come from a page of this very origin (Fetch Metadata, or else
 * Origin), be a form, and carry the code that belongs to the visitor's cookie. ERR_DENIED otherwise.
 */
NODISCARD int form_check(struct portal *portal, struct http_exchange *x, struct err *err);

/* A field of the form, or empty. */
struct str form_field(struct http_exchange *x, const char *name);

/* The password is in the request's body: gone when its answer has been given. */
void form_wipe(struct http_exchange *x);

/* Whether "HOST" or "HOST:PORT" is the host this request came to. */
bool own_authority(const struct http_request *req, struct str authority);

/* A path on this host to go on to, or "/": never another host. */
struct str local_path(struct str next);

/* The path of the page of this portal from which a link or form came here, or "/". */
struct str own_referer(const struct http_request *req);

/* "/login?next=%2Fedit%2Fpeople"; page alone when next is "/". */
struct str path_with_next(struct arena *arena, const char *page, struct str next);
