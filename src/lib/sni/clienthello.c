/*
 * clienthello.c -- walk records, handshake header, hello and extensions down to the server name.
 *
 * A hello in a single record, the usual case, is read in place. One that is spread over several
 * records is first put together on the stack; as everything is peeked again from the start each
 * time, no state is kept between calls.
 */
#include "sni/clienthello.h"

#include <string.h>

enum {
        RECORD_HEADER = 5,
        RECORD_MAX = 16384,             /* RFC 8446, 5.1: a longer plaintext record is an error */
        HANDSHAKE_HEADER = 4,
        CONTENT_HANDSHAKE = 22,
        HANDSHAKE_CLIENT_HELLO = 1,
        EXTENSION_SERVER_NAME = 0,
        NAME_TYPE_HOST = 0,
        RANDOM_LEN = 32,
        SESSION_ID_MAX = 32,
};

/* Bytes still to be read; a read past the end sets bad and gives zeros. */
struct cursor {
        const uint8_t *p;
        size_t n;
        bool bad;
};

static struct cursor take(struct cursor *c, size_t n)
{
        if (c->bad || n > c->n) {
                c->bad = true;
                return (struct cursor){ c->p, 0, true };
        }
        struct cursor part = { c->p, n, false };

        c->p += n;
        c->n -= n;
        return part;
}

static size_t take_number(struct cursor *c, size_t bytes)
{
        struct cursor part = take(c, bytes);
        size_t value = 0;

        for (size_t i = 0; i < part.n; i++)
                value = value << 8 | part.p[i];
        return value;
}

static struct cursor take_vector(struct cursor *c, size_t length_bytes)
{
        return take(c, take_number(c, length_bytes));
}

static int bad(struct err *err, const char *what)
{
        return err_set(err, ERR_INVALID, "ClientHello is malformed: %s", what);
}

/* RFC 6066, 3: a list of names of different types, of which only host_name was ever defined. */
static int read_server_name(struct cursor ext, struct hostname *out, struct err *err)
{
        struct cursor list = take_vector(&ext, 2);

        if (list.bad || ext.n != 0 || list.n == 0)
                return bad(err, "server name list");

        size_t type = take_number(&list, 1);
        struct cursor name = take_vector(&list, 2);

        if (list.bad || list.n != 0)
                return bad(err, "server name list");
        if (type != NAME_TYPE_HOST)
                return bad(err, "unknown type of server name");
        return hostname_parse(str_make((const char *)name.p, name.n), out, err);
}

static int read_extensions(struct cursor list, struct hostname *out, struct err *err)
{
        struct cursor server_name = { 0 };
        bool found = false;

        while (list.n > 0) {
                size_t type = take_number(&list, 2);
                struct cursor body = take_vector(&list, 2);

                if (list.bad)
                        return bad(err, "extension length");
                if (type != EXTENSION_SERVER_NAME)
                        continue;
                if (found)
                        return bad(err, "two server name extensions");
                found = true;
                server_name = body;
        }
        if (!found)
                return err_set(err, ERR_NOT_FOUND, "ClientHello names no server; use a client "
                               "that sends SNI, and a host name instead of an address");
        return read_server_name(server_name, out, err);
}

/* hello: the whole ClientHello body, behind its handshake header. */
static int read_hello(struct cursor hello, struct hostname *out, struct err *err)
{
        size_t version = take_number(&hello, 2);

        take(&hello, RANDOM_LEN);
        struct cursor session_id = take_vector(&hello, 1);
        struct cursor suites = take_vector(&hello, 2);
        struct cursor compression = take_vector(&hello, 1);

        if (hello.bad)
                return bad(err, "cut short");
        if (version >> 8 != 3)
                return bad(err, "unknown version");
        if (session_id.n > SESSION_ID_MAX)
                return bad(err, "session id");
        if (suites.n < 2 || suites.n % 2 != 0)
                return bad(err, "cipher suites");
        if (compression.n == 0)
                return bad(err, "compression methods");
        if (hello.n == 0)
                return err_set(err, ERR_NOT_FOUND, "ClientHello has no extensions, so it names "
                               "no server; use a client that sends SNI");

        struct cursor extensions = take_vector(&hello, 2);

        if (hello.bad || hello.n != 0)
                return bad(err, "length of extensions");
        return read_extensions(extensions, out, err);
}

static int want(size_t have, size_t total, size_t *need, struct err *err)
{
        if (total > CLIENTHELLO_MAX)
                return err_set(err, ERR_LIMIT, "ClientHello needs %zu bytes; %d is the most",
                               total, CLIENTHELLO_MAX);
        *need = total > have ? total : have + 1;
        return ERR_AGAIN;
}

