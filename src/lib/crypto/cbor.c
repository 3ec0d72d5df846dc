/*
 * cbor.c -- one head at a time; recursion only where the depth is counted.
 */
#include "crypto/cbor.h"

enum major { MAJOR_UINT, MAJOR_NEGATIVE, MAJOR_BYTES, MAJOR_TEXT, MAJOR_ARRAY, MAJOR_MAP, MAJOR_TAG,
             MAJOR_SIMPLE };

/* Major type and argument, in the shortest form (RFC 8949, 4.2.1). */
static bool head(struct cbor *c, enum major *major, uint64_t *argument)
{
        if (c->at == c->end)
                return false;
        uint8_t first = *c->at++;
        unsigned info = first & 31;

        *major = (enum major)(first >> 5);
        *argument = info;
        if (info < 24)
                return true;
        if (info > 27)                  /* reserved, or an indefinite length */
                return false;
        size_t n = (size_t)1 << (info - 24);

        if (cbor_left(c) < n)
                return false;
        *argument = 0;
        for (size_t i = 0; i < n; i++)
                *argument = *argument << 8 | *c->at++;
        uint64_t least = n == 1 ? 24 : (uint64_t)1 << (n * 4);

        return *argument >= least;
}

static bool slice(struct cbor *c, enum major wanted, struct str *out)
{
        enum major major;
        uint64_t n;

        if (!head(c, &major, &n) || major != wanted || n > cbor_left(c))
                return false;
        *out = str_make((const char *)c->at, (size_t)n);
        c->at += n;
        return true;
}

bool cbor_int(struct cbor *c, int64_t *out)
{
        enum major major;
        uint64_t n;

        if (!head(c, &major, &n) || major > MAJOR_NEGATIVE || n > INT64_MAX)
                return false;
        *out = major == MAJOR_UINT ? (int64_t)n : -1 - (int64_t)n;
        return true;
}

bool cbor_bytes(struct cbor *c, struct str *out)
{
        return slice(c, MAJOR_BYTES, out);
}

bool cbor_text(struct cbor *c, struct str *out)
{
        return slice(c, MAJOR_TEXT, out) && str_is_utf8(*out);
}

bool cbor_map(struct cbor *c, uint64_t *pairs)
{
        enum major major;

        /* A pair takes two bytes at least. */
        return head(c, &major, pairs) && major == MAJOR_MAP && *pairs <= cbor_left(c) / 2;
}

static bool skip(struct cbor *c, unsigned depth)
{
        enum major major;
        uint64_t n;

        if (depth == 0 || !head(c, &major, &n))
                return false;
        switch (major) {
        case MAJOR_UINT:
        case MAJOR_NEGATIVE:
                return true;
        case MAJOR_BYTES:
        case MAJOR_TEXT:
                if (n > cbor_left(c))
                        return false;
                c->at += n;
                return true;
        case MAJOR_ARRAY:
        case MAJOR_MAP:
                if (n > cbor_left(c))
                        return false;
                for (uint64_t i = 0; i < (major == MAJOR_MAP ? 2 * n : n); i++)
                        if (!skip(c, depth - 1))
                                return false;
                return true;
        case MAJOR_TAG:
                return false;
        case MAJOR_SIMPLE:
                return n >= 20 && n <= 22;      /* false, true, null */
        }
        return false;
}

bool cbor_skip(struct cbor *c)
{
        return skip(c, CBOR_DEPTH_MAX);
}
