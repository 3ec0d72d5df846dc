/*
 * store.h -- for src/lib/store: sqlite_error() returns a negative code, whatever SQLite said. See all.h.
 */
#pragma once

#include "store/sqlite_db.h"

#define sqlite_error(...) analysis_negative((sqlite_error)(__VA_ARGS__), ERR_IO)
