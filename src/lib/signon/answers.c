/*
 * answers.c -- tokens, claims and refusals.
 */
#include "signon/signon.h"

const char *signon_error_word(struct str code)
{
        static const char *const words[] = {
                "access_denied", "invalid_request", "unauthorized_client", "unsupported_response_type",
                "invalid_scope", "server_error", "temporarily_unavailable", "interaction_required",
                "login_required", "account_selection_required", "consent_required",
                "request_not_supported", "registration_not_supported", "invalid_client", "invalid_grant",
                "unsupported_grant_type",
        };

        for (size_t i = 0; i < ARRAY_LEN(words); i++)
                if (str_is(code, words[i]))
                        return words[i];
        return "other";
}

static int parse(struct str text, const char *what, struct json **out, struct err *err)
{
        struct json *answer CLEANUP_JSON = NULL;

        if (text.n > SIGNON_DOCUMENT_MAX)
                return err_set(err, ERR_LIMIT, "the provider's %s is longer than %d bytes", what,
                               SIGNON_DOCUMENT_MAX);
        int r = json_parse(text, &answer, err);

        if (r < 0)
                return err_wrap(err, r, "the provider's %s", what);
        if (json_kind(answer) != JSON_KIND_OBJECT)
                return err_set(err, ERR_INVALID, "the provider's %s is not a JSON object", what);
        *out = answer;
        answer = NULL;
        return 0;
}

/* It is sent back in a header: visible ASCII only. */
static bool is_token(struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] <= 0x20 || text.p[i] >= 0x7f)
                        return false;
        return text.n > 0 && text.n <= SIGNON_ACCESS_TOKEN_MAX;
}

int signon_tokens_parse(unsigned status, struct str text, struct arena *arena, struct signon_tokens *out,
                        struct err *err)
{
        struct json *answer CLEANUP_JSON = NULL;
        int r = parse(text, "answer to the code", &answer, err);

        if (status != 200)
                return err_set(err, ERR_DENIED, "the provider refused the code: %s (status %u)",
                               r == 0 ? signon_error_word(json_get_text(answer, "error")) : "other", status);
        if (r < 0)
                return r;
        struct str id_token = json_get_text(answer, "id_token");
        struct str access_token = json_get_text(answer, "access_token");

        if (id_token.n == 0)
                return err_set(err, ERR_INVALID, "the provider sent no ID token; is the scope 'openid' set?");
        *out = (struct signon_tokens){
                .id_token = arena_str(arena, id_token),
                .access_token = arena_str(arena, is_token(access_token) ? access_token : STR("")),
        };
        return 0;
}

int signon_userinfo_parse(unsigned status, struct str text, struct str subject, struct json **claims,
                          struct err *err)
{
        struct json *answer CLEANUP_JSON = NULL;

        if (status != 200)
                return err_set(err, ERR_DENIED, "the provider refused to say who this is (status %u)",
                               status);
        int r = parse(text, "user info", &answer, err);

        if (r < 0)
                return r;
        if (subject.n == 0 || !str_eq(json_get_text(answer, "sub"), subject))
                return err_set(err, ERR_DENIED, "the provider's user info is about somebody else (sub)");
        *claims = answer;
        answer = NULL;
        return 0;
}

bool signon_claim_holds(const struct json *claims, const char *claim, struct str value)
{
        const struct json *found = json_get(claims, claim);

        if (json_kind(found) == JSON_KIND_TEXT)
                return str_eq(json_text(found), value);
        for (size_t i = 0; json_kind(found) == JSON_KIND_ARRAY && i < json_length(found); i++)
                if (json_kind(json_at(found, i)) == JSON_KIND_TEXT &&
                    str_eq(json_text(json_at(found, i)), value))
                        return true;
        return false;
}

struct str signon_verified_mail(const struct json *claims)
{
        return json_get_bool(claims, "email_verified") ? json_get_text(claims, "email") : STR("");
}
