/*
 * registry_alarm.h -- the host's alarms, and the last letter about them, in the host's own database.
 *
 * Trust:  names are an operator's words: they are kept and shown, never interpreted.
 * Owns:   results are copied into the caller's arena.
 * Linked by the registry. What the fields mean: vault/alarm.h.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "store/store.h"

struct registry_alarm {
        int64_t kind, portal;
        struct str name;
        int64_t since, seen, told, wrote, ended;
};

/* Inside a transaction; replaces what was there of this kind and portal. */
NODISCARD int registry_alarm_put(struct store *store, const struct registry_alarm *alarm, struct err *err);
NODISCARD int registry_alarm_remove(struct store *store, int64_t kind, int64_t portal, struct err *err);
NODISCARD int registry_alarm_list(struct store *store, struct arena *arena, struct registry_alarm **out,
                                  size_t *out_n, struct err *err);

/* The last letter: there is one row at most. */
struct registry_letter {
        struct str id;                  /* empty: there was none yet */
        struct str subject, text;       /* of one that was handed on: empty */
        int64_t written;                /* Unix seconds */
        bool waits;                     /* for the courier */
};

/* Inside a transaction; replaces the one before. */
NODISCARD int registry_letter_put(struct store *store, const struct registry_letter *letter, struct err *err);
NODISCARD int registry_letter_find(struct store *store, struct arena *arena, struct registry_letter *out,
                                   struct err *err);
