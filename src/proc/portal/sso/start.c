/*
 * start.c -- POST /login/sso: send the browser to a provider.
 *
 * The answer is a page that leads on, not a redirect: the policy of our pages lets forms go to this host
 * only, and browsers hold every step behind a form to that. A form it must be all the same, or any page
 * on the web could log somebody in here.
 */
#include <stdio.h>

#include "base/clock.h"
#include "journey.h"
#include "proc/portal/login/throttle.h"
#include "proc/portal/routes.h"
#include "provider.h"
#include "sso.h"

enum { SILENT_SECONDS = 60, STARTS_FREE = 30, STARTS_WAIT_MAX = 60 };

struct start {
        struct portal *portal;
        struct http_exchange *x;
        struct store_sso provider;
        struct str next;
        struct str redirect;
        int64_t session;                /* to be confirmed, or 0 */
};

struct str sso_redirect(const struct portal *portal, struct str host, struct str name, struct arena *arena)
{
        char port[16] = "";

        if (portal->setup->https_port != 443)
                snprintf(port, sizeof port, ":%u", portal->setup->https_port);
        return str_of(arena_printf(arena, "https://%.*s%s" SSO_CALLBACK "%.*s", STR_ARG(host), port,
                                   STR_ARG(name)));
}

void sso_buttons(struct portal *portal, struct arena *arena, const struct page_sso_button **out,
                 size_t *out_n)
{
        struct page_sso_button *buttons = arena_array(arena, SSO_PROVIDERS_MAX, sizeof *buttons);
        struct store_sso *rows = NULL;
        size_t n = 0, shown = 0;
        struct err err;

        if (store_sso_list(portal->store, arena, &rows, &n, &err) < 0)
                service_log(LOG_ERROR, "providers of sign-on: %s", err.text);
        for (size_t i = 0; i < n && shown < SSO_PROVIDERS_MAX; i++)
                if (rows[i].enabled)
                        buttons[shown++] = (struct page_sso_button){
                                .name = rows[i].name, .label = rows[i].label,
                                .silent = sso_is_silent(rows[i].id),
                        };
        *out = buttons;
        *out_n = shown;
}

void sso_send_notice(struct portal *portal, struct http_exchange *x, unsigned status,
                     enum page_sso_notice_kind kind, struct str label, unsigned retry_after)
{
        struct buf out = { 0 };

        page_render_sso_notice(&out, &(struct page_sso_notice){
                .site = *site_of(portal), .kind = kind, .label = label, .seconds = retry_after,
        });
        reply_private(x, status, &out, NULL, 0, retry_after);
}

/* Not by a header that names the place to the log of somebody: the policy sends no referrer elsewhere. */
static void send_on(const struct start *s, struct str url, struct http_header cookie)
{
        struct arena *arena = http_exchange_arena(s->x);
        struct buf out = { 0 };
        const struct http_header headers[] = {
                cookie,
                { STR("refresh"), str_of(arena_printf(arena, "0; url=%.*s", STR_ARG(url))) },
        };

        page_render_sso_go(&out, &(struct page_sso_go){
                .site = *site_of(s->portal), .label = s->provider.label, .url = url,
        });
        reply_private(s->x, 200, &out, headers, ARRAY_LEN(headers), 0);
}

static void on_discovery(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        const struct start *s = ctx;
        struct journey_start journey;
        struct err err;

        (void)why;                      /* it is in the log */
        if (discovery == NULL) {
                sso_send_notice(s->portal, s->x, 503, PAGE_SSO_SILENT, s->provider.label, SILENT_SECONDS);
                return;
        }
        if (journey_begin(s->portal, s->x, &s->provider, s->next, s->session, &journey, &err) < 0) {
                service_log(LOG_ERROR, "sign-on: %s", err.text);
                reply_error(s->portal, s->x, 500);
                return;
        }
        const struct signon_client client = { .id = s->provider.client, .redirect = s->redirect };
        const struct signon_start start = {
                .scopes = s->provider.scopes, .state = journey.state, .nonce = journey.nonce,
                .challenge = journey.challenge, .again = s->session != 0,
        };

        send_on(s, signon_authorization_url(discovery, &client, &start, http_exchange_arena(s->x)),
                journey.cookie);
}

static unsigned must_wait(struct str address)
{
        static struct throttle *starts;
        int64_t now = clock_unix();

        if (starts == NULL)
                starts = throttle_new(STARTS_FREE, STARTS_WAIT_MAX);
        unsigned seconds = throttle_wait(starts, address, now);

        if (seconds == 0)
                throttle_failed(starts, address, now);
        return seconds;
}

static void start(struct conn *conn, struct http_exchange *x, int64_t session)
{
        struct arena *arena = http_exchange_arena(x);
        struct start *s = arena_alloc(arena, sizeof *s);
        struct str host = str_of(conn->host->name);

        *s = (struct start){
                .portal = conn->portal, .x = x, .next = local_path(form_field(x, "next")), .session = session,
        };
        if (store_sso_find(conn->portal->store, form_field(x, "provider"), arena, &s->provider, NULL) < 0 ||
            !s->provider.enabled) {
                reply_missing(conn->portal, x);
                return;
        }
        unsigned seconds = must_wait(visitor_address(conn, arena));

        if (seconds > 0) {
                sso_send_notice(s->portal, x, 429, PAGE_SSO_THROTTLED, s->provider.label, seconds);
                return;
        }
        s->redirect = sso_redirect(conn->portal, host, s->provider.name, arena);
        sso_discover(&s->provider, false, on_discovery, s);
}

void sso_start_post(struct conn *conn, struct http_exchange *x)
{
        start(conn, x, 0);
}

/* Who is logged in proves it again, at the provider. */
void sso_confirm_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        start(conn, x, who->session.id);
}
