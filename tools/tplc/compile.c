/*
 * compile.c -- cut a template into literals, expressions and code, and write C.
 *
 * Literals pass through the HTML context as they are written, so every expression is judged at the
 * place where its bytes will land. Branches keep that true: a brace remembers the context it opened
 * in, and must be closed in the same one.
 */
#include "tplc/compile.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tplc/context.h"

enum { DEPTH_MAX = 64 };

struct compiler {
        const char *file;
        const char *text;
        const char *end;
        unsigned line;                  /* of the byte being read */
        FILE *out;
        FILE *errors;
        struct context ctx;
        struct context opened[DEPTH_MAX];
        size_t depth;
};

struct tag {
        const char *open;               /* its first brace */
        const char *body;
        const char *close;              /* its closing mark */
        const char *after;
        char kind;                      /* '{' raw, '=' text, 'u', 'd', '%', '#' */
};

static int fail(const struct compiler *c, const char *sentence)
{
        fprintf(c->errors, "%s:%u: %s\n", c->file, c->line, sentence);
        return -1;
}

static bool is_space(char c)
{
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void count_lines(struct compiler *c, const char *from, const char *to)
{
        for (; from < to; from++)
                if (*from == '\n')
                        c->line++;
}

/* One line of a C string literal; every byte outside printable ASCII as three octal digits. */
static void write_quoted(FILE *out, const char *p, const char *end)
{
        fputc('"', out);
        for (; p < end; p++) {
                unsigned char b = (unsigned char)*p;

                if (b == '\n')
                        fputs("\\n", out);
                else if (b == '"' || b == '\\' || b == '?')
                        fprintf(out, "\\%c", b);
                else if (b < 32 || b > 126)
                        fprintf(out, "\\%03o", (unsigned)b);
                else
                        fputc(b, out);
        }
        fputc('"', out);
}

static void write_literal(FILE *out, const char *p, const char *end)
{
        fputs("        BUF_LIT(out,", out);
        while (p < end) {
                const char *nl = memchr(p, '\n', (size_t)(end - p));
                const char *stop = nl != NULL ? nl + 1 : end;

                fputs("\n                ", out);
                write_quoted(out, p, stop);
                p = stop;
        }
        fputs(");\n", out);
}

/* From `from` to `to`; the line counter follows. */
static int literal(struct compiler *c, const char *from, const char *to)
{
        if (from == to)
                return 0;
        for (const char *p = from; p < to; p++) {
                const char *wrong = c->depth > 0 || is_space(*p) ? context_feed(&c->ctx, *p)
                                                                : "text outside of a function";
                if (wrong != NULL)
                        return fail(c, wrong);
                if (*p == '\n')
                        c->line++;
        }
        if (c->depth > 0)
                write_literal(c->out, from, to);
        return 0;
}

/* Behind the C string, character or comment that begins at p; p itself where none does. */
static const char *skip_quoted(const char *p, const char *end)
{
        if (*p == '/' && p + 1 < end && p[1] == '*') {
                for (p += 2; p + 1 < end; p++)
                        if (p[0] == '*' && p[1] == '/')
                                return p + 2;
                return end;
        }
        if (*p != '"' && *p != '\'')
                return p;

        char quote = *p++;

        while (p < end && *p != quote)
                p += *p == '\\' && p + 1 < end ? 2 : 1;
        return p < end ? p + 1 : end;
}

static const char *find_close(const struct tag *tag, const char *mark, const char *end)
{
        size_t n = strlen(mark);
        const char *p = tag->body;

        while (p < end) {
                const char *behind = tag->kind == '#' ? p : skip_quoted(p, end);

                if (behind != p) {
                        p = behind;
                        continue;
                }
                if ((size_t)(end - p) >= n && memcmp(p, mark, n) == 0)
                        return p;
                p++;
        }
        return NULL;
}

/* The next tag at or after p: 1 found, 0 none, -1 unclosed. */
static int next_tag(const struct compiler *c, const char *p, struct tag *tag)
{
        const char *mark = NULL;

        for (; p + 1 < c->end && mark == NULL; p++) {
                if (*p != '{')
                        continue;
                tag->open = p;
                if (p[1] == '%' || p[1] == '#') {
                        tag->kind = p[1];
                        mark = p[1] == '%' ? "%}" : "#}";
                        tag->body = p + 2;
                } else if (p[1] == '{') {
                        bool raw = p + 2 < c->end && p[2] == '{';

                        tag->kind = raw ? '{' : '=';
                        mark = raw ? "}}}" : "}}";
                        tag->body = p + (raw ? 3 : 2);
                }
        }
        if (mark == NULL)
                return 0;
        if (tag->kind == '=' && c->end - tag->body > 1 && is_space(tag->body[1]) &&
            (tag->body[0] == 'u' || tag->body[0] == 'd'))
                tag->kind = *tag->body++;
        tag->close = find_close(tag, mark, c->end);
        if (tag->close == NULL)
                return -1;
        tag->after = tag->close + strlen(mark);
        return 1;
}

/* One C expression and nothing more: a ';' or a stray bracket could smuggle in a second call. */
static bool is_expression(const char *p, const char *end)
{
        int depth = 0;

        for (bool any = false;; any = true) {
                while (p < end && is_space(*p))
                        p++;
                if (p == end)
                        return any && depth == 0;

                const char *behind = skip_quoted(p, end);

                if (behind != p) {
                        p = behind;
                        continue;
                }
                if (*p == ';' || *p == '#')
                        return false;
                if (*p == '(' || *p == '[' || *p == '{')
                        depth++;
                if (*p == ')' || *p == ']' || *p == '}')
                        depth--;
                if (depth < 0)
                        return false;
                p++;
        }
}

static int expression(struct compiler *c, const struct tag *tag)
{
        static const struct {
                char kind;
                enum context_expr expr;
                const char *before, *after;
        } forms[] = {
                { '=', CONTEXT_EXPR_TEXT, "html_escape(out, (", "));" },
                { 'u', CONTEXT_EXPR_URL, "html_url(out, (", "));" },
                { 'd', CONTEXT_EXPR_NUMBER, "buf_printf(out, \"%jd\", (intmax_t)(", "));" },
                { '{', CONTEXT_EXPR_HTML, "{ const struct html tplc_raw = (",
                  "); buf_add_str(out, tplc_raw.s); }" },
        };
        size_t i = 0;

        while (forms[i].kind != tag->kind)
                i++;

        const char *wrong = c->depth > 0 ? context_expression(&c->ctx, forms[i].expr)
                                         : "an expression outside of a function";

        if (wrong == NULL && !is_expression(tag->body, tag->close))
                wrong = "one C expression must stand between the braces";
        if (wrong != NULL)
                return fail(c, wrong);
        fprintf(c->out, "#line %u \"%s\"\n        %s%.*s%s\n", c->line, c->file, forms[i].before,
                (int)(tag->close - tag->body), tag->body, forms[i].after);
        return 0;
}

static int brace(struct compiler *c, char which)
{
        if (which == '{') {
                if (c->depth == DEPTH_MAX)
                        return fail(c, "more than 64 braces are open here");
                c->opened[c->depth++] = c->ctx;
                return 0;
        }
        if (c->depth == 0)
                return fail(c, "this '}' closes nothing");
        if (!context_same(&c->opened[--c->depth], &c->ctx))
                return fail(c, "this '}' closes a branch in another place of the HTML than it was "
                               "opened in: open and close elements and attributes on one level");
        return 0;
}

/* A jump leaves blocks without their '}' being read: safe only where all are plain text. */
static bool jump_is_safe(const struct compiler *c)
{
        for (size_t i = 0; i < c->depth; i++)
                if (!context_is_text(&c->opened[i]))
                        return false;
        return context_is_text(&c->ctx);
}

static bool is_word(char ch)
{
        return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
               ch == '_';
}

static bool is_jump(const char *p, size_t n)
{
        static const char *const jumps[] = { "return", "break", "continue", "goto" };

        for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++)
                if (n == strlen(jumps[i]) && memcmp(p, jumps[i], n) == 0)
                        return true;
        return false;
}

