/* io/hdf5/attribute.c: find and read attributes, in the header of their object or in a heap. */
#include "io/hdf5/attribute.h"

#include <stdio.h>
#include <string.h>

#include "io/hdf5/btree2.h"
#include "io/hdf5/data.h"
#include "io/hdf5/heap.h"

#define SHARED_TYPE  1
#define SHARED_SPACE 2
#define ID_BYTES     8

/* The parts of the message of an attribute. */
typedef struct parts {
    int flags;
    h5_bytes name, type, space, data;
} parts;

static rlra_status damaged(const h5_file *file, const h5_object *object)
{
    return rlra_h5_damaged(file, "an attribute", object->address);
}

static h5_bytes take_part(h5_bytes *b, size_t bytes, int version)
{
    const unsigned char *const at = rlra_h5_take_block(b, version == 1 ? (bytes + 7) / 8 * 8 : bytes);
    return at == NULL ? rlra_h5_bytes("", 0) : rlra_h5_bytes(at, bytes);
}

static rlra_status split(const h5_file *file, const h5_object *object, h5_bytes b, parts *p)
{
    const int version = (int)rlra_h5_take(&b, 1);
    p->flags = (int)rlra_h5_take(&b, 1);
    if (version < 2)
        p->flags = 0;
    const size_t name = (size_t)rlra_h5_take(&b, 2), type = (size_t)rlra_h5_take(&b, 2),
                 space = (size_t)rlra_h5_take(&b, 2);
    rlra_h5_skip(&b, version == 3);
    p->name = take_part(&b, name, version);
    p->type = take_part(&b, type, version);
    p->space = take_part(&b, space, version);
    p->data = b;
    return b.failed || version < 1 || version > 3 ? damaged(file, object) : RLRA_OK;
}

static int is_called(const parts *p, const char *name)
{
    const size_t room = rlra_h5_left(&p->name), length = strlen(name);
    return length < room && memcmp(p->name.at, name, length + 1) == 0;
}

static rlra_status find_in_header(h5_file *file, const h5_object *object, const char *name, h5_bytes *message)
{
    rlra_status status = RLRA_OK;
    parts p;
    for (int k = 0; k < object->count; k++) {
        const h5_message *const m = &object->messages[k];
        if (m->type != H5_MESSAGE_ATTRIBUTE)
            continue;
        TRY(split(file, object, rlra_h5_bytes(m->body, m->bytes), &p));
        if (is_called(&p, name)) {
            *message = rlra_h5_bytes(m->body, m->bytes);
            return RLRA_OK;
        }
    }
cleanup:
    return status;
}

typedef struct search {
    h5_file *file;
    const h5_object *object;
    h5_heap heap;
    const char *name;
    uint32_t hash;
    h5_attribute *attribute;
    h5_bytes message; /* position in the block of the attribute */
} search;

/* Scan a record: an identifier in the heap, flags, the order and a hash of the name. */
static rlra_status scan_record(void *user, const unsigned char *record, size_t bytes)
{
    rlra_status status = RLRA_OK;
    search *const s = user;
    h5_bytes found;
    parts p;
    if (s->attribute->block != NULL || rlra_h5_uint(record + bytes - 4, 4) != s->hash)
        return RLRA_OK;
    REQUIRE(s->heap.id_bytes == ID_BYTES, damaged(s->file, s->object));
    REQUIRE(!(record[ID_BYTES] & 2),
            rlra_fail(s->file->in->context, RLRA_ERR_UNSUPPORTED,
                      "'%s' keeps attributes in a table of shared messages, which is not read: "
                      "copy it with h5repack, for example",
                      s->file->in->path));
    TRY(rlra_h5_heap_get(s->file, &s->heap, record, &found));
    TRY(split(s->file, s->object, found, &p));
    if (!is_called(&p, s->name))
        return RLRA_OK;
    const size_t size = rlra_h5_left(&found);
    s->attribute->block = rlra_alloc(s->file->context, size + 1, 1);
    REQUIRE(s->attribute->block != NULL, rlra_fail_memory(s->file->context, size + 1, 1, "an attribute of a file"));
    memcpy(s->attribute->block, found.at, size);
    s->message = rlra_h5_bytes(s->attribute->block, size);
cleanup:
    return status;
}

static rlra_status find_in_heap(h5_file *file, const h5_object *object, const h5_message *info, const char *name,
                                h5_attribute *attribute, h5_bytes *message)
{
    rlra_status status = RLRA_OK;
    search s = {.file = file, .object = object, .name = name, .attribute = attribute, .message = *message};
    h5_bytes b = rlra_h5_bytes(info->body, info->bytes);
    rlra_h5_skip(&b, 1);
    rlra_h5_skip(&b, rlra_h5_take(&b, 1) & 1 ? 2 : 0);
    const uint64_t heap = rlra_h5_take_address(file, &b), tree = rlra_h5_take_address(file, &b);
    REQUIRE(!b.failed, damaged(file, object));
    if (heap == H5_NOWHERE)
        return RLRA_OK;
    s.hash = rlra_h5_checksum(name, strlen(name));
    TRY(rlra_h5_heap_open(file, heap, &s.heap));
    TRY(rlra_h5_btree2_visit(file, tree, 8, ID_BYTES + 9, scan_record, &s));
    *message = s.message;
cleanup:
    rlra_h5_heap_close(file, &s.heap);
    return status;
}

