/*
 * passwords.c -- what a portal's loop must not do itself: Argon2id, and the rules for a new password.
 *
 * One order, one answer. Whatever is wrong with a password that is only to be verified, the answer is the
 * same "no" after the same work.
 */
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "crypto/password.h"
#include "crypto/password_hash.h"
#include "orders.h"
#include "store/people.h"
#include "store/project.h"
#include "store/settings.h"
#include "store/store.h"

static void answer(struct job *job, bool good, const char *hash, const char *sentence)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_PASSWORD_ANSWER);
        message_put_u32(&msg, good);
        message_put_text(&msg, hash);
        message_put_text(&msg, sentence);
        job_tell(job, &msg);
}

/* The message lies in memory that is not ours to change, so the password is moved out of a copy. */
static int take(struct str bytes, struct arena *arena, struct password *out, struct err *err)
{
        char *copy = arena_alloc(arena, bytes.n + 1);

        if (bytes.n > 0)
                memcpy(copy, bytes.p, bytes.n);
        return password_take(copy, bytes.n, out, err);
}

static void verify(struct job *job, struct message *msg, struct arena *arena)
{
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct str bytes = message_get_str(msg);
        struct str stored = arena_str(arena, message_get_str(msg));
        char rehashed[PASSWORD_HASH_SIZE] = "";
        bool usable = take(bytes, arena, &pw, NULL) == 0;
        int r = stored.n > 0 && usable ? password_verify(stored, &pw, NULL)
                                       : password_verify_nobody(usable ? &pw : NULL, &job->cost, NULL);

        if (r == 0 && password_needs_rehash(stored, &job->cost) &&
            password_hash(&pw, &job->cost, rehashed, NULL) < 0)
                rehashed[0] = '\0';     /* the old one still holds */
        answer(job, r == 0, rehashed, r == ERR_AGAIN ? "busy" : "");
}

enum { NAMES = 5 };

/* What stands around this account, and so is the first thing somebody would try. */
static size_t names_of(struct store *store, const struct store_person *person, struct str portal,
                       struct arena *arena, struct str names[static NAMES])
{
        struct str login = person->login;
        size_t n = 0;

        if (store_meta_find(store, STR("site.title"), arena, &names[n], NULL) == 0)
                n++;
        names[n++] = portal;
        names[n++] = person->name;
        names[n++] = person->login;
        names[n++] = str_cut(&login, '@');
        return n;
}

int password_allowed(struct store *store, const struct store_person *person, struct str portal,
                     const struct password *pw, struct arena *arena, struct err *err)
{
        struct store_settings settings;
        struct str names[NAMES];
        int r = store_settings_load(store, &settings, err);

        if (r < 0)
                return r;
        const struct password_policy policy = {
                .profile = (enum password_profile)settings.password_profile,
                .min_length = settings.password_minimum,
        };
        size_t n = names_of(store, person, portal, arena, names);

        return password_check(&policy, person->has_totp || person->has_passkey, pw, names, n, NULL, err);
}

static int check(struct store *store, int64_t id, const struct password *pw, struct arena *arena,
                 struct err *err)
{
        /* 0: the owner of a new portal, whose account is made with the password. */
        struct store_person person = { .login = STR(""), .name = STR("") };
        int r = id > 0 ? store_person_find(store, id, arena, &person, err) : 0;

        return r < 0 ? r : password_allowed(store, &person, STR(""), pw, arena, err);
}

static void make(struct job *job, struct message *msg, struct arena *arena)
{
        const struct store_options options = { .cache_kib = 256, .busy_ms = 2000 };
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct store *store CLEANUP_STORE = NULL;
        struct str bytes = message_get_str(msg);
        int64_t person = (int64_t)message_get_u64(msg);
        char hash[PASSWORD_HASH_SIZE] = "";
        struct err err = { 0 };
        int r = take(bytes, arena, &pw, &err);

        if (r == 0)
                r = store_open(".", &options, &store, &err);
        if (r == 0)
                r = check(store, person, &pw, arena, &err);
        if (r == 0)
                r = password_hash(&pw, &job->cost, hash, &err);
        answer(job, r == 0, hash, r < 0 ? err.text : "");
}

void password_order(struct job *job, struct message *msg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        if (msg->type == MSG_PASSWORD_VERIFY)
                verify(job, msg, arena);
        else if (msg->type == MSG_PASSWORD_MAKE)
                make(job, msg, arena);
}
