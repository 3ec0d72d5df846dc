/*
 * manifest.c -- lines of "name=value" in one fixed order, written and read in one spelling only.
 */
#include "vault/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"
#include "crypto/hex.h"

static const char *const states[BACKUP_STATES] = {
        "begun", "sealed", "verified", "held", "failed", "suspect", "pruned",
};

const char *backup_state_name(enum backup_state state)
{
        return (unsigned)state < BACKUP_STATES ? states[state] : "unknown";
}

void manifest_free(struct manifest *manifest)
{
        free(manifest->backups);
        *manifest = (struct manifest){ 0 };
}

struct backup *manifest_find(const struct manifest *manifest, uint64_t seq)
{
        size_t low = 0, high = manifest->n;

        while (low < high) {
                size_t middle = low + (high - low) / 2;

                if (manifest->backups[middle].about.seq < seq)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < manifest->n && manifest->backups[low].about.seq == seq ? &manifest->backups[low]
                                                                            : NULL;
}

/* ---- writing ---- */

static void add_hex(struct buf *out, const char *name, const void *p, size_t n)
{
        char hex[2 * 64 + 1];

        check(2 * n < sizeof hex);
        hex_write(p, n, hex);
        buf_printf(out, " %s=%s", name, hex);
}

static void add_number(struct buf *out, const char *name, uint64_t value)
{
        buf_printf(out, " %s=%llu", name, (unsigned long long)value);
}

static void write_fields(uint64_t line, const struct digest *before, const struct backup *b,
                         struct buf *out)
{
        buf_printf(out, "line=%llu", (unsigned long long)line);
        add_hex(out, "before", before->b, DIGEST_LEN);
        add_number(out, "seq", b->about.seq);
        buf_printf(out, " state=%s kind=%s", backup_state_name(b->state),
                   backup_kind_name(b->about.kind));
        add_number(out, "created", (uint64_t)b->about.created);
        add_number(out, "kek", b->about.kek);
        add_hex(out, "portal", b->about.portal, SEAL_UUID_LEN);
        add_hex(out, "prev", b->about.prev.b, DIGEST_LEN);
        add_number(out, "schema", b->about.schema);
        buf_printf(out, " app=%s", b->about.app);
        add_hex(out, "message", b->mark.message, SEAL_MESSAGE_ID_LEN);
        add_hex(out, "commit", b->mark.commit, SEAL_COMMIT_LEN);
        add_number(out, "size", b->size);
        add_hex(out, "sha256", b->file.b, DIGEST_LEN);
        add_number(out, "bytes", b->bytes);
        add_number(out, "rows", b->rows);
        add_hex(out, "content", b->content.b, DIGEST_LEN);
        add_number(out, "time", (uint64_t)b->stepped);
        add_number(out, "booted", b->booted);
        add_number(out, "boot", b->boot);
}

/* Where this number's backup is, or becomes; numbers rise, so a new one goes to the end. */
static struct backup *place_of(struct manifest *manifest, uint64_t seq)
{
        struct backup *old = manifest_find(manifest, seq);

        if (old != NULL)
                return old;
        if ((manifest->n & (manifest->n - 1)) == 0)     /* room doubles at each power of two */
                manifest->backups = xrealloc(manifest->backups,
                                             manifest->n > 0 ? 2 * manifest->n : 1,
                                             sizeof *manifest->backups);
        return &manifest->backups[manifest->n++];
}

static void take(struct manifest *manifest, const struct backup *backup, struct str line)
{
        struct backup copy = *backup;

        *place_of(manifest, copy.about.seq) = copy;
        manifest->lines++;
        digest_of(line, &manifest->head);
        if (copy.about.seq > manifest->last_seq)
                manifest->last_seq = copy.about.seq;
}

void manifest_add(struct manifest *manifest, const struct backup *backup,
                  const uint8_t seed[static SIGNING_SEED_LEN], struct buf *out)
{
        struct buf line CLEANUP_BUF = { 0 };
        uint8_t signature[SIGNING_LEN];

        write_fields(manifest->lines + 1, &manifest->head, backup, &line);
        signing_sign(seed, buf_str(&line), signature);
        add_hex(&line, "sig", signature, sizeof signature);
        check(line.n < MANIFEST_LINE_MAX);
        buf_add_str(out, buf_str(&line));
        buf_putc(out, '\n');
        take(manifest, backup, buf_str(&line));
}

/* ---- reading ---- */

/* The value of the next field, if it has this name; a slice without a pointer otherwise. */
static struct str field(struct str *rest, const char *name)
{
        struct str word = str_cut(rest, ' ');
        struct str key = str_cut(&word, '=');

        return str_is(key, name) ? word : (struct str){ NULL, 0 };
}

static bool number(struct str *rest, const char *name, uint64_t max, uint64_t *out)
{
        struct str value = field(rest, name);

        return value.p != NULL && str_to_u64(value, max, out, NULL) == 0;
}

static bool bytes(struct str *rest, const char *name, void *out, size_t n)
{
        struct str value = field(rest, name);

        return value.p != NULL && hex_read(value, out, n);
}

static bool state(struct str *rest, enum backup_state *out)
{
        struct str value = field(rest, "state");

        for (unsigned i = 0; i < BACKUP_STATES; i++) {
                if (!str_is(value, states[i]))
                        continue;
                *out = (enum backup_state)i;
                return true;
        }
        return false;
}

/* Letters, digits, '.', '-', '+', '~' and '/': a program and its release. */
static bool app(struct str *rest, char out[static SEAL_APP_MAX])
{
        struct str value = field(rest, "app");

        if (value.n == 0 || value.n >= SEAL_APP_MAX)
                return false;
        for (size_t i = 0; i < value.n; i++)
                if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+~/",
                           value.p[i]) == NULL || value.p[i] == '\0')
                        return false;
        memset(out, 0, SEAL_APP_MAX);
        memcpy(out, value.p, value.n);
        return true;
}

