/*
 * allow.c -- tell the courier where each portal is found, and what it may ask beyond this host.
 *
 * The address is the one that letters link to: a portal names a path only, so no letter of a taken-over
 * portal leads anywhere else. A portal that is not active has neither.
 */
#include "registry.h"

#include "base/arena.h"

static void post(struct registry *reg, const struct message *msg)
{
        struct err err;

        if (reg->courier == NULL)
                return;         /* a new courier gets the whole list */
        int r = channel_post(reg->courier, msg, -1, &err);

        if (r < 0 && r != ERR_GONE)
                service_log(LOG_ERROR, "the courier was not told what a portal may: %s", err.text);
}

static void post_text(struct registry *reg, enum message_type type, int64_t portal, struct str text)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        message_put_u64(&msg, (uint64_t)portal);
        message_put_str(&msg, text);
        post(reg, &msg);
}

static void post_mark(struct registry *reg, enum message_type type)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        post(reg, &msg);
}

static void tell(struct registry *reg, int64_t portal, struct str host,
                 const struct registry_origin *origins, size_t n)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);

        post_text(reg, MSG_ALLOW_PORTAL, portal, portal_url(reg, arena, host));
        for (size_t i = 0; i < n; i++)
                if (origins[i].portal == portal)
                        post_text(reg, MSG_ALLOW, portal, origins[i].origin);
}

void allow_send(struct registry *reg, int64_t portal, struct str host)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_origin *origins;
        size_t n;
        struct err err;

        if (registry_origin_list(reg->store, portal, arena, &origins, &n, &err) < 0) {
                service_log(LOG_ERROR, "allowed origins cannot be read: %s", err.text);
                n = 0;          /* then it may ask none, which is the safe side */
        }
        tell(reg, portal, host, origins, n);
}

void allow_forget(struct registry *reg, int64_t portal)
{
        post_text(reg, MSG_ALLOW_PORTAL, portal, STR(""));
}

void allow_send_all(struct registry *reg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals;
        struct registry_origin *origins;
        size_t nportals, norigins;
        struct err err;

        if (registry_portal_list(reg->store, arena, &portals, &nportals, &err) < 0 ||
            registry_origin_list(reg->store, 0, arena, &origins, &norigins, &err) < 0) {
                service_log(LOG_ERROR, "what portals may ask cannot be read: %s", err.text);
                return;
        }
        post_mark(reg, MSG_ALLOW_BEGIN);
        for (size_t i = 0; i < nportals; i++)
                if (portals[i].state == PORTAL_ACTIVE)
                        tell(reg, portals[i].id, portal_host(reg, arena, portals[i].name), origins,
                             norigins);
        post_mark(reg, MSG_ALLOW_END);
}
