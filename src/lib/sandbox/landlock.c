/*
 * landlock.c -- forbid everything the kernel's Landlock knows, then give the listed paths back.
 */
#include "sandbox/landlock.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

/* Numbers are the same on every architecture that Debian 12 has. */
enum { NR_CREATE_RULESET = 444, NR_ADD_RULE = 445, NR_RESTRICT_SELF = 446 };
enum { ASK_VERSION = 1, RULE_PATH_BENEATH = 1 };

struct ruleset_attr {
        uint64_t fs;
        uint64_t net;                   /* since ABI 4 */
        uint64_t scoped;                /* since ABI 6 */
};

struct path_beneath_attr {
        uint64_t allowed;
        int32_t parent_fd;
} __attribute__((packed));

#define FS_WRITE_FILE (1ull << 1)
#define FS_READ_FILE (1ull << 2)
#define FS_READ_DIR (1ull << 3)
#define FS_REMOVE_DIR (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_DIR (1ull << 7)
#define FS_MAKE_REG (1ull << 8)
#define FS_TRUNCATE (1ull << 14)        /* since ABI 3 */
#define BITS(n) ((1ull << (n)) - 1)

#define NET_BIND (1ull << 0)
#define NET_CONNECT (1ull << 1)

#define FS_FOR_A_FILE (FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE)

static uint64_t fs_rights(int abi)
{
        if (abi >= 5)
                return BITS(16);        /* up to IOCTL_DEV */
        if (abi >= 3)
                return BITS(15);        /* up to TRUNCATE */
        return abi == 2 ? BITS(14) : BITS(13);  /* up to REFER; up to MAKE_SYM */
}

static size_t attr_size(int abi)
{
        return abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
}

static uint64_t rights_of(unsigned rights)
{
        uint64_t fs = 0;

        if ((rights & PATH_READ) != 0)
                fs |= FS_READ_FILE | FS_READ_DIR;
        if ((rights & PATH_WRITE) != 0)
                fs |= FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_REMOVE_FILE | FS_MAKE_DIR |
                      FS_REMOVE_DIR;
        return fs;
}

static int abi_most = LANDLOCK_ABI_KNOWN;

void landlock_act_as(int abi)
{
        abi_most = abi;
}

int landlock_abi(void)
{
        long abi = syscall(NR_CREATE_RULESET, NULL, (size_t)0, (uint32_t)ASK_VERSION);

        if (abi < 0)
                return 0;
        return abi > abi_most ? abi_most : (int)abi;
}

static int add_path(int ruleset, int abi, const struct profile_path *path, struct err *err)
{
        int fd CLEANUP_FD = open(path->path, O_PATH | O_CLOEXEC);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return err_errno(err, "Landlock: open %s", path->path);
        struct path_beneath_attr rule = { rights_of(path->rights) & fs_rights(abi), fd };

        if (!S_ISDIR(st.st_mode))
                rule.allowed &= FS_FOR_A_FILE;
        if (syscall(NR_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0u) < 0)
                return err_errno(err, "Landlock: allow %s", path->path);
        return 0;
}

int landlock_restrict(int abi, const struct profile_path *paths, size_t npaths, bool connects,
                      struct err *err)
{
        struct ruleset_attr attr = { .fs = fs_rights(abi) };

        if (abi < 1)
                return err_set(err, ERR_UNSUPPORTED,
                               "Landlock is off in this kernel: start it with lsm=landlock,...");
        if (abi >= 4)
                attr.net = connects ? NET_BIND : NET_BIND | NET_CONNECT;
        if (abi >= 6)
                attr.scoped = BITS(2);  /* abstract Unix sockets and signals */
        int ruleset CLEANUP_FD =
                (int)syscall(NR_CREATE_RULESET, &attr, attr_size(abi), 0u);

        if (ruleset < 0)
                return err_errno(err, "Landlock: create a ruleset");
        for (size_t i = 0; i < npaths && paths[i].path != NULL; i++) {
                int r = add_path(ruleset, abi, &paths[i], err);

                if (r < 0)
                        return r;
        }
        if (syscall(NR_RESTRICT_SELF, ruleset, 0u) < 0)
                return err_errno(err, "Landlock: restrict this process");
        return 0;
}
