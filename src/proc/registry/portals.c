/*
 * portals.c -- commands about portals and their names.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "backup.h"
#include "registry.h"
#include "scrub.h"

struct str portal_host(const struct registry *reg, struct arena *arena, struct str name)
{
        return str_of(arena_printf(arena, "%.*s.%s", STR_ARG(name), reg->host));
}

struct str portal_url(const struct registry *reg, struct arena *arena, struct str host)
{
        if (reg->port == 443)
                return str_of(arena_printf(arena, "https://%.*s/", STR_ARG(host)));
        return str_of(arena_printf(arena, "https://%.*s:%u/", STR_ARG(host), reg->port));
}

static struct json *portal_json(const struct registry *reg, const struct registry_portal *portal)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *o = json_new_object();
        struct str host = portal_host(reg, arena, portal->name);
        char when[CLOCK_ISO_LEN + 1];

        json_put_text(o, "name", portal->name);
        json_put_int(o, "id", portal->id);
        json_put_text(o, "title", portal->title);
        json_put_text(o, "language", portal->language);
        json_put_text(o, "owner", portal->owner);
        json_put_text(o, "state", str_of(registry_state_name(portal->state)));
        json_put_text(o, "host", host);
        json_put_text(o, "url", portal_url(reg, arena, host));
        clock_iso(portal->created, when);
        json_put_text(o, "created", str_of(when));
        scrub_describe(o, (uint64_t)portal->id);
        if (portal->delete_after > 0) {
                clock_iso(portal->delete_after, when);
                json_put_text(o, "destroyed_after", str_of(when));
        }
        return o;
}

/* One DNS label: the portal's name is part of its address. */
int portal_check_name(const struct registry *reg, struct str name, struct err *err)
{
        bool good = name.n > 0 && name.n <= NAME_MAX_BYTES && name.p[0] != '-' &&
                    name.p[name.n - 1] != '-' && name.n + 1 + strlen(reg->host) <= 253;

        for (size_t i = 0; good && i < name.n; i++)
                good = (name.p[i] >= 'a' && name.p[i] <= 'z') ||
                       (name.p[i] >= '0' && name.p[i] <= '9') || name.p[i] == '-';
        if (!good)
                return err_set(err, ERR_INVALID, "'%.*s' is not a portal name; use 1 to %d lower-case "
                               "letters, digits and '-', such as 'acme-docs'", STR_ARG(name),
                               NAME_MAX_BYTES);
        if (str_starts(name, STR("isolation-")))
                return err_set(err, ERR_INVALID, "names that start with 'isolation-' are for the host's own "
                               "checks; choose another");
        return 0;
}

/* A language tag as far as it matters here: letters, digits and '-' (RFC 5646, 2.1). */
static int check_language(struct str tag, struct err *err)
{
        bool good = tag.n >= 2 && tag.n <= 35;

        for (size_t i = 0; good && i < tag.n; i++)
                good = (tag.p[i] >= 'a' && tag.p[i] <= 'z') || (tag.p[i] >= 'A' && tag.p[i] <= 'Z') ||
                       (i > 0 && ((tag.p[i] >= '0' && tag.p[i] <= '9') || tag.p[i] == '-'));
        return good ? 0 : err_set(err, ERR_INVALID, "'%.*s' is not a language; write a tag such as 'en', "
                                  "'de' or 'pt-BR'", STR_ARG(tag));
}

static int check_text(const char *what, struct str text, size_t max, struct err *err)
{
        if (text.n > max)
                return err_set(err, ERR_LIMIT, "the %s is longer than %zu bytes", what, max);
        for (size_t i = 0; i < text.n; i++)
                if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
                        return err_set(err, ERR_INVALID, "the %s has a control character in it", what);
        return 0;
}

/* A new portal that somebody waits for. */
struct asked {
        struct task task;
        bool print_link;                /* also where the owner has a letter with it */
};

/* The one time that the owner's link is told. */
static void put_setup_link(struct json *portal, const struct json *made, bool print, struct arena *arena)
{
        struct str path = json_get_text(made, "path");
        bool mailed = json_get_bool(made, "mailed");

        if (path.n > 0 && mailed)
                json_put_bool(portal, "mailed", true);
        if (path.n > 0 && (print || !mailed))
                json_put_text(portal, "setup_url", work_address(&registry, arena,
                                                                json_get_text(portal, "host"), path));
}

static void answer_created(struct client *client, int64_t id, const struct json *made, bool print,
                           const struct err *why)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals;
        size_t n;
        struct err err;

        if (why != NULL) {
                client_refuse(client, why->code, why->text);
                return;
        }
        if (registry_portal_list(registry.store, arena, &portals, &n, &err) < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        for (size_t i = 0; i < n; i++) {
                if (portals[i].id != id)
                        continue;
                struct json *answer CLEANUP_JSON = portal_json(&registry, &portals[i]);

                put_setup_link(answer, made, print, arena);
                client_answer(client, answer);
                return;
        }
        client_refuse(client, ERR_NOT_FOUND, "the portal was made, and is gone again");
}

