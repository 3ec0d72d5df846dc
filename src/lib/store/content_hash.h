/*
 * content_hash.h -- one number for all that a portal's database says, however it lies in the file.
 *
 * Two databases have the same content hash when every table holds the same rows. Where rows and
 * pages lie, what is free, what is still in the write-ahead log, and row numbers that no column
 * shows make no difference. docs/formats/content-hash.md has the bytes and a vector; another program
 * can compute it with nothing but SQLite and SHA-256.
 *
 * Trust:  the rows may be anything (a restored file); they are bytes here, nothing is interpreted.
 * Owns:   nothing; names are copied into the caller's arena.
 * Linked by the portal's jobs.
 */
#pragma once

#include "base/arena.h"
#include "crypto/digest.h"
#include "store/store.h"

enum { STORE_TABLES_MAX = 64 };

struct store_table_content {
        struct str name;
        uint64_t rows;
        struct digest digest;           /* of this table alone */
};

struct store_content {
        struct digest hash;
        int64_t schema;                 /* the version the tables have */
        uint64_t rows;                  /* of all tables */
        struct store_table_content *tables;     /* by name */
        size_t ntables;
};

/*
 * Read every row of every table, in one read transaction unless one is open already. Takes as long
 * as SHA-256 of the whole file does, and the write-ahead log cannot be emptied meanwhile: of a portal
 * that people use, take a snapshot (snapshot.h) and read that.
 *
 * Fails: ERR_LIMIT    more than STORE_TABLES_MAX tables
 *        ERR_CORRUPT  the file is damaged
 */
NODISCARD int store_content_hash(struct store *store, struct arena *arena,
                                 struct store_content *out, struct err *err);
