/*
 * vault.h -- the state of the process that holds the backups and their keys.
 *
 * Trust:  the registry says which portal and which backup; whose job is at the other end of a pipe is its
 *         care. What comes through a pipe is sealed and not looked at.
 * Owns:   the keys, the open list, the one backup that is being written and the one that is being read.
 * Used inside src/proc/vault only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "json/json.h"
#include "service/service.h"
#include "vault/copies.h"
#include "vault/keyring.h"
#include "vault/manifest.h"
#include "vault/retention.h"
#include "vault/root.h"
#include "wire/channel.h"

struct intake;
struct outlet;

struct vault {
        struct service service;
        struct channel *registry;
        int keys, backups;              /* folders */
        uint64_t boot;                  /* which start of the machine this is */
        struct root root;
        struct secret key;              /* the root key; empty: locked */
        struct keyring ring;
        char trouble[ERR_TEXT_MAX];     /* why there are no keys at all; or empty */
        struct intake *intake;
        struct outlet *outlet;
};

/* main.c's one instance */
extern struct vault vault;

enum { FILE_NAME_MAX = 32 };

/* ---- books.c: one portal's list, open for one piece of work ---- */

struct book {
        struct keyring_portal *portal;
        int folder;                     /* backups/PORTAL */
        struct manifest manifest;
};

/* ERR_DENIED: locked. ERR_NOT_FOUND: the portal has no backup, and make is false. */
NODISCARD int book_open(uint64_t portal, bool make, struct book *out, struct err *err);
void book_close(struct book *book);
/* backups/PORTAL, made where it is wanted and missing. */
NODISCARD int book_folder(uint64_t portal, bool make, struct err *err);
#define CLEANUP_BOOK CLEANUP(book_close)

/* This backup is in that state now: in the list, on the disk, remembered beside the keys. */
NODISCARD int book_step(struct book *book, struct backup *backup, enum backup_state state,
                        struct err *err);
NODISCARD int book_find(const struct book *book, uint64_t seq, struct backup *out, struct err *err);
/* "42.esdk", "42.part" */
void book_file_name(uint64_t seq, const char *ending, char out[static FILE_NAME_MAX]);
void book_remove_file(const struct book *book, uint64_t seq, const char *ending);
struct retention_now book_now(void);

/* ---- intake.c, outlet.c ---- */

void intake_begin(uint64_t token, struct message *msg);
void intake_commit(uint64_t token, struct message *msg);
void intake_abort(uint64_t token);
/* VAULT_OPEN, VAULT_TAKE */
void outlet_open(uint64_t token, struct message *msg);
void outlet_abort(uint64_t token);

/* ---- keys.c ---- */

/* Read or make the root key; what is wrong goes into vault.trouble and the log. */
void keys_start(void);
/* verb of VAULT_KEYS; takes fd. */
void keys_order(uint64_t token, uint64_t portal, struct str verb, int fd);
NODISCARD int keys_check_open(struct err *err);
/* What a person typed, out of a pipe. */
NODISCARD int keys_read_typed(int fd, struct secret *out, struct err *err);
/* Open the store on the disk with this root key, which is the vault's from then on. ERR_DENIED: another's */
NODISCARD int keys_take(struct str key, struct err *err);

/* ---- tidy.c: what a killed vault has left ---- */

void tidy_all(void);

/* ---- requests.c ---- */

void requests_take(int fd);             /* a channel to a new registry */
void tell_done(uint64_t token, struct json *answer);    /* takes answer, which may be NULL */
void tell_failed(uint64_t token, const struct err *err);
void tell_pipe(uint64_t token, const struct backup *backup, int fd);
void tell_registry(const struct message *msg);
void tell_state(void);
void tell_age(const struct book *book);
struct json *backup_json(const struct backup *backup);
