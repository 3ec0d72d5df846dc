/*
 * message.c -- fields in, fields out, and the check that stands before every reader.
 *
 * Layout (docs/formats/messages.md): u16 type, u16 zero, u32 length of what follows; then for each field
 * one tag byte and its value: 1 u32, 2 u64, 3 text, 4 bytes (both: u32 length, then the bytes). Little
 * endian. Text is UTF-8 without NUL.
 */
#include "wire/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/xalloc.h"

enum tag { TAG_U32 = 1, TAG_U64 = 2, TAG_STR = 3, TAG_BYTES = 4 };

static const struct message_row rows[MSG_COUNT] = {
        [MSG_NONE] = { .name = "NONE", .fields = "", .sentence = "" },
#define M(name_, from_, to_, fd_, max_, fields_, sentence_)                                        \
        [MSG_##name_] = { #name_, (from_), (to_), (fd_), (max_), (fields_), (sentence_) },
#include "wire/messages.def"
#undef M
};

const struct message_row *message_row(enum message_type type)
{
        check(type > MSG_NONE && type < MSG_COUNT);
        return &rows[type];
}

const char *peer_name(enum peer peer)
{
        static const char *const names[PEER_COUNT] = {
                "none", "supervisor", "zygote", "edge", "registry", "portal", "job", "cli",
                "courier", "vault",
        };

        return peer < PEER_COUNT ? names[peer] : "unknown";
}

/* The tag of field number i of a row ("u64 token, str why"), or 0 past the last. */
static enum tag field_tag(const char *fields, size_t i)
{
        static const struct {
                const char *word;
                enum tag tag;
        } types[] = { { "u32 ", TAG_U32 }, { "u64 ", TAG_U64 }, { "str ", TAG_STR },
                      { "bytes ", TAG_BYTES } };

        for (; i > 0 && fields != NULL; i--) {
                fields = strchr(fields, ',');
                if (fields != NULL)
                        fields += strspn(fields, ", ");
        }
        for (size_t t = 0; fields != NULL && t < ARRAY_LEN(types); t++)
                if (strncmp(fields, types[t].word, strlen(types[t].word)) == 0)
                        return types[t].tag;
        return 0;
}

static void store_le(uint8_t *p, uint64_t value, size_t n)
{
        for (size_t i = 0; i < n; i++)
                p[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t load_le(const uint8_t *p, size_t n)
{
        uint64_t value = 0;

        for (size_t i = 0; i < n; i++)
                value |= (uint64_t)p[i] << (8 * i);
        return value;
}

void message_init(struct message *msg, enum message_type type)
{
        const struct message_row *row = message_row(type);
        size_t first = row->max < 256 ? row->max : 256;

        *msg = (struct message){ .type = type, .cap = MESSAGE_HEADER + first };
        msg->own = xalloc(msg->cap);
        msg->p = msg->own + MESSAGE_HEADER;
        store_le(msg->own, (uint64_t)type, 2);
}

/* Room for a field of n bytes behind its tag, or NULL (and over) past the row's limit. */
static uint8_t *put(struct message *msg, enum tag tag, size_t n)
{
        const struct message_row *row = message_row(msg->type);

        check(msg->own != NULL);
        check(field_tag(row->fields, msg->at) == tag);
        msg->at++;
        if (n > row->max || msg->n + 1 + n > row->max) {
                msg->over = true;
                return NULL;
        }
        size_t need = MESSAGE_HEADER + msg->n + 1 + n;

        if (need > msg->cap) {
                msg->cap = need * 2;
                msg->own = xrealloc(msg->own, msg->cap, 1);
                msg->p = msg->own + MESSAGE_HEADER;
        }
        uint8_t *at = msg->own + MESSAGE_HEADER + msg->n;

        *at = (uint8_t)tag;
        msg->n += 1 + n;
        store_le(msg->own + 4, msg->n, 4);
        return at + 1;
}

void message_put_u32(struct message *msg, uint32_t value)
{
        uint8_t *p = put(msg, TAG_U32, 4);

        if (p != NULL)
                store_le(p, value, 4);
}

void message_put_u64(struct message *msg, uint64_t value)
{
        uint8_t *p = put(msg, TAG_U64, 8);

        if (p != NULL)
                store_le(p, value, 8);
}

static void put_run(struct message *msg, enum tag tag, const void *bytes, size_t n)
{
        check(n < UINT32_MAX);
        uint8_t *p = put(msg, tag, 4 + n);

        if (p == NULL)
                return;
        store_le(p, n, 4);
        if (n > 0)
                memcpy(p + 4, bytes, n);
}

void message_put_str(struct message *msg, struct str text)
{
        put_run(msg, TAG_STR, text.p, text.n);
}

void message_put_text(struct message *msg, const char *text)
{
        put_run(msg, TAG_STR, text, strlen(text));
}

void message_put_bytes(struct message *msg, const void *p, size_t n)
{
        put_run(msg, TAG_BYTES, p, n);
}

void message_free(struct message *msg)
{
        free(msg->own);
        *msg = (struct message){ 0 };
}

/* Bytes that the field with this tag takes after its tag byte, or 0 when it does not fit in n. */
static size_t field_size(enum tag tag, const uint8_t *p, size_t n)
{
        size_t size = tag == TAG_U32 ? 4 : 8;

        if (tag == TAG_STR || tag == TAG_BYTES) {
                if (n < 4)
                        return 0;
                size = 4 + (size_t)load_le(p, 4);
        }
        return size <= n ? size : 0;
}

static int parse_fields(const struct message_row *row, const uint8_t *p, size_t n, struct err *err)
{
        size_t i = 0;

        for (enum tag tag; (tag = field_tag(row->fields, i)) != 0; i++) {
                if (n < 1 || p[0] != (uint8_t)tag)
                        return err_set(err, ERR_PROTOCOL, "%s: field %zu is missing or of another type",
                                       row->name, i + 1);
                size_t size = field_size(tag, p + 1, n - 1);

                if (size == 0)
                        return err_set(err, ERR_PROTOCOL, "%s: field %zu is cut short", row->name, i + 1);
                if (tag == TAG_STR &&
                    !str_is_utf8(str_make((const char *)p + 5, size - 4)))
                        return err_set(err, ERR_PROTOCOL, "%s: field %zu is not UTF-8 text", row->name,
                                       i + 1);
                p += 1 + size;
                n -= 1 + size;
        }
        if (n != 0)
                return err_set(err, ERR_PROTOCOL, "%s: %zu bytes too many", row->name, n);
        return 0;
}

int message_parse(struct message *msg, enum peer from, enum peer to, const uint8_t *p, size_t n,
                  bool has_fd, struct err *err)
{
        if (n < MESSAGE_HEADER)
                return err_set(err, ERR_PROTOCOL, "a message of %zu bytes has no header", n);
        uint64_t type = load_le(p, 2);

        if (type == MSG_NONE || type >= MSG_COUNT || load_le(p + 2, 2) != 0)
                return err_set(err, ERR_PROTOCOL, "no message has the number %llu",
                               (unsigned long long)type);
        const struct message_row *row = &rows[type];

        if ((row->from & 1u << from) == 0 || (row->to & 1u << to) == 0)
                return err_set(err, ERR_PROTOCOL, "%s may not pass from %s to %s", row->name,
                               peer_name(from), peer_name(to));
        if (has_fd ? row->fd == NO_FD : row->fd == ONE_FD)
                return err_set(err, ERR_PROTOCOL, "%s came %s a descriptor", row->name,
                               has_fd ? "with" : "without");
        if (load_le(p + 4, 4) != n - MESSAGE_HEADER || n - MESSAGE_HEADER > row->max)
                return err_set(err, ERR_PROTOCOL, "%s has a wrong length", row->name);
        int r = parse_fields(row, p + MESSAGE_HEADER, n - MESSAGE_HEADER, err);

        if (r < 0)
                return r;
        *msg = (struct message){
                .type = (enum message_type)type, .p = p + MESSAGE_HEADER, .n = n - MESSAGE_HEADER,
        };
        return 0;
}

static const uint8_t *get(struct message *msg, enum tag tag, size_t *size)
{
        check(msg->own == NULL);
        check(msg->at < msg->n && msg->p[msg->at] == (uint8_t)tag);
        const uint8_t *p = msg->p + msg->at + 1;

        *size = field_size(tag, p, msg->n - msg->at - 1);
        check(*size > 0);
        msg->at += 1 + *size;
        return p;
}

uint32_t message_get_u32(struct message *msg)
{
        size_t size;

        return (uint32_t)load_le(get(msg, TAG_U32, &size), 4);
}

uint64_t message_get_u64(struct message *msg)
{
        size_t size;

        return load_le(get(msg, TAG_U64, &size), 8);
}

/* Text and bytes alike: what follows the length. */
struct str message_get_str(struct message *msg)
{
        bool bytes = msg->at < msg->n && msg->p[msg->at] == TAG_BYTES;
        size_t size;
        const uint8_t *p = get(msg, bytes ? TAG_BYTES : TAG_STR, &size);

        return str_make((const char *)p + 4, size - 4);
}
