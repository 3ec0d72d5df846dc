/*
 * secret.c -- secrets live on pages of their own, so that locking and leaving out of dumps, which
 * work by the page, never cover a neighbour's bytes and are never undone by one.
 */
#include "crypto/secret.h"

#include <sodium.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/check.h"
#include "crypto/random.h"

static size_t whole_pages(size_t n)
{
        size_t page = (size_t)sysconf(_SC_PAGESIZE);

        return n == 0 ? page : (n + page - 1) / page * page;
}

void secret_make(struct secret *s, size_t room)
{
        check(room <= SECRET_MAX);
        secret_free(s);
        size_t bytes = whole_pages(room);
        void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        check(p != MAP_FAILED);
        /* Advice only: without it a dump, which is switched off anyhow, would hold the bytes. */
        (void)madvise(p, bytes, MADV_DONTDUMP);
        *s = (struct secret){ .p = p, .room = bytes, .locked = mlock(p, bytes) == 0 };
}

int secret_take(struct secret *s, void *from, size_t n, struct err *err)
{
        if (n > SECRET_MAX) {
                secret_wipe(from, n);
                return err_set(err, ERR_LIMIT, "a secret has at most %d bytes", SECRET_MAX);
        }
        struct secret taken = { 0 };

        secret_make(&taken, n);
        if (n > 0)
                memcpy(taken.p, from, n);
        taken.n = n;
        secret_wipe(from, n);
        secret_free(s);
        *s = taken;
        return 0;
}

void secret_random(struct secret *s, size_t n)
{
        secret_make(s, n);
        random_fill(s->p, n);
        s->n = n;
}

void secret_free(struct secret *s)
{
        if (s->p != NULL) {
                secret_wipe(s->p, s->room);
                /* Unmapping unlocks. */
                check(munmap(s->p, s->room) == 0);
        }
        *s = (struct secret){ 0 };
}

void secret_wipe(void *p, size_t n)
{
        if (n > 0)
                sodium_memzero(p, n);
}

bool secret_eq(struct str a, struct str b)
{
        return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}
