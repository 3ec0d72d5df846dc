/*
 * security.h -- changes of what a person logs in with, beside the password: all of them end the same way.
 *
 * Trust:  the router has made sure of a recent proof of who they are.
 * Owns:   a change lives in its exchange's arena.
 * Used inside src/proc/portal/login only.
 */
#pragma once

#include "mail/letter.h"
#include "page/factor.h"
#include "proc/portal/hashing.h"
#include "proc/portal/identity.h"

struct security_change;
typedef int security_step_fn(const struct security_change *change, struct err *err);

struct security_change {
        struct portal *portal;
        struct http_exchange *x;
        const struct identity *who;
        struct str address;
        const char *action;             /* of the log's row */
        enum letter_kind letter;        /* to the person; 0: none */
        security_step_fn *step;         /* the change itself, inside the transaction */
        const void *ctx;
        bool harmless;                  /* nobody's proof changes: other sessions go on */
        const struct hashing_codes *codes;      /* new recovery codes to store with it, or NULL */
        enum page_security_news news;   /* what the page says afterwards */
};

struct security_change *security_change_new(struct conn *conn, struct http_exchange *x,
                                            const struct identity *who);

/*
 * One transaction: the step, the codes, whether a second factor now stands behind this session, the end
 * of all other sessions, the log. ERR_DENIED: the step's, or it was the last factor and the role must
 * have one.
 */
NODISCARD int security_apply(const struct security_change *change, struct err *err);

/* Apply, and answer with the page; the page says what could not be done. */
void security_carry_out(const struct security_change *change);

/*
 * The same for a new factor: who has no recovery codes gets them with it, and the answer shows them.
 * always: new ones in any case. refused: the answer when the change is refused.
 */
typedef void security_refused_fn(const struct security_change *change, const struct err *err);
void security_enrol(struct security_change *change, bool always, security_refused_fn *refused);

void security_send(struct portal *portal, struct http_exchange *x, const struct identity *who,
                   unsigned status, enum page_security_news news);
