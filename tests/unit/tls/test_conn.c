/*
 * test_conn.c -- handshakes with OpenSSL's own client over a socket pair: what is agreed on, what is refused.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls/authority.h"
#include "tls/conn.h"
#include "tls/key.h"

static struct tls_server *acme, *globex;
static struct buf ca_pem;

static struct tls_server *make_server(const struct tls_authority *a, const char *host)
{
        struct buf key = { 0 }, spki = { 0 }, chain = { 0 };
        struct tls_server *server = NULL;

        assert_int_equal(tls_key_new(&key, NULL), 0);
        assert_int_equal(tls_key_public(buf_str(&key), &spki, NULL), 0);
        assert_int_equal(tls_authority_issue(a, str_of(host), buf_str(&spki), &chain, NULL), 0);
        assert_int_equal(tls_server_new(buf_str(&key), buf_str(&chain), &server, NULL), 0);
        buf_free(&key);
        buf_free(&spki);
        buf_free(&chain);
        return server;
}

static int set_up(void **state)
{
        struct tls_authority *a = NULL;
        struct buf key = { 0 };

        (void)state;
        signal(SIGPIPE, SIG_IGN);
        assert_int_equal(tls_prepare(NULL), 0);
        assert_int_equal(tls_authority_new(STR("docs.test"), &a, NULL), 0);
        assert_int_equal(tls_authority_save(a, &key, &ca_pem, NULL), 0);
        acme = make_server(a, "acme.docs.test");
        globex = make_server(a, "globex.docs.test");
        buf_free(&key);
        tls_authority_free(&a);
        return 0;
}

static int tear_down(void **state)
{
        (void)state;
        tls_server_free(&acme);
        tls_server_free(&globex);
        buf_free(&ca_pem);
        return 0;
}

/* A client and a server at the two ends of a socket pair. */
struct pair {
        int fds[2];
        SSL_CTX *ctx;
        SSL *client;
        struct tls_conn *server;
        int accepted;                   /* the last result of tls_conn_accept() */
        struct err err;
};

static void open_pair(struct pair *p, struct tls_server *server)
{
        static char name[] = "ACME.docs.test";

        *p = (struct pair){ .accepted = TLS_WANT_READ };
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p->fds), 0);
        p->ctx = SSL_CTX_new(TLS_client_method());
        SSL_CTX_set_security_level(p->ctx, 0);  /* so that the client offers what we must refuse */
        p->client = SSL_new(p->ctx);
        SSL_set_fd(p->client, p->fds[0]);
        SSL_set_connect_state(p->client);
        SSL_set_tlsext_host_name(p->client, name);
        p->server = tls_conn_new(server, p->fds[1]);
}

static void close_pair(struct pair *p)
{
        SSL_free(p->client);
        SSL_CTX_free(p->ctx);
        tls_conn_free(&p->server);
        close(p->fds[0]);
        if (p->fds[1] >= 0)
                close(p->fds[1]);
        ERR_clear_error();
}

/* True when both sides are done. */
static bool shake(struct pair *p)
{
        for (int i = 0; i < 20 && p->accepted != 0; i++) {
                SSL_do_handshake(p->client);
                p->accepted = tls_conn_accept(p->server, &p->err);
                if (p->accepted != 0 && p->accepted != TLS_WANT_READ &&
                    p->accepted != TLS_WANT_WRITE)
                        break;
        }
        if (p->accepted != 0)
                return false;
        return SSL_do_handshake(p->client) == 1;
}

/* The alert the client got. */
static int alert_of(struct pair *p)
{
        int r;

        ERR_clear_error();
        r = SSL_do_handshake(p->client);
        assert_true(r <= 0);
        return ERR_GET_REASON(ERR_get_error()) - SSL_AD_REASON_OFFSET;
}

