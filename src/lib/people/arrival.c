/*
 * arrival.c -- find, link or make the account of who comes with a provider's word.
 */
#include "people/arrival.h"

#include "base/buf.h"
#include "signon/signon.h"
#include "store/audit.h"
#include "store/groups.h"

/* One arrival under way. */
struct coming {
        const struct people_arrival *arrival;
        struct arena *arena;
        struct str subject;
        struct str login;               /* folded, of a listed domain, verified; or empty */
};

static int deny(struct err *err, const char *sentence)
{
        return err_set(err, ERR_DENIED, "%s", sentence);
}

/* The claims are one source, the user info another: a mail address and its mark come from the same one. */
static struct str verified_mail(const struct people_arrival *a)
{
        struct str mail = signon_verified_mail(a->claims);

        return mail.n > 0 || a->more == NULL ? mail : signon_verified_mail(a->more);
}

static bool holds(const struct people_arrival *a, struct str value)
{
        const char *claim = a->provider->claim.p;       /* arena_str(): ends with a NUL */

        if (json_has(a->claims, claim) || a->more == NULL)
                return signon_claim_holds(a->claims, claim, value);
        return signon_claim_holds(a->more, claim, value);
}

bool people_arrival_needs_more(const struct people_arrival *a)
{
        int64_t person;
        bool mail = signon_verified_mail(a->claims).n > 0;
        bool claim = a->provider->claim.n == 0 || json_has(a->claims, a->provider->claim.p);

        if (a->more != NULL || (mail && claim))
                return false;
        struct str subject = json_get_text(a->claims, "sub");

        return store_sso_person(a->store, a->provider->id, subject, &person, NULL) < 0;
}

static int record(const struct coming *c, const char *action, int64_t person, const char *how,
                  struct err *err)
{
        struct json *detail CLEANUP_JSON = json_new_object();
        struct buf text CLEANUP_BUF = { 0 };

        json_put_text(detail, "sso", c->arrival->provider->name);
        json_put_text(detail, "by", str_of(how));
        json_render(detail, false, &text);
        const struct store_audit_record row = {
                .time = c->arrival->now, .actor = person, .action = str_of(action),
                .object = str_of(arena_printf(c->arena, "person/%lld", (long long)person)),
                .address = c->arrival->address, .detail = buf_str(&text),
        };

        return store_audit_add(c->arrival->store, &row, err);
}

/* Whoever is found: they may come in, and who was only invited has an account from now on. */
static int let_in(const struct coming *c, int64_t id, struct store_person *person, struct err *err)
{
        struct store *store = c->arrival->store;
        int r = store_person_find(store, id, c->arena, person, err);

        if (r < 0)
                return r;
        if (person->state == PERSON_DISABLED || person->state == PERSON_DELETED)
                return deny(err, "the account is disabled");
        if (person->expires != 0 && person->expires <= c->arrival->now)
                return deny(err, "the account has ended");
        return person->state == PERSON_INVITED ? store_person_activate(store, id, err) : 0;
}

static int by_link(const struct coming *c, int64_t *out, struct err *err)
{
        struct store_person person;
        struct store *store = c->arrival->store;
        int64_t provider = c->arrival->provider->id;
        int r = store_sso_person(store, provider, c->subject, out, err);

        if (r == 0)
                r = let_in(c, *out, &person, err);
        return r < 0 ? r : store_sso_touch(store, provider, c->subject, c->arrival->now, err);
}

static int link_to(const struct coming *c, int64_t person, const char *how, struct err *err)
{
        int r = store_sso_link(c->arrival->store, c->arrival->provider->id, c->subject, person,
                               c->arrival->now, err);

        if (r == ERR_EXISTS)
                return deny(err, "the account of this mail address belongs to another account of the "
                            "provider");
        return r < 0 ? r : record(c, "sso.linked", person, how, err);
}

