/*
 * root.c -- FOLDER/root: some "name value" lines.
 */
#include "vault/root.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/aead.h"
#include "crypto/digest.h"
#include "crypto/hex.h"
#include "crypto/random.h"
#include "vault/shares.h"

enum { FILE_MAX = 1024 };

#define NAME "root"
#define FIRST_LINE "carrel-root 1"

static const char *const kinds[ROOT_KINDS] = { "file", "passphrase", "shares" };

const char *root_kind_name(enum root_kind kind)
{
        return (unsigned)kind < ROOT_KINDS ? kinds[kind] : "unknown";
}

void root_free(struct root *root)
{
        secret_free(&root->key);
}

void root_fingerprint(struct str key, char out[static 2 * ROOT_FINGERPRINT_LEN + 1])
{
        uint8_t print[ROOT_FINGERPRINT_LEN];

        derive_key(key, (struct str){ NULL, 0 }, STR("carrel root fingerprint"), print, sizeof print);
        hex_write(print, sizeof print, out);
}

/* ---- writing ---- */

static void add_hex(struct buf *out, const char *name, const void *p, size_t n)
{
        char hex[2 * 64 + 1];

        hex_write(p, n, hex);
        buf_printf(out, "%s %s\n", name, hex);
        secret_wipe(hex, sizeof hex);
}

static int write_root(int folder, const struct root *root, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };

        buf_reserve(&text, FILE_MAX);           /* no copy of the key is left behind */
        buf_printf(&text, FIRST_LINE "\nkind %s\nfingerprint %s\n", root_kind_name(root->kind),
                   root->fingerprint);
        if (root->kind == ROOT_FILE)
                add_hex(&text, "key", root->key.p, ROOT_LEN);
        if (root->kind == ROOT_PASSPHRASE) {
                add_hex(&text, "salt", root->salt, sizeof root->salt);
                add_hex(&text, "nonce", root->nonce, sizeof root->nonce);
                add_hex(&text, "wrapped", root->wrapped, sizeof root->wrapped);
        }
        int r = fd_replace(folder, NAME, 0600, text.p, text.n, err);

        secret_wipe(text.p, text.n);
        return r;
}

static int passphrase_key(const struct root *root, struct str passphrase, struct secret *out,
                          struct err *err)
{
        secret_make(out, 32);
        int r = derive_from_passphrase(passphrase, root->salt, (uint8_t *)out->p, err);

        if (r == 0)
                out->n = 32;
        return r;
}

static int wrap(struct root *root, struct str key, struct str passphrase, struct err *err)
{
        struct secret under CLEANUP_SECRET = { 0 };

        if (passphrase.n < ROOT_PASSPHRASE_MIN)
                return err_set(err, ERR_INVALID, "this passphrase guards every backup: use at least %d "
                               "characters, better six words", ROOT_PASSPHRASE_MIN);
        random_fill(root->salt, sizeof root->salt);
        random_fill(root->nonce, sizeof root->nonce);
        int r = passphrase_key(root, passphrase, &under, err);

        if (r < 0)
                return r;
        struct aead *aead CLEANUP_AEAD = aead_new(secret_str(&under));

        aead_seal(aead, root->nonce, STR(FIRST_LINE), key, root->wrapped, root->wrapped + ROOT_LEN);
        return 0;
}

int root_keep(int folder, struct str key, enum root_kind kind, struct str typed, struct root *out,
              struct err *err)
{
        struct root root CLEANUP_ROOT = { .kind = kind };
        int r = kind == ROOT_PASSPHRASE ? wrap(&root, key, typed, err) : 0;

        root_fingerprint(key, root.fingerprint);
        if (kind == ROOT_FILE) {
                secret_make(&root.key, ROOT_LEN);
                memcpy(root.key.p, key.p, ROOT_LEN);
                root.key.n = ROOT_LEN;
        }
        if (r == 0)
                r = write_root(folder, &root, err);
        if (r < 0)
                return r;
        root_free(out);
        *out = root;
        root = (struct root){ 0 };
        return 0;
}

int root_make(int folder, struct root *out, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };
        struct stat st;

        if (fstatat(folder, NAME, &st, AT_SYMLINK_NOFOLLOW) == 0)
                return err_set(err, ERR_EXISTS, "there is a root key already");
        secret_random(&key, ROOT_LEN);
        return root_keep(folder, secret_str(&key), ROOT_FILE, STR(""), out, err);
}

/* ---- reading ---- */

