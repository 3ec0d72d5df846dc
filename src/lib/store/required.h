/*
 * required.h -- private to store/: whether a person's role must have a second factor, as part of a statement.
 *
 * FACTOR_REQUIRED is 0 or 1, about the person under the name p: one step through an index. The setting is
 * bounded as settings.c bounds it, whoever wrote it.
 */
#pragma once

/* It must, and there is none. */
#define FACTOR_LACKING                                                                             \
        "(" FACTOR_REQUIRED " = 1 AND length(p.totp_secret) = 0"                                   \
        " AND NOT EXISTS (SELECT 1 FROM passkey f WHERE f.person = p.id))"

#define FACTOR_REQUIRED                                                                            \
        "COALESCE((SELECT (CASE WHEN g.value > 15 THEN 15 WHEN g.value < 0 THEN 0 ELSE g.value END"  \
        " >> p.role) & 1 FROM setting g WHERE g.key = 'second-factor.roles'), 0)"