/* The record that starts at bytes[at]: its length, or a result < 0. */
static int record_length(const uint8_t *bytes, size_t n, size_t at, size_t *need, struct err *err)
{
        const uint8_t *r = bytes + at;
        size_t have = n - at;

        if (have > 0 && r[0] != CONTENT_HANDSHAKE)
                return bad(err, "not a handshake record");
        if (have > 1 && r[1] != 3)
                return bad(err, "unknown record version");
        if (have < RECORD_HEADER)
                return want(n, at + RECORD_HEADER, need, err);

        int length = r[3] << 8 | r[4];

        if (length == 0 || length > RECORD_MAX)
                return bad(err, "impossible record length");
        return length;
}

/* The length of the hello's body from the first four bytes of the handshake, or a result < 0. */
static int hello_length(const uint8_t *h, struct err *err)
{
        int length = h[1] << 16 | h[2] << 8 | h[3];

        if (length > CLIENTHELLO_MAX)
                return err_set(err, ERR_LIMIT, "ClientHello of %d bytes; %d is the most", length,
                               CLIENTHELLO_MAX);
        return length;
}

/* Put a hello together that is spread over several records. */
static int read_fragments(const uint8_t *bytes, size_t n, size_t *need, struct hostname *out,
                          struct err *err)
{
        uint8_t flat[CLIENTHELLO_MAX];
        size_t have = 0;
        size_t at = 0;
        size_t total = HANDSHAKE_HEADER;        /* of the handshake message; grows once it is known */

        for (;;) {
                int length = record_length(bytes, n, at, need, err);

                if (length < 0)
                        return length;
                at += RECORD_HEADER;

                size_t here = (size_t)length < n - at ? (size_t)length : n - at;

                /*
                 * Cannot pass flat: each byte of it stands behind a header in at most as many
                 * bytes.
                 */
                if (n > CLIENTHELLO_MAX || here > sizeof flat - have)
                        return want(n, (size_t)CLIENTHELLO_MAX + 1, need, err);
                memcpy(flat + have, bytes + at, here);
                have += here;
                at += here;
                if (have > 0 && flat[0] != HANDSHAKE_CLIENT_HELLO)
                        return bad(err, "another handshake message comes first");
                if (have >= HANDSHAKE_HEADER) {
                        int body = hello_length(flat, err);

                        if (body < 0)
                                return body;
                        if (body == 0)
                                return bad(err, "empty");
                        total = HANDSHAKE_HEADER + (size_t)body;
                        if (have >= total)
                                break;
                }
                if (here < (size_t)length) {
                        size_t more = (size_t)length - here;

                        if (total > have && total - have < more)
                                more = total - have;
                        return want(n, at + more, need, err);
                }
        }
        /* RFC 8446, 5.1: the hello ends its record, since a key change may follow it. */
        return read_hello((struct cursor){ flat + HANDSHAKE_HEADER, total - HANDSHAKE_HEADER,
                                           false }, out, err);
}

int clienthello_sni(const uint8_t *bytes, size_t n, size_t *need, struct hostname *out,
                    struct err *err)
{
        if (n > 0 && bytes[0] >= 'A' && bytes[0] <= 'Z')
                return err_set(err, ERR_UNSUPPORTED, "plain HTTP on the TLS port; use https://");

        int length = record_length(bytes, n, 0, need, err);

        if (length < 0)
                return length;
        if (n < RECORD_HEADER + HANDSHAKE_HEADER || length < HANDSHAKE_HEADER)
                return read_fragments(bytes, n, need, out, err);
        if (bytes[RECORD_HEADER] != HANDSHAKE_CLIENT_HELLO)
                return bad(err, "another handshake message comes first");

        int body = hello_length(bytes + RECORD_HEADER, err);

        if (body < 0)
                return body;
        if (body + HANDSHAKE_HEADER > length)
                return read_fragments(bytes, n, need, out, err);

        size_t end = (size_t)(RECORD_HEADER + HANDSHAKE_HEADER + body);

        if (n < end || end > CLIENTHELLO_MAX)
                return want(n, end, need, err);
        return read_hello((struct cursor){ bytes + RECORD_HEADER + HANDSHAKE_HEADER, (size_t)body,
                                           false }, out, err);
}

void clienthello_alert(enum tls_alert description, uint8_t out[static TLS_ALERT_LEN])
{
        /* Content type alert, version 3.3 as RFC 8446, 5.1 asks, length 2, level fatal. */
        const uint8_t record[TLS_ALERT_LEN] = { 21, 3, 3, 0, 2, 2, (uint8_t)description };

        memcpy(out, record, sizeof record);
}

enum tls_alert clienthello_alert_for(int result)
{
        switch (result) {
        case ERR_NOT_FOUND:
                return TLS_ALERT_MISSING_EXTENSION;
        case ERR_INVALID:
        case ERR_LIMIT:
                return TLS_ALERT_DECODE_ERROR;
        default:
                return TLS_ALERT_INTERNAL_ERROR;
        }
}
