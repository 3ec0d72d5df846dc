/*
 * portal.c -- what the portal is, who the token speaks for, the document, the log.
 */
#include "base/clock.h"
#include "call.h"
#include "people/people.h"
#include "store/audit.h"

int api_portal(struct api_call *call, struct err *err)
{
        const struct page_site *site = site_of(call->portal);

        (void)err;
        call->output = json_new_object();
        json_put_text(call->output, "title", site->title);
        json_put_text(call->output, "language", site->lang);
        call_put_direction(call->output, site->rtl);
        json_put_text(call->output, "document", STR("/api/v1/openapi.json"));
        return 0;
}

int api_document(struct api_call *call, struct err *err)
{
        const struct http_response response = {
                .content_type = STR("application/json"),
                .content_disposition = STR("attachment; filename=\"openapi.json\""),
                .csp = HTTP_CSP_FILE,
                .body = http_body_static(api_document_text()),
        };

        (void)err;
        http_reply(call->x, &response);
        call->answered = true;
        return 0;
}

/* ---- oneself ---- */

/* This very token, as the list of its person's tokens has it. */
static int put_own_token(struct api_call *call, struct json *out, struct err *err)
{
        struct json *arguments CLEANUP_JSON = json_new_object(), *rows CLEANUP_JSON = NULL;

        json_put_int(arguments, "id", call->token.person);
        int r = call_order(call, "token.list", arguments, &rows, err);

        for (size_t i = 0; r == 0 && i < json_length(rows); i++) {
                if (json_get_int(json_at(rows, i), "id") != call->token.id)
                        continue;
                json_put_shared(out, "token", json_at(rows, i));
                return 0;
        }
        return r < 0 ? r : err_set(err, ERR_NOT_FOUND, "this token has just ended");
}

int api_me(struct api_call *call, struct err *err)
{
        struct store_person person;
        int r = store_person_find(call->portal->store, call->token.person, call->arena, &person, err);

        if (r < 0)
                return r;
        call->output = json_new_object();
        json_put_int(call->output, "id", person.id);
        json_put_text(call->output, "email", person.login);
        json_put_text(call->output, "name", person.name);
        json_put_text(call->output, "role", str_of(person_role_name(person.role)));
        return put_own_token(call, call->output, err);
}

int api_me_token_end(struct api_call *call, struct err *err)
{
        struct json *arguments CLEANUP_JSON = json_new_object();

        json_put_int(arguments, "id", call->token.person);
        json_put_int(arguments, "token", call->token.id);
        return call_order(call, "token.revoke", arguments, &call->output, err);
}

/* ---- the log ---- */

static struct json *record_json(const struct store_audit_record *record)
{
        struct json *o = json_new_object(), *detail = NULL;
        char hash[DIGEST_HEX_LEN + 1];

        digest_hex(&record->hash, hash);
        json_put_int(o, "seq", record->seq);
        call_put_time(o, "time", record->time);
        json_put_int(o, "actor", record->actor);
        json_put_text(o, "action", record->action);
        json_put_text(o, "object", record->object);
        json_put_text(o, "address", record->address);
        if (record->detail.n > 0 && json_parse(record->detail, &detail, NULL) == 0)
                json_put(o, "detail", detail);
        json_put_text(o, "hash", str_of(hash));
        return o;
}

int api_log(struct api_call *call, struct err *err)
{
        struct store_audit_record *rows = NULL;
        struct str last = STR("");
        int64_t after;
        size_t n = 0;
        int r = call_after_number(call, 0, &after, err);

        if (r == 0)
                r = store_audit_list(call->portal->store, after, call_limit(call), call->arena, &rows, &n,
                                     err);
        if (r < 0)
                return r;
        struct json *list = json_new_array();

        for (size_t i = 0; i < n; i++)
                json_append(list, record_json(&rows[i]));
        if (n > 0 && n == call_limit(call))
                last = str_of(arena_printf(call->arena, "%lld", (long long)rows[n - 1].seq));
        call_put_list(call, list, last);
        return 0;
}
