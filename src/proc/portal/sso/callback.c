/*
 * callback.c -- /login/sso/callback/NAME: the browser is back from a provider with a code.
 *
 *   state, cookie, provider, iss -> code for tokens -> signature and claims -> perhaps user info -> a
 *   session
 *
 * Each arrow may end it, and all ends look alike: the same page, a row in the log that says why. Until
 * the last arrow nothing but the journey itself has changed.
 */
#include <string.h>

#include "base/clock.h"
#include "journey.h"
#include "people/arrival.h"
#include "proc/portal/fetching.h"
#include "proc/portal/login/session.h"
#include "proc/portal/login/throttle.h"
#include "proc/portal/routes.h"
#include "provider.h"
#include "sso.h"
#include "store/credentials.h"

enum { RETRY_SECONDS = 60, CLOCK_LEEWAY = 60 };

/* Lives in the exchange's arena, but for the claims. */
struct callback {
        struct portal *portal;
        struct http_exchange *x;
        struct arena *arena;
        struct str address;
        struct str name;                /* of the provider, from the path */
        struct str redirect;
        struct journey journey;
        struct store_sso provider;
        struct str code;
        struct str iss;
        struct signon_tokens tokens;
        bool keys_anew;                 /* they were asked for a second time */
        struct json *claims;
        struct json *more;
};

static void end(struct callback *c)
{
        json_free(&c->claims);
        json_free(&c->more);
}

static void record_failure(const struct callback *c, struct str why)
{
        struct store *store = c->portal->store;
        struct str with = str_of(arena_printf(c->arena, "sso/%.*s", STR_ARG(c->name)));
        struct err err;
        int r = store_begin(store, &err);

        if (r == 0) {
                r = login_record(c->portal, "login.failed", 0, c->address, with, why, &err);
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r < 0)
                service_log(LOG_ERROR, "a failed sign-on was not recorded: %s", err.text);
}

/* Somebody else's fault or an attack: nobody learns here which. */
static void refuse(struct callback *c, struct str why)
{
        throttle_failed(c->portal->addresses_failing, c->address, clock_unix());
        record_failure(c, why);
        sso_send_notice(c->portal, c->x, 403, PAGE_SSO_REFUSED, c->provider.label, 0);
        end(c);
}

/* The provider is gone half-way. */
static void give_up(struct callback *c, struct str why)
{
        record_failure(c, why);
        sso_send_notice(c->portal, c->x, 503, PAGE_SSO_SILENT, c->provider.label, RETRY_SECONDS);
        end(c);
}

/* ---- the last step: whose account it is ---- */

/* In the transaction of the login. */
static int find_person(struct arrival *arrival, struct err *err)
{
        const struct callback *c = arrival->ctx;
        const struct people_arrival a = {
                .store = c->portal->store, .provider = &c->provider, .claims = c->claims, .more = c->more,
                .address = c->address, .now = clock_unix(),
        };

        return people_arrive(&a, &arrival->person, err);
}

/* Two factors by the provider's word, where this portal takes it (RFC 8176; OpenID Connect Core, 2). */
static bool is_strong(const struct callback *c)
{
        struct str factor = c->provider.factor;

        return factor.n > 0 && (signon_claim_holds(c->claims, "amr", factor) ||
                                str_eq(json_get_text(c->claims, "acr"), factor));
}

/* They proved themselves there after this; a provider that does not say when does not count. */
static bool proved_since(const struct callback *c, int64_t when)
{
        return json_kind(json_get(c->claims, "auth_time")) == JSON_KIND_NUMBER &&
               json_get_int(c->claims, "auth_time") >= when - CLOCK_LEEWAY;
}

static void log_in(struct callback *c)
{
        struct err err;
        struct arrival arrival = {
                .portal = c->portal, .x = c->x, .address = c->address, .next = c->journey.next,
                .with = arena_printf(c->arena, "sso/%.*s", STR_ARG(c->name)), .strong = is_strong(c),
                .stale = !proved_since(c, c->journey.begun), .step = find_person, .ctx = c,
        };
        int r = arrive(&arrival, &err);

        if (r == ERR_DENIED || r == ERR_NOT_FOUND || r == ERR_EXISTS || r == ERR_INVALID) {
                refuse(c, str_of(err.text));
                return;
        }
        if (r < 0) {
                service_log(LOG_ERROR, "sign-on not completed: %s", err.text);
                reply_error(c->portal, c->x, 500);
        }
        end(c);
}

