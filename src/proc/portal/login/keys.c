/*
 * keys.c -- /account/security/passkeys: add, name and remove one's own passkeys.
 */
#include "ceremony.h"
#include "proc/portal/routes.h"
#include "security.h"

void passkey_add_start_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        ceremony_start(conn, x, CEREMONY_REGISTER, who->session.person);
}

static int keep(const struct security_change *c, struct err *err)
{
        return ceremony_keep(c->portal->store, c->ctx, err);
}

static void refused(const struct security_change *c, const struct err *err)
{
        (void)err;
        security_send(c->portal, c->x, c->who, 422, PAGE_SECURITY_PASSKEY_REFUSED);
}

void passkey_add_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct ceremony_proof *made = arena_alloc(http_exchange_arena(x), sizeof *made);
        struct security_change *c = security_change_new(conn, x, who);
        struct err err;

        if (ceremony_register(conn, x, who->session.person, made, &err) < 0) {
                refused(c, &err);
                return;
        }
        c->action = "passkey.added";
        c->letter = LETTER_PASSKEY_ADDED;
        c->step = keep;
        c->ctx = made;
        c->news = PAGE_SECURITY_PASSKEY_ADDED;
        security_enrol(c, false, refused);
}

/* Which of their passkeys the form is about; the person is part of each statement. */
static int64_t number(const struct security_change *c)
{
        uint64_t id = 0;

        return str_to_u64(form_field(c->x, "id"), INT64_MAX, &id, NULL) == 0 ? (int64_t)id : 0;
}

static int rename_one(const struct security_change *c, struct err *err)
{
        return store_passkey_rename(c->portal->store, c->who->session.person, number(c),
                                    str_trim(form_field(c->x, "name")), err);
}

void passkey_rename_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct security_change *c = security_change_new(conn, x, who);

        c->action = "passkey.renamed";
        c->step = rename_one;
        c->harmless = true;
        c->news = PAGE_SECURITY_PASSKEY_RENAMED;
        security_carry_out(c);
}

static int remove_one(const struct security_change *c, struct err *err)
{
        return store_passkey_remove(c->portal->store, c->who->session.person, number(c), err);
}

void passkey_remove_post(struct conn *conn, struct http_exchange *x, const struct identity *who)
{
        struct security_change *c = security_change_new(conn, x, who);

        c->action = "passkey.removed";
        c->letter = LETTER_PASSKEY_REMOVED;
        c->step = remove_one;
        c->news = PAGE_SECURITY_PASSKEY_REMOVED;
        security_carry_out(c);
}
