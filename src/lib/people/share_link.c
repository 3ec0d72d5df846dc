/*
 * share_link.c -- make and check the secrets of share links.
 */
#include "people/share_link.h"

#include <stdio.h>

#include "crypto/secret.h"
#include "crypto/token.h"
#include "store/project.h"

enum { KEY_TEXT = 2 * sizeof(struct token_key), SHOWN_MAX = 20 + 1 + TOKEN_MAC_LEN };

static const char key_name[] = "secret.shares";

static const char *purpose_of(enum share_use use)
{
        return use == SHARE_LINK ? "share link" : "share cookie";
}

/* ---- the key ---- */

int share_link_make_key(struct store *store, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct token_key key;
        char text[KEY_TEXT + 1];
        struct str found;
        int r = store_meta_find(store, str_of(key_name), arena, &found, err);

        if (r != ERR_NOT_FOUND)
                return r;
        token_key_new(&key);
        for (size_t i = 0; i < sizeof key.b; i++)
                snprintf(text + 2 * i, 3, "%02x", key.b[i]);
        r = store_meta_put(store, str_of(key_name), str_make(text, KEY_TEXT), err);
        secret_wipe(&key, sizeof key);
        secret_wipe(text, sizeof text);
        return r;
}

static int nibble(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int load_key(struct store *store, struct arena *arena, struct token_key *out, struct err *err)
{
        struct str text;
        int r = store_meta_find(store, str_of(key_name), arena, &text, err);

        if (r < 0)
                return r;
        bool good = text.n == KEY_TEXT;

        for (size_t i = 0; good && i < sizeof out->b; i++) {
                int high = nibble(text.p[2 * i]), low = nibble(text.p[2 * i + 1]);

                good = high >= 0 && low >= 0;
                out->b[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
        }
        return good ? 0 : err_set(err, ERR_CORRUPT, "the portal's key for share links is damaged; "
                                  "remove it, and make the links anew");
}

/* ---- secrets ---- */

/* What the MAC covers: everything about a row that never changes. */
struct covered {
        struct str fields[4];
        size_t n;
};

static struct covered covered_by(const struct store_share *share, struct arena *arena)
{
        const int64_t numbers[] = { share->id, share->publication, share->created, share->expires };
        struct covered c = { .n = ARRAY_LEN(numbers) };

        for (size_t i = 0; i < c.n; i++)
                c.fields[i] = str_of(arena_printf(arena, "%lld", (long long)numbers[i]));
        return c;
}

int share_link_secret(struct store *store, const struct store_share *share, enum share_use use,
                      struct arena *arena, struct str *out, struct err *err)
{
        struct covered c = covered_by(share, arena);
        char mac[TOKEN_MAC_LEN + 1];
        struct token_key key;
        int r = load_key(store, arena, &key, err);

        if (r < 0)
                return r;
        token_mac(&key, purpose_of(use), c.fields, c.n, mac);
        *out = str_of(arena_printf(arena, "%lld.%s", (long long)share->id, mac));
        secret_wipe(mac, sizeof mac);
        secret_wipe(&key, sizeof key);
        return 0;
}

static int no_link(struct err *err)
{
        return err_set(err, ERR_NOT_FOUND, "this share link is no longer valid; ask for a new one");
}

int share_link_find(struct store *store, struct str shown, enum share_use use, int64_t now,
                    struct arena *arena, struct store_share *out, struct err *err)
{
        struct store_share share;
        struct token_key key;
        uint64_t id;

        if (shown.n > SHOWN_MAX)
                return no_link(err);
        struct str mac = shown, number = str_cut(&mac, '.');

        if (mac.n != TOKEN_MAC_LEN || str_to_u64(number, INT64_MAX, &id, NULL) < 0)
                return no_link(err);
        int r = store_share_find(store, (int64_t)id, now, arena, &share, err);

        if (r == 0)
                r = load_key(store, arena, &key, err);
        if (r < 0)
                return r == ERR_NOT_FOUND ? no_link(err) : r;
        struct covered c = covered_by(&share, arena);
        bool good = token_mac_check(&key, purpose_of(use), c.fields, c.n, mac);

        secret_wipe(&key, sizeof key);
        if (!good)
                return no_link(err);
        *out = share;
        return 0;
}
