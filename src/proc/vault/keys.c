/*
 * keys.c -- the root key: found, made, unlocked, proven by shares, kept another way; and the portals' keys
 * changed for new ones.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "crypto/hex.h"
#include "fetch.h"
#include "offsite.h"
#include "vault/shares.h"

enum { TYPED_MAX = 4096 };

int keys_check_open(struct err *err)
{
        if (vault.trouble[0] != '\0')
                return err_set(err, ERR_DENIED, "%s", vault.trouble);
        if (vault.key.n == 0)
                return err_set(err, ERR_DENIED, "the backup keys are locked; 'carrel backup keys "
                                                "unlock' opens "
                               "them");
        return 0;
}

/* ---- start ---- */

static int open_ring(struct err *err)
{
        int r = keyring_load(vault.keys, secret_str(&vault.key), &vault.ring, err);

        if (r == ERR_NOT_FOUND) {
                keyring_new(&vault.ring);
                r = keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), err);
        }
        return r;
}

static bool has_store(void)
{
        struct buf some CLEANUP_BUF = { 0 };

        return fd_slurp(vault.keys, "store", KEYRING_BYTES_MAX, &some, NULL) != ERR_NOT_FOUND;
}

/* A host's first start makes the root key; one that is missing later is never replaced by another. */
static int load_root(struct err *err)
{
        int r = root_load(vault.keys, &vault.root, err);

        if (r != ERR_NOT_FOUND)
                return r;
        if (has_store())
                return err_set(err, ERR_NOT_FOUND, "the root key of the backups is missing "
                                                   "(vault/keys/root); "
                               "put it back: without it no backup can be opened");
        return root_make(vault.keys, &vault.root, err);
}

int keys_take(struct str key, struct err *err)
{
        secret_make(&vault.key, ROOT_LEN);
        memcpy(vault.key.p, key.p, ROOT_LEN);
        vault.key.n = ROOT_LEN;
        int r = open_ring(err);

        if (r < 0)
                secret_free(&vault.key);
        return r;
}

void keys_start(void)
{
        struct err err;
        int r = load_root(&err);

        if (r == 0 && vault.root.kind == ROOT_FILE)
                r = keys_take(secret_str(&vault.root.key), &err);
        if (r == 0)
                return;
        if (adopt_state() == ADOPT_BEGUN)
                snprintf(err.text, sizeof err.text, "taking over the keys of a lost host was interrupted; "
                         "'carrel backup fetch' begins it again");
        snprintf(vault.trouble, sizeof vault.trouble, "%s", err.text);
        service_log(LOG_ERROR, "no backup can be made or opened: %s", err.text);
}

/* ---- what a person typed ---- */

int keys_read_typed(int fd, struct secret *out, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };

        buf_reserve(&text, TYPED_MAX + 1);
        /* Whoever typed has closed the other end; a pipe that stays open is not waited for. */
        int r = fd >= 0 ? fd_set_nonblocking(fd, err) : err_set(err, ERR_INVALID, "nothing was typed");

        if (r == 0)
                r = fd_read_to_end(fd, TYPED_MAX, &text, err);
        if (r == 0)
                r = secret_take(out, text.p, text.n, err);
        if (text.p != NULL)
                secret_wipe(text.p, text.cap);
        return r;
}

/* ---- orders ---- */

static int save(struct err *err)
{
        return keyring_save(&vault.ring, vault.keys, secret_str(&vault.key), err);
}

static int unlock(struct str typed, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };

        if (vault.trouble[0] != '\0')
                return err_set(err, ERR_DENIED, "%s", vault.trouble);
        if (vault.key.n > 0)
                return err_set(err, ERR_EXISTS, "the backup keys are open already");
        int r = root_unlock(&vault.root, typed, &key, err);

        if (r == 0)
                r = keys_take(secret_str(&key), err);
        if (r == 0) {
                service_log(LOG_NOTICE, "the backup keys are unlocked");
                tidy_all();
                copying_start();
        }
        return r;
}

/* Two shares that give this very key: the paper is good, and somebody has it. */
static int check_shares(struct str typed, struct err *err)
{
        struct root as_shares = { .kind = ROOT_SHARES };
        struct secret key CLEANUP_SECRET = { 0 };

        memcpy(as_shares.fingerprint, vault.root.fingerprint, sizeof as_shares.fingerprint);
        int r = keys_check_open(err);

        if (r == 0)
                r = root_unlock(&as_shares, typed, &key, err);
        if (r < 0)
                return r;
        vault.ring.confirmed = clock_unix();
        return save(err);
}

static int show_shares(struct json *answer, struct err *err)
{
        char lines[SHARES][SHARES_LINE_MAX];
        struct json *list = json_new_array();
        int r = keys_check_open(err);

        json_put(answer, "shares", list);
        if (r < 0)
                return r;
        shares_split((const uint8_t *)vault.key.p, lines);
        for (int i = 0; i < SHARES; i++)
                json_append_text(list, str_of(lines[i]));
        secret_wipe(lines, sizeof lines);
        service_log(LOG_NOTICE, "shares of the root key were shown on the command line");
        return 0;
}

