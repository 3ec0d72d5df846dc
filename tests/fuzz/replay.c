/*
 * replay.c -- run a fuzz target over files, for compilers without libFuzzer and for every ordinary build.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fd.h"

#include <fcntl.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 16 * 1024 * 1024 };

static int replay_file(const char *path)
{
        struct buf input CLEANUP_BUF = { 0 };
        struct err err;

        if (fd_slurp(AT_FDCWD, path, INPUT_MAX, &input, &err) < 0) {
                fprintf(stderr, "%s\n", err.text);
                return -1;
        }
        /* An exact-size copy, so that the sanitizers see a read past the end. */
        uint8_t *exact = malloc(input.n > 0 ? input.n : 1);

        if (exact == NULL)
                return -1;
        if (input.n > 0)
                memcpy(exact, input.p, input.n);
        LLVMFuzzerTestOneInput(exact, input.n);
        free(exact);
        return 0;
}

static int replay(const char *path, unsigned *count)
{
        struct stat st;

        if (stat(path, &st) < 0) {
                perror(path);
                return -1;
        }
        if (!S_ISDIR(st.st_mode)) {
                ++*count;
                return replay_file(path);
        }
        struct dirent **names;
        int n = scandir(path, &names, NULL, alphasort);
        int failed = n < 0 ? -1 : 0;

        for (int i = 0; i < n; i++) {
                char full[4096];

                snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);
                if (names[i]->d_name[0] != '.' && replay(full, count) < 0)
                        failed = -1;
                free(names[i]);
        }
        free(names);
        return failed;
}

int main(int argc, char **argv)
{
        unsigned count = 0;
        int failed = 0;

        for (int i = 1; i < argc; i++)
                if (replay(argv[i], &count) < 0)
                        failed = 1;
        printf("replayed %u inputs\n", count);
        return failed != 0 || count == 0;
}
