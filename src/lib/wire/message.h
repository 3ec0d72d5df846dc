/*
 * message.h -- one internal message: its row in messages.def, and typed fields with bounds.
 *
 * Trust:  a received message is hostile until message_parse() has held it against its row; afterwards
 *         its fields are exactly those the row names, but their values are still the sender's.
 * Owns:   a message being built owns its bytes (message_free); a received one borrows the channel's.
 * Linked by every process. Needs libc only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum peer {
        PEER_NONE,
        PEER_SUPERVISOR,
        PEER_ZYGOTE,
        PEER_EDGE,
        PEER_REGISTRY,
        PEER_PORTAL,
        PEER_JOB,
        PEER_CLI,
        PEER_COURIER,
        PEER_VAULT,
        PEER_COUNT,
};

enum peer_set {
        P_SUPERVISOR = 1u << PEER_SUPERVISOR,
        P_ZYGOTE = 1u << PEER_ZYGOTE,
        P_EDGE = 1u << PEER_EDGE,
        P_REGISTRY = 1u << PEER_REGISTRY,
        P_PORTAL = 1u << PEER_PORTAL,
        P_JOB = 1u << PEER_JOB,
        P_CLI = 1u << PEER_CLI,
        P_COURIER = 1u << PEER_COURIER,
        P_VAULT = 1u << PEER_VAULT,
};

enum message_fd { NO_FD, ONE_FD, MAYBE_FD };

enum message_type {
        MSG_NONE,
#define M(name, from, to, fd, max, fields, sentence) MSG_##name,
#include "wire/messages.def"
#undef M
        MSG_COUNT,
};

/* A row of messages.def. */
struct message_row {
        const char *name;
        unsigned from;          /* set of enum peer_set */
        unsigned to;
        enum message_fd fd;
        size_t max;
        const char *fields;
        const char *sentence;
};

enum { MESSAGE_HEADER = 8, MESSAGE_MAX = 65536, MESSAGE_FIELDS_MAX = 10 };

struct message {
        enum message_type type;
        const uint8_t *p;       /* the fields, without the header */
        size_t n;
        size_t at;              /* reading: where the next field starts */
        uint8_t *own;           /* building: header and fields */
        size_t cap;
        bool over;              /* building: a field did not fit its row's limit */
};

const struct message_row *message_row(enum message_type type);
const char *peer_name(enum peer peer);

/* Building. Fields in the row's order; a wrong type or order ends the process. */
void message_init(struct message *msg, enum message_type type);
void message_put_u32(struct message *msg, uint32_t value);
void message_put_u64(struct message *msg, uint64_t value);
void message_put_str(struct message *msg, struct str text);
void message_put_text(struct message *msg, const char *text);
void message_put_bytes(struct message *msg, const void *p, size_t n);
void message_free(struct message *msg);
#define CLEANUP_MESSAGE CLEANUP(message_free)

/*
 * Bytes from the peer `from` at the peer `to`, with or without a descriptor: are they a message that
 * this row allows? ERR_PROTOCOL otherwise; the caller closes the channel. msg borrows p.
 */
NODISCARD int message_parse(struct message *msg, enum peer from, enum peer to, const uint8_t *p,
                            size_t n, bool has_fd, struct err *err);

/* Reading, in the row's order; message_parse() has proven that the field is there. */
uint32_t message_get_u32(struct message *msg);
uint64_t message_get_u64(struct message *msg);
struct str message_get_str(struct message *msg);
