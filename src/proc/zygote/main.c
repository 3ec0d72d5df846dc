/*
 * main.c -- the zygote: everything a portal needs is loaded and warm here, so that starting one is a fork.
 *
 * It parses no input. The one message it takes names a portal by number and a kind of process; the
 * channel that comes with it is passed to the child unread.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/prepare.h"
#include "exchange/exchange.h"
#include "http/headers.h"
#include "json/json.h"
#include "sandbox/confine.h"
#include "service/arguments.h"
#include "service/service.h"
#include "store/store.h"
#include "tls/server.h"

#include "../job/job.h"
#include "../portal/main.h"
#include "../probe/probe.h"
#include "../profiles.h"

enum { PROVIDERS_MAX = 16, HASH_MS = 50, HASH_MEMORY_KIB = 64 * 1024 };

enum kind { KIND_PORTAL = 1, KIND_JOB = 2, KIND_PROBE = 3, KIND_HELP = 4 };

static struct {
        struct service service;
        struct sandbox_filter *portal_filter;
        struct sandbox_filter *job_filter;
        struct profile portal;          /* the portal's, with the operator's limit of memory */
        enum sandbox_mode mode;
        uid_t uid_first;
        struct portal_setup setup;
        struct password_cost cost;      /* tuned to this machine */
        struct page_trust_provider providers[PROVIDERS_MAX];
        char portals[400];
} zygote;

struct spawn {
        uint64_t token;
        uint64_t portal;
        uint64_t argument;
        uint32_t kind;
};

static void tell_spawned(const struct spawn *spawn, pid_t pid, const char *why)
{
        struct message msg CLEANUP_MESSAGE;

        message_init(&msg, MSG_SPAWNED);
        message_put_u64(&msg, spawn->token);
        message_put_u32(&msg, pid > 0 ? (uint32_t)pid : 0);
        message_put_str(&msg, service_clip(str_of(why), ERR_TEXT_MAX));
        service_tell(&zygote.service, &msg, -1);
}

/* A process that cannot be confined says why over its channel, if that still works, and ends. */
NORETURN static void refuse(int channel, const struct spawn *spawn, const struct err *err)
{
        enum peer me = spawn->kind == KIND_PORTAL ? PEER_PORTAL : PEER_JOB;
        enum peer far = spawn->kind == KIND_PORTAL ? PEER_SUPERVISOR : PEER_REGISTRY;
        struct channel *ch = channel_new(channel, me, far);
        struct message msg CLEANUP_MESSAGE;

        if (me == PEER_PORTAL) {
                message_init(&msg, MSG_LOG);
                message_put_u32(&msg, LOG_ERROR);
                message_put_str(&msg, service_clip(str_of(err->text), ERR_TEXT_MAX));
        } else {
                message_init(&msg, MSG_JOB_DONE);
                message_put_u32(&msg, (uint32_t)-ERR_DENIED);
                message_put_str(&msg, service_clip(str_of(err->text), ERR_TEXT_MAX));
                message_put_text(&msg, "");
        }
        int r = channel_send(ch, &msg, -1, NULL);

        (void)r;
        _exit(1);
}

/* argument: the action's number (8 bits), the canary's process id (24) and its portal's number (32). */
NORETURN static void run_probe(const struct spawn *spawn)
{
        char canary[440];
        const struct probe_targets targets = {
                .canary_folder = canary,
                .canary_pid = (pid_t)(spawn->argument >> 8 & 0xffffff),
                .open_folder = "/tmp",
                .host_name = "localhost",
                .socket = SERVICE_CHANNEL_FD,
        };

        snprintf(canary, sizeof canary, "%s/%llu", zygote.portals,
                 (unsigned long long)(spawn->argument >> 32));
        probe_main(SERVICE_CHANNEL_FD, (unsigned)(spawn->argument & 0xff), &targets);
}

/* In the new process: its own channel takes the place of the zygote's, then the walls go up. */
NORETURN static void child(const struct spawn *spawn, int channel)
{
        char folder[440];
        struct sandbox_layers layers;
        struct err err;
        uid_t uid = zygote.uid_first + (uid_t)spawn->portal;
        struct sandbox_place place = { .mode = zygote.mode, .folder = folder, .uid = uid, .gid = uid };
        bool job = spawn->kind == KIND_JOB || spawn->kind == KIND_HELP;

        /* Its words go through its channel: whoever can write to the log itself can forge others' lines.
         * The keeper has made descriptor 0 /dev/null. */
        if (dup2(channel, SERVICE_CHANNEL_FD) < 0 || dup2(STDIN_FILENO, STDOUT_FILENO) < 0 ||
            dup2(STDIN_FILENO, STDERR_FILENO) < 0)
                _exit(1);
        snprintf(folder, sizeof folder, "%s/%llu", zygote.portals, (unsigned long long)spawn->portal);
        if (sandbox_enter(job ? &job_profile : &zygote.portal, &place,
                          job ? zygote.job_filter : zygote.portal_filter, &layers, &err) < 0)
                refuse(SERVICE_CHANNEL_FD, spawn, &err);
        switch (spawn->kind) {
        case KIND_PORTAL:
                portal_main(SERVICE_CHANNEL_FD, &layers, &zygote.setup);
        case KIND_JOB:
                job_main(SERVICE_CHANNEL_FD, PEER_REGISTRY, &zygote.cost, zygote.setup.mail);
        case KIND_HELP:
                job_main(SERVICE_CHANNEL_FD, PEER_PORTAL, &zygote.cost, zygote.setup.mail);
        default:
                run_probe(spawn);
        }
}

