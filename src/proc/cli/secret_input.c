/*
 * secret_input.c -- signals wait while the terminal is silent, but for the moments in ppoll(): so none can
 * end the program and leave the terminal without echo.
 */
#include "proc/cli/secret_input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/password.h"

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
        caught = number;
}

struct quiet {
        bool terminal;
        struct termios was;
        sigset_t mask;
        struct sigaction old[ARRAY_LEN(ending)];
};

static void quiet_begin(struct quiet *q, const char *prompt)
{
        struct sigaction action = { .sa_handler = on_signal };
        sigset_t held;

        q->terminal = tcgetattr(STDIN_FILENO, &q->was) == 0;
        if (!q->terminal)
                return;
        sigemptyset(&held);
        sigaddset(&held, SIGTSTP);
        for (size_t i = 0; i < ARRAY_LEN(ending); i++)
                sigaddset(&held, ending[i]);
        sigprocmask(SIG_BLOCK, &held, &q->mask);
        for (size_t i = 0; i < ARRAY_LEN(ending); i++)
                sigaction(ending[i], &action, &q->old[i]);
        struct termios silent = q->was;

        silent.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        fprintf(stderr, "%s: ", prompt);
        fflush(stderr);
}

/* A signal that came ends the program now, as it would have. */
static void quiet_end(struct quiet *q)
{
        if (!q->terminal)
                return;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &q->was);
        fputc('\n', stderr);
        for (size_t i = 0; i < ARRAY_LEN(ending); i++)
                sigaction(ending[i], &q->old[i], NULL);
        sigprocmask(SIG_SETMASK, &q->mask, NULL);
        if (caught != 0)
                raise(caught);
}

/* 1: something can be read, or the end of it. */
static int wait_input(const struct quiet *q, struct err *err)
{
        struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
        sigset_t open;

        if (!q->terminal)
                return 1;
        open = q->mask;
        sigaddset(&open, SIGTSTP);
        if (ppoll(&p, 1, NULL, &open) >= 0)
                return 1;
        return errno == EINTR && caught == 0 ? 0 : err_set(err, ERR_GONE, "interrupted");
}

/* The place of line feed number n, or NULL. */
static const char *line_end(const struct secret *text, unsigned n)
{
        const char *at = text->p, *end = NULL;

        for (; n > 0; n--, at = end + 1) {
                end = memchr(at, '\n', text->n - (size_t)(at - text->p));
                if (end == NULL)
                        return NULL;
        }
        return end;
}

/* Up to and without the last wanted line feed; what follows it is left out. */
static int read_lines(const struct quiet *q, unsigned lines, struct secret *line, struct err *err)
{
        size_t room = PASSWORD_BYTES_MAX + 2;   /* "\r\n" */
        const char *end = NULL;

        secret_make(line, room);
        while (end == NULL && line->n < room) {
                int r = wait_input(q, err);

                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                ssize_t n = read(STDIN_FILENO, line->p + line->n, room - line->n);

                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, "read the password from standard input");
                if (n == 0)
                        break;
                line->n += (size_t)n;
                end = line_end(line, lines);
        }
        if (end != NULL)
                line->n = (size_t)(end - line->p);
        if (end != NULL && line->n > 0 && line->p[line->n - 1] == '\r')
                line->n--;
        return 0;
}

static int check_line(const struct secret *line, struct err *err)
{
        if (line->n == 0)
                return err_set(err, ERR_INVALID, "standard input has no password; give it as one line");
        if (line->n > PASSWORD_BYTES_MAX)
                return err_set(err, ERR_LIMIT, "a password has at most 1,024 bytes; this line is longer");
        return 0;
}

/* A pipe holds far more than a password, so writing cannot block. */
static int into_pipe(const struct secret *line, struct source *out, struct err *err)
{
        int ends[2];

        if (pipe2(ends, O_CLOEXEC) < 0)
                return err_errno(err, "make a pipe");
        int from CLEANUP_FD = ends[0], to CLEANUP_FD = ends[1];

        if (write(to, line->p, line->n) != (ssize_t)line->n)
                return err_errno(err, "pass the password on");
        *out = (struct source){ .fd = from, .report = -1 };
        from = -1;
        return 0;
}

int secret_input_open(const char *prompt, unsigned lines, struct source *out, struct err *err)
{
        struct secret line CLEANUP_SECRET = { 0 };
        struct quiet quiet = { 0 };

        quiet_begin(&quiet, prompt);
        int r = read_lines(&quiet, lines, &line, err);

        if (r < 0)
                secret_free(&line);     /* a caught signal may end the program in quiet_end() */
        quiet_end(&quiet);
        if (r == 0)
                r = check_line(&line, err);
        return r < 0 ? r : into_pipe(&line, out, err);
}
