/*
 * settings.c -- /edit/sso: what a portal's own administrators decide about its providers.
 *
 * Adding and removing one is the operator's, with the places on the network it needs: who may say where a
 * portal can reach must not be somebody inside it. What happens with what a provider says about people is
 * theirs.
 */
#include "base/clock.h"
#include "people/people.h"
#include "proc/portal/edit/edit.h"
#include "provider.h"
#include "sso.h"

/* What is to be said on top, and about which provider. */
struct news {
        enum page_sso_news kind;
        struct str about;
        struct str error;
};

static struct str rules_text(const struct store_sso *v, struct arena *arena)
{
        struct buf text CLEANUP_BUF = { 0 };

        for (size_t i = 0; i < v->nrules; i++) {
                struct str groups = v->rules[i].groups;

                buf_printf(&text, "%.*s=%s", STR_ARG(v->rules[i].value), person_role_name(v->rules[i].role));
                for (char before = ':'; groups.n > 0; before = ',') {
                        buf_putc(&text, before);
                        buf_add_str(&text, str_cut(&groups, ' '));
                }
                buf_putc(&text, '\n');
        }
        return arena_str(arena, buf_str(&text));
}

static struct page_sso_provider row_of(const struct store_sso *v, const struct portal *portal,
                                       struct str host, struct arena *arena)
{
        return (struct page_sso_provider){
                .name = v->name, .label = v->label, .issuer = v->issuer, .client = v->client,
                .redirect = sso_redirect(portal, host, v->name, arena),
                .origins = v->origins, .method = v->method, .scopes = v->scopes, .domains = v->domains,
                .claim = v->claim, .rules = rules_text(v, arena), .factor = v->factor,
                .administrators = v->administrators, .enabled = v->enabled, .people = v->links,
        };
}

static void send_page(struct edit *e, struct str host, const struct news *news)
{
        struct page_sso_provider *rows = arena_array(e->arena, SSO_PROVIDERS_MAX, sizeof *rows);
        struct store_sso *providers = NULL;
        struct buf out = { 0 };
        struct err err;
        size_t n = 0;

        if (store_sso_list(e->portal->store, e->arena, &providers, &n, &err) < 0) {
                edit_fail(e, "settings of sign-on", &err);
                return;
        }
        for (size_t i = 0; i < n && i < SSO_PROVIDERS_MAX; i++)
                rows[i] = row_of(&providers[i], e->portal, host, e->arena);
        page_render_sso_settings(&out, &(struct page_sso_settings){
                .frame = edit_frame(e, EDIT_SIGN_ON), .providers = rows, .nproviders = n,
                .news = news->kind, .about = news->about, .error = news->error,
        });
        edit_send(e, &out);
}

void sso_settings_page(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        const struct news none = { .kind = PAGE_SSO_NO_NEWS };
        struct edit *e = edit_new(conn, x, who);

        if (e != NULL)
                send_page(e, str_of(conn->host->name), &none);
}

/* Words with blanks, or lines, as an array. */
static struct json *list_of(struct str text, char between)
{
        struct json *list = json_new_array();

        while (text.n > 0) {
                struct str one = str_trim(str_cut(&text, between));

                if (one.n > 0)
                        json_append_text(list, one);
        }
        return list;
}

static struct json *arguments_of(struct http_exchange *x)
{
        static const char *const texts[] = { "name", "label", "method", "scopes", "claim", "factor" };
        static const char *const ticks[] = { "enabled", "administrators" };
        struct json *arguments = json_new_object();

        for (size_t i = 0; i < ARRAY_LEN(texts); i++)
                json_put_text(arguments, texts[i], str_trim(form_field(x, texts[i])));
        for (size_t i = 0; i < ARRAY_LEN(ticks); i++)
                json_put_bool(arguments, ticks[i], form_field(x, ticks[i]).n > 0);
        json_put(arguments, "domains", list_of(form_field(x, "domains"), ' '));
        json_put(arguments, "rules", list_of(form_field(x, "rules"), '\n'));
        return arguments;
}

void sso_settings_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct json *arguments CLEANUP_JSON = arguments_of(x), *answer CLEANUP_JSON = NULL;
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL) {
                form_wipe(x);
                return;
        }
        const struct people_request request = {
                .store = conn->portal->store, .verb = STR("sso.change"), .arguments = arguments,
                .door = PEOPLE_DOOR_PORTAL, .actor = who->session.person, .secret = form_field(x, "secret"),
                .address = visitor_address(conn, e->arena), .now = clock_unix(),
        };
        struct news news = { .kind = PAGE_SSO_SAVED, .about = form_field(x, "name") };
        struct err err;
        int r = people_order(&request, &answer, &err);

        form_wipe(x);
        if (r < 0) {
                news.kind = PAGE_SSO_WRONG;
                news.error = str_of(arena_strdup(e->arena, err.text));
                e->status = 422;
        }
        send_page(e, str_of(conn->host->name), &news);
}

/* ---- asking a provider now ---- */

struct question {
        struct edit *e;
        struct str host;
        struct store_sso provider;
};

/* The connection may be gone by now: see http_exchange_ctx(). */
static void answer(struct question *q, struct str why)
{
        const struct news news = {
                .kind = why.n == 0 ? PAGE_SSO_ANSWERS : PAGE_SSO_WRONG, .about = q->provider.name,
                .error = arena_str(q->e->arena, why),
        };

        if (http_exchange_ctx(q->e->x) == NULL)
                http_reply_text(q->e->x, 503, NULL);
        else
                send_page(q->e, q->host, &news);
}

static void on_keys(void *ctx, const struct jws_keys *keys, struct str why)
{
        answer(ctx, keys != NULL ? STR("") : why);
}

static void on_discovery(void *ctx, const struct signon_discovery *discovery, struct str why)
{
        struct question *q = ctx;

        if (discovery == NULL)
                answer(q, why);
        else
                sso_fetch_keys(&q->provider, true, on_keys, q);
}

void sso_check_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct edit *e = edit_new(conn, x, who);

        if (e == NULL)
                return;
        struct question *q = arena_alloc(e->arena, sizeof *q);

        q->e = e;
        q->host = str_of(arena_strdup(e->arena, conn->host->name));
        if (store_sso_find(e->portal->store, edit_field_of(e, "name"), e->arena, &q->provider, NULL) < 0)
                reply_missing(e->portal, x);
        else
                sso_discover(&q->provider, true, on_discovery, q);
}
