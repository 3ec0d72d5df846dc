/*
 * outbound.h -- connections to other machines: one HTTPS request, one letter by SMTP. TLS always, and always
 * verified; names are asked for here, and the address that is connected is the one that was checked.
 *
 * Trust:  whoever answers may be hostile: sizes and times are bounded, no redirect is followed, nothing is
 *         decompressed, no cookie, cache or connection is kept from one request to the next of another.
 *         What may be asked at all is decided before, by whoever calls.
 * Owns:   its sockets, the name servers' answers, and each transfer until its callback.
 * Blocks: never, but for outbound_new(), which reads files.
 * Linked by the courier. libcurl and c-ares are wrapped here and nowhere else.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "loop/loop.h"
#include "sni/origin.h"

enum {
        OUTBOUND_BODY_MAX = 256 * 1024,
        OUTBOUND_HEAD_MAX = 64 * 1024,
        OUTBOUND_FETCH_MS = 10000,      /* from the question to the last byte of the answer */
        OUTBOUND_MAIL_MS = 180000,
        OUTBOUND_OBJECT_MS = 6 * 3600 * 1000,
};

struct outbound;

struct outbound_settings {
        struct str fetch_authorities;   /* certificates in PEM, whom fetches trust; lives as long as it */
        struct str mail_authorities;    /* and whom mail trusts */
        bool private_addresses;         /* fetches may reach this machine and private networks */
        uint64_t fetch_ms;              /* instead of OUTBOUND_FETCH_MS; 0: that */
        struct str name_servers;        /* "ADDRESS[:PORT],..."; empty: those of /etc/resolv.conf */
};

/*
 * Before the process is confined: the libraries read their own settings, /etc/resolv.conf and /etc/hosts,
 * none of which can be reached later. outbound_start() is for after it.
 */
NODISCARD int outbound_new(const struct outbound_settings *settings, struct outbound **out,
                           struct err *err);
void outbound_start(struct outbound *outbound, struct loop *loop);
void outbound_free(struct outbound **outbound);

/*
 * How often in a row no name server has answered at all. The servers are those of the start: somebody who
 * sees this grow starts anew.
 */
unsigned outbound_deaf(const struct outbound *outbound);

struct outbound_transfer;

struct outbound_answer {
        unsigned status;
        struct str type;                /* Content-Type as sent, at most 200 bytes of ASCII, or empty */
        struct str body;
};

/* Called exactly once, later. answer NULL: there is none, and why. Slices live during the call. */
typedef void outbound_answer_fn(void *ctx, const struct outbound_answer *answer, const struct err *why);

/*
 * Ask url, whose origin is `origin`. authorization: that header's value, or empty. form: empty is a GET,
 * else a POST of application/x-www-form-urlencoded. All is copied. The transfer is owned by outbound and
 * gone after the callback; outbound_cancel() ends it without one.
 */
NODISCARD struct outbound_transfer *outbound_fetch(struct outbound *outbound, const struct origin *origin,
                                                   struct str url, struct str authorization,
                                                   struct str form, outbound_answer_fn *answer, void *ctx);

/* Whom letters are given to. Slices live as long as outbound. */
struct outbound_relay {
        const char *host;               /* a name or an address */
        uint16_t port;
        bool implicit;                  /* TLS from the first byte; else STARTTLS, or nothing is sent */
        const char *helo;               /* this host's name */
        struct str user, password;      /* empty: no login. NUL-terminated */
};

enum outbound_delivery {
        DELIVERY_DONE,                  /* the relay has taken it */
        DELIVERY_LATER,                 /* it refused this recipient or this letter for now: 4xx */
        DELIVERY_HELD,                  /* it takes no letter now: no answer, no trust, no login, ... */
        DELIVERY_NEVER,                 /* it refused this recipient or this letter for good: 5xx */
};

/* code: the relay's last reply (RFC 5321, 4.2), or 0. why: a sentence without the recipient's address. */
typedef void outbound_delivery_fn(void *ctx, enum outbound_delivery outcome, unsigned code,
                                  const struct err *why);

/* from and to are plain addresses, checked by mail_address_check(); message has CR LF line ends. Copied. */
NODISCARD struct outbound_transfer *outbound_deliver(struct outbound *outbound,
                                                     const struct outbound_relay *relay, const char *from,
                                                     const char *to, struct str message,
                                                     outbound_delivery_fn *delivered, void *ctx);

/*
 * A place in S3-compatible storage, and who we are there (AWS Signature Version 4). All of it lives as
 * long as outbound.
 */
struct outbound_bucket {
        struct origin origin;
        const char *url;                /* "https://HOST[:PORT]/BUCKET/PREFIX", without '/' at its end */
        const char *region;
        const char *key_id, *secret;
        struct str authorities;         /* certificates in PEM, whom it trusts */
        unsigned stall_seconds;         /* so long it may stand still, or crawl */
};

enum outbound_verb {
        OBJECT_LOOK,                    /* HEAD: is it there, and how large */
        OBJECT_PUT,
        OBJECT_GET,
        OBJECT_REMOVE,                  /* DELETE: gone, or never there */
};

/*
 * The bytes of an object as they come: false ends the transfer. All are taken; whoever has no room for more
 * says so to *full and calls outbound_resume() when there is.
 */
typedef bool outbound_bytes_fn(void *ctx, struct str bytes, bool *full);

struct outbound_object {
        enum outbound_verb verb;
        const char *name;               /* below the bucket's url: [A-Za-z0-9/.-] */
        int file;                       /* PUT: read from its beginning; borrowed until the callback */
        uint64_t size;                  /* PUT: of the file, bytes. GET: more than so many is refused */
        struct digest digest;           /* PUT: of the file. A file that is another never arrives whole */
        outbound_bytes_fn *bytes;       /* GET */
};

/*
 * status: of the answer; 0: there is none that counts, and why. size: the object's, as HEAD or GET told it.
 * Called exactly once, later.
 */
typedef void outbound_object_fn(void *ctx, unsigned status, uint64_t size, const struct err *why);

/*
 * One request for one object. What an answer says beside status and size is not looked at, an ETag least of
 * all. Fails by callback only; why is ERR_CORRUPT when the file is not what its digest says.
 */
NODISCARD struct outbound_transfer *outbound_object(struct outbound *outbound,
                                                    const struct outbound_bucket *bucket,
                                                    const struct outbound_object *object,
                                                    outbound_object_fn *stored, void *ctx);

/* There is room again for what `bytes` is told. */
void outbound_resume(struct outbound_transfer *transfer);

/* Whether text is a name that is signed and stored the same way everywhere: [A-Za-z0-9/.-], no empty part. */
bool outbound_is_object_name(struct str text);

void outbound_cancel(struct outbound_transfer **transfer);
