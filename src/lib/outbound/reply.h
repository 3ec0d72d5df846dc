/*
 * reply.h -- what a mail server answers (RFC 5321, 4.2): lines of a code and words, of which the code counts.
 *
 * Trust:  the server may be anybody; a reply is at most REPLY_MAX bytes, and one that is none ends the talk.
 * Linked by outbound/ and its tests.
 */
#pragma once

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

enum { REPLY_MAX = 8 * 1024 };

/*
 * Take the first whole reply off in: 1 and its code, 200 to 599; or 0: more has to come.
 * Fails: ERR_PROTOCOL  it is no reply, or too long to be one
 */
NODISCARD int reply_take(struct buf *in, unsigned *out_code, struct err *err);