static void spawn_process(struct message *msg, int channel)
{
        struct spawn spawn = { .token = message_get_u64(msg) };
        struct err err;

        spawn.portal = message_get_u64(msg);
        spawn.kind = message_get_u32(msg);
        spawn.argument = message_get_u64(msg);
        /* Checked by the supervisor already; here the number becomes a uid, and uid 0 is a sum, too. */
        if (spawn.kind < KIND_PORTAL || spawn.kind > KIND_HELP || spawn.portal == 0 ||
            spawn.portal > INT32_MAX || zygote.uid_first + spawn.portal >= UINT32_MAX) {
                tell_spawned(&spawn, 0, "no such kind of process, or no portal has this number");
                return;
        }
        bool job = spawn.kind == KIND_JOB || spawn.kind == KIND_HELP;
        pid_t pid = sandbox_clone(job ? &job_profile : &portal_profile, zygote.mode,
                                  SANDBOX_SIBLING, &err);

        if (pid == 0)
                child(&spawn, channel);
        tell_spawned(&spawn, pid, pid > 0 ? "" : err.text);
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        if (msg->type == MSG_SPAWN)
                spawn_process(msg, fd);
        fd_close(&fd);
}

/* Load and touch whatever every portal needs, once, before there is anything to protect. */
static int warm_up(struct err *err)
{
        /* One heap without per-thread caches of unused blocks: these pages are shared by all portals. */
        mallopt(M_ARENA_MAX, 1);
        json_prepare();
        http_prepare();
        int r = tls_prepare(err);

        if (r == 0)
                r = store_prepare(err);
        if (r == 0)
                r = exchange_prepare(err);
        if (r == 0)
                r = crypto_prepare(err);
        if (r == 0)
                r = password_tune(HASH_MS, HASH_MEMORY_KIB, &zygote.cost, err);
        if (r == 0)
                r = sandbox_filter_new(&portal_profile, &zygote.portal_filter, err);
        if (r == 0)
                r = sandbox_filter_new(&job_profile, &zygote.job_filter, err);
        return r;
}

/* "provider=NAME\nROLE\nREGION\nSINCE": a line of the configuration cannot hold a line's end. */
static void take_providers(int argc, char **argv)
{
        zygote.setup.providers = zygote.providers;
        for (int i = 1; i < argc && zygote.setup.nproviders < PROVIDERS_MAX; i++) {
                struct str rest = str_of(argv[i]);

                if (!str_starts(rest, STR("provider=")))
                        continue;
                str_cut(&rest, '=');
                struct page_trust_provider *p = &zygote.providers[zygote.setup.nproviders++];

                p->name = str_cut(&rest, '\n');
                p->role = str_cut(&rest, '\n');
                p->region = str_cut(&rest, '\n');
                p->since = rest;
        }
}

int main(int argc, char **argv)
{
        struct sandbox_place place = {
                .mode = (enum sandbox_mode)argument_number(argc, argv, "mode", 16),
        };
        struct err err;

        service_prelude();
        zygote.mode = place.mode;
        zygote.uid_first = (uid_t)argument_number(argc, argv, "uid", UINT32_MAX);
        zygote.portal = portal_profile;
        zygote.portal.limits.memory = argument_number(argc, argv, "memory", UINT32_MAX) * MIB;
        zygote.setup.idle_seconds = (unsigned)argument_number(argc, argv, "idle", UINT32_MAX);
        zygote.setup.mail = argument_number(argc, argv, "mail", 1) == 1;
        zygote.setup.https_port = (unsigned)argument_number(argc, argv, "port", 65535);
        take_providers(argc, argv);
        snprintf(zygote.portals, sizeof zygote.portals, "%s/portals", argument_text(argc, argv, "data"));
        if (warm_up(&err) < 0 || sandbox_enter(&zygote_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "zygote refuses to start");
        if (service_start(&zygote.service, PEER_ZYGOTE, SERVICE_CHANNEL_FD, on_message, NULL, &err) < 0)
                service_die(&err, "zygote refuses to start");
        service_ready(&zygote.service);
        if (loop_run(zygote.service.loop, &err) < 0)
                service_die(&err, "zygote ends");
        return EXIT_SUCCESS;
}
