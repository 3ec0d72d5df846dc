/*
 * certificates.c -- the local authority, and the certificates it has given out.
 *
 * The authority's key lies in the registry's own folder. Each portal makes its own key inside its
 * container and only the public half comes here. When the host's name changes, the old authority's name
 * constraint no longer fits, so a new one is made and every certificate is renewed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "registry.h"

enum { FILE_MAX = 64 * 1024, RENEWALS_AT_ONCE = 4 };

static int write_authority(struct registry *reg, struct err *err)
{
        struct buf key CLEANUP_BUF = { 0 }, pem CLEANUP_BUF = { 0 };
        int r = tls_authority_save(reg->authority, &key, &pem, err);

        if (r == 0)
                r = fd_replace(AT_FDCWD, "ca.key", 0600, key.p, key.n, err);
        if (r == 0)
                r = fd_replace(AT_FDCWD, "ca.pem", 0600, pem.p, pem.n, err);
        if (r == 0)
                r = fd_replace(AT_FDCWD, "ca.host", 0600, reg->host, strlen(reg->host), err);
        if (key.n > 0)
                explicit_bzero(key.p, key.n);
        return r;
}

/* Whether there is an authority for this host name; loads it. */
static int load_authority(struct registry *reg, struct err *err)
{
        struct buf key CLEANUP_BUF = { 0 }, pem CLEANUP_BUF = { 0 }, host CLEANUP_BUF = { 0 };
        int r = fd_slurp(AT_FDCWD, "ca.host", FILE_MAX, &host, err);

        if (r < 0)
                return r;
        if (!str_is(buf_str(&host), reg->host))
                return err_set(err, ERR_NOT_FOUND, "the host's name has changed");
        r = fd_slurp(AT_FDCWD, "ca.key", FILE_MAX, &key, err);
        if (r == 0)
                r = fd_slurp(AT_FDCWD, "ca.pem", FILE_MAX, &pem, err);
        if (r == 0)
                r = tls_authority_load(buf_str(&key), buf_str(&pem), &reg->authority, err);
        if (key.n > 0)
                explicit_bzero(key.p, key.n);
        return r;
}

static void publish_anchor(struct registry *reg)
{
        struct buf key CLEANUP_BUF = { 0 }, pem CLEANUP_BUF = { 0 };
        struct message msg CLEANUP_MESSAGE;
        struct err err;

        if (tls_authority_save(reg->authority, &key, &pem, &err) < 0)
                service_die(&err, "read the local authority");
        explicit_bzero(key.p, key.n);
        message_init(&msg, MSG_TRUST_ANCHOR);
        message_put_bytes(&msg, pem.p, pem.n);
        service_tell(&reg->service, &msg, -1);
}

int certificates_open(struct registry *reg, struct err *err)
{
        int r = load_authority(reg, err);

        if (r == ERR_NOT_FOUND) {
                r = tls_authority_new(str_of(reg->host), &reg->authority, err);
                if (r == 0)
                        r = write_authority(reg, err);
        }
        if (r == 0)
                publish_anchor(reg);
        return r;
}

static void record(struct registry *reg, uint64_t portal, struct str host, int64_t expires)
{
        const struct registry_domain domain = {
                .portal = (int64_t)portal,
                .host = host,
                .state = STR("active"),
                .issuer = STR("local"),
                .expires = expires,
        };
        struct err err;
        int r = store_begin(reg->store, &err);

        if (r == 0) {
                r = registry_domain_put(reg->store, &domain, &err);
                if (r == 0)
                        r = store_commit(reg->store, &err);
                else
                        store_rollback(reg->store);
        }
        if (r < 0)
                service_log(LOG_ERROR, "the certificate of %s was not recorded: %s",
                            service_quote(host).text, err.text);
}

void certificates_record(struct registry *reg, uint64_t portal, struct str host)
{
        record(reg, portal, host, clock_unix() + TLS_LEAF_DAYS * INT64_C(86400));
}

