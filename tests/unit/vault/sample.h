/*
 * sample.h -- one backup's description, for tests.
 */
#pragma once

#include <string.h>

#include "vault/seal.h"

static const char sample_kek[SEAL_KEK_LEN + 1] = "\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7\7";

static inline struct str sample_key(void)
{
        return str_make(sample_kek, SEAL_KEK_LEN);
}

static inline struct seal_about sample_about(uint64_t seq)
{
        struct seal_about about = {
                .kind = BACKUP_DAILY, .created = 1767225600, .kek = 3, .schema = 2, .seq = seq,
                .app = "carrel/0.1",
        };

        for (unsigned i = 0; i < SEAL_UUID_LEN; i++)
                about.portal[i] = (uint8_t)(0x10 + i);
        memset(about.prev.b, 0xab, sizeof about.prev.b);
        return about;
}
