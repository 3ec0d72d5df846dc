/*
 * callset.c -- from the text of a profile's calls to a sorted table, and the argument rules it may
 * name.
 */
#include "sandbox/callset.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/check.h"

/*
 * open(2)'s O_TMPFILE without the O_DIRECTORY it contains; O_PATH would let a name be held
 * unopened.
 */
#define OPEN_NEVER (020000000u | O_PATH | O_ASYNC)
#define MEMFD_SEALING (0x1u | 0x2u | 0x8u)      /* CLOEXEC, ALLOW_SEALING, NOEXEC_SEAL */

#define EQ(arg, value) { (arg), SCMP_CMP_EQ, (scmp_datum_t)(value), 0 }
#define ONLY_BITS(arg, bits) { (arg), SCMP_CMP_MASKED_EQ, 0xffffffffu & ~(unsigned)(bits), 0 }
#define NO_BITS(arg, bits) { (arg), SCMP_CMP_MASKED_EQ, (scmp_datum_t)(bits), 0 }
/* TCP and UDP; protocol 0 is the type's own. No MPTCP, SCTP, raw or packet socket. */
#define INTERNET_SOCKET(family, type, protocol)                                                    \
        { "socket", "internet", 3,                                                                 \
          { EQ(0, family),                                                                         \
            { 1, SCMP_CMP_MASKED_EQ, 0xffffffffu & ~(unsigned)(SOCK_NONBLOCK | SOCK_CLOEXEC),      \
              (scmp_datum_t)(type) },                                                              \
            EQ(2, protocol) } }
#define SOCKET_OPTION(level, name) \
        { "setsockopt", "stream", 2, { EQ(1, level), EQ(2, name) } }
#define SOCKET_ASK(level, name) \
        { "getsockopt", "stream", 2, { EQ(1, level), EQ(2, name) } }

static const struct call_rule rule_table[] = {
        { "mmap", "noexec", 1, { NO_BITS(2, PROT_EXEC) } },
        { "mprotect", "noexec", 1, { NO_BITS(2, PROT_EXEC) } },
        { "fcntl", "flags", 1, { EQ(1, F_GETFD) } },
        { "fcntl", "flags", 1, { EQ(1, F_SETFD) } },
        { "fcntl", "flags", 1, { EQ(1, F_GETFL) } },
        { "fcntl", "flags", 1, { EQ(1, F_SETFL) } },
        { "fcntl", "flags", 1, { EQ(1, F_DUPFD_CLOEXEC) } },
        { "fcntl", "locks", 1, { EQ(1, F_GETLK) } },
        { "fcntl", "locks", 1, { EQ(1, F_SETLK) } },
        { "fcntl", "seals", 1, { EQ(1, F_GET_SEALS) } },
        { "fcntl", "seals", 1, { EQ(1, F_ADD_SEALS) } },
        { "prlimit64", "read", 2, { EQ(0, 0), EQ(2, 0) } },
        { "tgkill", "abort", 2, { EQ(0, 1), EQ(2, SIGABRT) } },
        { "sendto", "connected", 1, { EQ(4, 0) } },
        { "ioctl", "stream", 1, { EQ(1, FIONBIO) } },
        { "ioctl", "stream", 1, { EQ(1, FIONREAD) } },
        { "openat", "plain", 1, { NO_BITS(2, OPEN_NEVER) } },
        { "open", "plain", 1, { NO_BITS(1, OPEN_NEVER) } },
        { "renameat2", "plain", 1, { ONLY_BITS(4, RENAME_NOREPLACE | RENAME_EXCHANGE) } },
        { "memfd_create", "sealing", 1, { ONLY_BITS(1, MEMFD_SEALING) } },
        INTERNET_SOCKET(AF_INET, SOCK_STREAM, 0),
        INTERNET_SOCKET(AF_INET, SOCK_STREAM, IPPROTO_TCP),
        INTERNET_SOCKET(AF_INET, SOCK_DGRAM, 0),
        INTERNET_SOCKET(AF_INET, SOCK_DGRAM, IPPROTO_UDP),
        INTERNET_SOCKET(AF_INET6, SOCK_STREAM, 0),
        INTERNET_SOCKET(AF_INET6, SOCK_STREAM, IPPROTO_TCP),
        INTERNET_SOCKET(AF_INET6, SOCK_DGRAM, 0),
        INTERNET_SOCKET(AF_INET6, SOCK_DGRAM, IPPROTO_UDP),
        SOCKET_OPTION(SOL_SOCKET, SO_RCVLOWAT),
        SOCKET_OPTION(SOL_SOCKET, SO_KEEPALIVE),
        SOCKET_OPTION(SOL_SOCKET, SO_LINGER),
        SOCKET_OPTION(SOL_SOCKET, SO_SNDBUF),
        SOCKET_OPTION(SOL_SOCKET, SO_RCVBUF),
        SOCKET_OPTION(IPPROTO_TCP, TCP_NODELAY),
        SOCKET_OPTION(IPPROTO_TCP, TCP_CORK),
        SOCKET_OPTION(IPPROTO_TCP, TCP_QUICKACK),
        SOCKET_OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT),
        SOCKET_OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
        /* Not SO_PEERPIDFD: it hands out a process. SO_PEERCRED is numbers only. */
        SOCKET_ASK(SOL_SOCKET, SO_ERROR),
        SOCKET_ASK(SOL_SOCKET, SO_TYPE),
        SOCKET_ASK(SOL_SOCKET, SO_DOMAIN),
        SOCKET_ASK(SOL_SOCKET, SO_PEERCRED),
        SOCKET_ASK(SOL_SOCKET, SO_SNDBUF),
        SOCKET_ASK(SOL_SOCKET, SO_RCVBUF),
        SOCKET_ASK(IPPROTO_TCP, TCP_INFO),
        SOCKET_ASK(IPPROTO_TCP, TCP_NODELAY),
};

