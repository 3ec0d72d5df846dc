/*
 * access.c -- the gate.
 */
#include "store/access.h"

const struct reader reader_anonymous = { .kind = READER_ANONYMOUS };

bool may_read(const struct store_publication *publication, const struct reader *reader)
{
        /* Only anonymous readers exist so far; a kind this function does not know reads nothing. */
        if (reader->kind != READER_ANONYMOUS)
                return false;
        return publication->visibility == STORE_PUBLIC;
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
