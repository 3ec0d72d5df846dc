/*
 * adopt.c -- keys/root and keys/store of a lost host take the place of those of an empty one.
 *
 * They are two files, so a third says how far it is:
 *
 *   fetch "begun"   either may be the old or the new one; the vault was empty, so both may be replaced again
 *   fetch "done"    both are the new ones; portals are still to be fetched
 *   no fetch        there is nothing to fetch
 */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "fetch.h"

#define MARK "fetch"
#define BEGUN "begun\n"
#define DONE "done\n"

enum { MARK_MAX = 16 };

enum adopt_state adopt_state(void)
{
        struct buf text CLEANUP_BUF = { 0 };

        if (fd_slurp(vault.keys, MARK, MARK_MAX, &text, NULL) < 0)
                return ADOPT_NONE;
        return str_is(buf_str(&text), DONE) ? ADOPT_DONE : ADOPT_BEGUN;
}

int adopt_check(bool empty, struct err *err)
{
        /* One that cannot be opened may have keys, unless it was empty when this began. */
        bool open = vault.key.n > 0;

        if (empty && (open ? vault.ring.n == 0 : adopt_state() == ADOPT_BEGUN))
                return 0;
        if (empty && !open)
                return err_set(err, ERR_DENIED, "this host has backup keys, and they are locked or damaged; "
                               "copies are fetched onto a freshly installed host");
        return err_set(err, ERR_DENIED, "this host has portals or backups of its own; copies are fetched "
                       "onto a freshly installed host. 'carrel backup restore' brings a portal back "
                       "from the backups that are here");
}

static int mark(struct str text, struct err *err)
{
        return fd_replace(vault.keys, MARK, 0600, text.p, text.n, err);
}

int adopt_keys(struct str key, struct str store, struct err *err)
{
        int r = mark(STR(BEGUN), err);

        /* Kept as shares: what was typed is not written down unless somebody says so. */
        if (r == 0)
                r = root_keep(vault.keys, key, ROOT_SHARES, STR(""), &vault.root, err);
        if (r == 0)
                r = fd_replace(vault.keys, "store", 0600, store.p, store.n, err);
        if (r == 0)
                r = mark(STR(DONE), err);
        if (r == 0)
                r = keys_take(key, err);
        if (r < 0)
                return r;
        vault.trouble[0] = '\0';
        vault.ring.confirmed = clock_unix();    /* somebody holds two shares */
        return keyring_save(&vault.ring, vault.keys, key, err);
}

void adopt_finish(void)
{
        if (unlinkat(vault.keys, MARK, 0) < 0 && errno != ENOENT)
                service_log(LOG_WARNING, "the mark of a fetch stays; 'carrel backup fetch' removes it");
}
