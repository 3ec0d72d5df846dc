/*
 * registry.h -- the host's own database: which portals there are, and under which names.
 *
 * It holds no content and no reader's data. One process, the registry, opens it.
 *
 * Trust:  names have been checked by whoever calls; here they are bound parameters only.
 * Owns:   results are copied into the caller's arena.
 * Linked by the registry.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

enum registry_state {
        PORTAL_CREATING = 0,            /* its container is being made; a restart undoes it */
        PORTAL_ACTIVE = 1,
        PORTAL_SUSPENDED = 2,           /* answers nobody; nothing is lost */
        PORTAL_DELETED = 3,             /* the same, and destroyed when its grace is over */
};

struct registry_portal {
        int64_t id;                     /* also the container's name; never used twice; 0: the next */
        struct str name;
        struct str title;
        struct str language;
        struct str owner;               /* mail address, or empty */
        enum registry_state state;
        int64_t created;
        int64_t delete_after;           /* Unix seconds; 0: not deleted */
};

struct registry_domain {
        int64_t portal;
        struct str portal_name;
        struct str host;
        struct str state;               /* "active" */
        struct str issuer;
        int64_t expires;                /* of its certificate; 0: none yet */
};

/* Open or make PATH; older schemas are brought up to date. Fails like store_open(). */
NODISCARD int registry_open(const char *path, struct store **out, struct err *err);

/* "active" and so on. */
const char *registry_state_name(enum registry_state state);

/* Inside a transaction. ERR_EXISTS: the name is taken. */
NODISCARD int registry_portal_add(struct store *store, const struct registry_portal *portal,
                                  int64_t *out_id, struct err *err);
/* Numbers up to this one are not given to new portals: those that come back have theirs. In a transaction. */
NODISCARD int registry_portal_reserve(struct store *store, int64_t highest, struct err *err);
NODISCARD int registry_portal_set_state(struct store *store, int64_t id, enum registry_state state,
                                        int64_t delete_after, struct err *err);
NODISCARD int registry_portal_describe(struct store *store, int64_t id, struct str title,
                                       struct str language, struct err *err);
/* The row and its domains; the number is not used again. */
NODISCARD int registry_portal_forget(struct store *store, int64_t id, struct err *err);

NODISCARD int registry_portal_find(struct store *store, struct str name, struct arena *arena,
                                   struct registry_portal *out, struct err *err);
NODISCARD int registry_portal_list(struct store *store, struct arena *arena,
                                   struct registry_portal **out, size_t *out_n, struct err *err);

/* Inside a transaction. A host name belongs to one portal: ERR_EXISTS. */
NODISCARD int registry_domain_put(struct store *store, const struct registry_domain *domain,
                                  struct err *err);
NODISCARD int registry_domain_list(struct store *store, struct arena *arena,
                                   struct registry_domain **out, size_t *out_n, struct err *err);
NODISCARD int registry_domain_forget(struct store *store, struct str host, struct err *err);

enum { REGISTRY_ORIGINS_MAX = 32 };     /* of one portal */

/* An origin that a portal may ask through the courier. */
struct registry_origin {
        int64_t portal;
        struct str origin;              /* as origin_parse() writes it */
        struct str reason;              /* for what: "sso"; each reason is given and taken by itself */
        int64_t created;
};

/* Inside a transaction. Allowing twice is once. ERR_LIMIT: the portal has REGISTRY_ORIGINS_MAX already. */
NODISCARD int registry_origin_allow(struct store *store, const struct registry_origin *origin,
                                    struct err *err);
/* ERR_NOT_FOUND: it was not allowed for this reason. */
NODISCARD int registry_origin_forbid(struct store *store, int64_t portal, struct str origin,
                                     struct str reason, struct err *err);
/* portal 0: those of all portals. Ordered by portal, origin and reason. */
NODISCARD int registry_origin_list(struct store *store, int64_t portal, struct arena *arena,
                                   struct registry_origin **out, size_t *out_n, struct err *err);
