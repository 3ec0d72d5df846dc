/*
 * journey.c -- rows of pending_login for who is at a provider. Their data is text: five words with blanks.
 */
#include "journey.h"

#include "base/clock.h"
#include "crypto/secret.h"

enum { JOURNEY_SECONDS = 600, WORDS = 5 };

/* One cookie serves several journeys, for several tabs. */
static struct str browser_of(struct http_exchange *x, struct digest *out)
{
        struct str shown = http_request_cookie(http_exchange_request(x), COOKIE_SSO);

        if (shown.p != NULL && token_digest(TOKEN_STATE, shown, out, NULL) == 0)
                return shown;
        return STR("");
}

static struct str make_browser(struct http_exchange *x, struct digest *out)
{
        struct token *token = arena_alloc(http_exchange_arena(x), sizeof *token);

        token_new(TOKEN_STATE, token);
        *out = token->stored;
        return str_of(token->text);
}

static int add_row(struct portal *portal, const struct digest *state, const struct store_pending *pending,
                   struct err *err)
{
        int r = store_begin(portal->store, err);

        if (r < 0)
                return r;
        r = store_pending_add(portal->store, state, pending, clock_unix(), err);
        if (r < 0) {
                store_rollback(portal->store);
                return r;
        }
        return store_commit_quietly(portal->store, err);
}

int journey_begin(struct portal *portal, struct http_exchange *x, const struct store_sso *provider,
                  struct str next, int64_t session, struct journey_start *out, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct token *state = arena_alloc(arena, sizeof *state), *nonce = arena_alloc(arena, sizeof *nonce);
        struct token verifier;
        char *challenge = arena_alloc(arena, TOKEN_CHALLENGE_LEN + 1);
        char hex[DIGEST_HEX_LEN + 1];
        struct digest digest;
        struct str browser = browser_of(x, &digest);

        if (browser.n == 0)
                browser = make_browser(x, &digest);
        token_new(TOKEN_STATE, state);
        token_new(TOKEN_STATE, nonce);
        token_new(TOKEN_STATE, &verifier);
        token_challenge(&verifier, challenge);
        digest_hex(&digest, hex);
        const struct store_pending pending = {
                .kind = PENDING_SINGLE_SIGN_ON, .return_to = next, .expires = clock_unix() + JOURNEY_SECONDS,
                .data = str_of(arena_printf(arena, "%lld %s %s %s %lld", (long long)provider->id, nonce->text,
                                            verifier.text, hex, (long long)session)),
        };
        int r = add_row(portal, &state->stored, &pending, err);

        secret_wipe(&verifier, sizeof verifier);
        if (r < 0)
                return r;
        *out = (struct journey_start){
                .state = str_of(state->text), .nonce = str_of(nonce->text), .challenge = str_of(challenge),
                .cookie = cookie_set(arena, COOKIE_SSO, browser, JOURNEY_SECONDS),
        };
        return 0;
}

static int lost(struct err *err)
{
        return err_set(err, ERR_DENIED, "no login of this browser waits for this answer (state)");
}

static bool is_browser(struct http_exchange *x, struct str hex)
{
        char mine[DIGEST_HEX_LEN + 1];
        struct digest digest;

        if (browser_of(x, &digest).n == 0)
                return false;
        digest_hex(&digest, mine);
        return secret_eq(hex, str_of(mine));
}

static int take_row(struct portal *portal, int64_t id, struct err *err)
{
        int r = store_begin(portal->store, err);

        if (r < 0)
                return r;
        r = store_pending_take(portal->store, id, err);
        if (r < 0) {
                store_rollback(portal->store);
                return r == ERR_NOT_FOUND ? lost(err) : r;
        }
        return store_commit(portal->store, err);
}

int journey_end(struct portal *portal, struct http_exchange *x, struct str state, struct journey *out,
                struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct store_pending row;
        struct digest digest;
        struct str words[WORDS], rest;
        uint64_t provider, session;

        if (token_digest(TOKEN_STATE, state, &digest, NULL) < 0 ||
            store_pending_find(portal->store, &digest, PENDING_SINGLE_SIGN_ON, clock_unix(), arena, &row,
                               NULL) < 0)
                return lost(err);
        rest = row.data;
        for (size_t i = 0; i < WORDS; i++)
                words[i] = str_cut(&rest, ' ');
        /* Who has only seen the state cannot even use it up. */
        if (!is_browser(x, words[3]) || str_to_u64(words[0], INT64_MAX, &provider, NULL) < 0 ||
            str_to_u64(words[4], INT64_MAX, &session, NULL) < 0)
                return lost(err);
        int r = take_row(portal, row.id, err);

        if (r < 0)
                return r;
        *out = (struct journey){
                .id = row.id, .provider = (int64_t)provider, .nonce = words[1], .verifier = words[2],
                .session = (int64_t)session, .begun = row.created, .next = row.return_to,
        };
        return 0;
}
