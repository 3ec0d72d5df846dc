/*
 * config.c -- a table of settings; a key that is not in it does not exist.
 */
#include "config/config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "config/ini.h"

enum { CONFIG_FILE_MAX = 256 * 1024 };

enum kind {
        KIND_PATH, KIND_HOST, KIND_ADDRESS, KIND_ISOLATION, KIND_NUMBER, KIND_SERVER, KIND_TLS, KIND_MAIL,
        KIND_FILE, KIND_YES_NO,
        KIND_PLACE, KIND_REGION,
};

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
        { "mail", "server", KIND_SERVER, offsetof(struct config, mail_server), 0, 0 },
        { "mail", "tls", KIND_TLS, offsetof(struct config, mail_tls), 0, 0 },
        { "mail", "from", KIND_MAIL, offsetof(struct config, mail_from), 0, 0 },
        { "mail", "user", KIND_MAIL, offsetof(struct config, mail_user), 0, 0 },
        { "mail", "password_file", KIND_FILE, offsetof(struct config, mail_password_file), 0, 0 },
        { "mail", "ca_file", KIND_FILE, offsetof(struct config, mail_ca_file), 0, 0 },
        { "mail", "retry_seconds", KIND_NUMBER, offsetof(struct config, mail_retry_seconds), 1, 3600 },
        { "mail", "letters_per_hour", KIND_NUMBER, offsetof(struct config, mail_letters_per_hour), 1,
          100000 },
        { "alarms", "mail", KIND_MAIL, offsetof(struct config, alarms_mail), 0, 0 },
        { "backups", "restore_in_browser", KIND_YES_NO, offsetof(struct config, restore_in_browser), 0, 0 },
        { "fetch", "private_addresses", KIND_YES_NO, offsetof(struct config, fetch_private), 0, 0 },
        { "fetch", "ca_file", KIND_FILE, offsetof(struct config, fetch_ca_file), 0, 0 },
        { "offsite", "url", KIND_PLACE, offsetof(struct config, offsite_url), 0, 0 },
        { "offsite", "region", KIND_REGION, offsetof(struct config, offsite_region), 0, 0 },
        { "offsite", "key_id", KIND_MAIL, offsetof(struct config, offsite_key_id), 0, 0 },
        { "offsite", "secret_file", KIND_FILE, offsetof(struct config, offsite_secret_file), 0, 0 },
        { "offsite", "ca_file", KIND_FILE, offsetof(struct config, offsite_ca_file), 0, 0 },
        { "offsite", "retry_seconds", KIND_NUMBER, offsetof(struct config, offsite_retry_seconds), 1, 3600 },
        { "offsite", "stall_seconds", KIND_NUMBER, offsetof(struct config, offsite_stall_seconds), 1, 3600 },
        { "offsite", "remove", KIND_YES_NO, offsetof(struct config, offsite_remove), 0, 0 },
        { "offsite", "recheck_days", KIND_NUMBER, offsetof(struct config, offsite_recheck_days), 0, 365 },
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
                .memory_mib = 256,
                .connections_per_address = 512,
                .handshakes_waiting = 8192,
                .mail_retry_seconds = 30,
                .mail_letters_per_hour = 200,
                .restore_in_browser = true,
                .offsite_region = "us-east-1",
                .offsite_retry_seconds = 60,
                .offsite_stall_seconds = 60,
                .offsite_recheck_days = 3,
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

