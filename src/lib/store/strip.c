/*
 * strip.c -- each table, and what of it may leave the host with an export.
 */
#include "store/strip.h"

#include "base/arena.h"
#include "store/inside.h"
#include "store/list.h"

enum fate { KEPT, EMPTIED, CLEANED };

/* In an order in which rows may go: who refers to others first. */
static const struct {
        const char *table;
        enum fate fate;
        const char *text;               /* of what is not kept */
} fates[] = {
        { "recovery_code", EMPTIED, "DELETE FROM recovery_code" },
        { "passkey", EMPTIED, "DELETE FROM passkey" },
        { "known_browser", EMPTIED, "DELETE FROM known_browser" },
        { "one_time", EMPTIED, "DELETE FROM one_time" },
        { "outbox", EMPTIED, "DELETE FROM outbox" },
        { "session", EMPTIED, "DELETE FROM session" },
        { "pending_login", EMPTIED, "DELETE FROM pending_login" },
        /* With them the client's secret: another host registers as a client of its own. */
        { "sso_link", EMPTIED, "DELETE FROM sso_link" },
        { "sso_rule", EMPTIED, "DELETE FROM sso_rule" },
        { "sso_provider", EMPTIED, "DELETE FROM sso_provider" },
        { "api_token", EMPTIED, "DELETE FROM api_token" },
        { "person", CLEANED, "UPDATE person SET password = '', totp_secret = x'', totp_step = -1,"
                             " recovery_salt = x'', failures = 0, failed = 0" },
        /* The keys for forms and links are here; both are made anew where they are missing. */
        { "meta", CLEANED, "DELETE FROM meta WHERE key NOT LIKE 'site.%'" },
        { "project", KEPT, NULL },
        { "topic", KEPT, NULL },
        { "revision", KEPT, NULL },
        { "toc_node", KEPT, NULL },
        { "blob", KEPT, NULL },
        { "blob_part", KEPT, NULL },
        { "file", KEPT, NULL },
        { "project_redirect", KEPT, NULL },
        { "publication", KEPT, NULL },
        { "publication_page", KEPT, NULL },
        { "publication_toc", KEPT, NULL },
        { "publication_file", KEPT, NULL },
        { "redirect", KEPT, NULL },
        { "site_page", KEPT, NULL },
        { "access_group", KEPT, NULL },
        { "group_member", KEPT, NULL },
        { "publication_access", KEPT, NULL },
        /* A link works only with the portal's key for links, which is one of meta's secrets. */
        { "share_link", KEPT, NULL },
        { "audit", KEPT, NULL },
        { "setting", KEPT, NULL },
        { "sqlite_sequence", KEPT, NULL },
};

bool store_strip_knows(struct str table)
{
        for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++)
                if (str_is(table, fates[i].table))
                        return true;
        return false;
}

static void name_row(struct query *q, struct arena *arena, void *item)
{
        *(struct str *)item = arena_str(arena, query_text(q, 0));
}

/* A name of the schema, which this program or an earlier one made: letters and '_'. */
static int empty_unknown(struct store *store, struct arena *arena, struct err *err)
{
        struct str *names = NULL;
        size_t n = 0;
        int r = list_rows(store, "SELECT name FROM sqlite_schema WHERE type = 'table'"
                          " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
                          NO_ARGS, sizeof *names, name_row, arena, &names, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (!store_strip_knows(names[i]))
                        r = sqlite_db_empty(store->db, names[i], err);
        return r;
}

int store_strip(struct store *store, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = empty_unknown(store, arena, err);
        for (size_t i = 0; r == 0 && i < sizeof fates / sizeof fates[0]; i++)
                if (fates[i].fate != KEPT)
                        r = sql_run(store, fates[i].text, NO_ARGS, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit_quietly(store, err);
}
