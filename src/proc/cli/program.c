/*
 * program.c -- /proc/self/exe, and what lies around it.
 */
#include "proc/cli/program.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUPERVISOR "carrel-supervisor"

/* The folder of this executable. */
static int own_folder(char out[static PATH_MAX], struct err *err)
{
        ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);

        if (n <= 0)
                return err_errno(err, "find this program by /proc/self/exe");
        out[n] = '\0';
        char *slash = strrchr(out, '/');

        if (slash == NULL)
                return err_set(err, ERR_NOT_FOUND, "%s is not a path", out);
        *slash = '\0';
        return 0;
}

static bool beside(char out[static PATH_MAX], const char *folder, const char *path, int mode)
{
        int n = snprintf(out, PATH_MAX, "%s/%s", folder, path);

        return n > 0 && n < PATH_MAX && access(out, mode) == 0;
}

static bool is_build_tree(const char *folder)
{
        char path[PATH_MAX];

        return beside(path, folder, "../supervisor/" SUPERVISOR, X_OK);
}

int program_find_supervisor(char out[static PATH_MAX], struct err *err)
{
        const char *other = geteuid() != 0 ? secure_getenv("CARREL_SUPERVISOR") : NULL;
        char folder[PATH_MAX];
        int r = own_folder(folder, err);

        if (r < 0)
                return r;
        if (other != NULL && beside(out, "", other, X_OK))
                return 0;
        if (beside(out, folder, "../supervisor/" SUPERVISOR, X_OK) ||
            beside(out, folder, "../libexec/carrel/" SUPERVISOR, X_OK))
                return 0;
        return err_set(err, ERR_NOT_FOUND, SUPERVISOR " is not beside %s; install Carrel again", folder);
}

int program_find_manual(char out[static PATH_MAX], struct err *err)
{
        char folder[PATH_MAX];
        int r = own_folder(folder, err);

        if (r < 0)
                return r;
        if (is_build_tree(folder) ? beside(out, CARREL_SOURCE_DOCS, "", R_OK)
                                  : beside(out, folder, "../share/carrel/manual", R_OK))
                return 0;
        return err_set(err, ERR_NOT_FOUND, "the manual is not at %s; install Carrel again", out);
}
