/*
 * factor_words.h -- the words of the pages about second factors and passkeys, in the reader's language.
 *
 * Trust:    all texts are ours; templates escape them like any other text.
 * Owns:     nothing; all texts are static.
 * Linked by page/ only. A portal whose language is not here gets English, as in words.h.
 */
#pragma once

#include "base/str.h"

struct factor_words {
        struct str lang;                        /* primary subtag, "de" */

        /* /login/factor, after the password */
        struct str title;
        struct str lead;
        struct str lead_passkey;
        struct str code;
        struct str send;
        struct str recovery_instead;
        struct str recovery_code;
        struct str use_passkey;
        struct str log_in_passkey;
        struct str wrong;
        struct str passkey_refused;
        struct str passkey_failed;      /* said by the script */
        struct str lost;                /* who can help */
        struct str over_title;
        struct str over_text;

        /* /login/confirm */
        struct str confirm_title;
        struct str confirm_text;
        struct str confirm_code;
        struct str confirm;
        struct str confirm_wrong;

        /* /account/security */
        struct str security;
        struct str security_text;
        struct str security_open;
        struct str missing;
        struct str app;
        struct str app_text;
        struct str app_on;
        struct str app_set_up;
        struct str app_again;
        struct str app_remove;

        struct str passkeys;
        struct str passkeys_text;
        struct str passkey_new;
        struct str passkey_add;
        struct str passkey_unnamed;     /* a passkey without a name */
        struct str passkey_rename;
        struct str passkey_name;
        struct str passkey_remove;
        struct str added;
        struct str used;
        struct str never_used;
        struct str no_script;           /* why nothing can be added */
        struct str codes;
        struct str codes_text;
        struct str codes_left;          /* "%s of 10 are left" */
        struct str codes_none;
        struct str codes_renew;

        /* the page that shows new recovery codes */
        struct str codes_title;
        struct str codes_keep;
        struct str codes_done;

        /* /account/security/app */
        struct str app_title;
        struct str app_scan;
        struct str app_key;
        struct str app_qr;
        struct str app_type;
        struct str app_turn_on;
        struct str app_wrong;

        /* what has happened, or could not */
        struct str app_added;
        struct str app_removed;
        struct str passkey_added;
        struct str passkey_renamed;
        struct str passkey_removed;
        struct str key_refused;
        struct str last_stays;
        struct str not_done;
        struct str back;
};

extern const struct factor_words *const factor_words_tables[];  /* as words_tables */
extern const size_t factor_words_ntables;

/* The table of a BCP 47 tag; English when there is none. Never NULL. */
const struct factor_words *factor_words_for(struct str lang);
