/*
 * sqlite_settle.c -- what of today outlives a restore: who may log in, what was revoked, what was done.
 *
 * Rows go from one database to the other as they are; both have this release's tables. Foreign keys are
 * checked when all of it is there, at the commit.
 */
#include <stdio.h>

#include "base/attr.h"
#include "base/check.h"
#include "store/inside.h"
#include "store/restore.h"
#include "store/sqlite_db.h"

/*
 * What becomes of each table when a copy takes the place of a live database. A table that is not here is
 * noticed by a unit test, not by somebody whose account came back.
 */
enum fate {
        CONTENT,                        /* the copy's */
        TODAYS,                         /* today's; in another portal the copy's */
        TODAYS_ONLY,                    /* today's; in another portal nothing */
        ENDS,                           /* under way or remembered by a browser: nothing */
        BY_ROW,                         /* see below */
};

static const struct {
        const char *table;
        enum fate fate;
} fates[] = {
        { "access_group", CONTENT },    { "api_token", TODAYS_ONLY },   { "audit", BY_ROW },
        { "blob", CONTENT },            { "blob_part", CONTENT },       { "file", CONTENT },
        { "group_member", CONTENT },    { "known_browser", ENDS },      { "meta", BY_ROW },
        { "one_time", ENDS },           { "passkey", TODAYS },          { "pending_login", ENDS },
        { "person", TODAYS },           { "project", CONTENT },         { "project_redirect", CONTENT },
        { "publication", CONTENT },     { "publication_access", CONTENT },
        { "publication_file", CONTENT }, { "publication_page", CONTENT },
        { "publication_toc", CONTENT }, { "recovery_code", TODAYS },    { "redirect", CONTENT },
        { "revision", CONTENT },        { "session", ENDS },
        /* What settings demand may have become stricter. */
        { "setting", TODAYS },          { "share_link", BY_ROW },       { "site_page", CONTENT },
        { "sqlite_sequence", BY_ROW },
        /* A letter from then would bring a link that is void, or tell of what is not so any more. */
        { "outbox", ENDS },
        /* Who may come from where, and as whom: a provider could let people in. */
        { "sso_link", TODAYS_ONLY },    { "sso_provider", TODAYS_ONLY }, { "sso_rule", TODAYS_ONLY },
        { "toc_node", CONTENT },        { "topic", CONTENT },
};

/* Of meta the site's own rows are content; the others are keys. */
static const char drop_keys[] = "DELETE FROM meta WHERE key NOT LIKE 'site.%'";

bool store_settle_knows(struct str table)
{
        for (size_t i = 0; i < ARRAY_LEN(fates); i++)
                if (str_is(table, fates[i].table))
                        return true;
        return false;
}

/*
 * Single rows: read today, written into the copy.
 *
 * The keys for forms and links are today's; what is made anew where it is missing is, in another portal.
 * A share link that was revoked since, or that today does not know, stays void: all are closed, at a time
 * that says so, and those that are open today are opened again. Numbers that were given once are never
 * given again.
 */
static const struct {
        const char *read, *write;
} singles[] = {
        { "SELECT key, value FROM meta WHERE key NOT LIKE 'site.%'",
          "INSERT INTO meta(key, value) VALUES ($1, $2)" },
        { "SELECT id FROM share_link WHERE revoked = 0",
          "UPDATE share_link SET revoked = 0 WHERE id = $1 AND revoked = created" },
        { "SELECT seq, name FROM sqlite_sequence",
          "UPDATE sqlite_sequence SET seq = max(seq, $1) WHERE name = $2" },
        { "SELECT name, seq, name FROM sqlite_sequence",
          "INSERT INTO sqlite_sequence(name, seq) SELECT $1, $2"
          " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = $3)" },
};

static int copy_row(struct sqlite_db *to, sqlite3_stmt *from, sqlite3_stmt *into, struct err *err)
{
        int n = sqlite3_column_count(from), result = SQLITE_OK;

        for (int i = 0; i < n && result == SQLITE_OK; i++)
                result = sqlite3_bind_value(into, i + 1, sqlite3_column_value(from, i));
        if (result == SQLITE_OK)
                result = sqlite3_step(into);
        sqlite3_reset(into);
        return result == SQLITE_DONE ? 0 : sqlite_error(to, result, "take over today's accounts", err);
}