/* The host part is what a socket can be bound to without asking a name server. */
static int check_address_host(const char *host, bool bracketed, struct err *err)
{
        unsigned char ignored[sizeof(struct in6_addr)];
        bool v6 = inet_pton(AF_INET6, host, ignored) == 1;

        if (v6 && !bracketed)
                return err_set(err, ERR_INVALID, "'%s' is not an address; an IPv6 address stands in "
                               "brackets: [::1]:8443", host);
        if (bracketed ? v6 : strcmp(host, "*") == 0 || inet_pton(AF_INET, host, ignored) == 1)
                return 0;
        return err_set(err, ERR_INVALID, "'%s' is not an IP address; write 127.0.0.1:8443, [::1]:8443, "
                       "or *:443 for every address", host);
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
        bool bracketed = n >= 2 && text[0] == '[' && text[n - 1] == ']';

        if (bracketed) {
                text++;
                n -= 2;
        }
        if (n == 0 || n >= sizeof a.host)
                return err_set(err, ERR_INVALID, "'%s' has no address before the port; '*' is every "
                               "address", text);
        memcpy(a.host, text, n);
        a.port = (uint16_t)port;
        int r = check_address_host(a.host, bracketed, err);

        if (r == 0)
                *out = a;
        return r;
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

int config_split_server(const char *text, char host[CONFIG_HOST_MAX + 1], uint16_t *port,
                        struct err *err)
{
        const char *colon = strrchr(text, ':');
        unsigned char ignored[sizeof(struct in6_addr)];
        uint64_t number = 0;
        size_t n = colon != NULL ? (size_t)(colon - text) : 0;
        bool bracketed = n > 2 && text[0] == '[' && text[n - 1] == ']';
        char name[CONFIG_HOST_MAX + 1];

        if (n == 0 || n > CONFIG_HOST_MAX || str_to_u64(str_of(colon + 1), 65535, &number, NULL) < 0 ||
            number == 0)
                return err_set(err, ERR_INVALID, "'%s' is not a server; write HOST:PORT such as "
                               "smtp.example.com:587", text);
        snprintf(name, sizeof name, "%.*s", (int)(bracketed ? n - 2 : n), text + bracketed);
        if (bracketed ? inet_pton(AF_INET6, name, ignored) != 1 : !config_is_host_name(name))
                return err_set(err, ERR_INVALID, "'%s' is not a host name or address; write it in "
                               "lower-case letters, digits, '-' and '.', an IPv6 address in brackets", name);
        memcpy(host, name, sizeof name);
        *port = (uint16_t)number;
        return 0;
}

static int set_server(const char *value, char *out, struct err *err)
{
        char host[CONFIG_HOST_MAX + 1];
        uint16_t port;
        int r = value[0] == '\0' ? 0 : config_split_server(value, host, &port, err);

        if (r == 0)
                snprintf(out, sizeof((struct config *)0)->mail_server, "%s", value);
        return r;
}

static int set_tls(const char *value, enum config_mail_tls *out, struct err *err)
{
        if (strcmp(value, "starttls") == 0)
                *out = MAIL_STARTTLS;
        else if (strcmp(value, "implicit") == 0)
                *out = MAIL_IMPLICIT;
        else
                return err_set(err, ERR_INVALID, "tls is 'starttls' (mostly port 587) or 'implicit' (mostly "
                               "465), not '%s'; mail never leaves without it", value);
        return 0;
}

static int set_mail(const struct setting *s, const char *value, char *out, struct err *err)
{
        size_t n = strlen(value);

        for (size_t i = 0; i < n; i++)
                if ((unsigned char)value[i] <= 0x20 || (unsigned char)value[i] >= 0x7f)
                        n = CONFIG_MAIL_MAX;
        if (n >= CONFIG_MAIL_MAX)
                return err_set(err, ERR_INVALID, "%s is at most %d characters of ASCII without spaces",
                               s->key, CONFIG_MAIL_MAX - 1);
        bool address = strcmp(s->key, "from") == 0 || strcmp(s->key, "mail") == 0;

        if (address && n > 0 && strchr(value, '@') == NULL)
                return err_set(err, ERR_INVALID, "%s is a mail address such as docs@example.com, not '%s'",
                               s->key, value);
        snprintf(out, CONFIG_MAIL_MAX, "%s", value);
        return 0;
}

static int set_file(const struct setting *s, const char *value, char *out, struct err *err)
{
        if ((value[0] != '\0' && value[0] != '/') || strlen(value) >= CONFIG_PATH_MAX)
                return err_set(err, ERR_INVALID, "%s is a file's absolute path of at most %d bytes", s->key,
                               CONFIG_PATH_MAX - 1);
        snprintf(out, CONFIG_PATH_MAX, "%s", value);
        return 0;
}

static int set_yes_no(const struct setting *s, const char *value, bool *out, struct err *err)
{
        if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
                return err_set(err, ERR_INVALID, "%s is 'yes' or 'no', not '%s'", s->key, value);
        *out = value[0] == 'y';
        return 0;
}

static bool is_place_character(char c)
{
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '.';
}

/* "/BUCKET/PREFIX": parts of characters that every client signs the same way, none of them only dots. */
static bool is_place_path(const char *path)
{
        if (path[0] != '/')
                return false;
        while (path[0] == '/') {
                size_t n = 0, dots = 0;

                for (path++; is_place_character(path[n]); n++)
                        dots += path[n] == '.';
                if (n == dots)
                        return false;
                path += n;
        }
        return path[0] == '\0';
}

static int set_place(const char *value, char *out, struct err *err)
{
        static const char scheme[] = "https://";
        char host[CONFIG_PATH_MAX], name[CONFIG_HOST_MAX + 1];
        uint16_t port;

        if (value[0] == '\0') {
                out[0] = '\0';
                return 0;
        }
        bool https = strncmp(value, scheme, sizeof scheme - 1) == 0;
        const char *rest = https ? value + sizeof scheme - 1 : value;
        size_t n = strcspn(rest, "/");

        if (!https || strlen(value) >= CONFIG_PATH_MAX || !is_place_path(rest + n))
                return err_set(err, ERR_INVALID, "'%s' is no place for copies; write "
                               "https://HOST[:PORT]/BUCKET/PREFIX of letters, digits, '-' and '.', without "
                               "'/' at its end, at most %d bytes", value, CONFIG_PATH_MAX - 1);
        snprintf(host, sizeof host, "%.*s%s", (int)n, rest, memchr(rest, ':', n) != NULL ? "" : ":443");
        int r = config_split_server(host, name, &port, err);

        if (r == 0)
                snprintf(out, CONFIG_PATH_MAX, "%s", value);
        return r < 0 ? err_wrap(err, r, "url in [offsite]") : 0;
}

static int set_region(const char *value, char *out, struct err *err)
{
        size_t n = 0;

        while (is_place_character(value[n]))
                n++;
        if (n == 0 || n >= CONFIG_REGION_MAX || value[n] != '\0')
                return err_set(err, ERR_INVALID, "'%s' is no region; it is a word such as eu-central-1, "
                               "or what your provider says", value);
        snprintf(out, CONFIG_REGION_MAX, "%s", value);
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
        case KIND_SERVER:
                return set_server(value, at, err);
        case KIND_TLS:
                return set_tls(value, at, err);
        case KIND_MAIL:
                return set_mail(s, value, at, err);
        case KIND_FILE:
                return set_file(s, value, at, err);
        case KIND_YES_NO:
                return set_yes_no(s, value, at, err);
        case KIND_PLACE:
                return set_place(value, at, err);
        case KIND_REGION:
                return set_region(value, at, err);
        }
        return err_set(err, ERR_INVALID, "%s has no kind", s->key);
}