/* The client may have gone while the portal was made: then there is nobody to answer. */
static void created(struct task *waiting, int64_t id, const struct json *made, const struct err *why)
{
        if (waiting->client != NULL)
                answer_created(waiting->client, id, made, ((struct asked *)waiting)->print_link, why);
        if (why == NULL)
                service_log(LOG_INFO, "portal created id=%lld", (long long)id);
        task_end(waiting);
}

/* from: it is made from an export, whose title it has unless another is given. */
static int read_new_portal(const struct json *args, bool from, struct registry_portal *out,
                           struct err *err)
{
        *out = (struct registry_portal){
                .name = json_get_text(args, "name"),
                .title = json_get_text(args, "title"),
                .language = json_get_text(args, "language"),
                .owner = json_get_text(args, "owner"),
                .created = clock_unix(),
        };
        if (out->title.n == 0 && !from)
                out->title = out->name;
        if (out->language.n == 0)
                out->language = STR("en");
        int r = portal_check_name(&registry, out->name, err);

        if (r == 0)
                r = check_language(out->language, err);
        if (r == 0)
                r = check_text("title", out->title, 200, err);
        if (r == 0)
                r = check_text("owner", out->owner, 254, err);
        return r;
}

void command_portal_create(struct client *client, const struct json *args, int fd)
{
        struct registry_portal portal;
        struct err err;

        if (read_new_portal(args, fd >= 0, &portal, &err) < 0) {
                fd_close(&fd);
                client_refuse(client, err.code, err.text);
                return;
        }
        struct asked *asked = task_new(sizeof *asked, client, 0);

        asked->print_link = json_get_bool(args, "print_link");
        creation_start(&asked->task, &portal, true, fd, created);
}

void command_portal_list(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *answer CLEANUP_JSON = json_new_array();
        struct registry_portal *portals;
        size_t n;
        struct err err;

        (void)args;
        (void)fd;
        if (registry_portal_list(registry.store, arena, &portals, &n, &err) < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (portals[i].state != PORTAL_CREATING)
                        json_append(answer, portal_json(&registry, &portals[i]));
        client_answer(client, answer);
}

static int find(const struct json *args, const char *key, struct arena *arena,
                struct registry_portal *out, struct err *err)
{
        int r = registry_portal_find(registry.store, json_get_text(args, key), arena, out, err);

        if (r == 0 && out->state == PORTAL_CREATING)
                return err_set(err, ERR_NOT_FOUND, "the portal '%.*s' is still being made; try again in a "
                               "moment", STR_ARG(out->name));
        return r;
}

int portal_find_active(struct registry *reg, const struct json *args, struct arena *arena,
                       struct registry_portal *out, struct err *err)
{
        int r = find(args, "portal", arena, out, err);

        (void)reg;
        if (r == 0 && out->state == PORTAL_SUSPENDED)
                return err_set(err, ERR_DENIED, "the portal '%.*s' is suspended; 'carrel portal resume %.*s' "
                               "first", STR_ARG(out->name), STR_ARG(out->name));
        if (r == 0 && out->state == PORTAL_DELETED)
                return err_set(err, ERR_DENIED, "the portal '%.*s' is deleted; 'carrel portal restore %.*s' "
                               "brings it back while its grace lasts", STR_ARG(out->name),
                               STR_ARG(out->name));
        return r;
}

void command_portal_show(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;

        (void)fd;
        if (find(args, "name", arena, &portal, &err) < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        struct json *answer CLEANUP_JSON = portal_json(&registry, &portal);

        client_answer(client, answer);
}

void portal_retire(int64_t id)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_PORTAL_RETIRE);
        message_put_u64(&msg, (uint64_t)id);
        service_tell(&registry.service, &msg, -1);
}

/* Route or unroute all its names, and let running workers finish. */
static int apply_routes(const struct registry_portal *portal, bool active, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_domain *domains;
        size_t n;
        int r = registry_domain_list(registry.store, arena, &domains, &n, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < n; i++)
                if (domains[i].portal == portal->id)
                        routes_send(&registry, domains[i].host, active ? portal->id : 0);
        if (active) {
                allow_send(&registry, portal->id, portal_host(&registry, arena, portal->name));
        } else {
                allow_forget(&registry, portal->id);
                portal_retire(portal->id);
        }
        return 0;
}

static int move(struct registry_portal *portal, enum registry_state to, int64_t delete_after,
                struct err *err)
{
        int r = store_begin(registry.store, err);

        if (r < 0)
                return r;
        r = registry_portal_set_state(registry.store, portal->id, to, delete_after, err);
        if (r < 0) {
                store_rollback(registry.store);
                return r;
        }
        r = store_commit(registry.store, err);
        if (r < 0)
                return r;
        portal->state = to;
        portal->delete_after = delete_after;
        vault_mark(portal);
        return apply_routes(portal, to == PORTAL_ACTIVE, err);
}

