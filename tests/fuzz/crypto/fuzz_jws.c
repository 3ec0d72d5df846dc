/*
 * fuzz_jws.c -- fuzz target: a token against fixed keys, and the same bytes as a key set and as claims.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "crypto/jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* RFC 7515, A.3 and RFC 8037, A.4. */
static const char set[] =
        "{\"keys\":[{\"kid\":\"e\",\"kty\":\"EC\",\"crv\":\"P-256\","
        "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
        "{\"kid\":\"d\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

static const struct jws_expected expected = { STR("https://id.example"), STR("carrel"), STR("n"), 1700000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static struct jws_keys *keys;
        struct str text = str_make((const char *)data, size);
        struct jws_keys *theirs CLEANUP_JWS_KEYS = NULL;
        struct json *claims CLEANUP_JSON = NULL, *logged_in CLEANUP_JSON = NULL;
        struct buf payload CLEANUP_BUF = { 0 };
        struct err err = { 0 };

        if (keys == NULL)
                check(jws_keys_parse(str_of(set), &keys, &err) == 0);
        if (jws_verify(keys, text, &payload, &err) < 0 && (payload.n != 0 || err.text[0] == '\0'))
                abort();
        if (jws_id_token(keys, text, &expected, &logged_in, &err) < 0 && logged_in != NULL)
                abort();
        if (jws_keys_parse(text, &theirs, &err) == 0 && jws_keys_count(theirs) == 0)
                abort();
        if (json_parse(text, &claims, NULL) == 0 && jws_check_claims(claims, &expected, &err) < 0 &&
            err.text[0] == '\0')
                abort();
        return 0;
}
