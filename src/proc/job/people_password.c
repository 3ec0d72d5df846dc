/*
 * people_password.c -- a password that the operator chose: read from its descriptor, held against the
 * portal's rules, hashed, wiped. Nothing else ever sees it.
 */
#include "people.h"

#include <errno.h>
#include <unistd.h>

static int read_whole(int fd, char *out, size_t size, size_t *out_n, struct err *err)
{
        size_t n = 0;

        while (n < size) {
                ssize_t got = read(fd, out + n, size - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read the password");
                if (got == 0)
                        break;
                n += (size_t)got;
        }
        *out_n = n;
        return 0;
}

int people_hash_password(struct people_order *order, struct err *err)
{
        char form[PASSWORD_BYTES_MAX + 1];      /* one more than may come, so that too much is seen */
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct store_person person;
        size_t n = 0;

        if (order->password < 0)
                return 0;
        int r = people_new(order, &person, err);

        if (r == 0)
                r = read_whole(order->password, form, sizeof form, &n, err);
        if (r < 0)
                return r;
        r = password_take(form, n, &pw, err);
        if (r == 0)
                r = password_allowed(order->store, &person, people_argument(order, "portal"), &pw,
                                     order->arena, err);
        return r < 0 ? r : password_hash(&pw, &order->job->cost, order->hash, err);
}