/* ---- renewal ---- */

/* What the last sweep found due. A few at once: after a change of name it is every portal there is. */
static struct {
        struct arena *arena;
        struct wanted {
                uint64_t portal;
                struct str host;
        } *list;
        size_t n, next;
        unsigned running;
} due;

static void start_more(void);

static void renew_open(struct task *task)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_JOB_RENEW);
        message_put_str(&msg, task->host);
        int r = channel_post(task->job, &msg, -1, NULL);

        (void)r;                /* a dead job is told of by the supervisor */
}

static void end_renewal(struct task *task)
{
        task_end(task);
        start_more();
}

/* New connections go to workers that read the new pair; the old ones finish what they have. */
static void renew_done(struct task *task, int code, struct str sentence, struct str json)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)json;
        due.running--;
        if (code < 0) {                 /* the next sweep tries again */
                service_log(LOG_ERROR, "certificate not renewed host=%s: %.*s",
                            service_quote(task->host).text, STR_ARG(sentence));
                end_renewal(task);
                return;
        }
        certificates_record(task->reg, task->portal, task->host);
        message_init(&msg, MSG_PORTAL_RETIRE);
        message_put_u64(&msg, task->portal);
        service_tell(&task->reg->service, &msg, -1);
        service_log(LOG_INFO, "certificate renewed portal=%llu host=%.*s",
                    (unsigned long long)task->portal, STR_ARG(task->host));
        end_renewal(task);
}

static void start_more(void)
{
        for (; due.next < due.n && due.running < RENEWALS_AT_ONCE; due.next++, due.running++) {
                struct task *task = task_new(sizeof *task, NULL, due.list[due.next].portal);

                task->host = arena_str(task->arena, due.list[due.next].host);
                task->job_open = renew_open;
                task->job_done = renew_done;
                task_start_job(task);
        }
        if (due.next < due.n || due.running > 0)
                return;
        arena_free(&due.arena);
        due.n = due.next = 0;
}

static void renew(uint64_t portal, struct str host)
{
        due.list[due.n].portal = portal;
        due.list[due.n++].host = arena_str(due.arena, host);
}

/*
 * The host was renamed: the portal's name below the old one is replaced by the one below the new. It has
 * no certificate until its renewal is done, and says so: else a crash before that would leave it without.
 */
static void move_to_new_host(struct registry *reg, const struct registry_domain *domain,
                             struct str host)
{
        struct err err;
        int r = store_begin(reg->store, &err);

        if (r == 0) {
                r = registry_domain_forget(reg->store, domain->host, &err);
                if (r == 0)
                        r = store_commit(reg->store, &err);
                else
                        store_rollback(reg->store);
        }
        if (r < 0) {
                service_log(LOG_ERROR, "%s", err.text);
                return;
        }
        record(reg, (uint64_t)domain->portal, host, 0);
        renew((uint64_t)domain->portal, host);
}

void certificates_sweep(struct registry *reg)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct registry_domain *domains;
        size_t n;
        struct err err;
        int64_t soon = clock_unix() + RENEW_DAYS * INT64_C(86400);

        if (due.arena != NULL)
                return;                 /* the last sweep's are still under way */
        if (registry_domain_list(reg->store, arena, &domains, &n, &err) < 0) {
                service_log(LOG_ERROR, "domains cannot be read: %s", err.text);
                return;
        }
        due.arena = arena_new(0);
        due.list = arena_array(due.arena, n + 1, sizeof *due.list);
        for (size_t i = 0; i < n; i++) {
                struct str host = portal_host(reg, arena, domains[i].portal_name);

                if (!str_is(domains[i].issuer, "local"))
                        continue;
                if (!str_eq(domains[i].host, host))
                        move_to_new_host(reg, &domains[i], host);
                else if (domains[i].expires < soon)
                        renew((uint64_t)domains[i].portal, host);
        }
        start_more();
}
