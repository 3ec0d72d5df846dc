/*
 * bulk.c -- many Power Readers at once, from a table: all of them or none.
 *
 * Every line is looked at before anybody is added, so that whoever made the table hears of all its faults
 * and not of the first one only.
 */
#include "base/map.h"
#include "csv.h"
#include "orders.h"

enum { FAULTS_MAX = 200, SAMPLE = 20, GROUPS_PER_ROW = 16, GROUPS_MAX = 64 };

enum column { COLUMN_EMAIL, COLUMN_NAME, COLUMN_EXPIRES, COLUMN_GROUPS, COLUMNS, COLUMN_NONE };

struct entry {
        unsigned line;
        struct store_person person;
        struct str groups;              /* as written */
        struct store_group *in[GROUPS_PER_ROW];
        size_t nin;
};

struct table {
        struct order *order;
        enum column at[CSV_FIELDS_MAX]; /* what the fields of a row are */
        size_t width;
        struct entry *entries;
        size_t n;
        struct json *faults;
        size_t nfaults;
        struct map *addresses;          /* folded address to its entry */
        struct store_group *groups[GROUPS_MAX];
        size_t ngroups;
};

/* ---- the heading ---- */

static enum column column_named(struct str name)
{
        static const struct {
                const char *name;
                enum column column;
        } names[] = {
                { "email", COLUMN_EMAIL }, { "e-mail", COLUMN_EMAIL }, { "mail", COLUMN_EMAIL },
                { "email address", COLUMN_EMAIL }, { "address", COLUMN_EMAIL }, { "name", COLUMN_NAME },
                { "expires", COLUMN_EXPIRES }, { "last day", COLUMN_EXPIRES },
                { "groups", COLUMN_GROUPS }, { "group", COLUMN_GROUPS },
        };

        for (size_t i = 0; i < ARRAY_LEN(names); i++)
                if (str_eq_nocase(name, str_of(names[i].name)))
                        return names[i].column;
        return COLUMN_NONE;
}

static bool is_heading(const struct csv_row *row)
{
        for (size_t i = 0; i < row->n; i++)
                if (column_named(row->fields[i]) == COLUMN_EMAIL)
                        return true;
        return false;
}

static int read_heading(struct table *t, const struct csv_row *row, struct err *err)
{
        bool seen[COLUMNS] = { false };

        t->width = row->n;
        for (size_t i = 0; i < row->n; i++) {
                struct str name = row->fields[i];

                t->at[i] = column_named(name);
                if (t->at[i] == COLUMN_NONE)
                        return err_set(err, ERR_INVALID,
                                       "line %u: no column is called '%.*s'; there are email, "
                                       "name, expires and groups", row->line,
                                       (int)(name.n < 40 ? name.n : 40), name.p);
                if (seen[t->at[i]])
                        return err_set(err, ERR_INVALID,
                                       "line %u: the column '%.*s' is there twice", row->line,
                                       STR_ARG(name));
                seen[t->at[i]] = true;
        }
        return 0;
}

/* ---- one line ---- */

static void fault(struct table *t, unsigned line, const char *sentence)
{
        struct json *o = json_new_object();

        t->nfaults++;
        json_put_int(o, "line", line);
        json_put_text(o, "sentence", str_of(sentence));
        if (t->nfaults <= FAULTS_MAX)
                json_append(t->faults, o);
        else
                json_free(&o);
}

static int find_group(struct table *t, struct str slug, struct store_group **out, struct err *err)
{
        for (size_t i = 0; i < t->ngroups; i++) {
                *out = t->groups[i];
                if (str_eq(t->groups[i]->slug, slug))
                        return 0;
        }
        if (t->ngroups == GROUPS_MAX)
                return err_set(err, ERR_LIMIT, "a table names at most %d groups", GROUPS_MAX);
        struct store_group *group = arena_alloc(t->order->arena, sizeof *group);
        int r = store_group_find(t->order->store, slug, t->order->arena, group, err);

        if (r == ERR_NOT_FOUND)
                return err_set(err, r, "there is no group '%.*s'; make it first",
                               (int)(slug.n < 64 ? slug.n : 64), slug.p);
        if (r < 0)
                return r;
        t->groups[t->ngroups++] = group;
        *out = group;
        return 0;
}

/* Slugs with blanks or commas between them. */
static int read_groups(struct table *t, struct entry *e, struct str text, struct err *err)
{
        while (text.n > 0) {
                size_t n = 0;

                while (n < text.n && str_find(STR(" ,;|"), text.p[n]) < 0)
                        n++;
                struct str slug = str_make(text.p, n);

                text = str_make(text.p + n + (n < text.n), text.n - n - (n < text.n));
                if (slug.n == 0)
                        continue;
                if (e->nin == GROUPS_PER_ROW)
                        return err_set(err, ERR_LIMIT, "a person is put into at most %d groups",
                                       GROUPS_PER_ROW);
                int r = find_group(t, slug, &e->in[e->nin], err);

                if (r < 0)
                        return r;
                e->nin++;
        }
        return 0;
}

static int check_new(struct table *t, struct entry *e, struct err *err)
{
        struct store_person there;
        const struct entry *twin = map_put(t->addresses, e->person.login, e);

        if (twin != NULL)
                return err_set(err, ERR_EXISTS, "'%.*s' stands on line %u already", STR_ARG(e->person.login),
                               twin->line);
        int r = store_person_find_login(t->order->store, e->person.login, t->order->arena, &there, err);

        if (r == ERR_NOT_FOUND)
                return 0;
        return r < 0 ? r : err_set(err, ERR_EXISTS, "'%.*s' has an account already",
                                   STR_ARG(e->person.login));
}

