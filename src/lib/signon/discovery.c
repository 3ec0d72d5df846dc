/*
 * discovery.c -- a provider's description of itself.
 */
#include "signon/signon.h"

#include "sni/origin.h"

static int check_url(struct str url, size_t max, const char *what, struct err *err)
{
        struct origin origin;
        struct str path;

        if (url.n == 0)
                return err_set(err, ERR_INVALID, "the provider's description has no %s", what);
        if (url.n > max)
                return err_set(err, ERR_LIMIT, "the provider's %s is longer than %zu bytes", what, max);
        int r = origin_of_url(url, &origin, &path, err);

        return r < 0 ? err_wrap(err, r, "the provider's %s", what) : 0;
}

int signon_issuer_check(struct str issuer, struct err *err)
{
        int r = check_url(issuer, SIGNON_ISSUER_MAX, "issuer", err);

        if (r == 0 && str_find(issuer, '?') >= 0)
                return err_set(err, ERR_INVALID, "an issuer is an address such as "
                               "https://login.example.com/, without a question mark");
        return r;
}

struct str signon_discovery_url(struct str issuer, struct arena *arena)
{
        size_t n = issuer.n > 0 && issuer.p[issuer.n - 1] == '/' ? issuer.n - 1 : issuer.n;

        return str_of(arena_printf(arena, "%.*s/.well-known/openid-configuration", (int)n, issuer.p));
}

/* A list that is not there offers everything. */
static bool offers(const struct json *document, const char *list, const char *const *words, size_t n)
{
        if (!json_has(document, list))
                return true;
        for (size_t i = 0; i < n; i++)
                if (json_kind(json_get(document, list)) == JSON_KIND_ARRAY &&
                    signon_claim_holds(document, list, str_of(words[i])))
                        return true;
        return false;
}

static int check_offers(const struct json *document, struct err *err)
{
        static const char *const codes[] = { "code" }, *const pkce[] = { "S256" },
                          *const algorithms[] = { "RS256", "ES256", "EdDSA" };

        if (!offers(document, "response_types_supported", codes, ARRAY_LEN(codes)))
                return err_set(err, ERR_INVALID, "the provider does not offer the code flow "
                               "(response_types_supported); switch it on there");
        if (!offers(document, "code_challenge_methods_supported", pkce, ARRAY_LEN(pkce)))
                return err_set(err, ERR_INVALID, "the provider does not offer PKCE with S256; switch it on "
                               "there");
        if (!offers(document, "id_token_signing_alg_values_supported", algorithms, ARRAY_LEN(algorithms)))
                return err_set(err, ERR_INVALID, "the provider signs with none of RS256, ES256 and EdDSA; "
                               "choose one of them there");
        return 0;
}

static int read_url(const struct json *document, const char *member, bool needed, struct arena *arena,
                    struct str *out, struct err *err)
{
        struct str url = json_get_text(document, member);
        int r = 0;

        if (needed || json_has(document, member))
                r = check_url(url, SIGNON_ENDPOINT_MAX, member, err);
        if (r == 0)
                *out = arena_str(arena, url);
        return r;
}

static int read_members(const struct json *document, struct str issuer, struct arena *arena,
                        struct signon_discovery *d, struct err *err)
{
        if (json_kind(document) != JSON_KIND_OBJECT)
                return err_set(err, ERR_INVALID, "the provider's description is not a JSON object");
        if (!str_eq(json_get_text(document, "issuer"), issuer))
                return err_set(err, ERR_DENIED, "the provider describes itself as another issuer; copy the "
                               "issuer from there exactly, each '/' matters");
        int r = check_offers(document, err);

        if (r == 0)
                r = read_url(document, "authorization_endpoint", true, arena, &d->authorization, err);
        if (r == 0)
                r = read_url(document, "token_endpoint", true, arena, &d->token, err);
        if (r == 0)
                r = read_url(document, "jwks_uri", true, arena, &d->keys, err);
        if (r == 0)
                r = read_url(document, "userinfo_endpoint", false, arena, &d->userinfo, err);
        d->issuer = arena_str(arena, issuer);
        d->names_issuer = json_get_bool(document, "authorization_response_iss_parameter_supported");
        return r;
}

int signon_discovery_parse(struct str text, struct str issuer, struct arena *arena,
                           struct signon_discovery *out, struct err *err)
{
        struct json *document CLEANUP_JSON = NULL;
        struct signon_discovery d = { .names_issuer = false };

        if (text.n > SIGNON_DOCUMENT_MAX)
                return err_set(err, ERR_LIMIT, "the provider's description is longer than %d bytes",
                               SIGNON_DOCUMENT_MAX);
        int r = json_parse(text, &document, err);

        if (r < 0)
                return err_wrap(err, r, "the provider's description");
        r = read_members(document, issuer, arena, &d, err);
        if (r == 0)
                *out = d;
        return r;
}
