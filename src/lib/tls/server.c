/*
 * server.c -- the rules of TLS for one host name, and the warm-up for all of them.
 */
#include "tls/server.h"

#include <stdlib.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "tls/authority.h"
#include "tls/key.h"
#include "tls/private.h"

/* Mozilla's intermediate list 5.7 without its DHE suites: forward secrecy and AEAD throughout. */
static const char SUITES_12[] =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
static const char SUITES_13[] =
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";
/* Not const: the macro that takes it casts, and only reads. */
static char GROUPS[] = "X25519:P-256:P-384";

enum {
        SECURITY_LEVEL = 2,             /* 112 bits: refuses RSA below 2048, SHA-1 signatures */
        TICKETS = 2,                    /* without any, Nagle costs each first request 44 ms */
        TICKET_SECONDS = 12 * 3600,
};

static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_n,
                       const unsigned char *in, unsigned in_n, void *ctx)
{
        static const unsigned char ours[] = "\x02h2\x08http/1.1";
        unsigned char *chosen = NULL;

        (void)ssl, (void)ctx;
        if (SSL_select_next_proto(&chosen, out_n, ours, sizeof ours - 1, in, in_n) !=
            OPENSSL_NPN_NEGOTIATED)
                return SSL_TLSEXT_ERR_ALERT_FATAL;      /* RFC 7301, 3.2 */
        *out = chosen;
        return SSL_TLSEXT_ERR_OK;
}

static int set_rules(SSL_CTX *ctx, struct err *err)
{
        SSL_CTX_set_security_level(ctx, SECURITY_LEVEL);
        SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                            SSL_OP_NO_SSLv3 | SSL_OP_CIPHER_SERVER_PREFERENCE |
                            SSL_OP_PRIORITIZE_CHACHA);
        SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                         SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
        SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);        /* tickets hold it all */
        SSL_CTX_set_timeout(ctx, TICKET_SECONDS);
        SSL_CTX_set_read_ahead(ctx, 1);         /* one read(2) for many small records */
        SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, NULL);
        if (SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION) != 1 ||
            SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
            SSL_CTX_set_cipher_list(ctx, SUITES_12) != 1 ||
            SSL_CTX_set_ciphersuites(ctx, SUITES_13) != 1 ||
            SSL_CTX_set1_groups_list(ctx, GROUPS) != 1 ||
            SSL_CTX_set_num_tickets(ctx, TICKETS) != 1 ||
            SSL_CTX_set_max_early_data(ctx, 0) != 1)
                return tls_error(err, ERR_UNSUPPORTED, "this OpenSSL lacks a needed protocol, "
                                 "suite or group; install OpenSSL 3.0 or later");
        return 0;
}

/*
 * A ticket carries the context of the server that made it. SSL_CTX_new() has drawn random ticket
 * keys, so a foreign ticket does not even decrypt; should two processes ever share keys, this still
 * keeps certificates apart.
 */
static int set_session_context(SSL_CTX *ctx, X509 *leaf, struct err *err)
{
        unsigned char digest[EVP_MAX_MD_SIZE];
        unsigned n = 0;

        if (X509_digest(leaf, EVP_sha256(), digest, &n) != 1 || n > SSL_MAX_SID_CTX_LENGTH ||
            SSL_CTX_set_session_id_context(ctx, digest, n) != 1)
                return tls_error(err, ERR_IO, "cannot set the session context");
        return 0;
}

static bool is_root(X509 *cert)
{
        return (X509_get_extension_flags(cert) & EXFLAG_SS) != 0;
}

static int set_identity(SSL_CTX *ctx, struct str key, struct str chain, struct err *err)
{
        EVP_PKEY *pkey CLEANUP_PKEY = NULL;
        STACK_OF(X509) *certs CLEANUP_CHAIN = NULL;
        int r = tls_key_decode(key, &pkey, err);

        if (r == 0)
                r = tls_chain_decode(chain, &certs, err);
        if (r < 0)
                return r;

        X509 *leaf = sk_X509_value(certs, 0);

        if (X509_check_private_key(leaf, pkey) != 1)
                return tls_error(err, ERR_INVALID, "the private key does not belong to the "
                                 "certificate; install the pair that was made together");
        if (SSL_CTX_use_certificate(ctx, leaf) != 1 || SSL_CTX_use_PrivateKey(ctx, pkey) != 1)
                return tls_error(err, ERR_INVALID, "the certificate cannot be used by a server");
        /* A client has the root or does not trust it: sent along it only costs (RFC 8446, 4.4.2). */
        for (int i = 1; i < sk_X509_num(certs); i++)
                if (!is_root(sk_X509_value(certs, i)) &&
                    SSL_CTX_add1_chain_cert(ctx, sk_X509_value(certs, i)) != 1)
                        return tls_error(err, ERR_INVALID, "a certificate of the chain cannot be "
                                         "used");
        return set_session_context(ctx, leaf, err);
}

