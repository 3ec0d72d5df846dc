/*
 * people.h -- the operator's orders about accounts, groups and rights: what each of them works with.
 *
 * Trust:  arguments are the operator's words; every name and date in them is checked here or in store/.
 * Owns:   nothing; an order borrows what order_people() made for it.
 * Used inside src/proc/job only.
 */
#pragma once

#include "base/arena.h"
#include "crypto/password.h"
#include "crypto/password_hash.h"
#include "json/json.h"
#include "orders.h"
#include "store/groups.h"
#include "store/people.h"
#include "store/store.h"

struct people_order {
        struct job *job;
        struct store *store;
        struct arena *arena;
        const struct json *args;
        struct json *result;            /* the answer; an object, or the array of a list */
        int64_t now;
        int password;                   /* a descriptor to read it from, or -1 */
        char hash[PASSWORD_HASH_SIZE];  /* of that password; empty: none came */
        struct str object;              /* what was changed, for the audit log: "person/12" */
        struct json *detail;            /* an object, for the audit log; no names and addresses */
};

/* Changes run inside one transaction, which is undone when they fail. */
typedef int people_fn(struct people_order *order, struct err *err);

/* ---- people.c: arguments that many orders have ---- */
struct str people_argument(const struct people_order *order, const char *key);
NODISCARD int people_find(struct people_order *order, struct store_person *out, struct err *err);
void people_note(struct people_order *order, const char *sentence);
void people_log(struct people_order *order, const char *kind, struct str name);
void people_log_number(struct people_order *order, const char *kind, int64_t number);

/* ---- people_password.c ---- */
people_fn people_hash_password;         /* reads order->password, fills order->hash */

/* ---- people_accounts.c ---- */
people_fn people_user_add, people_user_disable, people_user_enable, people_user_delete, people_user_reset,
        people_user_role;
NODISCARD int people_new(struct people_order *order, struct store_person *out, struct err *err);
struct json *people_json(const struct people_order *order, const struct store_person *person);
/* The link by which a new portal's owner makes the first account. In a transaction. */
NODISCARD int people_invite_first(struct people_order *order, struct str address, struct err *err);

/* ---- people_list.c ---- */
people_fn people_user_list;

/* ---- people_groups.c ---- */
people_fn people_group_add, people_group_remove, people_group_list, people_group_join,
        people_group_leave;
NODISCARD int people_find_group(struct people_order *order, struct store_group *out, struct err *err);

/* ---- people_access.c ---- */
people_fn people_access_grant, people_access_revoke, people_access_list;
