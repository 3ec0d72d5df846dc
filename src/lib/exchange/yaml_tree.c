/*
 * yaml_tree.c -- libyaml's events, gathered.
 */
#include "exchange/yaml_tree.h"

#include <string.h>
#include <yaml.h>

#include "base/check.h"

enum { TEXT_MAX = 1024 * 1024, NODES_MAX = 50000, LEVELS_MAX = 32 };

struct building {
        yaml_parser_t parser;
        struct arena *arena;
        struct yaml_odd *odd;
        size_t nodes;
        struct err *err;
};

static int broken(struct building *b)
{
        return err_set(b->err, ERR_INVALID, "the YAML breaks its grammar at line %zu (%s)",
                       b->parser.problem_mark.line + 1,
                       b->parser.problem != NULL ? b->parser.problem : "unreadable");
}

static int node_new(struct building *b, const yaml_event_t *e, enum yaml_kind kind,
                    struct yaml **out)
{
        if (++b->nodes > NODES_MAX)
                return err_set(b->err, ERR_LIMIT, "the YAML has more than %d values", NODES_MAX);
        struct yaml *y = arena_alloc(b->arena, sizeof *y);

        y->kind = kind;
        y->line = (unsigned)e->start_mark.line + 1;
        *out = y;
        return 0;
}

static bool is_strange(const yaml_char_t *tag)
{
        /* "!!str" and its like are spelled out by libyaml; they change nothing for us. */
        return tag != NULL && (strncmp((const char *)tag, "tag:yaml.org,2002:", 18) != 0 ||
                               strncmp((const char *)tag, "tag:yaml.org,2002:python", 24) == 0);
}

static void odd_tag(struct building *b, const yaml_event_t *e, const yaml_char_t *tag)
{
        if (b->odd->tags++ == 0) {
                b->odd->line = (unsigned)e->start_mark.line + 1;
                b->odd->tag = str_of(arena_strdup(b->arena, (const char *)tag));
        }
}

static int build(struct building *b, const yaml_event_t *e, unsigned level, struct yaml **out);

/* The values up to the end of a list or map, in order. */
static int build_children(struct building *b, struct yaml *parent, unsigned level)
{
        struct yaml **tail = &parent->children;
        struct str key = { NULL, 0 };
        bool want_key = parent->kind == YAML_MAP;

        for (;;) {
                yaml_event_t e;
                struct yaml *child = NULL;

                if (!yaml_parser_parse(&b->parser, &e))
                        return broken(b);
                bool end = e.type == YAML_SEQUENCE_END_EVENT || e.type == YAML_MAPPING_END_EVENT;
                int r = end ? 0 : build(b, &e, level, &child);

                yaml_event_delete(&e);
                if (r < 0 || end)
                        return r;
                check(child != NULL);
                if (want_key) {
                        key = child->kind == YAML_SCALAR ? child->text : (struct str){ "", 0 };
                        want_key = false;
                        continue;
                }
                child->key = key;
                want_key = parent->kind == YAML_MAP;
                *tail = child;
                tail = &child->next;
        }
}

static int build_scalar(struct building *b, const yaml_event_t *e, struct yaml *y)
{
        struct str text = str_make((const char *)e->data.scalar.value, e->data.scalar.length);

        if (is_strange(e->data.scalar.tag)) {
                odd_tag(b, e, e->data.scalar.tag);
                text.n = 0;
        }
        y->text = arena_str(b->arena, text);
        y->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        return 0;
}

static int build(struct building *b, const yaml_event_t *e, unsigned level, struct yaml **out)
{
        bool list = e->type == YAML_SEQUENCE_START_EVENT, map = e->type == YAML_MAPPING_START_EVENT;
        struct yaml *y = NULL;
        int r = node_new(b, e, list ? YAML_LIST : map ? YAML_MAP : YAML_SCALAR, &y);

        if (r < 0)
                return r;
        if (e->type == YAML_ALIAS_EVENT) {
                if (b->odd->aliases++ == 0 && b->odd->tags == 0)
                        b->odd->line = y->line;
                y->plain = true;
        } else if (e->type == YAML_SCALAR_EVENT) {
                r = build_scalar(b, e, y);
        } else if (list || map) {
                const yaml_char_t *tag = list ? e->data.sequence_start.tag :
                                                e->data.mapping_start.tag;

                if (is_strange(tag))
                        odd_tag(b, e, tag);
                r = level >= LEVELS_MAX ?
                            err_set(b->err, ERR_LIMIT, "the YAML is nested more than %d deep at"
                                                       " line %u",
                                    LEVELS_MAX, y->line) :
                            build_children(b, y, level + 1);
        } else {
                r = err_set(b->err, ERR_INVALID, "the YAML is not understood at line %u", y->line);
        }
        if (r == 0)
                *out = y;
        return r;
}

/* Skip what opens a stream and a document, then build the first document's root. */
static int build_root(struct building *b, struct yaml **out)
{
        for (;;) {
                yaml_event_t e;

                if (!yaml_parser_parse(&b->parser, &e))
                        return broken(b);
                bool skip = e.type == YAML_STREAM_START_EVENT ||
                            e.type == YAML_DOCUMENT_START_EVENT;
                int r = 0;

                if (e.type == YAML_STREAM_END_EVENT)
                        r = node_new(b, &e, YAML_MAP, out);
                else if (!skip)
                        r = build(b, &e, 0, out);
                yaml_event_delete(&e);
                if (!skip || r < 0)
                        return r;
        }
}

int yaml_parse(struct arena *arena, struct str text, struct yaml **out, struct yaml_odd *odd,
               struct err *err)
{
        struct building b = { .arena = arena, .odd = odd, .err = err };

        *odd = (struct yaml_odd){ 0 };
        if (text.n > TEXT_MAX)
                return err_set(err, ERR_LIMIT, "the YAML is longer than %d KiB", TEXT_MAX / 1024);
        if (!yaml_parser_initialize(&b.parser))
                return err_set(err, ERR_LIMIT, "no memory for the YAML reader");
        yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
        yaml_parser_set_input_string(&b.parser, (const unsigned char *)(text.n > 0 ? text.p : ""),
                                     text.n);
        int r = build_root(&b, out);

        yaml_parser_delete(&b.parser);
        return r;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
        if (map == NULL || map->kind != YAML_MAP)
                return NULL;
        for (const struct yaml *y = map->children; y != NULL; y = y->next)
                if (str_is(y->key, key))
                        return y;
        return NULL;
}

struct str yaml_text(const struct yaml *map, const char *key)
{
        const struct yaml *y = yaml_get(map, key);

        if (y == NULL || y->kind != YAML_SCALAR ||
            (y->plain && (str_is(y->text, "null") || str_is(y->text, "~"))))
                return (struct str){ "", 0 };
        return str_trim(y->text);
}

bool yaml_position(const struct yaml *map, const char *key, int64_t *out)
{
        struct str text = yaml_text(map, key);
        bool minus = text.n > 0 && text.p[0] == '-';
        uint64_t n;

        if (minus)
                text = str_make(text.p + 1, text.n - 1);
        struct str tail = text, whole = str_cut(&tail, '.');

        if (str_to_u64(whole, 1000000000, &n, NULL) < 0)
                return false;
        int64_t value = (int64_t)n * 1000;

        for (int64_t unit = 100; unit > 0 && tail.n > 0; unit /= 10) {
                if (tail.p[0] < '0' || tail.p[0] > '9')
                        return false;
                value += (tail.p[0] - '0') * unit;
                tail = str_make(tail.p + 1, tail.n - 1);
        }
        *out = minus ? -value : value;
        return true;
}
