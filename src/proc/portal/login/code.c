/*
 * code.c -- check a typed code without using it, and use it in a transaction.
 */
#include "code.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/secret.h"
#include "crypto/totp.h"
#include "proc/portal/hashing.h"
#include "store/credentials.h"

enum { APP_DIGITS = 6 };

struct check {
        code_answer_fn *answer;
        void *ctx;
        struct code_proof proof;
};

static bool is_of_an_app(struct str typed)
{
        size_t digits = 0;

        for (size_t i = 0; i < typed.n; i++) {
                if (typed.p[i] == ' ')
                        continue;
                if (typed.p[i] < '0' || typed.p[i] > '9')
                        return false;
                digits++;
        }
        return digits == APP_DIGITS;
}

static bool app_has(struct portal *portal, struct arena *arena, struct str typed,
                    struct code_proof *proof)
{
        struct store_credentials found;
        struct totp totp;

        if (store_credentials_find(portal->store, proof->person, arena, &found, NULL) < 0 ||
            found.totp_secret.n != sizeof totp.secret)
                return false;
        memcpy(totp.secret, found.totp_secret.p, sizeof totp.secret);
        int r = totp_check(&totp, typed, clock_unix(), found.totp_step, &proof->step, NULL);

        secret_wipe(&totp, sizeof totp);
        return r == 0;
}

static void on_found(void *ctx, const struct hashing_codes *found)
{
        struct check *c = ctx;

        if (found->good && found->digests.n == DIGEST_LEN) {
                memcpy(c->proof.digest.b, found->digests.p, DIGEST_LEN);
                c->answer(c->ctx, CODE_RIGHT, &c->proof);
                return;
        }
        c->answer(c->ctx, found->busy ? CODE_BUSY : CODE_WRONG, &c->proof);
}

void code_check(struct portal *portal, struct http_exchange *x, int64_t person, struct str typed,
                code_answer_fn *answer, void *ctx)
{
        struct arena *arena = http_exchange_arena(x);
        struct check *c = arena_alloc(arena, sizeof *c);
        struct store_recovery stored = { .n = 0 };

        *c = (struct check){ .answer = answer, .ctx = ctx, .proof = { .person = person } };
        if (is_of_an_app(typed)) {
                answer(ctx, app_has(portal, arena, typed, &c->proof) ? CODE_RIGHT : CODE_WRONG, &c->proof);
                return;
        }
        c->proof.recovery = true;
        if (store_recovery_load(portal->store, person, arena, &stored, NULL) < 0)
                stored = (struct store_recovery){ .n = 0 };
        hashing_find_code(typed, &stored, on_found, c);
}

int code_use(struct store *store, const struct code_proof *proof, struct err *err)
{
        if (proof->recovery)
                return store_recovery_use(store, proof->person, &proof->digest, clock_unix(), err);
        return store_totp_use(store, proof->person, proof->step, err);
}

const char *code_name(const struct code_proof *proof)
{
        return proof->recovery ? "recovery-code" : "code";
}
