/*
 * fuzz_note.c -- any subject, any text, any address: a note to the operator has its own headers, one body, and
 * no bare CR or LF.
 *
 * The input is split at zero bytes: address, subject, text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/check.h"
#include "mail/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADERS = 9, LINE_MAX_BYTES = 76, HEADER_LINE_MAX = 998 };

static unsigned count(struct str text, struct str part)
{
        unsigned n = 0;

        for (ptrdiff_t at; (at = str_find_str(text, part)) >= 0; n++)
                text = str_make(text.p + at + part.n, text.n - (size_t)at - part.n);
        return n;
}

static void no_line_is_longer(struct str text, size_t most)
{
        while (text.n > 0)
                check(str_cut(&text, '\n').n <= most + 1);      /* its CR */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct str rest = str_make((const char *)data, size);
        struct buf out CLEANUP_BUF = { 0 };
        struct note n = {
                .id = STR("0123456789abcdef"), .from = STR("a@b.test"), .host = STR("b.test"),
                .date = 1700000000,
        };

        n.to = str_cut(&rest, '\0');
        n.subject = str_cut(&rest, '\0');
        n.text = rest;
        if (note_compose(&n, &out, NULL) < 0)
                return 0;
        struct str text = buf_str(&out);
        ptrdiff_t end = str_find_str(text, STR("\r\n\r\n"));

        check(end > 0);
        check(count(text, STR("\n")) == count(text, STR("\r\n")));
        check(count(text, STR("\r")) == count(text, STR("\r\n")));
        struct str head = str_make(text.p, (size_t)end + 2);

        check(count(head, STR("\r\n")) - count(head, STR("\r\n ")) == HEADERS);
        no_line_is_longer(head, HEADER_LINE_MAX);
        no_line_is_longer(str_make(text.p + end + 4, text.n - (size_t)end - 4), LINE_MAX_BYTES);
        return 0;
}
