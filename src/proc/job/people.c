/*
 * people.c -- the operator's orders about people: taken to lib/people, which the browser and the API use
 * too.
 *
 * What only happens here is a secret of the operator's. A password that they chose is read from its
 * descriptor, held against the portal's rules, hashed, wiped; nothing else ever sees it. The secret of a
 * client at a sign-on provider is read and stored.
 */
#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "crypto/password.h"
#include "crypto/secret.h"
#include "json/json.h"
#include "orders.h"
#include "people/csv.h"
#include "people/people.h"
#include "store/audit.h"
#include "store/sso.h"

enum { JOB_BUSY_MS = 30000, PORTAL_BUSY_MS = 10000 };

static void note(void *ctx, struct str sentence)
{
        job_note(ctx, 1, STR(""), 0, sentence);
}

/* The table of an import, as it stands; lib/people looks at every byte of it. */
static int take_table(int fd, struct json *arguments, struct err *err)
{
        struct buf text CLEANUP_BUF = { 0 };
        int r = fd_read_to_end(fd, CSV_BYTES_MAX + 1, &text, err);

        if (r == 0)
                json_put_text(arguments, "csv", buf_str(&text));
        return r;
}

static int read_whole(int fd, char *out, size_t size, size_t *out_n, struct err *err)
{
        size_t n = 0;

        while (n < size) {
                ssize_t got = read(fd, out + n, size - n);

                if (got < 0 && errno == EINTR)
                        continue;
                if (got < 0)
                        return err_errno(err, "read the password");
                if (got == 0)
                        break;
                n += (size_t)got;
        }
        *out_n = n;
        return 0;
}

/* The account it is for need not exist yet. */
static int hash_password(struct job *job, const struct people_request *request, int fd,
                         struct arena *arena, char hash[static PASSWORD_HASH_SIZE], struct err *err)
{
        char form[PASSWORD_BYTES_MAX + 1];      /* one more than may come, so that too much is seen */
        struct password pw CLEANUP_PASSWORD = { 0 };
        struct store_person person;
        size_t n = 0;
        int r = people_described(request, arena, &person, err);

        if (r == 0)
                r = read_whole(fd, form, sizeof form, &n, err);
        if (r < 0)
                return r;
        r = password_take(form, n, &pw, err);
        if (r == 0)
                r = password_allowed(request->store, &person,
                                     json_get_text(request->arguments, "portal"), &pw, arena, err);
        return r < 0 ? r : password_hash(&pw, &job->cost, hash, err);
}

static int read_secret(int fd, char out[static SSO_SECRET_MAX + 1], struct str *secret, struct err *err)
{
        size_t n = 0;
        int r = read_whole(fd, out, SSO_SECRET_MAX + 1, &n, err);

        if (r == 0 && n == 0)
                r = err_set(err, ERR_INVALID, "the client's secret is empty");
        if (r == 0)
                *secret = str_make(out, n);
        return r;               /* one that is too long is refused by its length */
}

int order_people(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options options = { .busy_ms = JOB_BUSY_MS };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct store *store CLEANUP_STORE = NULL;
        struct json *arguments CLEANUP_JSON = NULL;
        struct json *result CLEANUP_JSON = NULL;
        char hash[PASSWORD_HASH_SIZE] = "", secret[SSO_SECRET_MAX + 1];
        struct str verb = message_get_str(msg);
        int r = json_parse(message_get_str(msg), &arguments, err);

        if (r == 0 && (!people_knows(verb) || (fd >= 0 && people_brings(verb) == PEOPLE_BRINGS_NOTHING)))
                r = err_set(err, ERR_UNSUPPORTED, "this job does not know such an order about people");
        if (r == 0)
                r = store_open(".", &options, &store, err);
        if (r < 0)
                return r;
        struct people_request request = {
                .store = store, .verb = verb, .arguments = arguments, .door = PEOPLE_DOOR_COMMAND,
                .actor = AUDIT_HOST, .now = clock_unix(), .mail = job->mail, .note = note, .ctx = job,
        };

        if (fd >= 0 && people_brings(verb) == PEOPLE_MAY_BRING_SECRET) {
                r = read_secret(fd, secret, &request.secret, err);
        } else if (fd >= 0 && people_brings(verb) == PEOPLE_MAY_BRING_TABLE) {
                r = take_table(fd, arguments, err);
        } else if (fd >= 0) {
                r = hash_password(job, &request, fd, arena, hash, err);
                request.hash = str_of(hash);
        }
        if (r == 0)
                r = people_order(&request, &result, err);
        secret_wipe(secret, sizeof secret);
        if (r == 0)
                json_render(result, false, &job->json);
        return r;
}

