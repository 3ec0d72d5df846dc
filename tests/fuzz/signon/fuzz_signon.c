/*
 * fuzz_signon.c -- fuzz target: what a sign-on provider answers. The same bytes as a description, as tokens and as user
 * info.
 *
 * A description that is believed names its issuer and has https addresses only; an access token that is kept can stand
 * in a header; whatever leads on to the provider is visible ASCII.
 */
#include <stdint.h>
#include <stdlib.h>

#include "signon/signon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str issuer = STR("https://id.example");

static void check_visible(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] <= 0x20 || text.p[i] >= 0x7f)
                        abort();
}

static void check_description(struct str text, struct arena *arena)
{
        static const struct signon_client client = { .id = STR("carrel"), .redirect = STR("https://a.example/") };
        static const struct signon_start start = { .scopes = STR("openid"), .state = STR("s"), .nonce = STR("n") };
        struct signon_discovery d;
        struct err err = { .text = "" };

        if (signon_discovery_parse(text, issuer, arena, &d, &err) < 0) {
                if (err.text[0] == '\0')
                        abort();
                return;
        }
        const struct str urls[] = { d.authorization, d.token, d.keys };

        for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
                if (!str_starts(urls[i], STR("https://")) || urls[i].n > SIGNON_ENDPOINT_MAX)
                        abort();
        if (!str_eq(d.issuer, issuer))
                abort();
        check_visible(signon_authorization_url(&d, &client, &start, arena));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct str text = str_make((const char *)data, size);
        struct json *claims CLEANUP_JSON = NULL;
        struct signon_tokens tokens;
        struct err err = { .text = "" };

        check_description(text, arena);
        if (signon_tokens_parse(200, text, arena, &tokens, &err) == 0) {
                check_visible(tokens.access_token);
                if (tokens.id_token.n == 0)
                        abort();
        }
        if (signon_tokens_parse(400, text, arena, &tokens, &err) == 0)
                abort();
        if (signon_userinfo_parse(200, text, STR("s"), &claims, &err) == 0 &&
            signon_verified_mail(claims).n > 0 && !json_get_bool(claims, "email_verified"))
                abort();
        return 0;
}
