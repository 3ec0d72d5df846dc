/*
 * config.h -- carrel.conf and the command line's settings: the same names, checked the same way.
 *
 * Trust:  written by the operator; still, an unknown key or a wrong value is an error with its line,
 *         never a silent default.
 * Owns:   nothing; a struct config is a plain value.
 * Linked by the command line and the supervisor. Needs libc only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { CONFIG_PATH_MAX = 256, CONFIG_HOST_MAX = 190, CONFIG_ADDR_MAX = 64, CONFIG_PROVIDERS_MAX = 16,
       CONFIG_MAIL_MAX = 200, CONFIG_REGION_MAX = 40 };

enum config_isolation { ISOLATION_AUTO, ISOLATION_STRICT, ISOLATION_STANDARD };

enum config_mail_tls { MAIL_STARTTLS, MAIL_IMPLICIT };

/* An address to listen on: "127.0.0.1:8443", "[::1]:443", "*:443". */
struct config_address {
        char host[CONFIG_ADDR_MAX];     /* without brackets; "*" is every address */
        uint16_t port;
};

struct config_provider {
        char name[80];
        char role[120];
        char region[80];
        char since[16];
};

struct config {
        char data[CONFIG_PATH_MAX];     /* [host] data */
        char name[CONFIG_HOST_MAX + 1]; /* [host] name: portal P answers at P.NAME */
        struct config_address https;    /* [host] https */
        struct config_address http;     /* [host] http */
        enum config_isolation isolation;        /* [host] isolation */
        uint32_t uid_base;              /* [host] uid_base: processes and portals use uids above it */
        uint32_t idle_seconds;          /* [portals] idle_seconds */
        uint32_t workers;               /* [portals] workers */
        uint32_t memory_mib;            /* [portals] memory_mib: private memory of one portal */
        uint32_t connections_per_address;       /* [limits] connections_per_address */
        uint32_t handshakes_waiting;    /* [limits] handshakes_waiting: half-open, all addresses */
        char mail_server[CONFIG_HOST_MAX + 8];  /* [mail] server, "HOST:PORT"; empty: no mail */
        enum config_mail_tls mail_tls;          /* [mail] tls */
        char mail_from[CONFIG_MAIL_MAX];        /* [mail] from: an address */
        char mail_user[CONFIG_MAIL_MAX];        /* [mail] user; empty: no login */
        char mail_password_file[CONFIG_PATH_MAX];       /* [mail] password_file */
        char mail_ca_file[CONFIG_PATH_MAX];     /* [mail] ca_file; empty: the system's authorities */
        uint32_t mail_retry_seconds;            /* [mail] retry_seconds: before the second attempt */
        uint32_t mail_letters_per_hour;         /* [mail] letters_per_hour: of one portal */
        char alarms_mail[CONFIG_MAIL_MAX];      /* [alarms] mail: who is written to; empty: nobody */
        bool restore_in_browser;                /* [backups] restore_in_browser */
        bool fetch_private;                     /* [fetch] private_addresses */
        char fetch_ca_file[CONFIG_PATH_MAX];    /* [fetch] ca_file: trusted besides the system's */
        char offsite_url[CONFIG_PATH_MAX];      /* [offsite] url; empty: no copies elsewhere */
        char offsite_region[CONFIG_REGION_MAX]; /* [offsite] region */
        char offsite_key_id[CONFIG_MAIL_MAX];   /* [offsite] key_id */
        char offsite_secret_file[CONFIG_PATH_MAX];      /* [offsite] secret_file */
        char offsite_ca_file[CONFIG_PATH_MAX];  /* [offsite] ca_file; empty: the system's authorities */
        uint32_t offsite_retry_seconds;         /* [offsite] retry_seconds: before the second attempt */
        uint32_t offsite_stall_seconds;         /* [offsite] stall_seconds: so long it may stand still */
        bool offsite_remove;                    /* [offsite] remove: delete there what went here */
        uint32_t offsite_recheck_days;          /* [offsite] recheck_days: read back again; 0: never */
        struct config_provider providers[CONFIG_PROVIDERS_MAX];         /* [provider NAME] ... */
        unsigned nproviders;
};

void config_defaults(struct config *config);

/*
 * Apply a settings file over config, or its text; all of it or nothing.
 * Fails: ERR_INVALID  an unknown section or key, or a value out of range; the sentence has the line
 *        ERR_LIMIT    the file is larger than 256 KiB
 */
NODISCARD int config_load(const char *path, struct config *config, struct err *err);
NODISCARD int config_read(struct str text, const char *name, struct config *config, struct err *err);

/* One setting, as the file would have it. */
NODISCARD int config_set(struct config *config, const char *section, const char *key,
                         const char *value, struct err *err);

/* The same as one word, "host.https=*:443": what config_each() gives, joined. */
NODISCARD int config_set_argument(struct config *config, const char *argument, struct err *err);

/* Each setting's present value, so that the whole of config can be handed to another program. */
typedef void config_setting_fn(void *ctx, const char *section, const char *key, const char *value);
void config_each(const struct config *config, config_setting_fn *each, void *ctx);

/* Settings that are right one by one and wrong together, and a data folder that is no absolute path. */
NODISCARD int config_check(const struct config *config, struct err *err);

/* "ADDRESS:PORT": an IP address, or '*'; names are refused, so that starting never asks a name server. */
NODISCARD int config_parse_address(const char *text, struct config_address *out, struct err *err);
void config_address_text(const struct config_address *address, char *out, size_t size);

/* Whether this host sends mail. */
bool config_has_mail(const struct config *config);

/* Whether backups are copied to another place. */
bool config_has_offsite(const struct config *config);

/* "HOST:PORT" of another machine: a name, an IPv4 address, or an IPv6 address in brackets. */
NODISCARD int config_split_server(const char *text, char host[CONFIG_HOST_MAX + 1], uint16_t *port,
                                  struct err *err);

/* Lower-case letters, digits, '-' and '.', labels of at most 63: a DNS name. */
bool config_is_host_name(const char *name);
