/*
 * layers.c -- the walls' names, what each is for, and which of them a mode cannot do without.
 */
#include "base/check.h"
#include "sandbox/steps.h"

static const struct {
        const char *name;
        const char *purpose;
} texts[LAYER_COUNT] = {
        [LAYER_USER_NS] = { "user namespace",
                            "lets an ordinary user make the namespaces below; one uid inside" },
        [LAYER_NET_NS] = { "network namespace",
                           "there is no network: no interface, no address, no other socket" },
        [LAYER_PID_NS] = { "process namespace", "no other process can be seen or signalled" },
        [LAYER_IPC_NS] = { "IPC namespace", "no shared memory or message queue of others" },
        [LAYER_UTS_NS] = { "host name namespace",
                           "the host's name can be neither changed nor told" },
        [LAYER_CGROUP_NS] = { "cgroup namespace", "the machine's control groups are not visible" },
        [LAYER_ROOT] = { "root folder", "no file outside the own folder has a name" },
        [LAYER_OWNER] = { "own user",
                          "files and processes of other portals belong to other users" },
        [LAYER_CAPABILITIES] = { "capabilities", "no privilege of root, now or later" },
        [LAYER_FLAGS] = { "process flags",
                          "no new privileges, no debugger, no core dump, no foreign descriptor" },
        [LAYER_LIMITS] = { "resource limits",
                           "memory, descriptors, file size and processes are bounded" },
        [LAYER_LANDLOCK] = { "Landlock", "the kernel checks each file against a list once more" },
        [LAYER_SECCOMP] = { "system call filter",
                            "any call that is not on the process's list ends the process" },
};

const char *sandbox_layer_name(enum sandbox_layer layer)
{
        check((unsigned)layer < LAYER_COUNT);
        return texts[layer].name;
}

const char *sandbox_layer_purpose(enum sandbox_layer layer)
{
        check((unsigned)layer < LAYER_COUNT);
        return texts[layer].purpose;
}

const char *sandbox_mode_name(enum sandbox_mode mode)
{
        switch (mode) {
        case SANDBOX_STRICT:
                return "strict";
        case SANDBOX_STANDARD:
                return "standard";
        case SANDBOX_MINIMUM:
                return "standard, without user namespaces";
        case SANDBOX_OFF:
                break;
        }
        return "off";
}

unsigned step_required(const struct profile *profile, enum sandbox_mode mode)
{
        unsigned layers = profile->layers;

        switch (mode) {
        case SANDBOX_STRICT:
                return layers;
        case SANDBOX_STANDARD:
                layers &= ~LAYER_BIT(LAYER_OWNER);
                /*
                 * Namespaces need a user namespace around them; without namespaces, none is needed.
                 */
                if (step_namespace_flags(profile, mode) != 0)
                        layers |= LAYER_BIT(LAYER_USER_NS);
                return layers;
        case SANDBOX_MINIMUM:
                return layers & (LAYER_BIT(LAYER_CAPABILITIES) | LAYER_BIT(LAYER_FLAGS) |
                                 LAYER_BIT(LAYER_LIMITS) | LAYER_BIT(LAYER_LANDLOCK) |
                                 LAYER_BIT(LAYER_SECCOMP));
        case SANDBOX_OFF:
                break;
        }
        return 0;
}
