/*
 * sqlite_content.c -- every row of every table, in a defined order, into a digest.
 *
 * The statements are made from the schema, since a table that a later release adds must be counted
 * without anybody remembering it here. The only foreign text in them is a table's name, quoted as
 * SQLite quotes names; the authorizer stands behind it.
 */
#include <string.h>

#include "store/content_hash.h"
#include "store/inside.h"
#include "store/sqlite_db.h"

/* What sqlite_sequence holds is content: by it no person's number is used twice. */
#define TABLES                                                                                     \
        "SELECT name FROM sqlite_schema WHERE type = 'table'"                                      \
        " AND (name NOT LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'sqlite_sequence') ORDER BY name"

enum value_tag { TAG_NULL = 0, TAG_INTEGER = 1, TAG_REAL = 2, TAG_TEXT = 3, TAG_BLOB = 4 };

static void add_tag(struct digest_stream *s, enum value_tag tag)
{
        uint8_t byte = (uint8_t)tag;

        digest_add(s, &byte, 1);
}

static struct str bytes_of(sqlite3_stmt *stmt, int column)
{
        const char *p = sqlite3_column_blob(stmt, column);

        return str_make(p, p != NULL ? (size_t)sqlite3_column_bytes(stmt, column) : 0);
}

static void add_real(struct digest_stream *s, double value)
{
        uint64_t bits;

        _Static_assert(sizeof bits == sizeof value, "a double has 64 bits");
        memcpy(&bits, &value, sizeof bits);
        add_tag(s, TAG_REAL);
        digest_add_u64(s, bits);
}

/* A blob by its digest: whoever keeps files elsewhere can compute a row without reading them. */
static void add_blob(struct digest_stream *s, struct str bytes)
{
        struct digest digest;

        digest_of(bytes, &digest);
        add_tag(s, TAG_BLOB);
        digest_add_u64(s, bytes.n);
        digest_add(s, digest.b, sizeof digest.b);
}

static void add_value(struct digest_stream *s, sqlite3_stmt *stmt, int column)
{
        switch (sqlite3_column_type(stmt, column)) {
        case SQLITE_INTEGER:
                add_tag(s, TAG_INTEGER);
                digest_add_u64(s, (uint64_t)sqlite3_column_int64(stmt, column));
                break;
        case SQLITE_FLOAT:
                add_real(s, sqlite3_column_double(stmt, column));
                break;
        case SQLITE_TEXT:
                add_tag(s, TAG_TEXT);
                digest_add_text(s, bytes_of(stmt, column));
                break;
        case SQLITE_BLOB:
                add_blob(s, bytes_of(stmt, column));
                break;
        default:
                add_tag(s, TAG_NULL);
                break;
        }
}

static void add_header(struct digest_stream *s, struct str table, sqlite3_stmt *stmt)
{
        static const char domain[] = "carrel-table-1";
        int columns = sqlite3_column_count(stmt);

        digest_add(s, domain, sizeof domain);           /* with its NUL */
        digest_add_text(s, table);
        digest_add_u64(s, (uint64_t)columns);
        for (int i = 0; i < columns; i++)
                digest_add_text(s, str_of(sqlite3_column_name(stmt, i)));
}

/* By all columns from left to right. The first is each table's key, so nothing is sorted in memory. */
static char *rows_statement(struct str table, int columns)
{
        sqlite3_str *text = sqlite3_str_new(NULL);

        sqlite3_str_appendf(text, "SELECT * FROM \"%.*w\"", STR_ARG(table));
        for (int i = 1; i <= columns; i++)
                sqlite3_str_appendf(text, "%s %d COLLATE BINARY", i == 1 ? " ORDER BY" : ",", i);
        return sqlite3_str_finish(text);
}

static int prepare_text(struct sqlite_db *db, char *text, sqlite3_stmt **out, struct err *err)
{
        int result = text != NULL ? sqlite3_prepare_v2(db->handle, text, -1, out, NULL)
                                  : SQLITE_NOMEM;

        sqlite3_free(text);
        return result == SQLITE_OK ? 0 : sqlite_error(db, result, "read a table", err);
}

