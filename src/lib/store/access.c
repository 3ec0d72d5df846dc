/*
 * access.c -- the gate.
 */
#include "store/access.h"

#include "base/check.h"
#include "store/standing.h"

const struct reader reader_anonymous = { .kind = READER_ANONYMOUS };

bool may_read(const struct store_publication *publication, const struct reader *reader)
{
        /* A kind this function does not know reads nothing. */
        if (reader->kind != READER_ANONYMOUS && reader->kind != READER_PERSON &&
            reader->kind != READER_SHARE)
                return false;
        switch (publication->visibility) {
        case STORE_PUBLIC:
                return true;
        case STORE_RESTRICTED:
                return reader->kind != READER_ANONYMOUS &&
                       (publication->standing == STANDING_NAMED ||
                        publication->standing == STANDING_AUTHOR);
        case STORE_PRIVATE:
                return reader->kind == READER_PERSON && publication->standing == STANDING_AUTHOR;
        }
        return false;
}

struct reader reader_checked(const struct reader *reader)
{
        struct reader r = { .kind = reader->kind };

        if (r.kind != READER_PERSON && r.kind != READER_SHARE)
                return r;
        /* Without the time, what has expired would not have. */
        check(reader->now > 0);
        r.now = reader->now;
        r.share = reader->share;
        r.person = r.kind == READER_PERSON ? reader->person : 0;
        return r;
}

const char *store_visibility_name(enum store_visibility visibility)
{
        switch (visibility) {
        case STORE_PUBLIC:
                return "public";
        case STORE_RESTRICTED:
                return "restricted";
        case STORE_PRIVATE:
                return "private";
        }
        return "private";
}

int store_visibility_parse(struct str word, enum store_visibility *out, struct err *err)
{
        static const enum store_visibility all[] = { STORE_PUBLIC, STORE_RESTRICTED, STORE_PRIVATE };

        for (size_t i = 0; i < ARRAY_LEN(all); i++) {
                if (!str_is(word, store_visibility_name(all[i])))
                        continue;
                *out = all[i];
                return 0;
        }
        return err_set(err, ERR_INVALID, "visibility is public, restricted or private, not '%.*s'",
                       (int)(word.n < 40 ? word.n : 40), word.p);
}
