/*
 * outbox.c -- letters on their way to the courier.
 */
#include "store/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "crypto/random.h"
#include "store/inside.h"

enum { PATH_ROOM = 4096 };

static void file_path(const struct store *store, char path[static PATH_ROOM])
{
        snprintf(path, PATH_ROOM, "%s/outbox", store->folder);
}

/* On disk before the row is: the folder is written, too. */
static int make_file(struct store *store, struct err *err)
{
        char path[PATH_ROOM];

        file_path(store, path);
        int fd CLEANUP_FD = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        int folder CLEANUP_FD = open(store->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0 || folder < 0 || fsync(folder) < 0)
                return err_errno(err, "note that a letter waits");
        return 0;
}

static void make_id(char out[static OUTBOX_ID_LEN + 1])
{
        unsigned char bytes[OUTBOX_ID_LEN / 2];

        random_fill(bytes, sizeof bytes);
        for (size_t i = 0; i < sizeof bytes; i++)
                snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

int store_outbox_add(struct store *store, const struct store_letter *letter, struct err *err)
{
        char id[OUTBOX_ID_LEN + 1];
        int64_t n = 0;

        check(store->writing);
        int r = sql_one(store, "SELECT count(*) FROM outbox", NO_ARGS, &n, err);

        if (r < 0)
                return r;
        if (n >= OUTBOX_MAX)
                return err_set(err, ERR_LIMIT, "%d letters of this portal wait to be sent; try again when "
                               "there are fewer", OUTBOX_MAX);
        r = make_file(store, err);
        if (r < 0)
                return r;
        make_id(id);
        store->letter = true;
        return sql_run(store,
                       "INSERT INTO outbox(letter, kind, recipient, name, path, expires, created)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7)",
                       ARGS(V_TEXT(str_of(id)), V_INT(letter->kind), V_TEXT(letter->recipient),
                            V_TEXT(letter->name), V_TEXT(letter->path), V_INT(letter->expires),
                            V_INT(letter->created)),
                       err);
}

void store_outbox_watch(struct store *store, store_letters_fn *letters, void *ctx)
{
        store->letters = letters;
        store->letters_ctx = ctx;
}

bool store_outbox_waits(const struct store *store)
{
        char path[PATH_ROOM];

        file_path(store, path);
        return access(path, F_OK) == 0;
}

int store_outbox_next(struct store *store, struct arena *arena, struct store_letter *out,
                      struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT id, letter, kind, recipient, name, path, expires, created FROM outbox"
                            " ORDER BY id LIMIT 1",
                            NO_ARGS, &q, err);

        if (r == 0)
                r = query_step(q, err);
        if (r < 0)
                return r;
        if (r == 0)
                return err_set(err, ERR_NOT_FOUND, "no letter waits");
        *out = (struct store_letter){
                .id = query_int(q, 0),
                .letter = arena_str(arena, query_text(q, 1)),
                .kind = (uint32_t)query_int(q, 2),
                .recipient = arena_str(arena, query_text(q, 3)),
                .name = arena_str(arena, query_text(q, 4)),
                .path = arena_str(arena, query_text(q, 5)),
                .expires = query_int(q, 6),
                .created = query_int(q, 7),
        };
        return 0;
}

int store_outbox_remove(struct store *store, int64_t id, struct err *err)
{
        check(store->writing);
        return sql_run(store, "DELETE FROM outbox WHERE id = $1", ARGS(V_INT(id)), err);
}

int store_outbox_close(struct store *store, struct err *err)
{
        char path[PATH_ROOM];
        int64_t n = 0;
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = sql_one(store, "SELECT count(*) FROM outbox", NO_ARGS, &n, err);
        file_path(store, path);
        /* Not there any more: another worker was first. */
        if (r >= 0 && n == 0 && unlink(path) < 0 && errno != ENOENT)
                r = err_errno(err, "take the outbox's file away");
        store_rollback(store);          /* nothing was changed */
        if (r < 0)
                return r;
        store_checkpoint(store);
        return 0;
}
