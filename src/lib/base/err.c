/*
 * err.c -- sentences for people, codes for callers.
 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A sentence ends up in logs and terminals: foreign control bytes must not act there. */
static void clean(char *text)
{
        for (; *text != '\0'; text++)
                if ((unsigned char)*text < 0x20 || *text == 0x7f)
                        *text = '?';
}

int err_set(struct err *err, int code, const char *fmt, ...)
{
        if (err != NULL) {
                va_list args;

                err->code = code;
                va_start(args, fmt);
                vsnprintf(err->text, sizeof err->text, fmt, args);
                va_end(args);
                clean(err->text);
        }
        return code;
}

static int code_of_errno(int number)
{
        switch (number) {
        case ENOENT:
        case ENOTDIR:
                return ERR_NOT_FOUND;
        case EACCES:
        case EPERM:
                return ERR_DENIED;
        case EEXIST:
                return ERR_EXISTS;
        case EAGAIN:
                return ERR_AGAIN;
        case EPIPE:
        case ECONNRESET:
                return ERR_GONE;
        default:
                return ERR_IO;
        }
}

int err_errno(struct err *err, const char *fmt, ...)
{
        int saved = errno;
        int code = code_of_errno(saved);

        if (err != NULL) {
                va_list args;
                int used;

                err->code = code;
                va_start(args, fmt);
                used = vsnprintf(err->text, sizeof err->text, fmt, args);
                va_end(args);
                if (used >= 0 && (size_t)used < sizeof err->text)
                        snprintf(err->text + used, sizeof err->text - (size_t)used, ": %s",
                                 strerror(saved));
                clean(err->text);
        }
        errno = saved;
        return code;
}

int err_wrap(struct err *err, int code, const char *fmt, ...)
{
        if (err != NULL) {
                char before[ERR_TEXT_MAX];
                char both[2 * ERR_TEXT_MAX + 2];
                va_list args;

                va_start(args, fmt);
                vsnprintf(before, sizeof before, fmt, args);
                va_end(args);
                snprintf(both, sizeof both, "%s: %s", before, err->text);
                memcpy(err->text, both, sizeof err->text - 1);
                err->text[sizeof err->text - 1] = '\0';
                err->code = code;
                clean(err->text);
        }
        return code;
}

const char *err_name(int code)
{
        static const char *const names[] = {
                "ERR_NONE",   "ERR_INVALID", "ERR_NOT_FOUND",   "ERR_EXISTS", "ERR_DENIED",
                "ERR_LIMIT",  "ERR_AGAIN",   "ERR_GONE",        "ERR_IO",     "ERR_CORRUPT",
                "ERR_UNSUPPORTED", "ERR_BUSY", "ERR_NO_PORTAL", "ERR_PROTOCOL",
        };

        if (code > 0 || (size_t)-code >= ARRAY_LEN(names))
                return "ERR_UNKNOWN";
        return names[-code];
}
