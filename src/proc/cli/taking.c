/*
 * taking.c -- carrel backup take | open | keys print: a backup in somebody's own hands.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "compress/stream.h"
#include "crypto/hex.h"
#include "crypto/prepare.h"
#include "proc/cli/ask.h"
#include "proc/cli/confine.h"
#include "proc/cli/confirm.h"
#include "proc/cli/help.h"
#include "proc/cli/output.h"
#include "proc/cli/secret_input.h"
#include "proc/cli/target.h"
#include "vault/seal.h"

enum { PIECE = 128 * 1024, PASSPHRASE_MAX = 1024 };

/* More than the vault seals: a file that unpacks to more was made to fill a disk. */
static const uint64_t database_max = (uint64_t)128 << 30;

static const char magic[16] = "SQLite format 3";

static int refuse(const struct err *err)
{
        output_error("%s", err->text);
        return EXIT_REFUSED;
}

static int usage(const struct invocation *inv, const char *missing)
{
        output_error("%s", missing);
        help_usage(stderr, inv->command);
        return EXIT_USAGE;
}

/* ---- take ---- */

/* The name the file has, for the sentence at the end. */
static const char *written;

static bool print_taken(const struct invocation *inv, const struct json *answer)
{
        output_line("Backup %lld of %s, proven and sealed to the key %.16s..., is in %s: %lld bytes.",
                    (long long)json_get_int(answer, "seq"), inv->args[0],
                    json_get_text(answer, "client").n >= 16 ? json_get_text(answer, "client").p : "",
                    written, (long long)json_get_int(answer, "taken_bytes"));
        output_line("SHA-256: %.*s", STR_ARG(json_get_text(answer, "taken_sha256")));
        output_line("Who has the private key opens it anywhere: 'carrel backup open FILE --key "
                    "PRIVATE.pem'.");
        return true;
}

static int read_public(const char *path, struct buf *pem, char name[static RSA_WRAP_NAME_LEN + 1],
                       struct err *err)
{
        struct rsa_public *key CLEANUP_RSA_PUBLIC = NULL;
        int r = fd_slurp(AT_FDCWD, path, RSA_WRAP_PRIVATE_MAX, pem, err);

        if (r < 0)
                return err_wrap(err, r, "the public key");
        r = crypto_prepare(err);
        if (r == 0)
                r = rsa_public_read(buf_str(pem), &key, err);
        if (r == 0)
                snprintf(name, RSA_WRAP_NAME_LEN + 1, "%s", rsa_public_name(key));
        return r < 0 ? err_wrap(err, r, "%s", path) : 0;
}

static char *default_name(const struct invocation *inv)
{
        char when[CLOCK_ISO_LEN + 1];

        clock_iso(clock_unix(), when);
        return xprintf("%s-%.10s.esdk", inv->args[0], when);
}

static int run_take(const struct invocation *inv)
{
        const char *to = invocation_option(inv, "to"), *whose = invocation_option(inv, "for");
        char *name CLEANUP_FREE = to != NULL ? xprintf("%s", to) : default_name(inv);
        struct target target CLEANUP_TARGET = { .fd = -1, .keeper = -1 };
        struct buf pem CLEANUP_BUF = { 0 };
        char fingerprint[RSA_WRAP_NAME_LEN + 1];
        struct err err;

        if (whose == NULL)
                return usage(inv, "--for is missing: the file of the RSA public key that is to open it");
        if (read_public(whose, &pem, fingerprint, &err) < 0 || target_open(name, &target, &err) < 0)
                return refuse(&err);
        struct json *arguments = ask_arguments("portal", inv->args[0], "backup",
                                               invocation_option(inv, "backup"), NULL);

        json_put_text(arguments, "key", buf_str(&pem));
        json_put_text(arguments, "name", str_of(fingerprint));
        written = name;
        return ask_for_file(inv, "backup.take", arguments, &target, print_taken);
}

/* ---- open ---- */

/* What opens it: one of the two. */
struct keys {
        struct secret kek;
        struct rsa_private *client;
};

static void keys_free(struct keys *keys)
{
        secret_free(&keys->kek);
        rsa_private_free(&keys->client);
}

