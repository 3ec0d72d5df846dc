/*
 * entity.c -- which bytes of an entity to send, if any.
 */
#include "http/entity.h"

#include <string.h>

#include "base/check.h"
#include "http/private.h"

enum { LIST_ITEMS_MAX = 100, CODINGS_MAX = 20 };

/* ---- content coding ---- */

/*
 * "0.5" as 500; anything malformed is 0, which is safe: the coding is then not used. RFC 9110,
 * 12.4.2.
 */
static int parse_q(struct str s)
{
        int value = 0, scale = 100;

        if (s.n == 0 || s.n > 5 || (s.p[0] != '0' && s.p[0] != '1') || (s.n > 1 && s.p[1] != '.'))
                return 0;
        value = (s.p[0] - '0') * 1000;
        for (size_t i = 2; i < s.n; i++, scale /= 10) {
                if (s.p[i] < '0' || s.p[i] > '9')
                        return 0;
                value += (s.p[i] - '0') * scale;
        }
        return value <= 1000 ? value : 0;
}

/* The q of one list item: 1000 when it has none. */
static int item_q(struct str params)
{
        while (params.n > 0) {
                struct str param = str_trim(str_cut(&params, ';'));

                if (param.n >= 2 && (param.p[0] == 'q' || param.p[0] == 'Q') && param.p[1] == '=')
                        return parse_q(str_make(param.p + 2, param.n - 2));
        }
        return 1000;
}

enum http_coding http_negotiate(struct str accept_encoding, bool gzip, bool brotli)
{
        enum { UNSET = -1 };
        int q_gzip = UNSET, q_brotli = UNSET, q_identity = UNSET, q_star = UNSET;
        struct str rest = accept_encoding;

        if (accept_encoding.p == NULL)
                return HTTP_IDENTITY;
        for (unsigned i = 0; rest.n > 0 && i < CODINGS_MAX; i++) {
                struct str params = str_cut(&rest, ',');
                struct str name = str_trim(str_cut(&params, ';'));
                int q = item_q(params);

                if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
                        q_gzip = q;
                else if (str_eq_nocase(name, STR("br")))
                        q_brotli = q;
                else if (str_eq_nocase(name, STR("identity")))
                        q_identity = q;
                else if (str_is(name, "*"))
                        q_star = q;
        }
        if (q_gzip == UNSET)
                q_gzip = q_star == UNSET ? 0 : q_star;
        if (q_brotli == UNSET)
                q_brotli = q_star == UNSET ? 0 : q_star;
        /*
         * Identity is acceptable unless it, or everything, is ruled out; but a named coding comes
         * first.
         */
        bool identity_ok = q_identity != UNSET ? q_identity > 0 : q_star != 0;
        int rank = q_identity > 0 ? q_identity : 1;

        if (!gzip)
                q_gzip = 0;
        if (!brotli)
                q_brotli = 0;
        if (q_brotli > 0 && q_brotli >= q_gzip && (q_brotli >= rank || !identity_ok))
                return HTTP_BROTLI;
        if (q_gzip > 0 && (q_gzip >= rank || !identity_ok))
                return HTTP_GZIP;
        return identity_ok ? HTTP_IDENTITY : HTTP_NOT_ACCEPTABLE;
}

/* ---- conditions ---- */

/* Cut the next entity tag off a list: its opaque part with quotes, and whether it is weak. */
static bool next_tag(struct str *rest, struct str *tag, bool *weak)
{
        while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t' || rest->p[0] == ',')) {
                rest->p++;
                rest->n--;
        }
        *weak = rest->n > 2 && rest->p[0] == 'W' && rest->p[1] == '/';
        if (*weak) {
                rest->p += 2;
                rest->n -= 2;
        }
        if (rest->n < 2 || rest->p[0] != '"')
                return false;

        const char *end = memchr(rest->p + 1, '"', rest->n - 1);

        if (end == NULL)
                return false;
        *tag = str_make(rest->p, (size_t)(end - rest->p) + 1);
        rest->n -= tag->n;
        rest->p += tag->n;
        return true;
}

/*
 * RFC 9110, 8.8.3.2: the strong comparison lets no weak tag match, the weak one ignores the mark.
 */
static bool tag_matches(struct str list, struct str etag, bool strong)
{
        bool weak, own_weak = etag.n > 2 && etag.p[0] == 'W';
        struct str own = own_weak ? str_make(etag.p + 2, etag.n - 2) : etag;
        struct str tag;

        if (etag.n == 0 || (strong && own_weak))
                return false;
        for (unsigned i = 0; i < LIST_ITEMS_MAX && next_tag(&list, &tag, &weak); i++)
                if (str_eq(tag, own) && !(strong && weak))
                        return true;
        return false;
}

