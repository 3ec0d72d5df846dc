/*
 * trust.c -- /trust and /trust.json: what confines this portal, how well it is kept, who hosts it.
 *
 * How well it is kept only the host knows. Everybody may ask for this page, so the host is asked at most once
 * a minute, however many ask; who asks meanwhile waits for that answer, and a moment at most: then the page
 * says that it is not known.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "proc/portal/edit/asking.h"
#include "proc/portal/routes.h"

enum { FRESH_SECONDS = 60, AGAIN_SECONDS = 5, WAIT_MS = 1500, WAITING_MAX = 200 };

/* Somebody who waits for the host's word. */
struct waiter {
        struct waiter *next;
        struct http_exchange *x;
        bool json;
};

static struct {
        struct portal *portal;
        struct page_trust_keeping facts;
        int64_t until;                  /* so long they are fresh; 0: they were never asked for */
        int64_t asked_at;
        bool asked;
        struct waiter *waiters;
        unsigned nwaiters;
        struct loop_timer limit;
} trust;

/* ---- the page ---- */

static size_t layers_of(const struct portal *portal, struct page_trust_layer out[static LAYER_COUNT])
{
        size_t n = 0;

        for (unsigned i = 0; i < LAYER_COUNT; i++) {
                const struct sandbox_layer_state *state = &portal->layers.layer[i];

                if (!state->wanted && !state->on)
                        continue;
                out[n++] = (struct page_trust_layer){
                        .name = str_of(sandbox_layer_name((enum sandbox_layer)i)),
                        .detail = str_of(state->on ? sandbox_layer_purpose((enum sandbox_layer)i)
                                                   : state->detail),
                        .on = state->on,
                };
        }
        return n;
}

static void send(struct http_exchange *x, struct buf *out, struct str type)
{
        size_t n;
        char *bytes = buf_detach(out, &n);
        const struct http_response response = {
                .content_type = type, .cache_control = STR("public, no-cache"),
                .body = http_body_owned(bytes, n),
        };

        http_reply(x, &response);
}

static void send_page(struct http_exchange *x, const struct page_trust *page)
{
        struct buf out = { 0 };

        page_render_trust(&out, page);
        send(x, &out, STR("text/html; charset=utf-8"));
}

/* ---- the same for programs ---- */

static struct json *layers_json(const struct page_trust *page)
{
        struct json *rows = json_new_array();

        for (size_t i = 0; i < page->nlayers; i++) {
                struct json *row = json_new_object();

                json_put_text(row, "name", page->layers[i].name);
                json_put_bool(row, "on", page->layers[i].on);
                json_put_text(row, "detail", page->layers[i].detail);
                json_append(rows, row);
        }
        return rows;
}

static struct json *providers_json(const struct page_trust *page)
{
        struct json *rows = json_new_array();

        for (size_t i = 0; i < page->nproviders; i++) {
                struct json *row = json_new_object();

                json_put_text(row, "name", page->providers[i].name);
                json_put_text(row, "role", page->providers[i].role);
                json_put_text(row, "region", page->providers[i].region);
                json_put_text(row, "since", page->providers[i].since);
                json_append(rows, row);
        }
        return rows;
}

static void put_time(struct json *o, const char *key, int64_t when)
{
        char iso[CLOCK_ISO_LEN + 1];

        clock_iso(when, iso);
        json_put_text(o, key, when > 0 ? str_of(iso) : STR(""));
}

static struct json *keeping_json(const struct page_trust_keeping *k)
{
        struct json *o = json_new_object();

        json_put_bool(o, "known", k->known);
        if (!k->known)
                return o;
        put_time(o, "newest", k->newest);
        json_put_int(o, "age_seconds", k->newest > 0 ? k->now - k->newest : -1);
        json_put_bool(o, "late", k->late);
        json_put_bool(o, "no_room", k->no_room);
        put_time(o, "trial_restore", k->tried);
        put_time(o, "trial_failed", k->trial_failed);
        put_time(o, "checked", k->scrubbed);
        json_put_bool(o, "damaged", k->damaged);
        json_put_bool(o, "copies", k->copies);
        if (!k->copies)
                return o;
        put_time(o, "copied", k->copied);
        json_put_bool(o, "copy_read_back", k->copy_read_back);
        json_put_bool(o, "copies_late", k->copies_late);
        return o;
}

