/* io/hdf5/strings.c: strings of fixed length, and of variable length from the heaps of the file. */
#include <string.h>

#include "io/hdf5/data.h"
#include "io/hdf5/globals.h"

static rlra_status add_line(text_buffer *lines, const char *string, size_t most)
{
    const size_t begin = lines->used;
    const rlra_status status = rlra_text_add(lines, string, strnlen(string, most));
    return status == RLRA_OK ? rlra_text_end_line(lines, begin) : status;
}

/* Add a string of variable length: a length, the address of a collection, and a number in it. */
static rlra_status add_variable(h5_globals *globals, const unsigned char *entry, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    h5_file *const file = globals->file;
    const uint64_t length = rlra_h5_uint(entry, 4), address = rlra_h5_address(file, entry + 4);
    const uint32_t index = (uint32_t)rlra_h5_uint(entry + 4 + file->offset_bytes, 4);
    h5_item item;
    if (length == 0 || address == 0 || address == H5_NOWHERE)
        return add_line(lines, "", 0);
    TRY(rlra_h5_globals_find(globals, address, index, &item));
    REQUIRE(length <= item.bytes, rlra_h5_damaged(file, "a string that is longer than its place", address));
    TRY(add_line(lines, (const char *)item.at, (size_t)length));
cleanup:
    return status;
}

rlra_status rlra_h5_add_strings(h5_file *file, const char *name, const h5_type *type, int64_t count, const void *bytes,
                                text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    h5_globals globals = {.file = file};
    const unsigned char *at = bytes;
    REQUIRE(type->class == H5_STRING, rlra_fail(file->in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text",
                                                file->in->path, name, rlra_h5_type_name(type)));
    REQUIRE(!type->is_variable || type->size == (size_t)(4 + file->offset_bytes + 4),
            rlra_h5_damaged(file, "the type of strings", H5_NOWHERE));
    for (int64_t k = 0; k < count; k++, at += type->size)
        TRY(type->is_variable ? add_variable(&globals, at, lines) : add_line(lines, (const char *)at, type->size));
cleanup:
    rlra_h5_globals_clear(&globals);
    return status;
}

rlra_status rlra_h5_set_strings(h5_file *file, const char *name, const h5_set *set, text_buffer *lines)
{
    rlra_status status = RLRA_OK;
    unsigned char *bytes = NULL;
    int64_t count;
    REQUIRE(set->type.class == H5_STRING,
            rlra_fail(file->in->context, RLRA_ERR_ARGUMENT, "'%s:%s' holds %s, expected text", file->in->path, name,
                      rlra_h5_type_name(&set->type)));
    TRY(rlra_h5_set_count(file, name, set, &count));
    bytes = rlra_alloc(file->in->context, (size_t)count, set->type.size);
    REQUIRE(bytes != NULL, rlra_fail_memory(file->in->context, (size_t)count, set->type.size, "strings of a file"));
    TRY(rlra_h5_set_read(file, name, set, bytes));
    TRY(rlra_h5_add_strings(file, name, &set->type, count, bytes, lines));
cleanup:
    rlra_free(file->in->context, bytes);
    return status;
}
