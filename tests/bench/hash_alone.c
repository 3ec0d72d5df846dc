/*
 * hash_alone.c -- how many passwords this processor verifies in a second when it does nothing else.
 *
 *   hash_alone SECONDS PASSWORD < HASH      prints verifications per second
 *
 * HASH is what a portal stored, so the work is the portal's own: libsodium, Argon2id, the same parameters.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
        char hash[crypto_pwhash_STRBYTES + 2] = "";

        char *end = NULL;
        long seconds = argc == 3 ? strtol(argv[1], &end, 10) : 0;

        if (seconds < 1 || *end != '\0' || sodium_init() < 0 || fgets(hash, sizeof hash, stdin) == NULL)
                return EXIT_FAILURE;
        hash[strcspn(hash, "\n")] = '\0';

        double begin = now();
        unsigned done = 0;

        while (now() - begin < (double)seconds) {
                if (crypto_pwhash_str_verify(hash, argv[2], strlen(argv[2])) != 0)
                        return EXIT_FAILURE;
                done++;
        }
        printf("%.2f\n", done / (now() - begin));
        return EXIT_SUCCESS;
}
