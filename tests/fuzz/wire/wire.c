/*
 * wire.c -- fuzz target: one packet between every two peers, with and without a descriptor.
 *
 * What is accepted must have exactly the row's fields, and building it anew from them must give the same
 * bytes: one message has one form.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_bytes(struct message *to, struct str bytes)
{
        message_put_bytes(to, bytes.p, bytes.n);
}

static void copy_fields(struct message *from, struct message *to)
{
        struct str rest = str_of(message_row(from->type)->fields);

        while (rest.n > 0) {
                struct str field = str_trim(str_cut(&rest, ','));
                struct str type = str_cut(&field, ' ');

                if (str_is(type, "u32"))
                        message_put_u32(to, message_get_u32(from));
                else if (str_is(type, "u64"))
                        message_put_u64(to, message_get_u64(from));
                else if (str_is(type, "str"))
                        message_put_str(to, message_get_str(from));
                else
                        put_bytes(to, message_get_str(from));
        }
}

static void try_pair(enum peer from, enum peer to, const uint8_t *data, size_t size, bool has_fd)
{
        struct message msg, again;
        struct err err;

        if (message_parse(&msg, from, to, data, size, has_fd, &err) < 0)
                return;
        message_init(&again, msg.type);
        copy_fields(&msg, &again);
        if (again.n + MESSAGE_HEADER != size || memcmp(again.own, data, size) != 0)
                abort();
        message_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        for (unsigned from = 0; from < PEER_COUNT; from++)
                for (unsigned to = 0; to < PEER_COUNT; to++)
                        for (unsigned fd = 0; fd <= 1; fd++)
                                try_pair((enum peer)from, (enum peer)to, data, size, fd == 1);
        return 0;
}
