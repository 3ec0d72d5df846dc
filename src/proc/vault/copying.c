/*
 * copying.c -- one object after the other is copied elsewhere: each portal's, as backlog.c finds them, and
 * when no portal waits any more the store of keys, which names lines of lists that are all there already.
 *
 * A failure holds everything for a while, twice as long each time; what failed then waits until the others
 * had their turn. Nothing of it delays a backup.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "fetch.h"
#include "offsite.h"

enum { BOOKS_PER_TURN = 8, ASIDE_MAX = 16, HOLD_MAX = 3600, DOUBLINGS_MAX = 12, SETTLE_MS = 3000,
       LOOK_AGAIN_MS = 6 * 3600 * 1000 };

static struct {
        uint64_t clean;                 /* portals up to this number have nothing to copy */
        struct copy_item item;          /* under way */
        bool busy, complete;
        bool resting;                   /* nothing is to be done before LOOK_AGAIN_MS or a change */
        bool readable;                  /* the last copy could be read back */
        uint64_t lost;                  /* copies that were not there any more, and were stored again */
        bool ours;                      /* the store there is this host's, or there is none */
        struct copy_item aside[ASIDE_MAX];      /* failed since the last success of all others */
        size_t naside;
        unsigned failures;              /* in a row */
        int64_t hold_until;
        struct loop_timer timer;
        int64_t error_time;
        char error[ERR_TEXT_MAX];
} copying;

static void work(void *ctx);

static void work_in(uint64_t ms)
{
        copying.resting = false;
        loop_set_timer(vault.service.loop, &copying.timer, ms, work, NULL);
}

/* ---- the report ---- */

void copying_report(void)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct message msg CLEANUP_MESSAGE;
        struct buf text CLEANUP_BUF = { 0 };
        char when[CLOCK_ISO_LEN + 1];

        json_put_bool(o, "configured", offsite_is_on());
        json_put_text(o, "place", str_of(offsite_place_text()));
        json_put_bool(o, "complete", copying.complete);
        json_put_int(o, "stored_again", (int64_t)copying.lost);
        if (copying.error[0] != '\0') {
                json_put_text(o, "last_error", str_of(copying.error));
                clock_iso(copying.error_time, when);
                json_put_text(o, "last_error_at", str_of(when));
                json_put_int(o, "failures", copying.failures);
        }
        json_render(o, false, &text);
        message_init(&msg, MSG_VAULT_OFFSITE);
        message_put_str(&msg, buf_str(&text));
        tell_registry(&msg);
}

/* ---- what failed waits ---- */

static bool is_same(const struct copy_item *a, const struct copy_item *b)
{
        return a->portal == b->portal && a->kind == b->kind && a->number == b->number &&
               a->removal == b->removal;
}

bool copying_is_aside(const struct copy_item *item)
{
        for (size_t i = 0; i < copying.naside; i++)
                if (is_same(&copying.aside[i], item))
                        return true;
        return false;
}

/* ---- one object ---- */

static int open_plain(int folder, const char *name, struct err *err)
{
        int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? err_errno(err, "open %s", name) : fd;
}

/* Of a file that only grows, or is replaced as a whole: what it is at this moment. */
static int digest_file(int fd, struct digest *out, uint64_t *size, struct err *err)
{
        struct buf bytes CLEANUP_BUF = { 0 };
        int r = fd_read_to_end(fd, KEYRING_BYTES_MAX, &bytes, err);

        if (r < 0)
                return r;
        digest_of(buf_str(&bytes), out);
        *size = bytes.n;
        return 0;
}

static void note(const struct copy_item *item, bool proven)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        struct copies copies CLEANUP_COPIES = { .n = 0 };
        const struct copy_row row = { .kind = item->kind, .number = item->number, .proven = proven,
                                      .when = clock_unix(), .digest = item->digest };
        struct err err;
        int r = item->portal == 0 ? 0 : book_open(item->portal, false, &book, &err);

        if (r == ERR_NOT_FOUND)
                return;                 /* the portal was destroyed meanwhile */
        if (r == 0) {
                int folder = item->portal == 0 ? vault.keys : book.folder;

                copies_load(folder, offsite_place(), &copies);
                if (item->removal)
                        copies_remove(&copies, item->kind, item->number);
                else
                        copies_put(&copies, &row);
                r = copies_save(folder, &copies, &err);
        }
        if (r < 0)
                service_log(LOG_ERROR, "an off-site copy cannot be noted, and is looked at again "
                            "portal=%llu: %s", (unsigned long long)item->portal, err.text);
        else if (item->portal != 0)
                tell_age(&book);
}

