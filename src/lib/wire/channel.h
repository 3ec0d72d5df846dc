/*
 * channel.h -- one private socket between two processes; whole messages only.
 *
 * Trust:    the far end may be hostile. Nothing received is believed until it fits its row in
 *           messages.def: sender, receiver, size, fields, descriptor. The sender is the socket it came
 *           on: who sits at the far end was decided when the supervisor made the pair.
 * Owns:     the socket, queued messages, and each received descriptor until it is handed out.
 * Linked by every process. Needs libc only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "loop/loop.h"
#include "wire/message.h"

struct channel;

/* A message arrived: fd is -1 or a descriptor that now belongs to the callee. */
typedef void channel_message_fn(void *ctx, struct message *msg, int fd);

/* The far end is gone, or broke the protocol (why says so). The callee frees the channel. */
typedef void channel_closed_fn(void *ctx, const struct err *why);

/* Make a connected pair (SOCK_SEQPACKET, close-on-exec, non-blocking). */
NODISCARD int channel_pair(int fds[static 2], struct err *err);

/* Takes fd. me and far are the roles at the two ends. */
NODISCARD struct channel *channel_new(int fd, enum peer me, enum peer far);
void channel_free(struct channel **ch);

/* Call back from the loop. */
NODISCARD int channel_watch(struct channel *ch, struct loop *loop, channel_message_fn *message,
                            channel_closed_fn *closed, void *ctx, struct err *err);

/*
 * Send one message, with fd if its row carries a descriptor (else fd is -1).
 *
 * Borrows fd: the caller still closes its own copy. Never blocks.
 * Fails: ERR_AGAIN   the far end is slow; nothing was sent
 *        ERR_DENIED  this process may not send this message
 *        ERR_LIMIT   a field passed the row's size
 *        ERR_GONE    the far end has died
 */
NODISCARD int channel_send(struct channel *ch, const struct message *msg, int fd, struct err *err);

/*
 * The same, but a message that does not fit now waits in a queue of at most 4 MiB (ERR_LIMIT beyond)
 * and leaves as the far end reads; needs channel_watch(). A queued descriptor is duplicated.
 */
NODISCARD int channel_post(struct channel *ch, const struct message *msg, int fd, struct err *err);

/*
 * Receive one message; msg borrows memory that the next receive of any channel overwrites. *fd is -1
 * or a descriptor the caller now owns. Blocks only if the socket does.
 * Fails: ERR_AGAIN, ERR_GONE (end of file), ERR_PROTOCOL (close it)
 */
NODISCARD int channel_receive(struct channel *ch, struct message *msg, int *fd, struct err *err);

/* Like channel_receive, but waits at most ms for it; ERR_AGAIN when the time is up. */
NODISCARD int channel_await(struct channel *ch, int ms, struct message *msg, int *fd,
                            struct err *err);

/* False once channel_closed_fn has been called for it. */
bool channel_is_open(const struct channel *ch);

int channel_fd(const struct channel *ch);
