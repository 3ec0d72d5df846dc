/*
 * confine.c -- all walls in their order, each one's success written down, the first failure final.
 *
 * The order matters: mounts need privileges, so they come before the user changes; no_new_privs
 * comes before Landlock and seccomp, which need it; seccomp is last, because everything else would
 * need to be on its list.
 */
#include "sandbox/confine.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/steps.h"

static const char host_name[] = "carrel";

/* One confinement under way. */
struct entry {
        const struct profile *profile;
        const struct sandbox_place *place;
        unsigned required;
        struct sandbox_layers layers;
};

static bool needs(const struct entry *e, enum sandbox_layer layer)
{
        return (e->required & LAYER_BIT(layer)) != 0;
}

/* Note the outcome of one layer's step: on, or why the process cannot go on. */
static int note(struct entry *e, enum sandbox_layer layer, uint64_t began, int r, struct err *err)
{
        struct sandbox_layer_state *state = &e->layers.layer[layer];

        state->us = (unsigned)(clock_us() - began);
        if (r == 0) {
                state->on = true;
                return 0;
        }
        if (err != NULL)
                snprintf(state->detail, sizeof state->detail, "%.*s", (int)sizeof state->detail - 1,
                         err->text);
        return err_wrap(err, ERR_DENIED, "the %s cannot be confined: %s",
                        peer_name(e->profile->process), sandbox_layer_name(layer));
}

static int make_namespaces(unsigned long missing, struct err *err)
{
        uid_t uid = geteuid();
        gid_t gid = getegid();

        /* A process namespace cannot be entered, only be born in. */
        if ((missing & CLONE_NEWPID) != 0 && getpid() != 1)
                return err_set(err, ERR_DENIED, "start the process with sandbox_clone()");
        missing &= ~(unsigned long)CLONE_NEWPID;
        if (missing != 0 && unshare((int)missing) < 0)
                return err_errno(err, "unshare");
        if ((missing & CLONE_NEWUSER) != 0)
                return step_map_user(uid, gid, err);
        return 0;
}

static int make_or_map(const struct entry *e, struct err *err)
{
        const struct clone_origin *origin = clone_origin();
        unsigned long wanted = step_namespace_flags(e->profile, e->place->mode);

        if ((origin->spaces & CLONE_NEWUSER) != 0 && !origin->mapped) {
                int r = step_map_user(origin->uid, origin->gid, err);

                if (r < 0)
                        return r;
        }
        int r = make_namespaces(wanted & ~origin->spaces, err);

        /* A new host name namespace starts with the machine's name in it. */
        if (r == 0 && (wanted & CLONE_NEWUTS) != 0 &&
            sethostname(host_name, sizeof host_name - 1) < 0)
                return err_errno(err, "take the machine's name away");
        return r;
}

static int enter_namespaces(struct entry *e, struct err *err)
{
        uint64_t began = clock_us();
        int r = make_or_map(e, err);

        for (enum sandbox_layer layer = LAYER_USER_NS; layer <= LAYER_CGROUP_NS; layer++) {
                struct sandbox_layer_state *state = &e->layers.layer[layer];

                if (!needs(e, layer))
                        continue;
                r = note(e, layer, began, r, err);
                if (r < 0)
                        return r;
                snprintf(state->detail, sizeof state->detail, "own");
        }
        return r;
}

static int enter_root(struct entry *e, struct err *err)
{
        struct sandbox_layer_state *state = &e->layers.layer[LAYER_ROOT];
        const char *folder = e->place->folder;

        if (e->profile->root == ROOT_FOLDER && folder == NULL)
                return err_set(err, ERR_INVALID, "the %s needs a folder",
                               peer_name(e->profile->process));
        if (needs(e, LAYER_ROOT)) {
                uint64_t began = clock_us();
                int r = step_root(e->profile, e->place, state->detail, sizeof state->detail, err);

                return note(e, LAYER_ROOT, began, r, err);
        }
        /* Without an own root the folder is at least where relative names start. */
        if (e->profile->root != ROOT_FOLDER)
                return 0;
        return chdir(folder) < 0 ? err_errno(err, "enter the folder %s", folder) : 0;
}

static int enter_identity(struct entry *e, struct err *err)
{
        struct sandbox_layer_state *owner = &e->layers.layer[LAYER_OWNER];
        struct sandbox_layer_state *caps = &e->layers.layer[LAYER_CAPABILITIES];
        uint64_t keep = e->place->mode == SANDBOX_STRICT ? e->profile->capabilities : 0;
        uint64_t began = clock_us();
        int bound = step_capabilities_bound(keep, err);

        if (bound < 0)
                return note(e, LAYER_CAPABILITIES, began, bound, err);
        if (needs(e, LAYER_OWNER)) {
                uint64_t from = clock_us();
                int r = note(e, LAYER_OWNER, from,
                             step_owner(e->place, owner->detail, sizeof owner->detail, err), err);

                if (r < 0)
                        return r;
        } else {
                snprintf(owner->detail, sizeof owner->detail, "uid %u, shared with the others",
                         geteuid());
        }
        return note(e, LAYER_CAPABILITIES, began,
                    step_capabilities_drop(keep, caps->detail, sizeof caps->detail, err), err);
}

