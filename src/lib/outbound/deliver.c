/*
 * deliver.c -- one letter to the operator's mail server (RFC 5321), over TLS or not at all.
 */
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "outbound/transfer.h"

enum { URL_MAX = 2 * HOSTNAME_MAX + 32 };

static size_t on_more(char *p, size_t size, size_t n, void *ctx)
{
        struct outbound_transfer *t = ctx;
        size_t left = t->message.n - t->sent, give = size * n < left ? size * n : left;

        memcpy(p, t->message.p + t->sent, give);
        t->sent += give;
        return give;
}

/*
 * The conversation is followed only as far as the command that was said last: whether a refusal is about
 * this letter or about us depends on it. Nothing of it is kept, for it has the password in it.
 */
static int on_talk(CURL *easy, curl_infotype kind, char *p, size_t n, void *ctx)
{
        struct outbound_transfer *t = ctx;
        struct str said = str_make(p, n);

        (void)easy;
        if (kind != CURLINFO_HEADER_OUT)
                return 0;
        if (str_starts(said, STR("MAIL ")))
                t->said = SAID_SENDER;
        else if (str_starts(said, STR("RCPT ")))
                t->said = SAID_RECIPIENT;
        else if (str_starts(said, STR("DATA")))
                t->said = SAID_DATA;
        return 0;
}

/* Sentences for the operator. A server's own words stay out: they tend to repeat the address. */
static int explain(struct outbound_transfer *t, CURLcode result, long code, struct err *err)
{
        static const char *const about[] = { "the connection", "the sender", "the recipient", "the letter" };

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
                return err_set(err, ERR_DENIED, "the mail server refuses %s (%ld)", about[t->said], code);
        return err_set(err, ERR_GONE, "the mail server did not take the letter: %s",
                       curl_easy_strerror(result));
}

static void done(struct outbound_transfer *t, CURLcode result)
{
        long code = 0;

        if (result == CURLE_OK && t->why.code == 0) {
                t->delivered(t->ctx, DELIVERY_DONE, 250, NULL);
                return;
        }
        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &code);
        if (t->why.code == 0) {
                int r = explain(t, result, code, &t->why);

                (void)r;
        }
        bool about_it = (t->said == SAID_RECIPIENT || t->said == SAID_DATA) && code >= 400 && code <= 599;

        t->delivered(t->ctx, !about_it ? DELIVERY_HELD : code >= 500 ? DELIVERY_NEVER : DELIVERY_LATER,
                     (unsigned)code, &t->why);
}

static void set_relay(struct outbound_transfer *t, const struct outbound_relay *relay)
{
        bool v6 = strchr(relay->host, ':') != NULL;
        char url[URL_MAX];

        snprintf(url, sizeof url, "%s://%s%s%s:%u/%s", relay->implicit ? "smtps" : "smtp", v6 ? "[" : "",
                 relay->host, v6 ? "]" : "", relay->port, relay->helo);
        curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, relay->implicit ? "smtps" : "smtp");
        curl_easy_setopt(t->easy, CURLOPT_URL, url);
        curl_easy_setopt(t->easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
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
        t->delivered = delivered;
        t->ctx = ctx;
        set_relay(t, relay);
        buf_add_str(&t->message, message);
        t->recipients = curl_slist_append(NULL, to);
        curl_easy_setopt(t->easy, CURLOPT_MAIL_FROM, from);
        curl_easy_setopt(t->easy, CURLOPT_MAIL_RCPT, t->recipients);
        curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.n);
        curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_more);
        curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
        curl_easy_setopt(t->easy, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(t->easy, CURLOPT_DEBUGFUNCTION, on_talk);
        curl_easy_setopt(t->easy, CURLOPT_DEBUGDATA, t);
        transfer_start(t, OUTBOUND_MAIL_MS);
        return t;
}
