/*
 * people.h -- what may be done about a portal's people, groups and rights: one table of orders for every
 * door, the command line, the browser and the HTTP API.
 *
 * An order has a name ("user.add") and arguments, a JSON object; its answer is an object or, for a list, an
 * array. A change is one transaction with one row in the portal's log, or nothing at all.
 *
 *   user.add      email, role, [name], [expires: YYYY-MM-DD], [print_link]; without a password: an invitation
 *   user.change   email, [name], [role], [expires, "" for never]
 *   user.show, user.disable, user.enable, user.delete     email
 *   user.reset    email, [print_link]
 *   user.end-sessions     email            user.role     email, role
 *   user.unfactor email; for who lost phone and codes: every second factor of theirs goes
 *   user.list     [role], [state], [text], [after], [limit: 1 to 500]
 *   user.import   csv, [groups]: Power Readers, all of the table or none; user.preview: what is wrong with it
 *   group.add     group, [title]           group.rename   group, title     group.remove   group
 *   group.list    [group: its members]     group.join, group.leave   group, email
 *   access.grant, access.revoke   publication, email or group      access.list   publication
 *   share.add     publication, [days: 1 to 366, else 30], [note]     share.list   [publication]
 *   share.revoke  publication, [link: its number; else all of them]
 *   token.add     email, name, scopes ("content.read log.read"), expires; answers with "token", told once
 *   token.list    email                    token.revoke   email, token: its number
 *   sso.add       name, issuer, client, [what sso.change takes, and origins]: a provider of sign-on
 *   sso.change    name, [label], [method: basic, post, public], [scopes], [domains], [claim], [rules:
 *                 "VALUE=ROLE" or "VALUE=ROLE:GROUP,GROUP"], [factor], [administrators], [enabled]
 *   sso.remove    name                     sso.list
 *   access.visibility   publication, visibility: public, restricted, private
 *   audit.list    [email or id], [action: how it begins], [day: YYYY-MM-DD], [before], [limit: 1 to 500]
 *   audit.verify  the whole chain; "holds" says whether
 *   settings.show; settings.change: any of its members, as text; minutes for sessions
 *
 * A person may be named by "id" instead of "email". user.add and user.reset answer with "path", the one-time
 * link on this portal's host, and "valid_until"; the secret in it is nowhere else. On a host that sends mail
 * they write a letter in the same transaction instead and answer with "mailed"; the path is told besides when
 * it was asked for, or when no letter can be sent to such an address. share.add answers with "path" and
 * "valid_until", too; its link may be opened again and again until then.
 *
 * Trust:   arguments are the words of an administrator of this portal or of the operator; whether they are
 *          was decided before. Every name, number and date in them is checked here or in store/.
 * Owns:    nothing beyond a call; the answer is the caller's to free.
 * Blocks:  on the database only. Linked by the portal and its jobs.
 */
#pragma once

#include "base/arena.h"
#include "json/json.h"
#include "store/people.h"
#include "store/store.h"

/* What a link for a new password carries when the person asked for it, not an administrator. */
#define PEOPLE_LINK_ASKED "asked"

/* Wrong guesses since the last complete login; from then on an account takes no password. */
enum { PEOPLE_FAILURES_MAX = 100 };

enum people_door {
        PEOPLE_DOOR_COMMAND,            /* sentences may name a command of carrel */
        PEOPLE_DOOR_PORTAL,             /* the browser or the API */
};

/* Something worth knowing that does not stop the order. Sentences live during the call. */
typedef void people_note_fn(void *ctx, struct str sentence);

struct people_request {
        struct store *store;
        struct str verb;
        const struct json *arguments;   /* an object */
        enum people_door door;
        int64_t actor;                  /* a person's number or AUDIT_HOST, for the log */
        struct str address;             /* where the actor is, or empty */
        int64_t token;                  /* the API token they came with, or 0; for the log */
        struct str hash;                /* user.add: of a password chosen for them, or empty */
        struct str secret;              /* sso.add, sso.change: the client's, or empty */
        int64_t now;                    /* Unix seconds */
        bool mail;                      /* this host sends letters */
        bool tell_links;                /* tell them also where they are sent by mail */
        /* For who saw a state and wants to change that one and no other (If-Match): ERR_AGAIN if the order
         * seen_by, with the same arguments, now answers with another tag than seen. Both empty: whatever it
         * is. Asked inside the transaction of an order that changes something, and before it. */
        struct str seen_by;
        struct str seen;                /* "*": any tag will do */
        people_note_fn *note;           /* or NULL */
        void *ctx;
};

enum { PEOPLE_TAG_MAX = 40 };           /* bytes; what is longer is nobody's tag */

/* A short name of this answer and of no other, with quotes as in ETag; in the arena. */
struct str people_tag(const struct json *answer, struct arena *arena);

bool people_knows(struct str verb);
/* All there are: the i-th of people_verbs(). */
size_t people_verbs(void);
const char *people_verb_at(size_t i);

/* What may come beside the arguments, on a descriptor: the host hands it on unread. */
enum people_brings {
        PEOPLE_BRINGS_NOTHING,
        PEOPLE_MAY_BRING_PASSWORD,      /* to be hashed into request.hash */
        PEOPLE_MAY_BRING_SECRET,        /* a provider's, to become request.secret */
        PEOPLE_MAY_BRING_TABLE,         /* to become the argument "csv" */
};
enum people_brings people_brings(struct str verb);

/* Takes longer than a portal's loop may: have a job do it. */
bool people_is_slow(struct str verb);

/*
 * The log as lines of JSON with their hashes, from the record behind after on, until about
 * PEOPLE_LOG_BYTES are there; *out_last is the last record's number (after, if there was none).
 */
enum { PEOPLE_LOG_BYTES = 8 * 1024 * 1024 };
NODISCARD int people_log_lines(struct store *store, int64_t after, struct buf *out, int64_t *out_last,
                               struct err *err);

/*
 * *out: the answer, an object or array. ERR_UNSUPPORTED: no such order. ERR_INVALID, ERR_NOT_FOUND,
 * ERR_EXISTS, ERR_DENIED and ERR_LIMIT come with a sentence for whoever asked.
 */
NODISCARD int people_order(const struct people_request *request, struct json **out, struct err *err);

/*
 * The link by which the owner of a new portal makes its first account; the answer is as for user.add. No
 * account exists until it is used.
 */
NODISCARD int people_invite_owner(const struct people_request *request, struct str address,
                                  struct json **out, struct err *err);

/*
 * Somebody who is not logged in wants a link for a new password of this address. Where it is the address of
 * an account that may log in with one, a letter is written; there is one row in the log, "password.asked",
 * in any case, and no way to hear which it was. Only where the host sends letters (request.mail). A second
 * factor stays what it is, so an account that was locked by wrong guesses and has one gets no letter.
 */
NODISCARD int people_password_asked(const struct people_request *request, struct str address,
                                    struct err *err);

/* Who user.add would make of these arguments; for the rules of a password, before it is hashed. */
NODISCARD int people_described(const struct people_request *request, struct arena *arena,
                               struct store_person *out, struct err *err);
