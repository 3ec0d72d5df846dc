/*
 * provider.c -- descriptions and keys, each with those who wait for it.
 */
#include "provider.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "proc/portal/fetching.h"
#include "proc/portal/portal.h"

enum {
        KEEP_MS = 3600 * 1000,
        KEYS_AGAIN_MS = 60 * 1000,
        FAILURES_MAX = 3,
        SILENT_MS = 60 * 1000,
        KNOWN_MAX = 2 * SSO_PROVIDERS_MAX,      /* some may have been removed meanwhile */
};

/* Somebody who waits for one of the two. */
struct waiter {
        struct waiter *next;
        sso_discovery_fn *discovered;
        sso_keys_fn *keyed;
        void *ctx;
};

struct known {
        struct known *next;
        int64_t id;
        char *name;                     /* for the log */
        char *issuer;
        struct arena *arena;            /* of the description; NULL: none */
        struct signon_discovery discovery;
        uint64_t discovered;            /* clock_ms() */
        struct jws_keys *keys;          /* NULL: none */
        uint64_t keyed;                 /* when they came */
        uint64_t keys_renewed;          /* when they were last asked for since one was missing; 0: never */
        unsigned failures;              /* in a row */
        uint64_t silent_until;
        struct waiter *for_discovery, *for_keys;
};

static struct known *all;

static struct known *find(int64_t id)
{
        for (struct known *k = all; k != NULL; k = k->next)
                if (k->id == id)
                        return k;
        return NULL;
}

static void known_free(struct known *k)
{
        free(k->name);
        free(k->issuer);
        arena_free(&k->arena);
        jws_keys_free(&k->keys);
        free(k);
}

/* The ones asked for last stand first; whoever is still waited for stays. */
static void make_room(void)
{
        unsigned n = 0;

        for (struct known **at = &all; *at != NULL;) {
                struct known *k = *at;

                if (++n < KNOWN_MAX || k->for_discovery != NULL || k->for_keys != NULL) {
                        at = &k->next;
                        continue;
                }
                *at = k->next;
                known_free(k);
        }
}

static struct known *known_of(const struct store_sso *provider)
{
        struct known *k = find(provider->id);

        if (k != NULL)
                return k;
        make_room();
        k = xalloc(sizeof *k);
        k->id = provider->id;
        k->name = str_dup(provider->name);
        k->issuer = str_dup(provider->issuer);
        k->next = all;
        all = k;
        return k;
}

void sso_answered(int64_t provider, bool answered)
{
        struct known *k = find(provider);

        if (k == NULL)
                return;
        if (answered) {
                k->failures = 0;
                k->silent_until = 0;
        } else if (++k->failures >= FAILURES_MAX) {
                k->silent_until = clock_ms() + SILENT_MS;
                service_log(LOG_WARNING, "provider of sign-on %s does not answer and is left alone for %d s",
                            k->name, SILENT_MS / 1000);
        }
}

static bool is_silent(const struct known *k)
{
        return k->silent_until > clock_ms();
}

bool sso_is_silent(int64_t provider)
{
        const struct known *k = find(provider);

        return k != NULL && is_silent(k);
}

static void log_failure(const struct known *k, struct str why)
{
        service_log(LOG_NOTICE, "provider of sign-on %s: %.*s", k->name, STR_ARG(why));
}

static void add_waiter(struct waiter **list, const struct waiter *waiter)
{
        struct waiter *w = xalloc(sizeof *w);

        *w = *waiter;
        w->next = *list;
        *list = w;
}

/* Taken off the list first: who is told may ask again. */
static struct waiter *take_all(struct waiter **list)
{
        struct waiter *taken = *list;

        *list = NULL;
        return taken;
}

/* ---- the description ---- */

static void tell_discovery(struct known *k, struct str why)
{
        const struct signon_discovery *d = why.n == 0 ? &k->discovery : NULL;
        struct waiter *w = take_all(&k->for_discovery);

        while (w != NULL) {
                struct waiter *next = w->next;

                w->discovered(w->ctx, d, why);
                free(w);
                w = next;
        }
}

