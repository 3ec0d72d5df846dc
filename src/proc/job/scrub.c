/*
 * scrub.c -- is this container's database still what was written to it?
 */
#include "orders.h"

#include "json/json.h"
#include "store/scrub.h"

static void on_stage(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
        job_progress(ctx, stage, done, total);
}

int order_scrub(struct job *job, struct message *msg, int fd, struct err *err)
{
        struct json *result CLEANUP_JSON = json_new_object();
        struct store_scrub found;
        int r = store_scrub(".", on_stage, job, &found, err);

        (void)msg;
        (void)fd;
        if (r < 0)
                return r;
        json_put_int(result, "blocks", (int64_t)found.blocks);
        json_put_int(result, "digests", (int64_t)found.digests);
        json_put_int(result, "findings", (int64_t)found.findings);
        json_put_text(result, "first", str_of(found.first));
        json_render(result, false, &job->json);
        return 0;
}