static void hold(struct str why)
{
        int64_t seconds = offsite_retry_seconds();

        copying.failures++;
        for (unsigned i = 1; i < copying.failures && i < DOUBLINGS_MAX && seconds < HOLD_MAX; i++)
                seconds *= 2;
        seconds = seconds < HOLD_MAX ? seconds : HOLD_MAX;
        copying.error_time = clock_unix();
        copying.hold_until = copying.error_time + seconds;
        snprintf(copying.error, sizeof copying.error, "%.*s", STR_ARG(why));
        service_log(LOG_WARNING, "off-site copies wait seconds=%lld failures=%u: %s", (long long)seconds,
                    copying.failures, service_quote(why).text);
        if (copying.naside == ASIDE_MAX)
                copying.naside = 0;
        copying.aside[copying.naside++] = copying.item;
        work_in((uint64_t)seconds * 1000);
}

static void log_done(const struct copy_item *item, bool proven)
{
        static const char *const kinds[COPY_KINDS] = { "backup", "list", "store" };

        service_log(LOG_INFO, "off-site %s portal=%llu %s=%llu",
                    item->removal ? "removed" : proven ? "copy proven" : "copy unproven",
                    (unsigned long long)item->portal, kinds[item->kind], (unsigned long long)item->number);
}

/* It had been read back once, so somebody or something removed or changed it there. */
static void tell_lost(const struct copy_item *item)
{
        copying.lost++;
        service_log(LOG_ERROR, "an off-site copy was lost or another, and is stored again portal=%llu "
                    "number=%llu: find out who may remove objects there",
                    (unsigned long long)item->portal, (unsigned long long)item->number);
}

static void done(void *ctx, enum offsite_outcome outcome, bool stored, struct str why)
{
        (void)ctx;
        copying.busy = false;
        if (keys_check_open(NULL) < 0)
                return;
        if (outcome == OFFSITE_DONE || outcome == OFFSITE_UNPROVEN) {
                if (copying.item.again && stored)
                        tell_lost(&copying.item);
                note(&copying.item, outcome == OFFSITE_DONE);
                if (!copying.item.removal)
                        copying.readable = outcome == OFFSITE_DONE;
                copying.failures = 0;
                copying.error[0] = '\0';
                log_done(&copying.item, outcome == OFFSITE_DONE);
                work_in(0);
        } else {
                hold(why);
        }
        copying_report();
}

/* Opens what is to be copied; its digest is that of the list, or of its bytes now. */
static int open_item(struct copy_item *item, int folder, uint64_t *size, struct err *err)
{
        char name[FILE_NAME_MAX] = "store";
        struct stat st;

        if (item->kind == COPY_BACKUP)
                book_file_name(item->number, "esdk", name);
        else if (item->kind == COPY_MANIFEST)
                snprintf(name, sizeof name, "manifest");
        int fd CLEANUP_FD = open_plain(folder, name, err);

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return err_errno(err, "look at %s", name);
        *size = (uint64_t)st.st_size;
        int r = item->kind == COPY_BACKUP ? 0 : digest_file(fd, &item->digest, size, err);

        if (r < 0)
                return r;
        int open = fd;

        fd = -1;
        return open;
}

/* folder: where its file is; name: what it is called there. */
static void start(struct copy_item *item, int folder, const char *name)
{
        uint64_t size = 0;
        struct err err;
        int fd CLEANUP_FD = item->removal ? -1 : open_item(item, folder, &size, &err);

        copying.item = *item;
        if (!item->removal && fd < 0) {
                hold(str_of(err.text));
                return;
        }
        copying.complete = false;
        copying.busy = offsite_ask(item->removal ? MSG_OFFSITE_REMOVE : MSG_OFFSITE_PUT, name, size,
                                   &item->digest, fd, done, NULL);
}

static bool waits_for_manifest(void)
{
        for (size_t i = 0; i < copying.naside; i++)
                if (copying.aside[i].kind == COPY_MANIFEST)
                        return true;
        return false;
}

/*
 * A fresh machine with the settings of a lost host must not put its own keys in the place of that host's,
 * which are all that is left of them.
 */