/* after: of a deletion, when its grace is over. */
static void change(struct client *client, const struct json *args, unsigned from,
                   enum registry_state to, int64_t after, const char *sentence)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal portal;
        struct err err;
        int r = find(args, "name", arena, &portal, &err);

        if (r == 0 && (from & 1u << portal.state) == 0)
                r = err_set(&err, ERR_DENIED, "the portal '%.*s' is %s; %s", STR_ARG(portal.name),
                            registry_state_name(portal.state), sentence);
        if (r == 0 && portal.state == PORTAL_DELETED && deletion_has_begun(&registry, portal.id))
                r = err_set(&err, ERR_DENIED, "the portal '%.*s' is being destroyed; an export of it can be "
                            "made a new portal", STR_ARG(portal.name));
        if (r == 0)
                r = move(&portal, to, after, &err);
        if (r < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        service_log(LOG_NOTICE, "portal=%lld is %s now", (long long)portal.id,
                    registry_state_name(portal.state));
        struct json *answer CLEANUP_JSON = portal_json(&registry, &portal);

        client_answer(client, answer);
}

void command_portal_suspend(struct client *client, const struct json *args, int fd)
{
        (void)fd;
        change(client, args, 1u << PORTAL_ACTIVE, PORTAL_SUSPENDED, 0, "only an active one can be suspended");
}

void command_portal_resume(struct client *client, const struct json *args, int fd)
{
        (void)fd;
        change(client, args, 1u << PORTAL_SUSPENDED, PORTAL_ACTIVE, 0, "only a suspended one can be resumed");
}

void command_portal_delete(struct client *client, const struct json *args, int fd)
{
        bool at_once = json_get_bool(args, "now");
        unsigned from = 1u << PORTAL_ACTIVE | 1u << PORTAL_SUSPENDED;

        (void)fd;
        if (at_once && !str_eq(json_get_text(args, "confirm"), json_get_text(args, "name"))) {
                client_refuse(client, ERR_INVALID, "to destroy a portal at once, type its name again");
                return;
        }
        /* One that waits for its end may be destroyed sooner; nothing else happens to it twice. */
        change(client, args, at_once ? from | 1u << PORTAL_DELETED : from, PORTAL_DELETED,
               clock_unix() + (at_once ? 0 : GRACE_DAYS * INT64_C(86400)), "it cannot be deleted twice");
        if (at_once && agenda_has_keys())       /* else when it has, like any other */
                portals_purge(&registry, clock_unix());
}

void command_portal_restore(struct client *client, const struct json *args, int fd)
{
        (void)fd;
        change(client, args, 1u << PORTAL_DELETED, PORTAL_ACTIVE, 0, "only a deleted one can be restored");
}

void portals_purge(struct registry *reg, int64_t now)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_portal *portals;
        size_t n;
        struct err err;

        if (registry_portal_list(reg->store, arena, &portals, &n, &err) < 0) {
                service_log(LOG_ERROR, "portals cannot be read: %s", err.text);
                return;
        }
        for (size_t i = 0; i < n; i++) {
                if (portals[i].state != PORTAL_DELETED || portals[i].delete_after > now)
                        continue;
                service_log(LOG_NOTICE, "portal=%lld is destroyed: its grace is over",
                            (long long)portals[i].id);
                deletion_start(reg, &portals[i]);
        }
}

static struct json *domain_json(const struct registry_domain *domain)
{
        struct json *o = json_new_object();
        char when[CLOCK_ISO_LEN + 1];

        json_put_text(o, "portal", domain->portal_name);
        json_put_text(o, "host", domain->host);
        json_put_text(o, "state", domain->state);
        json_put_text(o, "issuer", domain->issuer);
        clock_iso(domain->expires, when);
        json_put_text(o, "expires", str_of(when));
        json_put_int(o, "days_left", (domain->expires - clock_unix()) / 86400);
        return o;
}

void command_domain_list(struct client *client, const struct json *args, int fd)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *answer CLEANUP_JSON = json_new_array();
        struct str only = json_get_text(args, "portal");
        struct registry_portal portal;
        struct registry_domain *domains = NULL;
        size_t n = 0;
        struct err err;
        int r = only.n > 0 ? registry_portal_find(registry.store, only, arena, &portal, &err) : 0;

        (void)fd;
        if (r == 0)
                r = registry_domain_list(registry.store, arena, &domains, &n, &err);
        if (r < 0) {
                client_refuse(client, err.code, err.text);
                return;
        }
        for (size_t i = 0; i < n; i++)
                if (only.n == 0 || str_eq(only, domains[i].portal_name))
                        json_append(answer, domain_json(&domains[i]));
        client_answer(client, answer);
}
