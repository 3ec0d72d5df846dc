/*
 * fetch.c -- one HTTPS request.
 */
#include <stdio.h>
#include <string.h>

#include "outbound/transfer.h"

enum { TYPE_MAX = 200, HEADER_MAX = 4200 };

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
        struct outbound_transfer *t = ctx;

        buf_add(&t->body, p, size * n);
        if (!t->body.over)
                return size * n;
        int r = err_set(&t->why, ERR_LIMIT, "%s sent more than %d KiB", t->host, OUTBOUND_BODY_MAX / 1024);

        (void)r;
        return 0;
}

static struct str media_type(const struct outbound_transfer *t)
{
        char *type = NULL;

        curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
        struct str text = str_of(type);

        if (text.n > TYPE_MAX)
                return STR("");
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] < 0x20 || text.p[i] >= 0x7f)
                        return STR("");
        return text;
}

static const char *reason(CURLcode result)
{
        switch (result) {
        case CURLE_PEER_FAILED_VERIFICATION:
                return "its certificate is not one this host trusts for that name; see ca_file in [fetch]";
        case CURLE_COULDNT_CONNECT:
                return "nobody takes connections there";
        case CURLE_SSL_CONNECT_ERROR:
                return "it speaks no TLS this host accepts";
        default:
                return curl_easy_strerror(result);
        }
}

static void done(struct outbound_transfer *t, CURLcode result)
{
        struct outbound_answer answer = { .body = buf_str(&t->body), .type = media_type(t) };
        long status = 0;

        curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
        answer.status = (unsigned)status;
        if (result == CURLE_OK && t->why.code == 0 && status >= 100 && status <= 599) {
                t->answer(t->ctx, &answer, NULL);
                return;
        }
        if (t->why.code == 0) {
                int r = err_set(&t->why, ERR_GONE, "%s: %s", t->host, reason(result));

                (void)r;
        }
        t->answer(t->ctx, NULL, &t->why);
}

static void set_request(struct outbound_transfer *t, struct str url, struct str authorization,
                        struct str form)
{
        char header[HEADER_MAX];

        transfer_set_request(t, url);
        t->headers = curl_slist_append(t->headers, "Accept: application/json");
        if (authorization.n > 0) {
                snprintf(header, sizeof header, "Authorization: %.*s", STR_ARG(authorization));
                t->headers = curl_slist_append(t->headers, header);
                explicit_bzero(header, sizeof header);
        }
        curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
        if (form.n == 0)
                return;
        buf_add_str(&t->form, form);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE, (long)form.n);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, t->form.p);
}

struct outbound_transfer *outbound_fetch(struct outbound *outbound, const struct origin *origin,
                                         struct str url, struct str authorization, struct str form,
                                         outbound_answer_fn *answer, void *ctx)
{
        struct outbound_transfer *t =
                transfer_new(outbound, origin->host, origin->port, outbound->settings.fetch_authorities);

        t->done = done;
        t->answer = answer;
        t->ctx = ctx;
        t->public_only = !outbound->settings.private_addresses;
        t->body.max = OUTBOUND_BODY_MAX;
        curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
        curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
        set_request(t, url, authorization, form);
        transfer_start(t, outbound->settings.fetch_ms > 0 ? outbound->settings.fetch_ms : OUTBOUND_FETCH_MS);
        return t;
}
