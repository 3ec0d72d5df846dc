/*
 * check.c -- the operator asks whether a provider answers: its description and its keys, asked for as a
 * login would.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "provider.h"
#include "sso.h"

enum { WHY_MAX = 400 };

struct check {
        uint64_t token;
        struct arena *arena;            /* of the provider */
        struct store_sso provider;
};

static void answer(struct check *check, struct str why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SSO_CHECKED);
        message_put_u64(&msg, check->token);
        message_put_u32(&msg, why.n == 0 ? 1 : 2);
        message_put_str(&msg, service_clip(why, WHY_MAX));
        service_tell(portal_service(), &msg, -1);
        arena_free(&check->arena);
        free(check);
}

static void on_keys(void *ctx, const struct jws_keys *keys, struct str why)
{
        answer(ctx, keys != NULL ? STR("") : why);
}

static void on_discovery(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        struct check *check = ctx;

        if (discovery == NULL)
                answer(check, why);
        else
                sso_fetch_keys(&check->provider, true, on_keys, check);
}

void sso_check_asked(struct portal *portal, struct message *msg)
{
        struct check *check = xalloc(sizeof *check);
        struct err err;

        check->token = message_get_u64(msg);
        check->arena = arena_new(0);
        (void)message_get_u64(msg);     /* this portal */
        if (store_sso_find(portal->store, message_get_str(msg), check->arena, &check->provider, &err) < 0)
                answer(check, str_of(err.text));
        else
                sso_discover(&check->provider, true, on_discovery, check);
}
