/*
 * routes.c -- tell the edge which names lead where.
 */
#include "base/arena.h"
#include "base/map.h"
#include "registry.h"

static void post(struct registry *reg, const struct message *msg)
{
        struct err err;

        if (reg->edge == NULL)
                return;         /* a new edge gets the whole list */
        int r = channel_post(reg->edge, msg, -1, &err);

        if (r < 0 && r != ERR_GONE)
                service_log(LOG_ERROR, "the edge was not told a route: %s", err.text);
}

void routes_send(struct registry *reg, struct str host, int64_t portal)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_ROUTE);
        message_put_str(&msg, host);
        message_put_u64(&msg, (uint64_t)portal);
        post(reg, &msg);
}

static void send_mark(struct registry *reg, enum message_type type)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, type);
        post(reg, &msg);
}

static struct str key_of(const int64_t *id)
{
        return str_make((const char *)id, sizeof *id);
}

static struct map *active_ones(const struct registry_portal *portals, size_t n)
{
        struct map *active = map_new();

        for (size_t i = 0; i < n; i++)
                if (portals[i].state == PORTAL_ACTIVE)
                        map_put(active, key_of(&portals[i].id), (void *)(uintptr_t)&portals[i]);
        return active;
}

void routes_send_all(struct registry *reg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_domain *domains;
        struct registry_portal *portals;
        size_t ndomains, nportals;
        struct err err;

        if (registry_domain_list(reg->store, arena, &domains, &ndomains, &err) < 0 ||
            registry_portal_list(reg->store, arena, &portals, &nportals, &err) < 0) {
                service_log(LOG_ERROR, "routes cannot be read: %s", err.text);
                return;
        }
        struct map *active CLEANUP_MAP = active_ones(portals, nportals);

        send_mark(reg, MSG_ROUTES_BEGIN);
        for (size_t i = 0; i < ndomains; i++)
                if (map_get(active, key_of(&domains[i].portal)) != NULL)
                        routes_send(reg, domains[i].host, domains[i].portal);
        send_mark(reg, MSG_ROUTES_END);
}
