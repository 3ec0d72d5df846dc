/*
 * password_hash.c -- libsodium's Argon2id, with our limits around it.
 */
#include "crypto/password_hash.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <time.h>

#include "base/check.h"

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's longest hash fits");

static const char wrong[] = "the name or the password is wrong";
static const char no_memory[] = "no memory is left to check a password; try again";

static struct password_cost at_least_minimum(struct password_cost cost)
{
        if (cost.passes < PASSWORD_PASSES_MIN)
                cost.passes = PASSWORD_PASSES_MIN;
        if (cost.memory_kib < PASSWORD_MEMORY_MIN_KIB)
                cost.memory_kib = PASSWORD_MEMORY_MIN_KIB;
        check(cost.passes <= PASSWORD_PASSES_MAX && cost.memory_kib <= PASSWORD_MEMORY_MAX_KIB);
        return cost;
}

/* Work that nobody reads the result of; -1 without memory. */
static int burn(struct str text, struct password_cost cost)
{
        static const uint8_t salt[crypto_pwhash_SALTBYTES] = { 0 };
        uint8_t out[32];

        return crypto_pwhash(out, sizeof out, text.n > 0 ? text.p : "", text.n, salt, cost.passes,
                             (size_t)cost.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
}

/*
 * CPU time of this thread, so that a busy machine is not taken for a slow one; -1 without memory.
 */
static int64_t cost_us(struct password_cost cost)
{
        struct timespec from, to;

        check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from) == 0);
        if (burn(STR("how long does this take?"), cost) != 0)
                return -1;
        check(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to) == 0);
        return (int64_t)(to.tv_sec - from.tv_sec) * 1000000 + (to.tv_nsec - from.tv_nsec) / 1000;
}

int password_tune(unsigned target_ms, uint32_t max_memory_kib, struct password_cost *out,
                  struct err *err)
{
        struct password_cost cost = PASSWORD_COST_MIN;
        int64_t target = (int64_t)target_ms * 1000, now = cost_us(cost);

        if (now < 0)
                return err_set(err, ERR_AGAIN, "%s", no_memory);
        if (max_memory_kib > PASSWORD_MEMORY_MAX_KIB)
                max_memory_kib = PASSWORD_MEMORY_MAX_KIB;
        /*
         * A step is taken only if its result, twice the time, is nearer to the target than before it.
         */
        while (cost.memory_kib <= max_memory_kib / 2 && now + now / 2 <= target) {
                struct password_cost more = { cost.passes, cost.memory_kib * 2 };
                int64_t took = cost_us(more);

                if (took < 0)
                        break;
                cost = more;
                now = took > 0 ? took : 1;
        }
        int64_t a_pass = now / cost.passes;

        while (cost.passes < PASSWORD_PASSES_MAX && now + a_pass / 2 <= target) {
                cost.passes++;
                now += a_pass;
        }
        *out = cost;
        return 0;
}

int password_hash(const struct password *pw, const struct password_cost *cost,
                  char out[static PASSWORD_HASH_SIZE], struct err *err)
{
        struct password_cost at = at_least_minimum(*cost);
        char made[PASSWORD_HASH_SIZE];

        if (crypto_pwhash_str_alg(made, pw->text.n > 0 ? pw->text.p : "", pw->text.n, at.passes,
                                  (size_t)at.memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
                return err_set(err, ERR_AGAIN, "%s", no_memory);
        memcpy(out, made, sizeof made);
        return 0;
}

static bool cut_prefix(struct str *rest, struct str prefix)
{
        if (!str_starts(*rest, prefix))
                return false;
        rest->p += prefix.n;
        rest->n -= prefix.n;
        return true;
}

/* base64 of exactly `bytes` bytes, without padding. */
static bool is_base64(struct str text, size_t bytes)
{
        uint8_t out[64];
        size_t n = 0;

        /* libsodium 1.0.18 takes bytes above 0x7f for letters of the alphabet. */
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] >= 0x80)
                        return false;
        return sodium_base642bin(out, sizeof out, text.p, text.n, NULL, &n, NULL,
                                 sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && n == bytes;
}

int password_hash_read(struct str stored, struct password_cost *out, struct err *err)
{
        struct str rest = stored;
        uint64_t memory = 0, passes = 0;

        if (stored.n < PASSWORD_HASH_SIZE && cut_prefix(&rest, STR("$argon2id$v=19$m=")) &&
            str_to_u64(str_cut(&rest, ','), PASSWORD_MEMORY_MAX_KIB, &memory, NULL) == 0 &&
            cut_prefix(&rest, STR("t=")) &&
            str_to_u64(str_cut(&rest, ','), PASSWORD_PASSES_MAX, &passes, NULL) == 0 &&
            cut_prefix(&rest, STR("p=1$")) && memory >= 8 && passes >= 1 &&
            is_base64(str_cut(&rest, '$'), crypto_pwhash_SALTBYTES) && is_base64(rest, 32)) {
                *out = (struct password_cost){ (uint32_t)passes, (uint32_t)memory };
                return 0;
        }
        return err_set(err, ERR_CORRUPT,
                       "the stored password is not an Argon2id hash of ours; the account needs a new one");
}

int password_verify(struct str stored, const struct password *pw, struct err *err)
{
        struct password_cost cost;
        char text[PASSWORD_HASH_SIZE] = { 0 };
        int r = password_hash_read(stored, &cost, err);

        if (r < 0)
                return r;
        memcpy(text, stored.p, stored.n);
        errno = 0;
        if (crypto_pwhash_str_verify(text, pw->text.n > 0 ? pw->text.p : "", pw->text.n) == 0)
                return 0;
        /*
         * libsodium says EINVAL for another password, and for nothing else once the form is right.
         */
        return errno == EINVAL ? err_set(err, ERR_DENIED, "%s", wrong)
                               : err_set(err, ERR_AGAIN, "%s", no_memory);
}

int password_verify_nobody(const struct password *pw, const struct password_cost *cost,
                           struct err *err)
{
        struct str text = pw != NULL ? secret_str(&pw->text) : STR("not a password");

        if (burn(text, at_least_minimum(*cost)) != 0)
                return err_set(err, ERR_AGAIN, "%s", no_memory);
        return err_set(err, ERR_DENIED, "%s", wrong);
}

bool password_needs_rehash(struct str stored, const struct password_cost *cost)
{
        struct password_cost old, at = at_least_minimum(*cost);

        if (password_hash_read(stored, &old, NULL) < 0)
                return true;
        return old.passes < PASSWORD_PASSES_MIN || old.memory_kib < PASSWORD_MEMORY_MIN_KIB ||
               (uint64_t)old.passes * old.memory_kib < (uint64_t)at.passes * at.memory_kib;
}
