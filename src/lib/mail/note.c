/*
 * note.c -- headers and one part in text.
 */
#include "mail/note.h"

#include <stdio.h>

#include "base/clock.h"
#include "mail/address.h"
#include "mail/mime.h"
#include "parts.h"

static int check_note(const struct note *n, struct err *err)
{
        int r = mail_address_check(n->to, err);

        if (r == 0)
                r = mail_address_check(n->from, err);
        if (r < 0)
                return r;
        if (!letter_is_id(n->id) || !str_is_utf8(n->subject) || !str_is_utf8(n->text))
                return err_set(err, ERR_INVALID, "the note's number or text is not of its form");
        if (n->subject.n > NOTE_SUBJECT_MAX || n->text.n > NOTE_TEXT_MAX)
                return err_set(err, ERR_LIMIT, "a note's subject has at most %d bytes and its text %d",
                               NOTE_SUBJECT_MAX, NOTE_TEXT_MAX);
        return 0;
}

int note_compose(const struct note *n, struct buf *out, struct err *err)
{
        char date[CLOCK_HTTP_LEN + 1], tail[MAIL_ADDRESS_MAX + 8];
        int r = check_note(n, err);

        if (r < 0)
                return r;
        snprintf(tail, sizeof tail, " <%.*s>", STR_ARG(n->from));
        mime_header(out, "From", STR("Carrel"), tail);
        buf_printf(out, "To: <%.*s>\r\n", STR_ARG(n->to));
        mime_header(out, "Subject", n->subject, "");
        clock_http_date(n->date, date);
        buf_printf(out, "Date: %.25s +0000\r\n", date);
        buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(n->id), STR_ARG(n->host));
        /* Nobody's holiday notice shall answer it: RFC 3834, 5. */
        buf_puts(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n"
                      "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        mime_quoted(out, n->text);
        return 0;
}
