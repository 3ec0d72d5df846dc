/*
 * confine.c -- enter the profile.
 */
#include "proc/cli/confine.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sandbox/confine.h"

/* stdio would ask the terminal about itself at the first write, which is no longer possible then. */
static void settle_output(void)
{
        static char buffer[BUFSIZ];

        fflush(stdout);
        setvbuf(stdout, buffer, isatty(STDOUT_FILENO) == 1 ? _IOLBF : _IOFBF, sizeof buffer);
}

static int confine(const struct profile *profile, const int *fds, size_t nfds, struct err *err)
{
        const struct sandbox_place place = {
                .mode = geteuid() == 0 ? SANDBOX_STRICT : SANDBOX_MINIMUM,
                .fds = fds,
                .nfds = nfds,
        };

        settle_output();
        tzset();                /* any date would open the time zone's file at its first use */
        int r = sandbox_enter(profile, &place, NULL, NULL, err);

        return r < 0 ? err_wrap(err, r, "this command cannot be confined") : 0;
}

int confine_client(const int *fds, size_t nfds, struct err *err)
{
        return confine(&cli_profile, fds, nfds, err);
}

int confine_writer(const int *fds, size_t nfds, struct err *err)
{
        return confine(&cli_writer_profile, fds, nfds, err);
}
