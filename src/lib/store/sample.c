/*
 * sample.c -- some pages, read the way a reader's request reads them.
 */
#include "base/arena.h"
#include "store/inside.h"
#include "store/list.h"
#include "store/read.h"
#include "store/restore.h"

struct place {
        struct str publication, topic;
};

static void place_row(struct query *q, struct arena *arena, void *item)
{
        struct place *place = item;

        place->publication = arena_str(arena, query_text(q, 0));
        place->topic = arena_str(arena, query_text(q, 1));
}

static int read_one(struct store *store, const struct place *place, struct err *err)
{
        static const unsigned encodings[] = { STORE_IDENTITY, STORE_GZIP, STORE_GZIP | STORE_BROTLI };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store_page page;

        for (size_t i = 0; i < ARRAY_LEN(encodings); i++) {
                int r = store_page_find(store, &reader_anonymous, place->publication, place->topic,
                                        encodings[i], arena, &page, err);

                if (r < 0 || page.body.n == 0)
                        return err_set(err, ERR_CORRUPT, "the page %.*s of %.*s cannot be read "
                                                         "from the copy",
                                       STR_ARG(place->topic), STR_ARG(place->publication));
        }
        return 0;
}

int store_read_pages(struct store *store, unsigned most, unsigned *out_n, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct place *places;
        size_t n;
        int r = list_rows(store,
                          "SELECT p.slug, g.slug FROM publication p"
                          " JOIN publication_page g ON g.publication = p.id "
                          "WHERE p.visibility = 0 LIMIT $1",
                          ARGS(V_INT(most)), sizeof *places, place_row, arena, &places, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                r = read_one(store, &places[i], err);
        if (r == 0)
                *out_n = (unsigned)n;
        return r;
}
