/*
 * source.c -- open a file, or fork the packer.
 */
#include "proc/cli/source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "exchange/pack.h"
#include "proc/cli/output.h"

/* No header of a tar archive looks like this, so the reader refuses the stream instead of ending it. */
static void spoil(int out)
{
        char block[512];

        memset(block, 0xff, sizeof block);
        for (int i = 0; i < 4; i++)
                if (write(out, block, sizeof block) < 0)
                        return;
}

static void on_skipped(void *ctx, struct str path, const char *why)
{
        struct buf line CLEANUP_BUF = { 0 };

        (void)ctx;
        output_clean(&line, path);
        fprintf(stderr, "note: %s is left out: %s\n", buf_cstr(&line), why);
}

static NORETURN void pack(const char *folder, int out, int report)
{
        struct err err = { 0 };
        int r = pack_folder(folder, out, &exchange_defaults, on_skipped, NULL, &err);

        /* A host that takes no more has its own reason, and says it. */
        if (r < 0 && r != ERR_GONE) {
                spoil(out);
                r = write(report, err.text, strlen(err.text)) < 0 ? -1 : r;
        }
        _exit(r < 0);
}

static int start_packer(const char *folder, struct source *out, struct err *err)
{
        int stream[2], report[2];

        if (pipe2(stream, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        if (pipe2(report, O_CLOEXEC) < 0) {
                fd_close(&stream[0]);
                fd_close(&stream[1]);
                return err_errno(err, "make a pipe");
        }
        pid_t parent = getpid();

        fflush(NULL);
        pid_t pid = fork();

        if (pid == 0) {
                fd_close(&stream[0]);
                fd_close(&report[0]);
                if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != parent)
                        _exit(1);
                pack(folder, stream[1], report[1]);
        }
        fd_close(&stream[1]);
        fd_close(&report[1]);
        if (pid < 0) {
                fd_close(&stream[0]);
                fd_close(&report[0]);
                return err_errno(err, "start packing");
        }
        *out = (struct source){ .fd = stream[0], .packer = pid, .report = report[0] };
        return 0;
}

int source_open(const char *path, struct source *out, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 && errno == ELOOP)
                return err_set(err, ERR_INVALID, "%s is a symbolic link; name what it leads to", path);
        if (fd < 0)
                return err_errno(err, "%s cannot be read", path);
        if (fstat(fd, &st) < 0)
                return err_errno(err, "%s cannot be read", path);
        if (S_ISDIR(st.st_mode))
                return start_packer(path, out, err);
        if (!S_ISREG(st.st_mode))
                return err_set(err, ERR_INVALID, "%s is neither a folder nor a file; name a folder of "
                               "Markdown or HTML, or a zip or tar archive of one", path);
        *out = (struct source){ .fd = fd, .report = -1 };
        fd = -1;
        return 0;
}

int source_open_file(const char *path, struct source *out, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 && errno == ELOOP)
                return err_set(err, ERR_INVALID, "%s is a symbolic link; name what it leads to", path);
        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "%s cannot be read", path);
        if (!S_ISREG(st.st_mode))
                return err_set(err, ERR_INVALID, "%s is no file; name the zip that 'carrel export' wrote",
                               path);
        *out = (struct source){ .fd = fd, .report = -1 };
        fd = -1;
        return 0;
}

int source_close(struct source *source, struct err *err)
{
        char sentence[ERR_TEXT_MAX] = "";
        int status = 0;

        fd_close(&source->fd);
        if (source->packer == 0)
                return 0;
        ssize_t n = read(source->report, sentence, sizeof sentence - 1);
        pid_t ended;

        do
                ended = waitpid(source->packer, &status, 0);
        while (ended < 0 && errno == EINTR);
        fd_close(&source->report);
        source->packer = 0;
        if (n > 0)
                return err_set(err, ERR_INVALID, "%s", sentence);
        if (ended > 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE)
                return err_set(err, ERR_IO, "packing the folder ended by signal %d; try again",
                               WTERMSIG(status));
        return 0;
}
