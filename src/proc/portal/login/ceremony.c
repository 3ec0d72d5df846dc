/*
 * ceremony.c -- questions to passkeys and their answers.
 *
 * A passkey belongs to the host name of the connection, whatever else the request says; its origin is
 * that name with the port readers use. A login by nothing but a passkey needs the user verified (PIN,
 * finger, face): then it is two factors in one.
 */
#include "ceremony.h"

#include <string.h>

#include "base/clock.h"
#include "crypto/passkey.h"
#include "json/json.h"
#include "proc/portal/main.h"
#include "proc/portal/routes.h"
#include "waiting.h"

enum { QUESTION_SECONDS = 300, QUESTION_LEN = 1 + PASSKEY_CHALLENGE_LEN, HTTPS_PORT = 443 };

static bool needs_verification(enum ceremony purpose)
{
        return purpose == CEREMONY_LOGIN || purpose == CEREMONY_CONFIRM;
}

static enum pending_kind kind_of(enum ceremony purpose)
{
        return purpose == CEREMONY_REGISTER ? PENDING_ENROL : PENDING_PASSKEY;
}

/* What a passkey gives back to say whose it is: a number, and nothing about the person. */
static struct str handle_of(struct arena *arena, int64_t person)
{
        return str_of(arena_printf(arena, "person-%lld", (long long)person));
}

/* ---- the question ---- */

static struct str text_of(struct arena *arena, struct str bytes)
{
        struct buf text CLEANUP_BUF = { 0 };

        passkey_text(bytes, &text);
        return arena_str(arena, buf_str(&text));
}

static int put_keys(struct portal *portal, struct arena *arena, int64_t person, const char *name,
                    struct json *object, struct err *err)
{
        struct store_passkey *keys = NULL;
        struct json *list = json_new_array();
        size_t n = 0;
        int r = person > 0 ? store_passkey_list(portal->store, person, arena, &keys, &n, err) : 0;

        for (size_t i = 0; r == 0 && i < n; i++)
                json_append_text(list, text_of(arena, keys[i].credential));
        json_put(object, name, list);
        return r;
}

static int put_person(struct portal *portal, struct arena *arena, int64_t person, struct json *object,
                      struct err *err)
{
        struct store_person found;
        int r = store_person_find(portal->store, person, arena, &found, err);

        if (r < 0)
                return r;
        json_put_text(object, "rp_name", site_of(portal)->title);
        json_put_text(object, "user_id", text_of(arena, handle_of(arena, person)));
        json_put_text(object, "user_name", found.login);
        json_put_text(object, "user_title", found.name.n > 0 ? found.name : found.login);
        return 0;
}

static int describe(struct conn *conn, struct arena *arena, enum ceremony purpose, int64_t person,
                    const uint8_t *challenge, struct json *object, struct err *err)
{
        char text[PASSKEY_CHALLENGE_TEXT_LEN + 1];
        bool registers = purpose == CEREMONY_REGISTER;
        int r = put_keys(conn->portal, arena, person, registers ? "exclude" : "allow", object, err);

        if (r == 0 && registers)
                r = put_person(conn->portal, arena, person, object, err);
        passkey_challenge_text(challenge, text);
        json_put_text(object, "challenge", str_of(text));
        json_put_text(object, "rp_id", str_of(conn->host->name));
        json_put_text(object, "verification", needs_verification(purpose) ? STR("required")
                                                                          : STR("preferred"));
        return r;
}

static void send_json(struct http_exchange *x, const struct json *object, struct http_header cookie)
{
        struct buf out = { 0 };
        size_t n;

        json_render(object, false, &out);
        char *bytes = buf_detach(&out, &n);

        http_reply(x, &(struct http_response){
                .content_type = STR("application/json; charset=utf-8"),
                .cache_control = STR("private, no-store"), .extra = &cookie, .nextra = 1,
                .body = http_body_owned(bytes, n),
        });
}

static int keep_question(struct conn *conn, struct http_exchange *x, enum ceremony purpose,
                         int64_t person, struct str question, struct http_header *cookie,
                         struct err *err)
{
        const struct store_pending pending = {
                .kind = kind_of(purpose), .person = person, .data = question, .return_to = STR("/"),
                .expires = clock_unix() + QUESTION_SECONDS,
        };
        struct store *store = conn->portal->store;
        int r = store_begin(store, err);

