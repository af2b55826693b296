/* io/hdf5/object.c: read object headers of both versions, with their continuations. */
#include "io/hdf5/object.h"

#include <string.h>

/* Bits in the flags of a message. */
#define SHARED       0x02
#define FAIL_UNKNOWN 0x80
#define KNOWN_MOST   0x18

/* One block of messages: the first of a header, or a continuation. */
typedef struct stretch {
    int version, flags; /* version and flags of the header */
    uint64_t address;   /* address in the file, for error messages */
} stretch;

/* Allocate a block of the object; blocks of a valid header do not overlap, so that together they are at most the file. */
static rlra_status keep_block(h5_file *file, h5_object *object, uint64_t address, uint64_t bytes)
{
    rlra_status status = RLRA_OK;
    unsigned char *made = NULL;
    void *list = object->block;
    REQUIRE(bytes <= (uint64_t)(file->in->size - object->bytes),
            rlra_h5_damaged(file, "an object header without end", object->address));
    TRY(rlra_h5_grow(file, &list, &object->block_room, object->blocks, sizeof *object->block));
    object->block = list;
    TRY(rlra_h5_load(file, address, bytes, &made));
    object->block[object->blocks++] = made;
    object->bytes += (int64_t)bytes;
cleanup:
    return status;
}

static rlra_status keep_message(h5_file *file, h5_object *object, const h5_message *message)
{
    void *list = object->messages;
    const rlra_status status = rlra_h5_grow(file, &list, &object->room, object->count, sizeof *object->messages);
    object->messages = list;
    if (status == RLRA_OK)
        object->messages[object->count++] = *message;
    return status;
}

/* Read the messages in `bytes`, which belong to the last block; `most` counts down the messages that may still come. */
static rlra_status read_messages(h5_file *file, h5_object *object, const stretch *s, h5_bytes bytes)
{
    rlra_status status = RLRA_OK;
    const int prefix = s->version == 1 ? 8 : s->flags & 4 ? 6 : 4;
    while (rlra_h5_left(&bytes) >= (size_t)prefix) { /* fewer bytes are a gap */
        h5_message message = {.type = (int)rlra_h5_take(&bytes, s->version == 1 ? 2 : 1)};
        message.bytes = (size_t)rlra_h5_take(&bytes, 2);
        message.flags = (int)rlra_h5_take(&bytes, 1);
        rlra_h5_skip(&bytes, s->version == 1 ? 3 : s->flags & 4 ? 2 : 0);
        message.body = rlra_h5_take_block(&bytes, message.bytes);
        REQUIRE(!bytes.failed, rlra_h5_damaged(file, "a message is longer than its object header", s->address));
        REQUIRE(message.type <= KNOWN_MOST || !(message.flags & FAIL_UNKNOWN),
                rlra_h5_damaged(file, "an object that no program of today can read", s->address));
        if (message.type != 0)
            TRY(keep_message(file, object, &message));
    }
cleanup:
    return status;
}

static rlra_status read_continuation(h5_file *file, h5_object *object, stretch s, const h5_message *message)
{
    rlra_status status = RLRA_OK;
    h5_bytes body = rlra_h5_bytes(message->body, message->bytes);
    s.address = rlra_h5_take_address(file, &body);
    const uint64_t bytes = rlra_h5_take_length(file, &body);
    REQUIRE(!body.failed && s.address != H5_NOWHERE && bytes > 0,
            rlra_h5_damaged(file, "an object header does not continue where it states", object->address));
    TRY(keep_block(file, object, s.address, bytes));
    const unsigned char *const block = object->block[object->blocks - 1];
    if (s.version == 1) {
        TRY(read_messages(file, object, &s, rlra_h5_bytes(block, (size_t)bytes)));
    } else {
        REQUIRE(bytes >= 8 && memcmp(block, "OCHK", 4) == 0 && rlra_h5_is_sound(block, (size_t)bytes),
                rlra_h5_damaged(file, "the rest of an object header", s.address));
        TRY(read_messages(file, object, &s, rlra_h5_bytes(block + 4, (size_t)bytes - 8)));
    }
cleanup:
    return status;
}

static rlra_status read_header_1(h5_file *file, h5_object *object, const unsigned char *head)
{
    rlra_status status = RLRA_OK;
    const stretch s = {1, 0, object->address};
    const uint64_t bytes = rlra_h5_uint(head + 8, 4);
    TRY(keep_block(file, object, object->address + 16, bytes));
    TRY(read_messages(file, object, &s, rlra_h5_bytes(object->block[0], (size_t)bytes)));
cleanup:
    return status;
}

