/*
 * date.c -- reading HTTP dates: the preferred form and the two obsolete ones of RFC 9110, 5.6.7.
 */
#include <time.h>

#include "http/entity.h"

static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Takes n digits (a leading blank counts as zero); -1: there are none. */
static int digits(struct str *s, size_t n)
{
        int value = 0;

        if (s->n < n)
                return -1;
        for (size_t i = 0; i < n; i++) {
                char c = s->p[i] == ' ' && i == 0 && n == 2 ? '0' : s->p[i];

                if (c < '0' || c > '9')
                        return -1;
                value = value * 10 + (c - '0');
        }
        s->p += n;
        s->n -= n;
        return value;
}

static bool skip(struct str *s, const char *text)
{
        struct str t = str_of(text);

        if (!str_starts(*s, t))
                return false;
        s->p += t.n;
        s->n -= t.n;
        return true;
}

static int month(struct str *s)
{
        for (int i = 0; i < 12 && s->n >= 3; i++)
                if (memcmp(MONTHS + i * 3, s->p, 3) == 0) {
                        s->p += 3;
                        s->n -= 3;
                        return i;
                }
        return -1;
}

static bool clock_part(struct str *s, struct tm *tm)
{
        return (tm->tm_hour = digits(s, 2)) >= 0 && skip(s, ":") &&
               (tm->tm_min = digits(s, 2)) >= 0 && skip(s, ":") &&
               (tm->tm_sec = digits(s, 2)) >= 0;
}

/* "06 Nov 1994 08:49:37 GMT", the separator a blank or (with two digits of year) a hyphen. */
static bool day_first(struct str *s, struct tm *tm)
{
        int year;

        if ((tm->tm_mday = digits(s, 2)) < 0)
                return false;
        bool hyphens = skip(s, "-");

        if ((!hyphens && !skip(s, " ")) || (tm->tm_mon = month(s)) < 0)
                return false;
        if (hyphens) {
                if (!skip(s, "-") || (year = digits(s, 2)) < 0)
                        return false;
                year += year < 70 ? 2000 : 1900;
        } else if (!skip(s, " ") || (year = digits(s, 4)) < 0) {
                return false;
        }
        tm->tm_year = year - 1900;
        return skip(s, " ") && clock_part(s, tm) && skip(s, " GMT") && s->n == 0;
}

/* "Nov  6 08:49:37 1994" */
static bool month_first(struct str *s, struct tm *tm)
{
        if ((tm->tm_mon = month(s)) < 0 || !skip(s, " ") || (tm->tm_mday = digits(s, 2)) < 0 ||
            !skip(s, " ") || !clock_part(s, tm) || !skip(s, " "))
                return false;
        tm->tm_year = digits(s, 4) - 1900;
        return tm->tm_year >= -1900 && s->n == 0;
}

int64_t http_date_parse(struct str text)
{
        struct tm tm = { 0 };
        struct str s = text;
        ptrdiff_t comma = str_find(s, ',');
        bool ok;

        if (comma >= 3 && comma <= 9) {
                s = str_make(text.p + comma + 1, text.n - (size_t)comma - 1);
                ok = skip(&s, " ") && day_first(&s, &tm);
        } else {
                ok = s.n > 4 && s.p[3] == ' ';
                if (ok) {
                        s = str_make(text.p + 4, text.n - 4);
                        ok = month_first(&s, &tm);
                }
        }
        if (!ok || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 ||
            tm.tm_sec > 60 || tm.tm_year < 70)
                return -1;
        return timegm(&tm);
}
