/*
 * scrub.c -- blocks against their sums, the structure against itself, content against its digests.
 */
#include "store/scrub.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fd.h"
#include "compress/compress.h"
#include "crypto/digest.h"
#include "store/audit.h"
#include "store/blob.h"
#include "store/block_sums.h"
#include "store/inside.h"

enum {
        DOUBTS_MAX = 64,                /* blocks that are looked at again; the rest is counted */
        AGAIN = 5, AGAIN_MS = 100,      /* a writer may stand between a block and its sum */
        BUSY_MS = 5000, CACHE_KIB = 16 * 1024,
        PLAIN_MAX = 96 * 1024 * 1024,   /* of a page; no value is larger */
        TELL_EVERY = 4096,              /* blocks */
};

struct scrub {
        const char *folder;
        store_scrub_fn *told;
        void *ctx;
        struct store_scrub *out;
};

static void tell(const struct scrub *s, const char *stage, uint64_t done, uint64_t total)
{
        if (s->told != NULL)
                s->told(s->ctx, stage, done, total);
}

static void find(struct scrub *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void find(struct scrub *s, const char *format, ...)
{
        va_list args;

        if (s->out->findings++ > 0)
                return;
        va_start(args, format);
        vsnprintf(s->out->first, sizeof s->out->first, format, args);
        va_end(args);
}

/* Damage is what was looked for; anything else means that nobody knows. */
static int take_damage(struct scrub *s, int result, struct err *err)
{
        if (result != ERR_CORRUPT)
                return result;
        find(s, "%s", err->text);
        return 0;
}

/* ---- blocks ---- */

struct files {
        int db, sums;
};

static void files_close(struct files *f)
{
        fd_close(&f->db);
        fd_close(&f->sums);
}

#define CLEANUP_FILES CLEANUP(files_close)

/* What counts is what the disk has, not what memory still knows. */
static int files_open(const struct scrub *s, struct files *out, struct err *err)
{
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/portal.db", s->folder);

        if (n < 0 || (size_t)n >= sizeof path)
                return err_set(err, ERR_LIMIT, "the portal folder's path is too long");
        out->db = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        if (out->db < 0)
                return errno == ENOENT ? err_set(err, ERR_CORRUPT, "the portal's database is missing")
                                       : err_errno(err, "open the portal's database");
        int r = block_sums_open(path, &out->sums, err);

        if (r == 0)
                r = block_sums_check_head(out->sums, err);
        /* Where the system cannot forget, memory is read: less is found, nothing is found wrongly. */
        if (r == 0 && posix_fadvise(out->db, 0, 0, POSIX_FADV_DONTNEED) != 0)
                return 0;
        return r;
}

enum verdict { WELL, FRESH, ODD };

static int look(const struct files *f, uint64_t number, enum verdict *out, struct err *err)
{
        uint8_t block[BLOCK];
        uint64_t sum = 0;
        int r = block_sums_get(f->sums, number, &sum, err);
        ssize_t n = pread(f->db, block, sizeof block, (off_t)(number * BLOCK));

        if (r < 0)
                return r;
        if (n < (ssize_t)sizeof block)
                *out = n == 0 && sum == 0 ? WELL : ODD;
        else if (sum == 0)
                *out = FRESH;
        else
                *out = sum == block_sum(number, block) ? WELL : ODD;
        return 0;
}

static uint64_t count_blocks(const struct files *f)
{
        struct stat db, sums;

        if (fstat(f->db, &db) < 0 || fstat(f->sums, &sums) < 0)
                return 0;
        uint64_t there = ((uint64_t)db.st_size + BLOCK - 1) / BLOCK;
        uint64_t noted = ((uint64_t)sums.st_size - BLOCK_SUMS_HEAD) / BLOCK_SUM_LEN;

        return noted > there ? noted : there;   /* one that was noted and is not there was cut off */
}

struct doubts {
        uint64_t numbers[DOUBTS_MAX];
        uint64_t n;
        uint64_t more;                  /* for which there was no room */
};

static int look_at_all(const struct scrub *s, struct doubts *doubts, struct err *err)
{
        struct files f CLEANUP_FILES = { -1, -1 };
        int r = files_open(s, &f, err);
        uint64_t n = r == 0 ? count_blocks(&f) : 0;

        for (uint64_t i = 0; r == 0 && i < n; i++) {
                enum verdict verdict = WELL;

                if (i % TELL_EVERY == 0)
                        tell(s, "reading blocks", i, n);
                r = look(&f, i, &verdict, err);
                s->out->fresh += verdict == FRESH;
                if (verdict == ODD && doubts->n < DOUBTS_MAX)
                        doubts->numbers[doubts->n++] = i;
                else if (verdict == ODD)
                        doubts->more++;
        }
        s->out->blocks = n;
        return r;
}

/* Those that are odd still. With more than are kept none is a writer's, unless all of the kept ones were. */
static int look_again(const struct scrub *s, struct doubts *doubts, struct err *err)
{
        struct files f CLEANUP_FILES = { -1, -1 };
        uint64_t left = 0;
        int r = files_open(s, &f, err);

        for (uint64_t i = 0; r == 0 && i < doubts->n; i++) {
                enum verdict verdict = WELL;

                r = look(&f, doubts->numbers[i], &verdict, err);
                if (verdict == ODD)
                        doubts->numbers[left++] = doubts->numbers[i];
        }
        doubts->n = left;
        return r;
}

/* A writer that was killed between a block and its sum left the block in the log: it is written again. */
static void finish_writing(const struct scrub *s)
{
        const struct store_options options = { .busy_ms = BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;

        if (store_open(s->folder, &options, &store, NULL) == 0)
                store_checkpoint(store);
}

static int scrub_blocks(struct scrub *s, struct err *err)
{
        const struct timespec pause = { .tv_nsec = AGAIN_MS * 1000000L };
        struct doubts doubts = { .n = 0 };
        int r = look_at_all(s, &doubts, err);

        for (int i = 0; r == 0 && i < AGAIN && doubts.n > 0; i++) {
                nanosleep(&pause, NULL);
                if (i == AGAIN - 1)
                        finish_writing(s);
                r = look_again(s, &doubts, err);
        }
        if (r < 0)
                return take_damage(s, r, err);
        if (doubts.n > 0)
                find(s, "%llu of %llu blocks of the database are not what was written, the first is %llu",
                     (unsigned long long)(doubts.n + doubts.more), (unsigned long long)s->out->blocks,
                     (unsigned long long)doubts.numbers[0]);
        return 0;
}

/*
 * A sum for a block that had none. A writer may come between: then the block is another one when it is read
 * again, and stays unknown until the next time.
 */
static int adopt_block(const struct files *f, uint64_t number, struct err *err)
{
        uint8_t block[BLOCK], again[BLOCK];
        off_t at = (off_t)(number * BLOCK);

        if (pread(f->db, block, sizeof block, at) != (ssize_t)sizeof block)
                return 0;
        int r = block_sums_put(f->sums, number, block_sum(number, block), err);

        if (r < 0)
                return r;
        if (pread(f->db, again, sizeof again, at) == (ssize_t)sizeof again &&
            memcmp(block, again, sizeof block) == 0)
                return 0;
        return block_sums_put(f->sums, number, 0, err);
}

static int adopt(struct scrub *s, struct err *err)
{
        struct files f CLEANUP_FILES = { -1, -1 };
        int r = files_open(s, &f, err);

        for (uint64_t i = 0; r == 0 && i < s->out->blocks; i++) {
                enum verdict verdict = WELL;

                r = look(&f, i, &verdict, err);
                if (r == 0 && verdict == FRESH)
                        r = adopt_block(&f, i, err);
        }
        return r;
}

/* ---- content ---- */

struct blob_state {
        struct digest_stream digest;
        uint64_t size;
};

static int take_part(void *ctx, struct str part, struct err *err)
{
        struct blob_state *state = ctx;

        (void)err;
        digest_add(&state->digest, part.p, part.n);
        state->size += part.n;
        return 0;
}

static bool is_digest(struct str stored, const struct digest *made)
{
        return stored.n == DIGEST_LEN && memcmp(stored.p, made->b, DIGEST_LEN) == 0;
}

static int scrub_files(struct scrub *s, struct store *store, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, "SELECT id, digest, size FROM blob WHERE digest IS NOT NULL ORDER BY id",
                            NO_ARGS, &q, err);

        while (r == 0 && (r = query_step(q, err)) == 1) {
                struct blob_state state = { .size = 0 };
                struct digest made;

                digest_start(&state.digest);
                r = store_blob_read(store, query_int(q, 0), take_part, &state, err);
                if (r < 0)
                        break;
                digest_finish(&state.digest, &made);
                s->out->digests++;
                if (state.size != (uint64_t)query_int(q, 2) || !is_digest(query_text(q, 1), &made))
                        find(s, "a stored file is not what its digest says (blob %lld)",
                             (long long)query_int(q, 0));
        }
        return r;
}

static int scrub_topics(struct scrub *s, struct store *store, struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store,
                            "SELECT t.id, t.digest, r.source FROM topic t LEFT JOIN revision r"
                            " ON r.topic = t.id AND r.number = t.revision ORDER BY t.id",
                            NO_ARGS, &q, err);

        while (r == 0 && (r = query_step(q, err)) == 1) {
                struct digest made;

                digest_of(query_text(q, 2), &made);
                s->out->digests++;
                if (query_is_null(q, 2) || !is_digest(query_text(q, 1), &made))
                        find(s, "the newest revision of a topic is not what its digest says (topic %lld)",
                             (long long)query_int(q, 0));
                r = 0;
        }
        return r;
}

