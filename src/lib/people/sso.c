/*
 * sso.c -- orders about providers of sign-on. Which places on the network a provider needs is the
 * operator's to allow, outside of this container; here it is only kept for people to read.
 */
#include "orders.h"
#include "signon/signon.h"
#include "sni/origin.h"
#include "store/sso.h"

static const struct {
        const char *word;
        enum signon_method method;
} methods[] = { { "basic", SIGNON_BASIC }, { "post", SIGNON_POST }, { "public", SIGNON_PUBLIC } };

static struct json *words_json(struct str list)
{
        struct json *array = json_new_array();

        while (list.n > 0)
                json_append_text(array, str_cut(&list, ' '));
        return array;
}

static struct str rule_text(struct order *order, const struct store_sso_rule *rule)
{
        struct str groups = arena_str(order->arena, rule->groups);
        char *commas = (char *)(uintptr_t)groups.p;

        for (size_t i = 0; i < groups.n; i++)
                if (commas[i] == ' ')
                        commas[i] = ',';
        return str_of(arena_printf(order->arena, "%.*s=%s%s%.*s", STR_ARG(rule->value),
                                   person_role_name(rule->role), groups.n > 0 ? ":" : "", STR_ARG(groups)));
}

static void describe(struct order *order, const struct store_sso *v, struct json *o)
{
        struct json *rules = json_new_array();

        json_put_text(o, "name", v->name);
        json_put_text(o, "label", v->label);
        json_put_text(o, "issuer", v->issuer);
        json_put_text(o, "client", v->client);
        json_put_text(o, "method", str_of(methods[v->method].word));
        json_put_text(o, "scopes", v->scopes);
        json_put(o, "origins", words_json(v->origins));
        json_put(o, "domains", words_json(v->domains));
        json_put_text(o, "claim", v->claim);
        for (size_t i = 0; i < v->nrules; i++)
                json_append_text(rules, rule_text(order, &v->rules[i]));
        json_put(o, "rules", rules);
        json_put_text(o, "factor", v->factor);
        json_put_bool(o, "administrators", v->administrators);
        json_put_bool(o, "enabled", v->enabled);
        json_put_int(o, "people", v->links);
}

static int find(struct order *order, struct store_sso *out, struct err *err)
{
        struct str name = order_argument(order, "name"), portal = order_argument(order, "portal");
        int r = store_sso_find(order->store, name, order->arena, out, err);

        if (r != ERR_NOT_FOUND)
                return r;
        return err_set(err, r, "there is no provider '%.*s' here%s", STR_ARG(name),
                       order_hint(order, "'carrel sso list %.*s' shows all", STR_ARG(portal)));
}

/* ---- reading arguments ---- */

/* The texts of an array, with blanks between them. */
static int read_list(struct order *order, const char *key, struct str *out, struct err *err)
{
        const struct json *list = json_get(order->request->arguments, key);
        struct buf text CLEANUP_BUF = { 0 };

        if (list == NULL)
                return 0;
        for (size_t i = 0; i < json_length(list); i++) {
                struct str word = json_text(json_at(list, i));

                if (word.n == 0 || str_find(word, ' ') >= 0)
                        return err_set(err, ERR_INVALID, "each of the %s is one word", key);
                if (i > 0)
                        buf_putc(&text, ' ');
                buf_add_str(&text, word);
        }
        *out = arena_str(order->arena, buf_str(&text));
        return 0;
}

static int check_groups(struct order *order, struct str groups, struct err *err)
{
        struct store_group group;

        while (groups.n > 0) {
                struct str slug = str_cut(&groups, ' ');
                int r = store_group_find(order->store, slug, order->arena, &group, err);

                if (r < 0)
                        return r == ERR_NOT_FOUND ? err_set(err, r, "there is no group '%.*s'; make it first",
                                                            STR_ARG(slug))
                                                  : r;
        }
        return 0;
}

/* "VALUE=ROLE" or "VALUE=ROLE:GROUP,GROUP"; a value may have a '=' of its own. */
static int read_rule(struct order *order, struct str text, struct store_sso_rule *out, struct err *err)
{
        ptrdiff_t at = -1;

        for (size_t i = 0; i < text.n; i++)
                if (text.p[i] == '=')
                        at = (ptrdiff_t)i;
        if (at <= 0)
                return err_set(err, ERR_INVALID, "a rule is VALUE=ROLE or VALUE=ROLE:GROUP,GROUP");
        struct str rest = str_make(text.p + at + 1, text.n - (size_t)at - 1);
        struct str role = str_cut(&rest, ':'), groups = arena_str(order->arena, rest);
        char *blanks = (char *)(uintptr_t)groups.p;

        for (size_t i = 0; i < groups.n; i++)
                if (blanks[i] == ',')
                        blanks[i] = ' ';
        out->value = str_make(text.p, (size_t)at);
        out->groups = groups;
        int r = person_role_parse(role, &out->role, err);

        return r < 0 ? r : check_groups(order, groups, err);
}

