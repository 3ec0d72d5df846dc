/*
 * client_key.c -- the key that copies of backups are sealed to: read, set, removed.
 */
#include "people/client_key.h"

#include <stdio.h>

#include "orders.h"

#define PLACE "backup.client-key"
#define COPY "backup.client-copy"

bool client_key_is_private(struct str text)
{
        return str_find_str(text, STR("PRIVATE KEY")) >= 0 ||
               str_find_str(text, STR("PuTTY-User-Key")) >= 0 ||
               str_find_str(text, STR("AGE-SECRET-KEY")) >= 0;
}

static int read(struct str pem, struct arena *arena, struct client_key *out, struct err *err)
{
        struct rsa_public *key CLEANUP_RSA_PUBLIC = NULL;
        int r = rsa_public_read(pem, &key, err);

        if (r < 0)
                return r;
        *out = (struct client_key){
                .pem = pem, .name = arena_str(arena, str_of(rsa_public_name(key))),
                .bits = rsa_public_bits(key),
        };
        return 0;
}

int client_key_load(struct store *store, struct arena *arena, struct client_key *out, struct err *err)
{
        struct str pem;
        int r = store_meta_find(store, STR(PLACE), arena, &pem, err);

        if (r < 0 && r != ERR_NOT_FOUND)
                return r;
        if (r == 0 && pem.n > 0)
                return read(pem, arena, out, err);
        *out = (struct client_key){ .bits = 0 };
        return 0;
}

/* ---- the copy ---- */

int client_copy_save(struct store *store, const struct client_copy *copy, struct err *err)
{
        char text[24 + RSA_WRAP_NAME_LEN];
        int n = snprintf(text, sizeof text, "%lld %.*s", (long long)copy->backup,
                         (int)(copy->client.n < RSA_WRAP_NAME_LEN ? copy->client.n : RSA_WRAP_NAME_LEN),
                         copy->client.p);

        return store_meta_put(store, STR(COPY), str_make(text, (size_t)n), err);
}

int client_copy_load(struct store *store, struct arena *arena, struct client_copy *out, struct err *err)
{
        struct str text;
        uint64_t backup = 0;
        int r = store_meta_find(store, STR(COPY), arena, &text, err);

        if (r < 0 && r != ERR_NOT_FOUND)
                return r;
        *out = (struct client_copy){ .backup = 0 };
        if (r == ERR_NOT_FOUND || str_to_u64(str_cut(&text, ' '), INT64_MAX, &backup, NULL) < 0)
                return 0;
        *out = (struct client_copy){ .backup = (int64_t)backup, .client = text };
        return 0;
}

/* ---- orders ---- */

/* What cannot be read any more may be replaced, too. */
static struct str name_of_last(struct order *order)
{
        struct client_key last;

        return client_key_load(order->store, order->arena, &last, NULL) == 0 ? last.name : STR("");
}

int backup_key_set(struct order *order, struct err *err)
{
        struct str typed = str_trim(order_argument(order, "key"));
        struct client_key key;

        if (client_key_is_private(typed))
                return err_set(err, ERR_INVALID, "this is a private key. It was thrown away here; never "
                               "send it to anybody. Make a new pair, and give the public key of that one");
        int r = read(typed, order->arena, &key, err);
        struct str last = name_of_last(order);

        if (r == 0)
                r = store_meta_put(order->store, STR(PLACE), typed, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "sha256", key.name);
        json_put_int(order->result, "bits", key.bits);
        order->object = STR("backup-key");
        json_put_text(order->detail, "from", last);
        json_put_text(order->detail, "to", key.name);
        return 0;
}

int backup_key_remove(struct order *order, struct err *err)
{
        struct str pem, last = name_of_last(order);
        int r = store_meta_find(order->store, STR(PLACE), order->arena, &pem, err);

        if (r == ERR_NOT_FOUND || (r == 0 && pem.n == 0))
                return err_set(err, ERR_NOT_FOUND, "no key is set; there is nothing to remove");
        if (r == 0)
                r = store_meta_put(order->store, STR(PLACE), STR(""), err);
        if (r < 0)
                return r;
        json_put_text(order->result, "sha256", last);
        order->object = STR("backup-key");
        json_put_text(order->detail, "was", last);
        return 0;
}
