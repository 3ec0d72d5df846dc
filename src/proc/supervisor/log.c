/*
 * log.c -- the host's log: one line each on standard error, with a prefix nobody can forge.
 *
 * The time, the process and the portal are written here from what the supervisor knows; the text is the
 * sender's, with everything that could start a new line or move a terminal replaced.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "supervisor.h"

static const char *level_name(uint32_t level)
{
        static const char *const names[] = { "?", "error", "warning", "notice", "info" };

        return level < ARRAY_LEN(names) ? names[level] : "?";
}

bool log_allows(struct log_meter *meter, unsigned max)
{
        uint64_t second = clock_ms() / 1000;

        if (meter->second != second)
                *meter = (struct log_meter){ .second = second };
        if (meter->lines <= max)
                meter->lines++;
        return meter->lines <= max;
}

void log_line(enum peer who, pid_t pid, uint64_t portal, uint32_t level, struct str text)
{
        char line[2400], when[CLOCK_ISO_LEN + 1], where[40] = "";

        clock_iso(clock_unix(), when);
        if (portal > 0)
                snprintf(where, sizeof where, " portal=%llu", (unsigned long long)portal);
        int n = snprintf(line, sizeof line - 1, "%s %s %s[%d]%s %.*s", when, level_name(level),
                         peer_name(who), (int)pid, where, STR_ARG(text));

        if (n < 0)
                return;
        size_t len = strnlen(line, sizeof line - 1);

        for (size_t i = 0; i < len; i++)
                if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
                        line[i] = '?';
        line[len++] = '\n';
        ssize_t written = write(STDERR_FILENO, line, len);

        (void)written;          /* a full disk or a closed terminal must not stop the host */
}

void log_own(uint32_t level, const char *fmt, ...)
{
        char text[1024];
        va_list args;

        va_start(args, fmt);
        vsnprintf(text, sizeof text, fmt, args);
        va_end(args);
        log_line(PEER_SUPERVISOR, getpid(), 0, level, str_of(text));
}
