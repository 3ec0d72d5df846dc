/*
 * address.c -- the plain form of an address, and nothing else.
 */
#include "mail/address.h"

#include <string.h>

#include "sni/hostname.h"

/* atext of RFC 5322, 3.2.3. */
static bool is_atom(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}

static bool is_local(struct str local)
{
        if (local.n == 0 || local.n > MAIL_LOCAL_MAX)
                return false;
        for (size_t i = 0; i < local.n; i++) {
                bool dot = local.p[i] == '.';

                if (!dot && !is_atom(local.p[i]))
                        return false;
                if (dot && (i == 0 || i + 1 == local.n || local.p[i + 1] == '.'))
                        return false;
        }
        return true;
}

int mail_address_check(struct str address, struct err *err)
{
        struct str rest = address;
        struct str local = str_cut(&rest, '@');
        struct hostname host;

        if (address.n > MAIL_ADDRESS_MAX)
                return err_set(err, ERR_INVALID, "a mail address has at most %d characters",
                               MAIL_ADDRESS_MAX);
        if (local.n == address.n || !is_local(local))
                return err_set(err, ERR_INVALID, "no letter can be sent there: what stands before the '@' "
                               "is not plain ASCII letters, digits and signs");
        if (hostname_parse(rest, &host, NULL) < 0)
                return err_set(err, ERR_INVALID, "no letter can be sent there: what stands behind the '@' is "
                               "not a host name in ASCII");
        return 0;
}
