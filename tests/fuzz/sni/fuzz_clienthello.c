/*
 * fuzz_clienthello.c -- any bytes may come first on a connection.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "sni/clienthello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct hostname name = { 0 }, again;
        size_t need = 0;
        int r = clienthello_sni(data, size, &need, &name, NULL);

        if (r == ERR_AGAIN) {
                check(need > size && need <= CLIENTHELLO_MAX);
                check(name.n == 0);
        }
        if (r == 0) {
                check(name.n == strlen(name.text));
                check(hostname_parse(hostname_str(&name), &again, NULL) == 0);
                /* No shorter part of the same bytes gives another result. */
                for (size_t n = size < 2000 ? size : 0; n > 0; n--) {
                        uint8_t *part = malloc(n);

                        check(part != NULL);
                        memcpy(part, data, n);
                        r = clienthello_sni(part, n, &need, &again, NULL);
                        free(part);
                        check(r == ERR_AGAIN || (r == 0 && strcmp(again.text, name.text) == 0));
                }
        }
        return 0;
}