        if (r < 0)
                return r;
        r = waiting_begin(conn->portal, x, &pending, COOKIE_PASSKEY, cookie, err);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        return store_commit_quietly(store, err);
}

void ceremony_start(struct conn *conn, struct http_exchange *x, enum ceremony purpose, int64_t person)
{
        struct json *object CLEANUP_JSON = json_new_object();
        struct http_header cookie = { 0 };
        uint8_t question[QUESTION_LEN] = { (uint8_t)purpose };
        struct err err;

        passkey_challenge_new(question + 1);
        int r = keep_question(conn, x, purpose, person, str_make((const char *)question, sizeof question),
                              &cookie, &err);

        if (r == 0)
                r = describe(conn, http_exchange_arena(x), purpose, person, question + 1, object, &err);
        if (r < 0) {
                service_log(LOG_ERROR, "passkey: %s", err.text);
                reply_error(conn->portal, x, 500);
                return;
        }
        send_json(x, object, cookie);
}

/* ---- the answer ---- */

static void forget(struct portal *portal, int64_t pending)
{
        struct err err;
        int r = store_begin(portal->store, &err);

        if (r < 0)
                return;
        r = store_pending_take(portal->store, pending, &err);
        if (r < 0)
                store_rollback(portal->store);
        else if (store_commit_quietly(portal->store, &err) < 0)
                service_log(LOG_WARNING, "a passkey's question was not used up: %s", err.text);
}

static int find_question(struct conn *conn, struct http_exchange *x, enum ceremony purpose,
                         int64_t person, struct store_pending *out, struct err *err)
{
        if (!waiting_find(conn->portal, x, COOKIE_PASSKEY, kind_of(purpose), out) ||
            out->person != person || out->data.n != QUESTION_LEN || out->data.p[0] != (char)purpose)
                return err_set(err, ERR_NOT_FOUND, "nobody asked this passkey, or too long ago; try again");
        return 0;
}

static struct passkey_ceremony expected(const struct conn *conn, struct arena *arena,
                                        enum ceremony purpose, const struct store_pending *question)
{
        unsigned port = conn->portal->setup->https_port;
        struct str *origin = arena_alloc(arena, sizeof *origin);
        struct passkey_ceremony c = {
                .rp_id = str_of(conn->host->name), .origins = origin, .origin_count = 1,
                .require_verification = needs_verification(purpose),
        };

        *origin = str_of(port == HTTPS_PORT ? arena_printf(arena, "https://%s", conn->host->name)
                                            : arena_printf(arena, "https://%s:%u", conn->host->name, port));
        memcpy(c.challenge, question->data.p + 1, sizeof c.challenge);
        return c;
}

static int field(struct http_exchange *x, const char *name, struct str *out, struct err *err)
{
        return passkey_bytes(form_field(x, name), http_exchange_arena(x), out, err);
}

static int read_stored(const struct store_passkey *row, struct passkey *out, struct err *err)
{
        if (row->credential.n > sizeof out->id || row->public_key.n > sizeof out->key)
                return err_set(err, ERR_CORRUPT, "a stored passkey is damaged");
        *out = (struct passkey){
                .id_len = row->credential.n, .algorithm = (enum passkey_algorithm)row->algorithm,
                .key_len = row->public_key.n, .counter = row->counter,
                .backup_eligible = row->backup_eligible,
        };
        memcpy(out->id, row->credential.p, row->credential.n);
        memcpy(out->key, row->public_key.p, row->public_key.n);
        return 0;
}

/* The key that was named, and whether it is theirs (7.2, steps 5 and 6). */
static int find_key(struct conn *conn, struct http_exchange *x, int64_t person,
                    struct store_passkey *out, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct str credential = STR(""), handle = STR("");
        int r = field(x, "credential", &credential, err);

        if (r == 0)
                r = field(x, "user_handle", &handle, err);
        if (r == 0)
                r = store_passkey_find(conn->portal->store, credential, arena, out, err);
        if (r < 0)
                return r;
        bool theirs = str_eq(handle, handle_of(arena, out->person));

        if (person > 0 ? out->person != person || (handle.n > 0 && !theirs) : !theirs)
                return err_set(err, ERR_DENIED, "this passkey is somebody else's");
        return 0;
}

