/*
 * dispatch.c -- what the fixed children may ask of the supervisor. A message that is not here does
 * nothing: its row exists, but not for this receiver at this place.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "service/service.h"
#include "supervisor.h"

enum { LOG_LINES_PER_SECOND = 200 };

static bool common(struct child *child, struct message *msg)
{
        uint32_t level;

        switch (msg->type) {
        case MSG_LOG:
                level = message_get_u32(msg);
                if (log_allows(&child->meter, LOG_LINES_PER_SECOND))
                        log_line(child->peer, child->pid, 0, level, message_get_str(msg));
                return true;
        case MSG_READY:
                child->ready = true;
                return true;
        default:
                return false;
        }
}

void dispatch_zygote(void *ctx, struct message *msg, int fd)
{
        struct child *child = ctx;

        fd_close(&fd);
        if (common(child, msg))
                return;
        if (msg->type == MSG_SPAWNED)
                workers_on_spawned(child->sup, msg);
}

void dispatch_edge(void *ctx, struct message *msg, int fd)
{
        struct child *child = ctx;

        fd_close(&fd);
        if (common(child, msg))
                return;
        if (msg->type == MSG_PORTAL_WAKE)
                portals_wake(child->sup, message_get_u64(msg));
}

void dispatch_courier(void *ctx, struct message *msg, int fd)
{
        fd_close(&fd);
        common(ctx, msg);       /* it asks for nothing; what it says besides is not for this process */
}

void dispatch_vault(void *ctx, struct message *msg, int fd)
{
        fd_close(&fd);
        common(ctx, msg);       /* it asks for nothing */
}

static void container_make(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        uint64_t portal = message_get_u64(msg);
        struct err err = { 0 };
        struct message reply CLEANUP_MESSAGE;
        int r = portals_is_id(sup, portal)
                        ? data_dir_make_container(sup, portal, &err)
                        : err_set(&err, ERR_LIMIT, "no portal can have this number; uid_base is %u and "
                                  "uids end at %u", sup->config.uid_base, UINT32_MAX);

        if (r == 0)
                err.text[0] = '\0';
        message_init(&reply, MSG_CONTAINER_DONE);
        message_put_u64(&reply, token);
        message_put_str(&reply, service_clip(str_of(err.text), ERR_TEXT_MAX));
        child_tell(&sup->children[CHILD_REGISTRY], &reply, -1);
}

static void status_tell(struct supervisor *sup, struct message *msg)
{
        uint64_t token = message_get_u64(msg);
        struct buf json CLEANUP_BUF = { 0 };
        struct message reply CLEANUP_MESSAGE;

        status_json(sup, &json);
        message_init(&reply, MSG_STATUS_TELL);
        message_put_u64(&reply, token);
        message_put_str(&reply, buf_str(&json));
        child_tell(&sup->children[CHILD_REGISTRY], &reply, -1);
}

static void write_trust_anchor(struct supervisor *sup, struct message *msg)
{
        struct str pem = message_get_str(msg);
        struct child *registry = &sup->children[CHILD_REGISTRY];
        struct err err;

        if (registry->anchored)
                return;         /* once in its life is enough: each one waits for the disk */
        registry->anchored = true;
        if (fd_replace(sup->data_fd, "ca.pem", 0644, pem.p, pem.n, &err) < 0)
                log_own(1, "cannot write ca.pem: %s", err.text);
        else if (fchmodat(sup->data_fd, "ca.pem", 0644, 0) < 0)
                log_own(1, "cannot open ca.pem to all readers");
}

void dispatch_registry(void *ctx, struct message *msg, int fd)
{
        struct child *child = ctx;
        struct supervisor *sup = child->sup;
        uint64_t token;

        fd_close(&fd);
        if (common(child, msg))
                return;
        switch (msg->type) {
        case MSG_CONTAINER_MAKE:
                container_make(sup, msg);
                break;
        case MSG_CONTAINER_REMOVE:
                token = message_get_u64(msg);
                portals_remove(sup, message_get_u64(msg), token);
                break;
        case MSG_JOB_START:
                workers_start_job(sup, msg);
                break;
        case MSG_PORTAL_RETIRE:
                portals_retire(sup, message_get_u64(msg));
                break;
        case MSG_PORTAL_WATCH:
                token = message_get_u64(msg);
                portals_watch(sup, message_get_u64(msg), token);
                break;
        case MSG_SELF_TOLD:
                asks_told(sup, msg);
                break;
        case MSG_SSO_CHECK:
                portals_check_sso(sup, msg);
                break;
        case MSG_STATUS_ASK:
                status_tell(sup, msg);
                break;
        case MSG_TRUST_ANCHOR:
                write_trust_anchor(sup, msg);
                break;
        default:
                break;
        }
}