static int read_entry(struct table *t, const struct csv_row *row, struct entry *e, struct err *err)
{
        struct order *order = t->order;
        struct str field[COLUMNS] = { { 0 } };

        *e = (struct entry){ .line = row->line };
        if (row->n > t->width)
                return err_set(err, ERR_INVALID, "there are %zu fields where %zu belong; is a "
                               "comma too many?",
                               row->n, t->width);
        for (size_t i = 0; i < row->n; i++)
                field[t->at[i]] = row->fields[i];
        e->groups = field[COLUMN_GROUPS];
        e->person.role = ROLE_POWER_READER;
        e->person.name = field[COLUMN_NAME];
        int r = store_login_fold(field[COLUMN_EMAIL], order->arena, &e->person.login, err);

        if (r == 0)
                r = order_read_day(order, field[COLUMN_EXPIRES], &e->person.expires, err);
        if (r == 0)
                r = store_person_check(&e->person, err);
        if (r == 0)
                r = check_new(t, e, err);
        if (r == 0)
                r = read_groups(t, e, e->groups, err);
        return r == 0 ? read_groups(t, e, order_argument(order, "groups"), err) : r;
}

/* What is wrong with the database is an error; what is wrong with a line is that line's fault. */
static bool is_of_the_line(int r)
{
        return r == ERR_INVALID || r == ERR_EXISTS || r == ERR_NOT_FOUND || r == ERR_LIMIT;
}

static int read_table(struct table *t, struct err *err)
{
        struct csv_row *rows = NULL;
        size_t n = 0, first = 0;
        int r = csv_read(order_argument(t->order, "csv"), t->order->arena, &rows, &n, err);

        if (r < 0)
                return r;
        if (n > 0 && is_heading(&rows[0])) {
                r = read_heading(t, &rows[0], err);
                first = 1;
        } else {
                t->width = COLUMNS;
                for (size_t i = 0; i < COLUMNS; i++)
                        t->at[i] = (enum column)i;
        }
        if (r == 0 && n == first)
                r = err_set(err, ERR_INVALID, "the table has no line with a person; write one on each line, "
                            "the mail address first");
        if (r < 0)
                return r;
        t->entries = arena_array(t->order->arena, n, sizeof *t->entries);
        for (size_t i = first; i < n; i++) {
                struct entry *e = &t->entries[t->n++];

                r = read_entry(t, &rows[i], e, err);
                if (r < 0 && !is_of_the_line(r))
                        return r;
                if (r < 0)
                        fault(t, rows[i].line, err->text);
        }
        return 0;
}

/* ---- the two orders ---- */

static struct json *describe(const struct table *t, const struct entry *e)
{
        struct json *o = person_json(t->order, &e->person);
        struct buf groups CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < e->nin; i++)
                buf_printf(&groups, "%s%.*s", i > 0 ? " " : "", STR_ARG(e->in[i]->slug));
        json_put_int(o, "line", e->line);
        json_put_text(o, "groups", buf_str(&groups));
        return o;
}

int user_preview(struct order *order, struct err *err)
{
        struct map *addresses CLEANUP_MAP = map_new();
        struct json *sample = json_new_array();
        struct table t = { .order = order, .addresses = addresses, .faults = json_new_array() };

        json_put(order->result, "faults", t.faults);
        json_put(order->result, "sample", sample);
        int r = read_table(&t, err);

        for (size_t i = 0; r == 0 && i < t.n && i < SAMPLE; i++)
                if (t.entries[i].person.login.n > 0)
                        json_append(sample, describe(&t, &t.entries[i]));
        json_put_int(order->result, "lines", (int64_t)t.n);
        json_put_int(order->result, "faulty", (int64_t)t.nfaults);
        return r;
}

static int add_one(struct table *t, const struct entry *e, struct json *list, int64_t *id, struct err *err)
{
        struct order *order = t->order;
        struct json *o = describe(t, e);

        json_append(list, o);
        int r = store_person_add(order->store, &e->person, order->now, id, err);

        if (r == 0)
                r = invite_into(order, o, &e->person, *id, err);
        for (size_t i = 0; r == 0 && i < e->nin; i++)
                r = store_group_join(order->store, e->in[i]->id, *id, err);
        json_put_int(o, "id", *id);
        return r;
}

/* The first fault is the refusal's sentence; the command line and the API show no list. */
static int refuse(const struct table *t, struct err *err)
{
        const struct json *first = json_at(t->faults, 0);

        return err_set(err, ERR_INVALID, "line %lld: %.*s; %zu of %zu lines have a fault, so "
                       "nobody was added",
                       (long long)json_get_int(first, "line"), STR_ARG(json_get_text(first, "sentence")),
                       t->nfaults, t->n);
}

int user_import(struct order *order, struct err *err)
{
        struct map *addresses CLEANUP_MAP = map_new();
        struct json *faults CLEANUP_JSON = json_new_array();
        struct json *list = json_new_array();
        struct table t = { .order = order, .addresses = addresses, .faults = faults };
        int64_t first = 0, id = 0;

        json_put(order->result, "people", list);
        int r = read_table(&t, err);

        if (r == 0 && t.nfaults > 0)
                r = refuse(&t, err);
        for (size_t i = 0; r == 0 && i < t.n; i++) {
                r = add_one(&t, &t.entries[i], list, &id, err);
                if (i == 0)
                        first = id;
        }
        json_put_int(order->result, "count", (int64_t)t.n);
        json_put_int(order->detail, "count", (int64_t)t.n);
        json_put_int(order->detail, "first", first);
        json_put_int(order->detail, "last", id);
        order->object = STR("people");
        return r;
}
