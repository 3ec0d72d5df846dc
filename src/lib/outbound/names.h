/*
 * names.h -- from a host's name to its addresses: /etc/hosts as it was at the start, then name servers.
 *
 * Trust:  a name server's answer may be anything; what is made of it is a bounded list of addresses.
 * Owns:   sockets to name servers, the lines of /etc/hosts, each question until its answer.
 * Linked by outbound/ only. c-ares is used here and nowhere else.
 */
#pragma once

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"

enum { NAMES_ADDRESSES_MAX = 16 };

struct names_address {
        struct sockaddr_storage socket; /* the port is 0 */
        char text[INET6_ADDRSTRLEN];
};

struct names;
struct names_question;

/* why is NULL when there are addresses. Called exactly once, perhaps at once. */
typedef void names_answer_fn(void *ctx, const struct names_address *list, size_t n, const struct err *why);

/* Reads /etc/resolv.conf (or takes servers, "ADDRESS[:PORT],...") and /etc/hosts: before the confinement. */
NODISCARD int names_new(struct str servers, struct names **out, struct err *err);
void names_start(struct names *names, struct loop *loop);
void names_free(struct names **names);

/* NULL: the answer has been given already. */
NODISCARD struct names_question *names_ask(struct names *names, const char *host,
                                           names_answer_fn *answer, void *ctx);
void names_forget(struct names_question **question);    /* nobody is called any more */

/* Questions in a row that no server answered. */
unsigned names_deaf(const struct names *names);
