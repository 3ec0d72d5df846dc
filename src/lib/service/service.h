/*
 * service.h -- what every process of the host has in common: a channel to the supervisor, log lines,
 * and the rule that a child ends when the supervisor is gone.
 *
 * Trust:    the supervisor is trusted; what it forwards is checked by wire/.
 * Owns:     the loop and the channel to the supervisor.
 * Linked by every process but the command line.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"
#include "wire/channel.h"

/* Where the supervisor leaves the channel of a program it has started. */
enum { SERVICE_CHANNEL_FD = 3 };

enum { SERVICE_LINES_PER_SECOND = 50 };

enum log_level { LOG_ERROR = 1, LOG_WARNING = 2, LOG_NOTICE = 3, LOG_INFO = 4 };

struct service {
        struct loop *loop;
        struct channel *supervisor;
        enum peer me;
};

/*
 * Make the loop and take fd as the channel to the supervisor. message is called for each message of
 * the supervisor; when the supervisor is gone, or cannot be understood, the process ends at once with
 * status 0.
 */
NODISCARD int service_start(struct service *service, enum peer me, int fd,
                            channel_message_fn *message, void *ctx, struct err *err);

/* Tell the supervisor that this process is confined and works. */
void service_ready(struct service *service);

/* Send to the supervisor; the process ends if that cannot be done, for it could not go on. */
void service_tell(struct service *service, const struct message *msg, int fd);

/*
 * One line: "event key=value ...". Goes to the supervisor, or to standard error before service_start().
 * Never blocks: a line the supervisor has no room for is dropped, and so is what goes beyond
 * SERVICE_LINES_PER_SECOND, so that no stranger can make a process do nothing but talk.
 */
void service_log(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

/* Foreign bytes for a log line: quoted, control bytes escaped, at most 200 bytes. */
struct service_quoted {
        char text[260];
};
struct service_quoted service_quote(struct str bytes);

/*
 * As much of text as fits max bytes and is whole UTF-8: a sentence that was cut to fit a buffer may end
 * inside a character, and the far end of a channel would take that for a breach of the protocol.
 */
struct str service_clip(struct str text, size_t max);

/* Say why and end with status 1. */
NORETURN void service_die(const struct err *err, const char *what);

/* What every program does first: no SIGPIPE, UTC, no inherited locale or umask. */
void service_prelude(void);
