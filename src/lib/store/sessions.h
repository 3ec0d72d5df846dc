/*
 * sessions.h -- who is logged in, and who is half-way.
 *
 * A session is named by 256 random bits that only the browser has; the row holds their SHA-256. Its
 * limits are those of the person's role when it began (settings.h). It is dead when it was idle too
 * long or is too old, when the person is not active, has expired or has a newer epoch.
 *
 * Functions that change something run inside store_begin() and store_commit(); touching may be
 * committed quietly.
 *
 * Trust:  addresses and agents are only shown to the person; they are cut to size here.
 * Owns:   results are copied into the caller's arena.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "crypto/digest.h"
#include "store/people.h"

enum {
        SESSIONS_MAX = 50,              /* per person; the one unseen for longest makes room */
        SESSION_TOUCH_AFTER = 60,       /* seconds: how exact "last seen" is */
        SESSION_ADDRESS_MAX = 64,       /* bytes kept */
        SESSION_AGENT_MAX = 160,
};

struct store_session {
        int64_t id;
        int64_t person;
        struct str login;
        struct str name;
        enum person_role role;
        int64_t created;
        int64_t seen;
        int64_t until;                  /* when it ends if nothing more comes */
        int64_t ends;                   /* when it ends in any case */
        bool second_factor;             /* has been passed */
        bool factor_missing;            /* it was not, and the role must: nothing but setting one up */
        int64_t elevated;               /* re-authenticated: sensitive actions are allowed until then */
        struct str address;
        struct str agent;
};

struct store_session_start {
        struct digest token;            /* SHA-256 of the id */
        int64_t person;
        struct str address;
        struct str agent;
        bool second_factor;
        int64_t elevated;               /* 0: not */
};

/* ERR_DENIED: the account is not active or has expired. */
NODISCARD int store_session_start(struct store *store, const struct store_session_start *start,
                                  int64_t now, int64_t *out_id, struct err *err);

/* One indexed row, joined with its person. ERR_NOT_FOUND for all that is missing or dead, alike. */
NODISCARD int store_session_find(struct store *store, const struct digest *token, int64_t now,
                                 struct arena *arena, struct store_session *out, struct err *err);

/* Whether a touch is due; only then begin a transaction for it. */
static inline bool store_session_is_due(const struct store_session *session, int64_t now)
{
        return now >= session->seen + SESSION_TOUCH_AFTER;
}

/* Seen now: the idle limit counts anew. Writes nothing before it is due. */
NODISCARD int store_session_touch(struct store *store, int64_t id, int64_t now, struct err *err);

/* The person has proved again who they are. ERR_NOT_FOUND: no such session. */
NODISCARD int store_session_elevate(struct store *store, int64_t id, int64_t until,
                                    struct err *err);

/* Whether a second factor stands behind it: one was set up in it, or the last one was removed. */
NODISCARD int store_session_set_factor(struct store *store, int64_t id, bool second_factor,
                                       struct err *err);

/* Log out. Ending what has ended is no error. */
NODISCARD int store_session_revoke(struct store *store, int64_t person, int64_t id,
                                   struct err *err);
NODISCARD int store_session_revoke_others(struct store *store, int64_t person, int64_t keep,
                                          struct err *err);

/* A person's live sessions, the one seen last first. */
NODISCARD int store_session_list(struct store *store, int64_t person, int64_t now,
                                 struct arena *arena, struct store_session **out, size_t *out_n,
                                 struct err *err);

/* Remove what is over: sessions, pending logins, one-time links. Once an hour is often enough. */
NODISCARD int store_sweep_logins(struct store *store, int64_t now, struct err *err);

/*
 * A login that waits for its next step: the second factor, a passkey, an enrolment's first code, the
 * answer of an identity provider. It is named by its own random id, ends soon and is taken once.
 */
enum pending_kind {
        PENDING_SECOND_FACTOR = 0,
        PENDING_PASSKEY = 1,            /* data: the challenge; person 0: not known yet */
        PENDING_ENROL = 2,              /* data: challenge or secret to be confirmed */
        PENDING_SINGLE_SIGN_ON = 3,     /* data: nonce and code verifier; person 0 */
};

enum {
        PENDING_ATTEMPTS_MAX = 5,
        PENDING_SECONDS_MAX = 3600,
        PENDING_DATA_MAX = 512,
        PENDING_RETURN_MAX = 1024,
        PENDING_NOBODY_MAX = 2000,      /* of nobody in particular; the oldest make room */
        PENDING_PERSON_MAX = 20,        /* of one person */
};

struct store_pending {
        int64_t id;
        enum pending_kind kind;
        int64_t person;                 /* 0: none yet */
        struct str data;
        struct str return_to;
        int64_t created;
        int64_t expires;
        int64_t attempts;
};

/*
 * id, created and attempts are not looked at. Removes what is over, and what is more than there may
 * be. ERR_DENIED: the person may not log in.
 */
NODISCARD int store_pending_add(struct store *store, const struct digest *token,
                                const struct store_pending *pending, int64_t now, struct err *err);
/* ERR_NOT_FOUND: missing, of another kind, over, tried too often, or the person has changed since. */
NODISCARD int store_pending_find(struct store *store, const struct digest *token,
                                 enum pending_kind kind, int64_t now, struct arena *arena,
                                 struct store_pending *out, struct err *err);
/* Count a wrong attempt. */
NODISCARD int store_pending_fail(struct store *store, int64_t id, struct err *err);
/* It has served; of two who take it at the same moment one gets ERR_NOT_FOUND. */
NODISCARD int store_pending_take(struct store *store, int64_t id, struct err *err);