static int ask_passphrase(void *ctx, struct secret *out, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct source source;
        int r = secret_input_open(ctx, 1, &source, err);

        if (r < 0)
                return r;
        buf_reserve(&text, PASSPHRASE_MAX + 1);
        r = fd_read_to_end(source.fd, PASSPHRASE_MAX, &text, err);
        if (r == 0)
                r = secret_take(out, text.p, text.n, err);
        secret_wipe(text.p, text.cap);
        int closed = source_close(&source, err);

        return r < 0 ? r : closed;
}

/* The portal's key as 'carrel backup keys print' shows it, or the private half of a client's own. */
static int read_key(const char *path, struct keys *out, struct err *err)
{
        static char prompt[] = "Passphrase of the private key";
        struct buf file CLEANUP_BUF = { 0 };
        uint8_t kek[SEAL_KEK_LEN];

        buf_reserve(&file, RSA_WRAP_PRIVATE_MAX + 1);
        int r = fd_slurp(AT_FDCWD, path, RSA_WRAP_PRIVATE_MAX, &file, err);

        if (r < 0)
                r = err_wrap(err, r, "the key");
        else if (hex_read(str_trim(buf_str(&file)), kek, sizeof kek))
                r = secret_take(&out->kek, kek, sizeof kek, err);
        else
                r = rsa_private_read(buf_str(&file), ask_passphrase, prompt, &out->client, err);
        secret_wipe(file.p, file.cap);
        return r;
}

static int open_file(const char *path, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "%s cannot be read", path);
        if (!S_ISREG(st.st_mode))
                return err_set(err, ERR_INVALID, "%s is no file; name a backup", path);
        int opened = fd;

        fd = -1;
        return opened;
}

/* Every tag of the message, and the packed database in it: nothing of it counts before its end. */
static int open_all(int from, struct opener *opener, struct decompressor *unpack, struct err *err)
{
        char *piece CLEANUP_FREE = xalloc(PIECE);
        struct buf plain CLEANUP_BUF = { 0 };
        ssize_t n;
        int r = 0;

        buf_reserve(&plain, PIECE + SEAL_FRAME);
        do {
                n = read(from, piece, PIECE);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_errno(err, "read the backup");
                r = n > 0 ? opener_add(opener, str_make(piece, (size_t)n), &plain, err)
                          : opener_finish(opener, err);
                if (r == 0)
                        r = decompressor_add(unpack, buf_str(&plain), err);
                secret_wipe(plain.p, plain.n);
                buf_clear(&plain);
        } while (r == 0 && n != 0);
        return r < 0 ? r : decompressor_finish(unpack, err);
}

static int check_database(int fd, int64_t *bytes, struct err *err)
{
        char head[sizeof magic];

        *bytes = lseek(fd, 0, SEEK_END);
        if (*bytes < 0 || lseek(fd, 0, SEEK_SET) < 0)
                return err_errno(err, "look at what was opened");
        if (*bytes < (int64_t)sizeof head || fd_read_all(fd, head, sizeof head, NULL) < 0 ||
            memcmp(head, magic, sizeof head) != 0)
                return err_set(err, ERR_CORRUPT, "it opens, but what was sealed is no portal's database");
        return 0;
}

static void print_opened(const struct invocation *inv, const struct seal_about *about, const char *name,
                         int64_t bytes)
{
        struct json *o CLEANUP_JSON = json_new_object();
        char when[CLOCK_ISO_LEN + 1], portal[SEAL_UUID_TEXT_LEN + 1];

        clock_iso(about->created, when);
        seal_uuid_text(about->portal, portal);
        if (!inv->json) {
                output_line("%s is whole: backup %llu (%s), begun %s, by %s.", inv->args[0],
                            (unsigned long long)about->seq, backup_kind_name(about->kind), when, about->app);
                output_line("Its database is in %s: %lld bytes, unencrypted. 'sqlite3 %s' opens it.", name,
                            (long long)bytes, name);
                return;
        }
        json_put_int(o, "seq", (int64_t)about->seq);
        json_put_text(o, "kind", str_of(backup_kind_name(about->kind)));
        json_put_text(o, "created", str_of(when));
        json_put_text(o, "portal", str_of(portal));
        json_put_text(o, "app", str_of(about->app));
        json_put_int(o, "schema", about->schema);
        json_put_int(o, "bytes", bytes);
        json_put_text(o, "file", str_of(name));
        output_json(o);
}

