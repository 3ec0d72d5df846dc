/*
 * tls.h -- for src/lib/tls: tls_error() returns the negative code it was given. See all.h.
 */
#pragma once

#include "tls/private.h"

#define tls_error(err, code, sentence) analysis_negative((tls_error)(err, code, sentence), code)