/* ---- for a person in the browser, or their program ---- */

enum { ARGUMENTS_MAX = 2 * 1024 * 1024 };

/* Waits for the ORDER behind its parts; *msg is that one then. */
static int join_parts(struct job *job, struct message *msg, struct buf *parts, struct err *err)
{
        int fd = -1, r = 0;

        parts->max = ARGUMENTS_MAX;
        while (r == 0 && msg->type == MSG_ORDER_PART) {
                buf_add_str(parts, message_get_str(msg));
                r = job_await(job, msg, &fd, err);
                fd_close(&fd);
        }
        if (r == 0 && (msg->type != MSG_ORDER || parts->over))
                return err_set(err, ERR_PROTOCOL, "this is no order that a job can carry out");
        return r;
}

/* The log leaves as lines, not as a JSON value: so many would cost the portal's loop too much to
 * take apart. */
static int export_log(struct job *job, struct store *store, const struct json *arguments, struct err *err)
{
        int64_t last;

        return people_log_lines(store, json_get_int(arguments, "after"), &job->json, &last, err);
}

int order_of_portal(struct job *job, struct message *msg, int fd, struct err *err)
{
        const struct store_options options = { .busy_ms = PORTAL_BUSY_MS };
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct buf text CLEANUP_BUF = { 0 };
        struct store *store CLEANUP_STORE = NULL;
        struct json *arguments CLEANUP_JSON = NULL;
        struct json *result CLEANUP_JSON = NULL;
        int r = join_parts(job, msg, &text, err);

        (void)fd;
        if (r < 0)
                return r;
        struct people_request request = {
                .door = PEOPLE_DOOR_PORTAL, .now = clock_unix(), .mail = job->mail, .note = note, .ctx = job,
        };

        request.actor = (int64_t)message_get_u64(msg);
        request.token = (int64_t)message_get_u64(msg);
        request.tell_links = request.token == 0;        /* a program hears of what no letter brings */
        request.address = arena_str(arena, message_get_str(msg));
        request.seen_by = arena_str(arena, message_get_str(msg));
        request.seen = arena_str(arena, message_get_str(msg));
        request.verb = arena_str(arena, message_get_str(msg));
        buf_add_str(&text, message_get_str(msg));
        r = text.over ? err_set(err, ERR_LIMIT, "the order is too long") :
                        json_parse(buf_str(&text), &arguments, err);
        if (r == 0)
                r = store_open(".", &options, &store, err);
        if (r < 0)
                return r;
        if (str_is(request.verb, "audit.export"))
                return export_log(job, store, arguments, err);
        request.store = store;
        request.arguments = arguments;
        r = people_order(&request, &result, err);
        if (r == 0)
                json_render(result, false, &job->json);
        return r;
}

/* ---- a new portal's owner ---- */

/* The portal came from elsewhere and knows its owner: an account has one password, not two links. */
static int reset_owner(struct people_request *request, const struct store_person *person,
                       struct json **out, struct err *err)
{
        if (person->role != ROLE_ADMINISTRATOR)
                return err_set(err, ERR_INVALID, "%.*s has an account in this export but is a %s; name an "
                               "administrator as owner", STR_ARG(person->login),
                               person_role_name(person->role));
        request->verb = STR("user.reset");
        return people_order(request, out, err);
}

int order_invite_owner(struct job *job, struct store *store, struct str address, struct json **out,
                       struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct json *arguments CLEANUP_JSON = json_new_object();
        struct people_request request = {
                .store = store, .arguments = arguments, .door = PEOPLE_DOOR_COMMAND,
                .actor = AUDIT_HOST, .now = clock_unix(), .mail = job->mail, .note = note, .ctx = job,
        };
        struct store_person person;
        struct str login;
        int r = store_login_fold(address, arena, &login, err);

        /* Whether the command line shows it besides the letter is the registry's to decide. */
        json_put_bool(arguments, "print_link", true);

        if (r < 0)
                return r;
        json_put_text(arguments, "email", login);
        r = store_person_find_login(store, login, arena, &person, err);
        if (r == 0)
                return reset_owner(&request, &person, out, err);
        return r == ERR_NOT_FOUND ? people_invite_owner(&request, address, out, err) : r;
}
