/*
 * assets.c -- find a compiled-in asset by its path, also for a page of another release.
 */
#include "page/assets.h"

#include "base/check.h"
#include "page/assets_table.h"

enum { HASH_LEN = 8 };

const struct asset *asset_at(size_t i)
{
        return i < assets_count ? &assets_table[i] : NULL;
}

static bool is_hash(struct str s)
{
        for (size_t i = 0; i < s.n; i++)
                if (!(s.p[i] >= 'A' && s.p[i] <= 'Z') && !(s.p[i] >= '2' && s.p[i] <= '7'))
                        return false;
        return s.n == HASH_LEN;
}

/* Whether path is "/-/NAME-HASH.EXT" and NAME.EXT is this asset, whatever the hash. */
static bool is_other_release(struct str path, const struct asset *a)
{
        struct str prefix = STR("/-/");
        ptrdiff_t dot = str_find(a->logical, '.');

        if (dot < 0 || path.n != prefix.n + a->logical.n + 1 + HASH_LEN ||
            !str_starts(path, prefix))
                return false;

        size_t base = (size_t)dot;
        const char *name = path.p + prefix.n;

        return str_eq(str_make(name, base), str_make(a->logical.p, base)) && name[base] == '-' &&
               is_hash(str_make(name + base + 1, HASH_LEN)) &&
               str_eq(str_make(name + base + 1 + HASH_LEN, a->logical.n - base),
                      str_make(a->logical.p + base, a->logical.n - base));
}

const struct asset *asset_find(struct str path, bool *stale)
{
        for (size_t i = 0; i < assets_count; i++) {
                if (str_eq(assets_table[i].path, path)) {
                        *stale = false;
                        return &assets_table[i];
                }
        }
        for (size_t i = 0; i < assets_count; i++) {
                if (is_other_release(path, &assets_table[i])) {
                        *stale = true;
                        return &assets_table[i];
                }
        }
        return NULL;
}

struct str asset_path(const char *logical)
{
        size_t i = 0;

        while (i < assets_count && !str_is(assets_table[i].logical, logical))
                i++;
        check(i < assets_count);        /* else no asset has this name */
        return assets_table[i].path;
}
