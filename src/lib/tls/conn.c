/*
 * conn.c -- OpenSSL's results turned into ours.
 *
 * OpenSSL keeps an error queue per thread; a left-over from one connection would be taken for a
 * fault of the next, so it is emptied after every failure.
 */
#include "tls/conn.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "tls/private.h"

enum { RECORD_BYTES = 16 * 1024, DRAIN_BYTES = 4096, DRAIN_ROUNDS = 64 };

struct tls_conn {
        SSL *ssl;
        bool broken;            /* after a fatal error nothing may be sent: RFC 8446, 6.2 */
};

struct tls_conn *tls_conn_new(struct tls_server *server, int fd)
{
        struct tls_conn *c = xalloc(sizeof *c);

        c->ssl = SSL_new(server->ctx);
        check(c->ssl != NULL);
        check(SSL_set_fd(c->ssl, fd) == 1);
        SSL_set_accept_state(c->ssl);
        return c;
}

void tls_conn_free(struct tls_conn **conn)
{
        if (*conn == NULL)
                return;
        SSL_free((*conn)->ssl);
        free(*conn);
        *conn = NULL;
}

/* What a call that returned r <= 0 means. saved: errno right after it. */
static int result(struct tls_conn *c, int r, int saved, const char *what, struct err *err)
{
        switch (SSL_get_error(c->ssl, r)) {
        case SSL_ERROR_WANT_READ:
                return TLS_WANT_READ;
        case SSL_ERROR_WANT_WRITE:
                return TLS_WANT_WRITE;
        case SSL_ERROR_ZERO_RETURN:
                return TLS_CLOSED;
        case SSL_ERROR_SYSCALL:
                c->broken = true;
                ERR_clear_error();
                return err_set(err, ERR_GONE, "%s: %s", what,
                               saved != 0 ? strerror(saved) : "the peer went away");
        default:
                c->broken = true;
                /* OpenSSL 3 reports an end without close_notify as a protocol error. */
                if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
                        ERR_clear_error();
                        return err_set(err, ERR_GONE, "%s: the peer went away", what);
                }
                return tls_error(err, ERR_PROTOCOL, what);
        }
}

int tls_conn_accept(struct tls_conn *conn, struct err *err)
{
        errno = 0;
        int r = SSL_do_handshake(conn->ssl);

        return r == 1 ? 0 : result(conn, r, errno, "TLS handshake", err);
}

ssize_t tls_conn_read(struct tls_conn *conn, void *p, size_t n, struct err *err)
{
        errno = 0;
        int r = SSL_read(conn->ssl, p, n < INT_MAX ? (int)n : INT_MAX);

        return r > 0 ? r : result(conn, r, errno, "TLS read", err);
}

ssize_t tls_conn_write(struct tls_conn *conn, const void *p, size_t n, struct err *err)
{
        check(n > 0);
        errno = 0;
        int r = SSL_write(conn->ssl, p, n < RECORD_BYTES ? (int)n : RECORD_BYTES);

        return r > 0 ? r : result(conn, r, errno, "TLS write", err);
}

int tls_conn_shutdown(struct tls_conn *conn, struct err *err)
{
        char waste[DRAIN_BYTES];

        if (conn->broken)
                return err_set(err, ERR_GONE, "the connection has failed already");
        if (!SSL_is_init_finished(conn->ssl))
                return err_set(err, ERR_GONE, "the handshake was never finished");
        if ((SSL_get_shutdown(conn->ssl) & SSL_SENT_SHUTDOWN) == 0) {
                errno = 0;
                int r = SSL_shutdown(conn->ssl);

                if (r < 0) {
                        int saved = errno;

                        r = result(conn, r, saved, "TLS shutdown", err);
                        if (r != TLS_WANT_READ)
                                return r;
                }
        }
        /* A bounded part per call, so that a peer that never stops sending cannot hold the loop. */
        for (int i = 0; i < DRAIN_ROUNDS; i++) {
                errno = 0;
                int r = SSL_read(conn->ssl, waste, sizeof waste);

                if (r <= 0)
                        return result(conn, r, errno, "TLS shutdown", err);
        }
        return err_set(err, ERR_GONE, "the peer goes on sending after the end");
}

bool tls_conn_alpn_is_h2(const struct tls_conn *conn)
{
        const unsigned char *name;
        unsigned n;

        SSL_get0_alpn_selected(conn->ssl, &name, &n);
        return n == 2 && memcmp(name, "h2", 2) == 0;
}

bool tls_conn_has_pending(const struct tls_conn *conn)
{
        return SSL_has_pending(conn->ssl) == 1;
}

bool tls_conn_was_resumed(const struct tls_conn *conn)
{
        return SSL_session_reused(conn->ssl) == 1;
}

struct str tls_conn_server_name(const struct tls_conn *conn)
{
        return str_of(SSL_get_servername(conn->ssl, TLSEXT_NAMETYPE_host_name));
}

const char *tls_conn_version(const struct tls_conn *conn)
{
        return SSL_get_version(conn->ssl);
}

const char *tls_conn_suite(const struct tls_conn *conn)
{
        return SSL_get_cipher_name(conn->ssl);
}
