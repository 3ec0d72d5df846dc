/*
 * certificate.h -- what a certificate chain says, in terms a person can act on.
 *
 * Trust:    chains are uploaded by users or handed over by a certificate authority: at most
 *           TLS_CHAIN_MAX bytes and 10 certificates are read.
 * Owns:     nothing; results are plain values or come from the caller's arena.
 * Linked by portals, their jobs, the registry, the command line.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { TLS_CHAIN_MAX = 64 * 1024, TLS_CHAIN_CERTIFICATES = 10 };

struct tls_certificate {
        const struct str *names;        /* DNS names of the first certificate, lower case; "*.x" kept */
        size_t nnames;
        struct str subject;             /* one line, RFC 2253 form */
        struct str issuer;
        int64_t not_before;             /* Unix seconds, of the first certificate */
        int64_t not_after;
        int64_t chain_not_after;        /* the earliest end in the whole chain */
        size_t chain_length;
        bool self_signed;               /* the first one is */
};

/* Read a PEM chain, the server's certificate first. Checks that each is signed by the next. */
NODISCARD int tls_certificate_read(struct str chain, struct arena *arena,
                                   struct tls_certificate *out, struct err *err);

/* Only the end of the first certificate's validity, Unix seconds. */
NODISCARD int tls_certificate_expiry(struct str chain, int64_t *out, struct err *err);

/* Whether one of the names covers host: exact, or "*." for exactly one label (RFC 9525, 6.3). */
bool tls_certificate_covers(const struct tls_certificate *cert, struct str host);

/* 0, or ERR_INVALID: the private key (DER) is not the one the chain's first certificate is for. */
NODISCARD int tls_certificate_matches_key(struct str chain, struct str key, struct err *err);

/*
 * Whether chain is good for host at time now under the given roots (PEM): names, constraints,
 * purpose, dates, signatures. 0, or ERR_DENIED with the reason.
 */
NODISCARD int tls_certificate_verify(struct str chain, struct str roots, const char *host,
                                     int64_t now, struct err *err);
