/*
 * backups.c -- /edit/backups: which backups this portal has, what a restore would change, and the order.
 *
 * The host restores; this page asks, and shows how far it is. At its end all sessions end, this one too.
 */
#include "base/clock.h"
#include "owning.h"
#include "store/audit.h"
#include "store/since.h"

enum { CHANGES_SHOWN = 20, ISO_DATE = 10, ISO_LEN = 20, DAY_SECONDS = 86400 };

int owning_log(struct edit *e, const char *action, struct str detail)
{
        const struct store_audit_record record = {
                .time = clock_unix(), .actor = e->who->session.person, .action = str_of(action),
                .object = STR("portal"), .address = visitor_address(e->conn, e->arena), .detail = detail,
        };
        struct store *store = e->portal->store;
        struct err err;
        int r = store_begin(store, &err);

        if (r == 0) {
                r = store_audit_add(store, &record, &err);
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r < 0)
                edit_fail(e, action, &err);
        return r;
}

void owning_ordered(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;

        (void)result;
        if (code == 0) {
                reply_see_other(e->x, e->next, NULL, 0);
                return;
        }
        e->status = code == ERR_LIMIT || code == ERR_BUSY ? 429 : 422;
        e->error = arena_str(e->arena, sentence);
        e->again(e);
}

void owning_ask(struct edit *e, enum asking what, int64_t backup, struct str next,
                void (*again)(struct edit *e))
{
        e->next = next;
        e->again = again;
        asking_ask(what, backup, e->who->session.person, owning_ordered, e);
}

struct page_errand owning_errand(const struct edit *e, const struct json *errand)
{
        struct str why = json_get_text(errand, "why");
        bool running = json_get_bool(errand, "running");
        int64_t ended = json_get_int(errand, "ended");

        return (struct page_errand){
                .state = running     ? PAGE_ERRAND_RUNNING
                         : ended == 0 ? PAGE_ERRAND_NONE
                         : json_get_bool(errand, "interrupted") ? PAGE_ERRAND_INTERRUPTED
                         : why.n > 0  ? PAGE_ERRAND_FAILED
                                      : PAGE_ERRAND_DONE,
                .step = arena_str(e->arena, json_get_text(errand, "step")),
                .when = running ? json_get_int(errand, "begun") : ended,
                .backup = json_get_int(errand, "backup"),
                .before = json_get_int(errand, "before"),
                .why = arena_str(e->arena, why),
        };
}

/* ---- what the host lists ---- */

/* "2026-11-23T21:20:00Z"; 0 when it is none. */
static int64_t moment_of(struct str iso)
{
        uint64_t h = 0, m = 0, s = 0;
        int64_t day = 0;

        if (iso.n != ISO_LEN || clock_parse_date(str_make(iso.p, ISO_DATE), &day, NULL) < 0 ||
            str_to_u64(str_make(iso.p + 11, 2), 23, &h, NULL) < 0 ||
            str_to_u64(str_make(iso.p + 14, 2), 59, &m, NULL) < 0 ||
            str_to_u64(str_make(iso.p + 17, 2), 60, &s, NULL) < 0)
                return 0;
        return day + (int64_t)(h * 3600 + m * 60 + s);
}

static struct page_backup backup_of(const struct edit *e, const struct json *row)
{
        struct str state = arena_str(e->arena, json_get_text(row, "state"));

        return (struct page_backup){
                .seq = json_get_int(row, "seq"), .created = moment_of(json_get_text(row, "created")),
                .bytes = json_get_int(row, "bytes"), .kind = arena_str(e->arena, json_get_text(row, "kind")),
                .state = state, .good = str_is(state, "verified") || str_is(state, "held"),
        };
}

int owning_backups(struct edit *e, const struct json *result, struct page_backup *out, size_t *out_n)
{
        const struct json *rows = json_get(result, "backups");
        int64_t since[OWNING_BACKUPS_MAX], counts[OWNING_BACKUPS_MAX];
        size_t n = json_length(rows) < OWNING_BACKUPS_MAX ? json_length(rows) : OWNING_BACKUPS_MAX;
        struct err err;

        for (size_t i = 0; i < n; i++) {
                out[i] = backup_of(e, json_at(rows, i));
                since[i] = out[i].created;
        }
        int r = store_count_since(e->portal->store, since, n, counts, &err);

        if (r < 0) {
                edit_fail(e, "backups", &err);
                return r;
        }
        for (size_t i = 0; i < n; i++)
                out[i].changed = counts[i];
        *out_n = n;
        return 0;
}

/* ---- the list ---- */

