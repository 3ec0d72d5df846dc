/*
 * outlet.c -- open a backup: prove all of it first, then give its content into a pipe.
 *
 * Twice over the file: the first pass holds size, SHA-256 and every tag against the list and gives nothing
 * out; only then does a pipe exist. The second pass proves each frame again before its bytes leave, for the
 * disk could answer differently.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "vault.h"

enum { PIECE = 128 * 1024, PIECES_PER_TURN = 32 };

struct outlet {
        uint64_t token;
        struct backup backup;
        struct secret kek;
        struct opener *opener;
        struct digest_stream digest;
        struct buf plain;               /* of the pieces that were opened; wiped as it goes */
        size_t given;                   /* bytes of plain that are in the pipe */
        struct loop_timer turn;
        struct loop_watch watch;
        int file, pipe;
        bool proven;                    /* the first pass is over */
        bool read;                      /* the second pass has met the file's end */
        char piece[PIECE];
};

static void wipe_plain(struct outlet *out)
{
        if (out->plain.p != NULL)
                secret_wipe(out->plain.p, out->plain.n);
        buf_clear(&out->plain);
        out->given = 0;
}

static void outlet_free(void)
{
        struct outlet *out = vault.outlet;

        vault.outlet = NULL;
        loop_cancel_timer(&out->turn);
        loop_unwatch(&out->watch);
        fd_close(&out->file);
        fd_close(&out->pipe);
        opener_free(&out->opener);
        secret_free(&out->kek);
        wipe_plain(out);
        buf_free(&out->plain);
        free(out);
}

static void fail(const struct err *err)
{
        uint64_t token = vault.outlet->token;

        outlet_free();
        tell_failed(token, err);
}

static void start_pass(struct outlet *out)
{
        opener_free(&out->opener);
        out->opener = opener_new(&out->backup.about, &out->backup.mark, secret_str(&out->kek));
}

/* The next piece of the file, opened into plain: its length, 0 at the end. */
static int open_piece(struct outlet *out, size_t *n, struct err *err)
{
        ssize_t got;

        do
                got = read(out->file, out->piece, sizeof out->piece);
        while (got < 0 && errno == EINTR);
        if (got < 0)
                return err_errno(err, "read the backup");
        *n = (size_t)got;
        /* Room for what one piece can complete, so that no copy is left behind in memory. */
        buf_reserve(&out->plain, PIECE + SEAL_FRAME);
        return got == 0 ? opener_finish(out->opener, err)
                        : opener_add(out->opener, str_make(out->piece, *n), &out->plain, err);
}

/* ---- second pass ---- */

/* 1: all of plain is in the pipe. */
static int give(struct outlet *out, struct err *err)
{
        while (out->given < out->plain.n) {
                ssize_t n = write(out->pipe, out->plain.p + out->given, out->plain.n - out->given);

                if (n < 0 && errno == EAGAIN)
                        return 0;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, "give the backup's content to the job");
                out->given += (size_t)n;
        }
        wipe_plain(out);
        return 1;
}

static void end(struct outlet *out)
{
        uint64_t token = out->token;
        struct json *answer = backup_json(&out->backup);

        outlet_free();          /* closes the pipe: the job sees its end */
        tell_done(token, answer);
}

static void on_writable(void *ctx, unsigned events)
{
        struct outlet *out = ctx;
        struct err err;
        size_t n = 1;
        int r = 1;

        (void)events;
        for (int i = 0; i < PIECES_PER_TURN && r > 0; i++) {
                r = give(out, &err);
                if (r > 0 && out->read) {
                        end(out);
                        return;
                }
                if (r <= 0)
                        break;
                r = open_piece(out, &n, &err);
                out->read = n == 0;
                r = r < 0 ? r : 1;
        }
        if (r < 0)
                fail(&err);
}

static int start_giving(struct outlet *out, struct err *err)
{
        int ends[2];

        start_pass(out);
        if (lseek(out->file, 0, SEEK_SET) < 0 || pipe2(ends, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        int theirs CLEANUP_FD = ends[0];

        out->pipe = ends[1];
        int r = fd_set_nonblocking(out->pipe, err);

        if (r == 0)
                r = loop_watch(vault.service.loop, &out->watch, out->pipe, LOOP_WRITE, on_writable,
                               out, err);
        if (r == 0)
                tell_pipe(out->token, &out->backup, theirs);
        return r;
}

/* ---- first pass ---- */

static int end_proof(struct outlet *out, struct err *err)
{
        struct digest file;

        digest_finish(&out->digest, &file);
        if (memcmp(file.b, out->backup.file.b, DIGEST_LEN) != 0)
                return err_set(err, ERR_CORRUPT, "the backup is not the file that was written: "
                                                 "its digest is "
                               "another");
        out->proven = true;
        return start_giving(out, err);
}

static void prove(void *ctx)
{
        struct outlet *out = ctx;
        struct err err;
        size_t n = 1;
        int r = 0;

        for (int i = 0; i < PIECES_PER_TURN && r == 0 && n > 0; i++) {
                r = open_piece(out, &n, &err);
                if (r == 0)
                        digest_add(&out->digest, out->piece, n);
                wipe_plain(out);
        }
        if (r == 0 && n == 0)
                r = end_proof(out, &err);
        if (r < 0)
                fail(&err);
        else if (!out->proven)
                loop_set_timer(vault.service.loop, &out->turn, 0, prove, out);
}

static int open_file(struct outlet *out, const struct book *book, struct err *err)
{
        char name[FILE_NAME_MAX];
        struct stat st;

        book_file_name(out->backup.about.seq, "esdk", name);
        out->file = openat(book->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (out->file < 0 || fstat(out->file, &st) < 0)
                return err_errno(err, "open the backup %llu", (unsigned long long)out->backup.about.seq);
        if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != out->backup.size)
                return err_set(err, ERR_CORRUPT, "the backup is not the file that was written: it "
                                                 "is longer or "
                               "shorter");
        /* What counts is what the disk has, not what memory still knows. */
        return posix_fadvise(out->file, 0, 0, POSIX_FADV_DONTNEED) != 0 ? err_errno(err,
                "forget the file") : 0;
}

static int prepare(struct outlet *out, struct message *msg, struct err *err)
{
        struct book book CLEANUP_BOOK = { .folder = -1 };
        uint64_t portal = message_get_u64(msg);
        int r = book_open(portal, false, &book, err);

        if (r == 0)
                r = book_find(&book, message_get_u64(msg), &out->backup, err);
        if (r == 0)
                r = keyring_key(&vault.ring, book.portal, out->backup.about.kek, &out->kek, err);
        return r < 0 ? r : open_file(out, &book, err);
}

void outlet_open(uint64_t token, struct message *msg)
{
        struct err err;

        if (vault.outlet != NULL) {
                int r = err_set(&err, ERR_BUSY, "another backup is being opened; try again when "
                                                "it is done");

                (void)r;
                tell_failed(token, &err);
                return;
        }
        struct outlet *out = xalloc(sizeof *out);

        out->token = token;
        out->file = out->pipe = -1;
        vault.outlet = out;
        if (prepare(out, msg, &err) < 0) {
                fail(&err);
                return;
        }
        digest_start(&out->digest);
        start_pass(out);
        prove(out);
}

void outlet_abort(uint64_t token)
{
        struct err err;
        int r = err_set(&err, ERR_GONE, "nobody reads the backup any more");

        (void)r;
        if (vault.outlet != NULL && (token == 0 || vault.outlet->token == token))
                fail(&err);
}