static rlra_status read_header_2(h5_file *file, h5_object *object, const unsigned char *head, stretch *s)
{
    rlra_status status = RLRA_OK;
    unsigned char size[8];
    s->version = 2;
    s->flags = head[5];
    REQUIRE(head[4] == 2, rlra_h5_damaged(file, "an object header of an unknown version", object->address));
    const int width = 1 << (s->flags & 3);
    const uint64_t prefix = 6U + (s->flags & 0x20 ? 16U : 0U) + (s->flags & 0x10 ? 4U : 0U);
    TRY(rlra_h5_read(file, object->address + prefix, size, (size_t)width));
    const uint64_t bytes = rlra_h5_uint(size, width), whole = prefix + (uint64_t)width + bytes + 4;
    REQUIRE(bytes <= (uint64_t)file->in->size, rlra_h5_damaged(file, "an object header without end", object->address));
    TRY(keep_block(file, object, object->address, whole));
    REQUIRE(rlra_h5_is_sound(object->block[0], (size_t)whole),
            rlra_h5_damaged(file, "an object header with a wrong checksum", object->address));
    TRY(read_messages(file, object, s, rlra_h5_bytes(object->block[0] + prefix + width, (size_t)bytes)));
cleanup:
    return status;
}

/* Read the header without resolving shared messages. */
static rlra_status read_header(h5_file *file, h5_object *object)
{
    rlra_status status = RLRA_OK;
    unsigned char head[16];
    stretch s = {1, 0, object->address};
    TRY(rlra_h5_read(file, object->address, head, 12));
    if (memcmp(head, "OHDR", 4) == 0)
        TRY(read_header_2(file, object, head, &s));
    else {
        REQUIRE(head[0] == 1 && head[1] == 0, rlra_h5_damaged(file, "no object header", object->address));
        TRY(read_header_1(file, object, head));
    }
    for (int k = 0; k < object->count; k++)
        if (object->messages[k].type == H5_MESSAGE_CONTINUATION) {
            const h5_message message = object->messages[k];
            TRY(read_continuation(file, object, s, &message));
        }
cleanup:
    return status;
}

rlra_status rlra_h5_shared(h5_file *file, int type, h5_bytes *reference, h5_message *message, unsigned char **block)
{
    rlra_status status = RLRA_OK;
    h5_object other = {0};
    *block = NULL;
    const int version = (int)rlra_h5_take(reference, 1), kind = (int)rlra_h5_take(reference, 1);
    if (version == 1)
        rlra_h5_skip(reference, 6 + (size_t)file->length_bytes);
    REQUIRE(version >= 1 && version <= 3, rlra_h5_damaged(file, "a shared message of an unknown version", H5_NOWHERE));
    REQUIRE(version == 1 || kind != 1,
            rlra_fail(file->in->context, RLRA_ERR_UNSUPPORTED,
                      "'%s' keeps its headers in a table of shared messages, which is not read: copy it with h5repack, "
                      "for example",
                      file->in->path));
    other.address = rlra_h5_take_address(file, reference);
    REQUIRE(!reference->failed && other.address != H5_NOWHERE,
            rlra_h5_damaged(file, "a shared message leads nowhere", H5_NOWHERE));
    TRY(read_header(file, &other));
    const h5_message *const found = rlra_h5_message(&other, type);
    REQUIRE(found != NULL && !(found->flags & SHARED),
            rlra_h5_damaged(file, "a shared message is missing", other.address));
    *block = rlra_alloc(file->context, found->bytes + 1, 1);
    REQUIRE(*block != NULL, rlra_fail_memory(file->context, found->bytes + 1, 1, "an object of an HDF5 file"));
    memcpy(*block, found->body, found->bytes);
    *message = (h5_message){type, found->flags, found->bytes, *block};
cleanup:
    rlra_h5_object_close(file, &other);
    return status;
}

/* Replace a reference by the message itself. */
static rlra_status resolve(h5_file *file, h5_object *object, h5_message *message)
{
    rlra_status status = RLRA_OK;
    unsigned char *made = NULL;
    void *list = object->block;
    h5_bytes reference = rlra_h5_bytes(message->body, message->bytes);
    TRY(rlra_h5_grow(file, &list, &object->block_room, object->blocks, sizeof *object->block));
    object->block = list;
    TRY(rlra_h5_shared(file, message->type, &reference, message, &made));
    object->block[object->blocks++] = made;
cleanup:
    return status;
}

rlra_status rlra_h5_object_open(h5_file *file, uint64_t address, h5_object *object)
{
    rlra_status status = RLRA_OK;
    *object = (h5_object){.address = address};
    TRY(read_header(file, object));
    for (int k = 0; k < object->count; k++)
        if (object->messages[k].flags & SHARED)
            TRY(resolve(file, object, &object->messages[k]));
cleanup:
    return status;
}

void rlra_h5_object_close(h5_file *file, h5_object *object)
{
    for (int k = 0; k < object->blocks; k++)
        rlra_free(file->context, object->block[k]);
    rlra_free(file->context, object->block);
    rlra_free(file->context, object->messages);
    *object = (h5_object){.address = object->address};
}

const h5_message *rlra_h5_message(const h5_object *object, int type)
{
    for (int k = 0; k < object->count; k++)
        if (object->messages[k].type == type)
            return &object->messages[k];
    return NULL;
}

int rlra_h5_is_group(const h5_object *object)
{
    return rlra_h5_message(object, H5_MESSAGE_SYMBOLS) != NULL || rlra_h5_message(object, H5_MESSAGE_LINK_INFO) != NULL;
}

int rlra_h5_is_set(const h5_object *object)
{
    return rlra_h5_message(object, H5_MESSAGE_TYPE) != NULL && rlra_h5_message(object, H5_MESSAGE_SPACE) != NULL;
}
