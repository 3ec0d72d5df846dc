/*
 * session.h -- the one place where a login becomes a session, whatever proved who they are.
 *
 * Trust:  the caller has checked the proof; whether it is enough is decided here.
 * Owns:   nothing beyond the exchange it answers.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "proc/portal/identity.h"

struct arrival;

/* What belongs to the login and is done in its transaction first: a link or a code used up. It may say
 * who. */
typedef int arrival_step_fn(struct arrival *arrival, struct err *err);

struct arrival {
        struct portal *portal;
        struct http_exchange *x;
        int64_t person;
        struct str address;
        struct str next;                /* where they wanted to go */
        const char *with;               /* "password", "link", "passkey" or code_name(): for the log */
        bool strong;                    /* a second factor was passed, or a passkey that is both */
        bool stale;                     /* the proof is not of now, but of some time ago elsewhere */
        arrival_step_fn *step;          /* or NULL */
        void *ctx;
};

/*
 * A session, or, where a second factor is still to come, a login that waits at /login/factor: one
 * transaction with the step and the log, then the answer with its cookies. Negative: nothing has
 * happened and the exchange is still to be answered. ERR_DENIED: the account may not log in (or what
 * the step says).
 */
NODISCARD int arrive(struct arrival *arrival, struct err *err);

/* Inside a transaction: a session for this person, named by this token; proved just now. */
NODISCARD int session_begin(const struct arrival *arrival, const struct token *token, struct err *err);

/* Inside a transaction: a row of the log about one's own login. person 0: unknown. with and why may be
 * empty. */
NODISCARD int login_record(struct portal *portal, const char *action, int64_t person, struct str address,
                           struct str with, struct str why, struct err *err);

/* Whether one's own login or another person's: a browser its owner has logged in from before. */
bool browser_is_known(struct portal *portal, struct http_exchange *x, int64_t person);
