/*
 * setup.c -- a new container: its database, and for each host name a key that never leaves it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/fd.h"
#include "content/content.h"
#include "json/json.h"
#include "orders.h"
#include "sni/hostname.h"
#include "store/project.h"
#include "store/store.h"
#include "tls/key.h"

enum { CERTIFICATE_WAIT_MS = 30000 };

static int make_folder(const char *path, struct err *err)
{
        if (mkdir(path, 0700) < 0 && errno != EEXIST)
                return err_errno(err, "make the folder %s", path);
        return 0;
}

/* Ask the registry to certify the public half; chain gets its answer. */
static int ask_certificate(struct job *job, struct str public, struct buf *chain, struct err *err)
{
        struct message ask CLEANUP_MESSAGE;
        struct message answer;
        int fd = -1;

        message_init(&ask, MSG_JOB_KEY);
        message_put_bytes(&ask, public.p, public.n);
        job_tell(job, &ask);
        int r = channel_await(job->registry, CERTIFICATE_WAIT_MS, &answer, &fd, err);

        fd_close(&fd);
        if (r < 0)
                return r;
        if (answer.type != MSG_JOB_CERTIFICATE)
                return err_set(err, ERR_PROTOCOL, "the registry sent no certificate");
        buf_add_str(chain, message_get_str(&answer));
        return 0;
}

/*
 * One file, so that one rename(2) replaces both: a key without its certificate would close the portal until
 * the next renewal. The chain in PEM, a zero byte, the key in DER.
 */
static int write_pair(const char *host, const struct buf *key, const struct buf *chain,
                      struct err *err)
{
        struct buf pair CLEANUP_BUF = { 0 };
        char path[300];

        snprintf(path, sizeof path, "tls/%s", host);
        int r = make_folder("tls", err);

        if (r == 0)
                r = make_folder(path, err);
        if (r < 0)
                return r;
        int dir CLEANUP_FD = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (dir < 0)
                return err_errno(err, "open the folder %s", path);
        buf_reserve(&pair, chain->n + 1 + key->n);      /* no copy of the key is left behind */
        buf_add_str(&pair, buf_str(chain));
        buf_add(&pair, "", 1);
        buf_add_str(&pair, buf_str(key));
        r = fd_replace(dir, "pair", 0600, pair.p, pair.n, err);
        explicit_bzero(pair.p, pair.n);
        return r;
}

static int make_pair(struct job *job, struct str name, struct err *err)
{
        struct buf key CLEANUP_BUF = { 0 }, public CLEANUP_BUF = { 0 }, chain CLEANUP_BUF = { 0 };
        struct hostname host;
        int r = hostname_parse(name, &host, err);

        if (r == 0)
                r = tls_key_new(&key, err);
        if (r == 0)
                r = tls_key_public(buf_str(&key), &public, err);
        if (r == 0)
                r = ask_certificate(job, buf_str(&public), &chain, err);
        if (r == 0)
                r = write_pair(host.text, &key, &chain, err);
        if (key.n > 0)
                explicit_bzero(key.p, key.n);
        return r;
}

int order_put_site(struct json *answer, struct store *store, struct arena *arena, struct err *err)
{
        struct str title = STR("Documentation"), language = STR("en");
        int r = store_meta_find(store, STR("site.title"), arena, &title, err);

        if (r == 0)
                r = store_meta_find(store, STR("site.language"), arena, &language, err);
        if (r < 0 && r != ERR_NOT_FOUND)
                return r;
        json_put_text(answer, "title", title);
        json_put_text(answer, "language", language);
        return 0;
}

/* A database, new or from an export, with the name that was asked for. */
static int make_database(struct job *job, int fd, struct str title, struct str language,
                         struct store **out, struct err *err)
{
        const struct store_options options = { .create = fd < 0, .busy_ms = 5000 };
        int r = fd >= 0 ? order_take(job, fd, err) : 0;

        if (r == 0)
                r = store_open(".", &options, out, err);
        /* An export brings its own name, unless another is asked for. */
        if (r == 0 && (fd < 0 || title.n > 0))
                r = content_set_site(*out, title, language, err);
        return r;
}

int order_setup(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct store *store CLEANUP_STORE = NULL;
        struct json *answer CLEANUP_JSON = NULL;
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        /* The next message takes the place of this one in memory. */
        struct str title = arena_str(arena, message_get_str(msg));
        struct str language = arena_str(arena, message_get_str(msg));
        struct str host = arena_str(arena, message_get_str(msg));
        struct str owner = arena_str(arena, message_get_str(msg));

        int r = make_database(job, fd, title, language, &store, err);

        if (r == 0)
                r = make_pair(job, host, err);
        if (r == 0 && owner.n > 0)
                r = order_invite_owner(job, store, owner, &answer, err);
        if (answer == NULL)
                answer = json_new_object();
        if (r == 0)
                r = order_put_site(answer, store, arena, err);
        if (r == 0)
                json_render(answer, false, &job->json);
        return r;
}

int order_renew(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        (void)fd;
        return make_pair(job, arena_str(arena, message_get_str(msg)), err);
}
