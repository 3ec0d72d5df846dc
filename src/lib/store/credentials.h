/*
 * credentials.h -- what a person proves to be themselves with: password, codes, passkeys, browsers.
 *
 * Nothing here computes: passwords come as Argon2id texts, recovery codes and tokens as digests,
 * passkeys as the bytes the verifier wants. What may be used once is used by one statement that checks and
 * marks it, so of two attempts at the same moment one fails.
 *
 * Functions that change something run inside store_begin() and store_commit().
 *
 * Trust:  the caller has verified what it stores; sizes are checked here.
 * Owns:   results are copied into the caller's arena. They hold secrets: never send or log them.
 * Linked by the portal and its jobs.
 */
#pragma once

#include "crypto/digest.h"
#include "store/people.h"

struct store_credentials {
        struct store_person person;
        struct str password;            /* "$argon2id$...", or empty: none set */
        struct str totp_secret;         /* as given; empty: none */
        int64_t totp_step;              /* of the last code that was used; -1: none */
        int64_t failures;               /* since the last success */
        int64_t failed;                 /* when the last one was */
};

/*
 * ERR_NOT_FOUND: no such account (a tombstone is none). Whether it may log in is person_is_live().
 */
NODISCARD int store_credentials_find_login(struct store *store, struct str login,
                                           struct arena *arena, struct store_credentials *out,
                                           struct err *err);
NODISCARD int store_credentials_find(struct store *store, int64_t person, struct arena *arena,
                                     struct store_credentials *out, struct err *err);

enum { PASSWORD_HASH_MAX = 255 };

/*
 * A new password: ends all sessions and links, forgets the failures, makes an invited person
 * active. A disabled one stays disabled.
 */
NODISCARD int store_password_set(struct store *store, int64_t person, struct str hash,
                                 struct err *err);
/*
 * The same for who asked for the link themselves: what was guessed wrong stays counted until a complete
 * login, or each such link would be worth as many guesses of a second factor again.
 */
NODISCARD int store_password_recover(struct store *store, int64_t person, struct str hash,
                                     struct err *err);
/* The same password hashed anew; nothing happens when it was changed meanwhile. */
NODISCARD int store_password_rehash(struct store *store, int64_t person, struct str old_hash,
                                    struct str new_hash, struct err *err);

/* Count one wrong attempt; *out_failures is how many there are since the last success. */
NODISCARD int store_failure_add(struct store *store, int64_t person, int64_t now,
                                int64_t *out_failures, struct err *err);
NODISCARD int store_failure_clear(struct store *store, int64_t person, struct err *err);

/* Opaque bytes, so that they may be sealed; step: of the code that confirmed it. */
enum { TOTP_SECRET_MAX = 256 };
NODISCARD int store_totp_set(struct store *store, int64_t person, struct str secret, int64_t step,
                             struct err *err);
/* Also removes the recovery codes when no passkey is left that they would stand in for. */
NODISCARD int store_totp_clear(struct store *store, int64_t person, struct err *err);
/* ERR_DENIED: a code of this step or of a later one was used already. */
NODISCARD int store_totp_use(struct store *store, int64_t person, int64_t step, struct err *err);

/* All old codes are void from here on. ERR_LIMIT: more than RECOVERY_CODES_MAX. */
enum { RECOVERY_CODES_MAX = 20, RECOVERY_SALT_MAX = 32 };
NODISCARD int store_recovery_replace(struct store *store, int64_t person, struct str salt,
                                     const struct digest *codes, size_t n, struct err *err);

struct store_recovery {
        struct str salt;                /* of all codes; empty: none were made */
        struct digest *codes;           /* the unused ones */
        size_t n;
};
NODISCARD int store_recovery_load(struct store *store, int64_t person, struct arena *arena,
                                  struct store_recovery *out, struct err *err);
/* ERR_DENIED: no such code, or used. In the transaction that lets the person in. */
NODISCARD int store_recovery_use(struct store *store, int64_t person, const struct digest *code,
                                 int64_t now, struct err *err);

/* Web Authentication (W3C, Level 2): 4 and 6.1. */
enum {
        PASSKEYS_MAX = 20,              /* per person */
        STORE_PASSKEY_ID_MAX = 1023,    /* bytes */
        STORE_PASSKEY_KEY_MAX = 1024,
        STORE_PASSKEY_NAME_MAX = 100,
};

struct store_passkey {
        int64_t id;
        int64_t person;
        struct str credential;
        int64_t algorithm;              /* COSE's number (RFC 9053) */
        struct str public_key;          /* as the verifier wants it */
        struct str model;               /* AAGUID, 16 bytes, or empty */
        uint32_t counter;
        unsigned transports;            /* as the caller numbers them */
        bool user_verified;
        bool backup_eligible;
        bool backed_up;
        struct str name;
        int64_t created;
        int64_t used;                   /* 0: never */
};

/* id, created and used are not looked at. ERR_EXISTS: the key is registered, whoever has it. */
NODISCARD int store_passkey_add(struct store *store, const struct store_passkey *passkey,
                                int64_t now, int64_t *out_id, struct err *err);
NODISCARD int store_passkey_find(struct store *store, struct str credential, struct arena *arena,
                                 struct store_passkey *out, struct err *err);
NODISCARD int store_passkey_list(struct store *store, int64_t person, struct arena *arena,
                                 struct store_passkey **out, size_t *out_n, struct err *err);
/*
 * After a verified signature. ERR_DENIED when the counter has not grown (both 0: the key has none):
 * the key may have been copied (6.1.1).
 */
struct store_passkey_use {
        uint32_t counter;
        bool user_verified;
        bool backed_up;
};
NODISCARD int store_passkey_use(struct store *store, int64_t id,
                                const struct store_passkey_use *use, int64_t now,
                                struct err *err);
NODISCARD int store_passkey_rename(struct store *store, int64_t person, int64_t id,
                                   struct str name, struct err *err);
/* Also removes the recovery codes when nothing is left that they would stand in for. */
NODISCARD int store_passkey_remove(struct store *store, int64_t person, int64_t id,
                                   struct err *err);

/* What a person has beside the password, and whether their role must have something (settings.h). */
struct store_factors {
        bool app;                       /* codes of an authenticator app */
        int64_t passkeys;
        int64_t recovery;               /* codes that are left */
        bool required;
};
static inline bool store_factors_any(const struct store_factors *factors)
{
        return factors->app || factors->passkeys > 0;
}
NODISCARD int store_factors_find(struct store *store, int64_t person, struct store_factors *out,
                                 struct err *err);
/* For who has lost them: all of it goes, and every session and login under way ends. */
NODISCARD int store_factors_clear(struct store *store, int64_t person, struct err *err);

/* Browsers this person has logged in with: throttling of the account does not lock them out. */
enum { BROWSERS_MAX = 10 };             /* per person; the one unseen for longest makes room */
NODISCARD int store_browser_put(struct store *store, int64_t person, const struct digest *token,
                                int64_t now, struct err *err);
NODISCARD int store_browser_known(struct store *store, int64_t person, const struct digest *token,
                                  bool *out, struct err *err);
NODISCARD int store_browser_forget(struct store *store, int64_t person, struct err *err);