/* The tag is the beginning of the page's digest, in hexadecimal digits. */
static bool has_tag(struct str tag, struct str plain)
{
        struct digest made;
        char hex[DIGEST_HEX_LEN + 1];

        digest_of(plain, &made);
        digest_hex(&made, hex);
        return tag.n > 0 && str_starts(str_of(hex), tag);
}

typedef int decompress_fn(struct str in, size_t max, struct buf *out, struct err *err);

/* An encoding that is stored must give the page that has the tag. */
static bool gives(decompress_fn *decompress, struct str encoded, struct str tag)
{
        struct buf out CLEANUP_BUF = { 0 };

        return encoded.n == 0 ||
               (decompress(encoded, PLAIN_MAX, &out, NULL) == 0 && has_tag(tag, buf_str(&out)));
}

/* Beside gzip the plain page is not stored: it can be had from that. */
static bool page_is_well(struct query *q)
{
        struct str tag = query_text(q, 1), brotli = query_text(q, 2), gzip = query_text(q, 3);

        return ((gzip.n > 0 && query_text(q, 4).n == 0) || has_tag(tag, query_text(q, 4))) &&
               gives(decompress_brotli, brotli, tag) && gives(decompress_gzip, gzip, tag);
}

static int scrub_pages(struct scrub *s, struct store *store, const char *text, const char *what,
                       struct err *err)
{
        struct query *q CLEANUP_QUERY = NULL;
        int r = query_start(store, text, NO_ARGS, &q, err);

