/*
 * host.h -- one question to the running host over DATA/control.sock, and its answer.
 *
 * Trust:  the host is trusted to answer, not to be well: what it sends fits its rows in messages.def or
 *         the connection ends, and an answer has a limit.
 * Owns:   the connection.
 * Linked by the command line only.
 */
#pragma once

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "json/json.h"

struct host;

/*
 * Connect. Fails: ERR_GONE    no host is running on data
 *                 ERR_DENIED  this user may not talk to it
 *                 ERR_INVALID data is no data directory
 */
NODISCARD int host_open(const char *data, struct host **out, struct err *err);
void host_close(struct host **host);
#define CLEANUP_HOST CLEANUP(host_close)

int host_fd(const struct host *host);

enum severity { SEVERITY_INFO, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR, SEVERITY_COUNT };

/* What the host says before it answers; each may be NULL. */
struct host_listener {
        void (*remark)(void *ctx, enum severity severity, struct str file, uint32_t line,
                       struct str text);
        void (*progress)(void *ctx, struct str stage, uint64_t done, uint64_t total);
        /* The pipe with the answer's file, borrowed; what fails here fails the question. */
        int (*stream)(void *ctx, int fd, struct err *err);
        void *ctx;
};

/*
 * Ask one thing and wait for the whole answer (at most 8 MiB), which the caller owns. Borrows
 * arguments and fd (-1: none). Blocks as long as the host works; ms > 0 limits each wait.
 * Fails with the host's own refusal, or ERR_GONE, ERR_AGAIN (ms passed), ERR_PROTOCOL, ERR_LIMIT.
 */
NODISCARD int host_ask(struct host *host, const char *verb, const struct json *arguments, int fd,
                       int ms, const struct host_listener *listener, struct json **answer,
                       struct err *err);
