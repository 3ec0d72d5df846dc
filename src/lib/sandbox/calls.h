/*
 * calls.h -- the system calls of a profile, as sets that are put together by writing them side by
 * side.
 *
 * A set is text: names with a space after each, so that sets join as string literals and a profile
 * reads `CALLS_BASE CALLS_LOOP CALLS_ACCEPT`. What no set names kills the process. A name may carry
 *
 *      mmap:noexec       only where its arguments keep the rule "noexec" (the rules: calls.c)
 *      fchmod=EPERM      answered with this error and not carried out; each one is argued below
 *
 * Where two sets disagree, the wider wins: a plain name over a rule, a rule over an error. Names
 * that a machine's architecture does not have are skipped.
 *
 * Trust:  text that is compiled in; nothing foreign reaches it.
 * Owns:   nothing.
 * Linked by every process, through profile.h.
 *
 * One process, the courier, gets CALLS_CONNECT. Nobody else gets, by any set in this file: socket and
 * connect; nobody at all: bind, listen, ptrace,
 * process_vm_*, io_uring_*, bpf, keyctl, userfaultfd, perf_event_open, *_by_handle_at, modify_ldt,
 * truncate by path, shm*, msg*.
 */
#pragma once

/*
 * What the C library needs to stand still: memory without executable pages, time, random numbers,
 * own identity, an orderly end. tgkill is abort()'s, and only as "SIGABRT to process 1", which
 * inside a process namespace is the caller itself.
 */
#define CALLS_BASE                                                                                 \
        "read write readv writev close lseek fstat newfstatat "                                    \
        "brk mmap:noexec mprotect:noexec munmap mremap madvise "                                   \
        "futex rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall "              \
        "getpid gettid getuid geteuid getgid getegid getrandom uname sysinfo getrusage "           \
        "clock_gettime clock_getres gettimeofday time nanosleep clock_nanosleep sched_yield "      \
        "prlimit64:read tgkill:abort exit exit_group "

/* The event loop: epoll, and a bounded wait on one descriptor. */
#define CALLS_LOOP                                                                                 \
        "epoll_create1 epoll_ctl epoll_wait epoll_pwait poll ppoll fcntl:flags "

/* Messages without a descriptor, on channels that are there already. */
#define CALLS_CHANNEL "sendto:connected recvmsg poll ppoll fcntl:flags "

/*
 * Receiving descriptors is recvmsg(2), which CALLS_CHANNEL has; the profile says that it is meant.
 */
#define CALLS_RECEIVE_FD "recvmsg "

/* Passing descriptors on. Without it sendmsg(2), and with it SCM_RIGHTS, kills the process. */
#define CALLS_PASS_FD "sendmsg "

/* Reading and answering on a stream socket that was handed over; options only from the list. */
#define CALLS_STREAM                                                                               \
        "recvfrom sendto:connected shutdown getpeername getsockname getsockopt:stream "            \
        "setsockopt:stream ioctl:stream "

/* Taking connections from a listening socket that was handed over. */
#define CALLS_ACCEPT "accept4 accept " CALLS_STREAM

/*
 * Connecting to other machines, and asking name servers: internet sockets of TCP and UDP only, so no
 * Unix socket, no netlink, no raw packet. Nothing can be bound or listened to.
 */
#define CALLS_CONNECT                                                                              \
        "socket:internet connect recvfrom sendto:connected shutdown getpeername getsockname "      \
        "getsockopt:stream setsockopt:stream ioctl:stream "

/* OpenSSL and nghttp2 on such a socket: it writes with write(2) and reseeds with getrandom(2). */
#define CALLS_TLS "getrandom getpid "

/* Reading files. O_PATH and O_TMPFILE are not to be had. */
#define CALLS_READ_FILES                                                                           \
        "openat:plain open:plain pread64 preadv access faccessat faccessat2 statx getdents64 "     \
        "getcwd fcntl:flags fadvise64 "

/*
 * Writing files of one folder: by descriptor, and by name only to remove, to replace in one step
 * and to make folders. Links, device files and modes cannot be made or changed.
 */
#define CALLS_WRITE_FILES                                                                          \
        "pwrite64 pwritev fsync fdatasync ftruncate fallocate unlink unlinkat "                    \
        "rename renameat renameat2:plain mkdir mkdirat rmdir umask "

/*
 * SQLite in WAL mode. fchmod: SQLite sets a new journal's mode to its database's and does not look
 * at the result; modes stay as the umask made them. Use temp_store=memory: there is no temporary
 * folder.
 */
#define CALLS_SQLITE                                                                               \
        "openat:plain open:plain access getcwd pread64 pwrite64 fsync fdatasync ftruncate "        \
        "fallocate unlink fcntl:locks fcntl:flags geteuid fchmod=EPERM "

/* Keys and passwords in locked memory (bounded by RLIMIT_MEMLOCK). */
#define CALLS_SECRETS "mlock munlock "

/*
 * Bodies in a sealed memfd. Not for processes that meet foreign bytes.
 */
#define CALLS_MEMFD "memfd_create:sealing fcntl:seals ftruncate "

/* Confining itself and others: what sandbox_filter_new(), _clone() and _enter() do. */
#define CALLS_CONFINE                                                                              \
        "clone unshare mount umount2 pivot_root chdir fchdir openat open statfs fstatfs "          \
        "setgroups setresgid setresuid setgid setuid capget capset prctl prlimit64 personality "   \
        "close_range dup2 dup3 fcntl landlock_create_ruleset landlock_add_rule "                   \
        "landlock_restrict_self seccomp getgroups sethostname getresuid getresgid "                \
        "memfd_create:sealing setpriority "

/* Forking, watching and ending children. */
#define CALLS_SPAWN                                                                                \
        "clone clone3=ENOSYS vfork wait4 waitid kill set_robust_list rseq set_tid_address "        \
        "pipe2 socketpair dup2 dup3 fcntl signalfd4 "

/*
 * Executing a program. Filters are inherited over execve(2), so this one must let the program's
 * loader map code: a process with this set has given up the rule against executable memory. The
 * program makes up for it with its own sandbox_enter().
 */
#define CALLS_EXECUTE                                                                              \
        "execve mmap mprotect arch_prctl set_tid_address set_robust_list rseq openat open "        \
        "pread64 access readlink "
