/*
 * recovery.c -- recovery codes: each hash takes as long as a password's, so the portal's loop does none.
 *
 * A code that is none costs one hash like one that is, and gets the same answer as no codes at all.
 */
#include <string.h>

#include "crypto/recovery.h"
#include "crypto/secret.h"
#include "orders.h"
#include "store/credentials.h"

static void answer(struct job *job, bool good, struct str salt, struct str digests, struct str codes)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_RECOVERY_ANSWER);
        message_put_u32(&msg, good);
        message_put_bytes(&msg, salt.p, salt.n);
        message_put_bytes(&msg, digests.p, digests.n);
        message_put_bytes(&msg, codes.p, codes.n);
        job_tell(job, &msg);
}

static void find(struct job *job, struct message *msg)
{
        static const uint8_t nobody[RECOVERY_SALT_LEN];
        struct digest stored[RECOVERY_CODES_MAX];
        struct str typed = message_get_str(msg), salt = message_get_str(msg);
        struct str digests = message_get_str(msg);
        bool usable = salt.n == RECOVERY_SALT_LEN && digests.n <= sizeof stored;
        size_t n = usable ? digests.n / DIGEST_LEN : 0, at = 0;

        if (n > 0)
                memcpy(stored, digests.p, n * DIGEST_LEN);
        int r = recovery_find(typed, usable ? (const uint8_t *)salt.p : nobody, stored, n, &at, NULL);

        answer(job, r == 0, STR(""),
               r == 0 ? str_make((const char *)stored[at].b, DIGEST_LEN) : STR(""), STR(""));
}

static void make(struct job *job)
{
        struct recovery made;
        char codes[RECOVERY_CODES * RECOVERY_TEXT_LEN];
        int r = recovery_new(&made, NULL);

        if (r < 0) {
                answer(job, false, STR(""), STR(""), STR(""));
                return;
        }
        for (size_t i = 0; i < RECOVERY_CODES; i++)
                memcpy(codes + i * RECOVERY_TEXT_LEN, made.text[i], RECOVERY_TEXT_LEN);
        answer(job, true, str_make((const char *)made.salt, sizeof made.salt),
               str_make((const char *)made.stored, sizeof made.stored), str_make(codes, sizeof codes));
        secret_wipe(&made, sizeof made);
        secret_wipe(codes, sizeof codes);
}

void recovery_order(struct job *job, struct message *msg)
{
        if (msg->type == MSG_RECOVERY_FIND)
                find(job, msg);
        else
                make(job);
}
