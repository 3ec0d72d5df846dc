/*
 * spool.c -- letters on disk (docs/formats/spool.md). A file is written beside its place, flushed, and put
 * there in one step, so a crash leaves a whole letter or none.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "courier.h"
#include "json/json.h"

enum { FILE_MAX = 64 * 1024, NAME_ROOM = 32 + LETTER_ID_MAX + 16, VERSION = 1 };

static const char failures_file[] = "failures.json";

static void file_name(char out[static NAME_ROOM], uint64_t portal, const char *id)
{
        snprintf(out, NAME_ROOM, "%llu-%s.letter", (unsigned long long)portal, id);
}

int spool_write(const struct spooled *l, struct err *err)
{
        struct json *o CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };
        char name[NAME_ROOM], id[LETTER_ID_MAX + 1];

        json_put_int(o, "version", VERSION);
        json_put_int(o, "portal", (int64_t)l->portal);
        json_put_text(o, "id", l->id);
        json_put_int(o, "kind", l->kind);
        json_put_text(o, "language", l->language);
        json_put_text(o, "to", l->to);
        json_put_text(o, "name", l->name);
        json_put_text(o, "site", l->site);
        json_put_text(o, "link", l->link);
        if (l->kind == LETTER_NOTE) {
                json_put_text(o, "subject", l->subject);
                json_put_text(o, "text", l->text);
        }
        json_put_int(o, "accepted", l->accepted);
        json_put_int(o, "expires", l->expires);
        json_put_int(o, "due", l->due);
        json_put_int(o, "attempts", l->attempts);
        json_render(o, false, &text);
        snprintf(id, sizeof id, "%.*s", STR_ARG(l->id));
        file_name(name, l->portal, id);
        int r = fd_replace(AT_FDCWD, name, 0600, text.p, text.n, err);

        if (text.p != NULL)
                explicit_bzero(text.p, text.n);
        return r;
}

static int parse(struct str text, struct arena *arena, struct spooled *out, struct err *err)
{
        struct json *o CLEANUP_JSON = NULL;
        int r = json_parse(text, &o, err);

        if (r < 0)
                return err_wrap(err, ERR_CORRUPT, "a letter in the spool");
        uint32_t kind = (uint32_t)json_get_int(o, "kind");

        if (json_get_int(o, "version") != VERSION || (!letter_kind_known(kind) && kind != LETTER_NOTE))
                return err_set(err, ERR_CORRUPT, "a letter in the spool is of a kind this release does not "
                               "know");
        *out = (struct spooled){
                .portal = (uint64_t)json_get_int(o, "portal"),
                .id = arena_str(arena, json_get_text(o, "id")),
                .kind = kind,
                .language = arena_str(arena, json_get_text(o, "language")),
                .to = arena_str(arena, json_get_text(o, "to")),
                .name = arena_str(arena, json_get_text(o, "name")),
                .site = arena_str(arena, json_get_text(o, "site")),
                .link = arena_str(arena, json_get_text(o, "link")),
                .subject = arena_str(arena, json_get_text(o, "subject")),
                .text = arena_str(arena, json_get_text(o, "text")),
                .accepted = json_get_int(o, "accepted"),
                .expires = json_get_int(o, "expires"),
                .due = json_get_int(o, "due"),
                .attempts = (unsigned)json_get_int(o, "attempts"),
        };
        return 0;
}

static int read_file(const char *name, struct arena *arena, struct spooled *out, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        int r = fd_slurp(AT_FDCWD, name, FILE_MAX, &text, err);

        return r < 0 ? r : parse(buf_str(&text), arena, out, err);
}

int spool_read(uint64_t portal, const char *id, struct arena *arena, struct spooled *out, struct err *err)
{
        char name[NAME_ROOM];

        file_name(name, portal, id);
        return read_file(name, arena, out, err);
}

/* Not flushed: should it come back after a crash, the letter is sent twice with the same Message-ID. */
void spool_remove(uint64_t portal, const char *id)
{
        char name[NAME_ROOM];

        file_name(name, portal, id);
        if (unlink(name) < 0 && errno != ENOENT)
                service_log(LOG_ERROR, "a letter that was sent stays in the spool: %s", strerror(errno));
}

static void look_at(struct courier *c, const char *name, spool_letter_fn *each, unsigned *damaged)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        char expected[NAME_ROOM], id[LETTER_ID_MAX + 1];
        struct spooled letter = { .portal = 0 };
        struct err err;

        if (str_ends(str_of(name), STR(".part"))) {
                unlink(name);           /* a crash while it was written: nobody was told that it is here */
                return;
        }
        if (!str_ends(str_of(name), STR(".letter")))
                return;
        if (read_file(name, arena, &letter, &err) < 0) {
                service_log(LOG_ERROR, "spool file %s: %s", service_quote(str_of(name)).text, err.text);
                ++*damaged;
                return;
        }
        snprintf(id, sizeof id, "%.*s", STR_ARG(letter.id));
        file_name(expected, letter.portal, id);
        if (strcmp(expected, name) == 0)
                each(c, &letter);
        else
                ++*damaged;
}

int spool_each(struct courier *c, spool_letter_fn *each, unsigned *damaged, struct err *err)
{
        DIR *dir = opendir(".");

        if (dir == NULL)
                return err_errno(err, "read the spool");
        for (struct dirent *e; (e = readdir(dir)) != NULL;)
                look_at(c, e->d_name, each, damaged);
        closedir(dir);
        return 0;
}

/* ---- letters that were given up ---- */

void spool_write_failures(const struct courier *c)
{
        struct json *list CLEANUP_JSON = json_new_array();
        struct buf text CLEANUP_BUF = { 0 };
        struct err err;

        for (unsigned i = 0; i < c->nfailures; i++) {
                struct json *o = json_new_object();

                json_put_int(o, "time", c->failures[i].time);
                json_put_int(o, "portal", (int64_t)c->failures[i].portal);
                json_put_int(o, "kind", c->failures[i].kind);
                json_put_text(o, "why", str_of(c->failures[i].why));
                json_append(list, o);
        }
        json_render(list, false, &text);
        if (fd_replace(AT_FDCWD, failures_file, 0600, text.p, text.n, &err) < 0)
                service_log(LOG_ERROR, "the list of failed letters is not written: %s", err.text);
}

void spool_read_failures(struct courier *c)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct json *list CLEANUP_JSON = NULL;

        if (fd_slurp(AT_FDCWD, failures_file, FILE_MAX, &text, NULL) < 0 ||
            json_parse(buf_str(&text), &list, NULL) < 0)
                return;
        for (size_t i = 0; i < json_length(list) && c->nfailures < FAILURES_KEPT; i++) {
                const struct json *o = json_at(list, i);
                struct failure *f = &c->failures[c->nfailures++];

                f->time = json_get_int(o, "time");
                f->portal = (uint64_t)json_get_int(o, "portal");
                f->kind = (uint32_t)json_get_int(o, "kind");
                snprintf(f->why, sizeof f->why, "%.*s", STR_ARG(json_get_text(o, "why")));
        }
}