/* The same person, in the same session, who has just proved themselves there. */
static int confirm_in(const struct callback *c, const struct identity *who, struct err *err)
{
        struct store *store = c->portal->store;
        int64_t person = 0;
        int r = store_sso_person(store, c->provider.id, json_get_text(c->claims, "sub"), &person, err);

        if (r < 0)
                return r;
        if (who->session.id != c->journey.session || person != who->session.person)
                return err_set(err, ERR_DENIED, "somebody else came back than who was asked to confirm");
        /* What the provider says counts for a password; for a second factor only where the portal says so. */
        struct store_factors factors = { .app = false };

        r = store_factors_find(store, person, &factors, err);
        if (r < 0)
                return r;
        if (store_factors_any(&factors) && !is_strong(c))
                return err_set(err, ERR_DENIED, "this account has a second factor; confirm with it");
        if (!proved_since(c, c->journey.begun))
                return err_set(err, ERR_DENIED, "the provider did not say that they proved themselves just "
                               "now (auth_time)");
        r = store_session_elevate(store, who->session.id, clock_unix() + PROOF_SECONDS, err);
        return r < 0 ? r : login_record(c->portal, "login.confirmed", person, c->address,
                                        str_of(arena_printf(c->arena, "sso/%.*s", STR_ARG(c->name))), STR(""),
                                        err);
}

static void confirm(struct callback *c)
{
        struct identity who = identity_of(c->portal, c->x);
        struct store *store = c->portal->store;
        struct err err;
        int r = store_begin(store, &err);

        if (r == 0) {
                r = who.known || who.newcomer
                            ? confirm_in(c, &who, &err)
                            : err_set(&err, ERR_DENIED, "the session that was to be confirmed has ended");
                if (r == 0)
                        r = store_commit_quietly(store, &err);
                else
                        store_rollback(store);
        }
        if (r < 0) {
                refuse(c, str_of(err.text));
                return;
        }
        reply_see_other(c->x, c->journey.next, NULL, 0);
        end(c);
}

static void finish(struct callback *c)
{
        if (c->journey.session != 0)
                confirm(c);
        else
                log_in(c);
}

/* Whether the provider could be asked; if not, this is over. */
static bool has_answered(struct callback *c, const struct fetching_answer *answer)
{
        sso_answered(c->provider.id, answer->status != 0);
        if (answer->status == 0)
                give_up(c, answer->why);
        return answer->status != 0;
}

/* ---- perhaps more about them ---- */

static void on_userinfo(void *ctx, const struct fetching_answer *answer)
{
        struct callback *c = ctx;
        struct err err;

        if (!has_answered(c, answer))
                return;
        if (signon_userinfo_parse(answer->status, answer->body, json_get_text(c->claims, "sub"), &c->more,
                                  &err) < 0)
                refuse(c, str_of(err.text));
        else
                finish(c);
}

static void ask_userinfo(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        struct callback *c = ctx;

        if (discovery == NULL) {
                give_up(c, why);
                return;
        }
        if (discovery->userinfo.n == 0) {
                finish(c);
                return;
        }
        struct str bearer = str_of(arena_printf(c->arena, "Bearer %.*s", STR_ARG(c->tokens.access_token)));

        fetching_get(discovery->userinfo, bearer, on_userinfo, c);
}

/* ---- the tokens ---- */

static void on_keys(void *ctx, const struct jws_keys *keys, struct str why)
{
        struct callback *c = ctx;
        const struct jws_expected expected = {
                .issuer = c->provider.issuer, .audience = c->provider.client, .nonce = c->journey.nonce,
                .now = clock_unix(),
        };
        struct err err;

        if (keys == NULL) {
                give_up(c, why);
                return;
        }
        int r = jws_id_token(keys, c->tokens.id_token, &expected, &c->claims, &err);

        if (r == ERR_NOT_FOUND && !c->keys_anew) {      /* the provider may have new ones */
                c->keys_anew = true;
                sso_fetch_keys(&c->provider, true, on_keys, c);
                return;
        }
        if (r < 0) {
                refuse(c, str_of(err.text));
                return;
        }
        const struct people_arrival a = {
                .store = c->portal->store, .provider = &c->provider, .claims = c->claims,
        };

        if (c->journey.session == 0 && c->tokens.access_token.n > 0 && people_arrival_needs_more(&a))
                sso_discover(&c->provider, false, ask_userinfo, c);
        else
                finish(c);
}

static void on_tokens(void *ctx, const struct fetching_answer *answer)
{
        struct callback *c = ctx;
        struct err err;

        if (!has_answered(c, answer))
                return;
        if (signon_tokens_parse(answer->status, answer->body, c->arena, &c->tokens, &err) < 0) {
                refuse(c, str_of(err.text));
                return;
        }
        sso_fetch_keys(&c->provider, false, on_keys, c);
}

