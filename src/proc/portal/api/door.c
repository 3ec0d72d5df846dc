/*
 * door.c -- the one way to an operation of the API: token, living person, role, scope, input, and only
 * then the function behind the row.
 *
 * A token is taken from the header Authorization and from nowhere else; cookies are not looked at, so no
 * page of another site can make a browser do anything here, and no answer carries a header that would let
 * one read it.
 */
#include "api.h"

#include "base/clock.h"
#include "call.h"
#include "crypto/token.h"
#include "input.h"
#include "people/people.h"
#include "proc/portal/identity.h"
#include "proc/portal/login/throttle.h"

struct str call_text(const struct api_call *call, const char *name)
{
        return json_get_text(call->input, name);
}

int64_t call_number(const struct api_call *call, const char *name)
{
        return json_get_int(call->input, name);
}

/* ---- which operation ---- */

static struct str allow_header(unsigned methods, struct arena *arena)
{
        struct buf text CLEANUP_BUF = { 0 };

        for (unsigned m = HTTP_GET; m <= HTTP_OPTIONS; m++) {
                if ((methods & 1u << m) == 0)
                        continue;
                if (text.n > 0)
                        buf_puts(&text, ", ");
                buf_puts(&text, http_method_name((enum http_method)m));
        }
        return arena_str(arena, buf_str(&text));
}

static bool find(const struct api_call *call, struct api_match *match, struct problem *problem)
{
        const struct http_request *req = http_exchange_request(call->x);

        api_find(req->method, req->path, call->arena, match);
        if (match->op != NULL)
                return true;
        if (match->methods == 0) {
                problem_missing(problem);
                return false;
        }
        problem->allow = allow_header(match->methods, call->arena);
        problem_set(problem, 405, "This address does not know that method; it knows %.*s.",
                    STR_ARG(problem->allow));
        return false;
}

/* ---- who asks ---- */

/* "Bearer TOKEN", one header (RFC 6750, 2.1). */
static bool shown_token(const struct http_request *req, struct digest *out)
{
        size_t at = 0;
        struct str value = http_request_header_next(req, "authorization", &at);

        if (value.p == NULL || http_request_header_next(req, "authorization", &at).p != NULL)
                return false;
        return str_eq_nocase(str_cut(&value, ' '), STR("Bearer")) &&
               token_digest(TOKEN_API, str_trim(value), out, NULL) == 0;
}

/*
 * Who is not known is not served, and who comes with wrong tokens again and again is told to wait. A good
 * token is served all the same: many programs may share an address with one that is badly set up.
 */
static void refuse_token(struct api_call *call, struct problem *problem)
{
        struct str from = visitor_address(call->conn, call->arena);
        unsigned seconds = throttle_wait(call->portal->tokens_failing, from, call->now);

        problem->authenticate = STR("Bearer realm=\"Carrel API\", error=\"invalid_token\"");
        if (seconds > 0) {
                problem_set(problem, 429, "Too many tokens from your address were not valid. Mend the "
                            "program that sends them, and wait %u s.", seconds);
                problem->retry_after = seconds;
                return;
        }
        throttle_failed(call->portal->tokens_failing, from, call->now);
        service_log(LOG_NOTICE, "api token refused from=%s", service_quote(from).text);
        problem_set(problem, 401, "This token is not valid here. It may have ended or been revoked, or it is "
                    "another portal's; make a new one at /account/tokens.");
}

static void touch(struct api_call *call)
{
        struct store *store = call->portal->store;
        struct err err;

        if (!store_api_token_is_due(&call->token, call->now) || store_begin(store, &err) < 0)
                return;
        if (store_api_token_touch(store, call->token.id, call->now, &err) < 0)
                store_rollback(store);
        else if (store_commit_quietly(store, &err) < 0)
                service_log(LOG_WARNING, "api token not touched: %s", err.text);
}

static bool identify(struct api_call *call, struct problem *problem)
{
        const struct http_request *req = http_exchange_request(call->x);
        struct digest digest;
        struct err err;

        if (http_request_header(req, "authorization").p == NULL) {
                problem->authenticate = STR("Bearer realm=\"Carrel API\"");
                problem_set(problem, 401, "Send a token in the header Authorization, as 'Bearer crl_...'. "
                            "People make tokens at /account/tokens.");
                return false;
        }
        int r = shown_token(req, &digest)
                        ? store_api_token_find(call->portal->store, &digest, call->now, call->arena,
                                               &call->token, &err)
                        : ERR_NOT_FOUND;

        if (r == ERR_NOT_FOUND) {
                refuse_token(call, problem);
                return false;
        }
        if (r < 0) {
                service_log(LOG_ERROR, "api token not looked up: %s", err.text);
                problem_of_error(problem, &err);
                return false;
        }
        touch(call);
        call->reader = (struct reader){
                .kind = READER_PERSON, .person = call->token.person, .now = call->now,
        };
        return true;
}

