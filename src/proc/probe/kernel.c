/*
 * kernel.c -- the kernel's own machinery: modules, programs inside it, keys, clocks, consoles.
 *
 * Calls that would change the machine carry arguments that fail right behind the permission check.
 */
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <linux/perf_event.h>
#include <linux/userfaultfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/personality.h>
#include <sys/quota.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#ifdef __x86_64__
#include <asm/prctl.h>
#include <sys/io.h>
#endif

#include "action.h"

static int load_bpf(const struct probe_targets *t)
{
        union bpf_attr attr;

        (void)t;
        memset(&attr, 0, sizeof attr);
        attr.map_type = BPF_MAP_TYPE_ARRAY;
        attr.key_size = 4;
        attr.value_size = 4;
        attr.max_entries = 1;
        return told(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr));
}

static int ring(const struct probe_targets *t)
{
        struct io_uring_params params = { .flags = 0 };

        (void)t;
        return told(syscall(SYS_io_uring_setup, 1, &params));
}

static int ring_enter(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0));
}

static int async_io(const struct probe_targets *t)
{
        unsigned long context = 0;

        (void)t;
        return told(syscall(SYS_io_setup, 1, &context));
}

static int faults(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_userfaultfd, UFFD_USER_MODE_ONLY));
}

static int counters(const struct probe_targets *t)
{
        struct perf_event_attr attr;

        (void)t;
        memset(&attr, 0, sizeof attr);
        attr.type = PERF_TYPE_SOFTWARE;
        attr.size = sizeof attr;
        attr.config = PERF_COUNT_SW_CPU_CLOCK;
        return told(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0ul));
}

static int own_keyring(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0));
}

static int new_key(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_add_key, "user", "carrel-probe", "x", (size_t)1,
                            KEY_SPEC_PROCESS_KEYRING));
}

static int ask_key(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_request_key, "user", "carrel-probe", NULL, 0));
}

static int load_module(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_init_module, NULL, 0ul, ""));
}

static int load_module_file(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_finit_module, -1, "", 0));
}

static int remove_module(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_delete_module, "carrel_probe", 0u));
}

static int load_kernel(const struct probe_targets *t)
{
        (void)t;
        /* More segments than the kernel takes: refused behind the permission check. */
        return admitted(syscall(SYS_kexec_load, 0ul, 1000ul, NULL, 0ul));
}

static int load_kernel_file(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_kexec_file_load, -1, -1, 0ul, NULL, 0ul));
}

static int restart(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_reboot, 0, 0, 0, NULL));    /* the magic numbers are wrong */
}

static int set_host_name(const struct probe_targets *t)
{
        struct utsname names;

        (void)t;
        if (uname(&names) < 0)
                return -errno;
        return told(sethostname(names.nodename, strlen(names.nodename)));
}

static int set_domain_name(const struct probe_targets *t)
{
        struct utsname names;

        (void)t;
        if (uname(&names) < 0)
                return -errno;
        return told(setdomainname(names.domainname, strlen(names.domainname)));
}

static int learn_host_name(const struct probe_targets *t)
{
        struct utsname names;

        if (t->host_name == NULL)
                return -ENOENT;
        if (uname(&names) < 0)
                return -errno;
        return strcmp(names.nodename, t->host_name) == 0 ? 0 : -ENODATA;
}

/*
 * No such time: the kernel says so before it asks for permission, so this cannot succeed anywhere.
 */
static int set_clock(const struct probe_targets *t)
{
        struct timespec wrong = { .tv_nsec = -1 };

        (void)t;
        return told(syscall(SYS_clock_settime, CLOCK_REALTIME, &wrong));
}

static int set_time_of_day(const struct probe_targets *t)
{
        struct {
                int minutes_west, dst;
        } zone = { 0, 0 };

        (void)t;
        return told(syscall(SYS_settimeofday, NULL, &zone));
}

static int bend_clock(const struct probe_targets *t)
{
        struct timex now = { .modes = 0 };

        (void)t;
        if (syscall(SYS_adjtimex, &now) < 0)
                return -errno;
        now.modes = ADJ_FREQUENCY;      /* to what it is */
        return told(syscall(SYS_adjtimex, &now));
}

static int swap_on(const struct probe_targets *t)
{
        (void)t;
        return admitted(swapon("/nowhere/swap", 0));
}

static int swap_off(const struct probe_targets *t)
{
        (void)t;
        return admitted(swapoff("/nowhere/swap"));
}

