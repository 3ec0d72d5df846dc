/*
 * prepare.c -- one use of each algorithm, so that nothing is opened later.
 */
#include "crypto/prepare.h"

#include <liboath/oath.h>
#include <sodium.h>

#include "crypto/aead.h"
#include "crypto/rsa_wrap.h"
#include "crypto/signature.h"

int crypto_prepare(struct err *err)
{
        if (sodium_init() < 0)
                return err_set(err, ERR_UNSUPPORTED,
                               "libsodium does not start; the kernel must offer getrandom(2)");
        if (oath_init() != OATH_OK)
                return err_set(err, ERR_UNSUPPORTED, "liboath does not start; reinstall liboath0");
        int r = signature_prepare(err);

        if (r == 0)
                r = aead_prepare(err);
        return r < 0 ? r : rsa_wrap_prepare(err);
}
