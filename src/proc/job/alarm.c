/*
 * alarm.c -- letters to this portal's administrators about its backups: which kinds the registry knows, who
 * they are only the portal's own database.
 */
#include "orders.h"

#include "base/clock.h"
#include "mail/address.h"
#include "mail/letter.h"
#include "store/outbox.h"

enum { BUSY_MS = 30000 };

static bool may_be_told(const struct store_person *person, int64_t now)
{
        return person_is_live(person->state, person->expires, now) &&
               mail_address_check(person->login, NULL) == 0;
}

static int tell(struct store *store, const struct store_person *person, uint64_t kinds, int64_t now,
                struct err *err)
{
        int r = 0;

        for (uint32_t kind = LETTER_BACKUP_LATE; kind <= LETTER_WELL_AGAIN && r == 0; kind++) {
                const struct store_letter letter = {
                        .kind = kind, .recipient = person->login, .name = person->name,
                        .path = STR("/trust"), .created = now,
                };

                if ((kinds & UINT64_C(1) << kind) != 0)
                        r = store_outbox_add(store, &letter, err);
        }
        return r;
}

/* All of them or none: whoever asks again after a failure writes nobody twice. */
static int tell_all(struct store *store, uint64_t kinds, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_person *people = NULL;
        int64_t now = clock_unix();
        size_t n = 0;
        int r = store_person_list(store, 1u << ROLE_ADMINISTRATOR, STR(""), PEOPLE_LIST_MAX, arena, &people,
                                  &n, err);

        if (r == 0)
                r = store_begin(store, err);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n && r == 0; i++)
                if (may_be_told(&people[i], now))
                        r = tell(store, &people[i], kinds, now, err);
        if (r == 0)
                return store_commit(store, err);
        store_rollback(store);
        return r;
}

int order_alarm(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options options = { .busy_ms = BUSY_MS };
        struct store *store CLEANUP_STORE = NULL;
        uint64_t kinds = message_get_u64(msg);

        (void)fd;
        if (!job->mail)
                return 0;
        int r = store_open(".", &options, &store, err);

        return r < 0 ? r : tell_all(store, kinds, err);
}
