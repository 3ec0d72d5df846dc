/*
 * sockets.c -- reaching for a network, for other processes' sockets, and for more than was handed
 * over.
 *
 * Having made a socket counts as success, even where nobody would answer.
 */
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "action.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif
enum { GET_PEER_PIDFD = 77 };           /* SO_PEERPIDFD, Linux 6.5; not in Debian 12's header */

static int try_socket(int family, int type, int protocol)
{
        int fd = socket(family, type | SOCK_CLOEXEC, protocol);

        if (fd < 0)
                return -errno;
        close(fd);
        return 0;
}

static int tcp(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_INET, SOCK_STREAM, 0);
}

static int tcp6(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_INET6, SOCK_STREAM, 0);
}

static int udp(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_INET, SOCK_DGRAM, 0);
}

static int mptcp(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP);
}

static int raw(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int packet(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_PACKET, SOCK_RAW, 0);
}

static int unix_stream(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_UNIX, SOCK_STREAM, 0);
}

static int netlink(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

static int vsock(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_VSOCK, SOCK_STREAM, 0);
}

static int crypto_socket(const struct probe_targets *t)
{
        (void)t;
        return try_socket(AF_ALG, SOCK_SEQPACKET, 0);
}

static int pair(const struct probe_targets *t)
{
        int fds[2];

        (void)t;
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        close(fds[0]);
        close(fds[1]);
        return 0;
}

static int abstract_listener(const struct probe_targets *t)
{
        struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0carrel-probe" };

        (void)t;
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0)
                return -errno;
        int r = told(bind(fd, (const struct sockaddr *)&name, sizeof name));

        close(fd);
        return r;
}

/*
 * On a socket it was given: a refusal by the socket's own state has already passed the wall.
 * Without a socket the call is made all the same, for the filter to see.
 */
static int on_given(const struct probe_targets *t, long r)
{
        return t->socket < 0 ? -EBADF : admitted(r);
}

static struct sockaddr_in loopback(void)
{
        return (struct sockaddr_in){ .sin_family = AF_INET,
                                     .sin_port = htons(9),
                                     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static int given_connect(const struct probe_targets *t)
{
        struct sockaddr_in to = loopback();

        return on_given(t, connect(t->socket, (const struct sockaddr *)&to, sizeof to));
}

static int given_bind(const struct probe_targets *t)
{
        struct sockaddr_in at = loopback();

        at.sin_port = 0;
        return on_given(t, bind(t->socket, (const struct sockaddr *)&at, sizeof at));
}

static int given_listen(const struct probe_targets *t)
{
        return on_given(t, listen(t->socket, 1));
}

static int given_accept(const struct probe_targets *t)
{
        int fd = accept4(t->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

        return on_given(t, fd);
}

static int given_send_to_another(const struct probe_targets *t)
{
        struct sockaddr_in to = loopback();

        return on_given(t, sendto(t->socket, "x", 1, MSG_DONTWAIT | MSG_NOSIGNAL,
                                  (const struct sockaddr *)&to, sizeof to));
}

/* Standard error, which the far end has anyway. */
static int given_pass_descriptor(const struct probe_targets *t)
{
        union {
                char room[CMSG_SPACE(sizeof(int))];
                struct cmsghdr align;
        } control = { .room = { 0 } };
        char byte = 'x';
        struct iovec io = { &byte, 1 };
        struct msghdr msg = { .msg_iov = &io, .msg_iovlen = 1,
                              .msg_control = control.room, .msg_controllen = sizeof control.room };
        struct cmsghdr *head = CMSG_FIRSTHDR(&msg);
        int fd = STDERR_FILENO;

        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
        return on_given(t, sendmsg(t->socket, &msg, MSG_DONTWAIT | MSG_NOSIGNAL));
}

static int given_filter(const struct probe_targets *t)
{
        struct sock_filter all = { BPF_RET | BPF_K, 0, 0, 0xffffffff };
        struct sock_fprog program = { 1, &all };

        if (setsockopt(t->socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
                return -errno;
        setsockopt(t->socket, SOL_SOCKET, SO_DETACH_FILTER, &program, sizeof program);
        return 0;
}

static int given_device(const struct probe_targets *t)
{
        return on_given(t, setsockopt(t->socket, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
}

static int given_peer(const struct probe_targets *t)
{
        int fd = -1;
        socklen_t n = sizeof fd;

        return on_given(t, getsockopt(t->socket, SOL_SOCKET, GET_PEER_PIDFD, &fd, &n));
}

static const struct action list[] = {
        { "open a TCP socket", tcp, false },
        { "open a TCP socket over IPv6", tcp6, false },
        { "open a UDP socket", udp, false },
        { "open an MPTCP socket", mptcp, false },
        { "open a raw socket", raw, false },
        { "open a packet socket", packet, false },
        { "open a Unix socket", unix_stream, false },
        { "open a netlink socket", netlink, false },
        { "open a vsock to the hypervisor", vsock, false },
        { "open a kernel crypto socket", crypto_socket, false },
        { "make a pair of sockets", pair, false },
        { "take an abstract Unix address", abstract_listener, false },
        { "connect a socket it was given", given_connect, false },
        { "bind a socket it was given", given_bind, false },
        { "listen on a socket it was given", given_listen, false },
        { "accept on a socket it was given", given_accept, false },
        { "send to another address", given_send_to_another, false },
        { "pass a descriptor on (SCM_RIGHTS)", given_pass_descriptor, false },
        { "attach a filter to a socket", given_filter, false },
        { "bind a socket to a device", given_device, false },
        { "take hold of the process at a socket's far end", given_peer, false },
};

const struct action_group sockets_actions = { "sockets", list, ARRAY_LEN(list) };
