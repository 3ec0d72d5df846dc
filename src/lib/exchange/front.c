/*
 * front.c -- what stands above a topic's text: YAML between "---" lines, or TOML between "+++"
 * lines.
 */
#include <string.h>

#include "exchange/lines.h"
#include "exchange/path.h"
#include "exchange/plan.h"
#include "exchange/yaml_tree.h"

enum { FRONT_MAX = 64 * 1024 };

/* The block between two fence lines at the very start; false when there is none. */
static bool cut_block(struct str text, const char *fence, struct str *block, size_t *end,
                      unsigned *lines)
{
        struct str rest = text, line = str_cut(&rest, '\n');
        const char *from = rest.p;

        if (!str_is(str_trim(line), fence) || line.n == 0 || line.p[0] == ' ')
                return false;
        for (unsigned n = 1; rest.n > 0 && rest.p - from < FRONT_MAX; n++) {
                const char *at = rest.p;

                line = str_cut(&rest, '\n');
                if (str_is(str_trim(line), fence) || (str_is(str_trim(line), "..."))) {
                        *block = str_make(from, (size_t)(at - from));
                        *end = (size_t)(line.p + line.n - text.p);
                        if (*end < text.n)
                                ++*end;
                        *lines = n + 1;
                        return true;
                }
        }
        return false;
}

static struct str first_of(const struct yaml *y, const char *const keys[], size_t n)
{
        for (size_t i = 0; i < n; i++) {
                struct str s = yaml_text(y, keys[i]);

                if (s.n > 0)
                        return s;
        }
        return (struct str){ "", 0 };
}

static void take_yaml(struct source *s, const struct yaml *y)
{
        static const char *const positions[] = { "sidebar_position", "nav_order", "weight", "order",
                                                 "position" };
        static const char *const titles[] = { "title" };
        static const char *const labels[] = { "sidebar_label", "nav_title", "linkTitle",
                                              "short_title" };
        static const char *const descriptions[] = { "description", "summary" };

        for (size_t i = 0; i < ARRAY_LEN(positions) && !s->has_position; i++)
                s->has_position = yaml_position(y, positions[i], &s->position);
        s->front_title = first_of(y, titles, ARRAY_LEN(titles));
        s->label = first_of(y, labels, ARRAY_LEN(labels));
        s->description = first_of(y, descriptions, ARRAY_LEN(descriptions));
        s->wanted_slug = yaml_text(y, "slug");
        s->draft = str_is(yaml_text(y, "draft"), "true") ||
                   str_is(yaml_text(y, "published"), "false");
}

struct toml_front {
        struct arena *arena;
        struct source *s;
};

static void take_toml(void *ctx, struct str section, struct str key, struct str value,
                      unsigned line)
{
        struct toml_front *f = ctx;
        uint64_t weight;

        (void)line;
        if (section.n > 0)
                return;
        value = arena_str(f->arena, value);
        if (str_is(key, "title")) {
                f->s->front_title = value;
        } else if (str_is(key, "description")) {
                f->s->description = value;
        } else if (str_is(key, "slug")) {
                f->s->wanted_slug = value;
        } else if (str_is(key, "draft")) {
                f->s->draft = str_is(value, "true");
        } else if (str_is(key, "weight") && str_to_u64(value, 1000000000, &weight, NULL) == 0) {
                f->s->has_position = true;
                f->s->position = (int64_t)weight * 1000;
        }
}

static void read_yaml(struct plan *plan, struct source *s, struct str block)
{
        struct yaml *y = NULL;
        struct yaml_odd odd;
        struct err why;

        if (yaml_parse(plan->arena, block, &y, &odd, &why) < 0)
                notes_add(plan->notes, MANUAL_LOST, s->entry->path, 1,
                          "The front matter cannot be read: %s. It is kept but says nothing.",
                          why.text);
        else if (y->kind == YAML_MAP)
                take_yaml(s, y);
}

int front_read(struct plan *plan, struct source *s, struct str text, struct err *err)
{
        size_t good = utf8_good_bytes(text), skip = 0;
        struct str block = { "", 0 };

        if (good < text.n)
                return err_set(err, ERR_INVALID,
                               "'%.*s' is not UTF-8 at byte %zu; save it as UTF-8 and import again",
                               STR_ARG(s->entry->path), good);
        if (str_starts(text, STR("\xef\xbb\xbf")))
                skip = 3;
        text = str_make(text.p + skip, text.n - skip);
        s->body_line = 1;
        unsigned lines = 0;
        size_t end = 0;

        if (cut_block(text, "---", &block, &end, &lines)) {
                s->metadata = arena_str(plan->arena, block);
                read_yaml(plan, s, s->metadata);
        } else if (cut_block(text, "+++", &block, &end, &lines)) {
                struct toml_front f = { plan->arena, s };

                s->metadata = arena_str(plan->arena, block);
                toml_walk(s->metadata, take_toml, &f);
        }
        s->body = skip + end;
        s->body_line += lines;
        return 0;
}
