/*
 * status.c -- the edge's counters: the evidence that limits work.
 */
#include "edge.h"
#include "json/json.h"

void edge_status(const struct edge *edge, struct buf *out)
{
        const struct edge_counters *c = &edge->counters;
        const struct {
                const char *name;
                uint64_t value;
        } rows[] = {
                { "accepted", c->accepted },
                { "passed", c->passed },
                { "held", edge->nvisitors },
                { "woken", c->woken },
                { "plain", c->plain },
                { "redirected", c->redirected },
                { "no_name", c->no_name },
                { "unknown_name", c->unknown_name },
                { "not_tls", c->not_tls },
                { "bad_hello", c->bad_hello },
                { "late", c->late },
                { "refused_address", c->refused_address },
                { "refused_portal", c->refused_portal },
                { "evicted", c->evicted },
                { "names", map_count(edge->hosts) },
        };
        struct json *o CLEANUP_JSON = json_new_object();

        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                json_put_int(o, rows[i].name, (int64_t)rows[i].value);
        json_render(o, false, out);
}
