/* io/npy_body.c: read the numbers or the text after a .npy header. */
#include <string.h>

#include "io/npy_header.h"

rlra_status rlra_npy_body_read(const input *in, const char *format, const char *name, const npy_header *header,
                               byte_source *source, int64_t available, rlra_read_dtype asked, rlra_dataset **dataset)
{
    int64_t count;
    if (header->type.kind == SCALAR_NONE)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s%s%s' holds %s, expected real numbers", in->path,
                         name[0] == '\0' ? "" : ":", name, header->stored);
    const rlra_status status =
        rlra_shape_check(in, name, &header->shape, header->type.bytes, available - header->bytes, &count);
    if (status != RLRA_OK)
        return status;
    return rlra_dataset_stream(in, format, name, &header->shape, header->type, asked, source, dataset);
}

/* Add the characters of one entry up to the first zero. */
static rlra_status add_entry(text_buffer *t, const npy_header *header, unsigned char *entry)
{
    rlra_status status = RLRA_OK;
    const size_t begin = t->used;
    if (header->text_bytes == 4 && header->swap)
        rlra_bytes_swap(4, (size_t)header->text_length, entry);
    for (int k = 0; k < header->text_length; k++) {
        uint32_t code = entry[k];
        if (header->text_bytes == 4)
            memcpy(&code, entry + 4 * (size_t)k, 4);
        if (code == 0)
            break;
        /* Bytes are copied unchanged, as they may already be UTF-8. */
        const char byte = (char)code;
        TRY(header->text_bytes == 4 ? rlra_text_add_code(t, code) : rlra_text_add(t, &byte, 1));
    }
    TRY(rlra_text_end_line(t, begin));
cleanup:
    return status;
}

rlra_status rlra_npy_text_read(const input *in, const char *name, const npy_header *header, byte_source *source,
                               int64_t available, char **string)
{
    rlra_status status = RLRA_OK;
    text_buffer lines = {.context = in->context};
    unsigned char *entry = NULL;
    const size_t bytes = (size_t)header->text_bytes * (size_t)header->text_length;
    int64_t count;
    REQUIRE(bytes > 0, rlra_fail(in->context, RLRA_ERR_ARGUMENT, "'%s%s%s' holds %s, expected text", in->path,
                                 name[0] == '\0' ? "" : ":", name, header->stored));
    TRY(rlra_shape_check(in, name, &header->shape, (int)bytes, available - header->bytes, &count));
    entry = rlra_alloc(in->context, bytes, 1);
    REQUIRE(entry != NULL, rlra_fail_memory(in->context, bytes, 1, "a text entry"));
    for (int64_t k = 0; k < count; k++) {
        TRY(source->read(source, entry, bytes));
        TRY(add_entry(&lines, header, entry));
    }
    TRY(rlra_text_finish(&lines, string));
cleanup:
    rlra_text_clear(&lines);
    rlra_free(in->context, entry);
    return status;
}
