/*
 * fuzz_picture.c -- any bytes: a size within its bounds or none, and nothing read outside of them.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        char *exact = malloc(size + 1);         /* so that a sanitizer sees one byte too many */
        struct picture_size out = { 0, 0 };

        if (exact == NULL)
                abort();
        char *copy = exact + 1;

        if (size > 0)
                memcpy(copy, data, size);
        if (picture_measure(str_make(copy, size), &out) &&
            (out.width < 1 || out.width > PICTURE_SIDE_MAX || out.height < 1 ||
             out.height > PICTURE_SIDE_MAX))
                abort();
        free(exact);
        return 0;
}
