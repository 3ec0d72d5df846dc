/*
 * yaml_tree.h -- private to exchange/: YAML 1.1 (and so JSON) as a small tree, without its dangers.
 *
 * Trust:  hostile text. At most 1 MiB, 50,000 nodes, 32 levels. Aliases are not followed (a
 *         few lines of them can mean gigabytes) and tags are not acted on; both read as empty and
 *         are counted.
 * Owns:   nothing; nodes live in the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
        enum yaml_kind kind;
        unsigned line;                  /* from 1 */
        struct str key;                 /* in a map */
        struct str text;                /* of a scalar */
        bool plain;                     /* a scalar without quotes: null, true, 3 are not text */
        struct yaml *children;
        struct yaml *next;
};

struct yaml_odd {
        unsigned tags, aliases;
        unsigned line;                  /* of the first one */
        struct str tag;                 /* the first one, as written */
};

/* ERR_INVALID with the line where it breaks the grammar. An empty document is an empty map. */
NODISCARD int yaml_parse(struct arena *arena, struct str text, struct yaml **out,
                         struct yaml_odd *odd, struct err *err);

/* The value of a key, or NULL; also when map is NULL or no map. */
const struct yaml *yaml_get(const struct yaml *map, const char *key);

/* The text of a key's scalar, or empty. */
struct str yaml_text(const struct yaml *map, const char *key);

/* Whether a key holds a number, and its thousandths: positions like 2.5 keep their order. */
bool yaml_position(const struct yaml *map, const char *key, int64_t *out);
