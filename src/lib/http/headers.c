/*
 * headers.c -- the table of security headers, and the date.
 *
 * Strict-Transport-Security leaves includeSubDomains out: a portal does not decide for the names
 * below its own. Referrer-Policy is same-origin: addresses of restricted topics carry titles, and
 * other sites need not learn even which portal a reader came from; within the portal the referrer
 * still serves to check where a form was sent from.
 */
#include "http/headers.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/clock.h"
#include "http/private.h"

#define H(name, value) { { name, sizeof(name) - 1 }, { value, sizeof(value) - 1 } }

static const struct http_header COMMON[] = {
        H("strict-transport-security", "max-age=63072000"),
        H("x-content-type-options", "nosniff"),
        H("referrer-policy", "same-origin"),
        H("cross-origin-opener-policy", "same-origin"),
        H("cross-origin-resource-policy", "same-origin"),
        H("origin-agent-cluster", "?1"),
        H("permissions-policy", "accelerometer=(), ambient-light-sensor=(), autoplay=(), "
          "battery=(), bluetooth=(), camera=(), display-capture=(), encrypted-media=(), "
          "geolocation=(), gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), "
          "local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
          "xr-spatial-tracking=()"),
};

#define CSP_OWN_ORIGIN                                                                             \
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; "                \
        "font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; "                \
        "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"

static const struct {
        struct http_header policy;
        struct http_header framing;     /* the same for browsers that know no frame-ancestors */
} POLICY[HTTP_CSP_COUNT] = {
        [HTTP_CSP_PAGE] = {
                H("content-security-policy", CSP_OWN_ORIGIN),
                H("x-frame-options", "DENY"),
        },
        [HTTP_CSP_EDITOR] = {
                H("content-security-policy",
                  CSP_OWN_ORIGIN "; trusted-types ProseMirrorClipboard"),
                H("x-frame-options", "DENY"),
        },
        [HTTP_CSP_FILE] = {
                H("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; "
                  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"),
                H("x-frame-options", "DENY"),
        },
        [HTTP_CSP_FRAME] = {
                H("content-security-policy", "default-src 'none'; script-src 'self'; "
                  "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                  "frame-ancestors 'self'; sandbox allow-scripts"),
                H("x-frame-options", "SAMEORIGIN"),
        },
};

enum { COUNT = ARRAY_LEN(COMMON) + 2 };

static struct http_header pairs[HTTP_CSP_COUNT][COUNT];
static struct buf blocks[HTTP_CSP_COUNT];
static bool prepared;

void http_prepare(void)
{
        if (prepared)
                return;
        for (unsigned csp = 0; csp < HTTP_CSP_COUNT; csp++) {
                memcpy(pairs[csp], COMMON, sizeof COMMON);
                pairs[csp][COUNT - 2] = POLICY[csp].policy;
                pairs[csp][COUNT - 1] = POLICY[csp].framing;
                for (size_t i = 0; i < COUNT; i++) {
                        buf_add_str(&blocks[csp], pairs[csp][i].name);
                        BUF_LIT(&blocks[csp], ": ");
                        buf_add_str(&blocks[csp], pairs[csp][i].value);
                        BUF_LIT(&blocks[csp], "\r\n");
                }
        }
        h2_prepare();
        prepared = true;
}

struct str http_security_block(enum http_csp csp)
{
        check(csp < HTTP_CSP_COUNT);
        http_prepare();
        return buf_str(&blocks[csp]);
}

const struct http_header *http_security_headers(enum http_csp csp, size_t *count)
{
        check(csp < HTTP_CSP_COUNT);
        http_prepare();
        *count = COUNT;
        return pairs[csp];
}

struct str http_date_now(void)
{
        static char text[CLOCK_HTTP_LEN + 1];
        static int64_t second = -1;
        int64_t now = clock_unix();

        if (now != second) {
                clock_http_date(now, text);
                second = now;
        }
        return str_make(text, CLOCK_HTTP_LEN);
}

/* Pages of one publication share their date: what was formatted lately is likely to come again. */
struct str http_date_text(int64_t unix_time)
{
        enum { KEPT = 16 };
        static struct {
                int64_t second;
                char text[CLOCK_HTTP_LEN + 1];
        } kept[KEPT];
        size_t slot = (uint64_t)unix_time % KEPT;

        if (kept[slot].second != unix_time || kept[slot].text[0] == '\0') {
                clock_http_date(unix_time, kept[slot].text);
                kept[slot].second = unix_time;
        }
        return str_make(kept[slot].text, CLOCK_HTTP_LEN);
}
