/*
 * own_key.c -- /edit/backups/own: the client's public key, and copies of backups that are sealed to it.
 *
 * The key goes from here to the vault, which seals this portal's own backups and no other's: whose
 * they are is said by the channel. The copy lies in the container as it came; it is given for a day.
 */
#include <sys/stat.h>

#include "base/clock.h"
#include "owning.h"
#include "page/own_key.h"
#include "people/client_key.h"

/* keeping.c of the job writes it under this name when it is whole. */
#define SEALED "sealed.esdk"
#define ROOM "/edit/backups/own"

enum { ISO_DATE = 10 };

/* ---- the page ---- */

static int describe_key(struct edit *e, struct page_own_key *page)
{
        struct client_key key = { .bits = 0 };
        struct client_copy copy = { .backup = 0 };
        struct stat st = { 0 };
        struct err err;
        int r = client_key_load(e->portal->store, e->arena, &key, &err);

        if (r == 0)
                r = client_copy_load(e->portal->store, e->arena, &copy, &err);
        if (r < 0) {
                edit_fail(e, "own key", &err);
                return r;
        }
        page->name = key.name;
        page->bits = key.bits;
        page->ready = copy.backup > 0 && owning_find_file(SEALED, &st);
        page->backup = copy.backup;
        page->client = copy.client;
        page->made = st.st_mtime;
        page->until = st.st_mtime + OWNING_KEEP_SECONDS;
        page->bytes = st.st_size;
        return 0;
}

static void on_listed(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct edit *e = ctx;
        struct page_backup backups[OWNING_BACKUPS_MAX];
        struct page_own_key page = { .backups = backups, .private_key = str_is(e->subject, "private") };
        struct buf out = { 0 };

        if ((code == 0 && owning_backups(e, result, backups, &page.nbackups) < 0) ||
            describe_key(e, &page) < 0)
                return;
        if (code == 0)
                page.errand = owning_errand(e, json_get(result, "taking"));
        page.trouble = code < 0 ? sentence : json_get_text(result, "trouble");
        page.typed = e->error.n > 0 && !page.private_key ? edit_field_of(e, "key") : STR("");
        page.frame = edit_frame(e, EDIT_BACKUPS);
        page_render_own_key(&out, &page);
        edit_send(e, &out);
}

static void show_page(struct edit *e)
{
        asking_ask(ASKING_LIST, 0, e->who->session.person, on_listed, e);
}

void edit_own_key(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                show_page(e);
}

/* ---- the key ---- */

/* What somebody should not have sent goes no further than this, and is not shown to them again. */
void edit_own_key_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        if (client_key_is_private(edit_field_of(e, "key"))) {
                e->subject = STR("private");
                e->status = 422;
                show_page(e);
                return;
        }
        edit_order(e, "backup-key.set", edit_arguments(e, "key", NULL), STR(ROOM "?done=saved"), show_page);
}

void edit_own_key_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                edit_order(e, "backup-key.remove", json_new_object(), STR(ROOM "?done=saved"), show_page);
}

/* ---- the copy ---- */

/* The job writes the record: it is there before the file has its name. */
static void order_copy(struct edit *e, int64_t backup)
{
        struct client_key key;
        struct err err;

        if (client_key_load(e->portal->store, e->arena, &key, &err) < 0) {
                edit_fail(e, "own key", &err);
                return;
        }
        e->next = STR(ROOM);
        e->again = show_page;
        if (key.pem.n == 0)
                owning_ordered(e, ERR_INVALID, STR("there is no public key yet; set one first"), NULL);
        else
                asking_ask_copy(backup, e->who->session.person, key.pem, owning_ordered, e);
}

void edit_own_copy_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        int64_t backup = edit_number_of(edit_field_of(e, "backup"));

        if (backup == 0)
                reply_missing(e->portal, x);
        else
                order_copy(e, backup);
}

void edit_own_copy_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL && owning_log(e, "portal.backup-removed", STR("")) == 0)
                owning_ask(e, ASKING_REMOVE_COPY, 0, STR(ROOM), show_page);
}

/* "docs-backup-7-2026-11-23.esdk" */
void edit_own_copy_file(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);
        struct page_own_key page = { .backup = 0 };
        char day[CLOCK_ISO_LEN + 1];

        if (e == NULL || describe_key(e, &page) < 0)
                return;
        if (!page.ready) {
                reply_missing(e->portal, x);
                return;
        }
        clock_iso(page.made, day);
        owning_send_file(e, &(struct owning_file){
                .path = SEALED, .action = "portal.backup-fetched", .type = STR("application/octet-stream"),
                .detail = str_of(arena_printf(e->arena, "{\"backup\":%lld}", (long long)page.backup)),
                .name = str_of(arena_printf(e->arena, "%.*s-backup-%lld-%.*s.esdk", STR_ARG(owning_label(e)),
                                            (long long)page.backup, ISO_DATE, day)),
        });
}
