/*
 * list.c -- parts of lists: how many, from where on, and where the next part begins.
 *
 * A cursor is the last row's key in hexadecimal: nobody reads or makes one by hand, and it leads on from
 * there whatever was added or removed meanwhile.
 */
#include <stdio.h>

#include "base/clock.h"
#include "call.h"
#include "kinds.h"

size_t call_limit(const struct api_call *call)
{
        int64_t limit = call_number(call, "limit");

        return limit > 0 ? (size_t)limit : API_LIMIT_USUAL;
}

static unsigned nibble(char c)
{
        return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

struct str call_after(const struct api_call *call)
{
        struct str hex = call_text(call, "after");
        char *text = arena_alloc(call->arena, hex.n / 2 + 1);

        for (size_t i = 0; i < hex.n / 2; i++)
                text[i] = (char)(nibble(hex.p[2 * i]) << 4 | nibble(hex.p[2 * i + 1]));
        return str_make(text, hex.n / 2);
}

static int no_cursor(struct err *err)
{
        return err_set(err, ERR_INVALID, "after must be what an answer to this very list gave as next");
}

int call_after_number(const struct api_call *call, int64_t start, int64_t *out, struct err *err)
{
        struct str text = call_after(call);
        uint64_t number = 0;

        *out = start;
        if (text.n == 0)
                return 0;
        if (str_to_u64(text, INT64_MAX, &number, NULL) < 0)
                return no_cursor(err);
        *out = (int64_t)number;
        return 0;
}

void call_put_list(struct api_call *call, struct json *rows, struct str last)
{
        struct buf hex CLEANUP_BUF = { 0 };

        call->output = json_new_object();
        json_put(call->output, "items", rows);
        for (size_t i = 0; i < last.n; i++)
                buf_printf(&hex, "%02x", (unsigned char)last.p[i]);
        if (last.n > 0)
                json_put_text(call->output, "next", buf_str(&hex));
}

void call_key_member(struct arena *arena, const struct json *row, const char *member, struct str *out)
{
        /* With all its digits, so that numbers sort as texts do. */
        if (json_kind(json_get(row, member)) == JSON_KIND_NUMBER)
                *out = str_of(arena_printf(arena, "%019lld", (long long)json_get_int(row, member)));
        else
                *out = arena_str(arena, json_get_text(row, member));
}

/* By their bytes, as the database sorts them. */
static bool is_behind(struct str key, struct str after)
{
        size_t n = key.n < after.n ? key.n : after.n;
        int order = n > 0 ? memcmp(key.p, after.p, n) : 0;

        return order != 0 ? order > 0 : key.n > after.n;
}

/* Some orders give the newest first; a part always begins with the smallest key. */
static bool is_falling(struct api_call *call, const struct json *rows, call_key_fn *key,
                       const char *member)
{
        size_t n = json_length(rows);
        struct str first, last;

        if (n < 2)
                return false;
        key(call->arena, json_at(rows, 0), member, &first);
        key(call->arena, json_at(rows, n - 1), member, &last);
        return is_behind(first, last);
}

void call_cut_list(struct api_call *call, struct json *rows, call_key_fn *key, const char *member)
{
        struct json *all CLEANUP_JSON = rows, *part = json_new_array();
        struct str after = call_after(call), last = STR(""), mine;
        size_t limit = call_limit(call), n = json_length(all);
        bool more = false, falling = is_falling(call, all, key, member);

        for (size_t i = 0; i < n; i++) {
                const struct json *row = json_at(all, falling ? n - 1 - i : i);

                key(call->arena, row, member, &mine);
                if (!is_behind(mine, after))
                        continue;
                if (json_length(part) == limit) {
                        more = true;
                        break;
                }
                json_append_shared(part, row);
                last = mine;
        }
        call_put_list(call, part, more ? last : STR(""));
}

void call_put_direction(struct json *o, bool rtl)
{
        json_put_text(o, "direction", rtl ? STR("rtl") : STR("ltr"));
}

void call_put_time(struct json *o, const char *key, int64_t when)
{
        char text[CLOCK_ISO_LEN + 1];

        clock_iso(when, text);
        json_put_text(o, key, str_of(text));
}
