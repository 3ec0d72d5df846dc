/*
 * sqlite_sso_schema.c -- version 4 of a portal's tables: sign-on by accounts that people have elsewhere.
 *
 * The issuer of a provider never changes, and a number of a provider is never used twice (AUTOINCREMENT):
 * so a row of sso_link is a person's (issuer, subject), and what was linked under one issuer is never
 * another's.
 */
#include "store/inside.h"

const char sqlite_portal_version_4[] =
        "CREATE TABLE sso_provider("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, label TEXT NOT NULL,"
        " issuer TEXT NOT NULL UNIQUE, client TEXT NOT NULL, secret TEXT NOT NULL,"
        " method INTEGER NOT NULL CHECK (method IN (0, 1, 2)), origins TEXT NOT NULL,"
        " scopes TEXT NOT NULL, domains TEXT NOT NULL, claim TEXT NOT NULL, factor TEXT NOT NULL,"
        " administrators INTEGER NOT NULL CHECK (administrators IN (0, 1)),"
        " enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)), created INTEGER NOT NULL,"
        " changed INTEGER NOT NULL, CHECK ((method = 2) = (secret = '')));"

        "CREATE TABLE sso_rule("
        " id INTEGER PRIMARY KEY, provider INTEGER NOT NULL REFERENCES sso_provider(id),"
        " position INTEGER NOT NULL, value TEXT NOT NULL,"
        " role INTEGER NOT NULL CHECK (role IN (0, 1, 2, 3)), groups TEXT NOT NULL,"
        " UNIQUE (provider, position));"

        "CREATE TABLE sso_link("
        " id INTEGER PRIMARY KEY, provider INTEGER NOT NULL REFERENCES sso_provider(id),"
        " subject TEXT NOT NULL, person INTEGER NOT NULL REFERENCES person(id),"
        " created INTEGER NOT NULL, used INTEGER NOT NULL,"
        " UNIQUE (provider, subject), UNIQUE (provider, person));"
        "CREATE INDEX sso_link_by_person ON sso_link(person);";
