/*
 * test_aead.c -- AES-GCM, HKDF and Ed25519 agree with their published examples and refuse what was changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/aead.h"
#include "crypto/derive.h"
#include "crypto/hex.h"
#include "crypto/prepare.h"
#include "crypto/signing.h"

static size_t unhex(const char *digits, void *out)
{
        size_t n = strlen(digits) / 2;

        assert_true(hex_read(str_of(digits), out, n));
        return n;
}

static void assert_hex(const void *p, size_t n, const char *digits)
{
        char text[512];

        assert_true(2 * n < sizeof text);
        hex_write(p, n, text);
        assert_string_equal(text, digits);
}

/* McGrew and Viega, The Galois/Counter Mode of Operation, test cases 10 and 16. */
static const struct {
        const char *key, *sealed, *tag;
} gcm[] = {
        { "feffe9928665731c6d6a8f9467308308feffe9928665731c",
          "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a3f4718e2448b"
          "2fe324d9ccda2710", "2519498e80f1478f37ba55bd6d27618c" },
        { "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e63"
          "93ba7a0abcc9f662", "76fc6ece0f4e1768cddf8853bb2d551b" },
};
static const char gcm_plain[] =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5"
        "aa0de657ba637b39";

static void gcm_agrees_with_its_published_examples_and_refuses_a_changed_bit(void **state)
{
        uint8_t key[32], nonce[12], about[32], plain[60], sealed[60], back[60], tag[16];

        (void)state;
        unhex("cafebabefacedbaddecaf888", nonce);
        size_t na = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2", about), n = unhex(gcm_plain, plain);

        for (size_t i = 0; i < ARRAY_LEN(gcm); i++) {
                size_t nk = unhex(gcm[i].key, key);
                struct aead *aead CLEANUP_AEAD = aead_new(str_make((char *)key, nk));
                struct str a = str_make((char *)about, na), in = str_make((char *)sealed, n);

                for (int twice = 0; twice < 2; twice++) {       /* the key stays, whatever was done with it */
                        aead_seal(aead, nonce, a, str_make((char *)plain, n), sealed, tag);
                        assert_hex(sealed, n, gcm[i].sealed);
                        assert_hex(tag, sizeof tag, gcm[i].tag);
                        assert_int_equal(aead_open(aead, nonce, a, in, tag, back, NULL), 0);
                        assert_memory_equal(back, plain, n);
                }
                for (size_t bit = 0; bit < 8 * n; bit++) {
                        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
                        assert_int_equal(aead_open(aead, nonce, a, in, tag, back, NULL), ERR_DENIED);
                        for (size_t k = 0; k < n; k++)
                                assert_int_equal(back[k], 0);
                        sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
                }
                for (size_t bit = 0; bit < 8 * na; bit++) {
                        about[bit / 8] ^= (uint8_t)(1 << bit % 8);
                        assert_int_equal(aead_open(aead, nonce, a, in, tag, back, NULL), ERR_DENIED);
                        about[bit / 8] ^= (uint8_t)(1 << bit % 8);
                }
                for (size_t bit = 0; bit < 8 * sizeof tag; bit++) {
                        tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
                        assert_int_equal(aead_open(aead, nonce, a, in, tag, back, NULL), ERR_DENIED);
                        tag[bit / 8] ^= (uint8_t)(1 << bit % 8);
                }
        }
}

/* RFC 5869, A.1 and A.3. */
static void hkdf_agrees_with_its_published_examples(void **state)
{
        uint8_t key[32], salt[32], info[32], out[42];

        (void)state;
        size_t nk = unhex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", key);
        size_t ns = unhex("000102030405060708090a0b0c", salt), ni = unhex("f0f1f2f3f4f5f6f7f8f9", info);

        derive_key(str_make((char *)key, nk), str_make((char *)salt, ns), str_make((char *)info, ni), out,
                   sizeof out);
        assert_hex(out, sizeof out,
                   "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
        derive_key(str_make((char *)key, nk), STR(""), STR(""), out, sizeof out);
        assert_hex(out, sizeof out,
                   "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

/* RFC 8032, 7.1, test 1. */
static void ed25519_agrees_with_its_published_example_and_refuses_another_message(void **state)
{
        uint8_t seed[32], public[32], signature[64];

        (void)state;
        unhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", seed);
        signing_public(seed, public);
        assert_hex(public, sizeof public, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
        signing_sign(seed, STR(""), signature);
        assert_hex(signature, sizeof signature,
                   "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                   "d25bf5f0595bbe24655141438e7a100b");
        assert_true(signing_check(public, STR(""), signature));
        assert_false(signing_check(public, STR("x"), signature));
        signature[3] ^= 1;
        assert_false(signing_check(public, STR(""), signature));
}

static void a_passphrase_gives_its_key_again_and_another_salt_another_key(void **state)
{
        uint8_t salt[DERIVE_SALT_LEN] = { 1 }, a[32], b[32];
        static char longer[DERIVE_PASSPHRASE_MAX + 1];

        (void)state;
        assert_int_equal(derive_from_passphrase(STR("six words"), salt, a, NULL), 0);
        assert_int_equal(derive_from_passphrase(STR("six words"), salt, b, NULL), 0);
        assert_memory_equal(a, b, sizeof a);
        salt[0] = 2;
        assert_int_equal(derive_from_passphrase(STR("six words"), salt, b, NULL), 0);
        assert_memory_not_equal(a, b, sizeof a);
        assert_int_equal(derive_from_passphrase(str_make(longer, sizeof longer), salt, b, NULL), ERR_LIMIT);
}

static void hexadecimal_has_one_spelling(void **state)
{
        uint8_t out[2];

        (void)state;
        assert_true(hex_read(STR("00ff"), out, 2));
        assert_false(hex_read(STR("00FF"), out, 2));
        assert_false(hex_read(STR("00f"), out, 2));
        assert_false(hex_read(STR("00fff"), out, 2));
        assert_false(hex_read(STR("00fg"), out, 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(gcm_agrees_with_its_published_examples_and_refuses_a_changed_bit),
                cmocka_unit_test(hkdf_agrees_with_its_published_examples),
                cmocka_unit_test(ed25519_agrees_with_its_published_example_and_refuses_another_message),
                cmocka_unit_test(a_passphrase_gives_its_key_again_and_another_salt_another_key),
                cmocka_unit_test(hexadecimal_has_one_spelling),
        };

        if (crypto_prepare(NULL) < 0)
                return 1;
        return cmocka_run_group_tests(tests, NULL, NULL);
}