static int enter_flags_and_limits(struct entry *e, struct err *err)
{
        struct sandbox_layer_state *limits = &e->layers.layer[LAYER_LIMITS];
        struct sandbox_layer_state *flags = &e->layers.layer[LAYER_FLAGS];
        uint64_t began = clock_us();
        int r = note(e, LAYER_FLAGS, began, step_flags(e->profile, e->place, err), err);

        if (r < 0)
                return r;
        snprintf(flags->detail, sizeof flags->detail, "no_new_privs, not dumpable");
        began = clock_us();
        return note(e, LAYER_LIMITS, began,
                    step_limits(e->profile, e->place, limits->detail, sizeof limits->detail, err),
                    err);
}

static int enter_landlock(struct entry *e, struct err *err)
{
        struct sandbox_layer_state *state = &e->layers.layer[LAYER_LANDLOCK];
        uint64_t began = clock_us();
        int abi = landlock_abi();

        if (!needs(e, LAYER_LANDLOCK))
                return 0;
        int r = note(e, LAYER_LANDLOCK, began,
                     landlock_restrict(abi, e->profile->paths, PROFILE_PATHS_MAX,
                                       e->profile->connects, err), err);

        if (r == 0)
                snprintf(state->detail, sizeof state->detail, "ABI %d", abi);
        return r;
}

static int enter_seccomp(struct entry *e, const struct sandbox_filter *filter, struct err *err)
{
        struct sandbox_layer_state *state = &e->layers.layer[LAYER_SECCOMP];
        uint64_t began = clock_us();

        if (!needs(e, LAYER_SECCOMP))
                return 0;
        int r = note(e, LAYER_SECCOMP, began, filter_load(filter, err), err);

        if (r == 0)
                snprintf(state->detail, sizeof state->detail, "%zu instructions",
                         sandbox_filter_size(filter));
        return r;
}

static int enter_all(struct entry *e, const struct sandbox_filter *filter, struct err *err)
{
        int r = enter_namespaces(e, err);

        if (r == 0)
                r = enter_root(e, err);
        if (r == 0)
                r = enter_identity(e, err);
        if (r == 0)
                r = enter_flags_and_limits(e, err);
        if (r == 0)
                r = enter_landlock(e, err);
        if (r == 0)
                r = enter_seccomp(e, filter, err);
        return r;
}

/* Built for the sanitizers: nothing is confined, but the process stands where it will stand. */
static int enter_unconfined(struct entry *e, struct err *err)
{
        for (enum sandbox_layer layer = 0; layer < LAYER_COUNT; layer++)
                snprintf(e->layers.layer[layer].detail, sizeof e->layers.layer[layer].detail,
                         "built with -Dsandbox=off");
        int r = step_descriptors(e->profile, e->place, err);

        return r < 0 ? r : enter_root(e, err);
}

static void want_layers(struct entry *e)
{
        e->layers.mode = e->place->mode;
        e->required = step_required(e->profile, e->place->mode);
        for (enum sandbox_layer layer = 0; layer < LAYER_COUNT; layer++)
                e->layers.layer[layer].wanted =
                        ((e->profile->layers | e->required) & LAYER_BIT(layer)) != 0;
}

int sandbox_enter(const struct profile *profile, const struct sandbox_place *place,
                  const struct sandbox_filter *filter, struct sandbox_layers *out, struct err *err)
{
        struct sandbox_place where = *place;
        struct sandbox_filter *own CLEANUP(sandbox_filter_free) = NULL;

        if (BUILT_WITHOUT)
                where.mode = SANDBOX_OFF;
        else if (where.mode == SANDBOX_OFF)
                return err_set(err, ERR_DENIED, "isolation cannot be switched off at run time");
        struct entry e = { .profile = profile, .place = &where };

        want_layers(&e);
        if (prctl(PR_SET_NAME, peer_name(profile->process), 0, 0, 0) < 0)
                return err_errno(err, "name the process");
        int r;

        if (where.mode == SANDBOX_OFF) {
                r = enter_unconfined(&e, err);
        } else {
                r = filter == NULL ? sandbox_filter_new(profile, &own, err) : 0;
                if (r == 0)
                        r = enter_all(&e, filter == NULL ? own : filter, err);
        }
        if (out != NULL)
                *out = e.layers;
        return r;
}
