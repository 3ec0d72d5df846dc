/*
 * generation.c -- the shared counter.
 */
#include "store/generation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

int generation_open(struct generation *g, const char *folder, struct err *err)
{
        char path[4096];
        int n = snprintf(path, sizeof path, "%s/generation", folder);

        if (n < 0 || (size_t)n >= sizeof path)
                return err_set(err, ERR_LIMIT, "the portal folder's path is too long");
        int fd CLEANUP_FD = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open %s", path);
        /*
         * Growing is safe beside others who do the same; shrinking would be a bus error for them.
         */
        if (st.st_size < (off_t)sizeof *g->shared && ftruncate(fd, sizeof *g->shared) < 0)
                return err_errno(err, "size %s", path);
        void *p = mmap(NULL, sizeof *g->shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (p == MAP_FAILED)
                return err_errno(err, "map %s", path);
        g->shared = p;
        return 0;
}

void generation_close(struct generation *g)
{
        if (g->shared != NULL)
                munmap(g->shared, sizeof *g->shared);
        g->shared = NULL;
}

uint64_t generation_before_commit(struct generation *g)
{
        /* Odd and larger, also when a writer that died left it odd. */
        uint64_t mine = (generation_load(g) + 1) | 1;

        atomic_store_explicit(g->shared, mine, memory_order_release);
        return mine;
}

void generation_after_commit(struct generation *g, uint64_t mine)
{
        /* The write lock is gone by now: if the next writer has moved on, its value says enough. */
        atomic_compare_exchange_strong(g->shared, &mine, mine + 1);
}
