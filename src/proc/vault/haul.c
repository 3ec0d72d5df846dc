/*
 * haul.c -- one object comes from the courier through a pipe, into a file or into memory; again from its
 * beginning when the storage failed, a few times.
 *
 * What arrives is counted and digested here. The courier's word is believed about one thing only: that there
 * is no such object, or that it may not be read.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "fetch.h"

enum { PIECE = 128 * 1024, PIECES_PER_TURN = 16, TRIES = 3, PAUSE_MS = 500, WAIT_MS = 200, WAITS_MAX = 300 };

static struct {
        char name[OBJECT_NAME_MAX];
        uint64_t max;
        int file;
        haul_done_fn *done;             /* NULL: nothing comes */
        unsigned tries, waits;
        int pipe;
        struct loop_watch watch;
        struct loop_timer timer;
        struct buf bytes;
        struct digest_stream stream;
        uint64_t size;
        bool asked;                     /* the courier's next word is about this object */
        bool ended, told;               /* the pipe; the courier's word has come */
        enum offsite_outcome outcome;
        struct err why;
        bool ours;                      /* it failed here: trying again helps nobody */
} haul = { .file = -1, .pipe = -1 };

static void try_it(void *ctx);

uint64_t haul_size(void)
{
        return haul.size;
}

static void close_pipe(void)
{
        loop_unwatch(&haul.watch);
        fd_close(&haul.pipe);
        haul.ended = true;
}

static void forget(void)
{
        close_pipe();
        loop_cancel_timer(&haul.timer);
        buf_free(&haul.bytes);
        haul.done = NULL;
        haul.asked = false;
}

void haul_stop(void)
{
        forget();
}

static void deliver(void)
{
        haul_done_fn *done = haul.done;
        struct buf bytes CLEANUP_BUF = haul.bytes;
        struct hauled got = { .outcome = haul.outcome, .why = haul.why.text, .bytes = buf_str(&bytes),
                              .size = haul.size };

        haul.bytes = (struct buf){ 0 };
        digest_finish(&haul.stream, &got.digest);
        forget();
        done(&got);             /* may start the next one */
}

/* Both have to be heard: the pipe's end and the courier's word. */
static void settle(void)
{
        if (!haul.ended || !haul.told)
                return;
        if (haul.outcome == OFFSITE_FAILED && !haul.ours && ++haul.tries < TRIES)
                loop_set_timer(vault.service.loop, &haul.timer, (uint64_t)haul.tries * PAUSE_MS, try_it,
                               NULL);
        else
                deliver();
}

/* Something here is wrong: the courier finds the pipe closed, and says so. */
static void fail_here(void)
{
        haul.ours = true;
        close_pipe();
        settle();
}

static int take(const char *p, size_t n, struct err *err)
{
        haul.size += n;
        if (haul.size > haul.max)
                return err_set(err, ERR_LIMIT, "more came than was asked for");
        digest_add(&haul.stream, p, n);
        if (haul.file >= 0)
                return fd_write_all(haul.file, p, n, err);
        buf_add(&haul.bytes, p, n);
        return 0;
}

static void on_pipe(void *ctx, unsigned events)
{
        static char piece[PIECE];

        (void)ctx;
        (void)events;
        for (int i = 0; i < PIECES_PER_TURN; i++) {
                ssize_t n = read(haul.pipe, piece, sizeof piece);

                if (n < 0 && (errno == EAGAIN || errno == EINTR))
                        return;
                if (n == 0) {
                        close_pipe();
                        settle();
                        return;
                }
                int r = n < 0 ? err_errno(&haul.why, "read from the courier")
                              : take(piece, (size_t)n, &haul.why);

                if (r < 0) {
                        fail_here();
                        return;
                }
        }
}

static void told(void *ctx, enum offsite_outcome outcome, bool stored, struct str why)
{
        (void)ctx;
        (void)stored;
        if (!haul.asked)
                return;                 /* about one that nobody waits for any more */
        haul.asked = false;
        haul.told = true;
        haul.outcome = haul.ours ? OFFSITE_FAILED : outcome;
        if (outcome == OFFSITE_FAILED && !haul.ours) {
                int r = err_set(&haul.why, ERR_IO, "%.*s", STR_ARG(why));

                (void)r;
        }
        if (outcome != OFFSITE_DONE)
                close_pipe();
        settle();
}

static int prepare(int *theirs, struct err *err)
{
        int ends[2];

        haul.size = 0;
        haul.ended = haul.told = haul.ours = false;
        buf_clear(&haul.bytes);
        digest_start(&haul.stream);
        if (haul.file >= 0 && (ftruncate(haul.file, 0) < 0 || lseek(haul.file, 0, SEEK_SET) < 0))
                return err_errno(err, "begin the file anew");
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
                return err_errno(err, "make a pipe");
        haul.pipe = ends[0];
        *theirs = ends[1];
        return loop_watch(vault.service.loop, &haul.watch, haul.pipe, LOOP_READ, on_pipe, NULL, err);
}

static void try_it(void *ctx)
{
        int theirs CLEANUP_FD = -1;

        (void)ctx;
        if (prepare(&theirs, &haul.why) < 0) {
                haul.told = haul.ours = true;
                haul.outcome = OFFSITE_FAILED;
                close_pipe();
                deliver();
                return;
        }
        haul.asked = offsite_ask(MSG_OFFSITE_GET, haul.name, haul.max, NULL, theirs, told, NULL);
        if (haul.asked)
                return;
        /* It is at something else still, or is being started anew. */
        close_pipe();
        if (++haul.waits < WAITS_MAX) {
                loop_set_timer(vault.service.loop, &haul.timer, WAIT_MS, try_it, NULL);
                return;
        }
        int r = err_set(&haul.why, ERR_GONE, "the courier is not there");

        (void)r;
        haul.outcome = OFFSITE_FAILED;
        deliver();
}

/* The first try waits for the loop, too: whoever asks is in the middle of something. */
void haul_start(const char *name, uint64_t max, int file, haul_done_fn *done)
{
        forget();
        snprintf(haul.name, sizeof haul.name, "%s", name);
        haul.max = max;
        haul.file = file;
        haul.tries = haul.waits = 0;
        haul.why = (struct err){ 0 };
        haul.done = done;
        loop_set_timer(vault.service.loop, &haul.timer, 0, try_it, NULL);
}
