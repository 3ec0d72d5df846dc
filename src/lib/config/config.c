/*
 * config.c -- a table of settings; a key that is not in it does not exist.
 */
#include "config/config.h"

#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { KIND_PATH, KIND_HOST, KIND_ADDRESS, KIND_ISOLATION, KIND_NUMBER };

static const struct setting {
        const char *section;
        const char *key;
        enum kind kind;
        size_t offset;
        uint32_t min;
        uint32_t max;
} settings[] = {
        { "host", "data", KIND_PATH, offsetof(struct config, data), 0, 0 },
        { "host", "name", KIND_HOST, offsetof(struct config, name), 0, 0 },
        { "host", "https", KIND_ADDRESS, offsetof(struct config, https), 0, 0 },
        { "host", "http", KIND_ADDRESS, offsetof(struct config, http), 0, 0 },
        { "host", "isolation", KIND_ISOLATION, offsetof(struct config, isolation), 0, 0 },
        { "host", "uid_base", KIND_NUMBER, offsetof(struct config, uid_base), 1000, 4000000000u },
        { "portals", "idle_seconds", KIND_NUMBER, offsetof(struct config, idle_seconds), 1, 86400 },
        { "portals", "workers", KIND_NUMBER, offsetof(struct config, workers), 1, 16 },
        { "portals", "memory_mib", KIND_NUMBER, offsetof(struct config, memory_mib), 128, 65536 },
        { "limits", "connections_per_address", KIND_NUMBER,
          offsetof(struct config, connections_per_address), 1, 100000 },
        { "limits", "handshakes_waiting", KIND_NUMBER,
          offsetof(struct config, handshakes_waiting), 16, 100000 },
};

void config_defaults(struct config *config)
{
        *config = (struct config){
                .data = "/var/lib/carrel",
                .name = "localhost",
                .https = { "*", 443 },
                .http = { "*", 80 },
                .uid_base = 700000000,
                .idle_seconds = 600,
                .workers = 1,
                .memory_mib = 1024,
                .connections_per_address = 512,
                .handshakes_waiting = 8192,
        };
}

bool config_is_host_name(const char *name)
{
        size_t n = strlen(name), label = 0;

        if (n == 0 || n > CONFIG_HOST_MAX)
                return false;
        for (size_t i = 0; i < n; i++) {
                char c = name[i];
                bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
                bool hyphen = c == '-' && label > 0 && i + 1 < n && name[i + 1] != '.';

                if (c == '.' && label > 0 && i + 1 < n)
                        label = 0;
                else if ((word || hyphen) && label < 63)
                        label++;
                else
                        return false;
        }
        return true;
}

int config_parse_address(const char *text, struct config_address *out, struct err *err)
{
        const char *colon = strrchr(text, ':');
        struct config_address a = { .port = 0 };
        uint64_t port;

        if (colon == NULL || str_to_u64(str_of(colon + 1), 65535, &port, NULL) < 0)
                return err_set(err, ERR_INVALID, "'%s' is not an address; write ADDRESS:PORT such as "
                               "127.0.0.1:8443, [::1]:8443 or *:443", text);
        size_t n = (size_t)(colon - text);

        if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
                text++;
                n -= 2;
        } else if (memchr(text, ':', n) != NULL) {
                return err_set(err, ERR_INVALID, "'%s' is not an address; an IPv6 address stands in "
                               "brackets: [::1]:8443", text);
        }
        if (n == 0 || n >= sizeof a.host)
                return err_set(err, ERR_INVALID, "'%s' has no address before the port; '*' is every "
                               "address", text);
        memcpy(a.host, text, n);
        a.port = (uint16_t)port;
        *out = a;
        return 0;
}

static int set_isolation(const char *value, enum config_isolation *out, struct err *err)
{
        if (strcmp(value, "strict") == 0)
                *out = ISOLATION_STRICT;
        else if (strcmp(value, "standard") == 0)
                *out = ISOLATION_STANDARD;
        else
                return err_set(err, ERR_INVALID, "isolation is 'strict' or 'standard', not '%s'", value);
        return 0;
}

static int set_number(const struct setting *s, const char *value, uint32_t *out, struct err *err)
{
        uint64_t n;

        if (str_to_u64(str_of(value), s->max, &n, NULL) < 0 || n < s->min)
                return err_set(err, ERR_INVALID, "%s is a number from %u to %u, not '%s'", s->key,
                               s->min, s->max, value);
        *out = (uint32_t)n;
        return 0;
}

