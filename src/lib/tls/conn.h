/*
 * conn.h -- one TLS connection over a non-blocking socket, as the server.
 *
 * Uses only read(2) and write(2) on the socket. The process must ignore SIGPIPE.
 *
 * Trust:    the peer is a stranger until its request says otherwise.
 * Owns:     its state. Borrows the descriptor: the caller removes it from epoll and closes it.
 * Linked by the portals.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "tls/server.h"

struct tls_conn;

enum { TLS_WRITE_MAX = 64 * 1024 };

/*
 * What a call returns besides a count of bytes and ERR_*. With edge-triggered epoll go on until one
 * of the first two is returned: bytes may wait inside, where epoll cannot see them.
 */
enum tls_wait {
        TLS_WANT_READ = -101,   /* call again when the socket is readable */
        TLS_WANT_WRITE = -102,  /* call again when the socket is writable */
        TLS_CLOSED = -103,      /* the peer ended the connection in order (close_notify) */
};

/* fd is connected and non-blocking. Never fails. */
NODISCARD struct tls_conn *tls_conn_new(struct tls_server *server, int fd);
void tls_conn_free(struct tls_conn **conn);             /* sends nothing, leaves fd open */
#define CLEANUP_TLS_CONN CLEANUP(tls_conn_free)

/*
 * 0 when the handshake is done, TLS_WANT_*, or ERR_PROTOCOL (the peer got a fatal alert), ERR_GONE.
 * After an error: close.
 */
NODISCARD int tls_conn_accept(struct tls_conn *conn, struct err *err);

/*
 * Bytes read (> 0), TLS_WANT_*, TLS_CLOSED, ERR_GONE (cut off without close_notify), ERR_PROTOCOL.
 */
NODISCARD ssize_t tls_conn_read(struct tls_conn *conn, void *p, size_t n, struct err *err);

/*
 * Bytes written (> 0, at most TLS_WRITE_MAX: up to four records in one write), TLS_WANT_*, ERR_GONE,
 * ERR_PROTOCOL.
 * After TLS_WANT_* call again with the same bytes first and no fewer of them; they may have moved.
 */
NODISCARD ssize_t tls_conn_write(struct tls_conn *conn, const void *p, size_t n, struct err *err);

/*
 * Say goodbye and wait for the peer's: sends close_notify once, throws away what still comes in.
 * Closing with unread bytes would send a reset that can destroy the answer on its way; so call this
 * until it returns TLS_CLOSED or an error, within a deadline of a second or two, then close the
 * descriptor. Returns TLS_WANT_*, TLS_CLOSED (both sides are done), or ERR_*.
 */
NODISCARD int tls_conn_shutdown(struct tls_conn *conn, struct err *err);

bool tls_conn_alpn_is_h2(const struct tls_conn *conn);
bool tls_conn_has_pending(const struct tls_conn *conn); /* bytes that no epoll event will announce */
bool tls_conn_was_resumed(const struct tls_conn *conn);
struct str tls_conn_server_name(const struct tls_conn *conn);   /* as the client wrote it; may be empty */
const char *tls_conn_version(const struct tls_conn *conn);      /* "TLSv1.3" */
const char *tls_conn_suite(const struct tls_conn *conn);        /* "TLS_AES_128_GCM_SHA256" */
