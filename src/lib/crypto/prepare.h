/*
 * prepare.h -- load what the libraries behind this folder load late, before the process is
 * confined.
 *
 * Linked by processes that hash passwords or check tokens, codes and signatures.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"

/*
 * Once per process (or in the zygote, for all of its children), before the sandbox closes:
 * libsodium picks its implementations, OpenSSL reads its settings and fetches its algorithms,
 * liboath starts.
 * Fails: ERR_UNSUPPORTED  a library lacks what is needed; the sentence names it
 */
NODISCARD int crypto_prepare(struct err *err);
