/*
 * demo.c -- carrel demo: a host with one portal on a folder that goes when it ends.
 *
 * The keeper runs in a child of its own process group; this process asks the host as any command does,
 * then waits for Ctrl-C or for the host's end.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "proc/cli/ask.h"
#include "proc/cli/keeper.h"
#include "proc/cli/output.h"
#include "proc/cli/program.h"
#include "proc/cli/remove.h"
#include "proc/cli/serve.h"
#include "proc/cli/source.h"
#include "proc/cli/status.h"

enum { START_LIMIT_MS = 10000, STEP_LIMIT_MS = 120000, POLL_MS = 50, LOG_TAIL = 4096 };

#define DEMO_LOG "demo.log"
#define SYSTEM_STORE "/usr/local/share/ca-certificates"

struct demo {
        const struct invocation *inv;
        struct config config;
        char folder[PATH_MAX];
        bool temporary;
        pid_t keeper;                   /* 0: not running */
        bool interrupted;               /* ended by a person before it was ready */
        sigset_t signals;
};

/* Root gives each portal a uid of its own, and these must be able to pass through to their folders. */
static void warn_of_closed_parents(const char *folder)
{
        char path[PATH_MAX];
        struct stat st;

        snprintf(path, sizeof path, "%s", folder);
        for (char *slash = strrchr(path, '/'); slash != NULL && slash != path;
             slash = strrchr(path, '/')) {
                *slash = '\0';
                if (stat(path, &st) == 0 && (st.st_mode & S_IXOTH) == 0)
                        fprintf(stderr, "note: other users cannot pass through %s, and portals run under "
                                "their own; set TMPDIR, or name a folder elsewhere with --data\n", path);
        }
}

static int make_folder(struct demo *d, struct err *err)
{
        const char *tmp = getenv("TMPDIR");

        if (d->inv->data_given) {
                int r = serve_set_data(&d->config, d->inv->data, err);

                if (r == 0)
                        snprintf(d->folder, sizeof d->folder, "%s", d->config.data);
                if (r == 0 && mkdir(d->folder, 0700) < 0 && errno != EEXIST)
                        r = err_errno(err, "make the folder %s", d->folder);
                return r;
        }
        snprintf(d->folder, sizeof d->folder, "%s/carrel-demo-XXXXXX",
                 tmp != NULL && tmp[0] == '/' ? tmp : "/tmp");
        if (mkdtemp(d->folder) == NULL)
                return err_errno(err, "make the folder %s", d->folder);
        d->temporary = true;
        return serve_set_data(&d->config, d->folder, err);
}

static int prepare(struct demo *d, struct err *err)
{
        config_defaults(&d->config);
        int r = config_set(&d->config, "host", "https", "127.0.0.1:8443", err);

        if (r == 0)
                r = config_set(&d->config, "host", "http", "127.0.0.1:8080", err);
        if (r == 0)
                r = serve_apply_options(d->inv, &d->config, err);
        if (r == 0)
                r = make_folder(d, err);
        if (r < 0 || geteuid() != 0)
                return r;
        if (chmod(d->folder, 0711) < 0)
                return err_errno(err, "set the mode of %s", d->folder);
        warn_of_closed_parents(d->folder);
        return 0;
}

