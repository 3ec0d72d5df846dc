/*
 * sqlite_people_schema.c -- version 2 of a portal's tables: people, their sessions and rights, the
 * log.
 *
 * Secrets that a person or a program carries (session ids, links, tokens, recovery codes) are here
 * as SHA-256 only: whoever reads the file cannot use them. Numbers of people are never used twice,
 * AUTOINCREMENT and tombstones both see to it, for revisions and the log name people by them.
 */
#include "store/inside.h"

const char sqlite_portal_version_2[] =
        "CREATE TABLE person("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT UNIQUE, name TEXT NOT NULL,"
        " role INTEGER NOT NULL CHECK (role IN (0, 1, 2, 3)),"
        " state INTEGER NOT NULL CHECK (state IN (0, 1, 2, 3)),"
        " created INTEGER NOT NULL, expires INTEGER NOT NULL, epoch INTEGER NOT NULL,"
        " password TEXT NOT NULL, totp_secret BLOB NOT NULL, totp_step INTEGER NOT NULL,"
        " recovery_salt BLOB NOT NULL,"
        " failures INTEGER NOT NULL, failed INTEGER NOT NULL,"
        " CHECK ((login IS NULL) = (state = 3)), CHECK (role <> 0 OR expires = 0));"
        "CREATE INDEX person_by_role ON person(role, state);"

        "CREATE TABLE recovery_code("
        " id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
        " code BLOB NOT NULL, used INTEGER NOT NULL, UNIQUE (person, code));"

        "CREATE TABLE passkey("
        " id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
        " credential BLOB NOT NULL UNIQUE, algorithm INTEGER NOT NULL, public_key BLOB NOT NULL,"
        " model BLOB NOT NULL, counter INTEGER NOT NULL, transports INTEGER NOT NULL,"
        " verified INTEGER NOT NULL, backup_eligible INTEGER NOT NULL, backed_up INTEGER NOT NULL,"
        " name TEXT NOT NULL, created INTEGER NOT NULL, used INTEGER NOT NULL);"
        "CREATE INDEX passkey_by_person ON passkey(person);"

        "CREATE TABLE known_browser("
        " id INTEGER PRIMARY KEY, person INTEGER NOT NULL REFERENCES person(id),"
        " token BLOB NOT NULL, seen INTEGER NOT NULL, UNIQUE (person, token));"

        "CREATE TABLE access_group("
        " id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, title TEXT NOT NULL,"
        " created INTEGER NOT NULL);"
        "CREATE TABLE group_member("
        " id INTEGER PRIMARY KEY, access_group INTEGER NOT NULL REFERENCES access_group(id),"
        " person INTEGER NOT NULL REFERENCES person(id), UNIQUE (access_group, person));"
        "CREATE INDEX group_member_by_person ON group_member(person);"

        /* A publication's readers: one of the two is set. */
        "CREATE TABLE publication_access("
        " id INTEGER PRIMARY KEY, publication INTEGER NOT NULL REFERENCES publication(id),"
        " person INTEGER REFERENCES person(id), access_group INTEGER REFERENCES access_group(id),"
        " CHECK ((person IS NULL) <> (access_group IS NULL)),"
        " UNIQUE (publication, person), UNIQUE (publication, access_group));"
        "CREATE INDEX publication_access_by_person ON publication_access(person);"
        "CREATE INDEX publication_access_by_group ON publication_access(access_group);"

        "CREATE TABLE one_time("
        " id INTEGER PRIMARY KEY, token BLOB NOT NULL UNIQUE,"
        " kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 3)),"
        " person INTEGER REFERENCES person(id), epoch INTEGER NOT NULL, detail TEXT NOT NULL,"
        " created INTEGER NOT NULL, expires INTEGER NOT NULL, used INTEGER NOT NULL);"
        "CREATE INDEX one_time_by_person ON one_time(person);"
        "CREATE INDEX one_time_by_expiry ON one_time(expires);"

        /*
         * until: the earlier of the idle and the absolute end, so that one index finds what is
         * over.
         */
        "CREATE TABLE session("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, token BLOB NOT NULL UNIQUE,"
        " person INTEGER NOT NULL REFERENCES person(id), epoch INTEGER NOT NULL,"
        " created INTEGER NOT NULL, seen INTEGER NOT NULL, idle INTEGER NOT NULL,"
        " ends INTEGER NOT NULL, until INTEGER NOT NULL,"
        " second_factor INTEGER NOT NULL CHECK (second_factor IN (0, 1)),"
        " elevated INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL);"
        "CREATE INDEX session_by_person ON session(person, seen);"
        "CREATE INDEX session_by_end ON session(until);"

        "CREATE TABLE pending_login("
        " id INTEGER PRIMARY KEY, token BLOB NOT NULL UNIQUE,"
        " kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2, 3)),"
        " person INTEGER REFERENCES person(id), epoch INTEGER NOT NULL, data BLOB NOT NULL,"
        " return_to TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,"
        " attempts INTEGER NOT NULL);"
        "CREATE INDEX pending_login_by_person ON pending_login(person);"
        "CREATE INDEX pending_login_by_expiry ON pending_login(expires);"

        "CREATE TABLE api_token("
        " id INTEGER PRIMARY KEY AUTOINCREMENT, token BLOB NOT NULL UNIQUE,"
        " person INTEGER NOT NULL REFERENCES person(id), name TEXT NOT NULL,"
        " scopes INTEGER NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,"
        " used_day INTEGER NOT NULL);"
        "CREATE INDEX api_token_by_person ON api_token(person);"

        /* The number is in the link's MAC, so it must never come back for another publication. */
        "CREATE TABLE share_link("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " publication INTEGER NOT NULL REFERENCES publication(id),"
        " key_version INTEGER NOT NULL, note TEXT NOT NULL, created INTEGER NOT NULL,"
        " created_by INTEGER NOT NULL REFERENCES person(id), expires INTEGER NOT NULL,"
        " revoked INTEGER NOT NULL);"
        "CREATE INDEX share_link_by_publication ON share_link(publication);"
        "CREATE INDEX share_link_by_creator ON share_link(created_by);"

        "CREATE TABLE audit("
        " seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, actor INTEGER NOT NULL,"
        " action TEXT NOT NULL, object TEXT NOT NULL, address TEXT NOT NULL,"
        " detail TEXT NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL);"

        /* The floor of passwords stands here too: no statement, ours or foreign, can store less. */
        "CREATE TABLE setting("
        " key TEXT PRIMARY KEY, value INTEGER NOT NULL,"
        " CHECK (key <> 'password.minimum' OR value >= 5));"

        /* Who wrote a revision; none for imports and for what is older than accounts. */
        "ALTER TABLE revision ADD COLUMN person INTEGER REFERENCES person(id);"
        "CREATE INDEX revision_by_person ON revision(person);";

/*
 * Share links say who made them (nobody: the operator) and that they are used. Nothing could make one
 * before, so there are none to keep.
 */
const char sqlite_portal_version_3[] =
        "DROP TABLE share_link;"
        "CREATE TABLE share_link("
        " id INTEGER PRIMARY KEY AUTOINCREMENT,"
        " publication INTEGER NOT NULL REFERENCES publication(id),"
        " note TEXT NOT NULL, created INTEGER NOT NULL,"
        " created_by INTEGER REFERENCES person(id), expires INTEGER NOT NULL,"
        " revoked INTEGER NOT NULL, opened INTEGER NOT NULL, seen INTEGER NOT NULL);"
        "CREATE INDEX share_link_by_publication ON share_link(publication);"
        "CREATE INDEX share_link_by_creator ON share_link(created_by);";
