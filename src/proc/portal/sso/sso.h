/*
 * sso.h -- what the pages of sign-on by a provider share.
 *
 * Trust:  names of providers come from forms and addresses; they are looked up, never believed.
 * Owns:   nothing; results live in the exchange's arena.
 * Used inside src/proc/portal only.
 */
#pragma once

#include "page/sso.h"
#include "proc/portal/identity.h"
#include "signon/signon.h"
#include "store/sso.h"

#define SSO_CALLBACK "/login/sso/callback/"

/* The buttons of the login page, in the arena: providers that are switched on. */
void sso_buttons(struct portal *portal, struct arena *arena, const struct page_sso_button **out,
                 size_t *out_n);

/* "https://HOST[:PORT]/login/sso/callback/NAME": what is registered at the provider. */
struct str sso_redirect(const struct portal *portal, struct str host, struct str name, struct arena *arena);

/* main.c: SSO_CHECK, the operator's question. */
void sso_check_asked(struct portal *portal, struct message *msg);

/* One page for everything that went wrong. */
void sso_send_notice(struct portal *portal, struct http_exchange *x, unsigned status,
                     enum page_sso_notice_kind kind, struct str label, unsigned retry_after);