static int open_log(const struct demo *d)
{
        char path[PATH_MAX + sizeof DEMO_LOG];

        snprintf(path, sizeof path, "%s/" DEMO_LOG, d->folder);
        return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* In the child: the demo's end is the keeper's. */
static NORETURN void become_keeper(const struct demo *d, pid_t parent)
{
        bool verbose = invocation_option(d->inv, "verbose") != NULL;
        int log = verbose ? STDERR_FILENO : open_log(d);

        setpgid(0, 0);
        if (log < 0 || dup2(log, STDERR_FILENO) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0 ||
            getppid() != parent)
                _exit(EXIT_REFUSED);
        int code = keeper_run(&d->config);

        fflush(NULL);
        _exit(code);
}

static int start_keeper(struct demo *d, struct err *err)
{
        pid_t parent = getpid();

        fflush(NULL);
        pid_t pid = fork();

        if (pid < 0)
                return err_errno(err, "start the host");
        if (pid == 0)
                become_keeper(d, parent);
        d->keeper = pid;
        return 0;
}

/* What the host said last, for a person who wonders why it is not there. */
static void show_log(const struct demo *d)
{
        char path[PATH_MAX + sizeof DEMO_LOG], tail[LOG_TAIL + 1];
        struct buf clean CLEANUP_BUF = { 0 };

        snprintf(path, sizeof path, "%s/" DEMO_LOG, d->folder);
        int fd CLEANUP_FD = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

        if (size <= 0)
                return;
        ssize_t n = pread(fd, tail, LOG_TAIL, size > LOG_TAIL ? size - LOG_TAIL : 0);
        struct str rest = str_make(tail, n > 0 ? (size_t)n : 0);

        if (size > LOG_TAIL)
                str_cut(&rest, '\n');
        while (rest.n > 0) {
                buf_clear(&clean);
                output_clean(&clean, str_cut(&rest, '\n'));
                fprintf(stderr, "  %s\n", buf_cstr(&clean));
        }
}

static int host_has_ended(struct demo *d, struct err *err)
{
        int status;

        if (waitpid(d->keeper, &status, WNOHANG) != d->keeper)
                return 0;
        d->keeper = 0;
        return err_set(err, ERR_GONE, "the host ended; what it said is above");
}

/* A signal that asks for the end arrived within ms. */
static bool asked_to_end(const struct demo *d, int64_t ms)
{
        const struct timespec limit = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
        int got = sigtimedwait(&d->signals, NULL, &limit);

        return got > 0 && got != SIGCHLD;
}

static void on_remark(void *ctx, enum severity severity, struct str file, uint32_t line,
                      struct str text)
{
        (void)ctx;
        if (severity >= SEVERITY_WARNING)
                output_line("  %.*s:%u: %.*s", STR_ARG(file), line, STR_ARG(text));
}

/* Takes over arguments. */
static int question(const struct demo *d, const char *verb, struct json *arguments, int fd, int ms,
                    struct json **answer, struct err *err)
{
        static const struct host_listener listener = { on_remark, NULL, NULL, NULL };
        struct json *owned CLEANUP_JSON = arguments;
        struct host *host CLEANUP_HOST = NULL;
        int r = host_open(d->folder, &host, err);

        return r < 0 ? r : host_ask(host, verb, owned, fd, ms, &listener, answer, err);
}

static int wait_for_host(struct demo *d, struct json **status, struct err *err)
{
        uint64_t until = clock_ms() + START_LIMIT_MS;

        while (clock_ms() < until) {
                int r = host_has_ended(d, err);

                if (r < 0)
                        return r;
                if (question(d, "status", json_new_object(), -1, START_LIMIT_MS, status, err) == 0)
                        return 0;
                d->interrupted = asked_to_end(d, POLL_MS);
                if (d->interrupted)
                        return err_set(err, ERR_AGAIN, "ended before the host was ready");
        }
        return err_set(err, ERR_AGAIN, "the host is not ready after 10 seconds; what it said is above");
}

static int import_manual(struct demo *d, struct err *err)
{
        char manual[PATH_MAX];
        struct json *answer CLEANUP_JSON = NULL;
        struct source source = { 0 };
        struct err later = { 0 };
        int r = program_find_manual(manual, err);

        if (r == 0)
                r = source_open(manual, &source, err);
        if (r < 0)
                return r;
        r = question(d, "import",
                     ask_arguments("portal", "docs", "project", "manual", "title", "Carrel manual",
                                   "language", "en", "author", "carrel", NULL),
                     source.fd, STEP_LIMIT_MS, &answer, err);
        int packed = source_close(&source, &later);

        if (packed < 0)
                return err_set(err, packed, "%s", later.text);
        return r < 0 ? err_wrap(err, r, "the manual cannot be imported") : 0;
}

/* With --data the portal may be there from the last time. */
static int fill_host(struct demo *d, struct json **published, struct err *err)
{
        struct json *created CLEANUP_JSON = NULL;
        int r = question(d, "portal.create",
                         ask_arguments("name", "docs", "title", "Carrel manual", "language", "en", NULL),
                         -1, STEP_LIMIT_MS, &created, err);

        if (r < 0 && r != ERR_EXISTS)
                return err_wrap(err, r, "the portal cannot be made");
        r = import_manual(d, err);
        if (r < 0)
                return r;
        r = question(d, "publish",
                     ask_arguments("portal", "docs", "project", "manual", "as", "carrel", "visibility",
                                   "public", NULL),
                     -1, STEP_LIMIT_MS, published, err);
        return r < 0 ? err_wrap(err, r, "the manual cannot be published") : 0;
}

static void tell(const struct demo *d, const struct json *published)
{
        unsigned port = d->config.https.port;
        struct str url = json_get_text(published, "url");
        const char *ca = d->folder;

        printf("\nCarrel's manual, served by Carrel:\n");
        if (url.n > 0)
                output_line("  %.*s", STR_ARG(url));
        else
                output_line("  https://docs.localhost:%u/", port);
        printf("\nIts certificate comes from this demo's own authority, %s/ca.pem. To trust it:\n", ca);
        printf("  curl         curl --cacert %s/ca.pem https://docs.localhost:%u/\n", ca, port);
        printf("  Chromium     certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n carrel-demo -i %s/ca.pem\n",
               ca);
        printf("  Firefox      Settings, Certificates, Authorities, Import: %s/ca.pem\n", ca);
        printf("  this system  install -m 644 %s/ca.pem " SYSTEM_STORE "/carrel-demo.crt && "
               "update-ca-certificates\n", ca);
        printf("Take it out again afterwards. Another shell can command this host:\n"
               "  carrel --data %s status\n", ca);
        printf("\nCtrl-C ends the demo%s.\n", d->temporary ? " and removes its folder" : "");
        fflush(stdout);
}

static int wait_for_the_end(struct demo *d, struct err *err)
{
        for (;;) {
                int r = host_has_ended(d, err);

                if (r < 0)
                        return r;
                if (asked_to_end(d, 1000))
                        return 0;
        }
}

static int run_host(struct demo *d, struct err *err)
{
        struct json *status CLEANUP_JSON = NULL;
        struct json *published CLEANUP_JSON = NULL;
        int r = start_keeper(d, err);

        if (r == 0)
                r = wait_for_host(d, &status, err);
        if (r < 0)
                return r;
        status_print_isolation(status);
        r = fill_host(d, &published, err);
        if (r < 0)
                return r;
        tell(d, published);
        return wait_for_the_end(d, err);
}

static int clean_up(struct demo *d, struct err *err)
{
        if (d->keeper > 0) {
                kill(d->keeper, SIGTERM);
                while (waitpid(d->keeper, NULL, 0) < 0 && errno == EINTR)
                        continue;
        }
        return d->temporary ? remove_folder(d->folder, err) : 0;
}

static void take_signals(struct demo *d)
{
        sigemptyset(&d->signals);
        sigaddset(&d->signals, SIGINT);
        sigaddset(&d->signals, SIGTERM);
        sigaddset(&d->signals, SIGHUP);
        sigaddset(&d->signals, SIGCHLD);
        signal(SIGCHLD, SIG_DFL);
        sigprocmask(SIG_BLOCK, &d->signals, NULL);
}

static int run_demo(const struct invocation *inv)
{
        struct demo d = { .inv = inv };
        struct err err, later;
        int code = EXIT_DONE;

        take_signals(&d);
        int r = prepare(&d, &err);

        if (r == 0)
                r = run_host(&d, &err);
        if (r < 0) {
                if (!d.interrupted)
                        show_log(&d);
                output_error("%s", err.text);
                code = EXIT_REFUSED;
        }
        if (clean_up(&d, &later) < 0) {
                output_error("%s", later.text);
                code = EXIT_REFUSED;
        }
        return code;
}

static const struct option demo_options[] = {
        { "https", "ADDRESS:PORT", "where to serve TLS (else 127.0.0.1:8443)", false },
        { "http", "ADDRESS:PORT", "where to redirect plain HTTP (else 127.0.0.1:8080)", false },
        { "isolation", "strict|standard", "the walls (else strict as root, standard otherwise)", false },
        { "verbose", NULL, "the host's log on standard error instead of in " DEMO_LOG, false },
        { NULL, NULL, NULL, false },
};

const struct command demo_commands[] = {
        { "demo", "", "try Carrel: a throw-away host with its own manual on it",
          "Nothing is installed and nothing outside a temporary folder is changed. With --data DIR the\n"
          "folder is kept, and used again the next time.", demo_options, run_demo },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};
