/*
 * block_sums.c -- sums of blocks, and the file they lie in.
 */
#include "store/block_sums.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static const char head[BLOCK_SUMS_HEAD] = "carrel-sums-1\n";

static uint64_t read_u64(const uint8_t *p)
{
        uint64_t value = 0;

        for (int i = 7; i >= 0; i--)
                value = value << 8 | p[i];
        return value;
}

/*
 * Each step is one-to-one in the state, so a change inside one word always shows. The number is in it, for a
 * block that lies in another's place is damage, too.
 */
uint64_t block_sum(uint64_t number, const uint8_t bytes[static BLOCK])
{
        const uint64_t prime = 0x9e3779b97f4a7c15ull;
        uint64_t sum = (number + 1) * prime;

        for (size_t i = 0; i < BLOCK; i += 8) {
                sum = (sum ^ read_u64(bytes + i)) * prime;
                sum ^= sum >> 32;
        }
        return sum != 0 ? sum : 1;
}

static off_t place_of(uint64_t number)
{
        return (off_t)(BLOCK_SUMS_HEAD + number * BLOCK_SUM_LEN);
}

static void write_u64(uint64_t value, uint8_t out[static BLOCK_SUM_LEN])
{
        for (int i = 0; i < BLOCK_SUM_LEN; i++)
                out[i] = (uint8_t)(value >> 8 * i);
}

static bool write_at(int fd, const void *p, size_t n, off_t at)
{
        ssize_t done;

        do
                done = pwrite(fd, p, n, at);
        while (done < 0 && errno == EINTR);
        return done == (ssize_t)n;
}

static int name_beside(const char *path, char *out, size_t max, struct err *err)
{
        static const char ending[] = ".db";
        size_t n = strlen(path);

        if (n < sizeof ending || strcmp(path + n - 3, ending) != 0 || n + 3 > max)
                return err_set(err, ERR_INVALID, "%s is no name of a database", path);
        snprintf(out, max, "%.*s.sums", (int)(n - 3), path);
        return 0;
}

int block_sums_open(const char *path, int *out, struct err *err)
{
        char name[4096];
        struct stat st;
        int r = name_beside(path, name, sizeof name, err);

        if (r < 0)
                return r;
        int fd CLEANUP_FD = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "open %s", name);
        /* Two who begin it at once write the same. */
        if (st.st_size == 0 && !write_at(fd, head, sizeof head, 0))
                return err_errno(err, "begin %s", name);
        *out = fd;
        fd = -1;
        return 0;
}

static bool forget(int sums, uint64_t first, uint64_t last)
{
        static const uint8_t unknown[BLOCK_SUM_LEN];

        for (uint64_t i = first; i <= last; i++)
                if (!write_at(sums, unknown, sizeof unknown, place_of(i)))
                        return false;
        return true;
}

bool block_sums_note(int sums, uint64_t offset, const void *p, size_t n)
{
        uint8_t sum[BLOCK_SUM_LEN];

        if (n == 0)
                return true;
        if (offset % BLOCK != 0 || n % BLOCK != 0)
                return forget(sums, offset / BLOCK, (offset + n - 1) / BLOCK);
        for (size_t i = 0; i < n; i += BLOCK) {
                uint64_t number = (offset + i) / BLOCK;

                write_u64(block_sum(number, (const uint8_t *)p + i), sum);
                if (!write_at(sums, sum, sizeof sum, place_of(number)))
                        return false;
        }
        return true;
}

bool block_sums_cut(int sums, uint64_t size)
{
        struct stat st;
        off_t end = place_of(size / BLOCK);

        if (fstat(sums, &st) < 0)
                return false;
        return st.st_size <= end || ftruncate(sums, end) == 0;
}

int block_sums_check_head(int sums, struct err *err)
{
        char is[BLOCK_SUMS_HEAD];

        if (pread(sums, is, sizeof is, 0) != (ssize_t)sizeof is || memcmp(is, head, sizeof is) != 0)
                return err_set(err, ERR_CORRUPT, "the sums beside the database are damaged");
        return 0;
}

int block_sums_get(int sums, uint64_t number, uint64_t *out, struct err *err)
{
        uint8_t sum[BLOCK_SUM_LEN] = { 0 };

        if (pread(sums, sum, sizeof sum, place_of(number)) < 0)
                return err_errno(err, "read the sums of the database");
        *out = read_u64(sum);
        return 0;
}

int block_sums_put(int sums, uint64_t number, uint64_t value, struct err *err)
{
        uint8_t sum[BLOCK_SUM_LEN];

        write_u64(value, sum);
        return write_at(sums, sum, sizeof sum, place_of(number)) ? 0
               : err_errno(err, "write the sums of the database");
}
