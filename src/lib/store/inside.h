/*
 * inside.h -- private to store/: what an open store is made of.
 */
#pragma once

#include "store/generation.h"
#include "store/outbox.h"
#include "store/sql.h"
#include "store/store.h"

struct sqlite_db;

struct store {
        struct sqlite_db *db;
        struct generation generation;
        char *folder;                   /* the container; NULL: the registry's */
        bool letter;                    /* this transaction has added one to the outbox */
        store_letters_fn *letters;      /* called when such a one is committed; or NULL */
        void *letters_ctx;
        bool writing;                   /* between store_begin() and commit or rollback */
};

/* sqlite_open.c */
NODISCARD int sqlite_prepare(struct err *err);
NODISCARD int sqlite_db_open(const char *path, const struct store_options *options,
                             struct sqlite_db **out, struct err *err);
void sqlite_db_close(struct sqlite_db **db);
NODISCARD int sqlite_db_exec(struct sqlite_db *db, const char *text, struct err *err);
NODISCARD int sqlite_db_int(struct sqlite_db *db, const char *text, int64_t *out, struct err *err);
/* Delete all rows of a table of the schema, whatever its name. */
NODISCARD int sqlite_db_empty(struct sqlite_db *db, struct str table, struct err *err);
void sqlite_db_checkpoint(struct sqlite_db *db);
/* From here on the schema is fixed and no setting can be changed. */
void sqlite_db_seal(struct sqlite_db *db);

/* sqlite_schema.c: make or update the tables; refuse what no release made. */
struct sqlite_schema {
        const char *what;               /* "portal", for sentences */
        int application_id;
        const char *const *steps;       /* steps[n] leads from version n to n + 1 */
        int version;
};
extern const struct sqlite_schema sqlite_portal_schema;
extern const char sqlite_portal_version_2[];             /* sqlite_people_schema.c */
extern const char sqlite_portal_version_3[];             /* the same */
extern const char sqlite_portal_version_4[];             /* sqlite_sso_schema.c */
extern const struct sqlite_schema sqlite_registry_schema;
/* as_is: only look; an older version stays. */
NODISCARD int sqlite_schema_update(struct sqlite_db *db, const struct sqlite_schema *schema,
                                   bool as_is, struct err *err);
/* Whether the tables are word for word those of the newest version. */
NODISCARD int sqlite_schema_compare(struct sqlite_db *db, const struct sqlite_schema *schema,
                                    struct err *err);
