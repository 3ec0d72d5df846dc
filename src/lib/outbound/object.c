/*
 * object.c -- one object of S3-compatible storage: HEAD, PUT, GET or DELETE, signed by libcurl (AWS Signature
 * Version 4).
 *
 * What libcurl 7.88 signs wrongly is kept out of its hands: names are of characters that nobody encodes,
 * there is no query, and the digest of the body is ours.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outbound/transfer.h"

enum { CHATTER_MAX = 64 * 1024, HEADER_MAX = 128, SCOPE_MAX = 80, SLOWEST = 1024, URL_MAX = 1024 };

bool outbound_is_object_name(struct str text)
{
        size_t part = 0, dots = 0;

        for (size_t i = 0; i < text.n; i++) {
                char c = text.p[i];
                bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                            c == '-' || c == '.';

                if (c == '/' ? part == dots : !word)
                        return false;
                part = c == '/' ? 0 : part + 1;
                dots = c == '/' ? 0 : dots + (c == '.');
        }
        return part > dots;
}

static int set_why(struct outbound_transfer *t, int code, const char *sentence)
{
        return t->why.code != 0 ? t->why.code : err_set(&t->why, code, "%s %s", t->host, sentence);
}

/* ---- bytes that go ---- */

static ssize_t read_piece(struct outbound_transfer *t, char *p, size_t room)
{
        uint64_t left = t->object.size - t->moved;
        ssize_t n;

        if (left < room)
                room = (size_t)left;
        do
                n = pread(t->object.file, p, room, (off_t)t->moved);
        while (n < 0 && errno == EINTR);
        return n;
}

/* The last piece waits for the digest: of a file that has changed on the disk, nothing whole arrives. */
static size_t on_read(char *p, size_t size, size_t count, void *ctx)
{
        struct outbound_transfer *t = ctx;
        struct digest digest;

        if (t->moved == t->object.size)
                return 0;
        ssize_t n = read_piece(t, p, size * count);

        if (n > 0) {
                digest_add(&t->digest, p, (size_t)n);
                t->moved += (uint64_t)n;
        }
        if (n > 0 && t->moved < t->object.size)
                return (size_t)n;
        if (n > 0) {
                digest_finish(&t->digest, &digest);
                if (memcmp(digest.b, t->object.digest.b, DIGEST_LEN) == 0)
                        return (size_t)n;
        }
        int r = err_set(&t->why, ERR_CORRUPT, "the file on this host's disk is not what was written there");

        (void)r;
        return CURL_READFUNC_ABORT;
}

static int on_seek(void *ctx, curl_off_t offset, int origin)
{
        struct outbound_transfer *t = ctx;

        if (offset != 0 || origin != SEEK_SET)
                return CURL_SEEKFUNC_CANTSEEK;
        t->moved = 0;
        digest_start(&t->digest);
        return CURL_SEEKFUNC_OK;
}

/* ---- bytes that come ---- */

static unsigned status_of(const struct outbound_transfer *t)
{
        long status = 0;

        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        return status >= 100 && status <= 599 ? (unsigned)status : 0;
}

static size_t on_write(char *p, size_t size, size_t count, void *ctx)
{
        struct outbound_transfer *t = ctx;
        size_t n = size * count;
        bool full = false;
        int r = 0;

        if (t->object.verb != OBJECT_GET || status_of(t) != 200) {
                t->chatter += n;        /* an error's words, which nobody reads */
                if (t->chatter > CHATTER_MAX)
                        r = set_why(t, ERR_LIMIT, "answers more than belongs there");
                return r < 0 ? 0 : n;
        }
        t->moved += n;
        if (t->moved > t->object.size)
                r = set_why(t, ERR_LIMIT, "gives more than was stored");
        if (r < 0 || !t->object.bytes(t->ctx, str_make(p, n), &full))
                return 0;
        if (full)
                curl_easy_pause(t->easy, CURLPAUSE_RECV);
        return n;
}

void outbound_resume(struct outbound_transfer *t)
{
        curl_easy_pause(t->easy, CURLPAUSE_CONT);
}

/* ---- the end ---- */

static const char *reason(CURLcode result)
{
        switch (result) {
        case CURLE_PEER_FAILED_VERIFICATION:
                return "has a certificate this host does not trust for that name; see ca_file in [offsite]";
        case CURLE_COULDNT_CONNECT:
                return "takes no connections";
        case CURLE_OPERATION_TIMEDOUT:
                return "stood still, or was too slow";
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
        case CURLE_GOT_NOTHING:
                return "broke the connection off";
        default:
                return curl_easy_strerror(result);
        }
}

static void done(struct outbound_transfer *t, CURLcode result)
{
        unsigned status = status_of(t);
        curl_off_t size = -1;

        curl_easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
        if (t->object.verb == OBJECT_GET)
                size = (curl_off_t)t->moved;
        /* A refusal may come, and the connection go, while a file is still on its way. */
        bool refused = t->object.verb == OBJECT_PUT && status >= 300 && t->why.code == 0;

        if ((result == CURLE_OK || refused) && t->why.code == 0 && status != 0) {
                t->stored(t->ctx, status, size < 0 ? UINT64_MAX : (uint64_t)size, NULL);
                return;
        }
        int r = set_why(t, ERR_GONE, reason(result));

        (void)r;
        t->stored(t->ctx, 0, 0, &t->why);
}

/* ---- the request ---- */

static void add_digest(struct outbound_transfer *t)
{
        char header[HEADER_MAX], hex[DIGEST_HEX_LEN + 1];
        struct digest digest = t->object.digest;

        if (t->object.verb != OBJECT_PUT)
                digest_of(STR(""), &digest);
        digest_hex(&digest, hex);
        snprintf(header, sizeof header, "x-amz-content-sha256: %s", hex);
        t->headers = curl_slist_append(t->headers, header);
        curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_verb(struct outbound_transfer *t)
{
        switch (t->object.verb) {
        case OBJECT_LOOK:
                curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
                break;
        case OBJECT_PUT:
                digest_start(&t->digest);
                curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
                curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)t->object.size);
                curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
                curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
                curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
                curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
                break;
        case OBJECT_GET:
                break;
        case OBJECT_REMOVE:
                curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, "DELETE");
                break;
        }
}

struct outbound_transfer *outbound_object(struct outbound *outbound, const struct outbound_bucket *bucket,
                                          const struct outbound_object *object,
                                          outbound_object_fn *stored, void *ctx)
{
        struct outbound_transfer *t =
                transfer_new(outbound, bucket->origin.host, bucket->origin.port, bucket->authorities);
        char url[URL_MAX], scope[SCOPE_MAX];

        t->done = done;
        t->stored = stored;
        t->ctx = ctx;
        t->object = *object;
        t->object.name = NULL;          /* it is in the address; the caller's text may go */
        snprintf(url, sizeof url, "%s/%s", bucket->url, object->name);
        transfer_set_request(t, str_of(url));
        snprintf(scope, sizeof scope, "aws:amz:%s:s3", bucket->region);
        curl_easy_setopt(t->easy, CURLOPT_AWS_SIGV4, scope);
        curl_easy_setopt(t->easy, CURLOPT_USERNAME, bucket->key_id);
        curl_easy_setopt(t->easy, CURLOPT_PASSWORD, bucket->secret);
        curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOWEST);
        curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, (long)bucket->stall_seconds);
        curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_write);
        curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
        add_digest(t);
        set_verb(t);
        transfer_start(t, OUTBOUND_OBJECT_MS);
        return t;
}
