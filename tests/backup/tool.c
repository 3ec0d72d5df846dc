/*
 * tool.c -- seal or open one backup with fixed names, for run.mjs.
 *
 *   backup-tool seal|open|open-alone < IN > OUT
 *   backup-tool seal-for|open-for PEM < IN > OUT          to a client's public key, with its private one
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../unit/vault/sample.h"
#include "base/fd.h"
#include "crypto/prepare.h"
#include "vault/frame.h"
#include "vault/seal.h"

enum { INPUT_MAX = 64 * 1024 * 1024 };

static int seal_with(struct sealer *made, struct str in, struct buf *out, struct err *err)
{
        struct sealer *sealer CLEANUP_SEALER = made;
        int r = sealer_add(sealer, in, out, err);

        if (r == 0)
                sealer_finish(sealer, out);
        return r;
}

static int seal(struct str in, struct buf *out, struct err *err)
{
        struct seal_about about = sample_about(42);

        return seal_with(sealer_new(&about, sample_key(), out), in, out, err);
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

/* ---- to a client's key, and without a list ---- */

static int seal_for(const char *file, struct str in, struct buf *out, struct err *err)
{
        struct buf pem CLEANUP_BUF = { 0 };
        struct rsa_public *client CLEANUP_RSA_PUBLIC = NULL;
        struct seal_about about = sample_about(42);
        int r = fd_slurp(AT_FDCWD, file, RSA_WRAP_PUBLIC_MAX, &pem, err);

        if (r == 0)
                r = rsa_public_read(buf_str(&pem), &client, err);
        return r < 0 ? r : seal_with(sealer_new_for(&about, client, out), in, out, err);
}

static int open_alone(struct str kek, const struct rsa_private *client, struct str in, struct buf *out,
                      struct err *err)
{
        struct opener *opener CLEANUP_OPENER = opener_new_alone(kek, client);
        int r = opener_add(opener, in, out, err);

        return r < 0 ? r : opener_finish(opener, err);
}

static int ask_nobody(void *ctx, struct secret *out, struct err *err)
{
        (void)ctx;
        (void)out;
        return err_set(err, ERR_DENIED, "the key has a passphrase");
}

static int open_for(const char *file, struct str in, struct buf *out, struct err *err)
{
        struct buf pem CLEANUP_BUF = { 0 };
        struct rsa_private *client CLEANUP_RSA_PRIVATE = NULL;
        int r = fd_slurp(AT_FDCWD, file, RSA_WRAP_PRIVATE_MAX, &pem, err);

        if (r == 0)
                r = rsa_private_read(buf_str(&pem), ask_nobody, NULL, &client, err);
        return r < 0 ? r : open_alone(STR(""), client, in, out, err);
}

static int run(int argc, char **argv, struct str in, struct buf *out, struct err *err)
{
        if (argc == 3)
                return strcmp(argv[1], "seal-for") == 0 ? seal_for(argv[2], in, out, err)
                                                        : open_for(argv[2], in, out, err);
        if (strcmp(argv[1], "open-alone") == 0)
                return open_alone(sample_key(), NULL, in, out, err);
        return strcmp(argv[1], "seal") == 0 ? seal(in, out, err) : open_file(in, out, err);
}

int main(int argc, char **argv)
{
        struct buf in CLEANUP_BUF = { 0 }, out CLEANUP_BUF = { 0 };
        struct err err = { 0 };
        int r = crypto_prepare(&err);

        if (argc != 2 && argc != 3)
                return 2;
        if (r == 0)
                r = fd_read_to_end(STDIN_FILENO, INPUT_MAX, &in, &err);
        if (r == 0)
                r = run(argc, argv, buf_str(&in), &out, &err);
        if (r == 0)
                r = fd_write_all(STDOUT_FILENO, out.p, out.n, &err);
        if (r < 0)
                fprintf(stderr, "%s\n", err.text);
        return r < 0;
}
