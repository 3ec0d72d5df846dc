/*
 * reply.c -- "250-first line" CR LF "250 last line" CR LF.
 */
#include "outbound/reply.h"

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

/* A line without its end: its code, or 0 when it has none. */
static unsigned code_of(struct str line)
{
        if (line.n < 3 || line.p[0] < '2' || line.p[0] > '5' || !is_digit(line.p[1]) ||
            !is_digit(line.p[2]) || (line.n > 3 && line.p[3] != ' ' && line.p[3] != '-'))
                return 0;
        return (unsigned)(line.p[0] - '0') * 100 + (unsigned)(line.p[1] - '0') * 10 +
               (unsigned)(line.p[2] - '0');
}

int reply_take(struct buf *in, unsigned *out_code, struct err *err)
{
        struct str rest = buf_str(in);
        unsigned first = 0;

        for (ptrdiff_t end; (end = str_find(rest, '\n')) >= 0;) {
                struct str line = str_make(rest.p, (size_t)end);

                rest = str_make(rest.p + end + 1, rest.n - (size_t)end - 1);
                if (line.n > 0 && line.p[line.n - 1] == '\r')
                        line.n--;
                unsigned code = code_of(line);

                if (code == 0 || (first != 0 && code != first))
                        return err_set(err, ERR_PROTOCOL, "the mail server's answer is none");
                first = code;
                if (line.n > 3 && line.p[3] == '-')
                        continue;
                buf_consume(in, in->n - rest.n);
                *out_code = code;
                return 1;
        }
        if (in->n >= REPLY_MAX || in->over)
                return err_set(err, ERR_PROTOCOL, "the mail server's answer does not end");
        return 0;
}
