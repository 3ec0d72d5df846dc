/*
 * orders.h -- one order under way: what the functions behind the table work with. Private to people/.
 *
 * Trust:  see people.h.
 * Owns:   nothing; an order borrows what people_order() made for it.
 */
#pragma once

#include "people/people.h"
#include "store/groups.h"
#include "store/publication.h"

struct order {
        const struct people_request *request;
        struct store *store;
        struct arena *arena;
        struct json *result;            /* the answer; an object, or the array of a list */
        int64_t now;
        struct str object;              /* what was changed, for the audit log: "person/12" */
        struct json *detail;            /* an object, for the audit log; no names and addresses */
        bool renders;                   /* what every page shows was changed: render all of them again */
};

/* Changes run inside one transaction, which is undone when they fail. */
typedef int order_fn(struct order *order, struct err *err);

/* ---- orders.c: what many orders need ---- */
struct str order_argument(const struct order *order, const char *key);
bool order_has(const struct order *order, const char *key);
/* The person named by "email" or "id". */
NODISCARD int order_person(struct order *order, struct store_person *out, struct err *err);
/* The day given is the last one, by UTC: *out is the first second behind it, or 0 without a day. */
NODISCARD int order_read_day(const struct order *order, struct str text, int64_t *out, struct err *err);
void order_note(struct order *order, const char *sentence);
/* The command that helps, as the end of a sentence: empty where nobody types commands. */
const char *order_hint(struct order *order, const char *format, ...) PRINTF(2, 3);
void order_log(struct order *order, const char *kind, struct str name);
void order_log_number(struct order *order, const char *kind, int64_t number);

/* ---- accounts.c ---- */
order_fn user_add, user_change, user_show, user_disable, user_enable, user_delete, user_reset, user_role,
        user_end_sessions, user_unfactor;
/* A link for a first password; puts "path" and "valid_until" into an object. */
NODISCARD int invite_into(struct order *order, struct json *into, const struct store_person *described,
                          int64_t id, struct err *err);
NODISCARD int described_person(struct order *order, struct store_person *out, struct err *err);
NODISCARD int invite_first(struct order *order, struct str address, struct err *err);
NODISCARD int password_asked(struct order *order, struct str address, struct err *err);

/* ---- describe.c ---- */
void person_describe(const struct order *order, const struct store_person *person, struct json *object);
struct json *person_json(const struct order *order, const struct store_person *person);
const char *person_state_word(const struct order *order, const struct store_person *person);

/* ---- list.c ---- */
order_fn user_list;

/* ---- bulk.c ---- */
order_fn user_import, user_preview;

/* ---- groups.c ---- */
order_fn group_add, group_rename, group_remove, group_list, group_join, group_leave;
NODISCARD int order_group(struct order *order, struct store_group *out, struct err *err);

/* ---- access.c ---- */
order_fn access_grant, access_revoke, access_list;
NODISCARD int order_publication(struct order *order, struct store_publication_row *out, struct err *err);

/* ---- shares.c ---- */
order_fn share_add, share_list, share_revoke;
/* A word to whoever ends an account whose links go on. */
void share_remark(struct order *order, int64_t person);

/* ---- tokens.c ---- */
order_fn token_add, token_list, token_revoke;
/* ---- sso.c ---- */
order_fn sso_add, sso_change, sso_remove, sso_list;

/* ---- publications.c ---- */
order_fn access_visibility;

/* ---- log.c ---- */
order_fn audit_list, audit_verify;

/* ---- owner.c ---- */
order_fn settings_show, settings_change;

/* ---- client_key.c ---- */
order_fn backup_key_set, backup_key_remove;