static void bytes_go_both_ways(void **state)
{
        struct pair p;
        char got[64];

        (void)state;
        open_pair(&p, acme);
        SSL_set_alpn_protos(p.client, (const unsigned char *)"\x02h2\x08http/1.1", 12);
        assert_true(shake(&p));
        assert_string_equal(tls_conn_version(p.server), "TLSv1.3");
        assert_true(tls_conn_alpn_is_h2(p.server));
        assert_true(str_is(tls_conn_server_name(p.server), "ACME.docs.test"));
        assert_int_equal(tls_conn_read(p.server, got, sizeof got, &p.err), TLS_WANT_READ);
        assert_int_equal(SSL_write(p.client, "question", 8), 8);
        assert_int_equal(tls_conn_read(p.server, got, 3, &p.err), 3);
        assert_true(tls_conn_has_pending(p.server));
        assert_int_equal(tls_conn_read(p.server, got + 3, sizeof got - 3, &p.err), 5);
        assert_memory_equal(got, "question", 8);
        assert_false(tls_conn_has_pending(p.server));
        assert_int_equal(tls_conn_write(p.server, "answer", 6, &p.err), 6);
        assert_int_equal(SSL_read(p.client, got, sizeof got), 6);
        close_pair(&p);
}

static void a_write_is_bounded_and_waits_when_the_socket_is_full(void **state)
{
        static char big[100000], got[100000];
        struct pair p;
        size_t sent = 0, read = 0;
        ssize_t n = 0;

        (void)state;
        for (size_t i = 0; i < sizeof big; i++)
                big[i] = (char)(i * 31);
        open_pair(&p, acme);
        int small = 8192;

        setsockopt(p.fds[1], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        assert_true(shake(&p));
        bool waited = false;

        while (read < sizeof big) {
                if (sent < sizeof big) {
                        n = tls_conn_write(p.server, big + sent, sizeof big - sent, &p.err);
                        if (n > 0)
                                assert_true(n <= TLS_WRITE_MAX);
                        else
                                assert_int_equal(n, TLS_WANT_WRITE);
                        waited = waited || n < 0;
                        sent += n > 0 ? (size_t)n : 0;
                }
                int r = SSL_read(p.client, got + read, (int)(sizeof got - read));

                read += r > 0 ? (size_t)r : 0;
        }
        assert_true(waited);
        assert_memory_equal(got, big, sizeof big);
        close_pair(&p);
}

static void old_protocols_are_refused(void **state)
{
        static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION };
        struct pair p;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
                open_pair(&p, acme);
                SSL_set_min_proto_version(p.client, versions[i]);
                SSL_set_max_proto_version(p.client, versions[i]);
                SSL_set_cipher_list(p.client, "ALL:@SECLEVEL=0");
                assert_false(shake(&p));
                assert_int_equal(p.accepted, ERR_PROTOCOL);
                assert_int_equal(alert_of(&p), SSL_AD_PROTOCOL_VERSION);
                close_pair(&p);
        }
}

static bool suite_works(const char *suite)
{
        struct pair p;

        open_pair(&p, acme);
        SSL_set_max_proto_version(p.client, TLS1_2_VERSION);
        assert_int_equal(SSL_set_cipher_list(p.client, suite), 1);
        bool ok = shake(&p);

        if (ok)
                assert_string_equal(tls_conn_suite(p.server), suite);
        close_pair(&p);
        return ok;
}

static void tls_1_2_needs_forward_secrecy_and_aead(void **state)
{
        (void)state;
        assert_true(suite_works("ECDHE-ECDSA-AES128-GCM-SHA256"));
        assert_true(suite_works("ECDHE-ECDSA-AES256-GCM-SHA384"));
        assert_true(suite_works("ECDHE-ECDSA-CHACHA20-POLY1305"));
        assert_false(suite_works("ECDHE-ECDSA-AES128-SHA"));
        assert_false(suite_works("ECDHE-ECDSA-AES256-SHA384"));
        assert_false(suite_works("ECDHE-ECDSA-AES128-CCM"));
        assert_false(suite_works("AES128-GCM-SHA256"));
        assert_false(suite_works("AES256-SHA"));
        assert_false(suite_works("DHE-RSA-AES128-GCM-SHA256"));
}