static const struct {
        const char *name;
        int number;
} error_table[] = {
        { "EPERM", EPERM },
        { "ENOSYS", ENOSYS },
        { "EINVAL", EINVAL },
        { "EACCES", EACCES },
};

const struct call_rule *call_rules(size_t *n)
{
        *n = ARRAY_LEN(rule_table);
        return rule_table;
}

const char *call_error_name(int error)
{
        for (size_t i = 0; i < ARRAY_LEN(error_table); i++)
                if (error_table[i].number == error)
                        return error_table[i].name;
        return NULL;
}

static int error_by_name(struct str name)
{
        for (size_t i = 0; i < ARRAY_LEN(error_table); i++)
                if (str_is(name, error_table[i].name))
                        return error_table[i].number;
        return 0;
}

static bool rule_exists(struct str call, struct str rule)
{
        for (size_t i = 0; i < ARRAY_LEN(rule_table); i++)
                if (str_is(call, rule_table[i].call) && str_is(rule, rule_table[i].rule))
                        return true;
        return false;
}

static struct call *find_or_add(struct callset *set, struct str name)
{
        for (size_t i = 0; i < set->n; i++)
                if (str_eq(set->call[i].name, name))
                        return &set->call[i];
        check(set->n < CALLSET_MAX);
        set->call[set->n] = (struct call){ .name = name };
        return &set->call[set->n++];
}

static void add_rule(struct call *call, struct str rule)
{
        for (size_t i = 0; i < call->nrules; i++)
                if (str_eq(call->rules[i], rule))
                        return;
        check(call->nrules < CALL_RULES_MAX);
        call->rules[call->nrules++] = rule;
}

static int name_is_known(struct str name, struct err *err)
{
        char text[48];

        if (name.n == 0 || name.n >= sizeof text)
                return err_set(err, ERR_INVALID, "'%.*s' is not a system call", STR_ARG(name));
        memcpy(text, name.p, name.n);
        text[name.n] = '\0';
        if (seccomp_syscall_resolve_name(text) == __NR_SCMP_ERROR)
                return err_set(err, ERR_INVALID, "'%s' is not a system call this library knows",
                               text);
        return 0;
}

static int add_word(struct callset *set, struct str word, struct err *err)
{
        bool ruled = str_find(word, ':') >= 0;
        bool answered = str_find(word, '=') >= 0;
        struct str rest = word;
        struct str name = str_cut(&rest, answered ? '=' : ':');
        int r = name_is_known(name, err);

        if (r < 0)
                return r;
        if (ruled && !rule_exists(name, rest))
                return err_set(err, ERR_INVALID, "'%.*s': there is no such rule in callset.c",
                               STR_ARG(word));
        if (answered && error_by_name(rest) == 0)
                return err_set(err, ERR_INVALID, "'%.*s': use EPERM, ENOSYS, EINVAL or EACCES",
                               STR_ARG(word));
        struct call *call = find_or_add(set, name);

        if (ruled)
                add_rule(call, rest);
        else if (answered)
                call->error = error_by_name(rest);
        else
                call->plain = true;
        return 0;
}

static int add_text(struct callset *set, const char *text, struct err *err)
{
        struct str rest = str_of(text);

        while (rest.n > 0) {
                struct str word = str_cut(&rest, ' ');

                if (word.n == 0)
                        continue;
                int r = add_word(set, word, err);

                if (r < 0)
                        return r;
        }
        return 0;
}

static int by_name(const void *a, const void *b)
{
        const struct call *x = a;
        const struct call *y = b;
        size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
        int order = memcmp(x->name.p, y->name.p, n);

        if (order != 0)
                return order;
        return (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

int callset_parse(const struct profile *profile, struct callset *out, struct err *err)
{
        struct callset set = { .n = 0 };
        int r = add_text(&set, profile->calls, err);

        for (size_t i = 0; r == 0 && i < PROFILE_CHILDREN_MAX; i++)
                if (profile->children[i] != NULL)
                        r = add_text(&set, profile->children[i]->calls, err);
        if (r < 0)
                return err_wrap(err, r, "profile of the %s", peer_name(profile->process));
        qsort(set.call, set.n, sizeof set.call[0], by_name);
        *out = set;
        return 0;
}

int profile_list_calls(const struct profile *profile, struct buf *out, struct err *err)
{
        struct callset set;
        int r = callset_parse(profile, &set, err);

        if (r < 0)
                return r;
        for (size_t i = 0; i < set.n; i++) {
                const struct call *call = &set.call[i];

                buf_printf(out, "%.*s", STR_ARG(call->name));
                for (size_t k = 0; !call->plain && k < call->nrules; k++)
                        buf_printf(out, "%c%.*s", k == 0 ? ':' : ',', STR_ARG(call->rules[k]));
                if (!call->plain && call->nrules == 0)
                        buf_printf(out, "=%s", call_error_name(call->error));
                buf_putc(out, '\n');
        }
        return 0;
}
