/*
 * clienthello.h -- which host a TLS client asks for, from bytes that were only peeked at.
 *
 * Trust:    the bytes are hostile. Nothing is allocated, nothing is consumed, every length is
 *           checked against what is there; the hello may come in many TLS records and in many
 *           pieces.
 * Owns:     nothing.
 * Linked by the edge. Needs libc only: no TLS library stands between the network and this parser.
 * Source:   RFC 8446, 4.1.2 and 5.1; RFC 6066, 3.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "sni/hostname.h"

/* The most that is ever peeked at, record headers included. */
enum { CLIENTHELLO_MAX = 16 * 1024 };

/*
 * Find the server name in the first n bytes of a connection.
 *
 * Returns: 0                *out is the name
 *          ERR_AGAIN        no fault so far; *need is how many bytes are wanted in all (more than
 *                           n, at most CLIENTHELLO_MAX)
 *          ERR_NOT_FOUND    a whole hello without a server name: answer missing_extension
 *          ERR_UNSUPPORTED  plain HTTP on the TLS port (the first byte is an upper case letter)
 *          ERR_LIMIT        the hello would pass CLIENTHELLO_MAX: answer decode_error
 *          ERR_INVALID      no ClientHello, or a name that is no DNS name: answer decode_error
 * *out and *need are untouched otherwise.
 */
NODISCARD int clienthello_sni(const uint8_t *bytes, size_t n, size_t *need, struct hostname *out,
                              struct err *err);

/* Alert descriptions the edge sends: RFC 8446, 6.2; RFC 6066, 3. */
enum tls_alert {
        TLS_ALERT_DECODE_ERROR = 50,
        TLS_ALERT_INTERNAL_ERROR = 80,
        TLS_ALERT_MISSING_EXTENSION = 109,
        TLS_ALERT_UNRECOGNIZED_NAME = 112,
};

enum { TLS_ALERT_LEN = 7 };

/* One whole TLS record that carries a fatal alert, ready to send before anything was agreed on. */
void clienthello_alert(enum tls_alert description, uint8_t out[static TLS_ALERT_LEN]);

/* The alert that answers a result of clienthello_sni() other than 0 and ERR_AGAIN. */
enum tls_alert clienthello_alert_for(int result);
