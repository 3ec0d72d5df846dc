/*
 * filter.c -- a profile's calls as BPF: compiled once with libseccomp, loaded as bytes in each
 * child.
 *
 * What the filter does not name kills the whole process, calls of foreign ABIs (int 0x80, x32)
 * included. libseccomp's own loader is not used: a child loads bytes that the parent compiled, with
 * one system call.
 */
#include "sandbox/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/fd.h"
#include "base/xalloc.h"
#include "sandbox/callset.h"
#include "sandbox/confine.h"

enum { FILTER_BYTES_MAX = 4096 * sizeof(struct sock_filter) };  /* the kernel's BPF_MAXINSNS */

struct sandbox_filter {
        struct sock_fprog program;
};

static void release_context(scmp_filter_ctx *ctx)
{
        if (*ctx != NULL)
                seccomp_release(*ctx);
}

static int add_rules(scmp_filter_ctx ctx, int number, const struct call *call)
{
        size_t n;
        const struct call_rule *rules = call_rules(&n);

        for (size_t i = 0; i < n; i++) {
                if (!str_is(call->name, rules[i].call))
                        continue;
                for (size_t k = 0; k < call->nrules; k++) {
                        if (!str_is(call->rules[k], rules[i].rule))
                                continue;
                        int r = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, number, rules[i].n,
                                                       rules[i].compare);

                        if (r < 0)
                                return r;
                }
        }
        return 0;
}

static int add_call(scmp_filter_ctx ctx, const struct call *call, struct err *err)
{
        char name[48];

        memcpy(name, call->name.p, call->name.n);
        name[call->name.n] = '\0';
        int number = seccomp_syscall_resolve_name(name);
        int r;

        if (number < 0)
                return 0;               /* another architecture's */
        if (call->plain)
                r = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, number, 0, NULL);
        else if (call->nrules > 0)
                r = add_rules(ctx, number, call);
        else
                r = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((unsigned)call->error), number, 0,
                                           NULL);
        if (r < 0)
                return err_set(err, ERR_IO, "libseccomp does not take the call %s (error %d)", name,
                               -r);
        return 0;
}

static int fill(scmp_filter_ctx ctx, const struct profile *profile, struct err *err)
{
        struct callset set;
        int r = callset_parse(profile, &set, err);

        if (r < 0)
                return r;
        if (seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0 ||
            seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0)
                return err_set(err, ERR_UNSUPPORTED, "libseccomp is too old: 2.5 is needed");
        for (size_t i = 0; i < set.n; i++) {
                r = add_call(ctx, &set.call[i], err);
                if (r < 0)
                        return r;
        }
        return 0;
}

/*
 * libseccomp 2.5 exports to a descriptor only; a pipe's buffer is smaller than the largest filter.
 */
static int export(scmp_filter_ctx ctx, struct buf *out, struct err *err)
{
        int fd CLEANUP_FD = (int)syscall(SYS_memfd_create, "filter", 1u /* MFD_CLOEXEC */);

        if (fd < 0)
                return err_errno(err, "memory for the seccomp filter");
        int r = seccomp_export_bpf(ctx, fd);

        if (r < 0)
                return err_set(err, ERR_IO, "libseccomp cannot write the filter (error %d)", -r);
        if (lseek(fd, 0, SEEK_SET) < 0)
                return err_errno(err, "read back the seccomp filter");
        return fd_read_to_end(fd, FILTER_BYTES_MAX, out, err);
}

int sandbox_filter_new(const struct profile *profile, struct sandbox_filter **out, struct err *err)
{
        scmp_filter_ctx ctx CLEANUP(release_context) = seccomp_init(SCMP_ACT_KILL_PROCESS);
        struct buf bytes = { 0 };

        check(ctx != NULL);
        int r = fill(ctx, profile, err);

        if (r == 0)
                r = export(ctx, &bytes, err);
        if (r == 0) {
                struct sandbox_filter *filter = xalloc(sizeof *filter);

                filter->program.len = (unsigned short)(bytes.n / sizeof(struct sock_filter));
                filter->program.filter = xalloc(bytes.n);
                memcpy(filter->program.filter, bytes.p, bytes.n);
                *out = filter;
        }
        buf_free(&bytes);
        return r;
}

void sandbox_filter_free(struct sandbox_filter **filter)
{
        if (*filter != NULL)
                free((*filter)->program.filter);
        free(*filter);
        *filter = NULL;
}

size_t sandbox_filter_size(const struct sandbox_filter *filter)
{
        return filter->program.len;
}

int filter_load(const struct sandbox_filter *filter, struct err *err)
{
        struct sock_fprog program = filter->program;

        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0u, &program) < 0)
                return err_errno(err, "the seccomp filter could not be loaded");
        return 0;
}