static struct page_part part_of(const struct edit *e, const struct json *errand)
{
        if (errand == NULL)
                return (struct page_part){ .errand.state = PAGE_ERRAND_NONE };
        return (struct page_part){
                .errand = owning_errand(e, errand),
                .added = json_get_int(errand, "added"), .changed = json_get_int(errand, "changed"),
                .same = json_get_int(errand, "same"), .files = json_get_int(errand, "files"),
        };
}

static void on_listed(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct page_backup backups[OWNING_BACKUPS_MAX];
        struct buf out = { 0 };
        size_t n = 0;

        if (code == 0 && owning_backups(e, result, backups, &n) < 0)
                return;
        page_render_backups(&out, &(struct page_backups){
                .frame = edit_frame(e, EDIT_BACKUPS), .backups = backups, .nbackups = n,
                .restore = code == 0 ? owning_errand(e, json_get(result, "restore"))
                                     : (struct page_errand){ .state = PAGE_ERRAND_NONE },
                .part = part_of(e, code == 0 ? json_get(result, "part") : NULL),
                .elsewhere = code == 0 && !json_get_bool(result, "restorable"),
                .trouble = code < 0 ? sentence : json_get_text(result, "trouble"),
        });
        edit_send(e, &out);
}

static void show_list(struct edit *e)
{
        asking_ask(ASKING_LIST, 0, e->who->session.person, on_listed, e);
}

void edit_backups(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_list(e);
}

/* ---- the preview ---- */

static void send_preview(struct edit *e, const struct page_backup *backup)
{
        struct store_change *rows = NULL;
        struct page_change changes[CHANGES_SHOWN];
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (store_list_since(e->portal->store, backup->created, CHANGES_SHOWN, e->arena, &rows, &n,
                             &err) < 0) {
                edit_fail(e, "backup", &err);
                return;
        }
        for (size_t i = 0; i < n; i++)
                changes[i] = (struct page_change){ rows[i].project, rows[i].title, rows[i].project_slug,
                                                   rows[i].slug, rows[i].updated };
        page_render_backup_preview(&out, &(struct page_backup_preview){
                .frame = edit_frame(e, EDIT_BACKUPS), .backup = *backup, .changes = changes, .nchanges = n,
        });
        edit_send(e, &out);
}

bool owning_find_backup(struct edit *e, int code, struct str sentence, const struct json *result,
                        struct page_backup *out)
{
        struct page_backup backups[OWNING_BACKUPS_MAX];
        int64_t wanted = edit_number_of(e->subject);
        size_t n = 0;

        if (code < 0 || !json_get_bool(result, "restorable")) {
                on_listed(e, code, sentence, result);
                return false;
        }
        if (owning_backups(e, result, backups, &n) < 0)
                return false;
        for (size_t i = 0; i < n; i++)
                if (backups[i].seq == wanted && backups[i].good) {
                        *out = backups[i];
                        return true;
                }
        reply_missing(e->portal, e->x);
        return false;
}

static void on_looked_up(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct page_backup backup;

        if (owning_find_backup(ctx, code, sentence, result, &backup))
                send_preview(ctx, &backup);
}

void edit_backup_preview(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_query_of(e, "backup");
        asking_ask(ASKING_LIST, 0, who->session.person, on_looked_up, e);
}

/* ---- the order ---- */

void edit_backup_restore_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        int64_t backup = edit_number_of(edit_field_of(e, "backup"));

        if (backup == 0)
                reply_missing(e->portal, x);
        else if (owning_log(e, "portal.restore-ordered",
                            str_of(arena_printf(e->arena, "{\"backup\":%lld}", (long long)backup))) == 0)
                owning_ask(e, ASKING_RESTORE, backup, STR("/edit/backups"), show_list);
}

/* The job that brings it back writes the record, with what came, in the same transaction. */
void edit_backup_part_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        int64_t backup = edit_number_of(edit_field_of(e, "backup"));
        const struct asking_part part = { .project = edit_field_of(e, "project"),
                                          .topic = edit_field_of(e, "topic") };

        if (backup == 0) {
                reply_missing(e->portal, x);
                return;
        }
        if (part.project.n == 0 || part.project.n > ASKING_SLUG_MAX || part.topic.n > ASKING_SLUG_MAX) {
                e->status = 422;
                e->error = STR("say which project: an address of at most 500 bytes, and so a topic's");
                show_list(e);
                return;
        }
        e->next = STR("/edit/backups");
        e->again = show_list;
        asking_ask_part(backup, e->who->session.person, &part, owning_ordered, e);
}
