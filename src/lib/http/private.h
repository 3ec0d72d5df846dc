/*
 * private.h -- what the files of this folder share; included by no other folder.
 *
 * A connection has a stage: a few records' worth of bytes on their way out. HTTP/1.1 and HTTP/2
 * both write into it; only what is in it is counted as queued. Bodies stay where they are until
 * their turn.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "http/conn.h"
#include "http/request.h"
#include "http/response.h"

enum {
        RECORD_BYTES = 16 * 1024,
        STAGE_BYTES = HTTP_OUTPUT_MAX + RECORD_BYTES + 64,      /* and one frame more */
        PENDING_INPUT_MAX = 64 * 1024,          /* pipelined bytes kept while an answer is awaited */
        FIELDS_MAX = 20,
};

/* ---- exchanges ---- */

enum exchange_state { X_RECEIVING, X_HANDLING, X_ANSWERED };

struct http_exchange {
        /* Kept, emptied, while the exchange waits in the pool. */
        struct arena *arena;
        struct buf head;                        /* HTTP/1.1: the head's bytes, which req points into */
        struct buf body;
        struct http_header headers[HTTP_HEADERS_MAX];

        /* All below is zeroed between requests. */
        struct http_conn *conn;                 /* NULL: the client is gone */
        struct http_exchange *next, *prev;      /* HTTP/2: all of one connection */
        enum exchange_state state;
        struct http_request req;
        size_t header_bytes;
        size_t body_limit;
        uint64_t announced;                     /* Content-Length; UINT64_MAX: none */
        struct str authority;                   /* HTTP/2 pseudo-headers */
        struct str scheme;
        struct str raw_path;
        int32_t stream;
        size_t swallowed;                       /* HTTP/2: of a refused body */
        unsigned refuse;                        /* the status the engine answers with itself */
        const char *why;
        struct http_body answer;                /* kind NONE: nothing (more) to send */
        struct str late_head;                   /* HTTP/1.1: a head that did not fit the stage at once */
        uint64_t sent;                          /* of answer */
};

/* From a small per-process pool; all zero but for kept memory. */
NODISCARD struct http_exchange *exchange_new(struct http_conn *conn);
void exchange_free(struct http_exchange *x);    /* releases the answer's body */
void exchange_finish_body(struct http_exchange *x);

static inline uint64_t body_length(const struct http_body *b)
{
        return b->kind == HTTP_BODY_BYTES ? b->bytes.n : b->kind == HTTP_BODY_SOURCE ? b->length : 0;
}

/* ---- answers ---- */

/* The header fields of an answer but for the security headers and resp->extra. */
struct fields {
        struct http_header list[FIELDS_MAX];
        size_t n;
        bool has_body;                          /* bytes follow the head */
        char length[24];
        char retry[16];
};
void response_fields(struct fields *f, const struct http_request *req,
                     const struct http_response *resp);

/* A name or value of resp->extra that holds what it may not ends the process. */
void response_check_extra(const struct http_response *resp);
void body_release(struct http_body *body);

/* An answer of the engine itself; why may be NULL. Text lives as long as x. */
struct http_response refusal(struct http_exchange *x, unsigned status, const char *why);

/* ---- what both parsers check alike ---- */

bool http_is_token(struct str s);
bool http_is_value(struct str s);               /* no control bytes but tab */
bool http_method_parse(struct str text, enum http_method *out);

/* Lower-case host[:port] in place and cut the port off; false: malformed. */
bool http_host_parse(char *p, size_t n, struct str *host);

/* Origin form or "*": fills target, path, query. False: malformed. */
bool http_target_parse(struct http_request *req, struct str target);
extern const unsigned char http_lower[256];

/* ---- connections ---- */

/* At least rate bytes per second in each span, or it is over. */
struct pace {
        uint64_t since;                         /* 0: not running */
        uint64_t bytes;
};

struct stage {
        char *p;                                /* NULL while empty: memory is pooled */
        size_t at, n;
};

enum h1_state { H1_HEAD, H1_LENGTH, H1_CHUNKS, H1_HANDED };

enum chunk_state {
        CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA, CHUNK_DATA_CR, CHUNK_DATA_LF,
        CHUNK_TRAILER, CHUNK_TRAILER_LF, CHUNK_DONE,
};

struct chunks {
        enum chunk_state state;
        uint64_t left;                          /* of the size being read, then of the data */
        unsigned digits;
        size_t overhead;                        /* extension and trailer bytes so far */
        size_t line_n;
        char line[256];                         /* of the trailer */
};

struct h1 {
        enum h1_state state;
        struct http_exchange *x;                /* the only one in work; NULL between requests */
        size_t line_at;                         /* in x->head: where the current line starts */
        bool blank_seen;                        /* one empty line before a request is forgiven */
        uint64_t left;                          /* of a body with a length */
        struct chunks chunks;
        struct buf in;                          /* what came while an earlier request was in work */
        size_t in_at;
        bool direct;                            /* the last output was the body's own memory */
        bool keep;                              /* this answer leaves the connection open */
};

