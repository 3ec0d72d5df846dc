/*
 * hosts.c -- the key and certificate of each name this portal answers for, from its own container.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "portal.h"
#include "sni/hostname.h"

enum { KEY_BYTES_MAX = 8192, CHAIN_BYTES_MAX = 64 * 1024 };

static int load(const struct hostname *name, struct tls_server **out, struct err *err)
{
        char path[300];
        struct buf key CLEANUP_BUF = { 0 }, chain CLEANUP_BUF = { 0 };

        snprintf(path, sizeof path, "tls/%s/key.der", name->text);
        int r = fd_slurp(AT_FDCWD, path, KEY_BYTES_MAX, &key, err);

        if (r == 0) {
                snprintf(path, sizeof path, "tls/%s/chain.pem", name->text);
                r = fd_slurp(AT_FDCWD, path, CHAIN_BYTES_MAX, &chain, err);
        }
        if (r == 0)
                r = tls_server_new(buf_str(&key), buf_str(&chain), out, err);
        if (key.n > 0)
                explicit_bzero(key.p, key.n);
        return r;
}

int hosts_find(struct portal *portal, struct str name, struct host **out, struct err *err)
{
        struct hostname checked;
        struct host *host = map_get(portal->hosts, name);

        if (host != NULL) {
                *out = host;
                return 0;
        }
        /* The edge has checked it, but it becomes a path here. */
        int r = hostname_parse(name, &checked, err);

        if (r < 0)
                return r;
        struct tls_server *tls;

        r = load(&checked, &tls, err);
        if (r < 0)
                return err_wrap(err, r, "no certificate for %s", checked.text);
        host = xalloc(sizeof *host);
        host->tls = tls;
        snprintf(host->name, sizeof host->name, "%s", checked.text);
        map_put(portal->hosts, hostname_str(&checked), host);
        *out = host;
        return 0;
}