/* The portal's own keys, for its files without us; every version that some backup may still need. */
static int print_keys(uint64_t id, struct json *answer, struct err *err)
{
        struct json *list = json_new_array();
        const struct keyring_portal *portal = NULL;
        int r = keys_check_open(err);

        json_put(answer, "keys", list);
        if (r == 0 && (portal = keyring_find(&vault.ring, id)) == NULL)
                r = err_set(err, ERR_NOT_FOUND, "the portal has no key yet; its first backup makes one");
        for (size_t i = 0; r == 0 && i < portal->nversions; i++) {
                struct secret key CLEANUP_SECRET = { 0 };
                struct json *row = json_new_object();
                char name[24], digits[2 * SEAL_KEK_LEN + 1], when[CLOCK_ISO_LEN + 1];

                json_append(list, row);
                r = keyring_key(&vault.ring, portal, portal->versions[i].number, &key, err);
                if (r < 0)
                        break;
                snprintf(name, sizeof name, "kek-%u", portal->versions[i].number);
                clock_iso(portal->versions[i].created, when);
                hex_write(key.p, key.n, digits);
                json_put_text(row, "name", str_of(name));
                json_put_text(row, "made", str_of(when));
                json_put_text(row, "key", str_of(digits));
                secret_wipe(digits, sizeof digits);
        }
        if (r == 0)
                service_log(LOG_NOTICE, "the backup keys of portal=%llu were printed on the command line",
                            (unsigned long long)id);
        return r;
}

static int keep(enum root_kind kind, struct str typed, struct err *err)
{
        int r = keys_check_open(err);

        /* A key that only paper has must be on paper. */
        if (r == 0 && kind == ROOT_SHARES && vault.ring.confirmed == 0)
                r = err_set(err, ERR_DENIED, "nobody has proven to hold two shares yet: 'carrel "
                                             "backup keys "
                            "show-shares', then 'carrel backup keys check --shares', then this again");
        if (r == 0)
                r = root_keep(vault.keys, secret_str(&vault.key), kind, typed, &vault.root, err);
        if (r == 0)
                service_log(LOG_NOTICE, "the root key of the backups is kept as %s now",
                            root_kind_name(kind));
        return r;
}

static int rotate(uint64_t portal, struct json *answer, struct err *err)
{
        int64_t changed = 0;
        int r = keys_check_open(err);

        for (size_t i = 0; r == 0 && i < vault.ring.n; i++) {
                if (portal != 0 && vault.ring.portals[i]->id != portal)
                        continue;
                r = keyring_rotate(&vault.ring, vault.ring.portals[i], clock_unix(), err);
                changed++;
        }
        if (r == 0 && changed > 0)
                r = save(err);
        json_put_int(answer, "changed", changed);
        return r;
}

static void describe(struct json *answer)
{
        char when[CLOCK_ISO_LEN + 1];

        json_put_text(answer, "kept", str_of(root_kind_name(vault.root.kind)));
        json_put_text(answer, "fingerprint", str_of(vault.root.fingerprint));
        json_put_bool(answer, "unlocked", vault.key.n > 0);
        json_put_bool(answer, "in_locked_memory", vault.key.n > 0 && vault.key.locked);
        json_put_int(answer, "portals", (int64_t)vault.ring.n);
        clock_iso(vault.ring.confirmed, when);
        if (vault.ring.confirmed > 0)
                json_put_text(answer, "shares_checked", str_of(when));
        if (vault.trouble[0] != '\0')
                json_put_text(answer, "trouble", str_of(vault.trouble));
        if (adopt_state() == ADOPT_DONE)
                json_put_bool(answer, "fetch_unfinished", true);
}

static int carry_out(uint64_t portal, struct str verb, int fd, struct json *answer, struct err *err)
{
        struct secret typed CLEANUP_SECRET = { 0 };
        bool types = str_is(verb, "unlock") || str_is(verb, "check-shares") || str_is(verb,
                "keep-passphrase");
        int r = types ? keys_read_typed(fd, &typed, err) : 0;

        if (r < 0)
                return r;
        if (str_is(verb, "check"))
                return 0;
        if (str_is(verb, "check-shares"))
                return check_shares(secret_str(&typed), err);
        if (str_is(verb, "show-shares"))
                return show_shares(answer, err);
        if (str_is(verb, "print"))
                return print_keys(portal, answer, err);
        if (str_is(verb, "unlock"))
                return unlock(secret_str(&typed), err);
        if (str_is(verb, "rotate"))
                return rotate(portal, answer, err);
        if (str_is(verb, "keep-file"))
                return keep(ROOT_FILE, STR(""), err);
        if (str_is(verb, "keep-passphrase"))
                return keep(ROOT_PASSPHRASE, str_trim(secret_str(&typed)), err);
        if (str_is(verb, "keep-shares"))
                return keep(ROOT_SHARES, STR(""), err);
        return err_set(err, ERR_UNSUPPORTED, "the vault does not know '%.*s'", STR_ARG(verb));
}

void keys_order(uint64_t token, uint64_t portal, struct str verb, int fd)
{
        struct json *answer = json_new_object();
        int typed CLEANUP_FD = fd;
        struct err err;

        if (carry_out(portal, verb, typed, answer, &err) < 0) {
                json_free(&answer);
                tell_failed(token, &err);
                return;
        }
        describe(answer);
        tell_done(token, answer);
        tell_state();
}
