/*
 * toml.c -- as much TOML as book.toml and Hugo's front matter need: sections, and keys with one
 * value.
 */
#include "exchange/plan.h"

static struct str unquote(struct str s)
{
        s = str_trim(s);
        if (s.n >= 2 && (s.p[0] == '"' || s.p[0] == '\'')) {
                for (size_t i = 1; i < s.n; i++)
                        if (s.p[i] == s.p[0] && s.p[i - 1] != '\\')
                                return str_make(s.p + 1, i - 1);
        }
        return s;
}

/* Cut at the '=' that is not inside quotes. */
static bool cut_key(struct str line, struct str *key, struct str *value)
{
        char quote = 0;

        for (size_t i = 0; i < line.n; i++) {
                char c = line.p[i];

                if (quote != 0)
                        quote = c == quote ? 0 : quote;
                else if (c == '"' || c == '\'')
                        quote = c;
                else if (c == '=') {
                        *key = unquote(str_make(line.p, i));
                        *value = unquote(str_make(line.p + i + 1, line.n - i - 1));
                        return key->n > 0;
                }
        }
        return false;
}

void toml_walk(struct str text, toml_fn *fn, void *ctx)
{
        struct str section = { "", 0 }, key, value;

        for (unsigned number = 1; text.n > 0; number++) {
                struct str line = str_trim(str_cut(&text, '\n'));

                if (line.n == 0 || line.p[0] == '#')
                        continue;
                if (line.p[0] == '[') {
                        struct str rest = str_make(line.p + 1, line.n - 1);

                        section = str_trim(str_cut(&rest, ']'));
                        continue;
                }
                if (cut_key(line, &key, &value))
                        fn(ctx, section, key, value, number);
        }
}