static int copy_rows(struct sqlite_db *to, struct sqlite_db *from, const char *read, const char *write,
                     struct err *err)
{
        sqlite3_stmt *rows = NULL, *into = NULL;
        int result = sqlite3_prepare_v2(from->handle, read, -1, &rows, NULL);

        if (result == SQLITE_OK)
                result = sqlite3_prepare_v2(to->handle, write, -1, &into, NULL);
        int r = result == SQLITE_OK ? 0 : sqlite_error(to, result, "take over today's accounts", err);

        while (r == 0 && (result = sqlite3_step(rows)) == SQLITE_ROW)
                r = copy_row(to, rows, into, err);
        if (r == 0 && result != SQLITE_DONE)
                r = sqlite_error(from, result, "read today's accounts", err);
        sqlite3_finalize(rows);
        sqlite3_finalize(into);
        return r;
}

/* A whole table; both have its columns in the order in which this release made them. */
static int take_table(struct sqlite_db *to, struct sqlite_db *from, const char *table, struct err *err)
{
        static const char marks[] = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, "
                                    "$15, $16, "
                                    "$17, $18, $19, $20, $21, $22, $23, $24";
        char read[64], write[sizeof marks + 64], columns[96];
        int64_t n = 0;

        snprintf(columns, sizeof columns, "SELECT count(*) FROM pragma_table_info('%s')", table);
        int r = sqlite_db_int(to, columns, &n, err);

        if (r < 0)
                return r;
        const char *end = marks + sizeof marks - 1;

        for (int64_t i = 0; i < 24 - n; i++)    /* as many as there are columns */
                for (end--; *end != ','; end--)
                        continue;
        check(n > 0 && n <= 24);
        snprintf(read, sizeof read, "SELECT * FROM %s", table);
        snprintf(write, sizeof write, "INSERT INTO %s VALUES (%.*s)", table, (int)(end - marks), marks);
        return copy_rows(to, from, read, write, err);
}

/* The same record stands at this number in both. */
static int same_record(struct sqlite_db *copy, struct sqlite_db *live, int64_t seq, bool *same,
                       struct err *err)
{
        static const char text[] = "SELECT hash FROM audit WHERE seq = $1";
        sqlite3_stmt *a = NULL, *b = NULL;
        int result = sqlite3_prepare_v2(copy->handle, text, -1, &a, NULL);

        if (result == SQLITE_OK)
                result = sqlite3_prepare_v2(live->handle, text, -1, &b, NULL);
        if (result == SQLITE_OK)
                *same = sqlite3_bind_int64(a, 1, seq) == SQLITE_OK &&
                        sqlite3_bind_int64(b, 1, seq) == SQLITE_OK && sqlite3_step(a) == SQLITE_ROW &&
                        sqlite3_step(b) == SQLITE_ROW &&
                        str_eq(str_make(sqlite3_column_blob(a, 0), (size_t)sqlite3_column_bytes(a, 0)),
                               str_make(sqlite3_column_blob(b, 0), (size_t)sqlite3_column_bytes(b, 0)));
        sqlite3_finalize(a);
        sqlite3_finalize(b);
        return result == SQLITE_OK ? 0 : sqlite_error(live, result, "compare the logs", err);
}

/* Today's log continues the copy's, unless it was begun anew: then the copy's stays as it is. */
static int continue_log(struct sqlite_db *copy, struct sqlite_db *live, struct err *err)
{
        char read[96];
        int64_t last = 0;
        bool same = true;
        int r = sqlite_db_int(copy, "SELECT coalesce(max(seq), 0) FROM audit", &last, err);

        if (r == 0 && last > 0)
                r = same_record(copy, live, last, &same, err);
        if (r < 0 || !same)
                return r;
        snprintf(read, sizeof read, "SELECT * FROM audit WHERE seq > %lld ORDER BY seq", (long long)last);
        return copy_rows(copy, live, read,
                         "INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", err);
}

/* Empty each table whose fate is among these (a set of 1 << fate). */
static int empty(struct sqlite_db *copy, unsigned set, struct err *err)
{
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(fates); i++) {
                char text[64];

                snprintf(text, sizeof text, "DELETE FROM %s", fates[i].table);
                if ((set & 1u << fates[i].fate) != 0)
                        r = sqlite_db_exec(copy, text, err);
        }
        return r;
}

