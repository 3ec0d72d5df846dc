/*
 * letter.c -- headers, a part in text, a part in HTML.
 */
#include "mail/letter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "mail/address.h"
#include "mail/mime.h"
#include "parts.h"

bool letter_kind_known(uint32_t kind)
{
        return kind >= LETTER_SETUP && kind <= LETTER_KINDS;
}

bool letter_is_id(struct str id)
{
        for (size_t i = 0; i < id.n; i++)
                if (!(id.p[i] >= 'a' && id.p[i] <= 'z') && !(id.p[i] >= '0' && id.p[i] <= '9'))
                        return false;
        return id.n >= LETTER_ID_MIN && id.n <= LETTER_ID_MAX;
}

static bool is_link(struct str link)
{
        for (size_t i = 0; i < link.n; i++)
                if (link.p[i] <= 0x20 || link.p[i] >= 0x7f)
                        return false;
        return str_starts(link, STR("https://")) && link.n <= LETTER_LINK_MAX;
}

static int check_letter(const struct letter *l, struct err *err)
{
        int r = mail_address_check(l->to, err);

        if (r == 0)
                r = mail_address_check(l->from, err);
        if (r < 0)
                return r;
        if (!letter_kind_known((uint32_t)l->kind) || !letter_is_id(l->id) || !is_link(l->link))
                return err_set(err, ERR_INVALID, "the letter's kind, number or link is not of its form");
        if (!str_is_utf8(l->name) || !str_is_utf8(l->site) || l->site.n == 0)
                return err_set(err, ERR_INVALID, "the letter's names are not UTF-8");
        if (l->name.n > LETTER_NAME_MAX || l->site.n > LETTER_NAME_MAX)
                return err_set(err, ERR_LIMIT, "a name in the letter is longer than %d bytes",
                               LETTER_NAME_MAX);
        return 0;
}

/* A name without its control characters: also in the text it stays within its sentence. */
static struct str clean(struct buf *out, struct str text)
{
        for (size_t i = 0; i < text.n; i++)
                buf_putc(out, (unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f ? ' ' : text.p[i]);
        return str_trim(buf_str(out));
}

/* "2026-11-23 17:05 UTC": one form for all languages, and no doubt about the zone. */
static void add_time(struct buf *out, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        buf_printf(out, "%.10s %.5s UTC", iso, iso + 11);
}

static void add_headers(struct buf *out, const struct letter *l, const struct letter_parts *parts,
                        struct str name, struct str site)
{
        char date[CLOCK_HTTP_LEN + 1], tail[MAIL_ADDRESS_MAX + 8];

        snprintf(tail, sizeof tail, " <%.*s>", STR_ARG(l->from));
        mime_header(out, "From", site, tail);
        snprintf(tail, sizeof tail, " <%.*s>", STR_ARG(l->to));
        mime_header(out, "To", name, tail);
        mime_header(out, "Subject", parts->subject, "");
        clock_http_date(l->date, date);
        buf_printf(out, "Date: %.25s +0000\r\n", date);
        buf_printf(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(l->id), STR_ARG(l->host));
        /* Nobody's holiday notice shall answer it: RFC 3834, 5. */
        buf_puts(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n");
        buf_printf(out, "Content-Language: %.*s\r\n", STR_ARG(parts->words->lang));
        buf_printf(out, "Content-Type: multipart/alternative; boundary=\"=_%.*s\"\r\n\r\n", STR_ARG(l->id));
}

/* "=_" cannot stand in quoted-printable, so no text of a part ends it: RFC 2045, 6.7. */
static void add_part(struct buf *out, struct str id, const char *type, struct str text)
{
        buf_printf(out, "--=_%.*s\r\nContent-Type: %s; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n\r\n", STR_ARG(id), type);
        mime_quoted(out, text);
}

static void render_text(struct buf *out, const struct letter_parts *p)
{
        buf_printf(out, "%.*s\n\n%.*s\n\n%.*s:\n%.*s\n\n", STR_ARG(p->hello), STR_ARG(p->text),
                   STR_ARG(p->action), STR_ARG(p->link));
        if (p->once.n > 0)
                buf_printf(out, "%.*s\n\n%.*s\n\n", STR_ARG(p->once), STR_ARG(p->ignore));
        buf_printf(out, "--\n%.*s", STR_ARG(p->sender));
}

static struct str filled(struct buf *out, struct str text, struct str what, bool isolate)
{
        letter_fill(out, text, what, isolate);
        return buf_str(out);
}

int letter_compose(const struct letter *l, struct buf *out, struct err *err)
{
        struct buf name CLEANUP_BUF = { 0 }, site CLEANUP_BUF = { 0 }, until CLEANUP_BUF = { 0 };
        struct buf made[5] = { { 0 } };
        struct buf text CLEANUP_BUF = { 0 }, html CLEANUP_BUF = { 0 };
        int r = check_letter(l, err);

        if (r < 0)
                return r;
        const struct letter_words *w = letter_words_for(l->language);
        const struct letter_text *k = &w->kinds[l->kind];
        struct str to = clean(&name, l->name), portal = clean(&site, l->site);
        struct letter_parts parts = {
                .words = w, .action = k->action, .link = l->link, .ignore = w->ignore,
                .subject = filled(&made[0], k->subject, portal, w->rtl),
                .hello = to.n > 0 ? filled(&made[1], w->hello_name, to, w->rtl) : w->hello,
                .text = filled(&made[2], k->text, portal, w->rtl),
                .sender = filled(&made[3], w->sender, portal, w->rtl),
        };

        if (l->expires > 0) {
                add_time(&until, l->expires);
                parts.once = filled(&made[4], w->once, buf_str(&until), w->rtl);
        }
        add_headers(out, l, &parts, to, portal);
        render_text(&text, &parts);
        letter_render_html(&html, &parts);
        add_part(out, l->id, "text/plain", buf_str(&text));
        add_part(out, l->id, "text/html", buf_str(&html));
        buf_printf(out, "--=_%.*s--\r\n", STR_ARG(l->id));
        for (size_t i = 0; i < ARRAY_LEN(made); i++)
                buf_free(&made[i]);
        return out->n <= LETTER_MAX ? 0 : err_set(err, ERR_LIMIT, "the letter is longer than %d bytes",
                                                  LETTER_MAX);
}