static bool take(struct str *rest, const char *name, struct str *value)
{
        struct str line = str_cut(rest, '\n');

        if (!str_is(str_cut(&line, ' '), name))
                return false;
        *value = line;
        return true;
}

static bool take_hex(struct str *rest, const char *name, void *out, size_t n)
{
        struct str value;

        return take(rest, name, &value) && hex_read(value, out, n);
}

static bool read_root(struct str text, struct root *out)
{
        struct str rest = text, value;
        uint8_t print[ROOT_FINGERPRINT_LEN];

        if (!str_is(str_cut(&rest, '\n'), FIRST_LINE) || !take(&rest, "kind", &value))
                return false;
        out->kind = ROOT_KINDS;
        for (unsigned i = 0; i < ROOT_KINDS; i++)
                if (str_is(value, kinds[i]))
                        out->kind = (enum root_kind)i;
        if (out->kind == ROOT_KINDS || !take_hex(&rest, "fingerprint", print, sizeof print))
                return false;
        hex_write(print, sizeof print, out->fingerprint);
        if (out->kind == ROOT_FILE) {
                secret_make(&out->key, ROOT_LEN);
                if (!take_hex(&rest, "key", out->key.p, ROOT_LEN))
                        return false;
                out->key.n = ROOT_LEN;
        }
        if (out->kind == ROOT_PASSPHRASE && (!take_hex(&rest, "salt", out->salt, sizeof out->salt) ||
                                             !take_hex(&rest, "nonce", out->nonce, sizeof out->nonce) ||
                                             !take_hex(&rest, "wrapped", out->wrapped,
                                                       sizeof out->wrapped)))
                return false;
        return rest.n == 0;
}

static bool is_this_key(const struct root *root, struct str key)
{
        char print[2 * ROOT_FINGERPRINT_LEN + 1];

        root_fingerprint(key, print);
        return str_is(str_of(print), root->fingerprint);
}

int root_load(int folder, struct root *out, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct root root CLEANUP_ROOT = { 0 };

        buf_reserve(&text, 2 * FILE_MAX);
        int r = fd_slurp(folder, NAME, FILE_MAX, &text, err);

        if (r < 0)
                return r;
        bool good = read_root(buf_str(&text), &root) &&
                    (root.kind != ROOT_FILE || is_this_key(&root, secret_str(&root.key)));

        secret_wipe(text.p, text.n);
        if (!good)
                return err_set(err, ERR_CORRUPT, "the file of the root key is damaged; put a copy back, or "
                               "write it anew from two shares");
        root_free(out);
        *out = root;
        root = (struct root){ 0 };
        return 0;
}

static int unwrap(const struct root *root, struct str passphrase, struct secret *out, struct err *err)
{
        struct secret under CLEANUP_SECRET = { 0 };
        int r = passphrase_key(root, passphrase, &under, err);

        if (r < 0)
                return r;
        struct aead *aead CLEANUP_AEAD = aead_new(secret_str(&under));

        if (aead_open(aead, root->nonce, STR(FIRST_LINE), str_make((const char *)root->wrapped, ROOT_LEN),
                      root->wrapped + ROOT_LEN, out->p, NULL) < 0)
                return err_set(err, ERR_DENIED, "this is not the passphrase of the backup keys");
        return 0;
}

int root_join(struct str typed, struct secret *out, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };
        struct str rest = str_trim(typed), first = str_cut(&rest, '\n');

        secret_make(&key, ROOT_LEN);
        int r = shares_join(first, rest, (uint8_t *)key.p, err);

        if (r < 0)
                return r;
        key.n = ROOT_LEN;
        secret_free(out);
        *out = key;
        key = (struct secret){ 0 };
        return 0;
}

int root_unlock(const struct root *root, struct str typed, struct secret *out, struct err *err)
{
        struct secret key CLEANUP_SECRET = { 0 };
        int r;

        if (root->kind == ROOT_PASSPHRASE) {
                secret_make(&key, ROOT_LEN);
                r = unwrap(root, str_trim(typed), &key, err);
                key.n = ROOT_LEN;
        } else {
                r = root_join(typed, &key, err);
        }
        if (r < 0)
                return r;
        if (!is_this_key(root, secret_str(&key)))
                return err_set(err, ERR_DENIED, "these shares give another key than this host's %s",
                               root->fingerprint);
        secret_free(out);
        *out = key;
        key = (struct secret){ 0 };
        return 0;
}
