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
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "tls/private.h"

enum {
        RECORD_BYTES = 16 * 1024,
        RECORD_OVERHEAD = 256,
        RECORDS_AT_ONCE = TLS_WRITE_MAX / RECORD_BYTES,
        GATHER_BYTES = (RECORDS_AT_ONCE + 1) * (RECORD_BYTES + RECORD_OVERHEAD),
        DRAIN_BYTES = 4096,
        DRAIN_ROUNDS = 64,
};

struct tls_conn {
        SSL *ssl;
        int fd;
        bool broken;            /* after a fatal error nothing may be sent: RFC 8446, 6.2 */
        bool gathering;         /* records go to the buffer below instead of the socket */
        char *left;             /* records the socket did not take, or NULL */
        size_t left_at, left_n;
        size_t accepted;        /* bytes of the caller's that are in left */
};

/*
 * Several records leave in one write(2): the kernel's work per call is the largest part of sending. One
 * buffer for the process is enough, as it is empty again when tls_conn_write() returns.
 */
static char gather[GATHER_BYTES];
static size_t gather_n;

/* ---- the socket, as OpenSSL sees it ---- */

static ssize_t write_socket(int fd, const void *p, size_t n)
{
        ssize_t w;

        do
                w = write(fd, p, n);
        while (w < 0 && errno == EINTR);
        return w;
}

/* True when nothing is left over. */
static bool flush_left(struct tls_conn *c)
{
        while (c->left_at < c->left_n) {
                ssize_t w = write_socket(c->fd, c->left + c->left_at, c->left_n - c->left_at);

                if (w <= 0)
                        return false;
                c->left_at += (size_t)w;
        }
        free(c->left);
        c->left = NULL;
        c->left_at = c->left_n = 0;
        return true;
}

static int bio_write(BIO *bio, const char *p, int n)
{
        struct tls_conn *c = BIO_get_data(bio);
        ssize_t w = -1;

        BIO_clear_retry_flags(bio);
        if (c->gathering) {
                check(n >= 0 && (size_t)n <= sizeof gather - gather_n);
                memcpy(gather + gather_n, p, (size_t)n);
                gather_n += (size_t)n;
                return n;
        }
        if (flush_left(c))              /* records keep their order */
                w = write_socket(c->fd, p, (size_t)n);
        if (w < 0 && errno == EAGAIN)
                BIO_set_retry_write(bio);
        return (int)w;
}

static int bio_read(BIO *bio, char *p, int n)
{
        const struct tls_conn *c = BIO_get_data(bio);
        ssize_t r;

        BIO_clear_retry_flags(bio);
        do
                r = read(c->fd, p, (size_t)n);
        while (r < 0 && errno == EINTR);
        if (r < 0 && errno == EAGAIN)
                BIO_set_retry_read(bio);
        if (r == 0)
                BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
        return (int)r;
}

static long bio_control(BIO *bio, int command, long number, void *p)
{
        (void)number, (void)p;
        switch (command) {
        case BIO_CTRL_FLUSH:
                return 1;
        case BIO_CTRL_EOF:
                return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
        default:
                return 0;
        }
}

static BIO_METHOD *socket_method(void)
{
        static BIO_METHOD *method;

        if (method == NULL) {
                method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "tls_conn");
                check(method != NULL && BIO_meth_set_write(method, bio_write) == 1 &&
                      BIO_meth_set_read(method, bio_read) == 1 &&
                      BIO_meth_set_ctrl(method, bio_control) == 1);
        }
        return method;
}

/* ---- connections ---- */

struct tls_conn *tls_conn_new(struct tls_server *server, int fd)
{
        struct tls_conn *c = xalloc(sizeof *c);
        BIO *bio = BIO_new(socket_method());

        c->fd = fd;
        c->ssl = SSL_new(server->ctx);
        check(c->ssl != NULL && bio != NULL);
        BIO_set_data(bio, c);
        BIO_set_init(bio, 1);
        SSL_set_bio(c->ssl, bio, bio);
        SSL_set_accept_state(c->ssl);
        return c;
}

void tls_conn_free(struct tls_conn **conn)
{
        if (*conn == NULL)
                return;
        SSL_free((*conn)->ssl);
        free((*conn)->left);
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

static ssize_t write_failed(struct tls_conn *c, struct err *err)
{
        if (errno == EAGAIN)
                return TLS_WANT_WRITE;
        c->broken = true;
        return err_set(err, ERR_GONE, "TLS write: %s", strerror(errno));
}

/* Encrypt up to TLS_WRITE_MAX bytes into the buffer. How many, or what SSL_write() failed with. */
static ssize_t encrypt(struct tls_conn *c, const char *p, size_t n, struct err *err)
{
        size_t done = 0;
        ssize_t failed = 0;

        gather_n = 0;
        c->gathering = true;
        while (done < n && done < TLS_WRITE_MAX && failed == 0) {
                size_t k = n - done < RECORD_BYTES ? n - done : RECORD_BYTES;

                errno = 0;
                int r = SSL_write(c->ssl, p + done, (int)k);

                if (r > 0)
                        done += (size_t)r;
                else
                        failed = result(c, r, errno, "TLS write", err);
        }
        c->gathering = false;
        return done > 0 ? (ssize_t)done : failed;
}

ssize_t tls_conn_write(struct tls_conn *conn, const void *p, size_t n, struct err *err)
{
        check(n > 0);
        if (conn->left != NULL) {
                if (!flush_left(conn))
                        return write_failed(conn, err);
                check(conn->accepted <= n);
                return (ssize_t)conn->accepted;
        }
        ssize_t done = encrypt(conn, p, n, err);

        if (done < 0)
                return done;
        ssize_t w = write_socket(conn->fd, gather, gather_n);

        if (w < 0 && errno != EAGAIN)
                return write_failed(conn, err);
        size_t sent = w > 0 ? (size_t)w : 0;

        if (sent == gather_n)
                return done;
        conn->left_n = gather_n - sent;
        conn->left = xrealloc(NULL, conn->left_n, 1);
        memcpy(conn->left, gather + sent, conn->left_n);
        conn->accepted = (size_t)done;
        return TLS_WANT_WRITE;
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
