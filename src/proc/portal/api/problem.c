/*
 * problem.c -- make and send problems.
 */
#include "problem.h"

#include <stdarg.h>
#include <stdio.h>

enum { ERRORS_MAX = 10, NAME_SHOWN = 64, BUSY_SECONDS = 2 };

void problem_set(struct problem *p, unsigned status, const char *format, ...)
{
        va_list args;

        p->status = status;
        va_start(args, format);
        vsnprintf(p->detail, sizeof p->detail, format, args);
        va_end(args);
}

void problem_name(struct problem *p, struct str name, const char *detail)
{
        struct json *o;

        if (p->errors == NULL)
                p->errors = json_new_array();
        if (json_length(p->errors) == ERRORS_MAX)
                return;
        o = json_new_object();
        json_put_text(o, "name", str_make(name.p, name.n < NAME_SHOWN ? name.n : NAME_SHOWN));
        json_put_text(o, "detail", str_of(detail));
        json_append(p->errors, o);
}

void problem_missing(struct problem *p)
{
        problem_set(p, 404, "There is nothing at this address for this token. /api/v1/openapi.json says "
                    "which addresses there are.");
}

bool problem_of_error(struct problem *p, const struct err *err)
{
        switch (err->code) {
        case ERR_NOT_FOUND:
                problem_missing(p);
                return false;
        case ERR_INVALID:
        case ERR_LIMIT:
                problem_set(p, 422, "%s", err->text);
                return false;
        case ERR_EXISTS:
        case ERR_DENIED:
                problem_set(p, 409, "%s", err->text);
                return false;
        case ERR_AGAIN:
                problem_set(p, 412, "%s", err->text);
                return false;
        case ERR_BUSY:
                problem_set(p, 503, "Something else is being written just now. Try again in some seconds.");
                p->retry_after = BUSY_SECONDS;
                return false;
        default:
                problem_set(p, 500, "Something went wrong here, and nothing was changed. The host's operator "
                            "finds the reason in the log.");
                return true;
        }
}

void problem_reply(struct http_exchange *x, struct problem *p)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct http_header extra[1];
        struct buf out = { 0 };
        size_t n, nextra = 0;

        json_put_text(o, "type", STR("about:blank"));
        json_put_text(o, "title", str_of(http_status_text(p->status)));
        json_put_int(o, "status", p->status);
        json_put_text(o, "detail", str_of(p->detail));
        if (p->errors != NULL)
                json_put(o, "errors", p->errors);
        p->errors = NULL;
        json_render(o, false, &out);
        if (p->authenticate.n > 0)
                extra[nextra++] = (struct http_header){ STR("www-authenticate"), p->authenticate };
        char *bytes = buf_detach(&out, &n);
        const struct http_response response = {
                .status = p->status,
                .content_type = STR("application/problem+json"),
                .content_disposition = STR("attachment; filename=\"problem.json\""),
                .allow = p->allow,
                .retry_after = p->retry_after,
                .extra = extra,
                .nextra = nextra,
                .csp = HTTP_CSP_FILE,
                .body = http_body_owned(bytes, n),
        };

        http_reply(x, &response);
}
