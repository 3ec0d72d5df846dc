/*
 * fetches.c -- one HTTPS request for a portal, to an origin the operator has allowed it.
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "courier.h"

enum { PART_MAX = 60000, MINUTE_MS = 60000 };

struct fetch {
        struct fetch *next;
        struct client *client;
        uint64_t ticket;
        struct outbound_transfer *transfer;
};

static void post(struct client *client, const struct message *msg)
{
        struct err err;
        int r = channel_post(client->channel, msg, -1, &err);

        if (r < 0 && r != ERR_GONE)     /* its own limit of time ends the portal's waiting */
                service_log(LOG_WARNING, "portal=%llu does not read its answers: %s",
                            (unsigned long long)client->portal->id, err.text);
}

static void tell_done(struct client *client, uint64_t ticket, unsigned status, struct str type,
                      struct str why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_FETCH_DONE);
        message_put_u64(&msg, ticket);
        message_put_u32(&msg, status);
        message_put_str(&msg, type);
        message_put_str(&msg, service_clip(why, ERR_TEXT_MAX));
        post(client, &msg);
}

static void tell_body(struct client *client, uint64_t ticket, struct str body)
{
        while (body.n > 0) {
                struct message msg CLEANUP_MESSAGE;
                size_t n = body.n < PART_MAX ? body.n : PART_MAX;

                message_init(&msg, MSG_FETCH_PART);
                message_put_u64(&msg, ticket);
                message_put_bytes(&msg, body.p, n);
                post(client, &msg);
                body = str_make(body.p + n, body.n - n);
        }
}

/* It is in no list any more. */
static void fetch_free(struct fetch *fetch)
{
        fetch->client->portal->fetching--;
        courier.fetching--;
        free(fetch);
}

static void unlink_fetch(struct fetch *fetch)
{
        for (struct fetch **at = &fetch->client->fetches; *at != NULL; at = &(*at)->next) {
                if (*at != fetch)
                        continue;
                *at = fetch->next;
                break;
        }
        fetch_free(fetch);
}

static void on_answer(void *ctx, const struct outbound_answer *answer, const struct err *why)
{
        struct fetch *fetch = ctx;
        struct client *client = fetch->client;
        uint64_t ticket = fetch->ticket;

        unlink_fetch(fetch);
        if (answer == NULL) {
                service_log(LOG_NOTICE, "fetch for portal=%llu failed: %s",
                            (unsigned long long)client->portal->id, why->text);
                tell_done(client, ticket, 0, STR(""), str_of(why->text));
                return;
        }
        courier.fetched++;
        tell_body(client, ticket, answer->body);
        tell_done(client, ticket, answer->status, answer->type, STR(""));
}

void fetches_end(struct client *client)
{
        for (struct fetch *fetch = client->fetches, *next; fetch != NULL; fetch = next) {
                next = fetch->next;
                outbound_cancel(&fetch->transfer);
                fetch_free(fetch);
        }
        client->fetches = NULL;
}

static bool is_header_value(struct str text)
{
        if (text.n > AUTHORIZATION_MAX)
                return false;
        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] < 0x20 || text.p[i] >= 0x7f)
                        return false;
        return true;
}

static int check_request(struct portal *portal, struct str url, struct str authorization,
                         struct origin *origin, struct err *err)
{
        const struct allowed *allowed = allow_find(&courier, portal->id);
        struct str path;
        int r = origin_of_url(url, origin, &path, err);

        if (r < 0)
                return r;
        if (allowed == NULL || !allow_has_origin(allowed, origin->text))
                return err_set(err, ERR_DENIED, "this portal may not ask %s; the operator has to allow it",
                               origin->text);
        if (!is_header_value(authorization))
                return err_set(err, ERR_INVALID, "the authorization is no header's value");
        if (portal->fetching >= FETCHES_PER_PORTAL || courier.fetching >= FETCHES_MAX ||
            !quota_take(&portal->fetches, FETCHES_PER_MINUTE, MINUTE_MS))
                return err_set(err, ERR_BUSY, "too many questions at once; try again in a minute");
        return 0;
}

void fetches_ask(struct client *client, struct message *msg)
{
        struct portal *portal = client->portal;
        uint64_t ticket = message_get_u64(msg);
        struct str url = message_get_str(msg);
        struct str authorization = message_get_str(msg);
        struct str form = message_get_str(msg);
        struct origin origin;
        struct err err;

        if (check_request(portal, url, authorization, &origin, &err) < 0) {
                courier.refused++;
                service_log(LOG_WARNING, "fetch for portal=%llu refused: %s", (unsigned long long)portal->id,
                            err.text);
                tell_done(client, ticket, 0, STR(""), str_of(err.text));
                return;
        }
        struct fetch *fetch = xalloc(sizeof *fetch);

        fetch->client = client;
        fetch->ticket = ticket;
        fetch->next = client->fetches;
        client->fetches = fetch;
        portal->fetching++;
        courier.fetching++;
        fetch->transfer = outbound_fetch(courier.outbound, &origin, url, authorization, form, on_answer,
                                         fetch);
}
