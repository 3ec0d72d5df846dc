/*
 * config.c -- fuzz target: a settings file. What is accepted can be listed, and set again from the list
 * to the same settings.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void set_again(void *ctx, const char *section, const char *key, const char *value)
{
        char word[1200];

        snprintf(word, sizeof word, "%s.%s=%s", section, key, value);
        if (config_set_argument(ctx, word, NULL) < 0)
                abort();
}

static void render(void *ctx, const char *section, const char *key, const char *value)
{
        buf_printf(ctx, "%s|%s|%s\n", section, key, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct buf first CLEANUP_BUF = { 0 }, second CLEANUP_BUF = { 0 };
        struct config config, copy;
        struct err err = { 0 };

        config_defaults(&config);
        config_defaults(&copy);
        if (config_read(str_make((const char *)data, size), "fuzz", &config, &err) < 0) {
                if (strncmp(err.text, "fuzz, line ", 11) != 0)
                        abort();
                return 0;
        }
        if (config_check(&config, &err) < 0 && err.text[0] == '\0')
                abort();
        config_each(&config, set_again, &copy);
        config_each(&config, render, &first);
        config_each(&copy, render, &second);
        if (!str_eq(buf_str(&first), buf_str(&second)))
                abort();
        return 0;
}
