/*
 * test_message_page.c -- docs/messages.md says of every message what the compiled table says.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"
#include "wire/message.h"

/* The set of peers that a cell names: "edge, registry". */
static unsigned peers_of(struct str cell)
{
        unsigned set = 0;

        while (cell.n > 0) {
                struct str name = str_trim(str_cut(&cell, ','));
                unsigned before = set;

                for (unsigned p = 0; p < PEER_COUNT; p++)
                        if (str_is(name, peer_name((enum peer)p)))
                                set |= 1u << p;
                assert_true(set != before);
        }
        return set;
}

/* "`u64 token`, `str why`" without the marks. */
static void fields_of(struct str cell, struct buf *out)
{
        for (size_t i = 0; i < cell.n; i++)
                if (cell.p[i] != '`')
                        buf_putc(out, cell.p[i]);
}

static struct str next_cell(struct str *line)
{
        return str_trim(str_cut(line, '|'));
}

/* A row "| 5 | `NAME` | ..." of the page against number `number` of the table. */
static void check_row(struct str line, unsigned number)
{
        static const char *const fds[] = { [NO_FD] = "no", [ONE_FD] = "yes", [MAYBE_FD] = "maybe" };
        const struct message_row *row = message_row((enum message_type)number);
        struct buf name CLEANUP_BUF = { 0 }, fields CLEANUP_BUF = { 0 };
        uint64_t max = 0;

        fields_of(next_cell(&line), &name);
        assert_string_equal(buf_cstr(&name), row->name);
        assert_int_equal(peers_of(next_cell(&line)), row->from);
        assert_int_equal(peers_of(next_cell(&line)), row->to);
        fields_of(next_cell(&line), &fields);
        assert_string_equal(buf_cstr(&fields), row->fields[0] != '\0' ? row->fields : "none");
        assert_int_equal(str_to_u64(next_cell(&line), MESSAGE_MAX, &max, NULL), 0);
        assert_int_equal(max, row->max);
        assert_true(str_is(next_cell(&line), fds[row->fd]));
        assert_true(str_is(next_cell(&line), row->sentence));
}

static void the_page_has_every_message_as_the_compiler_sees_it(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        unsigned number = MSG_NONE;

        (void)state;
        assert_int_equal(fd_slurp(AT_FDCWD, SOURCE_ROOT "/docs/messages.md", 1 << 20, &text, NULL), 0);
        for (struct str page = buf_str(&text); page.n > 0;) {
                struct str line = str_cut(&page, '\n');
                uint64_t written;

                next_cell(&line);
                if (str_to_u64(next_cell(&line), MSG_COUNT, &written, NULL) < 0)
                        continue;
                assert_int_equal(written, ++number);
                check_row(line, number);
        }
        assert_int_equal(number, MSG_COUNT - 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_page_has_every_message_as_the_compiler_sees_it),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
