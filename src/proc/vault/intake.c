/*
 * intake.c -- seal what a job writes into a pipe: one backup at a time.
 *
 *   begun    its number is in the list; bytes come; SEQ.part grows
 *   ended    the pipe's other end is closed; the final frame is held back
 *   agreed   the registry has the job's word that this was all: final frame, fsync, rename, "sealed"
 *
 * A pipe that ends tells nothing of why: only the job's word in VAULT_COMMIT makes a backup of the bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "crypto/hex.h"
#include "vault.h"

enum { PIECE = 128 * 1024, PIECES_PER_TURN = 16 };

struct intake {
        uint64_t token;
        struct book book;
        struct backup backup;
        struct sealer *sealer;
        struct digest_stream digest;
        struct buf out;
        struct loop_watch watch;
        int pipe, file;
        bool ended, agreed;
        char piece[PIECE];
};

static void intake_free(void)
{
        struct intake *in = vault.intake;

        vault.intake = NULL;
        loop_unwatch(&in->watch);
        fd_close(&in->pipe);
        fd_close(&in->file);
        sealer_free(&in->sealer);
        book_close(&in->book);
        buf_free(&in->out);
        secret_wipe(in->piece, sizeof in->piece);
        free(in);
}

/* Nothing counts; its number is used up. */
static void fail(const struct err *why)
{
        struct intake *in = vault.intake;
        uint64_t token = in->token;
        struct err err;

        book_remove_file(&in->book, in->backup.about.seq, "part");
        if (book_step(&in->book, &in->backup, BACKUP_FAILED, &err) < 0)
                service_log(LOG_ERROR, "a failed backup is not in the list yet portal=%llu seq=%llu: %s",
                            (unsigned long long)in->book.portal->id,
                            (unsigned long long)in->backup.about.seq, err.text);
        intake_free();
        tell_failed(token, why);
}

static int write_out(struct intake *in, struct err *err)
{
        int r = fd_write_all(in->file, in->out.p, in->out.n, err);

        if (r < 0)
                return err_wrap(err, r, "write the backup");
        digest_add(&in->digest, in->out.p, in->out.n);
        in->backup.size += in->out.n;
        buf_clear(&in->out);
        return 0;
}

/* ---- the end ---- */

/* The order of security: all bytes, their name, the folder, the list. */
static int seal_it(struct intake *in, struct err *err)
{
        char part[FILE_NAME_MAX], whole[FILE_NAME_MAX];

        sealer_finish(in->sealer, &in->out);
        int r = write_out(in, err);

        if (r < 0)
                return r;
        if (fdatasync(in->file) < 0)
                return err_errno(err, "write the backup to the disk");
        book_file_name(in->backup.about.seq, "part", part);
        book_file_name(in->backup.about.seq, "esdk", whole);
        if (renameat(in->book.folder, part, in->book.folder, whole) < 0 || fsync(in->book.folder) < 0)
                return err_errno(err, "give the backup its name");
        digest_finish(&in->digest, &in->backup.file);
        sealer_mark(in->sealer, &in->backup.mark);
        return book_step(&in->book, &in->backup, BACKUP_SEALED, err);
}

static void finish_if_agreed(void)
{
        struct intake *in = vault.intake;
        uint64_t token = in->token;
        struct err err;

        if (!in->ended || !in->agreed)
                return;
        if (seal_it(in, &err) < 0) {
                fail(&err);
                return;
        }
        struct json *answer = backup_json(&in->backup);

        tell_age(&in->book);
        intake_free();
        tell_done(token, answer);
}

/* ---- bytes ---- */

static void on_pipe(void *ctx, unsigned events)
{
        struct intake *in = ctx;
        struct err err;

        (void)events;
        for (int i = 0; i < PIECES_PER_TURN; i++) {
                ssize_t n = read(in->pipe, in->piece, sizeof in->piece);

                if (n < 0 && (errno == EAGAIN || errno == EINTR))
                        return;
                if (n == 0) {
                        loop_unwatch(&in->watch);
                        fd_close(&in->pipe);
                        in->ended = true;
                        finish_if_agreed();
                        return;
                }
                int r = n < 0 ? err_errno(&err, "read from the job")
                              : sealer_add(in->sealer, str_make(in->piece, (size_t)n), &in->out, &err);

                if (r == 0)
                        r = write_out(in, &err);
                if (r < 0) {
                        fail(&err);
                        return;
                }
        }
}

