/*
 * status.c -- carrel status, carrel isolation verify
 *
 * The host's parts report about themselves; what this file knows by name comes first, and whatever else
 * they tell (the edge's counters, the registry's numbers) is printed as it is.
 */
#include "proc/cli/status.h"

#include <stdio.h>

#include "proc/cli/ask.h"
#include "proc/cli/output.h"

/* The supervisor's report, wherever the registry has put it. */
static const struct json *supervisor_part(const struct json *answer)
{
        const struct json *part = json_get(answer, "supervisor");

        return json_kind(part) == JSON_KIND_OBJECT ? part : answer;
}

bool status_print_isolation(const struct json *answer)
{
        const struct json *part = supervisor_part(answer);
        const struct json *layers = json_get(part, "layers");
        unsigned missing = 0;

        for (size_t i = 0; i < json_length(layers); i++)
                missing += json_get_bool(json_at(layers, i), "wanted") &&
                           !json_get_bool(json_at(layers, i), "on");
        output_line("Isolation: %.*s%s", STR_ARG(json_get_text(part, "isolation")),
                    missing > 0 ? "; these layers are missing:" : "; no layer is missing");
        for (size_t i = 0; i < json_length(layers); i++) {
                const struct json *layer = json_at(layers, i);
                struct str detail = json_get_text(layer, "detail");

                if (json_get_bool(layer, "wanted") && !json_get_bool(layer, "on"))
                        output_line("  %.*s%s%.*s", STR_ARG(json_get_text(layer, "name")),
                                    detail.n > 0 ? ": " : "", STR_ARG(detail));
        }
        return missing > 0;
}

/* How long, in the largest two units: "3 d 4 h", "5 min 10 s". */
static void add_duration(struct json *row, int64_t seconds)
{
        static const struct {
                int64_t size;
                const char *name;
        } units[] = { { 86400, "d" }, { 3600, "h" }, { 60, "min" }, { 1, "s" } };
        char text[64];
        size_t u = 0;

        while (u + 1 < ARRAY_LEN(units) && seconds < units[u].size)
                u++;
        int n = snprintf(text, sizeof text, "%lld %s", (long long)(seconds / units[u].size),
                         units[u].name);

        if (u + 1 < ARRAY_LEN(units) && n > 0)
                snprintf(text + n, sizeof text - (size_t)n, " %lld %s",
                         (long long)(seconds % units[u].size / units[u + 1].size), units[u + 1].name);
        json_put_text(row, "up", str_of(text));
}

/* A copy of the rows with words for what is a flag or a number of seconds in them. */
static struct json *readable_rows(const struct json *rows)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct json *copy = NULL;

        json_render(rows, false, &text);
        if (json_parse(buf_str(&text), &copy, NULL) < 0)
                return json_new_array();
        for (size_t i = 0; i < json_length(copy); i++) {
                struct json *row = json_at(copy, i);

                if (json_kind(row) != JSON_KIND_OBJECT)
                        continue;
                if (json_has(row, "ready"))
                        json_put_text(row, "state", json_get_bool(row, "ready") ? STR("ready")
                                                                                : STR("starting"));
                if (json_get_int(row, "pid") == 0)
                        json_put_text(row, "state", STR("not running"));
                if (json_has(row, "seconds"))
                        add_duration(row, json_get_int(row, "seconds"));
        }
        return copy;
}

static void print_processes(const struct json *part)
{
        static const struct column processes[] = {
                { "name", "PROCESS" }, { "pid", "PID" }, { "state", "STATE" }, { "up", "UP" },
                { "restarts", "RESTARTS" }, { NULL, NULL },
        };
        static const struct column workers[] = {
                { "portal", "PORTAL" }, { "name", "NAME" }, { "kind", "KIND" }, { "pid", "PID" },
                { "up", "UP" }, { NULL, NULL },
        };
        struct json *rows CLEANUP_JSON = NULL;

        if (json_length(json_get(part, "processes")) > 0) {
                rows = readable_rows(json_get(part, "processes"));
                putchar('\n');
                output_table(rows, processes, "", 0);
        }
        if (json_length(json_get(part, "workers")) > 0) {
                json_free(&rows);
                rows = readable_rows(json_get(part, "workers"));
                putchar('\n');
                output_table(rows, workers, "", 0);
        }
}