static int settle(struct sqlite_db *copy, struct sqlite_db *live, struct err *err)
{
        int r = empty(copy, 1u << ENDS | 1u << TODAYS | 1u << TODAYS_ONLY, err);

        for (size_t i = 0; r == 0 && i < ARRAY_LEN(fates); i++)
                if (fates[i].fate == TODAYS || fates[i].fate == TODAYS_ONLY)
                        r = take_table(copy, live, fates[i].table, err);
        if (r == 0)
                r = sqlite_db_exec(copy, drop_keys, err);
        if (r == 0)
                r = sqlite_db_exec(copy, "UPDATE share_link SET revoked = created WHERE revoked = 0", err);
        for (size_t i = 0; r == 0 && i < ARRAY_LEN(singles); i++)
                r = copy_rows(copy, live, singles[i].read, singles[i].write, err);
        if (r == 0)
                r = continue_log(copy, live, err);
        /* Whoever holds an older session or link: its epoch is over. */
        return r < 0 ? r : sqlite_db_exec(copy, "UPDATE person SET epoch = epoch + 1", err);
}

static int lock_out(struct sqlite_db *copy, struct err *err)
{
        int r = empty(copy, 1u << ENDS | 1u << TODAYS_ONLY, err);

        if (r == 0)
                r = sqlite_db_exec(copy, drop_keys, err);
        return r < 0 ? r : sqlite_db_exec(copy,
                "UPDATE share_link SET revoked = max(created, 1) WHERE revoked = 0;"
                "UPDATE person SET state = 2 WHERE state IN (0, 1); UPDATE person SET epoch = epoch + 1",
                err);
}

/*
 * Who may log in, and with what, is the copy's: nothing newer is known. What opens something to whoever holds
 * it, without asking who that is, is void: it may have been revoked since.
 */
static int give_back(struct sqlite_db *copy, struct err *err)
{
        int r = empty(copy, 1u << ENDS, err);

        if (r == 0)
                r = sqlite_db_exec(copy, drop_keys, err);
        return r < 0 ? r : sqlite_db_exec(copy,
                "DELETE FROM api_token;"
                "UPDATE share_link SET revoked = max(created, 1) WHERE revoked = 0;"
                "UPDATE person SET epoch = epoch + 1",
                err);
}

static const char bare[] =
        "DELETE FROM passkey; DELETE FROM recovery_code;"
        "UPDATE person SET password = '', totp_secret = x'', totp_step = -1, recovery_salt = x'',"
        " failures = 0, failed = 0";

enum way { SETTLE, LOCK_OUT, LOCK_OUT_BARE, GIVE_BACK };

/* The copy is nobody's yet: it may be changed in ways that a live database never is. */
static int change_copy(struct store *copy, struct store *live, enum way way, struct err *err)
{
        struct sqlite_db *db = copy->db;
        int r = sqlite_db_exec(db, "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = on", err);

        if (r < 0)
                return r;
        r = way == SETTLE      ? settle(db, live->db, err)
            : way == GIVE_BACK ? give_back(db, err)
                               : lock_out(db, err);
        if (r == 0 && way == LOCK_OUT_BARE)
                r = sqlite_db_exec(db, bare, err);
        if (r == 0)
                r = sqlite_db_exec(db, "COMMIT", err);
        if (r < 0 && sqlite_db_exec(db, "ROLLBACK", NULL) < 0)
                return r;               /* SQLite had rolled back by itself */
        return r;
}

static int unsealed(struct store *copy, struct store *live, enum way way, struct err *err)
{
        copy->db->sealed = false;
        int r = change_copy(copy, live, way, err);

        copy->db->sealed = true;
        return r;
}

int store_settle(struct store *copy, struct store *live, struct err *err)
{
        return unsealed(copy, live, SETTLE, err);
}

int store_lock_out(struct store *copy, struct err *err)
{
        return unsealed(copy, NULL, LOCK_OUT, err);
}

int store_lock_out_bare(struct store *copy, struct err *err)
{
        return unsealed(copy, NULL, LOCK_OUT_BARE, err);
}

int store_give_back(struct store *copy, struct err *err)
{
        return unsealed(copy, NULL, GIVE_BACK, err);
}