/* [provider NAME] with role, region and since: who hosts us, for the Trust page. */
static int set_provider(struct config *config, const char *name, const char *key, const char *value,
                        struct err *err)
{
        struct config_provider *p = NULL;

        if (name[0] == '\0' || strchr(name, '=') != NULL)
                return err_set(err, ERR_INVALID, "a provider has a name without '=': [provider Example "
                               "Hosting]");
        for (unsigned i = 0; i < config->nproviders; i++)
                if (strcmp(config->providers[i].name, name) == 0)
                        p = &config->providers[i];
        bool added = p == NULL;

        if (added) {
                if (config->nproviders == CONFIG_PROVIDERS_MAX || strlen(name) >= sizeof p->name)
                        return err_set(err, ERR_LIMIT, "at most %d providers with names of at most %zu "
                                       "bytes", CONFIG_PROVIDERS_MAX, sizeof p->name - 1);
                p = &config->providers[config->nproviders];
                *p = (struct config_provider){ 0 };
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
                config->nproviders += added;
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
                               "[limits], [mail], [alarms], [backups], [fetch], [offsite] and "
                               "[provider NAME]", section);
        return err_set(err, ERR_INVALID, "[%s] has no key '%s'", section, key);
}

int config_set_argument(struct config *config, const char *argument, struct err *err)
{
        struct str value = str_of(argument);
        struct str name = str_cut(&value, '=');
        size_t dot = name.n;

        while (dot > 0 && name.p[dot - 1] != '.')
                dot--;
        if (dot < 2 || dot == name.n || name.p[name.n] != '=' || name.n >= INI_SECTION_MAX)
                return err_set(err, ERR_INVALID, "'%s' is not a setting; write SECTION.KEY=VALUE such as "
                               "portals.workers=2", argument);
        char section[INI_SECTION_MAX], key[INI_SECTION_MAX];

        snprintf(section, sizeof section, "%.*s", (int)dot - 1, name.p);
        snprintf(key, sizeof key, "%.*s", (int)(name.n - dot), name.p + dot);
        return config_set(config, section, key, value.p, err);
}