/* The message of a part, or the one that it refers to; `block` is freed by rlra_free(). */
static rlra_status part_message(h5_file *file, int type, int is_shared, h5_bytes part, h5_message *message,
                                unsigned char **block)
{
    *block = NULL;
    *message = (h5_message){type, 0, rlra_h5_left(&part), part.at};
    return is_shared ? rlra_h5_shared(file, type, &part, message, block) : RLRA_OK;
}

static rlra_status decode(h5_file *file, const h5_object *object, h5_bytes message, h5_attribute *attribute)
{
    rlra_status status = RLRA_OK;
    unsigned char *type_block = NULL, *space_block = NULL;
    h5_message type, space;
    parts p;
    TRY(split(file, object, message, &p));
    TRY(part_message(file, H5_MESSAGE_TYPE, p.flags & SHARED_TYPE, p.type, &type, &type_block));
    TRY(part_message(file, H5_MESSAGE_SPACE, p.flags & SHARED_SPACE, p.space, &space, &space_block));
    TRY(rlra_h5_type(file, &type, &attribute->type));
    TRY(rlra_h5_space(file, &space, &attribute->space));
    attribute->count = rlra_h5_space_count(&attribute->space);
    attribute->data = p.data.at;
    REQUIRE(attribute->count >= 0 && (uint64_t)attribute->count <= rlra_h5_left(&p.data) / attribute->type.size,
            damaged(file, object));
cleanup:
    rlra_free(file->context, type_block);
    rlra_free(file->context, space_block);
    return status;
}

static rlra_status find(h5_file *file, const h5_object *object, const char *name, h5_attribute *attribute,
                        h5_bytes *message)
{
    rlra_status status = RLRA_OK;
    const h5_message *const info = rlra_h5_message(object, H5_MESSAGE_ATTRIBUTE_INFO);
    *attribute = (h5_attribute){0};
    *message = rlra_h5_bytes("", 0);
    TRY(find_in_header(file, object, name, message));
    if (rlra_h5_left(message) == 0 && info != NULL)
        TRY(find_in_heap(file, object, info, name, attribute, message));
    attribute->found = rlra_h5_left(message) > 0;
cleanup:
    return status;
}

rlra_status rlra_h5_attribute_open(h5_file *file, const h5_object *object, const char *name, h5_attribute *attribute)
{
    rlra_status status = RLRA_OK;
    h5_bytes message;
    TRY(find(file, object, name, attribute, &message));
    if (attribute->found)
        TRY(decode(file, object, message, attribute));
cleanup:
    return status;
}

void rlra_h5_attribute_close(h5_file *file, h5_attribute *attribute)
{
    rlra_free(file->context, attribute->block);
    *attribute = (h5_attribute){0};
}

rlra_status rlra_h5_has_attribute(h5_file *file, const h5_object *object, const char *name, int *found)
{
    h5_attribute attribute;
    h5_bytes message;
    const rlra_status status = find(file, object, name, &attribute, &message);
    *found = attribute.found;
    rlra_h5_attribute_close(file, &attribute);
    return status;
}

rlra_status rlra_h5_attribute_numbers(h5_file *file, const h5_object *object, const char *name, int most, int *count,
                                      int64_t *numbers)
{
    rlra_status status = RLRA_OK;
    h5_attribute a;
    *count = 0;
    TRY(rlra_h5_attribute_open(file, object, name, &a));
    if (a.found && a.type.class == H5_INTEGER && a.type.number.kind != SCALAR_NONE && a.count >= 1 && a.count <= most) {
        rlra_h5_convert(&a.type, a.count, a.data, RLRA_DTYPE_I64, numbers);
        *count = (int)a.count;
    }
cleanup:
    rlra_h5_attribute_close(file, &a);
    return status;
}

rlra_status rlra_h5_attribute_word(h5_file *file, const h5_object *object, const char *name, size_t room, char *word)
{
    rlra_status status = RLRA_OK;
    text_buffer line = {.context = file->in->context};
    char *string = NULL;
    h5_attribute a;
    word[0] = '\0';
    TRY(rlra_h5_attribute_open(file, object, name, &a));
    if (a.found && a.type.class == H5_STRING && a.count == 1) {
        TRY(rlra_h5_add_strings(file, name, &a.type, 1, a.data, &line));
        TRY(rlra_text_finish(&line, &string));
        snprintf(word, room, "%s", strlen(string) < room ? string : "");
    }
cleanup:
    rlra_free(file->context, string);
    rlra_text_clear(&line);
    rlra_h5_attribute_close(file, &a);
    return status;
}