struct h2;

struct http_conn {
        struct http_limits limits;
        const struct http_callbacks *cb;
        void *ctx;
        bool is_h2;
        bool closing;                           /* the last answer is made: input is ignored */
        bool ending;                            /* http_conn_shutdown() */
        bool failed;                            /* cut: nothing more can be sent */
        bool input_ended;
        unsigned busy;                          /* depth of calls that flush afterwards anyway */
        unsigned requests;
        uint64_t now;
        uint64_t idle_since;
        uint64_t header_since;                  /* 0: no head is being received */
        struct pace receiving;                  /* a request's body */
        struct pace sending;
        struct stage stage;
        struct h1 h1;
        struct h2 *h2;
};

size_t stage_pending(const struct http_conn *c);
struct str stage_str(const struct http_conn *c);
void stage_open(struct http_conn *c);           /* memory is there, pending bytes are at its start */
size_t stage_room(const struct http_conn *c);
void stage_add(struct http_conn *c, const void *p, size_t n);

/* Ask the owner's handler; x is complete. */
void conn_handle(struct http_conn *c, struct http_exchange *x);
size_t conn_body_limit(struct http_conn *c, const struct http_request *req);

/* ---- HTTP/1.1 ---- */

enum h1_framing { H1_NO_BODY, H1_BODY_LENGTH, H1_BODY_CHUNKED };

struct h1_head {
        enum h1_framing framing;
        uint64_t length;
        bool close;
        bool expect_continue;
};

/*
 * Parse a whole head, p[0..n) with its last empty line, in place. Fills req (whose headers go to
 * headers) and *head. Returns 0, or the status to refuse with, and *why.
 */
unsigned h1_parse_head(char *p, size_t n, const struct http_limits *limits,
                       struct http_request *req, struct http_header *headers,
                       struct h1_head *head, const char **why);

/*
 * Take bytes of a chunked body: data goes to body (at most max in all). Returns how many were
 * taken, or sets *status and *why. Done when state is CHUNK_DONE.
 */
size_t h1_parse_chunks(struct chunks *ch, const char *p, size_t n, size_t max, struct buf *body,
                       unsigned *status, const char **why);

int h1_input(struct http_conn *c, const char *p, size_t n, struct err *err);
struct str h1_output(struct http_conn *c);
void h1_sent(struct http_conn *c, size_t n);
void h1_reply(struct http_exchange *x, const struct http_response *resp);
bool h1_sending(const struct http_conn *c);
bool h1_idle(const struct http_conn *c);
void h1_refuse(struct http_conn *c, unsigned status, const char *why);
void h1_free(struct http_conn *c);

/* ---- HTTP/2 ---- */

/*
 * Counts frames before nghttp2 sees them: what a hostile client sends is judged by its headers
 * alone, so the limits hold whatever the library does with the frames.
 */
struct bucket {
        double tokens;
        uint64_t at;                            /* when tokens was right; 0: never */
};

struct h2_watch {
        unsigned preface_left;
        unsigned have;                          /* bytes of the current frame's header */
        uint8_t header[9];
        uint32_t left;                          /* payload bytes still to come */
        bool in_block;                          /* HEADERS without END_HEADERS */
        size_t block_bytes;
        unsigned continuations;
        size_t block_max;
        struct bucket resets;                   /* RST_STREAM, and streams we had to reset */
        struct bucket control;                  /* PING, SETTINGS, PRIORITY, empty or tiny DATA ... */
        struct bucket updates;                  /* WINDOW_UPDATE, PRIORITY_UPDATE */
};

void h2_watch_start(struct h2_watch *w, size_t header_bytes);

/* NULL, or why the client must be told to calm down. */
const char *h2_watch_bytes(struct h2_watch *w, const char *p, size_t n, uint64_t now);
const char *h2_watch_reset(struct h2_watch *w, uint64_t now);   /* we reset a stream: its fault */
void h2_watch_credit(struct h2_watch *w, unsigned updates);     /* we sent data: updates will come */
bool h2_watch_mid_frame(const struct h2_watch *w);

void h2_prepare(void);
void h2_new(struct http_conn *c);
void h2_free(struct http_conn *c);
int h2_input(struct http_conn *c, const char *p, size_t n, struct err *err);
void h2_fill(struct http_conn *c);
void h2_reply(struct http_exchange *x, const struct http_response *resp);
bool h2_sending(const struct http_conn *c);
bool h2_idle(const struct http_conn *c);
bool h2_done(const struct http_conn *c);
bool h2_full(const struct http_conn *c);
void h2_shutdown(struct http_conn *c);
void h2_calm(struct http_conn *c, const char *why);     /* GOAWAY ENHANCE_YOUR_CALM, then close */
