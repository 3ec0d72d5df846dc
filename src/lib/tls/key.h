/*
 * key.h -- private keys as bytes: made here, kept by the caller.
 *
 * Owns:     nothing. The caller wipes (explicit_bzero) and frees every buffer that held a private
 *           key.
 * Linked by portals, their jobs, the registry's command line.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/* A new EC P-256 key, appended as PKCS#8 DER. Fails only when the random source does (ERR_IO). */
NODISCARD int tls_key_new(struct buf *pkcs8, struct err *err);

/* The public half of a private key (DER), appended as SubjectPublicKeyInfo DER: RFC 5280, 4.1. */
NODISCARD int tls_key_public(struct str key, struct buf *spki, struct err *err);

/* A private key in PEM without a password, as users upload it, appended as PKCS#8 DER. */
NODISCARD int tls_key_from_pem(struct str pem, struct buf *pkcs8, struct err *err);
