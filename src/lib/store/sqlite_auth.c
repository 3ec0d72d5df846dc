/*
 * sqlite_auth.c -- what a statement may do, asked by SQLite for each part of it.
 *
 * All statements are this folder's own, so the authorizer is a second wall: should one ever be made
 * to carry foreign text, it still cannot reach another file, load code, change a setting or the
 * schema.
 */
#include <string.h>

#include "store/sqlite_db.h"

static bool one_of(const char *name, const char *const list[], size_t n)
{
        for (size_t i = 0; i < n; i++)
                if (name != NULL && sqlite3_stricmp(name, list[i]) == 0)
                        return true;
        return false;
}

static bool pragma_allowed(const char *name, const char *value)
{
        static const char *const questions[] = { "data_version", "foreign_key_check",
                                                   "user_version" };
        static const char *const checks[] = { "integrity_check" };

        if (one_of(name, checks, 1))
                return true;
        return value == NULL && one_of(name, questions, 3);
}

static bool function_allowed(const char *name)
{
        static const char *const denied[] = { "load_extension", "fts3_tokenizer", "randomblob" };

        return !one_of(name, denied, 3);
}

int sqlite_authorize(void *ctx, int action, const char *a, const char *b, const char *schema,
                     const char *trigger)
{
        static const char *const append_only[] = { "audit" };
        const struct sqlite_db *db = ctx;
        bool ok;

        (void)schema;
        (void)trigger;
        switch (action) {
        case SQLITE_ATTACH:
        case SQLITE_DETACH:
                return SQLITE_DENY;     /* not even while opening */
        case SQLITE_FUNCTION:
                ok = function_allowed(b);
                break;
        case SQLITE_PRAGMA:
                ok = !db->sealed || pragma_allowed(a, b);
                break;
        case SQLITE_UPDATE:
        case SQLITE_DELETE:
                /* The log of what was done only grows. */
                ok = !db->sealed || !one_of(a, append_only, 1);
                break;
        case SQLITE_SELECT:
        case SQLITE_READ:
        case SQLITE_INSERT:
        case SQLITE_TRANSACTION:
        case SQLITE_SAVEPOINT:
        case SQLITE_RECURSIVE:
                ok = true;
                break;
        default:
                ok = !db->sealed;       /* tables, indexes, triggers, views, analyze, reindex */
                break;
        }
        return ok ? SQLITE_OK : SQLITE_DENY;
}
