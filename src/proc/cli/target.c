/*
 * target.c -- the child that gives the file its name.
 */
#include "proc/cli/target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/xalloc.h"

enum { LINE_MAX_BYTES = ERR_TEXT_MAX };

struct place {
        int folder;
        int file;
        char *name;                     /* below folder */
        char temporary[64];
};

static int sync_and_name(const struct place *p, struct err *err)
{
        if (fsync(p->file) < 0)
                return err_errno(err, "bring %s to the disk", p->name);
        if (renameat2(p->folder, p->temporary, p->folder, p->name, RENAME_NOREPLACE) < 0)
                return err_errno(err, "give %s its name", p->name);
        return fsync(p->folder) < 0 ? err_errno(err, "bring the folder of %s to the disk", p->name) : 0;
}

/* One byte means "keep"; the answer is empty or a sentence. The end of the line means "remove". */
static NORETURN void keep(const struct place *p, int line)
{
        struct err err = { 0 };
        char order;
        ssize_t n;

        /* Signals from a terminal reach the whole group; this child must outlive its parent. */
        for (int s = 1; s < 32; s++)
                if (s != SIGKILL && s != SIGSTOP && s != SIGCHLD)
                        (void)signal(s, SIG_IGN);
        do
                n = read(line, &order, 1);
        while (n < 0 && errno == EINTR);
        bool kept = n == 1 && sync_and_name(p, &err) == 0;

        if (!kept)
                (void)unlinkat(p->folder, p->temporary, 0);
        if (n == 1)
                n = send(line, err.text, strlen(err.text) + 1, MSG_NOSIGNAL);
        _exit(n < 0);
}

static int split(const char *path, struct place *out, struct err *err)
{
        const char *slash = strrchr(path, '/');
        const char *name = slash != NULL ? slash + 1 : path;
        char *above CLEANUP_FREE = slash == path ? xprintf("/") :
                                   slash != NULL ? xprintf("%.*s", (int)(slash - path), path) :
                                                   xprintf(".");
        struct stat st;

        if (name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                return err_set(err, ERR_INVALID, "%s is no name for a file", path);
        out->folder = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (out->folder < 0)
                return err_errno(err, "open the folder %s", above);
        if (fstatat(out->folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                return err_set(err, ERR_EXISTS, "%s is there already; choose another name or remove it",
                               path);
        out->name = xprintf("%s", name);
        return 0;
}

static int make_temporary(struct place *p, struct err *err)
{
        uint32_t number;

        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
                return err_errno(err, "draw a random number");
        snprintf(p->temporary, sizeof p->temporary, ".carrel-%08x.part", number);
        p->file = openat(p->folder, p->temporary,
                         O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        return p->file < 0 ? err_errno(err, "write to the folder of %s", p->name) : 0;
}

static void place_free(struct place *p)
{
        fd_close(&p->folder);
        fd_close(&p->file);
        free(p->name);
}

static int start_keeper(const struct place *p, struct target *out, struct err *err)
{
        int line[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, line) < 0)
                return err_errno(err, "make a socket");
        fflush(NULL);
        pid_t child = fork();

        if (child == 0) {
                fd_close(&line[0]);
                keep(p, line[1]);
        }
        fd_close(&line[1]);
        if (child < 0) {
                fd_close(&line[0]);
                return err_errno(err, "start a process");
        }
        out->child = child;
        out->keeper = line[0];
        return 0;
}

int target_open(const char *path, struct target *out, struct err *err)
{
        struct place p CLEANUP(place_free) = { .folder = -1, .file = -1 };
        int r = split(path, &p, err);

        if (r == 0)
                r = make_temporary(&p, err);
        if (r < 0)
                return r;
        r = start_keeper(&p, out, err);
        if (r < 0) {
                (void)unlinkat(p.folder, p.temporary, 0);
                return r;
        }
        out->fd = p.file;
        p.file = -1;
        return 0;
}

int target_take(struct target *target, int pipe, struct err *err)
{
        struct digest_stream digest;
        char piece[65536];
        ssize_t n;

        digest_start(&digest);
        target->taken = 0;
        do {
                n = read(pipe, piece, sizeof piece);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, "read what the host sends");
                int r = n > 0 ? fd_write_all(target->fd, piece, (size_t)n, err) : 0;

                if (r < 0)
                        return err_wrap(err, r, "write the file");
                digest_add(&digest, piece, (size_t)n);
                target->taken += (uint64_t)n;
        } while (n != 0);
        digest_finish(&digest, &target->sha256);
        return 0;
}

int target_keep(struct target *target, struct err *err)
{
        char sentence[LINE_MAX_BYTES] = "";
        ssize_t n;

        if (write(target->keeper, "k", 1) != 1)
                return err_errno(err, "give the file its name");
        do
                n = read(target->keeper, sentence, sizeof sentence - 1);
        while (n < 0 && errno == EINTR);
        if (n <= 0)
                return err_set(err, ERR_GONE, "the process that keeps the file has died; the file was not"
                               " finished");
        return sentence[0] == '\0' ? 0 : err_set(err, ERR_IO, "%s", sentence);
}

void target_close(struct target *target)
{
        pid_t ended;

        fd_close(&target->fd);
        if (target->child == 0)
                return;
        fd_close(&target->keeper);
        do
                ended = waitpid(target->child, NULL, 0);
        while (ended < 0 && errno == EINTR);
        target->child = 0;
}
