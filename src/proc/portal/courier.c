/*
 * courier.c -- asking for the channel, and who is told what comes on it.
 */
#include "courier.h"

#include "base/fd.h"
#include "fetching.h"
#include "outbox.h"
#include "portal.h"

enum { AGAIN_MS = 1000 };

static struct channel *channel;
static struct loop_timer again;
static bool asked;

static void ask(void *ctx)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        (void)ctx;
        if (asked || channel != NULL)
                return;
        asked = true;
        message_init(&msg, MSG_COURIER_ASK);
        service_tell(portal_service(), &msg, -1);
}

bool courier_send(const struct message *msg)
{
        if (channel != NULL && channel_is_open(channel) && channel_post(channel, msg, -1, NULL) == 0)
                return true;
        if (again.loop == NULL)
                ask(NULL);
        return false;
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        fd_close(&fd);
        switch (msg->type) {
        case MSG_FETCH_PART:
        case MSG_FETCH_DONE:
                fetching_on_message(msg);
                break;
        case MSG_LETTER_ANSWER:
                outbox_on_message(msg);
                break;
        default:
                break;
        }
}

static void on_closed(void *ctx, const struct err *why)
{
        (void)ctx;
        (void)why;
        channel_free(&channel);
        fetching_courier_gone();
        outbox_courier_gone();
}

void courier_on_channel(int fd)
{
        asked = false;
        if (fd < 0 || channel != NULL) {
                fd_close(&fd);
                loop_set_timer(portal_service()->loop, &again, AGAIN_MS, ask, NULL);
                return;
        }
        channel = channel_new(fd, PEER_PORTAL, PEER_COURIER);
        if (channel_watch(channel, portal_service()->loop, on_message, on_closed, NULL, NULL) < 0) {
                channel_free(&channel);
                return;
        }
        fetching_courier_open();
        outbox_courier_open();
}
