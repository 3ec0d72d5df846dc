/*
 * hostname.c -- the rules for a host name, applied in one pass.
 */
#include "sni/hostname.h"

static bool is_alnum(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static char lower(char c)
{
        return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* One label, already lower case. */
static int check_label(struct str label, struct err *err)
{
        if (label.n == 0)
                return err_set(err, ERR_INVALID, "host name has an empty label; write it without "
                               "doubled dots and without a dot at either end");
        if (label.n > HOSTNAME_LABEL_MAX)
                return err_set(err, ERR_INVALID, "host name has a label of %zu characters; 63 is "
                               "the most", label.n);
        if (label.p[0] == '-' || label.p[label.n - 1] == '-')
                return err_set(err, ERR_INVALID, "host name has a label that starts or ends with "
                               "a hyphen");
        for (size_t i = 0; i < label.n; i++)
                if (!is_alnum(label.p[i]) && label.p[i] != '-')
                        return err_set(err, ERR_INVALID, "host name may hold letters, digits, "
                                       "hyphens and dots only; write other scripts as xn--");
        return 0;
}

static bool all_digits(struct str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (s.p[i] < '0' || s.p[i] > '9')
                        return false;
        return true;
}

int hostname_parse(struct str text, struct hostname *out, struct err *err)
{
        struct hostname name;

        if (text.n == 0)
                return err_set(err, ERR_INVALID, "host name is empty");
        if (text.n > HOSTNAME_MAX)
                return err_set(err, ERR_INVALID, "host name has %zu characters; 253 is the most",
                               text.n);
        for (size_t i = 0; i < text.n; i++)
                name.text[i] = lower(text.p[i]);
        name.text[text.n] = '\0';
        name.n = text.n;

        size_t start = 0;
        struct str label = { 0 };

        for (size_t i = 0; i <= name.n; i++) {
                if (i < name.n && name.text[i] != '.')
                        continue;
                label = str_make(name.text + start, i - start);
                int r = check_label(label, err);

                if (r < 0)
                        return r;
                start = i + 1;
        }
        if (all_digits(label))
                return err_set(err, ERR_INVALID, "host name ends in a number; an IP address is "
                               "no host name");
        *out = name;
        return 0;
}

bool hostname_is_below(const struct hostname *name, const struct hostname *suffix)
{
        if (name->n == suffix->n)
                return memcmp(name->text, suffix->text, name->n) == 0;
        return name->n > suffix->n && name->text[name->n - suffix->n - 1] == '.' &&
               memcmp(name->text + (name->n - suffix->n), suffix->text, suffix->n) == 0;
}