static int account(const struct probe_targets *t)
{
        (void)t;
        return admitted(acct("/nowhere/acct"));
}

static int quota(const struct probe_targets *t)
{
        (void)t;
        return told(quotactl(QCMD(Q_SYNC, USRQUOTA), NULL, 0, NULL));
}

static int kernel_log(const struct probe_targets *t)
{
        char line[64];

        (void)t;
        return told(klogctl(3 /* read all */, line, sizeof line));
}

static int change_personality(const struct probe_targets *t)
{
        (void)t;
        return told(personality(READ_IMPLIES_EXEC));
}

static int type_into_terminal(const struct probe_targets *t)
{
        (void)t;
        /* A bad address: nothing is typed even where there is a terminal. */
        return admitted(ioctl(STDIN_FILENO, TIOCSTI, NULL));
}

static int async_signals(const struct probe_targets *t)
{
        int on = 0;

        (void)t;
        return admitted(ioctl(STDIN_FILENO, FIOASYNC, &on));
}

static int own_timer_signal(const struct probe_targets *t)
{
        timer_t timer;

        (void)t;
        return told(timer_create(CLOCK_MONOTONIC, NULL, &timer));
}

#ifdef __x86_64__
static int port_rights(const struct probe_targets *t)
{
        (void)t;
        return told(iopl(3));
}

static int one_port(const struct probe_targets *t)
{
        (void)t;
        return told(ioperm(0x80, 1, 1));
}

static int segment_table(const struct probe_targets *t)
{
        char table[64];

        (void)t;
        return told(syscall(SYS_modify_ldt, 0, table, sizeof table));
}

static int segment_base(const struct probe_targets *t)
{
        unsigned long base;

        (void)t;
        return told(syscall(SYS_arch_prctl, ARCH_GET_FS, &base));
}

static int x32_call(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(0x40000000 + SYS_getpid));
}

/* getpid(2) of the 32-bit table: number 20. */
static int call_by_interrupt(const struct probe_targets *t)
{
        long r;

        (void)t;
        __asm__ volatile("int $0x80" : "=a"(r) : "0"(20L) : "memory", "r8", "r9", "r10", "r11");
        return r < 0 ? (int)r : 0;
}
#endif

static const struct action list[] = {
        { "put a map into the kernel (bpf)", load_bpf, false },
        { "make an io_uring", ring, false },
        { "enter an io_uring", ring_enter, false },
        { "make an asynchronous I/O context", async_io, false },
        { "take over page faults (userfaultfd)", faults, false },
        { "count events (perf_event_open)", counters, false },
        { "find its session keyring (keyctl)", own_keyring, false },
        { "store a key in the kernel (add_key)", new_key, false },
        { "ask the kernel for a key (request_key)", ask_key, false },
        { "load a kernel module", load_module, false },
        { "load a kernel module from a file", load_module_file, false },
        { "remove a kernel module", remove_module, false },
        { "load another kernel (kexec)", load_kernel, false },
        { "load another kernel from a file", load_kernel_file, false },
        { "restart the machine", restart, false },
        { "set the host name", set_host_name, false },
        { "set the domain name", set_domain_name, false },
        { "learn the machine's host name", learn_host_name, false },
        { "set the clock", set_clock, false },
        { "set the time of day", set_time_of_day, false },
        { "bend the clock", bend_clock, false },
        { "switch swap space on", swap_on, false },
        { "switch swap space off", swap_off, false },
        { "start process accounting", account, false },
        { "ask for quotas (quotactl)", quota, false },
        { "read the kernel's log (syslog)", kernel_log, false },
        { "make readable memory executable (personality)", change_personality, false },
        { "type into a terminal (TIOCSTI)", type_into_terminal, false },
        { "ask for signals from a descriptor", async_signals, false },
        { "make a timer that sends signals", own_timer_signal, false },
#ifdef __x86_64__
        { "get access to all I/O ports (iopl)", port_rights, false },
        { "get access to one I/O port (ioperm)", one_port, false },
        { "read its segment table (modify_ldt)", segment_table, false },
        { "read its segment base (arch_prctl)", segment_base, false },
        { "make a call of the x32 ABI", x32_call, false },
        { "make a call of the 32-bit ABI (int 0x80)", call_by_interrupt, false },
#endif
};

const struct action_group kernel_actions = { "kernel", list, ARRAY_LEN(list) };