/* ---- the beginning ---- */

static int open_pipe(struct intake *in, int *theirs, struct err *err)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        in->pipe = ends[0];
        *theirs = ends[1];
        int r = fd_set_nonblocking(in->pipe, err);

        return r < 0 ? r : loop_watch(vault.service.loop, &in->watch, in->pipe, LOOP_READ, on_pipe,
                                      in, err);
}

static int open_part(struct intake *in, struct err *err)
{
        struct secret kek CLEANUP_SECRET = { 0 };
        char part[FILE_NAME_MAX];
        int r = keyring_key(&vault.ring, in->book.portal, in->backup.about.kek, &kek, err);

        if (r < 0)
                return r;
        book_file_name(in->backup.about.seq, "part", part);
        in->file = openat(in->book.folder, part,
                          O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (in->file < 0)
                return err_errno(err, "make the file of the backup");
        digest_start(&in->digest);
        in->sealer = sealer_new(&in->backup.about, secret_str(&kek), &in->out);
        return write_out(in, err);
}

static int begin(struct intake *in, struct message *msg, struct err *err)
{
        uint64_t portal = message_get_u64(msg);
        uint32_t kind = message_get_u32(msg);
        struct seal_about *about = &in->backup.about;
        struct retention_now now = book_now();

        about->schema = message_get_u32(msg);
        struct str app = message_get_str(msg), name = message_get_str(msg);

        if (kind >= BACKUP_KINDS || app.n == 0 || app.n >= sizeof about->app)
                return err_set(err, ERR_INVALID, "there is no such kind of backup");
        memcpy(about->app, app.p, app.n);
        about->kind = (enum backup_kind)kind;
        int r = book_open(portal, true, &in->book, err);

        if (r == 0)
                r = retention_may_begin(&in->book.manifest, about->kind, &now, err);
        if (r < 0)
                return r;
        about->created = now.unix_time;
        about->seq = in->book.manifest.last_seq + 1;
        keyring_name(in->book.portal, name);
        about->prev = in->book.manifest.head;
        about->kek = keyring_newest(in->book.portal);
        memcpy(about->portal, in->book.portal->uuid, SEAL_UUID_LEN);
        return book_step(&in->book, &in->backup, BACKUP_BEGUN, err);
}

void intake_begin(uint64_t token, struct message *msg)
{
        struct err err;
        int theirs CLEANUP_FD = -1;

        if (vault.intake != NULL) {
                int r = err_set(&err, ERR_BUSY, "another backup is being made; try again when it is done");

                (void)r;
                tell_failed(token, &err);
                return;
        }
        struct intake *in = xalloc(sizeof *in);

        in->token = token;
        in->book.folder = in->pipe = in->file = -1;
        vault.intake = in;
        if (begin(in, msg, &err) < 0) {
                intake_free();          /* no number was given */
                tell_failed(token, &err);
                return;
        }
        if (open_part(in, &err) < 0 || open_pipe(in, &theirs, &err) < 0) {
                fail(&err);
                return;
        }
        tell_pipe(token, &in->backup, theirs);
}

void intake_commit(uint64_t token, struct message *msg)
{
        struct intake *in = vault.intake;
        struct err err;

        if (in == NULL || in->token != token)
                return;         /* it has failed meanwhile, and the registry was told */
        in->backup.bytes = message_get_u64(msg);
        in->backup.rows = message_get_u64(msg);
        if (in->backup.bytes > INT64_MAX || in->backup.rows > INT64_MAX ||
            !hex_read(message_get_str(msg), in->backup.content.b, DIGEST_LEN)) {
                int r = err_set(&err, ERR_PROTOCOL, "what the job says of its copy cannot be read");

                (void)r;
                fail(&err);
                return;
        }
        in->agreed = true;
        finish_if_agreed();
}

void intake_abort(uint64_t token)
{
        struct err err;
        int r = err_set(&err, ERR_GONE, "the backup was given up");

        (void)r;
        if (vault.intake != NULL && (token == 0 || vault.intake->token == token))
                fail(&err);
}