        while (r == 0 && (r = query_step(q, err)) == 1) {
                s->out->digests++;
                if (!page_is_well(q))
                        find(s, "a %s is not what its digest says (row %lld)", what,
                             (long long)query_int(q, 0));
                r = 0;
        }
        return r;
}

static int scrub_log(struct store *store, struct err *err)
{
        struct store_audit_head head;
        int64_t broken = 0;

        return store_audit_verify(store, &head, &broken, err);
}

static int scrub_content(struct scrub *s, struct store *store, struct err *err)
{
        tell(s, "checking the structure", 0, 0);
        int r = take_damage(s, store_verify(store, err), err);

        if (r == 0) {
                tell(s, "comparing digests", 0, 0);
                r = take_damage(s, scrub_files(s, store, err), err);
        }
        if (r == 0)
                r = take_damage(s, scrub_topics(s, store, err), err);
        if (r == 0)
                r = take_damage(s, scrub_pages(s, store,
                                               "SELECT id, etag, brotli, gzip, identity FROM publication_page"
                                               " ORDER BY id", "published page", err), err);
        if (r == 0)
                r = take_damage(s, scrub_pages(s, store,
                                               "SELECT id, etag, brotli, gzip, identity FROM site_page"
                                               " ORDER BY id", "page of the site", err), err);
        return r < 0 ? r : take_damage(s, scrub_log(store, err), err);
}

/* A database that cannot be opened at all is damaged; one that is in the way of somebody is not. */
static int open_and_scrub(struct scrub *s, struct err *err)
{
        const struct store_options options = { .cache_kib = CACHE_KIB, .busy_ms = BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;
        int r = store_open(s->folder, &options, &store, err);

        if (r < 0)
                return take_damage(s, r, err);
        return scrub_content(s, store, err);
}

int store_scrub(const char *folder, store_scrub_fn *told, void *ctx, struct store_scrub *out,
                struct err *err)
{
        struct store_scrub result = { .blocks = 0 };
        struct scrub s = { .folder = folder, .told = told, .ctx = ctx, .out = &result };
        int r = scrub_blocks(&s, err);

        if (r == 0 && result.blocks > 0)
                r = open_and_scrub(&s, err);
        if (r == 0 && result.findings == 0 && result.fresh > 0)
                r = adopt(&s, err);
        if (r == 0)
                *out = result;
        return r;
}
