/*
 * tool.c -- seal or open one backup with fixed names and a fixed key, for run.mjs.
 *
 *   backup-tool seal|open < IN > OUT
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../unit/vault/sample.h"
#include "base/fd.h"
#include "crypto/prepare.h"
#include "vault/frame.h"
#include "vault/seal.h"

enum { INPUT_MAX = 64 * 1024 * 1024 };

static int seal(struct str in, struct buf *out, struct err *err)
{
        struct seal_about about = sample_about(42);
        struct sealer *sealer CLEANUP_SEALER = sealer_new(&about, sample_key(), out);
        int r = sealer_add(sealer, in, out, err);

        if (r == 0)
                sealer_finish(sealer, out);
        return r;
}

/* What the manifest would know: the message's id, and a commitment to its data key. */
static int find_mark(const struct seal_about *about, struct str file, struct seal_mark *mark,
                     struct err *err)
{
        struct buf header CLEANUP_BUF = { 0 };
        struct header_places at;
        uint8_t key[SEAL_DATA_KEY_LEN];
        struct aead *wrap CLEANUP_AEAD = aead_new(sample_key());

        header_build(about, NULL, &header, &at);
        if (file.n < header.n)
                return err_set(err, ERR_CORRUPT, "too short");
        const uint8_t *h = (const uint8_t *)file.p;
        int r = aead_open(wrap, h + at.wrap_nonce, str_make(file.p + at.about, at.about_n),
                          str_make(file.p + at.wrapped, sizeof key), h + at.wrapped + sizeof key, key, err);

        memcpy(mark->message, h + at.message, SEAL_MESSAGE_ID_LEN);
        commit_of(str_make((const char *)key, sizeof key), mark->message, mark->commit);
        return r;
}

static int open_file(struct str in, struct buf *out, struct err *err)
{
        struct seal_about about = sample_about(42);
        struct seal_mark mark;
        int r = find_mark(&about, in, &mark, err);

        if (r < 0)
                return r;
        struct opener *opener CLEANUP_OPENER = opener_new(&about, &mark, sample_key());

        r = opener_add(opener, in, out, err);
        return r < 0 ? r : opener_finish(opener, err);
}

int main(int argc, char **argv)
{
        struct buf in CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        int r = crypto_prepare(&err);

        if (argc != 2)
                return 2;
        if (r == 0)
                r = fd_read_to_end(STDIN_FILENO, INPUT_MAX, &in, &err);
        if (r == 0)
                r = strcmp(argv[1], "seal") == 0 ? seal(buf_str(&in), &out, &err)
                                                 : open_file(buf_str(&in), &out, &err);
        if (r == 0)
                r = fd_write_all(STDOUT_FILENO, out.p, out.n, &err);
        if (r < 0)
                fprintf(stderr, "%s\n", err.text);
        return r < 0;
}
