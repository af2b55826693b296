/* io/npy.c: the format .npy: one array of NumPy. */
#include <stdio.h>
#include <string.h>

#include "io/cursor.h"
#include "io/format.h"
#include "io/npy_header.h"

static int detect(const input *in)
{
    return in->head_bytes >= NPY_MAGIC_BYTES && memcmp(in->head, NPY_MAGIC, NPY_MAGIC_BYTES) == 0;
}

static rlra_status open_header(const input *in, file_source *source, npy_header *header)
{
    char label[256];
    snprintf(label, sizeof label, "'%.240s'", in->path);
    *source = rlra_file_source(in, 0);
    return rlra_npy_header_read(in, label, &source->base, in->size, header);
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    file_source source;
    npy_header header;
    const rlra_status status = open_header(in, &source, &header);
    if (status == RLRA_OK)
        rlra_npy_report("", &header, callback, user);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    file_source source;
    npy_header header;
    const rlra_status status = open_header(in, &source, &header);
    if (status != RLRA_OK)
        return status;
    return rlra_npy_body_read(in, "npy", name, &header, &source.base, in->size, dtype, dataset);
}

static rlra_status locate(const input *in, const char *name, located *where)
{
    file_source source;
    npy_header header;
    int64_t count;
    const rlra_status status = open_header(in, &source, &header);
    if (status != RLRA_OK)
        return status;
    where->shape = header.shape;
    where->type = header.type;
    where->offset = header.bytes;
    return rlra_shape_check(in, name, &header.shape, header.type.bytes, in->size - header.bytes, &count);
}

static rlra_status read_text(const input *in, const char *name, char **text)
{
    file_source source;
    npy_header header;
    const rlra_status status = open_header(in, &source, &header);
    if (status != RLRA_OK)
        return status;
    return rlra_npy_text_read(in, name, &header, &source.base, in->size, text);
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    char header[NPY_HEADER_ROOM];
    const size_t bytes = rlra_npy_header_compose(arrays->array, header);
    const rlra_status status = rlra_output_write(out, header, bytes);
    (void)count;
    return status != RLRA_OK ? status : rlra_cursor_write(out, arrays->array);
}

const format_ops rlra_format_npy = {
    .about = {"npy", "one array of NumPy", "read write", "numpy.lib.format, versions 1 to 3"},
    .endings = ".npy",
    .claims = ".npy",
    .detect = detect,
    .list = list,
    .read = read_array,
    .locate = locate,
    .text = read_text,
    .write = write_arrays,
};