static int read_discovery(struct known *k, const struct fetching_answer *answer, struct err *err)
{
        struct arena *arena = arena_new(2048);
        struct signon_discovery d = { .names_issuer = false };
        int r;

        if (answer->status == 0)
                r = err_set(err, ERR_GONE, "%.*s", STR_ARG(answer->why));
        else if (answer->status != 200)
                r = err_set(err, ERR_GONE, "its description was answered with status %u", answer->status);
        else
                r = signon_discovery_parse(answer->body, str_of(k->issuer), arena, &d, err);
        if (r < 0) {
                arena_free(&arena);
                return r;
        }
        arena_free(&k->arena);
        k->arena = arena;
        k->discovery = d;
        k->discovered = clock_ms();
        return 0;
}

static void on_discovery(void *ctx, const struct fetching_answer *answer)
{
        struct known *k = ctx;
        struct err err = { .text = "" };
        int r = read_discovery(k, answer, &err);

        sso_answered(k->id, r == 0);
        if (r < 0)
                log_failure(k, str_of(err.text));
        tell_discovery(k, str_of(err.text));
}

void sso_discover(const struct store_sso *provider, bool anew, sso_discovery_fn *done, void *ctx)
{
        struct known *k = known_of(provider);

        if (k->arena != NULL && !anew && clock_ms() - k->discovered < KEEP_MS) {
                done(ctx, &k->discovery, STR(""));
                return;
        }
        if (is_silent(k) && !anew) {
                done(ctx, NULL, STR("it has not answered for some time"));
                return;
        }
        bool asked = k->for_discovery != NULL;

        add_waiter(&k->for_discovery, &(struct waiter){ .discovered = done, .ctx = ctx });
        if (asked)
                return;
        struct arena *arena CLEANUP_ARENA = arena_new(1024);

        fetching_get(signon_discovery_url(str_of(k->issuer), arena), STR(""), on_discovery, k);
}

/* ---- the keys ---- */

static void tell_keys(struct known *k, struct str why)
{
        struct waiter *w = take_all(&k->for_keys);

        while (w != NULL) {
                struct waiter *next = w->next;

                w->keyed(w->ctx, why.n == 0 ? k->keys : NULL, why);
                free(w);
                w = next;
        }
}

static int read_keys(struct known *k, const struct fetching_answer *answer, struct err *err)
{
        struct jws_keys *keys = NULL;

        if (answer->status == 0)
                return err_set(err, ERR_GONE, "%.*s", STR_ARG(answer->why));
        if (answer->status != 200)
                return err_set(err, ERR_GONE, "its keys were answered with status %u", answer->status);
        int r = jws_keys_parse(answer->body, &keys, err);

        if (r < 0)
                return r;
        jws_keys_free(&k->keys);
        k->keys = keys;
        k->keyed = clock_ms();
        return 0;
}

static void on_keys(void *ctx, const struct fetching_answer *answer)
{
        struct known *k = ctx;
        struct err err = { .text = "" };
        int r = read_keys(k, answer, &err);

        sso_answered(k->id, r == 0);
        if (r < 0)
                log_failure(k, str_of(err.text));
        tell_keys(k, str_of(err.text));
}

static void ask_keys(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        struct known *k = ctx;

        if (discovery == NULL)
                tell_keys(k, why);
        else
                fetching_get(discovery->keys, STR(""), on_keys, k);
}

void sso_fetch_keys(const struct store_sso *provider, bool anew, sso_keys_fn *done, void *ctx)
{
        struct known *k = known_of(provider);
        uint64_t now = clock_ms();
        bool fresh = k->keys != NULL && now - k->keyed < KEEP_MS;

        bool too_soon = k->keys_renewed > 0 && now - k->keys_renewed < KEYS_AGAIN_MS;

        if (fresh && (!anew || too_soon)) {
                done(ctx, k->keys, STR(""));
                return;
        }
        bool asked = k->for_keys != NULL;

        add_waiter(&k->for_keys, &(struct waiter){ .keyed = done, .ctx = ctx });
        if (asked)
                return;
        if (anew)
                k->keys_renewed = now;
        sso_discover(provider, false, ask_keys, k);
}