static void send_json(struct http_exchange *x, const struct page_trust *page)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct buf out = { 0 };

        json_put_text(o, "portal", page->site.title);
        json_put_text(o, "isolation", page->isolation);
        json_put(o, "layers", layers_json(page));
        json_put(o, "backups", keeping_json(&page->keeping));
        json_put(o, "providers", providers_json(page));
        json_render(o, true, &out);
        buf_putc(&out, '\n');
        send(x, &out, STR("application/json"));
}

static void answer(struct portal *portal, struct http_exchange *x, bool json)
{
        struct page_trust_layer layers[LAYER_COUNT];
        struct page_trust page = {
                .site = *site_of(portal), .keeping = trust.facts,
                .isolation = str_of(sandbox_mode_name(portal->layers.mode)),
                .layers = layers, .nlayers = layers_of(portal, layers),
                .providers = portal->setup->providers, .nproviders = portal->setup->nproviders,
        };

        page.keeping.now = clock_unix();
        if (json)
                send_json(x, &page);
        else
                send_page(x, &page);
}

/* ---- asking the host ---- */

static void answer_all(void)
{
        loop_cancel_timer(&trust.limit);
        while (trust.waiters != NULL) {
                struct waiter waiter = *trust.waiters;

                trust.waiters = waiter.next;    /* it lives in its exchange, which ends now */
                trust.nwaiters--;
                answer(trust.portal, waiter.x, waiter.json);
        }
}

/* What was true a while ago may not be: better unknown than wrong. */
static void on_limit(void *ctx)
{
        (void)ctx;
        trust.facts.known = false;
        answer_all();
}

static void on_told(void *ctx, int code, struct str sentence, const struct json *told)
{
        (void)ctx;
        (void)sentence;
        trust.asked = false;
        trust.facts = (struct page_trust_keeping){
                .known = code == 0 && json_get_bool(told, "known"), .newest = json_get_int(told, "newest"),
                .late = json_get_bool(told, "late"), .no_room = json_get_bool(told, "no_room"),
                .tried = json_get_int(told, "tried"),
                .trial_failed = json_get_int(told, "trial_failed"),
                .scrubbed = json_get_int(told, "scrubbed"), .damaged = json_get_bool(told, "damaged"),
                .copies = json_get_bool(told, "copies"), .copies_late = json_get_bool(told, "copies_late"),
                .copied = json_get_int(told, "copied"),
                .copy_read_back = json_get_bool(told, "copy_read_back"),
        };
        trust.asked_at = clock_unix();
        trust.until = trust.asked_at + (trust.facts.known ? FRESH_SECONDS : AGAIN_SECONDS);
        answer_all();
}

/* Also not when the clock was set back since. */
static bool is_fresh(void)
{
        int64_t now = clock_unix();

        return now >= trust.asked_at && now < trust.until;
}

static void reply_trust(struct portal *portal, struct http_exchange *x, bool json)
{
        trust.portal = portal;
        if (is_fresh() || trust.nwaiters >= WAITING_MAX) {
                answer(portal, x, json);
                return;
        }
        struct waiter *waiter = arena_alloc(http_exchange_arena(x), sizeof *waiter);

        *waiter = (struct waiter){ .next = trust.waiters, .x = x, .json = json };
        trust.waiters = waiter;
        if (trust.nwaiters++ == 0)
                loop_set_timer(portal->service.loop, &trust.limit, WAIT_MS, on_limit, NULL);
        if (trust.asked)
                return;
        trust.asked = true;
        asking_ask(ASKING_STANDING, 0, 0, on_told, NULL);
}

void trust_page(struct conn *conn, struct http_exchange *x)
{
        reply_trust(conn->portal, x, false);
}

void trust_json(struct conn *conn, struct http_exchange *x)
{
        reply_trust(conn->portal, x, true);
}