static int judge(struct http_exchange *x, const struct passkey_ceremony *c,
                 const struct store_passkey *key, struct passkey_use *out, struct err *err)
{
        struct passkey stored;
        struct str client_data = STR(""), auth_data = STR(""), signature = STR("");
        int r = read_stored(key, &stored, err);

        if (r == 0)
                r = field(x, "client_data", &client_data, err);
        if (r == 0)
                r = field(x, "auth_data", &auth_data, err);
        if (r == 0)
                r = field(x, "signature", &signature, err);
        return r < 0 ? r : passkey_login(c, &stored, client_data, auth_data, signature, out, err);
}

int ceremony_prove(struct conn *conn, struct http_exchange *x, enum ceremony purpose, int64_t person,
                   struct ceremony_proof *out, struct err *err)
{
        struct store_pending question;
        struct passkey_use use = { 0 };

        *out = (struct ceremony_proof){ .pending = 0 };
        int r = find_question(conn, x, purpose, person, &question, err);

        if (r < 0)
                return r;
        const struct passkey_ceremony c = expected(conn, http_exchange_arena(x), purpose, &question);

        out->pending = question.id;
        r = find_key(conn, x, person, &out->key, err);
        if (r == 0)
                r = judge(x, &c, &out->key, &use, err);
        if (r < 0) {
                forget(conn->portal, question.id);
                return r;
        }
        out->use = (struct store_passkey_use){ use.counter, use.user_verified, use.backed_up };
        return 0;
}

int ceremony_use(struct store *store, const struct ceremony_proof *proof, struct err *err)
{
        int r = store_pending_take(store, proof->pending, err);

        return r < 0 ? r : store_passkey_use(store, proof->key.id, &proof->use, clock_unix(), err);
}

/* ---- a new passkey ---- */

static unsigned read_transports(struct str list)
{
        unsigned transports = 0;

        while (list.n > 0)
                transports |= passkey_transport_of(str_cut(&list, ','));
        return transports;
}

static int read_new(struct http_exchange *x, const struct passkey_ceremony *c, struct passkey *out,
                    struct err *err)
{
        struct str client_data = STR(""), attestation = STR("");
        int r = field(x, "client_data", &client_data, err);

        if (r == 0)
                r = field(x, "attestation", &attestation, err);
        return r < 0 ? r : passkey_register(c, client_data, attestation, out, err);
}

int ceremony_register(struct conn *conn, struct http_exchange *x, int64_t person,
                      struct ceremony_proof *out, struct err *err)
{
        struct arena *arena = http_exchange_arena(x);
        struct passkey *made = arena_alloc(arena, sizeof *made);
        struct store_pending question;

        *out = (struct ceremony_proof){ .pending = 0 };
        int r = find_question(conn, x, CEREMONY_REGISTER, person, &question, err);

        if (r < 0)
                return r;
        const struct passkey_ceremony c = expected(conn, arena, CEREMONY_REGISTER, &question);

        r = read_new(x, &c, made, err);
        if (r < 0) {
                forget(conn->portal, question.id);
                return r;
        }
        out->pending = question.id;
        out->key = (struct store_passkey){
                .person = person, .algorithm = made->algorithm, .counter = made->counter,
                .credential = str_make((const char *)made->id, made->id_len),
                .public_key = str_make((const char *)made->key, made->key_len),
                .model = str_make((const char *)made->aaguid, sizeof made->aaguid),
                .transports = read_transports(form_field(x, "transports")),
                .user_verified = made->user_verified, .backup_eligible = made->backup_eligible,
                .backed_up = made->backed_up, .name = str_trim(form_field(x, "name")),
        };
        return 0;
}

int ceremony_keep(struct store *store, const struct ceremony_proof *proof, struct err *err)
{
        int64_t id;
        int r = store_pending_take(store, proof->pending, err);

        return r < 0 ? r : store_passkey_add(store, &proof->key, clock_unix(), &id, err);
}
