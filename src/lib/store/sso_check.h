/*
 * sso_check.h -- private to store/: what may stand in a provider's row.
 */
#pragma once

#include "store/sso.h"

enum { SSO_METHOD_PUBLIC = 2, SSO_METHODS = 3 };

/* name, issuer, client, secret and origins. ERR_INVALID */
NODISCARD int sso_check_identity(const struct store_sso *sso, struct err *err);
/* All that can be changed later. ERR_INVALID, ERR_LIMIT */
NODISCARD int sso_check_settings(const struct store_sso *sso, struct err *err);
