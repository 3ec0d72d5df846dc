/*
 * csv.h -- comma-separated values (RFC 4180): read with limits, and written so that no spreadsheet takes a
 * field for a formula.
 *
 * Trust:  the text is a stranger's; every count and size has a limit here.
 * Owns:   rows and decoded fields live in the caller's arena; plain fields are slices of the text.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
        CSV_BYTES_MAX = 256 * 1024,
        CSV_ROWS_MAX = 2000,
        CSV_FIELDS_MAX = 16,
        CSV_FIELD_MAX = 1024,           /* bytes of one field, decoded */
};

struct csv_row {
        unsigned line;                  /* on which it begins, from 1 */
        struct str *fields;             /* without the blanks around them */
        size_t n;
};

/*
 * Lines end with LF or CRLF; empty ones are left out; a byte order mark at the start is skipped. What stands
 * between fields is a comma, or a semicolon or tab where the first line has that and no comma, as
 * spreadsheets write in countries that count with a decimal comma.
 *
 * ERR_INVALID, ERR_LIMIT: the sentence names the line.
 */
NODISCARD int csv_read(struct str text, struct arena *arena, struct csv_row **out, size_t *out_n,
                       struct err *err);

/*
 * Append one row. A field that begins with = + - @ tab or CR gets an apostrophe before it: a spreadsheet
 * would otherwise run it (OWASP, "CSV injection"; ASVS 5.0, 1.2.10).
 */
void csv_write(struct buf *out, const struct str *fields, size_t n);
