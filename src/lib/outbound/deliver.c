/*
 * deliver.c -- one letter to the operator's mail server (RFC 5321), over TLS or not at all.
 *
 * libcurl connects, greets, starts TLS and logs in; the letter itself is handed over here, for libcurl's own
 * way waits for the server's last answer without letting anybody else go on. One connection is one letter.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "outbound/reply.h"
#include "outbound/transfer.h"

enum { URL_MAX = 2 * HOSTNAME_MAX + 32, PART = 4096 };

/* Sentences for the operator. A server's own words stay out: they tend to repeat the address. */
static int explain(struct outbound_transfer *t, CURLcode result, long code, struct err *err)
{
        switch (result) {
        case CURLE_PEER_FAILED_VERIFICATION:
                return err_set(err, ERR_DENIED, "the mail server's certificate is not one this host trusts "
                               "for %s; see ca_file in [mail]", t->host);
        case CURLE_USE_SSL_FAILED:
                return err_set(err, ERR_DENIED, "the mail server offers no STARTTLS, and nothing is sent "
                               "without TLS; see tls in [mail]");
        case CURLE_LOGIN_DENIED:
                return err_set(err, ERR_DENIED, "the mail server refuses the login (%ld); see user and "
                               "password_file in [mail]", code);
        case CURLE_COULDNT_CONNECT:
                return err_set(err, ERR_GONE, "the mail server %s takes no connections on port %u", t->host,
                               t->port);
        default:
                break;
        }
        if (code >= 400)
                return err_set(err, ERR_DENIED, "the mail server refuses the connection (%ld)", code);
        return err_set(err, ERR_GONE, "the mail server did not take the letter: %s",
                       curl_easy_strerror(result));
}

/* It came no further than the login, or was cut off: nothing that this letter has done. */
static void done(struct outbound_transfer *t, CURLcode result)
{
        long code = 0;

        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
        if (t->why.code == 0) {
                int r = explain(t, result, code, &t->why);

                (void)r;
        }
        t->delivered(t->ctx, DELIVERY_HELD, (unsigned)code, &t->why);
}

static void end(struct outbound_transfer *t, enum outbound_delivery outcome, unsigned code)
{
        t->delivered(t->ctx, outcome, code, outcome == DELIVERY_DONE ? NULL : &t->why);
        transfer_free(t);
}

static void cut_off(struct outbound_transfer *t, const char *what)
{
        if (t->why.code == 0) {
                int r = err_set(&t->why, ERR_GONE, "the mail server %s while it was given a letter", what);

                (void)r;
        }
        end(t, DELIVERY_HELD, 0);
}

/* ---- the talk ---- */

static void say(struct outbound_transfer *t, const char *command, const char *address)
{
        buf_printf(&t->out, "%s", command);
        if (address != NULL)
                buf_printf(&t->out, "<%s>", address);
        BUF_LIT(&t->out, "\r\n");
}

/* A line that begins with a dot gets another (RFC 5321, 4.5.2); a dot alone ends it. */
static void say_letter(struct outbound_transfer *t)
{
        struct str rest = buf_str(&t->message);

        while (rest.n > 0) {
                ptrdiff_t at = str_find(rest, '\n');
                size_t n = at < 0 ? rest.n : (size_t)at + 1;

                if (rest.p[0] == '.')
                        buf_putc(&t->out, '.');
                buf_add(&t->out, rest.p, n);
                rest = str_make(rest.p + n, rest.n - n);
        }
        BUF_LIT(&t->out, ".\r\n");
}

static void refuse(struct outbound_transfer *t, unsigned code)
{
        static const char *const about[] = { "the sender", "the recipient", "the letter", "the letter" };
        bool about_it = t->step != STEP_SENDER && code >= 400;
        int r = err_set(&t->why, ERR_DENIED, "the mail server refuses %s (%u)", about[t->step], code);

        (void)r;
        end(t, !about_it ? DELIVERY_HELD : code >= 500 ? DELIVERY_NEVER : DELIVERY_LATER, code);
}