/* Follow braces and jumps; *last becomes the last byte that is neither space nor comment. */
static int code_body(struct compiler *c, const char *p, const char *end, char *last)
{
        while (p < end) {
                const char *behind = skip_quoted(p, end);

                if (behind != p) {
                        if (*p != '/')
                                *last = *p;
                        p = behind;
                        continue;
                }
                while (behind < end && is_word(*behind))
                        behind++;
                if (is_jump(p, (size_t)(behind - p)) && !jump_is_safe(c))
                        return fail(c, "no jump out of a tag or value: its rest would be missing");
                if ((*p == '{' || *p == '}') && brace(c, *p) < 0)
                        return -1;
                if (!is_space(*p))
                        *last = *p;
                p = behind == p ? p + 1 : behind;
        }
        return 0;
}

static bool ends_in_directive(const char *p, const char *end)
{
        while (end > p && is_space(end[-1]))
                end--;

        const char *start = end;

        while (start > p && start[-1] != '\n')
                start--;
        while (start < end && is_space(*start))
                start++;
        return start < end && *start == '#';
}

static int code(struct compiler *c, const struct tag *tag)
{
        const char *wrong = context_code(&c->ctx);
        char last = ';';

        if (wrong != NULL)
                return fail(c, wrong);
        if (code_body(c, tag->body, tag->close, &last) < 0)
                return -1;
        if (last != '{' && last != '}' && last != ';' && !ends_in_directive(tag->body, tag->close))
                return fail(c, "code must end with '{', '}' or ';': a bare 'if (x)' would swallow "
                               "the next piece of text");
        fprintf(c->out, "#line %u \"%s\"\n%.*s\n", c->line, c->file,
                (int)(tag->close - tag->body), tag->body);
        return 0;
}

