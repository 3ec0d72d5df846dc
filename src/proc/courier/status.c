/*
 * status.c -- what `carrel status` shows of the way out.
 */
#include "courier.h"
#include "json/json.h"

void courier_status(const struct courier *c, struct buf *out)
{
        struct json *o CLEANUP_JSON = json_new_object();

        json_put_int(o, "fetching", c->fetching);
        json_put_int(o, "fetched", (int64_t)c->fetched);
        json_put_int(o, "fetches_refused", (int64_t)c->refused);
        json_render(o, false, out);
}
