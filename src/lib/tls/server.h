/*
 * server.h -- the TLS side of one host name: its key, its certificate, its rules.
 *
 * TLS 1.3, and 1.2 with ECDHE and AEAD only; X25519, P-256, P-384; two session tickets under a
 * random key of its own, so that a ticket of one portal is worthless at another; ALPN h2 and
 * http/1.1, anything else ends the handshake; no renegotiation, no compression, no early data.
 *
 * Trust:    key and chain come from the portal's own folder; they are checked against each other.
 * Owns:     its copy of the private key, until tls_server_free().
 * Linked by the zygote and the portals. OpenSSL stays inside this folder.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

struct tls_server;

/*
 * For the zygote, once, before it forks: initialise the library without any configuration file,
 * fetch the algorithms, and run a throw-away handshake in memory, so that children share the warm
 * pages and need no file and no lazy initialisation inside their sandbox. About 5 ms.
 */
NODISCARD int tls_prepare(struct err *err);

/*
 * key: a private key in DER, PKCS#8 or the key's own form (EC P-256 or P-384, or RSA of 2048 bits
 *      and
 * more); chain: PEM, the server's certificate first. Both are copied; the caller wipes its key.
 *
 * Fails: ERR_INVALID with the reason: unreadable, too weak, or key and certificate do not belong
 *        together.
 */
NODISCARD int tls_server_new(struct str key, struct str chain, struct tls_server **out,
                             struct err *err);

/* Connections that still use it keep it alive inside until they are freed. */
void tls_server_free(struct tls_server **server);
#define CLEANUP_TLS_SERVER CLEANUP(tls_server_free)
