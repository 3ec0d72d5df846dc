/*
 * data_dir.c -- the data directory: who owns it, who holds it, and each portal's folder in it.
 *
 * docs/formats/data-directory.md has the layout. Every path below DATA is opened relative to its
 * descriptor and without following links, so that nothing inside a container can lead elsewhere.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor.h"

enum { REMOVE_DEPTH_MAX = 16, PASS_MAX = 10000, MOVE_TRIES = 100 };

static bool strict(const struct supervisor *sup)
{
        return sup->mode == SANDBOX_STRICT;
}

static int make_folder(int at, const char *name, mode_t mode, uid_t uid, bool change_owner,
                       struct err *err)
{
        if (mkdirat(at, name, 0700) < 0 && errno != EEXIST)
                return err_errno(err, "make the folder %s", name);
        int fd CLEANUP_FD = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "open the folder %s", name);
        if (change_owner && fchown(fd, uid, uid) < 0)
                return err_errno(err, "give the folder %s to uid %u", name, uid);
        if (fchmod(fd, mode) < 0)
                return err_errno(err, "set the mode of the folder %s", name);
        return 0;
}

static int check_owner(const struct supervisor *sup, struct err *err)
{
        struct stat st;

        if (fstat(sup->data_fd, &st) < 0)
                return err_errno(err, "look at %s", sup->config.data);
        if (st.st_uid != geteuid())
                return err_set(err, ERR_DENIED, "%s belongs to uid %u and this host runs as uid %u; "
                               "run it as its owner, or name another folder with --data",
                               sup->config.data, st.st_uid, geteuid());
        return 0;
}

/* One host for one data directory: the lock lives as long as this process. */
static int take_lock(const struct supervisor *sup, struct err *err)
{
        int fd = openat(sup->data_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

        if (fd < 0)
                return err_errno(err, "open %s/lock", sup->config.data);
        if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
                fd_close(&fd);
                return err_set(err, ERR_BUSY, "another host already runs on %s; stop it first, or name "
                               "another folder with --data", sup->config.data);
        }
        return 0;               /* the descriptor stays open on purpose */
}

int data_dir_open(struct supervisor *sup, struct err *err)
{
        const char *path = sup->config.data;

        if (mkdir(path, 0711) < 0 && errno != EEXIST)
                return err_errno(err, "make the data directory %s", path);
        sup->data_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (sup->data_fd < 0)
                return err_errno(err, "open the data directory %s", path);
        int r = check_owner(sup, err);

        if (r == 0)
                r = take_lock(sup, err);
        if (r < 0)
                return r;
        /* Other uids pass through to their own folders, and see nothing on the way. */
        if (strict(sup) && fchmod(sup->data_fd, 0711) < 0)
                return err_errno(err, "set the mode of %s", path);
        r = make_folder(sup->data_fd, "portals", strict(sup) ? 0711 : 0700, 0, false, err);
        if (r == 0)
                r = make_folder(sup->data_fd, "registry", 0700, sup->config.uid_base + UID_REGISTRY,
                                strict(sup), err);
        if (r == 0)
                r = make_folder(sup->data_fd, "spool", 0700, sup->config.uid_base + UID_COURIER,
                                strict(sup), err);
        if (r == 0)
                r = make_folder(sup->data_fd, "vault", 0700, sup->config.uid_base + UID_VAULT,
                                strict(sup), err);
        return r;
}

static void container_name(uint64_t portal, char name[static 24])
{
        snprintf(name, 24, "%llu", (unsigned long long)portal);
}

static int portals_folder(const struct supervisor *sup, struct err *err)
{
        int fd = openat(sup->data_fd, "portals", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "open %s/portals", sup->config.data);
        return fd;
}

int data_dir_make_container(struct supervisor *sup, uint64_t portal, struct err *err)
{
        char name[24];
        uid_t uid = portals_uid(sup, portal);
        int at CLEANUP_FD = portals_folder(sup, err);

        if (at < 0)
                return at;
        container_name(portal, name);
        struct stat st;

        if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                return err_set(err, ERR_EXISTS, "the container %s/portals/%s is already there",
                               sup->config.data, name);
        return make_folder(at, name, 0700, uid, strict(sup), err);
}

