/*
 * main.c -- the vault: confine, find the keys, serve the registry.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "crypto/digest.h"
#include "crypto/prepare.h"
#include "crypto/random.h"
#include "sandbox/confine.h"
#include "service/arguments.h"
#include "offsite.h"
#include "vault.h"

#include "../profiles.h"

struct vault vault = { .keys = -1, .backups = -1 };

static int open_folder(const char *name, struct err *err)
{
        if (mkdir(name, 0700) < 0 && errno != EEXIST)
                return err_errno(err, "make the folder %s", name);
        int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        return fd < 0 ? err_errno(err, "open the folder %s", name) : fd;
}

/* The kernel's own number for this start of the machine; a random one where it is not told. */
static uint64_t which_boot(void)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct digest d;
        uint64_t boot;

        if (fd_slurp(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text, NULL) == 0)
                digest_of(buf_str(&text), &d);
        else
                random_fill(d.b, sizeof d.b);
        memcpy(&boot, d.b, sizeof boot);
        return boot;
}

static void on_message(void *ctx, struct message *msg, int fd)
{
        (void)ctx;
        if (msg->type == MSG_PEER_CHANNEL)
                message_get_u32(msg) == PEER_COURIER ? offsite_take_courier(fd) : requests_take(fd);
        else
                fd_close(&fd);
}

static void start(struct err *err)
{
        vault.keys = open_folder("keys", err);
        if (vault.keys >= 0)
                vault.backups = open_folder("backups", err);
        if (vault.keys < 0 || vault.backups < 0 ||
            service_start(&vault.service, PEER_VAULT, SERVICE_CHANNEL_FD, on_message, NULL, err) < 0)
                service_die(err, "vault refuses to start");
        keys_start();
        service_ready(&vault.service);
}

int main(int argc, char **argv)
{
        char folder[ARGUMENT_FOLDER_MAX];
        struct sandbox_place place = argument_place(argc, argv, "vault", folder);
        struct err err;

        service_prelude();
        json_prepare();
        vault.boot = which_boot();
        if (crypto_prepare(&err) < 0 || sandbox_enter(&vault_profile, &place, NULL, NULL, &err) < 0)
                service_die(&err, "vault refuses to start");
        start(&err);
        if (loop_run(vault.service.loop, &err) < 0)
                service_die(&err, "vault ends");
        return EXIT_SUCCESS;
}