/* A list header, over all its lines. */
static bool any_tag(const struct http_request *req, const char *name, struct str etag, bool strong,
                    bool exists)
{
        size_t at = 0;

        for (;;) {
                struct str line = http_request_header_next(req, name, &at);

                if (line.p == NULL)
                        return false;
                if (str_is(str_trim(line), "*") ? exists : tag_matches(line, etag, strong))
                        return true;
        }
}

enum http_condition http_check_conditions(const struct http_request *req, struct str etag,
                                          int64_t last_modified, bool exists)
{
        bool reads = req->method == HTTP_GET || req->method == HTTP_HEAD;
        struct str since;

        if (http_request_header(req, "if-match").p != NULL) {
                if (!any_tag(req, "if-match", etag, true, exists))
                        return HTTP_PRECONDITION_FAILED;
        } else if (last_modified > 0) {
                since = http_request_header(req, "if-unmodified-since");
                int64_t date = since.p != NULL ? http_date_parse(since) : -1;

                if (date >= 0 && last_modified > date)
                        return HTTP_PRECONDITION_FAILED;
        }
        if (http_request_header(req, "if-none-match").p != NULL) {
                if (any_tag(req, "if-none-match", etag, false, exists))
                        return reads ? HTTP_NOT_MODIFIED : HTTP_PRECONDITION_FAILED;
        } else if (reads && last_modified > 0) {
                since = http_request_header(req, "if-modified-since");
                int64_t date = since.p != NULL ? http_date_parse(since) : -1;

                if (date >= 0 && last_modified <= date)
                        return HTTP_NOT_MODIFIED;
        }
        return HTTP_SEND;
}

/* ---- ranges ---- */

/*
 * RFC 9110, 13.1.5. A date is a weak validator unless it is known to be old enough; we only take
 * exact tags and exact dates.
 */
static bool if_range_holds(const struct http_request *req, struct str etag, int64_t last_modified)
{
        struct str value = http_request_header(req, "if-range");

        if (value.p == NULL)
                return true;
        if (value.n > 0 && (value.p[0] == '"' || value.p[0] == 'W'))
                return tag_matches(value, etag, true);
        return last_modified > 0 && http_date_parse(value) == last_modified;
}

enum http_range_result http_check_range(const struct http_request *req, struct str etag,
                                        int64_t last_modified, uint64_t size, uint64_t *first,
                                        uint64_t *length)
{
        struct str range = http_request_header(req, "range");
        uint64_t from = 0, to = 0;

        if (range.p == NULL || req->method != HTTP_GET || !str_starts(range, STR("bytes=")) ||
            !if_range_holds(req, etag, last_modified))
                return HTTP_RANGE_WHOLE;
        range = str_trim(str_make(range.p + 6, range.n - 6));

        ptrdiff_t dash = str_find(range, '-');

        if (dash < 0)
                return HTTP_RANGE_WHOLE;
        struct str left = { range.p, (size_t)dash };
        struct str right = { range.p + dash + 1, range.n - (size_t)dash - 1 };
        bool left_ok = str_to_u64(left, UINT64_MAX / 2, &from, NULL) == 0;
        bool right_ok = str_to_u64(right, UINT64_MAX / 2, &to, NULL) == 0;

        /* Several ranges hold a comma and so are no numbers. */
        if ((left.n > 0 && !left_ok) || (right.n > 0 && !right_ok) || (!left_ok && !right_ok))
                return HTTP_RANGE_WHOLE;
        if (!left_ok) {                                 /* the last so many bytes */
                if (to == 0 || size == 0)
                        return HTTP_RANGE_UNSATISFIABLE;
                *length = to < size ? to : size;
                *first = size - *length;
                return HTTP_RANGE_PART;
        }
        if (right_ok && to < from)
                return HTTP_RANGE_WHOLE;                /* invalid, hence ignored */
        if (from >= size)
                return HTTP_RANGE_UNSATISFIABLE;
        *first = from;
        *length = (right_ok && to < size ? to + 1 : size) - from;
        return HTTP_RANGE_PART;
}

/* ---- whole answers ---- */

/* Quotes around the tag, and a suffix, as two codings of one state are two representations. */
static struct str make_etag(struct arena *arena, struct str tag, enum http_coding coding)
{
        static const struct str suffix[] = { { "\"", 1 }, { "-gz\"", 4 }, { "-br\"", 4 } };
        struct str end = suffix[coding];

