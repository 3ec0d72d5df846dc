/*
 * address.h -- mail addresses, as far as letters are sent to them.
 *
 * Trust:  addresses are typed by people and may be anything. What passes here can stand in a header and in
 *         a command of SMTP as it is.
 * Owns:   nothing.
 * Linked by whoever writes or sends letters. Needs libc only.
 */
#pragma once

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { MAIL_ADDRESS_MAX = 254, MAIL_LOCAL_MAX = 64 };   /* RFC 5321, 4.5.3.1 */

/*
 * "local@host.example": a dot-atom (RFC 5322, 3.2.3), no quotes, no comments, no address in brackets, ASCII
 * only. ERR_INVALID says what is wrong, without the address itself.
 */
NODISCARD int mail_address_check(struct str address, struct err *err);
