/*
 * transfer.h -- private to outbound/: one connection to one server, from the question for its addresses to
 * the callback; and libcurl on our loop.
 */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
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
        struct curl_slist *resolve, *headers, *recipients;
        struct names_question *question;
        struct loop_timer limit;
        struct err why;                 /* code 0: nothing has gone wrong */
        char host[HOSTNAME_MAX + 1];
        uint16_t port;
        bool public_only;               /* addresses of our own networks are refused */
        bool added;                     /* to multi */
        void (*done)(struct outbound_transfer *transfer, CURLcode result);     /* calls back; not yet freed */
        union {
                outbound_answer_fn *answer;
                outbound_delivery_fn *delivered;
        };
        void *ctx;
        /* a fetch */
        struct buf form;
        struct buf body;
        size_t head;                    /* bytes of header */
        /* a letter */
        struct buf message;
        size_t sent;
        enum { SAID_HELLO, SAID_SENDER, SAID_RECIPIENT, SAID_DATA } said;
};

/* A new one, with what holds for all: TLS, its authorities, no signals, no environment. */
NODISCARD struct outbound_transfer *transfer_new(struct outbound *outbound, const char *host, uint16_t port,
                                                 struct str authorities);

/* Ask for the addresses, connect to one that may be reached, and call done within ms. */
void transfer_start(struct outbound_transfer *transfer, uint64_t ms);