static bool group_works(const char *group)
{
        struct pair p;

        open_pair(&p, acme);
        char *list = strdup(group);     /* the macro wants it writable */

        assert_int_equal(SSL_set1_groups_list(p.client, list), 1);
        free(list);
        bool ok = shake(&p);

        close_pair(&p);
        return ok;
}

static void three_groups_are_taken(void **state)
{
        (void)state;
        assert_true(group_works("X25519"));
        assert_true(group_works("P-256"));
        assert_true(group_works("P-384"));
        assert_false(group_works("P-521"));
        assert_false(group_works("X448"));
        assert_false(group_works("ffdhe2048"));
}

static void unknown_application_protocols_end_the_handshake(void **state)
{
        struct pair p;

        (void)state;
        open_pair(&p, acme);
        SSL_set_alpn_protos(p.client, (const unsigned char *)"\x06spdy/3\x03h2c", 11);
        assert_false(shake(&p));
        assert_int_equal(alert_of(&p), SSL_AD_NO_APPLICATION_PROTOCOL);
        close_pair(&p);

        open_pair(&p, acme);
        SSL_set_alpn_protos(p.client, (const unsigned char *)"\x06spdy/3\x08http/1.1", 16);
        assert_true(shake(&p));
        assert_false(tls_conn_alpn_is_h2(p.server));
        close_pair(&p);
}

static SSL_SESSION *ticket;

static int keep_ticket(SSL *ssl, SSL_SESSION *session)
{
        (void)ssl;
        SSL_SESSION_free(ticket);
        ticket = session;
        return 1;
}

/* One connection to server, offering *ticket if there is one; a new ticket is left there. */
static bool resumed_at(struct tls_server *server, int version)
{
        struct pair p;
        char waste[16];

        open_pair(&p, server);
        SSL_set_max_proto_version(p.client, version);
        SSL_CTX_set_session_cache_mode(p.ctx, SSL_SESS_CACHE_CLIENT |
                                       SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(p.ctx, keep_ticket);
        if (ticket != NULL)
                SSL_set_session(p.client, ticket);
        assert_true(shake(&p));
        bool resumed = tls_conn_was_resumed(p.server);

        assert_int_equal(SSL_session_reused(p.client), resumed);
        SSL_read(p.client, waste, sizeof waste);        /* TLS 1.3 tickets come after the handshake */
        SSL_set_shutdown(p.client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
        close_pair(&p);
        return resumed;
}

static void a_ticket_resumes_at_its_own_portal_only(void **state)
{
        static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
                assert_false(resumed_at(acme, versions[i]));
                assert_non_null(ticket);
                assert_true(resumed_at(acme, versions[i]));
                assert_false(resumed_at(globex, versions[i]));
                assert_true(resumed_at(globex, versions[i]));
                SSL_SESSION_free(ticket);
                ticket = NULL;
        }
}

static void renegotiation_is_refused(void **state)
{
        struct pair p;
        char got[16];

        (void)state;
        open_pair(&p, acme);
        SSL_set_max_proto_version(p.client, TLS1_2_VERSION);
        assert_true(shake(&p));
        SSL_renegotiate(p.client);
        assert_true(SSL_do_handshake(p.client) <= 0);
        assert_int_equal(tls_conn_read(p.server, got, sizeof got, &p.err), TLS_WANT_READ);
        ERR_clear_error();
        assert_true(SSL_do_handshake(p.client) <= 0);
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), SSL_R_NO_RENEGOTIATION);
        close_pair(&p);
}

