/*
 * listeners.c -- the sockets that outlive every worker: two for readers, one for the command line.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor.h"

enum { BACKLOG = 4096, DEFER_SECONDS = 1, BIND_TRIES = 40, BIND_WAIT_MS = 50 };

/*
 * After a crash the former edge may hold the port for some milliseconds; it ends as soon as it notices.
 * Somebody else's program on the port stays, and is reported after two seconds.
 */
static int bind_patiently(int fd, const struct addrinfo *info)
{
        for (int i = 0;; i++) {
                if (bind(fd, info->ai_addr, info->ai_addrlen) == 0)
                        return 0;
                if (errno != EADDRINUSE || i == BIND_TRIES)
                        return -1;
                nanosleep(&(struct timespec){ .tv_nsec = BIND_WAIT_MS * 1000000L }, NULL);
        }
}

static int open_socket(const struct addrinfo *info, bool every, struct err *err)
{
        int one = 1, zero = 0, wait = DEFER_SECONDS;
        int fd CLEANUP_FD = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return err_errno(err, "make a socket");
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (info->ai_family == AF_INET6)
                setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, every ? &zero : &one, sizeof one);
        /* Accepted sockets inherit it: no answer waits for a full segment. */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        /*
         * A visitor speaks first here: the edge hears of a connection together with its first bytes,
         * once instead of twice. Who stays silent waits in the kernel's queue of half-open connections
         * for a second, where SYN cookies keep room for others, and is the edge's to hold and to end
         * after that.
         */
        setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &wait, sizeof wait);
        if (bind_patiently(fd, info) < 0 || listen(fd, BACKLOG) < 0)
                return err_errno(err, "listen");
        int out = fd;

        fd = -1;
        return out;
}

static int open_tcp(const struct config_address *address, const char *what, int *out, struct err *err)
{
        bool every = strcmp(address->host, "*") == 0;
        struct addrinfo hints = {
                .ai_socktype = SOCK_STREAM,
                .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
        };
        struct addrinfo *info;
        char port[8];

        snprintf(port, sizeof port, "%u", address->port);
        int r = getaddrinfo(every ? "::" : address->host, port, &hints, &info);

        if (r != 0)
                return err_set(err, ERR_INVALID, "%s: '%s' is not a numeric address: %s", what,
                               address->host, gai_strerror(r));
        int fd = open_socket(info, every, err);

        freeaddrinfo(info);
        if (fd < 0 && every) {          /* a machine without IPv6 */
                struct config_address v4 = { "0.0.0.0", address->port };

                return open_tcp(&v4, what, out, err);
        }
        if (fd < 0 && errno == EADDRINUSE)
                return err_set(err, ERR_BUSY, "%s: port %u of %s is in use by another program; stop it or "
                               "choose another port with --%s", what, address->port, address->host, what);
        if (fd < 0 && errno == EACCES)
                return err_set(err, ERR_DENIED, "%s: this user may not listen on port %u; run as root or "
                               "choose a port above 1023 with --%s", what, address->port, what);
        if (fd < 0)
                return err_wrap(err, fd, "%s: listen on %s port %u", what, address->host, address->port);
        *out = fd;
        return 0;
}

/* The path goes through the folder's descriptor: DATA may be longer than a socket's name allows. */
static int open_control(struct supervisor *sup, int *out, struct err *err)
{
        struct sockaddr_un name = { .sun_family = AF_UNIX };
        int fd CLEANUP_FD = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return err_errno(err, "make the control socket");
        snprintf(name.sun_path, sizeof name.sun_path, "/proc/self/fd/%d/control.sock", sup->data_fd);
        if (unlinkat(sup->data_fd, "control.sock", 0) < 0 && errno != ENOENT)
                return err_errno(err, "remove the old %s/control.sock", sup->config.data);
        if (bind(fd, (const struct sockaddr *)&name, sizeof name) < 0 || listen(fd, 64) < 0)
                return err_errno(err, "listen on %s/control.sock", sup->config.data);
        if (fchmodat(sup->data_fd, "control.sock", 0600, 0) < 0)
                return err_errno(err, "close %s/control.sock to others", sup->config.data);
        *out = fd;
        fd = -1;
        return 0;
}

int listeners_open(struct supervisor *sup, struct err *err)
{
        int r = open_tcp(&sup->config.https, "https", &sup->listeners[LISTENER_HTTPS], err);

        if (r == 0)
                r = open_tcp(&sup->config.http, "http", &sup->listeners[LISTENER_HTTP], err);
        if (r == 0)
                r = open_control(sup, &sup->listeners[LISTENER_CONTROL], err);
        return r;
}