/* A code tag or comment that has its lines for itself takes them away. */
static void trim_own_line(const struct compiler *c, struct tag *tag, const char *from)
{
        const char *left = tag->open, *right = tag->after;

        while (left > from && (left[-1] == ' ' || left[-1] == '\t'))
                left--;
        while (right < c->end && (*right == ' ' || *right == '\t' || *right == '\r'))
                right++;
        if ((left > c->text && left[-1] != '\n') || (right < c->end && *right != '\n'))
                return;
        tag->open = left;
        tag->after = right < c->end ? right + 1 : right;
}

static int one_tag(struct compiler *c, const char *from, struct tag *tag)
{
        const char *written = tag->open;

        if (tag->kind == '%' || tag->kind == '#')
                trim_own_line(c, tag, from);
        if (literal(c, from, tag->open) < 0)
                return -1;
        count_lines(c, tag->open, written);

        int r = tag->kind == '%' ? code(c, tag) : tag->kind == '#' ? 0 : expression(c, tag);

        count_lines(c, written, tag->after);
        return r;
}

int compile_template(const char *file, const char *text, size_t n, FILE *out, FILE *errors)
{
        struct compiler c = {
                .file = file, .text = text, .end = text + n, .line = 1,
                .out = out, .errors = errors,
        };
        const char *at = text;
        struct tag tag;
        int found;

        if (n > COMPILE_SOURCE_MAX || memchr(text, '\0', n) != NULL)
                return fail(&c, "a template is text of at most 1 MiB without NUL bytes");
        fprintf(out, "/* Made by tplc from %s: edit that file. */\n", file);
        while ((found = next_tag(&c, at, &tag)) > 0) {
                if (one_tag(&c, at, &tag) < 0)
                        return -1;
                at = tag.after;
        }
        if (found < 0) {
                count_lines(&c, at, tag.open);
                return fail(&c, "this tag is never closed");
        }
        if (literal(&c, at, c.end) < 0)
                return -1;
        if (c.depth > 0)
                return fail(&c, "the template ends before its last '}'");
        return 0;
}
