/*
 * sso.c -- providers of sign-on: what the job has written into the portal's database, and here what the
 * portal may ask for it. The second is why only the operator adds a provider: the list is kept outside of
 * the container, and nobody inside has a way to lengthen it.
 */
#include "registry.h"

#include "base/clock.h"
#include "sni/origin.h"

/* One provider's origins are given and taken under its own reason, so that two can share one. */
static struct str reason_of(struct work *work)
{
        struct str name = json_get_text(work->args, "name");

        return str_of(arena_printf(work->task.arena, "sso/%.*s", STR_ARG(name)));
}

/* In a transaction. */
static int allow_all(struct work *work, const struct json *origins, struct err *err)
{
        struct registry *reg = work->task.reg;
        struct origin origin;
        int r = 0;

        for (size_t i = 0; r == 0 && i < json_length(origins); i++) {
                r = origin_parse(json_text(json_at(origins, i)), &origin, err);
                if (r < 0)
                        break;
                const struct registry_origin row = {
                        .portal = (int64_t)work->task.portal, .origin = str_of(origin.text),
                        .reason = reason_of(work), .created = clock_unix(),
                };

                r = registry_origin_allow(reg->store, &row, err);
        }
        return r;
}

/* In a transaction. */
static int forbid_all(struct work *work, struct err *err)
{
        struct registry *reg = work->task.reg;
        struct registry_origin *rows = NULL;
        size_t n = 0;
        int64_t portal = (int64_t)work->task.portal;
        struct str reason = reason_of(work);
        int r = registry_origin_list(reg->store, portal, work->task.arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++)
                if (str_eq(rows[i].reason, reason))
                        r = registry_origin_forbid(reg->store, portal, rows[i].origin, reason, err);
        return r;
}

/* What was allowed for an earlier provider of this name is gone before anything is allowed for this one. */
static int replace(struct work *work, const struct json *origins, struct err *err)
{
        struct registry *reg = work->task.reg;
        int r = store_begin(reg->store, err);

        if (r < 0)
                return r;
        r = forbid_all(work, err);
        if (r == 0 && origins != NULL)
                r = allow_all(work, origins, err);
        if (r < 0) {
                store_rollback(reg->store);
                return r;
        }
        r = store_commit(reg->store, err);
        if (r == 0)
                allow_send(reg, (int64_t)work->task.portal, work->host);
        return r;
}

/* What the operator has said, not what the job answers, decides what may be asked. */
static struct json *origins_asked(const struct work *work, struct err *err)
{
        struct json *all CLEANUP_JSON = json_new_array();
        const struct json *more = json_get(work->args, "origins");
        struct origin own;
        struct str path;

        if (origin_of_url(json_get_text(work->args, "issuer"), &own, &path, err) < 0)
                return NULL;
        json_append_text(all, str_of(own.text));
        for (size_t i = 0; i < json_length(more); i++)
                json_append_text(all, json_text(json_at(more, i)));
        struct json *out = all;

        all = NULL;
        return out;
}

static int settle_add(struct work *work, struct json *answer, struct err *err)
{
        struct json *origins CLEANUP_JSON = origins_asked(work, err);
        struct str name = json_get_text(work->args, "name");

        if (origins == NULL)
                return ERR_INVALID;
        int r = replace(work, origins, err);

        if (r < 0)
                return err_wrap(err, r, "the provider is written down, and may not be asked yet: remove it "
                                "and add it again");
        const char *path = arena_printf(work->task.arena, "/login/sso/callback/%.*s", STR_ARG(name));

        json_put_text(answer, "redirect",
                      work_address(work->task.reg, work->task.arena, work->host, str_of(path)));
        return 0;
}

static int settle_remove(struct work *work, struct json *answer, struct err *err)
{
        (void)answer;
        return replace(work, NULL, err);
}

void command_sso_add(struct client *client, const struct json *args, int fd)
{
        struct work *work = work_start(client, args, fd, people_send_order);

        if (work != NULL)
                work->settle = settle_add;
}

void command_sso_remove(struct client *client, const struct json *args, int fd)
{
        struct work *work = work_start(client, args, fd, people_send_order);

        if (work != NULL)
                work->settle = settle_remove;
}