static bool may(struct api_call *call, struct problem *problem)
{
        const struct api_op *op = call->op;

        if (!who_includes(op->who, call->token.role)) {
                problem_set(problem, 403, "This is for the role %s, and the token's person is %s. Ask an "
                            "administrator of the portal.", who_name(op->who),
                            person_role_name(call->token.role));
                return false;
        }
        if (op->scope == SCOPE_NONE || (call->token.scopes & op->scope) != 0)
                return true;
        const char *scope = scope_name((enum scope)op->scope);

        problem->authenticate = str_of(arena_printf(
                call->arena, "Bearer realm=\"Carrel API\", error=\"insufficient_scope\", scope=\"%s\"",
                scope));
        problem_set(problem, 403, "This token has not the scope %s. Make one that has it at /account/tokens.",
                    scope);
        return false;
}

/* Asked before the body comes: only who may send so long a one is let send it. */
size_t api_body_limit(struct conn *conn, const struct http_request *req)
{
        struct arena *arena CLEANUP_ARENA = arena_new(1024);
        struct store_api_token token;
        struct api_match match;
        struct digest digest;

        api_find(req->method, req->path, arena, &match);
        if (match.op == NULL || !api_takes(match.op, API_TABLE))
                return API_BODY_MAX;
        bool may_send = shown_token(req, &digest) &&
                        store_api_token_find(conn->portal->store, &digest, clock_unix(), arena, &token,
                                             NULL) == 0 &&
                        who_includes(match.op->who, token.role) && (token.scopes & match.op->scope) != 0;

        return may_send ? API_LONG_BODY_MAX : API_BODY_MAX;
}

/* ---- the answer ---- */

static void answer(struct api_call *call)
{
        bool reads = call->op->method == HTTP_GET;
        struct http_response response = {
                .status = call->op->status,
                .content_type = STR("application/json"),
                .content_disposition = STR("attachment; filename=\"answer.json\""),
                .csp = HTTP_CSP_FILE,
        };
        struct buf out = { 0 };
        size_t n;

        if (reads)
                response.etag = call->etag.n > 0 ? call->etag : people_tag(call->output, call->arena);
        if (reads && http_check_conditions(http_exchange_request(call->x), response.etag, 0, true) ==
                             HTTP_NOT_MODIFIED) {
                response.status = 304;
                http_reply(call->x, &response);
                return;
        }
        json_render(call->output, false, &out);
        char *bytes = buf_detach(&out, &n);

        response.body = http_body_owned(bytes, n);
        http_reply(call->x, &response);
}

/* A condition that nobody would look at must not pass for one that holds. */
static bool conditions_can_hold(const struct api_call *call, struct problem *problem)
{
        const struct http_request *req = http_exchange_request(call->x);

        if (http_request_header(req, "if-match").p == NULL || api_shown_by(call->op) != NULL)
                return true;
        problem_set(problem, 400, "This operation has no state to compare; leave If-Match out.");
        return false;
}

static bool went_well(const struct api_call *call, int r, struct err *err, struct problem *problem)
{
        if (r == 0)
                return true;
        err->code = r;
        if (problem_of_error(problem, err))
                service_log(LOG_ERROR, "api %s: %s", call->op->id, err->text);
        return false;
}

static bool carry_out(struct api_call *call, struct problem *problem)
{
        struct err err = { 0 };

        return went_well(call, call->op->run(call, &err), &err, problem);
}

void call_answer_late(struct api_call *call, int r, struct err *err)
{
        struct api_call mine = *call;   /* the answer may end the arena that call lies in */
        struct problem problem = { .status = 0 };

        if (went_well(&mine, r, err, &problem))
                answer(&mine);
        else
                problem_reply(mine.x, &problem);
        json_free(&mine.input);
        json_free(&mine.output);
}

void api_handle(struct conn *conn, struct http_exchange *x)
{
        struct problem problem = { .status = 0 };
        struct api_match match;
        struct api_call call = {
                .conn = conn, .portal = conn->portal, .x = x, .arena = http_exchange_arena(x),
                .reader = reader_anonymous, .now = clock_unix(), .input = json_new_object(),
        };
        bool good = find(&call, &match, &problem);

        call.op = match.op;
        if (good && call.op->who != WHO_EVERYBODY)
                good = identify(&call, &problem) && may(&call, &problem);
        good = good && api_input_read(&match, http_exchange_request(x), call.arena, call.input, &problem) &&
               conditions_can_hold(&call, &problem);
        if (call.op != NULL && api_takes(call.op, API_SECRET))
                form_wipe(x);
        good = good && carry_out(&call, &problem);
        if (!good)
                problem_reply(x, &problem);
        else if (!call.answered)
                answer(&call);
        json_free(&call.input);
        json_free(&call.output);
}