static int set_path(const char *value, char *out, struct err *err)
{
        if (value[0] == '\0' || strlen(value) >= CONFIG_PATH_MAX)
                return err_set(err, ERR_INVALID, "data is a folder's path of at most %d bytes",
                               CONFIG_PATH_MAX - 1);
        snprintf(out, CONFIG_PATH_MAX, "%s", value);
        return 0;
}

static int set_host(const char *value, char *out, struct err *err)
{
        if (!config_is_host_name(value))
                return err_set(err, ERR_INVALID, "'%s' is not a host name; use lower-case letters, "
                               "digits, '-' and '.', such as docs.example.com", value);
        snprintf(out, CONFIG_HOST_MAX + 1, "%s", value);
        return 0;
}

static int apply(struct config *config, const struct setting *s, const char *value, struct err *err)
{
        void *at = (char *)config + s->offset;

        switch (s->kind) {
        case KIND_PATH:
                return set_path(value, at, err);
        case KIND_HOST:
                return set_host(value, at, err);
        case KIND_ADDRESS:
                return config_parse_address(value, at, err);
        case KIND_ISOLATION:
                return set_isolation(value, at, err);
        case KIND_NUMBER:
                return set_number(s, value, at, err);
        }
        return err_set(err, ERR_INVALID, "%s has no kind", s->key);
}

/* [provider NAME] with role, region and since: who hosts us, for the Trust page. */
static int set_provider(struct config *config, const char *name, const char *key, const char *value,
                        struct err *err)
{
        struct config_provider *p = NULL;

        for (unsigned i = 0; i < config->nproviders; i++)
                if (strcmp(config->providers[i].name, name) == 0)
                        p = &config->providers[i];
        if (p == NULL) {
                if (config->nproviders == CONFIG_PROVIDERS_MAX || strlen(name) >= sizeof p->name)
                        return err_set(err, ERR_LIMIT, "at most %d providers with names of at most %zu "
                                       "bytes", CONFIG_PROVIDERS_MAX, sizeof p->name - 1);
                p = &config->providers[config->nproviders++];
                snprintf(p->name, sizeof p->name, "%s", name);
        }
        const struct {
                const char *key;
                char *out;
                size_t size;
        } fields[] = {
                { "role", p->role, sizeof p->role },
                { "region", p->region, sizeof p->region },
                { "since", p->since, sizeof p->since },
        };

        for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
                if (strcmp(fields[i].key, key) != 0)
                        continue;
                if (strlen(value) >= fields[i].size)
                        return err_set(err, ERR_LIMIT, "%s is longer than %zu bytes", key,
                                       fields[i].size - 1);
                snprintf(fields[i].out, fields[i].size, "%s", value);
                return 0;
        }
        return err_set(err, ERR_INVALID, "[provider %s] has no key '%s'; it has role, region and since",
                       name, key);
}

int config_set(struct config *config, const char *section, const char *key, const char *value,
               struct err *err)
{
        bool known = false;

        if (strncmp(section, "provider ", 9) == 0)
                return set_provider(config, section + 9, key, value, err);
        for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
                if (strcmp(settings[i].section, section) != 0)
                        continue;
                known = true;
                if (strcmp(settings[i].key, key) == 0)
                        return apply(config, &settings[i], value, err);
        }
        if (!known)
                return err_set(err, ERR_INVALID, "there is no section [%s]; there are [host], [portals], "
                               "[limits] and [provider NAME]", section);
        return err_set(err, ERR_INVALID, "[%s] has no key '%s'", section, key);
}

struct loading {
        struct config config;
        struct err err;
        bool failed;
};

static int on_pair(void *ctx, const char *section, const char *key, const char *value)
{
        struct loading *loading = ctx;

        if (config_set(&loading->config, section, key, value, &loading->err) == 0)
                return 1;
        loading->failed = true;
        return 0;
}

int config_load(const char *path, struct config *config, struct err *err)
{
        struct loading loading = { .config = *config };
        int line = ini_parse(path, on_pair, &loading);

        if (line == -1)
                return err_errno(err, "read %s", path);
        if (loading.failed)
                return err_set(err, ERR_INVALID, "%s, line %d: %s", path, line, loading.err.text);
        if (line != 0)
                return err_set(err, ERR_INVALID, "%s, line %d: not 'key = value' and not '[section]'",
                               path, line);
        *config = loading.config;
        return 0;
}
