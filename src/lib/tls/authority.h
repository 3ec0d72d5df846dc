/*
 * authority.h -- the local certificate authority: makes portals reachable before anybody bought a
 * certificate.
 *
 * It can only ever vouch for one DNS name and the names below it: the limit stands in its own
 * certificate as a critical name constraint, next to a path length of 0 and a ban on all IP
 * addresses, so that a browser that was told to trust it trusts it with nothing else.
 *
 * Trust:    names and public keys it certifies come from portals and are checked.
 * Owns:     the authority's private key in memory until tls_authority_free().
 * Linked by the supervisor's start-up and the registry.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct tls_authority;

enum { TLS_AUTHORITY_YEARS = 10, TLS_LEAF_DAYS = 397 };

/*
 * A new P-256 key and a self-signed certificate for suffix ("docs.example.org") and all below it.
 */
NODISCARD int tls_authority_new(struct str suffix, struct tls_authority **out, struct err *err);
void tls_authority_free(struct tls_authority **authority);
#define CLEANUP_TLS_AUTHORITY CLEANUP(tls_authority_free)

/* Append the private key (PKCS#8 DER: the caller writes it mode 0600 and wipes it) and the
 * certificate (PEM). */
NODISCARD int tls_authority_save(const struct tls_authority *authority, struct buf *key,
                                 struct buf *certificate, struct err *err);
NODISCARD int tls_authority_load(struct str key, struct str certificate, struct tls_authority **out,
                                 struct err *err);

/*
 * Append a signature over text (ECDSA P-256 with SHA-256, DER), and the authority's certificate (PEM),
 * which checks it. text begins with '{': what the authority signs else is a certificate, which never
 * does, so that neither can be taken for the other.
 */
NODISCARD int tls_authority_sign(const struct tls_authority *authority, struct str text,
                                 struct buf *signature, struct buf *certificate, struct err *err);

/*
 * Certify host for the public key spki (SubjectPublicKeyInfo DER, as tls_key_public() makes it) for
 * TLS_LEAF_DAYS from an hour before now, never past the authority's own end. Appends the chain as
 * PEM: the new certificate, then the authority's.
 *
 * Fails: ERR_DENIED   host is not the authority's suffix or below it
 *        ERR_INVALID  host is no host name, or spki no usable key (EC P-256/P-384, RSA >= 2048)
 */
NODISCARD int tls_authority_issue(const struct tls_authority *authority, struct str host,
                                  struct str spki, struct buf *chain, struct err *err);