static void goodbye_is_said_by_both_sides(void **state)
{
        struct pair p;
        char got[16];

        (void)state;
        open_pair(&p, acme);
        assert_true(shake(&p));
        assert_int_equal(SSL_write(p.client, "unread", 6), 6);
        assert_int_equal(tls_conn_shutdown(p.server, &p.err), TLS_WANT_READ);
        assert_int_equal(SSL_read(p.client, got, sizeof got), 0);
        assert_int_equal(SSL_get_error(p.client, 0), SSL_ERROR_ZERO_RETURN);
        assert_int_equal(SSL_write(p.client, "late", 4), 4);
        SSL_shutdown(p.client);
        assert_int_equal(tls_conn_shutdown(p.server, &p.err), TLS_CLOSED);
        close_pair(&p);
}

static void an_end_in_order_is_told_apart_from_a_cut(void **state)
{
        struct pair p;
        char got[16];

        (void)state;
        open_pair(&p, acme);
        assert_true(shake(&p));
        SSL_shutdown(p.client);
        assert_int_equal(tls_conn_read(p.server, got, sizeof got, &p.err), TLS_CLOSED);
        close_pair(&p);

        open_pair(&p, acme);
        assert_true(shake(&p));
        shutdown(p.fds[0], SHUT_RDWR);
        assert_int_equal(tls_conn_read(p.server, got, sizeof got, &p.err), ERR_GONE);
        assert_int_equal(tls_conn_shutdown(p.server, &p.err), ERR_GONE);
        close_pair(&p);
}

static void a_peer_that_is_gone_is_an_error_and_no_signal(void **state)
{
        struct pair p;

        (void)state;
        open_pair(&p, acme);
        assert_true(shake(&p));
        close(p.fds[0]);
        assert_int_equal(tls_conn_write(p.server, "x", 1, &p.err), ERR_GONE);
        p.fds[0] = open("/dev/null", O_RDWR);
        close_pair(&p);
}

static void garbage_is_a_protocol_error_and_leaves_the_next_connection_alone(void **state)
{
        struct pair bad, good;
        char got[16];

        (void)state;
        open_pair(&good, acme);
        assert_true(shake(&good));
        open_pair(&bad, acme);
        assert_int_equal(write(bad.fds[0], "GET / HTTP/1.1\r\n\r\n", 18), 18);
        assert_int_equal(tls_conn_accept(bad.server, &bad.err), ERR_PROTOCOL);
        assert_true(strlen(bad.err.text) > 5);
        assert_int_equal(tls_conn_read(good.server, got, sizeof got, &good.err), TLS_WANT_READ);
        close_pair(&bad);
        close_pair(&good);
}

static void the_certificate_the_client_sees_is_the_portals_own(void **state)
{
        struct pair p;
        BIO *bio = BIO_new_mem_buf(ca_pem.p, (int)ca_pem.n);
        X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);

        (void)state;
        for (int right = 0; right < 2; right++) {
                open_pair(&p, right ? acme : globex);
                X509_STORE_add_cert(SSL_CTX_get_cert_store(p.ctx), root);
                SSL_set_verify(p.client, SSL_VERIFY_PEER, NULL);
                SSL_set1_host(p.client, "acme.docs.test");
                assert_int_equal(shake(&p), right);
                close_pair(&p);
        }
        X509_free(root);
        BIO_free(bio);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bytes_go_both_ways),
                cmocka_unit_test(a_write_is_bounded_and_waits_when_the_socket_is_full),
                cmocka_unit_test(old_protocols_are_refused),
                cmocka_unit_test(tls_1_2_needs_forward_secrecy_and_aead),
                cmocka_unit_test(three_groups_are_taken),
                cmocka_unit_test(unknown_application_protocols_end_the_handshake),
                cmocka_unit_test(a_ticket_resumes_at_its_own_portal_only),
                cmocka_unit_test(renegotiation_is_refused),
                cmocka_unit_test(goodbye_is_said_by_both_sides),
                cmocka_unit_test(an_end_in_order_is_told_apart_from_a_cut),
                cmocka_unit_test(a_peer_that_is_gone_is_an_error_and_no_signal),
                cmocka_unit_test(garbage_is_a_protocol_error_and_leaves_the_next_connection_alone),
                cmocka_unit_test(the_certificate_the_client_sees_is_the_portals_own),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}
