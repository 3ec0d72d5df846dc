/*
 * sso_forms.h -- what the login page shows of providers. Private to page/.
 *
 * Trust:    see sso.h.
 * Owns:     nothing.
 */
#pragma once

#include "page/page.h"
#include "page/sso.h"

/* A button for each, or a sentence for one that does not answer; nothing when there are none. */
void sso_login_buttons(struct buf *out, const struct page_site *site, struct str csrf, struct str next,
                       const struct page_sso_button *buttons, size_t n);

/* The same for who is logged in and proves it again; those that do not answer are left out. */
void sso_confirm_buttons(struct buf *out, const struct page_site *site, struct str csrf, struct str next,
                         const struct page_sso_button *buttons, size_t n);