/* From here on the process can name no file: what it reads is somebody else's. */
static int open_confined(const struct invocation *inv, int from, const struct keys *keys,
                         struct target *target, const char *name, struct err *err)
{
        struct opener *opener CLEANUP_OPENER = opener_new_alone(secret_str(&keys->kek), keys->client);
        struct decompressor *unpack CLEANUP_DECOMPRESSOR = decompressor_new(target->fd, database_max);
        const int keep[] = { from, target->fd, target->keeper };
        int64_t bytes = 0;
        int r = confine_writer(keep, ARRAY_LEN(keep), err);

        if (r == 0)
                r = open_all(from, opener, unpack, err);
        if (r == 0)
                r = check_database(target->fd, &bytes, err);
        if (r == 0)
                r = target_keep(target, err);
        if (r == 0)
                print_opened(inv, opener_about(opener), name, bytes);
        return r;
}

static int run_open(const struct invocation *inv)
{
        const char *key = invocation_option(inv, "key"), *to = invocation_option(inv, "to");
        struct target target CLEANUP_TARGET = { .fd = -1, .keeper = -1 };
        struct keys keys CLEANUP(keys_free) = { .client = NULL };
        int from CLEANUP_FD = -1;
        struct err err;

        if (key == NULL)
                return usage(inv, "--key is missing: the file of the private key, or of the portal's 64 "
                                  "digits");
        if (to == NULL)
                to = "portal.db";
        json_prepare();
        from = open_file(inv->args[0], &err);
        if (from < 0 || crypto_prepare(&err) < 0 || read_key(key, &keys, &err) < 0 ||
            target_open(to, &target, &err) < 0 ||
            open_confined(inv, from, &keys, &target, to, &err) < 0)
                return refuse(&err);
        return EXIT_DONE;
}

/* ---- keys print ---- */

static bool print_keys(const struct invocation *inv, const struct json *answer)
{
        const struct json *keys = json_get(answer, "keys");

        output_line("Whoever has these opens every backup of %s, also copies of them elsewhere. The "
                    "name is in the backup's head.", inv->args[0]);
        for (size_t i = 0; i < json_length(keys); i++) {
                const struct json *row = json_at(keys, i);

                output_line("  %.*s  %.*s", STR_ARG(json_get_text(row, "name")),
                            STR_ARG(json_get_text(row, "key")));
        }
        output_line("The 64 digits in a file of their own: 'carrel backup open FILE.esdk --key THAT'.");
        return true;
}

static int run_print(const struct invocation *inv)
{
        const char *typed = confirm_name(inv, "The portal's keys open all of its backups, and are shown here "
                                              "in clear.", "print the keys of its backups in clear");

        if (typed == NULL)
                return EXIT_REFUSED;
        return ask(inv, "backup.keys", ask_arguments("verb", "print", "portal", inv->args[0], "confirm",
                                                     typed, NULL), NULL, print_keys, NULL);
}

static const struct option take_options[] = {
        { "backup", "NUMBER", "which one (else the newest good one)", false },
        { "for", "PUBLIC.pem", "the RSA public key, of 3072 to 8192 bits, of whoever is to open it", false },
        { "to", "FILE", "where to write (else PORTAL-DATE.esdk here)", false },
        { NULL, NULL, NULL, false },
};

static const struct option open_options[] = {
        { "key", "FILE", "the private key (PEM), or a file with the portal's 64 digits", false },
        { "to", "FILE", "where to write the database (else portal.db here)", false },
        { NULL, NULL, NULL, false },
};

static const struct option print_options[] = {
        { "confirm", "PORTAL", "the portal's name again, where nobody can be asked", false },
        { NULL, NULL, NULL, false },
};

const struct command taking_commands[] = {
        { "backup take", "PORTAL", "write a verified backup to a file, sealed to somebody's own key",
          "The backup is proven first. What is written is a message of its own in the same public format, "
          "which\n"
          "only the owner of the key opens: with 'carrel backup open', or with any AWS Encryption SDK.",
          take_options, run_take },
        { "backup open", "FILE", "open a backup with a key: its database as an SQLite file",
          "Works on any machine; no host is asked. All of the file is proven, or nothing is written. The "
          "database\n"
          "lies there unencrypted afterwards.", open_options, run_open },
        { "backup keys print", "PORTAL",
          "show the keys of a portal's backups, to open them without this host",
          "Logged. For a client it is better to take a backup for the client's own key.", print_options,
          run_print },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
