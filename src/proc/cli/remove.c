/*
 * remove.c -- depth first, by descriptors.
 */
#include "proc/cli/remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"

enum { DEPTH_MAX = 64 };

static int empty_folder(int folder, unsigned depth, struct err *err);

static int remove_entry(int parent, const char *name, unsigned depth, struct err *err)
{
        if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
                return 0;
        if (errno != EISDIR && errno != EPERM)
                return err_errno(err, "remove %s", name);
        int folder CLEANUP_FD =
                openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (folder < 0)
                return err_errno(err, "remove %s", name);
        int r = empty_folder(folder, depth + 1, err);

        if (r < 0)
                return r;
        return unlinkat(parent, name, AT_REMOVEDIR) < 0 ? err_errno(err, "remove %s", name) : 0;
}

static int empty_folder(int folder, unsigned depth, struct err *err)
{
        int copy = depth > DEPTH_MAX ? -1 : openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (depth > DEPTH_MAX)
                return err_set(err, ERR_LIMIT, "folders are nested deeper than %d", DEPTH_MAX);
        if (copy < 0)
                return err_errno(err, "read a folder");
        DIR *list = fdopendir(copy);

        if (list == NULL) {
                fd_close(&copy);
                return err_errno(err, "read a folder");
        }
        int r = 0;

        for (const struct dirent *e; r == 0 && (e = readdir(list)) != NULL;)
                if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                        r = remove_entry(folder, e->d_name, depth, err);
        closedir(list);
        return r;
}

int remove_folder(const char *path, struct err *err)
{
        int folder CLEANUP_FD = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (folder < 0)
                return err_errno(err, "remove %s", path);
        int r = empty_folder(folder, 0, err);

        if (r < 0)
                return err_wrap(err, r, "%s", path);
        return rmdir(path) < 0 ? err_errno(err, "remove %s", path) : 0;
}