int tls_server_new(struct str key, struct str chain, struct tls_server **out, struct err *err)
{
        SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

        if (ctx == NULL)
                return tls_error(err, ERR_IO, "cannot make a TLS context");

        int r = set_rules(ctx, err);

        if (r == 0)
                r = set_identity(ctx, key, chain, err);
        if (r < 0) {
                SSL_CTX_free(ctx);
                return r;
        }
        struct tls_server *server = xalloc(sizeof *server);

        server->ctx = ctx;
        *out = server;
        return 0;
}

void tls_server_free(struct tls_server **server)
{
        if (*server == NULL)
                return;
        SSL_CTX_free((*server)->ctx);
        free(*server);
        *server = NULL;
}

/* ---- the zygote's warm-up ---- */

/* Client and server in one process, bytes through a pair of memory buffers. */
static int handshake_in_memory(SSL_CTX *server_ctx, SSL_CTX *client_ctx, struct err *err)
{
        enum { PIPE = 64 * 1024, ROUNDS = 10 };
        SSL *server = SSL_new(server_ctx);
        SSL *client = SSL_new(client_ctx);
        BIO *near = NULL, *far = NULL;
        char bytes[64];
        bool ok = server != NULL && client != NULL &&
                  BIO_new_bio_pair(&near, PIPE, &far, PIPE) == 1;

        if (ok) {
                static const unsigned char offer[] = "\x02h2";

                SSL_set_bio(server, near, near);
                SSL_set_bio(client, far, far);
                SSL_set_accept_state(server);
                SSL_set_connect_state(client);
                SSL_set_alpn_protos(client, offer, sizeof offer - 1);
                for (int i = 0; i < ROUNDS && !(SSL_is_init_finished(server) &&
                                                SSL_is_init_finished(client)); i++) {
                        SSL_do_handshake(client);
                        SSL_do_handshake(server);
                }
                ok = SSL_write(client, "x", 1) == 1 && SSL_read(server, bytes, sizeof bytes) == 1 &&
                     SSL_write(server, "y", 1) == 1 && SSL_read(client, bytes, sizeof bytes) == 1;
        }
        SSL_free(server);
        SSL_free(client);
        if (!ok)
                return tls_error(err, ERR_IO, "the TLS library fails its first handshake");
        return 0;
}

static int warm_up(struct buf *key, struct buf *spki, struct buf *chain, struct err *err)
{
        struct tls_authority *authority CLEANUP_TLS_AUTHORITY = NULL;
        struct tls_server *server CLEANUP_TLS_SERVER = NULL;
        int r = tls_authority_new(STR("warm-up.test"), &authority, err);

        if (r == 0)
                r = tls_key_new(key, err);
        if (r == 0)
                r = tls_key_public(buf_str(key), spki, err);
        if (r == 0)
                r = tls_authority_issue(authority, STR("warm-up.test"), buf_str(spki), chain, err);
        if (r == 0)
                r = tls_server_new(buf_str(key), buf_str(chain), &server, err);
        if (r < 0)
                return r;

        SSL_CTX *client = SSL_CTX_new(TLS_client_method());

        check(server != NULL);
        if (client == NULL)
                return tls_error(err, ERR_IO, "cannot make a TLS context");
        /* Both versions: their key schedules fetch different algorithms. */
        r = handshake_in_memory(server->ctx, client, err);
        SSL_CTX_set_max_proto_version(client, TLS1_2_VERSION);
        if (r == 0)
                r = handshake_in_memory(server->ctx, client, err);
        SSL_CTX_free(client);
        return r;
}

int tls_prepare(struct err *err)
{
        struct buf key CLEANUP_BUF = { 0 };
        struct buf spki CLEANUP_BUF = { 0 };
        struct buf chain CLEANUP_BUF = { 0 };

        /* No openssl.cnf: what is allowed stands in this file and nowhere else on the machine. */
        if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS |
                             OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) != 1)
                return tls_error(err, ERR_IO, "the TLS library does not start");

        int r = warm_up(&key, &spki, &chain, err);

        ERR_clear_error();
        return r;
}
