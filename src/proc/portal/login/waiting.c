/*
 * waiting.c -- rows that wait, and their cookies.
 */
#include "waiting.h"

#include "base/clock.h"

int waiting_begin(struct portal *portal, struct http_exchange *x, const struct store_pending *pending,
                  const char *cookie, struct http_header *out_cookie, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct token *token = arena_alloc(arena, sizeof *token);
        int64_t now = clock_unix();

        token_new(TOKEN_STATE, token);
        int r = store_pending_add(portal->store, &token->stored, pending, now, err);

        if (r == 0)
                *out_cookie = cookie_set(arena, cookie, str_of(token->text), pending->expires - now);
        return r;
}

bool waiting_find(struct portal *portal, struct http_exchange *x, const char *cookie,
                  enum pending_kind kind, struct store_pending *out)
{
        struct str shown = http_request_cookie(http_exchange_request(x), cookie);
        struct digest digest;

        return shown.p != NULL && token_digest(TOKEN_STATE, shown, &digest, NULL) == 0 &&
               store_pending_find(portal->store, &digest, kind, clock_unix(), http_exchange_arena(x), out,
                                  NULL) == 0;
}
