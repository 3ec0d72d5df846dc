/*
 * fuzz_password.c -- fuzz target: a typed password, with the bytes behind a line's end as a name.
 *
 * The form is wiped, the normal form is its own normal form, and what is accepted keeps the floor.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "crypto/password.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(struct str text, struct password *out)
{
        char *form CLEANUP_FREE = xalloc(text.n + 1);

        if (text.n > 0)
                memcpy(form, text.p, text.n);
        int r = password_take(form, text.n, out, NULL);

        for (size_t i = 0; i < text.n; i++)
                if (form[i] != 0)
                        abort();
        return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str name = str_make((const char *)data, size), typed = str_cut(&name, '\n');
        struct password once CLEANUP_PASSWORD = { 0 }, twice CLEANUP_PASSWORD = { 0 };
        struct password_policy policy = PASSWORD_POLICY_DEFAULT;
        enum password_fault fault;
        struct err err = { 0 };

        if (take(typed, &once) < 0)
                return 0;
        if (once.text.n <= PASSWORD_BYTES_MAX &&
            (take(secret_str(&once.text), &twice) < 0 || twice.length != once.length ||
             !str_eq(secret_str(&once.text), secret_str(&twice.text))))
                abort();
        int r = password_check(&policy, false, &once, &name, 1, &fault, &err);

        if ((r == 0) != (fault == PASSWORD_FINE) || (r == 0 && once.length < PASSWORD_FLOOR) ||
            (r < 0 && err.text[0] == '\0'))
                abort();
        return 0;
}
