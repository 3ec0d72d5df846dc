/*
 * fuzz_letter.c -- any names, any address: a letter has its own headers and parts and no others.
 *
 * The input is split at zero bytes: address, name, title, link.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "mail/letter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned count(struct str text, struct str part)
{
        unsigned n = 0;

        for (ptrdiff_t at; (at = str_find_str(text, part)) >= 0; n++)
                text = str_make(text.p + at + part.n, text.n - (size_t)at - part.n);
        return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str rest = str_make((const char *)data, size);
        struct buf out CLEANUP_BUF = { 0 };
        struct letter l = {
                .kind = (enum letter_kind)(1 + size % LETTER_KINDS), .id = STR("0123456789abcdef"),
                .language = size % 2 ? STR("ar") : STR("fr"), .from = STR("a@b.test"), .host = STR("b.test"),
                .date = 1700000000, .expires = size % 3 ? 1700000000 : 0,
        };

        l.to = str_cut(&rest, '\0');
        l.name = str_cut(&rest, '\0');
        l.site = str_cut(&rest, '\0');
        l.link = rest;
        if (letter_compose(&l, &out, NULL) < 0)
                return 0;
        struct str text = buf_str(&out);
        ptrdiff_t head = str_find_str(text, STR("\r\n\r\n"));

        check(count(text, STR("\r\n--=_0123456789abcdef")) == 3);
        check(count(text, STR("\n")) == count(text, STR("\r\n")));
        check(count(text, STR("\r")) == count(text, STR("\r\n")));
        check(head > 0);
        /* Nine headers; what else begins a line is folded. */
        text.n = (size_t)head + 2;
        check(count(text, STR("\r\n")) - count(text, STR("\r\n ")) == 9);
        while (text.n > 0)
                check(str_cut(&text, '\n').n < 998);
        return 0;
}
