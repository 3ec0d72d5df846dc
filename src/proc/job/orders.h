/*
 * orders.h -- the work a job can be ordered to do. One order, then the process ends.
 *
 * Trust:  the registry is trusted about what to do; the archive on an import's descriptor is hostile.
 * Used inside src/proc/job only.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "crypto/password_hash.h"
#include "json/json.h"
#include "store/people.h"
#include "wire/channel.h"

struct job {
        struct channel *registry;       /* or the portal, for a password or a long order */
        bool mail;                      /* this host sends letters */
        struct password_cost cost;      /* what hashing a password takes on this machine */
        struct buf json;                /* the result, an object; empty: none */
};

typedef int order_fn(struct job *job, struct message *msg, int fd, struct err *err);

/* setup.c */
order_fn order_setup;           /* JOB_SETUP: database, key, certificate, the owner's link */
order_fn order_renew;           /* JOB_RENEW: a new key and certificate for a name */
/* "title" and "language", for the registry's list: an export or a backup brought its own. */
NODISCARD int order_put_site(struct json *answer, struct store *store, struct arena *arena,
                             struct err *err);

/* documents.c */
order_fn order_import;
order_fn order_publish;
order_fn order_summary;

/* backup.c */
order_fn order_snapshot, order_receive, order_restore;

/* parts.c */
order_fn order_bring_back;      /* JOB_BRING_BACK: a project or a topic of what was received */
order_fn order_look;            /* JOB_LOOK: what it holds, into the container */

/* backup.c: what was received, and the live database; closing it removes what was received */
struct received {
        struct store *copy, *live;
};
/* msg: rows and content, which it must have. */
NODISCARD int received_open(struct message *msg, struct received *out, struct err *err);
void received_close(struct received *received);

/* scrub.c */
order_fn order_scrub;           /* JOB_SCRUB: is the database what was written to it? */

/* alarm.c */
order_fn order_alarm;           /* JOB_ALARM: tell this portal's administrators of its backups */

/* exports.c */
order_fn order_export;          /* JOB_EXPORT: everything of the portal as one archive */
order_fn order_measure;         /* JOB_MEASURE: what there is, before it is destroyed */
order_fn order_tidy;            /* JOB_TIDY */
/* An export into the empty container; what it was goes into the log. */
NODISCARD int order_take(struct job *job, int fd, struct err *err);

/* keeping.c: what waits in the container until the portal's administrators fetch it */
order_fn order_keep;            /* JOB_KEEP: a backup, sealed to the owner's key */
order_fn order_record;          /* JOB_RECORD: a word in the portal's log */
enum kept { KEPT_EXPORT = 1, KEPT_BACKUP = 2, KEPT_INSIDE = 4,
            KEPT_ALL = KEPT_EXPORT | KEPT_BACKUP | KEPT_INSIDE };
/* It goes when it is older than this; the portal gives it no longer. */
enum { KEPT_SECONDS = 86400 };
/*
 * what: a set of enum kept. Also an unfinished one, once nobody has written to it for an hour: a younger may
 * be another job's, at work.
 */
void kept_expire(unsigned what, uint64_t keep_seconds);
/* A record about the portal as a whole, in a transaction of its own. */
NODISCARD int log_portal(struct store *store, int64_t actor, struct str action, struct str detail,
                         struct err *err);

/* people.c */
order_fn order_people;          /* JOB_PEOPLE: accounts, groups, rights, settings, the log */
order_fn order_of_portal;       /* ORDER: the same for a person in the browser */
/* A link for a new portal's owner; a new password's, where the address has an account. */
NODISCARD int order_invite_owner(struct job *job, struct store *store, struct str address,
                                 struct json **out, struct err *err);

/* passwords.c: orders of the portal, answered in their own form */
void password_order(struct job *job, struct message *msg);
/*
 * May this person, who need not have an account yet, have this password? portal: its name in addresses, or
 * empty.
 */
NODISCARD int password_allowed(struct store *store, const struct store_person *person,
                               struct str portal, const struct password *pw, struct arena *arena,
                               struct err *err);

/* recovery.c: the same for recovery codes */
void recovery_order(struct job *job, struct message *msg);

/* main.c: wait until the registry takes it; the process ends when the registry is gone */
NODISCARD int job_await(struct job *job, struct message *msg, int *fd, struct err *err);
void job_tell(struct job *job, const struct message *msg);
void job_note(struct job *job, unsigned severity, struct str file, unsigned line, struct str text);
void job_progress(struct job *job, const char *stage, uint64_t done, uint64_t total);
