/*
 * memory.c -- memory that runs, and memory that others share.
 */
#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "action.h"

enum { PAGE = 4096 };

static int map(int protection, int flags, int fd)
{
        return mmap(NULL, PAGE, protection, flags, fd, 0) == MAP_FAILED ? -errno : 0;
}

static int writable_code(const struct probe_targets *t)
{
        (void)t;
        return map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int new_code(const struct probe_targets *t)
{
        (void)t;
        return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int code_from_file(const struct probe_targets *t)
{
        (void)t;
        int fd = open("portal.db", O_RDONLY | O_CLOEXEC);

        return fd < 0 ? -errno : map(PROT_READ | PROT_EXEC, MAP_PRIVATE, fd);
}

static int turn_into_code(const struct probe_targets *t)
{
        (void)t;
        void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        return page == MAP_FAILED ? -errno : told(mprotect(page, PAGE, PROT_READ | PROT_EXEC));
}

static int turn_into_code_by_key(const struct probe_targets *t)
{
        (void)t;
        void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (page == MAP_FAILED)
                return -errno;
        return told(syscall(SYS_pkey_mprotect, page, PAGE, PROT_READ | PROT_EXEC, -1));
}

static int stack_into_code(const struct probe_targets *t)
{
        char here;
        char *page = &here - ((unsigned long)&here & (PAGE - 1));

        (void)t;
        return told(mprotect(page, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
}

static int nameless_file(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_memfd_create, "probe", 0u));
}

static int secret_memory(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(447 /* memfd_secret */, 0u));
}

static int shared_segment(const struct probe_targets *t)
{
        (void)t;
        int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0600);

        if (id < 0)
                return -errno;
        shmctl(id, IPC_RMID, NULL);
        return 0;
}

static int message_queue(const struct probe_targets *t)
{
        (void)t;
        int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);

        if (id < 0)
                return -errno;
        msgctl(id, IPC_RMID, NULL);
        return 0;
}

static int semaphores(const struct probe_targets *t)
{
        (void)t;
        int id = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);

        if (id < 0)
                return -errno;
        semctl(id, 0, IPC_RMID);
        return 0;
}

static int posix_queue(const struct probe_targets *t)
{
        (void)t;
        int fd = (int)syscall(SYS_mq_open, "carrel-probe", O_CREAT | O_RDWR, 0600, NULL);

        if (fd < 0)
                return -errno;
        syscall(SYS_mq_unlink, "carrel-probe");
        return 0;
}

static int move_pages_of_others(const struct probe_targets *t)
{
        (void)t;
        return told(syscall(SYS_move_pages, t->canary_pid, 0ul, NULL, NULL, NULL, 0));
}

static int splice_pages(const struct probe_targets *t)
{
        (void)t;
        return admitted(syscall(SYS_vmsplice, -1, NULL, 0ul, 0u));
}

static const struct action list[] = {
        { "map memory that is writable and executable", writable_code, false },
        { "map new executable memory", new_code, false },
        { "map an own file as code", code_from_file, false },
        { "turn memory into code (mprotect)", turn_into_code, false },
        { "turn memory into code (pkey_mprotect)", turn_into_code_by_key, false },
        { "turn the stack into code", stack_into_code, false },
        { "make a file in memory (memfd_create)", nameless_file, false },
        { "make secret memory (memfd_secret)", secret_memory, false },
        { "make a shared memory segment (shmget)", shared_segment, false },
        { "make a message queue (msgget)", message_queue, false },
        { "make semaphores (semget)", semaphores, false },
        { "make a POSIX message queue", posix_queue, false },
        { "move memory of another process", move_pages_of_others, false },
        { "splice memory into a pipe", splice_pages, false },
};

const struct action_group memory_actions = { "memory", list, ARRAY_LEN(list) };
