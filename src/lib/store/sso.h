/*
 * sso.h -- providers by whose accounts people log in, and which of their accounts is whose here.
 *
 * A provider is made by the operator, who also decides which places on the network the portal may ask
 * for it; what is kept here about that is for people to read. Its issuer never changes. Functions that
 * change something run inside store_begin() and store_commit().
 *
 * Trust:  texts come from forms and files; they are checked here, all are bound. The client secret is
 *         stored as it is, since it must be sent; store_sso_list() leaves it out.
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "store/people.h"

enum {
        SSO_PROVIDERS_MAX = 5,
        SSO_RULES_MAX = 20,             /* of one provider */
        SSO_NAME_MAX = 32,              /* bytes, all of these */
        SSO_LABEL_MAX = 60,
        SSO_ISSUER_MAX = 400,
        SSO_CLIENT_MAX = 255,
        SSO_SECRET_MAX = 512,
        SSO_SCOPES_MAX = 200,
        SSO_CLAIM_MAX = 100,
        SSO_FACTOR_MAX = 100,
        SSO_LIST_MAX = 1000,            /* domains and origins, with blanks between them */
        SSO_VALUE_MAX = 255,
        SSO_SUBJECT_MAX = 255,
};

/* Who has this value in the provider's claim gets an account of this role, in these groups. */
struct store_sso_rule {
        struct str value;
        enum person_role role;
        struct str groups;              /* short names with blanks between them, or empty */
};

struct store_sso {
        int64_t id;
        struct str name;                /* a-z, 0-9 and single hyphens: in addresses and commands */
        struct str label;               /* on the button */
        struct str issuer;
        struct str client;
        struct str secret;              /* empty: none, or left out */
        int64_t method;                 /* enum signon_method, as a number; 2 has no secret */
        struct str origins;             /* what the operator allowed for it, for people to read */
        struct str scopes;
        struct str domains;             /* mail of these domains is believed; empty: none is */
        struct str claim;               /* what the rules are about; empty: there are none */
        struct str factor;              /* the provider's word for a login with two factors, or empty */
        bool administrators;            /* it may also open and make accounts of administrators */
        bool enabled;
        int64_t created;
        int64_t changed;
        struct store_sso_rule *rules;
        size_t nrules;
        int64_t links;                  /* how many people have logged in by it */
};

/*
 * All but id, created, changed, links and origins' meaning is checked.
 * Fails: ERR_EXISTS  the name or the issuer is taken    ERR_LIMIT  there are SSO_PROVIDERS_MAX
 *        ERR_INVALID with the rule it breaks
 */
NODISCARD int store_sso_add(struct store *store, const struct store_sso *sso, int64_t now, int64_t *out_id,
                            struct err *err);
/*
 * label, method, scopes, domains, claim, factor, administrators, enabled, rules; secret unless it is
 * empty.
 */
NODISCARD int store_sso_change(struct store *store, const struct store_sso *sso, int64_t now,
                               struct err *err);
/* With its links: who logged in by it needs another way. */
NODISCARD int store_sso_remove(struct store *store, int64_t id, struct err *err);

/* With the secret. ERR_NOT_FOUND */
NODISCARD int store_sso_find(struct store *store, struct str name, struct arena *arena, struct store_sso *out,
                             struct err *err);
NODISCARD int store_sso_find_id(struct store *store, int64_t id, struct arena *arena, struct store_sso *out,
                                struct err *err);
/* Without the secrets; in the order they were made. */
NODISCARD int store_sso_list(struct store *store, struct arena *arena, struct store_sso **out, size_t *out_n,
                             struct err *err);

/* Whose account this is. ERR_NOT_FOUND: nobody's yet. */
NODISCARD int store_sso_person(struct store *store, int64_t provider, struct str subject,
                               int64_t *out_person, struct err *err);
/* Link it. ERR_EXISTS: the subject is somebody's, or the person has another one there. */
NODISCARD int store_sso_link(struct store *store, int64_t provider, struct str subject, int64_t person,
                             int64_t now, struct err *err);
/* It was used for a login. */
NODISCARD int store_sso_touch(struct store *store, int64_t provider, struct str subject, int64_t now,
                              struct err *err);
/* Whether a person has logged in by any of them. */
NODISCARD int store_sso_has_link(struct store *store, int64_t person, bool *out, struct err *err);

/* Whether domains (as in struct store_sso) has the one of this folded address. */
bool store_sso_domain_listed(struct str domains, struct str login);