static void ask_tokens(struct callback *c, const struct signon_discovery *discovery)
{
        const struct signon_client client = {
                .id = c->provider.client, .secret = c->provider.secret, .redirect = c->redirect,
                .method = (enum signon_method)c->provider.method,
        };
        struct buf form CLEANUP_BUF = { 0 }, authorization CLEANUP_BUF = { 0 };

        /* Room for all at once: nothing is left behind where a buffer was before it grew. */
        buf_reserve(&form, 3 * (c->code.n + c->redirect.n + client.id.n + client.secret.n) + 512);
        buf_reserve(&authorization, 4 * (client.id.n + client.secret.n) + 64);
        signon_token_form(&client, c->code, c->journey.verifier, &form);
        signon_authorization(&client, &authorization);
        fetching_post(discovery->token, buf_str(&authorization), buf_str(&form), on_tokens, c);
        explicit_bzero(form.p, form.cap);
        explicit_bzero(authorization.p, authorization.cap);
}

static void on_discovery(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        struct callback *c = ctx;

        if (discovery == NULL)
                give_up(c, why);
        else if (discovery->names_issuer && c->iss.n == 0)
                refuse(c, STR("the answer does not name its provider, and this one always does (iss)"));
        else
                ask_tokens(c, discovery);
}

/* ---- the way back ---- */

static struct str parameter(const struct callback *c, const char *name)
{
        struct str value;

        if (http_form_field(http_exchange_request(c->x)->query, name, c->arena, &value, NULL) < 0)
                return STR("");
        return value;
}

/* Which journey, to which provider, and that it is this one who answers (RFC 9207). */
static int check_way(struct callback *c, struct err *err)
{
        int r = journey_end(c->portal, c->x, parameter(c, "state"), &c->journey, err);

        if (r < 0)
                return r;
        r = store_sso_find_id(c->portal->store, c->journey.provider, c->arena, &c->provider, err);
        if (r < 0)
                return r == ERR_NOT_FOUND ? err_set(err, ERR_DENIED, "the provider was removed meanwhile")
                                          : r;
        if (!str_eq(c->provider.name, c->name))
                return err_set(err, ERR_DENIED, "the answer came to the address of another provider");
        if (!c->provider.enabled)
                return err_set(err, ERR_DENIED, "the provider was switched off meanwhile");
        c->iss = parameter(c, "iss");
        if (c->iss.n > 0 && !str_eq(c->iss, c->provider.issuer))
                return err_set(err, ERR_DENIED, "the answer comes from another provider (iss)");
        return 0;
}

static int check_answer(struct callback *c, struct err *err)
{
        struct str error = parameter(c, "error");

        c->code = parameter(c, "code");
        if (error.n > 0)
                return err_set(err, ERR_DENIED, "the provider answered with an error: %s",
                               signon_error_word(error));
        if (c->code.n == 0 || c->code.n > SIGNON_CODE_MAX)
                return err_set(err, ERR_DENIED, "the answer has no code");
        return 0;
}

/* A path is anybody's: in the log stands a name only where there could be such a provider. */
static struct str name_in(struct http_exchange *x)
{
        struct str path = http_exchange_request(x)->path, prefix = STR(SSO_CALLBACK);
        struct str name = str_make(path.p + prefix.n, path.n - prefix.n);

        for (size_t i = 0; i < name.n; i++)
                if (!(name.p[i] >= 'a' && name.p[i] <= 'z') && !(name.p[i] >= '0' && name.p[i] <= '9') &&
                    name.p[i] != '-')
                        return STR("");
        return name.n <= SSO_NAME_MAX ? name : STR("");
}

void sso_callback(struct conn *conn, struct http_exchange *x)
{
        struct arena *arena = http_exchange_arena(x);
        struct callback *c = arena_alloc(arena, sizeof *c);
        struct err err;

        *c = (struct callback){
                .portal = conn->portal, .x = x, .arena = arena, .address = visitor_address(conn, arena),
                .name = name_in(x),
        };
        unsigned seconds = throttle_wait(c->portal->addresses_failing, c->address, clock_unix());

        if (c->name.n == 0) {
                reply_missing(c->portal, x);
                return;
        }
        if (seconds > 0) {
                sso_send_notice(c->portal, x, 429, PAGE_SSO_THROTTLED, STR(""), seconds);
                return;
        }
        c->redirect = sso_redirect(c->portal, str_of(conn->host->name), c->name, arena);
        int r = check_way(c, &err);

        if (r == 0)
                r = check_answer(c, &err);
        if (r < 0)
                refuse(c, str_of(err.text));
        else
                sso_discover(&c->provider, false, on_discovery, c);
}
