/*
 * ini.c -- one line at a time, each of them whole.
 */
#include "config/ini.h"

#include <stdio.h>
#include <string.h>

struct reading {
        char section[INI_SECTION_MAX];
        ini_pair_fn *pair;
        void *ctx;
};

/* Printable UTF-8; tabs count as space. */
static bool is_plain(struct str line)
{
        for (size_t i = 0; i < line.n; i++)
                if (((unsigned char)line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7f)
                        return false;
        return str_is_utf8(line);
}

static int read_section(struct reading *at, struct str line, struct err *err)
{
        if (line.p[line.n - 1] != ']')
                return err_set(err, ERR_INVALID, "a section is written [NAME], alone on its line");
        struct str name = str_trim(str_make(line.p + 1, line.n - 2));

        if (name.n == 0 || name.n >= sizeof at->section)
                return err_set(err, ERR_INVALID, "a section's name has 1 to %zu bytes",
                               sizeof at->section - 1);
        snprintf(at->section, sizeof at->section, "%.*s", STR_ARG(name));
        return 0;
}

static int read_pair(struct reading *at, struct str line, struct err *err)
{
        char key_text[INI_KEY_MAX], value_text[INI_LINE_MAX + 1];
        struct str value = line;
        struct str key = str_trim(str_cut(&value, '='));

        if (memchr(line.p, '=', line.n) == NULL || key.n == 0)
                return err_set(err, ERR_INVALID, "neither 'key = value' nor '[section]'");
        if (key.n >= sizeof key_text)
                return err_set(err, ERR_INVALID, "a key has at most %zu bytes", sizeof key_text - 1);
        if (at->section[0] == '\0')
                return err_set(err, ERR_INVALID, "'%.*s' stands before the first [section]",
                               STR_ARG(key));
        value = str_trim(value);
        snprintf(key_text, sizeof key_text, "%.*s", STR_ARG(key));
        snprintf(value_text, sizeof value_text, "%.*s", STR_ARG(value));
        return at->pair(at->ctx, at->section, key_text, value_text, err);
}

static int read_line(struct reading *at, struct str line, struct err *err)
{
        if (line.n > INI_LINE_MAX)
                return err_set(err, ERR_INVALID, "the line is longer than %d bytes", INI_LINE_MAX);
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
                return 0;
        if (!is_plain(line))
                return err_set(err, ERR_INVALID, "the line is not plain UTF-8 text");
        return line.p[0] == '[' ? read_section(at, line, err) : read_pair(at, line, err);
}

int ini_read(struct str text, const char *name, ini_pair_fn *pair, void *ctx, struct err *err)
{
        struct reading at = { .pair = pair, .ctx = ctx };

        if (str_starts(text, STR("\xef\xbb\xbf")))
                text = str_make(text.p + 3, text.n - 3);
        for (unsigned number = 1; text.n > 0; number++) {
                int r = read_line(&at, str_cut(&text, '\n'), err);

                if (r < 0)
                        return err_wrap(err, r, "%s, line %u", name, number);
        }
        return 0;
}