/* Before everything else that is asked for by nobody: what somebody has to do. */
static void print_alarms(const struct json *answer)
{
        const struct json *alarms = json_get(answer, "alarms"), *over = json_get(answer, "alarms_over");
        int64_t all = json_get_int(answer, "alarms_total");

        putchar('\n');
        output_line("Alarms:%s", all == 0 ? " none" : "");
        for (size_t i = 0; i < json_length(alarms); i++) {
                const struct json *alarm = json_at(alarms, i);
                struct str portal = json_get_text(alarm, "portal"), since = json_get_text(alarm, "since");

                output_line("  %.*s%s%.*s, since %.*s", STR_ARG(portal), portal.n > 0 ? ": " : "",
                            STR_ARG(json_get_text(alarm, "text")), STR_ARG(since));
        }
        if (all > (int64_t)json_length(alarms))
                output_line("  and %lld more", (long long)all - (long long)json_length(alarms));
        for (size_t i = 0; i < json_length(over); i++) {
                const struct json *alarm = json_at(over, i);
                struct str portal = json_get_text(alarm, "portal"), when = json_get_text(alarm, "over");

                output_line("  over since %.*s: %.*s%s%.*s", STR_ARG(when), STR_ARG(portal),
                            portal.n > 0 ? ": " : "", STR_ARG(json_get_text(alarm, "kind")));
        }
}

static bool print_status(const struct invocation *inv, const struct json *answer)
{
        static const char *const shown[] = { "processes", "workers", "isolation", "layers",
                                             "supervisor", "alarms", "alarms_total",
                                             "alarms_over", NULL };
        const struct json *part = supervisor_part(answer);

        output_line("Host: running on %s", inv->data);
        status_print_isolation(answer);
        print_alarms(answer);
        print_processes(part);
        putchar('\n');
        if (part != answer)
                output_details(part, shown, 0);
        output_details(answer, shown, 0);
        return true;
}

static int run_status(const struct invocation *inv)
{
        return ask(inv, "status", ask_arguments(NULL, NULL), NULL, print_status, NULL);
}

static bool is_count(const struct json *answer, const char *key)
{
        return json_kind(json_get(answer, key)) == JSON_KIND_NUMBER;
}

/* Walls held, and the probe was able to act at all: what a broken probe refuses to itself proves nothing. */
static bool isolation_holds(const struct json *answer)
{
        if (!is_count(answer, "tried") || !is_count(answer, "succeeded") || !is_count(answer, "controls") ||
            !is_count(answer, "controls_good"))
                return false;
        return json_get_bool(answer, "isolated") && json_get_int(answer, "tried") > 0 &&
               json_get_int(answer, "succeeded") == 0 &&
               json_get_int(answer, "controls_good") == json_get_int(answer, "controls");
}

static bool print_isolation_verdict(const struct invocation *inv, const struct json *answer)
{
        (void)inv;
        output_details(answer, NULL, 0);
        fflush(stdout);
        if (!isolation_holds(answer))
                output_error("isolation is not proven: an action succeeded, a control failed, or nothing was "
                             "tried; the lines above say which, 'carrel status' says what is missing");
        else
                output_line("Isolation holds: every hostile action was refused.");
        return true;
}

static int run_verify(const struct invocation *inv)
{
        return ask(inv, "isolation.verify", ask_arguments(NULL, NULL), NULL, print_isolation_verdict,
                   isolation_holds);
}

const struct command host_commands[] = {
        { "status", "", "show the host's processes, isolation, portals and counters", NULL, NULL,
          run_status },
        { "isolation verify", "", "let a hostile probe try to leave a container, and report what it met",
          "A probe is started beside a canary portal and tries what an intruder would. The exit code is 1\n"
          "if anything succeeded, or if a control (an action that must succeed) failed.", NULL,
          run_verify },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
