/*
 * target.c -- any text as an export's manifest: refused with a sentence, or every entry can be found again under
 * a name that no archive could misuse.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "exchange/visit.h"
#include "export/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entries(struct manifest *m)
{
        const struct manifest_entry *e;

        while ((e = manifest_unseen(m)) != NULL) {
                struct manifest_entry *found = manifest_find(m, e->path);

                if (found != e || !archive_name_is_good(e->path) || (int64_t)e->size < 0)
                        abort();
                found->seen = true;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct manifest *m CLEANUP_MANIFEST = NULL;
        struct err err = { 0 };
        int r = manifest_parse(str_make((const char *)data, size), &m, &err);

        if (r < 0) {
                if (m != NULL || err.text[0] == '\0')
                        abort();
                return 0;
        }
        if (manifest_schema(m) < 1)
                abort();
        check_entries(m);
        return 0;
}