        if (tag.n == 0)
                return (struct str){ 0 };

        char *p = arena_alloc(arena, tag.n + end.n + 1);

        p[0] = '"';
        memcpy(p + 1, tag.p, tag.n);
        memcpy(p + 1 + tag.n, end.p, end.n);
        return str_make(p, tag.n + end.n + 1);
}

static struct http_response base_response(const struct http_entity *e)
{
        return (struct http_response){
                .status = e->status != 0 ? e->status : 200,
                .content_type = e->content_type,
                .cache_control = e->cache_control,
                .content_disposition = e->content_disposition,
                .content_language = e->content_language,
                .link = e->link,
                .last_modified = e->last_modified,
                .csp = e->csp,
                .extra = e->extra,
                .nextra = e->nextra,
                .body = e->identity,
        };
}

/* Narrow the identity body to a part of it. */
static void cut_body(struct http_body *body, uint64_t first, uint64_t length)
{
        if (body->kind == HTTP_BODY_BYTES) {
                body->bytes = str_make(body->bytes.p + first, (size_t)length);
        } else {
                body->offset += first;
                body->length = length;
        }
}

/* Answers that carry no part of the entity: its body is let go after the answer. */
static void reply_without(struct http_exchange *x, struct http_response *resp, unsigned status)
{
        struct http_body unused = resp->body;

        resp->status = status;
        resp->body = (struct http_body){ 0 };
        if (status != 304) {
                resp->content_type = STR("text/plain; charset=utf-8");
                resp->content_disposition = resp->content_language = (struct str){ 0 };
                resp->etag = resp->content_encoding = (struct str){ 0 };
                resp->cache_control = STR("no-store");
                resp->last_modified = 0;
                resp->body = http_body_static(str_of(http_status_text(status)));
        }
        http_reply(x, resp);
        body_release(&unused);
}

static void reply_range(struct http_exchange *x, struct http_response *resp)
{
        uint64_t size = body_length(&resp->body), first = 0, length = 0;
        enum http_range_result range = http_check_range(&x->req, resp->etag, resp->last_modified,
                                                        size, &first, &length);

        resp->accept_ranges = STR("bytes");
        if (range == HTTP_RANGE_PART) {
                resp->content_range = str_of(arena_printf(x->arena, "bytes %ju-%ju/%ju",
                                                          (uintmax_t)first,
                                                          (uintmax_t)(first + length - 1),
                                                          (uintmax_t)size));
                resp->status = 206;
                cut_body(&resp->body, first, length);
        } else if (range == HTTP_RANGE_UNSATISFIABLE) {
                resp->content_range = str_of(arena_printf(x->arena, "bytes */%ju",
                                                          (uintmax_t)size));
                reply_without(x, resp, 416);
                return;
        }
        http_reply(x, resp);
}

void http_reply_entity(struct http_exchange *x, const struct http_entity *e)
{
        const struct http_request *req = &x->req;
        struct http_response resp = base_response(e);
        bool ranged = resp.status == 200 && req->method == HTTP_GET &&
                      http_request_header(req, "range").p != NULL;
        bool coded = e->gzip.n > 0 || e->brotli.n > 0;
        enum http_coding coding = HTTP_IDENTITY;

        if (coded)
                resp.vary = STR("accept-encoding");
        if (coded && !ranged)
                coding = http_negotiate(http_request_list(req, "accept-encoding", x->arena),
                                        e->gzip.n > 0, e->brotli.n > 0);
        if (coding == HTTP_NOT_ACCEPTABLE) {
                reply_without(x, &resp, 406);
                return;
        }
        resp.etag = make_etag(x->arena, e->tag, coding);
        if (coding != HTTP_IDENTITY) {
                resp.content_encoding = coding == HTTP_GZIP ? STR("gzip") : STR("br");
                resp.body.kind = HTTP_BODY_BYTES;
                resp.body.bytes = coding == HTTP_GZIP ? e->gzip : e->brotli;
        }
        if (resp.status == 200) {
                enum http_condition condition = http_check_conditions(req, resp.etag,
                                                                      resp.last_modified, true);

                if (condition != HTTP_SEND) {
                        reply_without(x, &resp, condition == HTTP_NOT_MODIFIED ? 304 : 412);
                        return;
                }
                if (coding == HTTP_IDENTITY) {
                        reply_range(x, &resp);
                        return;
                }
        }
        http_reply(x, &resp);
}
