/*
 * clients.c -- channels of portals' workers. What comes on one comes from the portal that the supervisor
 * named when it handed the channel over.
 */
#include <stdlib.h>

#include "base/fd.h"
#include "base/xalloc.h"
#include "courier.h"

struct portal *clients_portal(struct courier *c, uint64_t id)
{
        struct portal_key key;
        struct str name = portal_key(&key, id);
        struct portal *portal = map_get(c->portals, name);

        if (portal == NULL) {
                portal = xalloc(sizeof *portal);
                portal->id = id;
                map_put(c->portals, name, portal);
        }
        return portal;          /* it stays: its quotas outlive its channels */
}

static void client_end(struct client *client)
{
        struct portal *portal = client->portal;

        for (struct client **at = &portal->clients; *at != NULL; at = &(*at)->next) {
                if (*at != client)
                        continue;
                *at = client->next;
                portal->nclients--;
                break;
        }
        fetches_end(client);
        channel_free(&client->channel);
        free(client);
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        struct client *client = ctx;

        fd_close(&fd);
        switch (msg->type) {
        case MSG_FETCH:
                fetches_ask(client, msg);
                break;
        case MSG_LETTER:
                letters_take(client, msg);
                break;
        default:
                break;
        }
}

static void on_closed(void *ctx, const struct err *why)
{
        struct client *client = ctx;

        if (why->code != ERR_GONE)
                service_log(LOG_ERROR, "portal=%llu broke the protocol: %s",
                            (unsigned long long)client->portal->id, why->text);
        client_end(client);
}

/* The one that has waited longest is most likely dead: its worker asked anew. */
static void make_room(struct portal *portal)
{
        struct client *last = portal->clients;

        if (portal->nclients < CHANNELS_PER_PORTAL)
                return;
        while (last->next != NULL)
                last = last->next;
        client_end(last);
}

void clients_add(struct courier *c, uint64_t id, int fd)
{
        struct portal *portal = clients_portal(c, id);
        struct err err;

        make_room(portal);
        struct client *client = xalloc(sizeof *client);

        client->portal = portal;
        client->channel = channel_new(fd, PEER_COURIER, PEER_PORTAL);
        client->next = portal->clients;
        portal->clients = client;
        portal->nclients++;
        if (channel_watch(client->channel, c->service.loop, on_message, on_closed, client, &err) < 0) {
                service_log(LOG_ERROR, "a portal's channel is not watched: %s", err.text);
                client_end(client);
        }
}
