/*
 * h2_watch.c -- flood limits of HTTP/2, on frame headers alone.
 *
 * Every known flood (rapid reset, CVE-2023-44487; MadeYouReset, CVE-2025-8671; CONTINUATION,
 * VU#421644; PING, SETTINGS, PRIORITY, empty frames, CVE-2019-9511 and its kin) is work for the
 * server that costs the client a few bytes. Each kind has a bucket: a burst that no browser
 * reaches, and a rate at which it fills again.
 */
#include <string.h>

#include "http/private.h"

enum {
        FRAME_DATA = 0, FRAME_HEADERS = 1, FRAME_RST_STREAM = 3, FRAME_WINDOW_UPDATE = 8,
        FRAME_CONTINUATION = 9, FRAME_PRIORITY_UPDATE = 16,
        FLAG_END_STREAM = 1, FLAG_END_HEADERS = 4,
        PREFACE_BYTES = 24,
        CONTINUATIONS_MAX = 8,
        DATA_TINY = 16,
};

struct quota {
        double burst, per_second;
};

static const struct quota RESETS = { 200, 20 };
static const struct quota CONTROL = { 400, 40 };
static const struct quota UPDATES = { 4000, 1000 };

static bool spend(struct bucket *b, struct quota q, uint64_t now)
{
        if (b->at == 0)
                b->tokens = q.burst;
        else if (now > b->at)
                b->tokens += (double)(now - b->at) / 1000.0 * q.per_second;
        if (b->tokens > q.burst)
                b->tokens = q.burst;
        b->at = now > 0 ? now : 1;
        b->tokens -= 1.0;
        return b->tokens >= 0.0;
}

void h2_watch_start(struct h2_watch *w, size_t header_bytes)
{
        *w = (struct h2_watch){ .preface_left = PREFACE_BYTES, .block_max = 2 * header_bytes };
}

const char *h2_watch_reset(struct h2_watch *w, uint64_t now)
{
        return spend(&w->resets, RESETS, now) ? NULL : "too many streams are reset";
}

void h2_watch_credit(struct h2_watch *w, unsigned updates)
{
        w->updates.tokens += updates;
}

bool h2_watch_mid_frame(const struct h2_watch *w)
{
        return w->preface_left > 0 || w->in_block || w->have > 0;
}

static const char *header_block(struct h2_watch *w, bool first, size_t length, unsigned flags)
{
        if (first) {
                w->block_bytes = 0;
                w->continuations = 0;
        } else if (++w->continuations > CONTINUATIONS_MAX) {
                return "a header block comes in too many pieces";
        }
        w->block_bytes += length;
        w->in_block = (flags & FLAG_END_HEADERS) == 0;
        return w->block_bytes > w->block_max ? "a header block is too large" : NULL;
}

static const char *frame(struct h2_watch *w, uint64_t now)
{
        static const char too_many[] = "too many frames carry nothing";
        unsigned type = w->header[3], flags = w->header[4];

        switch (type) {
        case FRAME_DATA:
                if (w->left >= DATA_TINY || (flags & FLAG_END_STREAM) != 0)
                        return NULL;
                return spend(&w->control, CONTROL, now) ? NULL : too_many;
        case FRAME_HEADERS:
        case FRAME_CONTINUATION:
                return header_block(w, type == FRAME_HEADERS, w->left, flags);
        case FRAME_RST_STREAM:
                return h2_watch_reset(w, now);
        case FRAME_WINDOW_UPDATE:
        case FRAME_PRIORITY_UPDATE:
                return spend(&w->updates, UPDATES, now) ? NULL : too_many;
        default:
                return spend(&w->control, CONTROL, now) ? NULL : too_many;
        }
}

const char *h2_watch_bytes(struct h2_watch *w, const char *p, size_t n, uint64_t now)
{
        size_t i = 0;

        if (w->preface_left > 0) {
                i = n < w->preface_left ? n : w->preface_left;
                w->preface_left -= (unsigned)i;
        }
        while (i < n) {
                if (w->have < sizeof w->header) {
                        size_t k = sizeof w->header - w->have;

                        k = n - i < k ? n - i : k;
                        memcpy(w->header + w->have, p + i, k);
                        w->have += (unsigned)k;
                        i += k;
                        if (w->have < sizeof w->header)
                                break;
                        w->left = (uint32_t)w->header[0] << 16 | (uint32_t)w->header[1] << 8 |
                                  w->header[2];
                        const char *why = frame(w, now);

                        if (why != NULL)
                                return why;
                }
                size_t k = n - i < w->left ? n - i : w->left;

                i += k;
                w->left -= (uint32_t)k;
                if (w->left == 0)
                        w->have = 0;
        }
        return NULL;
}
