/*
 * inside.c -- /edit/backups/inside: which topics of a backup are not there today or have another text, and
 * the order to find out. A job writes that into the container; what is read here is of the wanted one.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "owning.h"
#include "page/inside.h"

/* parts.c of the job gives it this name when it is whole. */
#define INSIDE "inside.jsonl"
#define ROOM "/edit/backups/inside"

enum { ROWS_SHOWN = 50, LINE_BYTES_MAX = 64 * 1024 };

/* ---- the file ---- */

/* The next line without its end; false: there is none, or none that can be read. */
static bool next_line(FILE *file, struct buf *line, struct json **out)
{
        char piece[4096];

        buf_clear(line);
        while (fgets(piece, sizeof piece, file) != NULL && line->n < LINE_BYTES_MAX) {
                buf_puts(line, piece);
                if (line->n > 0 && line->p[line->n - 1] == '\n')
                        return json_parse(buf_str(line), out, NULL) == 0;
        }
        return false;
}

static FILE *open_inside(int64_t *made)
{
        struct stat st;
        int fd = -1;

        if (owning_find_file(INSIDE, &st))
                fd = open(INSIDE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;

        if (fd >= 0 && file == NULL)
                fd_close(&fd);
        *made = st.st_mtime;
        return file;
}

static void close_inside(FILE *const *file)
{
        if (*file != NULL && fclose(*file) != 0)
                return;         /* it was only read */
}

static bool read_head(FILE *file, struct buf *line, struct page_inside *page)
{
        struct json *head CLEANUP_JSON = NULL;

        if (!next_line(file, line, &head) || json_get_int(head, "backup") != page->backup.seq)
                return false;
        page->gone = json_get_int(head, "gone");
        page->changed = json_get_int(head, "changed");
        page->same = json_get_int(head, "same");
        page->listed = json_get_int(head, "listed");
        return true;
}

static void read_row(struct edit *e, const struct json *o, struct page_inside_row *out)
{
        *out = (struct page_inside_row){
                .gone = json_get_bool(o, "gone"),
                .project = arena_str(e->arena, json_get_text(o, "project")),
                .project_title = arena_str(e->arena, json_get_text(o, "project_title")),
                .topic = arena_str(e->arena, json_get_text(o, "topic")),
                .title = arena_str(e->arena, json_get_text(o, "title")),
                .updated = json_get_int(o, "updated"),
        };
}

/* `from` counts bytes, so that a later page costs no more than the first. Where no row begins is none. */
static void read_rows(struct edit *e, FILE *file, struct buf *line, int64_t from, struct page_inside *page)
{
        struct page_inside_row *rows = arena_array(e->arena, ROWS_SHOWN, sizeof *rows);

        page->rows = rows;
        page->deep = from > 0;
        if (from > 0 && fseek(file, (long)from, SEEK_SET) != 0)
                return;
        while (page->nrows < ROWS_SHOWN) {
                struct json *o CLEANUP_JSON = NULL;

                if (!next_line(file, line, &o))
                        return;
                read_row(e, o, &rows[page->nrows++]);
        }
        int64_t at = ftell(file);

        if (getc(file) != EOF)
                page->next = str_of(arena_printf(e->arena, ROOM "?backup=%lld&from=%lld",
                                                 (long long)page->backup.seq, (long long)at));
}

static void read_inside(struct edit *e, struct page_inside *page)
{
        FILE *file CLEANUP(close_inside) = open_inside(&page->made);
        struct buf line CLEANUP_BUF = { 0 };

        page->known = file != NULL && read_head(file, &line, page);
        if (page->known)
                read_rows(e, file, &line, edit_number_of(edit_query_of(e, "from")), page);
}

/* ---- the page ---- */

static void send_inside(struct edit *e, const struct page_backup *backup, const struct json *result)
{
        struct page_inside page = {
                .backup = *backup, .frame = edit_frame(e, EDIT_BACKUPS),
                .look = owning_errand(e, json_get(result, "look")),
        };
        struct buf out = { 0 };

        read_inside(e, &page);
        page_render_inside(&out, &page);
        edit_send(e, &out);
}

static void on_listed(void *ctx, int code, struct str sentence, const struct json *result)
{
        struct page_backup backup;

        if (owning_find_backup(ctx, code, sentence, result, &backup))
                send_inside(ctx, &backup, result);
}

static void show(struct edit *e)
{
        asking_ask(ASKING_LIST, 0, e->who->session.person, on_listed, e);
}

void edit_backup_inside(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        e->subject = edit_query_of(e, "backup");
        show(e);
}

void edit_backup_look_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        int64_t backup = edit_number_of(edit_field_of(e, "backup"));

        e->subject = edit_field_of(e, "backup");
        if (backup == 0)
                reply_missing(e->portal, x);
        else
                owning_ask(e, ASKING_LOOK, backup,
                           str_of(arena_printf(e->arena, ROOM "?backup=%lld", (long long)backup)), show);
}