/* The value of one setting as the file would have it; false: it has none (isolation left open). */
static bool setting_text(const struct config *config, const struct setting *s, char *out, size_t size)
{
        const void *at = (const char *)config + s->offset;
        const struct config_address *address = at;
        const enum config_isolation *isolation = at;
        const uint32_t *number = at;
        const enum config_mail_tls *tls = at;
        const bool *truth = at;

        switch (s->kind) {
        case KIND_PATH:
        case KIND_HOST:
        case KIND_SERVER:
        case KIND_MAIL:
        case KIND_FILE:
        case KIND_PLACE:
        case KIND_REGION:
                snprintf(out, size, "%s", (const char *)at);
                return true;
        case KIND_ADDRESS:
                config_address_text(address, out, size);
                return true;
        case KIND_ISOLATION:
                snprintf(out, size, "%s", *isolation == ISOLATION_STRICT ? "strict" : "standard");
                return *isolation != ISOLATION_AUTO;
        case KIND_NUMBER:
                snprintf(out, size, "%u", *number);
                return true;
        case KIND_TLS:
                snprintf(out, size, "%s", *tls == MAIL_IMPLICIT ? "implicit" : "starttls");
                return true;
        case KIND_YES_NO:
                snprintf(out, size, "%s", *truth ? "yes" : "no");
                return true;
        }
        return false;
}

void config_address_text(const struct config_address *address, char *out, size_t size)
{
        bool v6 = strchr(address->host, ':') != NULL;

        snprintf(out, size, "%s%s%s:%u", v6 ? "[" : "", address->host, v6 ? "]" : "", address->port);
}

void config_each(const struct config *config, config_setting_fn *each, void *ctx)
{
        char value[CONFIG_PATH_MAX + 16], section[INI_SECTION_MAX];

        for (size_t i = 0; i < ARRAY_LEN(settings); i++)
                if (setting_text(config, &settings[i], value, sizeof value))
                        each(ctx, settings[i].section, settings[i].key, value);
        for (unsigned i = 0; i < config->nproviders; i++) {
                const struct config_provider *p = &config->providers[i];

                snprintf(section, sizeof section, "provider %s", p->name);
                each(ctx, section, "role", p->role);
                each(ctx, section, "region", p->region);
                each(ctx, section, "since", p->since);
        }
}

bool config_has_mail(const struct config *config)
{
        return config->mail_server[0] != '\0';
}

static int check_mail(const struct config *config, struct err *err)
{
        bool user = config->mail_user[0] != '\0', password = config->mail_password_file[0] != '\0';

        if (!config_has_mail(config) && config->alarms_mail[0] != '\0')
                return err_set(err, ERR_INVALID, "[alarms] has an address for mail and [mail] no server; "
                               "write which server takes the letters");
        if (!config_has_mail(config))
                return 0;
        if (config->mail_from[0] == '\0')
                return err_set(err, ERR_INVALID, "[mail] has a server and no 'from'; write the address that "
                               "letters come from");
        if (user != password)
                return err_set(err, ERR_INVALID, "[mail] has %s; a login needs both",
                               user ? "a user and no password_file" : "a password_file and no user");
        return 0;
}

bool config_has_offsite(const struct config *config)
{
        return config->offsite_url[0] != '\0';
}

static int check_offsite(const struct config *config, struct err *err)
{
        if (!config_has_offsite(config) ||
            (config->offsite_key_id[0] != '\0' && config->offsite_secret_file[0] != '\0'))
                return 0;
        return err_set(err, ERR_INVALID, "[offsite] has a url and no %s; the storage needs both a key_id and "
                       "a secret_file", config->offsite_key_id[0] == '\0' ? "key_id" : "secret_file");
}

int config_check(const struct config *config, struct err *err)
{
        const struct config_address *a = &config->https, *b = &config->http;
        bool overlap = strcmp(a->host, b->host) == 0 || strcmp(a->host, "*") == 0 ||
                       strcmp(b->host, "*") == 0;

        if (config->data[0] != '/')
                return err_set(err, ERR_INVALID, "[host] data is '%s'; write the folder's absolute path",
                               config->data);
        if (a->port != 0 && a->port == b->port && overlap)
                return err_set(err, ERR_INVALID, "[host] https and http both want port %u; give them two "
                               "ports", a->port);
        int r = check_mail(config, err);

        return r < 0 ? r : check_offsite(config, err);
}

static int on_pair(void *ctx, const char *section, const char *key, const char *value,
                   struct err *err)
{
        return config_set(ctx, section, key, value, err);
}

int config_read(struct str text, const char *name, struct config *config, struct err *err)
{
        struct config draft = *config;
        int r = ini_read(text, name, on_pair, &draft, err);

        if (r == 0)
                *config = draft;
        return r;
}

int config_load(const char *path, struct config *config, struct err *err)
{
        int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return err_errno(err, "read %s", path);
        struct buf text CLEANUP_BUF = { 0 };
        int r = fd_read_to_end(fd, CONFIG_FILE_MAX, &text, err);

        return r < 0 ? err_wrap(err, r, "read %s", path) : config_read(buf_str(&text), path, config, err);
}