static int by_mail(const struct coming *c, int64_t *out, struct err *err)
{
        struct store_person person = { .id = 0 };
        int r = store_person_find_login(c->arrival->store, c->login, c->arena, &person, err);

        if (r < 0)
                return r;
        if (person.role == ROLE_ADMINISTRATOR && !c->arrival->provider->administrators)
                return deny(err, "the account is an administrator's, and this provider opens none of those");
        *out = person.id;
        r = let_in(c, person.id, &person, err);
        return r < 0 ? r : link_to(c, person.id, "mail", err);
}

/* A name is decoration: one that cannot be had is left out. */
static struct str name_of(const struct coming *c)
{
        struct str name = json_get_text(c->arrival->claims, "name");

        if (name.n == 0 && c->arrival->more != NULL)
                name = json_get_text(c->arrival->more, "name");
        struct store_person trial = { .login = c->login, .name = name, .role = ROLE_POWER_READER };

        return store_person_check(&trial, NULL) == 0 ? name : STR("");
}

static int join_groups(const struct coming *c, struct str groups, int64_t person, struct err *err)
{
        struct store *store = c->arrival->store;
        struct store_group group;
        int r = 0;

        while (r == 0 && groups.n > 0) {
                r = store_group_find(store, str_cut(&groups, ' '), c->arena, &group, err);
                if (r == 0)
                        r = store_group_join(store, group.id, person, err);
                else if (r == ERR_NOT_FOUND)
                        r = 0;          /* it was removed since the rule was made: no right comes from it */
        }
        return r;
}

/* The first rule that fits says the role; the groups of all that fit are theirs. */
static int by_rule(const struct coming *c, int64_t *out, struct err *err)
{
        const struct people_arrival *a = c->arrival;
        const struct store_sso_rule *first = NULL;
        int r = 0;

        for (size_t i = 0; first == NULL && i < a->provider->nrules; i++)
                if (holds(a, a->provider->rules[i].value))
                        first = &a->provider->rules[i];
        if (first == NULL)
                return deny(err, "nobody here has this mail address, and no rule gives an account");
        if (first->role == ROLE_ADMINISTRATOR && !a->provider->administrators)
                return deny(err, "the rule makes administrators, and this provider may not");
        const struct store_person person = { .login = c->login, .name = name_of(c), .role = first->role };

        r = store_person_add(a->store, &person, a->now, out, err);
        if (r == 0)
                r = store_person_activate(a->store, *out, err);
        for (size_t i = 0; r == 0 && i < a->provider->nrules; i++)
                if (holds(a, a->provider->rules[i].value))
                        r = join_groups(c, a->provider->rules[i].groups, *out, err);
        if (r == 0)
                r = record(c, "sso.joined", *out, "rule", err);
        return r < 0 ? r : link_to(c, *out, "rule", err);
}

static int arrive(struct coming *c, int64_t *out, struct err *err)
{
        const struct people_arrival *a = c->arrival;
        int r = by_link(c, out, err);

        if (r != ERR_NOT_FOUND)
                return r;
        struct str mail = verified_mail(a);

        if (mail.n == 0)
                return deny(err, "the provider sent no mail address that it has verified");
        if (store_login_fold(mail, c->arena, &c->login, NULL) < 0)
                return deny(err, "the provider's mail address is none that can be used here");
        if (!store_sso_domain_listed(a->provider->domains, c->login))
                return deny(err, "the mail address is of a domain that is not listed for this provider");
        r = by_mail(c, out, err);
        return r == ERR_NOT_FOUND ? by_rule(c, out, err) : r;
}

int people_arrive(const struct people_arrival *arrival, int64_t *out_person, struct err *err)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct coming c = {
                .arrival = arrival, .arena = arena, .subject = json_get_text(arrival->claims, "sub"),
        };

        if (!arrival->provider->enabled)
                return deny(err, "this provider is switched off");
        return arrive(&c, out_person, err);
}
