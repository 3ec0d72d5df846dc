/*
 * container.h -- portals' containers for one test: the working directory is the one in use.
 */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "export/export.h"
#include "store/audit.h"
#include "store/blob.h"
#include "store/content_hash.h"
#include "store/credentials.h"
#include "store/groups.h"
#include "store/project.h"
#include "store/publication.h"
#include "store/strip.h"
#include "folder.h"

enum { NOW = 1800000000 };

#define HASH "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"

static char folder[FOLDER_MAX];
static struct store *store;
static struct arena *arena;

#define OK(call)                                                                                   \
        do {                                                                                       \
                struct err e_ = { 0 };                                                             \
                struct err *err = &e_;                                                             \
                if ((call) < 0)                                                                    \
                        fail_msg("%s: %s", #call, e_.text);                                        \
        } while (0)

static inline void enter(const char *name)
{
        char path[FOLDER_MAX + 32];

        store_close(&store);
        snprintf(path, sizeof path, "%s/%s", folder, name);
        assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
        assert_int_equal(chdir(path), 0);
}

static inline void open_here(bool create)
{
        const struct store_options options = { .create = create, .busy_ms = 2000 };

        OK(store_open(".", &options, &store, err));
}

static inline int container_setup(void **state)
{
        (void)state;
        folder_make(folder);
        arena = arena_new(0);
        enter("a");
        open_here(true);
        return 0;
}

static inline int container_teardown(void **state)
{
        (void)state;
        store_close(&store);
        arena_free(&arena);
        assert_int_equal(chdir("/"), 0);
        folder_drop(folder);
        return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, container_setup, container_teardown)
