/*
 * alarm.h -- what an operator has to be told of a host's backups: which alarms there are, and when a letter
 * about them is due. Rules over facts and times that the caller brings.
 *
 * An alarm is a kind and a portal, or a kind and the host. The operator is told once when it begins and once
 * when it is over; however many begin at once, that is one letter, and there is at most one in an hour. A
 * portal's administrators are told of what their portal is short of, and once when all of it has been over
 * for an hour.
 *
 * Trust:  names of portals and reasons are anybody's words: they stay within their line.
 * Owns:   nothing; lists and their texts live in the caller's arena.
 * Linked by the registry.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"

/* Numbers are stored in the registry's database: none is used twice. */
enum alarm_kind {
        ALARM_NONE = 0,
        ALARM_BACKUP_LATE = 1,          /* no good backup for 26 hours */
        ALARM_TRIAL_FAILED = 2,         /* the last trial restore did not give back what was sealed */
        ALARM_SUSPECT = 3,              /* the last scrub found damage */
        ALARM_SCRUB_LATE = 4,
        ALARM_COPY_LATE = 5,            /* no copy elsewhere of a backup of the last 26 hours */
        ALARM_HELD = 6,                 /* a backup is so much smaller that a person has to look */
        ALARM_NO_ROOM = 7,              /* a disk was too full for a backup, and none was made since */
        ALARM_KEYS_LOCKED = 8,          /* from here on: of the host */
        ALARM_KEYS_MISSING = 9,
        ALARM_KEYS_UNPROVEN = 10,       /* nobody has shown that the paper opens the backups */
        ALARM_VAULT_GONE = 11,
};

enum {
        ALARM_KINDS = ALARM_VAULT_GONE,
        ALARM_PORTAL_KINDS = ALARM_NO_ROOM,     /* at most so many of one portal */
        ALARM_NEWS_SECONDS = 3600,      /* between two letters, and before a portal is called well */
        ALARM_KEPT_SECONDS = 7 * 86400, /* one that is over is shown as such so long */
        ALARM_TOLD_MAX = 50,            /* of those that began, last or are over, in one letter */
        ALARM_LETTER_MAX = 28 * 1024,   /* bytes; no letter's text is longer */
};

/* What is known of one portal. Times are Unix seconds; 0: never, or it is not so. */
struct alarm_facts {
        bool known;                     /* the vault has spoken of it; else its part is not known yet */
        int64_t created;                /* of the portal */
        int64_t newest;                 /* when its newest good backup was begun */
        int64_t trial_failed;           /* when, if the last trial restore did */
        int64_t held;                   /* since when a backup is */
        int64_t no_room;                /* since when a disk is too full for one */
        bool had_room;                  /* the last attempt found room; else it is not known */
        int64_t scrubbed, suspect;      /* last looked at; damaged since */
        bool copies;                    /* copies elsewhere are asked for */
        int64_t copied;                 /* when the newest one with a copy was begun */
};

/* What came of an alarm since its list was made. */
enum alarm_change { ALARM_AS_IT_WAS, ALARM_CHANGED, ALARM_GONE };

struct alarm {
        enum alarm_kind kind;
        uint64_t portal;                /* 0: the host's */
        struct str name;                /* of the portal */
        int64_t since;
        int64_t seen;                   /* when it was there, the last time anybody looked */
        int64_t told;                   /* when the operator was written of it; 0: not, or of its end, too */
        int64_t wrote;                  /* when the portal's administrators were; 0: not */
        int64_t ended;                  /* 0: it is there; else it is over */
        struct str why;                 /* what is known besides; may be empty, and is not stored */
        enum alarm_change change;
};

bool alarm_kind_known(int64_t number);
/* "backup-late" */
const char *alarm_name(enum alarm_kind kind);

/* Since when this portal has this alarm; 0: it has not. */
int64_t alarm_since(enum alarm_kind kind, const struct alarm_facts *facts, int64_t now);

/* What it is and what to do about it, one line without an end. */
void alarm_say(struct buf *out, const struct alarm *alarm);

/*
 * What there was and what is found make what there is, in order of portal and kind. since 0 of one that is
 * found: since it was seen first. unsure: the vault has not spoken yet, so what only it knows stays as it
 * was. letters: the operator can be told that something is over. Those that are GONE are in it, too.
 */
void alarm_merge(struct arena *arena, struct alarm *was, size_t nwas, struct alarm *found, size_t nfound,
                 int64_t now, bool unsure, bool letters, struct alarm **out, size_t *out_n);

/* ---- to the operator ---- */

/* Whether a letter is due; last: when the last one was written, 0: never. */
bool alarm_letter_due(const struct alarm *alarms, size_t n, int64_t last, int64_t now);

/* One line, and a text of lines that end with '\n'. host: the host's name. */
void alarm_letter_write(const struct alarm *alarms, size_t n, struct str host, int64_t now,
                        struct buf *subject, struct buf *text);

/* The letter is written: what it said counts as told. */
void alarm_letter_told(struct alarm *alarms, size_t n, int64_t now);

/* ---- to a portal's administrators ---- */

enum { ALARM_OVER = 1 };                /* in a set of alarms, where no kind has the bit of ALARM_NONE */

/*
 * What they have to be told: a set of 1 << kind, or ALARM_OVER alone when all they were told of is over; 0:
 * nothing. alarms: of any portals; those of others are passed over.
 */
uint32_t alarm_news(const struct alarm *alarms, size_t n, uint64_t portal, int64_t now);

/* They have been told this. */
void alarm_wrote(struct alarm *alarms, size_t n, uint64_t portal, uint32_t news, int64_t now);
