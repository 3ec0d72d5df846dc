/*
 * outbox.c -- portals and the courier: a channel between the two for whoever asks, and a portal that sleeps
 * on letters is woken.
 *
 * Letters are rows of a portal's own database, written with the change that caused them. Who writes one
 * first makes the file `outbox` in the container; the portal removes it when no row is left. So this
 * process sees that letters wait without reading a byte: when a job has ended, when the host starts, and
 * now and then, for a machine may lose its power between any two steps. A container that lies about its
 * file gets a worker that finds nothing to do.
 */
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor.h"

enum {
        ASK_MS = 500,                   /* a worker gets a channel at most so often */
        SLICE = 200,                    /* containers looked into at once, ... */
        SLICE_MS = 20,                  /* ... and the pause until the next ones */
        ROUND_MS = 10 * 60 * 1000,
};

static DIR *round_dir;                  /* the round that is under way, or NULL */

static void answer(struct worker *worker, int fd)
{
        struct message msg CLEANUP_MESSAGE = { 0 };
        struct err err;

        message_init(&msg, MSG_COURIER_CHANNEL);
        /* Sent, never queued: a worker that does not read must not make us keep descriptors. */
        int r = channel_send(worker->channel, &msg, fd, &err);

        (void)r;                        /* it asks again, or is gone */
}

/* The courier learns who asks from the number that stands beside the channel, which is ours. */
void outbox_connect(struct worker *asking)
{
        struct child *courier = &asking->sup->children[CHILD_COURIER];
        struct message msg CLEANUP_MESSAGE = { 0 };
        uint64_t now = clock_ms();
        int pair[2];

        message_init(&msg, MSG_PORTAL_CHANNEL);
        message_put_u64(&msg, asking->portal);
        if (courier->channel == NULL || !channel_is_open(courier->channel) ||
            (asking->courier_at > 0 && now < asking->courier_at + ASK_MS) || channel_pair(pair, NULL) < 0) {
                answer(asking, -1);
                return;
        }
        asking->courier_at = now;
        child_tell(courier, &msg, pair[0]);
        answer(asking, pair[1]);
        fd_close(&pair[0]);
        fd_close(&pair[1]);
}

static struct worker *first_worker(struct supervisor *sup, uint64_t id)
{
        for (struct worker *w = sup->workers; w != NULL; w = w->next)
                if (w->portal == id && w->kind == SPAWN_PORTAL && !w->retiring && !w->doomed)
                        return w;
        return NULL;
}

void outbox_look(struct supervisor *sup, uint64_t id)
{
        struct message msg CLEANUP_MESSAGE = { 0 };

        if (!config_has_mail(&sup->config) || sup->stopping || portals_is_removing(sup, id) ||
            !data_dir_has_letters(sup, id))
                return;
        struct worker *worker = first_worker(sup, id);

        if (worker == NULL) {
                portals_wake(sup, id);  /* it looks by itself when it starts */
                return;
        }
        message_init(&msg, MSG_OUTBOX_LOOK);
        int r = channel_send(worker->channel, &msg, -1, NULL);

        (void)r;                        /* the next round asks again */
}

static void go_on(void *ctx)
{
        struct supervisor *sup = ctx;

        for (unsigned i = 0; round_dir != NULL && i < SLICE; i++) {
                const struct dirent *e = readdir(round_dir);
                uint64_t id;

                if (e == NULL) {
                        closedir(round_dir);
                        round_dir = NULL;
                } else if (str_to_u64(str_of(e->d_name), PORTAL_ID_MAX, &id, NULL) == 0) {
                        outbox_look(sup, id);
                }
        }
        if (round_dir != NULL)
                loop_set_timer(sup->loop, &sup->outboxes, SLICE_MS, go_on, sup);
        else
                outbox_look_everywhere(sup);
}

static void begin(void *ctx)
{
        struct supervisor *sup = ctx;
        int fd = openat(sup->data_fd, "portals", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        round_dir = fd >= 0 ? fdopendir(fd) : NULL;
        if (round_dir == NULL) {
                log_own(1, "the folder of portals cannot be listed; letters may wait there");
                fd_close(&fd);
        }
        go_on(sup);
}

void outbox_look_everywhere(struct supervisor *sup)
{
        static bool begun;

        if (!config_has_mail(&sup->config))
                return;
        loop_set_timer(sup->loop, &sup->outboxes, begun ? ROUND_MS : 0, begin, sup);
        begun = true;
}
