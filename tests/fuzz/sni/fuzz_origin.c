/*
 * fuzz_origin.c -- any text may be asked for, and what is allowed is compared as text.
 */
#include <stdint.h>
#include <string.h>

#include "base/check.h"
#include "sni/origin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str url = str_make((const char *)data, size), path;
        struct origin o, again;

        if (origin_of_url(url, &o, &path, NULL) < 0)
                return 0;
        /* The written form is an origin, the same one, and stays as it is. */
        check(origin_parse(str_of(o.text), &again, NULL) == 0);
        check(strcmp(o.text, again.text) == 0 && strcmp(o.host, again.host) == 0);
        check(o.port == again.port && o.literal == again.literal && o.port != 0);
        check(strpbrk(o.host, "/@?#%\\ \r\n[]") == NULL && o.host[0] != '\0');
        check(path.n == 0 || (path.p[0] == '/' && path.p + path.n == url.p + url.n));
        return 0;
}
