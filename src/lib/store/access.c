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
