/*
 * transfer.h -- private to outbound/: one connection to one server, from the question for its addresses to
 * the callback; and libcurl on our loop.
 */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "crypto/digest.h"
#include "outbound/names.h"
#include "outbound/outbound.h"

struct outbound {
        struct outbound_settings settings;
        CURLM *multi;
        struct names *names;
        struct loop *loop;
        struct loop_timer timer;
        struct outbound_transfer *transfers;
};

struct outbound_transfer {
        struct outbound_transfer *next;
        struct outbound *outbound;
        CURL *easy;
        struct curl_slist *resolve, *headers;
        struct names_question *question;
        struct loop_timer limit;
        struct err why;                 /* code 0: nothing has gone wrong */
        char host[HOSTNAME_MAX + 1];
        uint16_t port;
        bool public_only;               /* addresses of our own networks are refused */
        bool added;                     /* to multi */
        void (*done)(struct outbound_transfer *transfer, CURLcode result);     /* calls back; not yet freed */
        /* Once libcurl has connected, for who goes on alone; false: it cannot. NULL: libcurl does all. */
        bool (*connected)(struct outbound_transfer *transfer);
        union {
                outbound_answer_fn *answer;
                outbound_delivery_fn *delivered;
                outbound_object_fn *stored;
        };
        void *ctx;
        /* a fetch */
        struct buf form;
        struct buf body;
        size_t head;                    /* bytes of header */
        /* an object: `object` is what was asked for; `moved` bytes of it have gone or come */
        struct outbound_object object;
        uint64_t moved;
        struct digest_stream digest;
        uint64_t chatter;               /* bytes of an answer that is not the object */
        /* a letter */
        struct loop_watch talk;
        enum { STEP_SENDER, STEP_RECIPIENT, STEP_DATA, STEP_LETTER } step;      /* which was said last */
        char from[256], to[256];
        struct buf message;
        struct buf out, in;             /* what is still to be said; what was heard and not understood yet */
};

/* A new one, with what holds for all: TLS, its authorities, no signals, no environment. */
NODISCARD struct outbound_transfer *transfer_new(struct outbound *outbound, const char *host, uint16_t port,
                                                 struct str authorities);

/* CURLOPT_HEADERFUNCTION: counts, and ends the transfer past OUTBOUND_HEAD_MAX. */
size_t transfer_head(char *p, size_t size, size_t n, void *ctx);

/* One HTTPS request that shares nothing with another: no redirect, no connection kept. */
void transfer_set_request(struct outbound_transfer *transfer, struct str url);

/* Ends it without a callback. */
void transfer_free(struct outbound_transfer *transfer);

/* Ask for the addresses, connect to one that may be reached, and call done within ms. */
void transfer_start(struct outbound_transfer *transfer, uint64_t ms);
