/*
 * ask.c -- remarks go to standard error as they come; with --json they are kept for the answer.
 */
#include "proc/cli/ask.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "proc/cli/confine.h"
#include "proc/cli/output.h"
#include "proc/cli/target.h"

struct asking {
        const struct invocation *inv;
        struct json *notes;             /* with --json */
        bool bar;                       /* a progress line is on the terminal */
        bool tty;
        struct target *taking;          /* a file that comes from the host, or NULL */
};

struct json *ask_arguments(const char *key, ...)
{
        struct json *object = json_new_object();
        va_list rest;

        va_start(rest, key);
        while (key != NULL) {
                const char *value = va_arg(rest, const char *);

                if (value != NULL)
                        json_put_text(object, key, str_of(value));
                key = va_arg(rest, const char *);
        }
        va_end(rest);
        return object;
}

static const char *severity_name(enum severity severity)
{
        static const char *const names[SEVERITY_COUNT] = { "info", "note", "warning", "error" };

        return names[severity];
}

static void clear_bar(struct asking *a)
{
        if (a->bar)
                fputs("\r\033[K", stderr);
        a->bar = false;
}

static void keep_note(struct asking *a, enum severity severity, struct str file, uint32_t line,
                      struct str text)
{
        struct json *note = json_new_object();

        json_put_text(note, "severity", str_of(severity_name(severity)));
        if (file.n > 0)
                json_put_text(note, "file", file);
        if (line > 0)
                json_put_int(note, "line", line);
        json_put_text(note, "text", text);
        json_append(a->notes, note);
}

static void on_remark(void *ctx, enum severity severity, struct str file, uint32_t line,
                      struct str text)
{
        struct asking *a = ctx;
        struct buf out CLEANUP_BUF = { 0 };

        if (a->notes != NULL) {
                keep_note(a, severity, file, line, text);
                return;
        }
        clear_bar(a);
        if (severity >= SEVERITY_WARNING)
                buf_printf(&out, "%s: ", severity_name(severity));
        output_clean(&out, file);
        if (line > 0)
                buf_printf(&out, ":%u", line);
        if (file.n > 0 || line > 0)
                buf_puts(&out, ": ");
        output_clean(&out, text);
        fprintf(stderr, "%s\n", buf_cstr(&out));
}

static void on_progress(void *ctx, struct str stage, uint64_t done, uint64_t total)
{
        struct asking *a = ctx;
        struct buf out CLEANUP_BUF = { 0 };

        if (!a->tty || a->notes != NULL)
                return;
        output_clean(&out, stage);
        if (total > 0)
                buf_printf(&out, " %llu of %llu", (unsigned long long)done, (unsigned long long)total);
        fprintf(stderr, "\r\033[K%s", buf_cstr(&out));
        a->bar = true;
}

static int refused(struct asking *a, const struct err *err)
{
        clear_bar(a);
        output_error("%s", err->text);
        if (a->inv->json) {
                struct json *object CLEANUP_JSON = json_new_object();

                json_put_text(object, "error", str_of(err->text));
                json_put_text(object, "code", str_of(err_name(err->code)));
                json_put(object, "notes", a->notes);
                a->notes = NULL;
                output_json(object);
        }
        return EXIT_REFUSED;
}

static int print_as_json(struct asking *a, struct json *answer)
{
        if (json_kind(answer) == JSON_KIND_OBJECT && json_length(a->notes) > 0) {
                /* An import counts its remarks under "notes". */
                json_put(answer, json_has(answer, "notes") ? "remarks" : "notes", a->notes);
                a->notes = NULL;
        }
        output_json(answer);
        return EXIT_DONE;
}

static int on_stream(void *ctx, int fd, struct err *err)
{
        const struct asking *a = ctx;

        if (a->taking == NULL)
                return err_set(err, ERR_PROTOCOL, "the host sent a file that was not asked for");
        return target_take(a->taking, fd, err);
}

static int check_taken(const struct target *target, const struct json *answer, struct err *err)
{
        char hex[DIGEST_HEX_LEN + 1];

        digest_hex(&target->sha256, hex);
        if ((uint64_t)json_get_int(answer, "taken_bytes") != target->taken ||
            !str_is(json_get_text(answer, "taken_sha256"), hex))
                return err_set(err, ERR_CORRUPT, "what arrived is not what the host sent; try again");
        return 0;
}

static int ask_and_hear(struct asking *a, const char *verb, const struct json *arguments,
                        const struct source *source, struct target *target, struct json **answer,
                        struct err *err)
{
        const struct host_listener listener = { on_remark, on_progress, on_stream, a };
        struct host *host CLEANUP_HOST = NULL;
        int r = host_open(a->inv->data, &host, err);

        if (r < 0)
                return r;
        int keep[5] = { host_fd(host) };
        size_t n = 1;

        if (source != NULL)
                keep[n++] = source->fd;
        if (source != NULL && source->report >= 0)
                keep[n++] = source->report;
        if (target != NULL) {
                keep[n++] = target->fd;
                keep[n++] = target->keeper;
        }
        r = a->taking != NULL ? confine_writer(keep, n, err) : confine_client(keep, n, err);
        if (r == 0)
                r = host_ask(host, verb, arguments,
                             source != NULL                        ? source->fd
                             : target != NULL && a->taking == NULL ? target->fd
                                                                   : -1,
                             0, &listener, answer, err);
        if (r == 0 && a->taking != NULL)
                r = check_taken(a->taking, *answer, err);
        return r < 0 || target == NULL ? r : target_keep(target, err);
}

static int ask_all(const struct invocation *inv, const char *verb, struct json *arguments,
                   struct source *source, struct target *target, bool taking, ask_print_fn *print,
                   bool (*judge)(const struct json *answer))
{
        struct json *owned CLEANUP_JSON = arguments;
        struct json *answer CLEANUP_JSON = NULL;
        struct json *notes CLEANUP_JSON = inv->json ? json_new_array() : NULL;
        struct asking a = { .inv = inv, .notes = notes, .tty = isatty(STDERR_FILENO) == 1,
                            .taking = taking ? target : NULL };
        struct err err = { 0 }, unsent = { 0 };
        int r = ask_and_hear(&a, verb, owned, source, target, &answer, &err);
        int code = EXIT_DONE;

        clear_bar(&a);
        /* The host refused what it got; why it got no more is what a person needs to know. */
        if (r < 0 && source != NULL && source_close(source, &unsent) < 0)
                err = unsent;
        if (r < 0)
                code = refused(&a, &err);
        else if (inv->json)
                code = print_as_json(&a, answer);
        else if (!print(inv, answer))
                code = EXIT_REFUSED;
        notes = a.notes;
        if (code == EXIT_DONE && judge != NULL && !judge(answer))
                code = EXIT_REFUSED;
        return code;
}

int ask(const struct invocation *inv, const char *verb, struct json *arguments, struct source *source,
        ask_print_fn *print, bool (*judge)(const struct json *answer))
{
        return ask_all(inv, verb, arguments, source, NULL, false, print, judge);
}

int ask_into(const struct invocation *inv, const char *verb, struct json *arguments,
             struct target *target, ask_print_fn *print)
{
        return ask_all(inv, verb, arguments, NULL, target, false, print, NULL);
}

int ask_for_file(const struct invocation *inv, const char *verb, struct json *arguments,
                 struct target *target, ask_print_fn *print)
{
        return ask_all(inv, verb, arguments, NULL, target, true, print, NULL);
}
