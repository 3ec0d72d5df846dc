/*
 * deletion.h -- portals that are being destroyed, and the certificates of those that were.
 *
 * A row is made before anything is destroyed, so that whoever goes on after a crash knows what was
 * there; it gets its certificate in the transaction that forgets the portal, and stays.
 *
 * Owns:   results are copied into the caller's arena.
 * Linked by the registry.
 */
#pragma once

#include "base/arena.h"
#include "store/store.h"

struct store_deletion {
        int64_t portal;
        struct str name;
        int64_t created;                /* the portal */
        int64_t due;                    /* when its grace ended */
        struct str content;             /* JSON: what was counted */
        int64_t destroyed;              /* 0: not yet */
        struct str certificate;         /* JSON, or empty: not yet */
};

/* Inside a transaction; destroyed and certificate are not looked at. A row that is there stays. */
NODISCARD int store_deletion_begin(struct store *store, const struct store_deletion *deletion,
                                   struct err *err);
/* Inside a transaction. */
NODISCARD int store_deletion_finish(struct store *store, int64_t portal, int64_t destroyed,
                                    struct str certificate, struct err *err);

/* ERR_NOT_FOUND: it is not being destroyed, and was not. */
NODISCARD int store_deletion_find(struct store *store, int64_t portal, struct arena *arena,
                                  struct store_deletion *out, struct err *err);
/* Those of all portals that ever had this name, the newest first. */
NODISCARD int store_deletion_list(struct store *store, struct str name, struct arena *arena,
                                  struct store_deletion **out, size_t *out_n, struct err *err);
