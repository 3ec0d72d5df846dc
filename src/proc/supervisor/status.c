/*
 * status.c -- what `carrel status` shows of the processes and their walls.
 */
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "json/json.h"
#include "supervisor.h"

static struct json *child_json(const struct child *child)
{
        struct json *o = json_new_object();

        json_put_text(o, "name", str_of(child->program));
        json_put_int(o, "pid", child->pid);
        json_put_bool(o, "ready", child->ready);
        json_put_int(o, "restarts", child->restarts);
        json_put_int(o, "seconds",
                     child->pid > 0 ? (int64_t)((clock_ms() - child->started) / 1000) : 0);
        return o;
}

static struct json *layers_json(const struct sandbox_layers *layers)
{
        struct json *list = json_new_array();

        for (unsigned i = 0; i < LAYER_COUNT; i++) {
                const struct sandbox_layer_state *l = &layers->layer[i];
                struct json *o = json_new_object();

                json_put_text(o, "name", str_of(sandbox_layer_name((enum sandbox_layer)i)));
                json_put_bool(o, "wanted", l->wanted);
                json_put_bool(o, "on", l->on);
                json_put_text(o, "detail", str_of(l->detail));
                json_append(list, o);
        }
        return list;
}

static struct json *workers_json(const struct supervisor *sup)
{
        struct json *list = json_new_array();
        unsigned shown = 0;

        for (const struct worker *w = sup->workers; w != NULL && shown < 200; w = w->next, shown++) {
                static const char *const kinds[] = { "?", "portal", "job", "probe", "job" };
                struct json *o = json_new_object();

                json_put_int(o, "portal", (int64_t)w->portal);
                json_put_text(o, "kind", str_of(kinds[w->kind]));
                json_put_int(o, "pid", w->pid);
                json_put_int(o, "seconds", (int64_t)((clock_ms() - w->started) / 1000));
                json_append(list, o);
        }
        return list;
}

void status_json(const struct supervisor *sup, struct buf *out)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct json *children = json_new_array();
        struct json *self = json_new_object();

        json_put_text(self, "name", STR("supervisor"));
        json_put_int(self, "pid", getpid());
        json_put_bool(self, "ready", sup->told_ready);
        json_put_int(self, "restarts", 0);
        json_put_int(self, "seconds", (int64_t)((clock_ms() - sup->started) / 1000));
        json_append(children, self);
        for (size_t i = 0; i < CHILDREN; i++)
                json_append(children, child_json(&sup->children[i]));
        json_put_text(o, "isolation", str_of(sandbox_mode_name(sup->mode)));
        json_put(o, "layers", layers_json(&sup->layers));
        json_put(o, "processes", children);
        json_put_int(o, "portals_alive", portals_alive(sup));
        json_put(o, "workers", workers_json(sup));
        json_render(o, false, out);
}