static void finalize(sqlite3_stmt **stmt)
{
        sqlite3_finalize(*stmt);
}

static int count_columns(struct sqlite_db *db, struct str table, int *out, struct err *err)
{
        sqlite3_stmt *stmt CLEANUP(finalize) = NULL;
        int r = prepare_text(db, rows_statement(table, 0), &stmt, err);

        if (r == 0)
                *out = sqlite3_column_count(stmt);
        return r;
}

static int hash_table(struct sqlite_db *db, struct store_table_content *table, struct err *err)
{
        sqlite3_stmt *stmt CLEANUP(finalize) = NULL;
        struct digest_stream s;
        int columns = 0, result;
        int r = count_columns(db, table->name, &columns, err);

        if (r == 0)
                r = prepare_text(db, rows_statement(table->name, columns), &stmt, err);
        if (r < 0)
                return r;
        digest_start(&s);
        add_header(&s, table->name, stmt);
        while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
                for (int i = 0; i < columns; i++)
                        add_value(&s, stmt, i);
                table->rows++;
        }
        digest_finish(&s, &table->digest);
        return result == SQLITE_DONE ? 0 : sqlite_error(db, result, "read a table", err);
}

static int name_tables(struct sqlite_db *db, struct arena *arena, struct store_content *content,
                       struct err *err)
{
        sqlite3_stmt *stmt CLEANUP(finalize) = NULL;
        int result = sqlite3_prepare_v2(db->handle, TABLES, -1, &stmt, NULL);

        if (result != SQLITE_OK)
                return sqlite_error(db, result, "list the tables", err);
        content->tables = arena_array(arena, STORE_TABLES_MAX, sizeof *content->tables);
        while ((result = sqlite3_step(stmt)) == SQLITE_ROW) {
                if (content->ntables == STORE_TABLES_MAX)
                        return err_set(err, ERR_LIMIT, "the database has more than %d tables",
                                       STORE_TABLES_MAX);
                content->tables[content->ntables++].name = arena_str(arena, bytes_of(stmt, 0));
        }
        return result == SQLITE_DONE ? 0 : sqlite_error(db, result, "list the tables", err);
}

/* The tables' own digests, so that one table can be compared without the others. */
static void seal(struct store_content *content)
{
        static const char domain[] = "carrel-content-1";
        struct digest_stream s;

        digest_start(&s);
        digest_add(&s, domain, sizeof domain);
        digest_add_u64(&s, (uint64_t)content->schema);
        digest_add_u64(&s, content->ntables);
        for (size_t i = 0; i < content->ntables; i++) {
                const struct store_table_content *table = &content->tables[i];

                digest_add_text(&s, table->name);
                digest_add_u64(&s, table->rows);
                digest_add(&s, table->digest.b, sizeof table->digest.b);
                content->rows += table->rows;
        }
        digest_finish(&s, &content->hash);
}

static int hash_all(struct sqlite_db *db, struct arena *arena, struct store_content *content,
                    struct err *err)
{
        int r = sqlite_db_int(db, "PRAGMA user_version", &content->schema, err);

        if (r == 0)
                r = name_tables(db, arena, content, err);
        for (size_t i = 0; r == 0 && i < content->ntables; i++)
                r = hash_table(db, &content->tables[i], err);
        if (r == 0)
                seal(content);
        return r;
}

int store_content_hash(struct store *store, struct arena *arena, struct store_content *out,
                       struct err *err)
{
        struct store_content content = { .ntables = 0 };
        bool mine = sqlite3_get_autocommit(store->db->handle) != 0;
        int r = mine ? sqlite_db_exec(store->db, "BEGIN", err) : 0;

        if (r < 0)
                return r;
        r = hash_all(store->db, arena, &content, err);
        if (mine && sqlite_db_exec(store->db, "ROLLBACK", r < 0 ? NULL : err) < 0 && r == 0)
                r = ERR_IO;
        if (r == 0)
                *out = content;
        return r;
}
