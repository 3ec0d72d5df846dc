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
#include "loop/loop.h"
#include "sni/origin.h"

enum {
        OUTBOUND_BODY_MAX = 256 * 1024,
        OUTBOUND_HEAD_MAX = 64 * 1024,
        OUTBOUND_FETCH_MS = 10000,      /* from the question to the last byte of the answer */
        OUTBOUND_MAIL_MS = 180000,
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

void outbound_cancel(struct outbound_transfer **transfer);
