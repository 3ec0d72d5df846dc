/*
 * main.c -- carrel: the operator's command line.
 */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/cli/help.h"
#include "proc/cli/options.h"
#include "proc/cli/output.h"

/* Started with 0, 1 or 2 closed, the next socket would become "standard error". */
static bool hold_standard_descriptors(void)
{
        int fd;

        do
                fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        while (fd >= 0 && fd <= STDERR_FILENO);
        return fd >= 0 && close(fd) == 0;
}

/* What was printed must have arrived: a full disk or a closed pipe is not "done". */
static int finish(int code)
{
        bool lost = fflush(stdout) != 0 || ferror(stdout) != 0;

        if (lost && code == EXIT_DONE) {
                output_error("the output could not be written: %s", strerror(errno));
                return EXIT_REFUSED;
        }
        return code;
}

int main(int argc, char **argv)
{
        struct invocation inv;
        struct err err = { 0 };

        if (!hold_standard_descriptors())
                return EXIT_REFUSED;
        signal(SIGPIPE, SIG_IGN);
        umask(077);
        setlocale(LC_CTYPE, "C.UTF-8");
        if (options_parse(&inv, argc - 1, argv + 1, &err) < 0) {
                output_error("%s", err.text);
                if (inv.command != NULL)
                        help_usage(stderr, inv.command);
                return EXIT_USAGE;
        }
        return finish(inv.command->run(&inv));
}
