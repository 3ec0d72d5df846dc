/*
 * registry_alarm.c -- one row for each alarm, and one for the last letter about them.
 */
#include "store/registry_alarm.h"

#include "store/inside.h"
#include "store/list.h"

int registry_alarm_put(struct store *store, const struct registry_alarm *alarm, struct err *err)
{
        return sql_run(store,
                       "INSERT INTO alarm(kind, portal, name, since, seen, told, wrote, ended)"
                       " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                       " ON CONFLICT (kind, portal) DO UPDATE SET name = excluded.name,"
                       " since = excluded.since, seen = excluded.seen, told = excluded.told,"
                       " wrote = excluded.wrote, ended = excluded.ended",
                       ARGS(V_INT(alarm->kind), V_INT(alarm->portal), V_TEXT(alarm->name),
                            V_INT(alarm->since), V_INT(alarm->seen), V_INT(alarm->told),
                            V_INT(alarm->wrote), V_INT(alarm->ended)),
                       err);
}

int registry_alarm_remove(struct store *store, int64_t kind, int64_t portal, struct err *err)
{
        return sql_run(store, "DELETE FROM alarm WHERE kind = $1 AND portal = $2",
                       ARGS(V_INT(kind), V_INT(portal)), err);
}

static void alarm_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_alarm *a = item;

        a->kind = query_int(q, 0);
        a->portal = query_int(q, 1);
        a->name = arena_str(arena, query_text(q, 2));
        a->since = query_int(q, 3);
        a->seen = query_int(q, 4);
        a->told = query_int(q, 5);
        a->wrote = query_int(q, 6);
        a->ended = query_int(q, 7);
}

int registry_alarm_list(struct store *store, struct arena *arena, struct registry_alarm **out,
                        size_t *out_n, struct err *err)
{
        return list_rows(store,
                         "SELECT kind, portal, name, since, seen, told, wrote, ended FROM alarm"
                         " ORDER BY portal, kind",
                         NO_ARGS, sizeof **out, alarm_row, arena, out, out_n, err);
}

int registry_letter_put(struct store *store, const struct registry_letter *letter, struct err *err)
{
        return sql_run(store,
                       "INSERT INTO alarm_letter(one, id, subject, text, written, waits)"
                       " VALUES (1, $1, $2, $3, $4, $5)"
                       " ON CONFLICT (one) DO UPDATE SET id = excluded.id, subject = excluded.subject,"
                       " text = excluded.text, written = excluded.written, waits = excluded.waits",
                       ARGS(V_TEXT(letter->id), V_TEXT(letter->subject), V_TEXT(letter->text),
                            V_INT(letter->written), V_INT(letter->waits)),
                       err);
}

static void letter_row(struct query *q, struct arena *arena, void *item)
{
        struct registry_letter *l = item;

        l->id = arena_str(arena, query_text(q, 0));
        l->subject = arena_str(arena, query_text(q, 1));
        l->text = arena_str(arena, query_text(q, 2));
        l->written = query_int(q, 3);
        l->waits = query_int(q, 4) != 0;
}

int registry_letter_find(struct store *store, struct arena *arena, struct registry_letter *out,
                         struct err *err)
{
        struct registry_letter *rows;
        size_t n;
        int r = list_rows(store, "SELECT id, subject, text, written, waits FROM alarm_letter", NO_ARGS,
                          sizeof *rows, letter_row, arena, &rows, &n, err);

        if (r == 0)
                *out = n > 0 ? rows[0] : (struct registry_letter){ .id = STR("") };
        return r;
}