bool data_dir_has_container(const struct supervisor *sup, uint64_t portal)
{
        char path[40];
        struct stat st;

        snprintf(path, sizeof path, "portals/%llu", (unsigned long long)portal);
        return portals_is_id(sup, portal) &&
               fstatat(sup->data_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

/* Whether the file is there is all that is asked: what the container made of it does not matter. */
bool data_dir_has_letters(const struct supervisor *sup, uint64_t portal)
{
        char path[64];
        struct stat st;

        snprintf(path, sizeof path, "portals/%llu/outbox", (unsigned long long)portal);
        return portals_is_id(sup, portal) &&
               fstatat(sup->data_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* ---- removal: a job may have nested folders as deep as it liked, and given them any mode ---- */

struct removal {
        int top;                /* the container */
        unsigned moved;         /* folders that lay too deep and were moved up into it */
};

static int remove_entry(struct removal *removal, int at, const char *name, unsigned depth,
                        struct err *err);

/* One pass over a folder; returns how many entries went, or an error. */
static int remove_pass(struct removal *removal, DIR *dir, unsigned depth, struct err *err)
{
        int gone = 0;

        rewinddir(dir);
        for (struct dirent *e; (e = readdir(dir)) != NULL && gone < PASS_MAX;) {
                if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                        continue;
                int r = remove_entry(removal, dirfd(dir), e->d_name, depth + 1, err);

                if (r < 0)
                        return r;
                gone++;
        }
        return gone;
}

static int remove_entries(struct removal *removal, int folder, unsigned depth, struct err *err)
{
        int copy CLEANUP_FD = fcntl(folder, F_DUPFD_CLOEXEC, 0);
        DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;

        if (dir == NULL)
                return err_errno(err, "list a folder");
        copy = -1;              /* dir's now */
        int r;

        do      /* removing while reading may hide entries, and deep folders come up to the top */
                r = remove_pass(removal, dir, depth, err);
        while (r > 0);
        closedir(dir);
        return r;
}

static int move_up(struct removal *removal, int at, const char *name, struct err *err)
{
        char to[40];

        for (int tries = 0; tries < MOVE_TRIES; tries++) {
                snprintf(to, sizeof to, "removing-%u", ++removal->moved);
                if (renameat(at, name, removal->top, to) == 0)
                        return 0;
                if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
                        break;
        }
        return err_errno(err, "move the folder %s up to remove it", name);
}

static int open_to_remove(int at, const char *name, struct err *err)
{
        enum { FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };
        int fd = openat(at, name, FLAGS);

        /* Its maker may have closed it to us. It is a folder and no link: unlinkat(2) has said so. */
        if (fd < 0 && errno == EACCES && fchmodat(at, name, 0700, 0) == 0)
                fd = openat(at, name, FLAGS);
        if (fd < 0)
                return err_errno(err, "open the folder %s", name);
        if (fchmod(fd, 0700) < 0) {
                fd_close(&fd);
                return err_errno(err, "open the folder %s for removal", name);
        }
        return fd;
}

static int remove_entry(struct removal *removal, int at, const char *name, unsigned depth,
                        struct err *err)
{
        if (unlinkat(at, name, 0) == 0)
                return 0;
        if (errno != EISDIR && errno != EPERM)
                return err_errno(err, "remove %s", name);
        if (depth > REMOVE_DEPTH_MAX)
                return move_up(removal, at, name, err);
        int fd CLEANUP_FD = open_to_remove(at, name, err);

        if (fd < 0)
                return fd;
        if (removal->top < 0)
                removal->top = fd;
        int r = remove_entries(removal, fd, depth, err);

        if (r < 0)
                return r;
        if (unlinkat(at, name, AT_REMOVEDIR) < 0)
                return err_errno(err, "remove the folder %s", name);
        return 0;
}

int data_dir_remove_container(struct supervisor *sup, uint64_t portal, struct err *err)
{
        struct removal removal = { .top = -1 };
        char name[24];
        int at CLEANUP_FD = portals_folder(sup, err);

        if (at < 0)
                return at;
        container_name(portal, name);
        struct stat st;

        if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
                return 0;
        return remove_entry(&removal, at, name, 0, err);
}
