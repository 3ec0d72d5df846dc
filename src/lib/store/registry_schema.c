/*
 * registry_schema.c -- the tables of the host's own database (docs/formats/registry-db.md).
 *
 * AUTOINCREMENT on purpose: a portal's number is its container's name and its uid, and must never
 * come back for another client.
 */
#include "store/inside.h"

enum { REGISTRY_ID = 0x43617272, REGISTRY_VERSION = 6 };        /* "Carr" */

static const char version_1[] =
        "CREATE TABLE portal("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
        " language TEXT NOT NULL, owner TEXT NOT NULL,"
        " state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),"
        " created INTEGER NOT NULL, delete_after INTEGER NOT NULL);"

        "CREATE TABLE domain("
        " id INTEGER PRIMARY KEY, portal INTEGER NOT NULL REFERENCES portal(id),"
        " host TEXT NOT NULL UNIQUE, state TEXT NOT NULL, issuer TEXT NOT NULL,"
        " expires INTEGER NOT NULL);"
        "CREATE INDEX domain_by_portal ON domain(portal);";

/* What a portal may ask through the courier; the operator's word, never the portal's. */
static const char version_2[] =
        "CREATE TABLE allowed_origin("
        " id INTEGER PRIMARY KEY, portal INTEGER NOT NULL REFERENCES portal(id),"
        " origin TEXT NOT NULL, reason TEXT NOT NULL, created INTEGER NOT NULL,"
        " UNIQUE (portal, origin, reason));";

/* What is left of a portal that was destroyed: that it was, and what it held. No name of a person. */
static const char version_3[] =
        "CREATE TABLE deletion("
        " portal INTEGER PRIMARY KEY, name TEXT NOT NULL, created INTEGER NOT NULL,"
        " due INTEGER NOT NULL, content TEXT NOT NULL, destroyed INTEGER NOT NULL,"
        " certificate TEXT NOT NULL);"
        "CREATE INDEX deletion_by_name ON deletion(name);";

/* Goes with its portal, which is why it refers to none: a removal must not depend on it. */
static const char version_4[] =
        "CREATE TABLE scrub("
        " portal INTEGER PRIMARY KEY, done INTEGER NOT NULL, suspect INTEGER NOT NULL,"
        " sentence TEXT NOT NULL);";

/* One that is over stays for some days, and until a letter has said so. There is one last letter. */
static const char version_5[] =
        "CREATE TABLE alarm("
        " kind INTEGER NOT NULL, portal INTEGER NOT NULL, name TEXT NOT NULL,"
        " since INTEGER NOT NULL, seen INTEGER NOT NULL, told INTEGER NOT NULL,"
        " wrote INTEGER NOT NULL, ended INTEGER NOT NULL,"
        " PRIMARY KEY (kind, portal)) WITHOUT ROWID;"
        "CREATE TABLE alarm_letter("
        " one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL, subject TEXT NOT NULL,"
        " text TEXT NOT NULL, written INTEGER NOT NULL, waits INTEGER NOT NULL);";

/* Numbers and moments only: no word of a portal. */
static const char version_6[] =
        "CREATE TABLE errand("
        " portal INTEGER NOT NULL, kind INTEGER NOT NULL, begun INTEGER NOT NULL, ended INTEGER NOT NULL,"
        " code INTEGER NOT NULL, backup INTEGER NOT NULL, before INTEGER NOT NULL,"
        " day INTEGER NOT NULL, count INTEGER NOT NULL,"
        " PRIMARY KEY (portal, kind)) WITHOUT ROWID;";

static const char *const steps[REGISTRY_VERSION] = {
        version_1, version_2, version_3, version_4, version_5, version_6,
};

const struct sqlite_schema sqlite_registry_schema = {
        .what = "registry", .application_id = REGISTRY_ID,
        .steps = steps, .version = REGISTRY_VERSION,
};