static void on_store(const struct hauled *got)
{
        struct keyring ring CLEANUP_KEYRING = { 0 };

        copying.busy = false;
        if (keys_check_open(NULL) < 0)
                return;
        if (got->outcome == OFFSITE_FAILED) {
                hold(str_of(got->why));
        } else if (got->outcome == OFFSITE_DONE &&
                   keyring_read(got->bytes, secret_str(&vault.key), &ring, NULL) < 0) {
                hold(STR("another host's store of keys is there, or a damaged one, and is not overwritten: "
                         "give [offsite] another url; on a fresh machine 'carrel backup fetch' brings that "
                         "host back"));
        } else {
                copying.ours = true;
                work_in(0);
        }
        copying_report();
}

static void look_at_store(const struct copy_item *item)
{
        copying.item = *item;
        copying.complete = false;
        copying.busy = true;
        haul_start("store", FETCHED_STORE_MAX, -1, on_store);
}

/* The store goes last, and again whenever it has changed; never before the lists whose lines it names. */
static bool start_store(void)
{
        struct copies host CLEANUP_COPIES = { .n = 0 };
        struct copy_item item = { .kind = COPY_STORE };
        uint64_t size;
        struct err err;
        int fd CLEANUP_FD = open_plain(vault.keys, "store", &err);

        copies_load(vault.keys, offsite_place(), &host);
        const struct copy_row *row = copies_last(&host, COPY_STORE);

        if (vault.ring.n == 0 || fd < 0 || digest_file(fd, &item.digest, &size, &err) < 0 ||
            copying_is_aside(&item) || waits_for_manifest())
                return false;
        bool same = row != NULL && memcmp(row->digest.b, item.digest.b, DIGEST_LEN) == 0;

        item.again = same && row->proven;
        if (same && !backlog_is_due(row))
                return false;
        if ((row == NULL || item.again) && !copying.ours)
                look_at_store(&item);
        else
                start(&item, vault.keys, "store");
        return true;
}

/* ---- the loop ---- */

/* The next portal that may have something; NULL: none. */
static const struct keyring_portal *next_portal(void)
{
        for (size_t i = 0; i < vault.ring.n; i++)
                if (vault.ring.portals[i]->id > copying.clean)
                        return vault.ring.portals[i];
        return NULL;
}

static bool look_at(uint64_t portal)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        char name[OBJECT_NAME_MAX];
        struct copy_item item;

        /* A list that cannot be read has been told of, and stays as it is there. */
        if (book_open(portal, false, &book, NULL) < 0 || !backlog_find(&book, &item))
                return false;
        offsite_name(book.portal, item.kind, item.number, name);
        start(&item, book.folder, name);
        return true;
}

static void rest(void)
{
        if (copying.naside > 0) {       /* all others are done: what failed has its turn again */
                copying.naside = 0;
                copying.clean = 0;
                int64_t left = copying.hold_until - clock_unix();

                work_in(left > 0 ? (uint64_t)left * 1000 : 0);
        } else {
                copying.complete = true;
                copying.clean = 0;              /* some copy may be due again by then */
                copying.ours = false;
                work_in(LOOK_AGAIN_MS);
                copying.resting = true;
        }
        copying_report();
}

static void work(void *ctx)
{
        const struct keyring_portal *portal = NULL;

        (void)ctx;
        copying.resting = false;
        if (!offsite_is_on() || copying.busy || fetch_is_on() || keys_check_open(NULL) < 0)
                return;
        int64_t left = copying.hold_until - clock_unix();

        if (copying.failures > 0 && left > 0) {
                work_in((uint64_t)left * 1000);
                return;
        }
        for (unsigned i = 0; i < BOOKS_PER_TURN && (portal = next_portal()) != NULL; i++) {
                if (look_at(portal->id))
                        return;
                copying.clean = portal->id;
        }
        if (portal != NULL)
                work_in(0);
        else if (!start_store())
                rest();
}

bool copying_can_read(void)
{
        return copying.readable;
}

void copying_start(void)
{
        copying.clean = 0;
        copying.naside = 0;
        copying.busy = copying.ours = false;
        copying.complete = false;
        copying.failures = 0;
        copying.hold_until = 0;
        work_in(0);
        copying_report();
}

void copying_look(uint64_t portal)
{
        if (portal <= copying.clean)
                copying.clean = portal - 1;
        if (copying.complete) {         /* from this moment on it would not be true */
                copying.complete = false;
                copying_report();
        }
        /* The steps of one backup are copied together. */
        if (offsite_is_on() && !copying.busy && copying.failures == 0 &&
            (copying.resting || copying.timer.loop == NULL))
                work_in(SETTLE_MS);
}
