/*
 * groups.h -- access groups, and which people and groups may read which restricted publication.
 *
 * A restricted publication is read by authors, by the Power Readers named here and by the members
 * of the groups named here; may_read() decides. Functions that change something run inside
 * store_begin() and store_commit(); adding what is there and removing what is not are no errors.
 *
 * Trust:  slugs and titles come from forms; they are checked here and bound.
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "store/people.h"

enum { GROUP_SLUG_MAX = 64, GROUP_TITLE_MAX = 200 };

struct store_group {
        int64_t id;
        struct str slug;                /* a-z, 0-9 and single hyphens */
        struct str title;
        int64_t created;
        int64_t members;
};

/* ERR_EXISTS: the slug is taken. ERR_INVALID: no slug or title to use. */
NODISCARD int store_group_add(struct store *store, struct str slug, struct str title, int64_t now,
                              int64_t *out_id, struct err *err);
NODISCARD int store_group_rename(struct store *store, int64_t id, struct str title,
                                 struct err *err);
/* With its memberships and the rights it gave. */
NODISCARD int store_group_remove(struct store *store, int64_t id, struct err *err);
NODISCARD int store_group_find(struct store *store, struct str slug, struct arena *arena,
                               struct store_group *out, struct err *err);
NODISCARD int store_group_list(struct store *store, struct arena *arena, struct store_group **out,
                               size_t *out_n, struct err *err);

/* ERR_NOT_FOUND: no such group or person. */
NODISCARD int store_group_join(struct store *store, int64_t group, int64_t person,
                               struct err *err);
NODISCARD int store_group_leave(struct store *store, int64_t group, int64_t person,
                                struct err *err);
NODISCARD int store_group_members(struct store *store, int64_t group, struct arena *arena,
                                  struct store_person **out, size_t *out_n, struct err *err);
/* The groups a person is in. */
NODISCARD int store_group_list_of(struct store *store, int64_t person, struct arena *arena,
                                  struct store_group **out, size_t *out_n, struct err *err);

/* The groups that are named for a publication. */
NODISCARD int store_group_list_named(struct store *store, int64_t publication, struct arena *arena,
                                     struct store_group **out, size_t *out_n, struct err *err);

/* One line of a publication's list of readers: a person or a group. */
struct store_grant {
        int64_t person;                 /* 0: a group's */
        int64_t group;                  /* 0: a person's */
        struct str name;                /* the person's address or the group's slug */
        struct str title;               /* the person's name or the group's title */
};

/* ERR_NOT_FOUND: no such publication, person or group. */
NODISCARD int store_grant_person(struct store *store, int64_t publication, int64_t person,
                                 struct err *err);
NODISCARD int store_grant_group(struct store *store, int64_t publication, int64_t group,
                                struct err *err);
NODISCARD int store_revoke_person(struct store *store, int64_t publication, int64_t person,
                                  struct err *err);
NODISCARD int store_revoke_group(struct store *store, int64_t publication, int64_t group,
                                 struct err *err);
NODISCARD int store_grant_list(struct store *store, int64_t publication, struct arena *arena,
                               struct store_grant **out, size_t *out_n, struct err *err);
