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

enum { PAIR_BYTES_MAX = 72 * 1024 };

/* What the job's setup.c has written: the chain in PEM, a zero byte, the key in DER. */
static int load(const struct hostname *name, struct tls_server **out, struct err *err)
{
        char path[300];
        struct buf pair CLEANUP_BUF = { 0 };

        snprintf(path, sizeof path, "tls/%s/pair", name->text);
        int r = fd_slurp(AT_FDCWD, path, PAIR_BYTES_MAX, &pair, err);

        if (r < 0)
                return r;
        struct str key = buf_str(&pair);
        struct str chain = str_cut(&key, '\0');

        r = tls_server_new(key, chain, out, err);
        explicit_bzero(pair.p, pair.n);
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
