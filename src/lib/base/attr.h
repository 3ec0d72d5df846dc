/*
 * attr.h -- the compiler attributes this code base uses, under one name each.
 *
 * Trust:  nothing foreign passes through here.
 * Owns:   nothing.
 * Linked by everything. Needs the compiler only.
 */
#pragma once

#define NODISCARD __attribute__((warn_unused_result))
#define NORETURN __attribute__((noreturn))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define UNUSED __attribute__((unused))
#define CLEANUP(fn) __attribute__((cleanup(fn)))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define KIB (1024ull)
#define MIB (1024ull * KIB)
#define GIB (1024ull * MIB)
