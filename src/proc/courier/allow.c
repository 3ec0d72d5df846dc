/*
 * allow.c -- which portals there are, where each is found, and what it may ask: the registry's word.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/xalloc.h"
#include "courier.h"

struct str portal_key(struct portal_key *key, uint64_t id)
{
        int n = snprintf(key->text, sizeof key->text, "%llu", (unsigned long long)id);

        return str_make(key->text, (size_t)n);
}

bool quota_take(struct quota *quota, unsigned max, uint64_t span)
{
        uint64_t now = clock_ms();

        if (quota->since == 0 || now - quota->since >= span) {
                quota->since = now;
                quota->used = 0;
        }
        if (quota->used >= max)
                return false;
        quota->used++;
        return true;
}

static void allowed_free(struct allowed *a)
{
        if (a == NULL)
                return;
        for (size_t i = 0; i < a->norigins; i++)
                free(a->origins[i]);
        free(a->address);
        free(a);
}

static void free_all(struct map **map)
{
        size_t at = 0;
        void *value;
        struct str key;

        while (*map != NULL && map_next(*map, &at, &key, &value))
                allowed_free(value);
        map_free(map);
}

static void set_portal(struct map *map, struct message *msg)
{
        struct portal_key key;
        struct str name = portal_key(&key, message_get_u64(msg));
        struct str address = message_get_str(msg);
        struct allowed *a = NULL;

        if (address.n > 0) {
                a = xalloc(sizeof *a);
                a->address = str_dup(address);
                allowed_free(map_put(map, name, a));
        } else {
                allowed_free(map_remove(map, name));
        }
}

static void add_origin(struct map *map, struct message *msg)
{
        struct portal_key key;
        struct allowed *a = map_get(map, portal_key(&key, message_get_u64(msg)));
        struct origin origin;
        struct err err;

        if (origin_parse(message_get_str(msg), &origin, &err) < 0) {
                service_log(LOG_ERROR, "an allowed origin cannot be read: %s", err.text);
                return;
        }
        if (a != NULL && a->norigins < ORIGINS_MAX && !allow_has_origin(a, origin.text))
                a->origins[a->norigins++] = str_dup(str_of(origin.text));
}

void allow_on_message(struct courier *c, struct message *msg)
{
        struct map *map = c->allowed_coming != NULL ? c->allowed_coming : c->allowed;

        switch (msg->type) {
        case MSG_ALLOW_BEGIN:
                free_all(&c->allowed_coming);
                c->allowed_coming = map_new();
                break;
        case MSG_ALLOW_PORTAL:
                set_portal(map, msg);
                break;
        case MSG_ALLOW:
                add_origin(map, msg);
                break;
        case MSG_ALLOW_END:
                if (c->allowed_coming == NULL)
                        break;
                free_all(&c->allowed);
                c->allowed = c->allowed_coming;
                c->allowed_coming = NULL;
                break;
        default:
                break;
        }
}

void allow_free(struct courier *c)
{
        free_all(&c->allowed);
        free_all(&c->allowed_coming);
}

const struct allowed *allow_find(const struct courier *c, uint64_t portal)
{
        struct portal_key key;

        return map_get(c->allowed, portal_key(&key, portal));
}

bool allow_has_origin(const struct allowed *allowed, const char *origin)
{
        for (size_t i = 0; i < allowed->norigins; i++)
                if (str_is(str_of(allowed->origins[i]), origin))
                        return true;
        return false;
}