/* False: the transfer has ended. */
static bool on_reply(struct outbound_transfer *t, unsigned code)
{
        if (t->step == STEP_DATA ? code != 354 : code >= 300) {
                refuse(t, code);
                return false;
        }
        switch (t->step) {
        case STEP_SENDER:
                say(t, "RCPT TO:", t->to);
                break;
        case STEP_RECIPIENT:
                say(t, "DATA", NULL);
                break;
        case STEP_DATA:
                say_letter(t);
                break;
        case STEP_LETTER:
                end(t, DELIVERY_DONE, code);
                return false;
        }
        t->step++;
        return true;
}

/* False: the transfer has ended. */
static bool send_out(struct outbound_transfer *t)
{
        while (t->out.n > 0) {
                size_t n = 0;
                CURLcode r = curl_easy_send(t->easy, t->out.p, t->out.n, &n);

                if (r != CURLE_OK && r != CURLE_AGAIN) {
                        cut_off(t, "went away");
                        return false;
                }
                explicit_bzero(t->out.p, n);
                buf_consume(&t->out, n);
                if (r == CURLE_AGAIN || n == 0)
                        break;
        }
        loop_rewatch(&t->talk, LOOP_READ | (t->out.n > 0 ? (unsigned)LOOP_WRITE : 0u));
        return true;
}

/* False: the transfer has ended. */
static bool take_replies(struct outbound_transfer *t)
{
        unsigned code = 0;
        int r;

        while ((r = reply_take(&t->in, &code, &t->why)) > 0)
                if (!on_reply(t, code))
                        return false;
        if (r < 0)
                cut_off(t, "");
        return r == 0;
}

static void on_talk(void *ctx, unsigned events)
{
        struct outbound_transfer *t = ctx;
        char part[PART];
        size_t n = 0;
        CURLcode r;

        (void)events;
        while ((r = curl_easy_recv(t->easy, part, sizeof part, &n)) == CURLE_OK && n > 0) {
                buf_add(&t->in, part, n);
                if (!take_replies(t))
                        return;
        }
        if (r == CURLE_AGAIN)
                send_out(t);
        else
                cut_off(t, "closed the connection");
}

/* Logged in; from here on the socket is ours. */
static bool begin(struct outbound_transfer *t)
{
        curl_socket_t fd = CURL_SOCKET_BAD;

        if (curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD ||
            loop_watch(t->outbound->loop, &t->talk, fd, LOOP_READ, on_talk, t, NULL) < 0)
                return false;
        say(t, "MAIL FROM:", t->from);
        send_out(t);
        return true;
}

/* ---- what libcurl does before ---- */

static void set_relay(struct outbound_transfer *t, const struct outbound_relay *relay)
{
        bool v6 = strchr(relay->host, ':') != NULL;
        char url[URL_MAX];

        snprintf(url, sizeof url, "%s://%s%s%s:%u/%s", relay->implicit ? "smtps" : "smtp", v6 ? "[" : "",
                 relay->host, v6 ? "]" : "", relay->port, relay->helo);
        curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, relay->implicit ? "smtps" : "smtp");
        curl_easy_setopt(t->easy, CURLOPT_URL, url);
        curl_easy_setopt(t->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
        curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, 1L);
        if (relay->user.n == 0)
                return;
        curl_easy_setopt(t->easy, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
        curl_easy_setopt(t->easy, CURLOPT_USERNAME, relay->user.p);
        curl_easy_setopt(t->easy, CURLOPT_PASSWORD, relay->password.p);
}

struct outbound_transfer *outbound_deliver(struct outbound *outbound, const struct outbound_relay *relay,
                                           const char *from, const char *to, struct str message,
                                           outbound_delivery_fn *delivered, void *ctx)
{
        struct outbound_transfer *t =
                transfer_new(outbound, relay->host, relay->port, outbound->settings.mail_authorities);

        t->done = done;
        t->connected = begin;
        t->delivered = delivered;
        t->ctx = ctx;
        t->in.max = REPLY_MAX;
        snprintf(t->from, sizeof t->from, "%s", from);
        snprintf(t->to, sizeof t->to, "%s", to);
        buf_add_str(&t->message, message);
        set_relay(t, relay);
        transfer_start(t, OUTBOUND_MAIL_MS);
        return t;
}