static int read_rules(struct order *order, struct store_sso *v, struct err *err)
{
        const struct json *list = json_get(order->request->arguments, "rules");
        int r = 0;

        if (list == NULL)
                return 0;
        v->nrules = json_length(list);
        if (v->nrules > SSO_RULES_MAX)
                return err_set(err, ERR_LIMIT, "a provider has at most %d rules", SSO_RULES_MAX);
        v->rules = arena_array(order->arena, v->nrules + 1, sizeof *v->rules);
        for (size_t i = 0; r == 0 && i < v->nrules; i++)
                r = read_rule(order, json_text(json_at(list, i)), &v->rules[i], err);
        return r;
}

static int read_method(struct order *order, int64_t *out, struct err *err)
{
        struct str word = order_argument(order, "method");

        if (!order_has(order, "method"))
                return 0;
        for (size_t i = 0; i < ARRAY_LEN(methods); i++)
                if (str_is(word, methods[i].word)) {
                        *out = (int64_t)methods[i].method;
                        return 0;
                }
        return err_set(err, ERR_INVALID, "the client proves itself by basic, post or public");
}

static void read_text(const struct order *order, const char *key, struct str *out)
{
        if (order_has(order, key))
                *out = order_argument(order, key);
}

static void read_bool(const struct order *order, const char *key, bool *out)
{
        if (order_has(order, key))
                *out = json_get_bool(order->request->arguments, key);
}

/* What is not among the arguments stays as it is. */
static int read_settings(struct order *order, struct store_sso *v, struct err *err)
{
        read_text(order, "label", &v->label);
        read_text(order, "scopes", &v->scopes);
        read_text(order, "claim", &v->claim);
        read_text(order, "factor", &v->factor);
        read_bool(order, "administrators", &v->administrators);
        read_bool(order, "enabled", &v->enabled);
        v->secret = order->request->secret;
        int r = read_method(order, &v->method, err);

        if (r == 0)
                r = read_list(order, "domains", &v->domains, err);
        return r < 0 ? r : read_rules(order, v, err);
}

/* ---- the orders ---- */

/* The issuer's own origin is needed in any case, for its description. */
static int read_origins(struct order *order, struct store_sso *v, struct err *err)
{
        struct str list = { 0 }, rest, path;
        struct origin own = { .port = 0 }, other;
        struct buf text CLEANUP_BUF = { 0 };
        int r = origin_of_url(v->issuer, &own, &path, err);

        if (r == 0)
                r = read_list(order, "origins", &list, err);
        if (r < 0)
                return r;
        buf_puts(&text, own.text);
        for (rest = list; r == 0 && rest.n > 0;) {
                r = origin_parse(str_cut(&rest, ' '), &other, err);
                if (r == 0 && !str_is(str_of(other.text), own.text))
                        buf_printf(&text, " %s", other.text);
        }
        v->origins = arena_str(order->arena, buf_str(&text));
        return r;
}

int sso_add(struct order *order, struct err *err)
{
        struct store_sso v = {
                .name = order_argument(order, "name"), .label = order_argument(order, "name"),
                .issuer = order_argument(order, "issuer"), .client = order_argument(order, "client"),
                .scopes = STR("openid email profile"), .enabled = true,
                .method = order->request->secret.n > 0 ? SIGNON_BASIC : SIGNON_PUBLIC,
        };
        int64_t id;
        int r = signon_issuer_check(v.issuer, err);

        if (r == 0)
                r = read_origins(order, &v, err);
        if (r == 0)
                r = read_settings(order, &v, err);
        if (r == 0)
                r = store_sso_add(order->store, &v, order->now, &id, err);
        if (r < 0)
                return r;
        describe(order, &v, order->result);
        order_log(order, "sso", v.name);
        json_put_text(order->detail, "issuer", v.issuer);
        return 0;
}

int sso_change(struct order *order, struct err *err)
{
        struct store_sso v = { .id = 0 };
        int r = find(order, &v, err);

        if (r == 0)
                r = read_settings(order, &v, err);
        if (r == 0)
                r = store_sso_change(order->store, &v, order->now, err);
        if (r < 0)
                return r;
        describe(order, &v, order->result);
        order_log(order, "sso", v.name);
        json_put_bool(order->detail, "secret", order->request->secret.n > 0);
        json_put_bool(order->detail, "enabled", v.enabled);
        json_put_bool(order->detail, "administrators", v.administrators);
        return 0;
}

int sso_remove(struct order *order, struct err *err)
{
        struct store_sso v = { .id = 0 };
        int r = find(order, &v, err);

        if (r == 0)
                r = store_sso_remove(order->store, v.id, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "name", v.name);
        json_put_int(order->result, "people", v.links);
        order_log(order, "sso", v.name);
        json_put_text(order->detail, "issuer", v.issuer);
        return 0;
}

int sso_list(struct order *order, struct err *err)
{
        struct store_sso *rows = NULL;
        size_t n = 0;
        int r = store_sso_list(order->store, order->arena, &rows, &n, err);

        for (size_t i = 0; r == 0 && i < n; i++) {
                struct json *one = json_new_object();

                describe(order, &rows[i], one);
                json_append(order->result, one);
        }
        return r;
}
