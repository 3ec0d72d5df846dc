/*
 * outlet.c -- open a backup: prove all of it first, then give its content into a pipe.
 *
 * Twice over the file: the first pass holds size, SHA-256 and every tag against the list and gives nothing
 * out; only then does a pipe exist. The second pass proves each frame again before its bytes leave, for the
 * disk could answer differently.
 *
 * What leaves is the content, for a job that restores it; or another message with that content, sealed to a
 * client's own key, for whoever takes it away.
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

/* Whoever takes one away and reads nothing for so long must not keep all others from being backed up. */
enum { PIECE = 128 * 1024, PIECES_PER_TURN = 32, STALL_MS = 60000 };

struct outlet {
        uint64_t token;
        struct backup backup;
        struct secret kek;
        struct opener *opener;
        struct digest_stream digest;    /* of the file; then of what was sealed for the client */
        struct rsa_public *client;      /* or NULL: the content itself is given */
        struct sealer *sealer;
        struct buf sealed;              /* for the client */
        uint64_t sealed_bytes;
        struct loop_timer stall;
        struct buf plain;               /* of the pieces that were opened; wiped as it goes */
        size_t given;                   /* bytes of plain, or of sealed, that are in the pipe */
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
        loop_cancel_timer(&out->stall);
        loop_unwatch(&out->watch);
        fd_close(&out->file);
        fd_close(&out->pipe);
        opener_free(&out->opener);
        sealer_free(&out->sealer);
        rsa_public_free(&out->client);
        buf_free(&out->sealed);
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

static void on_stall(void *ctx)
{
        struct err err;
        int r = err_set(&err, ERR_GONE, "whoever takes the backup has read nothing for a minute; take it "
                                        "again");

        (void)ctx;
        (void)r;
        fail(&err);
}

static void watch_stall(struct outlet *out)
{
        if (out->client != NULL)
                loop_set_timer(vault.service.loop, &out->stall, STALL_MS, on_stall, out);
}

/* What is to leave for the client: what was opened, sealed again. */
static int seal_again(struct outlet *out, struct err *err)
{
        int r = sealer_add(out->sealer, buf_str(&out->plain), &out->sealed, err);

        if (r == 0 && out->read)
                sealer_finish(out->sealer, &out->sealed);
        wipe_plain(out);
        digest_add(&out->digest, out->sealed.p, out->sealed.n);
        out->sealed_bytes += out->sealed.n;
        return r;
}

/* 1: all that was to leave is in the pipe. */
static int give(struct outlet *out, struct err *err)
{
        const struct buf *from = out->client != NULL ? &out->sealed : &out->plain;

        while (out->given < from->n) {
                ssize_t n = write(out->pipe, from->p + out->given, from->n - out->given);

                if (n < 0 && errno == EAGAIN)
                        return 0;
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, "give the backup's content to the job");
                out->given += (size_t)n;
                watch_stall(out);
        }
        wipe_plain(out);
        buf_clear(&out->sealed);
        return 1;
}

static void describe_taken(struct outlet *out, struct json *answer)
{
        struct digest digest;
        char hex[DIGEST_HEX_LEN + 1];

        digest_finish(&out->digest, &digest);
        digest_hex(&digest, hex);
        json_put_text(answer, "client", str_of(rsa_public_name(out->client)));
        json_put_int(answer, "taken_bytes", (int64_t)out->sealed_bytes);
        json_put_text(answer, "taken_sha256", str_of(hex));
}

static void end(struct outlet *out)
{
        uint64_t token = out->token;
        struct json *answer = backup_json(&out->backup);

        if (out->client != NULL)
                describe_taken(out, answer);
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
                if (r == 0 && out->client != NULL)
                        r = seal_again(out, &err);
                r = r < 0 ? r : 1;
        }
        if (r < 0)
                fail(&err);
}

static int start_giving(struct outlet *out, struct err *err)
{
        int ends[2];

        start_pass(out);
        if (out->client != NULL) {
                out->sealer = sealer_new_for(&out->backup.about, out->client, &out->sealed);
                digest_start(&out->digest);
                digest_add(&out->digest, out->sealed.p, out->sealed.n);
                out->sealed_bytes = out->sealed.n;
        }
        if (lseek(out->file, 0, SEEK_SET) < 0 || pipe2(ends, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        int theirs CLEANUP_FD = ends[0];

        out->pipe = ends[1];
        int r = fd_set_nonblocking(out->pipe, err);

        if (r == 0)
                r = loop_watch(vault.service.loop, &out->watch, out->pipe, LOOP_WRITE, on_writable,
                               out, err);
        if (r == 0)
                watch_stall(out);
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
        uint64_t portal = message_get_u64(msg), seq = message_get_u64(msg);
        int r = msg->type == MSG_VAULT_TAKE ? rsa_public_read(message_get_str(msg), &out->client, err) : 0;

        if (r == 0)
                r = book_open(portal, false, &book, err);
        if (r == 0)
                r = book_find(&book, seq, &out->backup, err);
        if (r == 0 && out->client != NULL && !backup_is_good(&out->backup))
                r = err_set(err, ERR_DENIED, "the backup %llu is %s; only verified ones are handed out",
                            (unsigned long long)out->backup.about.seq,
                            backup_state_name(out->backup.state));
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