static bool read_about(struct str *rest, struct seal_about *out)
{
        uint64_t created, kek, schema;

        if (!backup_kind_find(field(rest, "kind"), &out->kind) ||
            !number(rest, "created", INT64_C(253402300799), &created) ||
            !number(rest, "kek", UINT32_MAX, &kek) || !bytes(rest, "portal", out->portal, SEAL_UUID_LEN) ||
            !bytes(rest, "prev", out->prev.b, DIGEST_LEN) || !number(rest, "schema", UINT32_MAX, &schema) ||
            !app(rest, out->app))
                return false;
        out->created = (int64_t)created;
        out->kek = (uint32_t)kek;
        out->schema = (uint32_t)schema;
        return true;
}

static bool read_rest(struct str *rest, struct backup *out)
{
        uint64_t stepped;

        if (!bytes(rest, "message", out->mark.message, SEAL_MESSAGE_ID_LEN) ||
            !bytes(rest, "commit", out->mark.commit, SEAL_COMMIT_LEN) ||
            !number(rest, "size", INT64_MAX, &out->size) || !bytes(rest, "sha256", out->file.b,
                    DIGEST_LEN) ||
            !number(rest, "bytes", INT64_MAX, &out->bytes) || !number(rest, "rows", INT64_MAX,
                    &out->rows) ||
            !bytes(rest, "content", out->content.b, DIGEST_LEN) ||
            !number(rest, "time", INT64_C(253402300799), &stepped) ||
            !number(rest, "booted", INT64_MAX, &out->booted) || !number(rest, "boot", UINT64_MAX,
                    &out->boot))
                return false;
        out->stepped = (int64_t)stepped;
        return true;
}

struct line {
        uint64_t number;
        struct digest before;
        struct backup backup;
        struct str is_signed;           /* the text under the signature */
        uint8_t signature[SIGNING_LEN];
};

static bool read_line(struct str text, struct line *out)
{
        struct str rest = text;

        *out = (struct line){ 0 };
        if (text.n >= MANIFEST_LINE_MAX || !number(&rest, "line", INT64_MAX, &out->number) ||
            !bytes(&rest, "before", out->before.b, DIGEST_LEN) ||
            !number(&rest, "seq", INT64_MAX, &out->backup.about.seq) ||
            !state(&rest, &out->backup.state) || !read_about(&rest, &out->backup.about) ||
            !read_rest(&rest, &out->backup))
                return false;
        /* What is signed ends before the blank; nothing may follow the signature. */
        if (rest.n == 0 || rest.p[-1] != ' ')
                return false;
        out->is_signed = str_make(text.p, (size_t)(rest.p - text.p) - 1);
        return bytes(&rest, "sig", out->signature, SIGNING_LEN) && rest.n == 0;
}

static int refuse(uint64_t line, const char *why, struct err *err)
{
        return err_set(err, ERR_CORRUPT, "line %llu of the list of backups %s; restore the list "
                                         "from a copy, "
                       "or look for who changed it", (unsigned long long)line, why);
}

/* One spelling: a line that was read must be the line that would be written. */
static bool is_canonical(const struct line *line)
{
        struct buf again CLEANUP_BUF = { 0 };

        write_fields(line->number, &line->before, &line->backup, &again);
        return str_eq(buf_str(&again), line->is_signed);
}

static int read_next(struct manifest *manifest, struct str text, struct line *line, struct err *err)
{
        uint64_t at = manifest->lines + 1;

        if (!read_line(text, line) || !is_canonical(line))
                return refuse(at, "cannot be read", err);
        if (line->number != at || memcmp(line->before.b, manifest->head.b, DIGEST_LEN) != 0)
                return refuse(at, "does not follow the one before", err);
        bool known = manifest_find(manifest, line->backup.about.seq) != NULL;

        if (!known && line->backup.about.seq <= manifest->last_seq)
                return refuse(at, "uses a number again", err);
        if (!known && manifest->n >= BACKUPS_MAX)
                return refuse(at, "is one too many", err);
        take(manifest, &line->backup, text);
        return 0;
}

int manifest_read(struct str text, const uint8_t public[static SIGNING_PUBLIC_LEN],
                  struct manifest *out, size_t *whole, struct err *err)
{
        struct manifest manifest CLEANUP_MANIFEST = { 0 };
        struct line line = { 0 };
        struct str rest = text;

        while (str_find(rest, '\n') >= 0) {
                int r = read_next(&manifest, str_cut(&rest, '\n'), &line, err);

                if (r < 0)
                        return r;
        }
        /* Its digest covers all before it, so this one signature is everybody's. */
        if (manifest.lines > 0 && !signing_check(public, line.is_signed, line.signature))
                return refuse(manifest.lines, "is not signed by this host", err);
        *whole = text.n - rest.n;
        *out = manifest;
        manifest = (struct manifest){ 0 };
        return 0;
}

bool manifest_digest_at(struct str text, uint64_t lines, struct digest *out)
{
        struct str line = { NULL, 0 };

        if (lines == 0) {
                *out = (struct digest){ { 0 } };
                return true;
        }
        for (uint64_t i = 0; i < lines; i++) {
                if (str_find(text, '\n') < 0)
                        return false;
                line = str_cut(&text, '\n');
        }
        digest_of(line, out);
        return true;
}
