/*
 * fetch.c -- what the registry asks while a lost host comes back; one order at a time.
 *
 *   1  the store of keys, proven by the root key that two shares give        -> adopt.c
 *   2  which portal follows
 *   3  a portal's list and backups                                           -> fetch_portal.c
 *   4  it is over
 *
 * Storage that fails ends the order, and it goes on with the next one.
 */
#include "fetch.h"

#include "base/fd.h"

enum { STEP_OPEN = 1, STEP_NEXT, STEP_BRING, STEP_OVER };

static struct {
        bool on;                        /* between step 1 and step 4 */
        uint64_t token;                 /* of the order under way; 0: none */
        struct secret key;              /* step 1 */
} fetch;

bool fetch_is_on(void)
{
        return fetch.on;
}

/* ---- the end of an order ---- */

static void forget_order(void)
{
        haul_stop();
        fetch_portal_end();
        secret_free(&fetch.key);
        fetch.token = 0;
}

void fetch_fail(const struct err *err)
{
        uint64_t token = fetch.token;

        forget_order();
        tell_failed(token, err);
}

void fetch_succeed(struct json *answer)
{
        uint64_t token = fetch.token;

        forget_order();
        tell_done(token, answer);
}

void fetch_fail_of(const struct hauled *got, const char *what)
{
        struct err err;
        int r;

        if (got->outcome == OFFSITE_FAILED)
                r = err_set(&err, ERR_IO, "%s did not come: %s; when that is mended, 'carrel backup "
                            "fetch' goes on where this ended", what, got->why);
        else if (got->outcome == OFFSITE_ABSENT)
                r = err_set(&err, ERR_NOT_FOUND, "%s is not at %s; 'url' in [offsite] must be the lost "
                            "host's", what, offsite_place_text());
        else
                r = err_set(&err, ERR_DENIED, "%s may not be read with this key (or is not there): give "
                            "key_id in [offsite] the right to read, s3:GetObject and s3:ListBucket", what);
        (void)r;
        fetch_fail(&err);
}

/* ---- 1: the keys ---- */

static struct json *about_keys(bool resumed)
{
        struct json *o = json_new_object();

        json_put_int(o, "portals", (int64_t)vault.ring.n);
        json_put_int(o, "highest", vault.ring.n > 0 ? (int64_t)vault.ring.portals[vault.ring.n - 1]->id : 0);
        json_put_bool(o, "resumed", resumed);
        json_put_text(o, "place", str_of(offsite_place_text()));
        return o;
}

static int prove_store(struct str bytes, struct err *err)
{
        struct keyring ring CLEANUP_KEYRING = { 0 };
        int r = keyring_read(bytes, secret_str(&fetch.key), &ring, err);

        if (r == ERR_DENIED)
                return err_set(err, r, "the store of keys at %s does not open with these shares: they are of "
                               "another host or an older root key, or it is another host's store",
                               offsite_place_text());
        if (r < 0)
                return err_set(err, r, "the store of keys at %s is damaged; bring an older version of the "
                               "object 'store' back there, then try again", offsite_place_text());
        return 0;
}

static void on_store(const struct hauled *got)
{
        struct err err;

        if (got->outcome != OFFSITE_DONE) {
                fetch_fail_of(got, "the store of keys");
                return;
        }
        int r = prove_store(got->bytes, &err);

        if (r == 0)
                r = adopt_keys(secret_str(&fetch.key), got->bytes, &err);
        if (r < 0) {
                fetch_fail(&err);
                return;
        }
        fetch.on = true;
        service_log(LOG_NOTICE, "the keys of a lost host are here portals=%zu", vault.ring.n);
        tell_state();
        fetch_succeed(about_keys(false));
}

/* An earlier one was interrupted: the same shares open what it has brought. */
static int resume(struct str typed, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };
        int r = root_join(typed, &key, err);

        if (r == 0 && vault.key.n > 0 && !secret_eq(secret_str(&key), secret_str(&vault.key)))
                r = err_set(err, ERR_DENIED, "these shares give another key than this host's %s",
                            vault.root.fingerprint);
        if (r == 0 && vault.key.n == 0) {
                r = keys_take(secret_str(&key), err);
                if (r == 0)
                        tell_state();
        }
        return r;
}

static int open_keys(bool empty, int fd, struct err *err)
{
        struct secret typed CLEANUP_SECRET = { 0 };
        int r = keys_read_typed(fd, &typed, err);

        if (r == 0 && !offsite_is_on())
                r = err_set(err, ERR_INVALID, "no off-site storage is set; write [offsite] with the lost "
                            "host's url into the settings and start again");
        if (r < 0)
                return r;
        if (adopt_state() == ADOPT_DONE) {
                r = resume(secret_str(&typed), err);
                return r < 0 ? r : 1;
        }
        r = adopt_check(empty, err);
        return r < 0 ? r : root_join(secret_str(&typed), &fetch.key, err);
}

static void step_open(bool empty, int fd)
{
        struct err err;
        int r = open_keys(empty, fd, &err);

        if (r < 0) {
                fetch_fail(&err);
                return;
        }
        if (r == 0) {
                haul_start("store", FETCHED_STORE_MAX, -1, on_store);
                return;
        }
        fetch.on = true;                /* copying waits from now on, until step 4 begins it anew */
        fetch_succeed(about_keys(true));
}

/* ---- 2: which portal ---- */

static void step_next(uint64_t after)
{
        struct json *o = json_new_object();

        json_put_int(o, "id", 0);
        for (size_t i = 0; i < vault.ring.n; i++) {
                const struct keyring_portal *portal = vault.ring.portals[i];

                if (portal->id <= after)
                        continue;
                json_put_int(o, "id", (int64_t)portal->id);
                json_put_text(o, "name", str_of(portal->name));
                json_put_int(o, "state", portal->state);
                json_put_int(o, "delete_after", portal->delete_after);
                break;
        }
        fetch_succeed(o);
}

void fetch_tell_progress(uint64_t done, uint64_t total)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_VAULT_FETCHING);
        message_put_u64(&msg, fetch.token);
        message_put_u64(&msg, done);
        message_put_u64(&msg, total);
        tell_registry(&msg);
}

/* ---- orders ---- */

static void stop(void)
{
        if (!fetch.on)
                return;
        fetch.on = false;
        copying_start();
}

static void step_over(bool complete)
{
        if (complete)
                adopt_finish();
        stop();
        tell_state();
        fetch_succeed(json_new_object());
}

void fetch_abort(void)
{
        forget_order();
        stop();
}

void fetch_order(uint64_t token, struct message *msg, int fd)
{
        int typed CLEANUP_FD = fd;
        uint32_t step = message_get_u32(msg);
        uint64_t portal = message_get_u64(msg);
        bool mark = message_get_u32(msg) != 0;
        struct err err;

        if (fetch.token != 0 || (step != STEP_OPEN && !fetch.on)) {
                int r = err_set(&err, ERR_BUSY, "copies are being fetched already; wait for that");

                (void)r;
                tell_failed(token, &err);
                return;
        }
        fetch.token = token;
        switch (step) {
        case STEP_OPEN:
                step_open(mark, typed);
                break;
        case STEP_NEXT:
                step_next(portal);
                break;
        case STEP_BRING:
                fetch_portal_begin(portal);
                break;
        default:
                step_over(mark);
                break;
        }
}
