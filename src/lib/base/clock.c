/*
 * clock.c -- clocks and their spellings. No time zone and no locale is ever consulted: a confined
 * process cannot read /etc/localtime.
 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static struct timespec now(clockid_t id)
{
        struct timespec t;

        clock_gettime(id, &t);
        return t;
}

uint64_t clock_ms(void)
{
        return clock_us() / 1000;
}

uint64_t clock_us(void)
{
        struct timespec t = now(CLOCK_MONOTONIC);

        return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

int64_t clock_unix(void)
{
        return (int64_t)now(CLOCK_REALTIME).tv_sec;
}

void clock_http_date(int64_t unix_time, char out[static CLOCK_HTTP_LEN + 1])
{
        static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
        static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
        time_t t = (time_t)unix_time;
        struct tm tm = { 0 };
        char text[80];

        gmtime_r(&t, &tm);
        snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
                 tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
        snprintf(out, CLOCK_HTTP_LEN + 1, "%.29s", text);
}

void clock_iso(int64_t unix_time, char out[static CLOCK_ISO_LEN + 1])
{
        time_t t = (time_t)unix_time;
        struct tm tm = { 0 };
        char text[80];

        gmtime_r(&t, &tm);
        snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
                 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
        snprintf(out, CLOCK_ISO_LEN + 1, "%.20s", text);
}

/* Digits text[from] to text[to - 1] as a number, or -1. */
static int digits(struct str text, size_t from, size_t to)
{
        int n = 0;

        for (size_t i = from; i < to; i++) {
                if (text.p[i] < '0' || text.p[i] > '9')
                        return -1;
                n = n * 10 + (text.p[i] - '0');
        }
        return n;
}

int clock_parse_date(struct str text, int64_t *out, struct err *err)
{
        bool shaped = text.n == 10 && text.p[4] == '-' && text.p[7] == '-';
        int year = shaped ? digits(text, 0, 4) : -1;
        int month = shaped ? digits(text, 5, 7) : -1;
        int day = shaped ? digits(text, 8, 10) : -1;
        struct tm tm = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day };
        time_t t = year >= 1970 && month >= 1 && day >= 1 ? timegm(&tm) : -1;

        /* 30 February would have become a day in March. */
        if (t < 0 || tm.tm_mon != month - 1 || tm.tm_mday != day)
                return err_set(err, ERR_INVALID, "'%.*s' is not a date; write YYYY-MM-DD, such as 2026-01-31",
                               STR_ARG(text));
        *out = (int64_t)t;
        return 0;
}
