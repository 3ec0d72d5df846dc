/*
 * arguments.c -- arguments from the supervisor.
 */
#include "service/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/str.h"
#include "service/service.h"

const char *argument_text(int argc, char **argv, const char *key)
{
        size_t n = strlen(key);

        for (int i = 1; i < argc; i++)
                if (strncmp(argv[i], key, n) == 0 && argv[i][n] == '=')
                        return argv[i] + n + 1;
        struct err err;
        int r = err_set(&err, ERR_INVALID, "the argument %s= is missing; only carrel-supervisor starts "
                        "this program", key);

        (void)r;
        service_die(&err, "cannot start");
}

uint64_t argument_number(int argc, char **argv, const char *key, uint64_t max)
{
        struct err err;
        uint64_t n;

        if (str_to_u64(str_of(argument_text(argc, argv, key)), max, &n, &err) < 0)
                service_die(&err, "cannot start");
        return n;
}

struct sandbox_place argument_place(int argc, char **argv, const char *name,
                                    char folder[ARGUMENT_FOLDER_MAX])
{
        if (name != NULL)
                snprintf(folder, ARGUMENT_FOLDER_MAX, "%s/%s", argument_text(argc, argv, "data"), name);
        return (struct sandbox_place){
                .mode = (enum sandbox_mode)argument_number(argc, argv, "mode", 16),
                .folder = name != NULL ? folder : NULL,
                .uid = (uid_t)argument_number(argc, argv, "uid", UINT32_MAX),
                .gid = (gid_t)argument_number(argc, argv, "uid", UINT32_MAX),
        };
}
