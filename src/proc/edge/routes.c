/*
 * routes.c -- host names to portals, as the registry tells them. A new list is built aside and replaces
 * the old one whole, so that no connection ever meets half of it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "edge.h"

struct edge_portal *routes_find(const struct edge *edge, const struct hostname *host)
{
        return map_get(edge->hosts, hostname_str(host));
}

struct edge_portal *routes_portal(struct edge *edge, uint64_t id)
{
        char key[24];
        int n = snprintf(key, sizeof key, "%llu", (unsigned long long)id);
        struct str name = str_make(key, (size_t)n);
        struct edge_portal *portal = map_get(edge->portals, name);

        if (portal == NULL) {
                portal = xalloc(sizeof *portal);
                portal->id = id;
                portal->edge = edge;
                portal->waiting_last = &portal->waiting;
                map_put(edge->portals, name, portal);
        }
        return portal;
}

static void set_route(struct edge *edge, struct message *msg)
{
        struct str name = message_get_str(msg);
        uint64_t id = message_get_u64(msg);
        struct map *hosts = edge->hosts_coming != NULL ? edge->hosts_coming : edge->hosts;
        struct hostname host;
        struct err err;

        if (hostname_parse(name, &host, &err) < 0) {
                service_log(LOG_ERROR, "route refused host=%s: %s", service_quote(name).text, err.text);
                return;
        }
        if (id == 0)
                map_remove(hosts, hostname_str(&host));
        else
                map_put(hosts, hostname_str(&host), routes_portal(edge, id));
}

static void complete(struct edge *edge)
{
        if (edge->hosts_coming == NULL)
                return;
        map_free(&edge->hosts);
        edge->hosts = edge->hosts_coming;
        edge->hosts_coming = NULL;
        service_log(LOG_INFO, "routes known names=%zu", map_count(edge->hosts));
}

void routes_on_message(struct edge *edge, struct message *msg)
{
        switch (msg->type) {
        case MSG_ROUTES_BEGIN:
                map_free(&edge->hosts_coming);
                edge->hosts_coming = map_new();
                break;
        case MSG_ROUTE:
                set_route(edge, msg);
                break;
        case MSG_ROUTES_END:
                complete(edge);
                break;
        default:
                break;
        }
}
