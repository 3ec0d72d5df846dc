/*
 * random.h -- bytes nobody can guess, from the kernel.
 *
 * Owns:   nothing.
 * Linked by whatever needs tokens, keys or seeds. Uses getrandom(2) and no device file, so it works in
 * a container that has no /dev.
 */
#pragma once

#include <stddef.h>

/* Fill p with n random bytes; ends the process when the kernel cannot give them. */
void random_fill(void *p, size_t n);
