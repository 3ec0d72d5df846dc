/*
 * first_byte.c -- how long a new visitor waits: from connect(2) to the first byte of the answer, over TLS.
 *
 *   first_byte ADDRESS PORT  < lines of "HOST PATH"
 *
 * Prints nanoseconds, one line for each line read; ends with 1 at the first answer that is not 200.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/ssl.h>

static long long now_ns(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int fail(const char *host, const char *what)
{
        fprintf(stderr, "%s: %s\n", host, what);
        return -1;
}

static int visit(SSL_CTX *ctx, const struct sockaddr_in *to, const char *host, const char *path)
{
        char request[2048], answer[16384];
        int one = 1, r = -1;
        int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s:%d\r\n\r\n", path, host,
                         ntohs(to->sin_port));
        /* Made before the clock starts: they are the client's own affair. */
        SSL *ssl = SSL_new(ctx);
        int fd = socket(AF_INET, SOCK_STREAM, 0);

        if (ssl == NULL || fd < 0 || n <= 0 || (size_t)n >= sizeof request)
                return fail(host, "cannot begin");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        SSL_set_tlsext_host_name(ssl, host);
        SSL_set_fd(ssl, fd);
        long long start = now_ns();

        if (connect(fd, (const struct sockaddr *)to, sizeof *to) < 0)
                fail(host, "cannot connect");
        else if (SSL_connect(ssl) != 1)
                fail(host, "the handshake failed");
        else if (SSL_write(ssl, request, n) != n)
                fail(host, "cannot send");
        else if ((n = SSL_read(ssl, answer, sizeof answer)) < 12)
                fail(host, "no answer");
        else if (memcmp(answer, "HTTP/1.1 200", 12) != 0)
                fail(host, "the answer is not 200");
        else
                r = 0;
        if (r == 0)
                printf("%lld\n", now_ns() - start);
        SSL_free(ssl);
        close(fd);
        return r;
}

int main(int argc, char **argv)
{
        struct sockaddr_in to = { .sin_family = AF_INET };
        char line[1600];
        SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

        if (argc != 3 || ctx == NULL || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
                fprintf(stderr, "usage: first_byte ADDRESS PORT\n");
                return 2;
        }
        to.sin_port = htons((uint16_t)strtoul(argv[2], NULL, 10));
        SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
        SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, NULL);
        while (fgets(line, sizeof line, stdin) != NULL) {
                char *space = strchr(line, ' ');

                if (space == NULL)
                        continue;
                *space = '\0';
                space[1 + strcspn(space + 1, "\n")] = '\0';
                if (visit(ctx, &to, line, space + 1) < 0)
                        return 1;
        }
        SSL_CTX_free(ctx);
        return 0;
}
