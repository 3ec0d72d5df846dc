/*
 * person_row.h -- private to store/: an account as queries bring it.
 */
#pragma once

#include "store/people.h"
#include "store/sql.h"

/* Of a person under the name p; person_row() takes them in this order. */
#define PERSON_COLUMNS                                                                             \
        "p.id, p.login, p.name, p.role, p.state, p.created, p.expires, p.epoch,"                   \
        " p.password <> '', length(p.totp_secret) > 0,"                                           \
        " EXISTS (SELECT 1 FROM passkey k WHERE k.person = p.id)"

void person_row(struct query *q, struct arena *arena, void *item);      /* a list_row_fn */
