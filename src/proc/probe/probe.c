/*
 * probe.c -- the list of actions, one attempt, and the verdict.
 */
#include "probe.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "action.h"

static const struct action_group *const groups[] = {
        &files_actions, &machine_actions, &sockets_actions, &processes_actions, &privileges_actions,
        &kernel_actions, &memory_actions, &limits_actions,
};

static const char succeeded[] = "SUCCEEDED";
static const char refused[] = "REFUSED ";

static int result_fd = STDOUT_FILENO;

int action_result_fd(void)
{
        return result_fd;
}

static const struct action *find(unsigned index, const struct action_group **group)
{
        for (size_t g = 0; g < ARRAY_LEN(groups); g++) {
                if (index < groups[g]->n) {
                        *group = groups[g];
                        return &groups[g]->actions[index];
                }
                index -= (unsigned)groups[g]->n;
        }
        return NULL;
}

unsigned probe_count(void)
{
        size_t n = 0;

        for (size_t g = 0; g < ARRAY_LEN(groups); g++)
                n += groups[g]->n;
        return (unsigned)n;
}

const char *probe_describe(unsigned index)
{
        const struct action_group *group;
        const struct action *action = find(index, &group);

        return action == NULL ? NULL : action->what;
}

const char *probe_group(unsigned index)
{
        const struct action_group *group;

        return find(index, &group) == NULL ? NULL : group->name;
}

bool probe_is_control(unsigned index)
{
        const struct action_group *group;
        const struct action *action = find(index, &group);

        return action != NULL && action->control;
}

int probe_try(unsigned index, const struct probe_targets *targets)
{
        const struct action_group *group;
        const struct action *action = find(index, &group);

        return action == NULL ? -ENOENT : action->try(targets);
}

void probe_main(int fd, unsigned index, const struct probe_targets *targets)
{
        char line[PROBE_LINE_MAX];

        result_fd = fd;
        int r = probe_try(index, targets);
        int n = r == 0 ? snprintf(line, sizeof line, "%s", succeeded)
                       : snprintf(line, sizeof line, "%s%s", refused, strerrordesc_np(-r));
        size_t len = n < 0 ? 0 : strnlen(line, sizeof line);
        ssize_t written = write(fd, line, len);

        _exit(written == (ssize_t)len ? 0 : 1);
}

static bool starts(const char *line, size_t n, const char *word)
{
        return n >= strlen(word) && memcmp(line, word, strlen(word)) == 0;
}

/*
 * A hostile process could write "REFUSED" after it succeeded, but these are ours; what matters is
 * that silence, or an end that nobody planned, never counts as safe.
 */
void probe_judge(unsigned index, int status, const char *line, size_t n, struct probe_result *out)
{
        *out = (struct probe_result){ .outcome = PROBE_BROKEN };
        if (starts(line, n, succeeded)) {
                out->outcome = PROBE_SUCCEEDED;
                snprintf(out->detail, sizeof out->detail, "it worked");
        } else if (n == 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
                out->outcome = PROBE_KILLED;
                snprintf(out->detail, sizeof out->detail, "ended by the system call filter");
        } else if (starts(line, n, refused) && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
                size_t skip = sizeof refused - 1;

                out->outcome = PROBE_REFUSED;
                snprintf(out->detail, sizeof out->detail, "%.*s", (int)(n - skip), line + skip);
        } else if (WIFSIGNALED(status)) {
                snprintf(out->detail, sizeof out->detail, "ended by signal %d", WTERMSIG(status));
        } else {
                snprintf(out->detail, sizeof out->detail, "ended with status %d and no verdict",
                         WEXITSTATUS(status));
        }
        out->good = probe_is_control(index)
                            ? out->outcome == PROBE_SUCCEEDED
                            : out->outcome == PROBE_REFUSED || out->outcome == PROBE_KILLED;
}
