/* io/sparse.c: make and fill the sparse arrays that readers return. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/sparse.h"
#include "io/dataset.h"

/* Stored numbers that are read and converted together. */
#define BLOCK 4096

rlra_status rlra_dataset_create_sparse(rlra_context *context, const char *format, const char *name, const char *stored,
                                       const rlra_sparse *from, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    const size_t count = (size_t)from->count, bytes = (size_t)rlra_dtype_bytes(from->dtype);
    rlra_dataset *const made = rlra_alloc_zero(context, 1, sizeof *made);
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a data set"));
    made->context = context;
    made->format = format;
    made->is_sparse = 1;
    made->sparse = *from;
    snprintf(made->stored, sizeof made->stored, "%s", stored);
    made->name = rlra_text_copy(context, name, strlen(name));
    REQUIRE(made->name != NULL, rlra_fail_memory(context, strlen(name) + 1, 1, "the name of a data set"));
    if (from->compressed >= 0) {
        const size_t starts = (size_t)from->dims[from->compressed] + 1;
        made->starts = rlra_alloc(context, starts, sizeof *made->starts);
        REQUIRE(made->starts != NULL, rlra_fail_memory(context, starts, sizeof *made->starts, "a sparse array"));
    }
    made->sparse.starts = made->starts;
    for (int m = 0; m < from->order; m++) {
        if (m != from->compressed)
            made->indices[m] = rlra_alloc(context, count, sizeof *made->indices[m]);
        REQUIRE(m == from->compressed || made->indices[m] != NULL,
                rlra_fail_memory(context, count, sizeof *made->indices[m], "indices of a sparse array"));
        made->sparse.indices[m] = made->indices[m];
    }
    made->values = rlra_alloc(context, count, bytes);
    made->sparse.values = made->values;
    REQUIRE(made->values != NULL, rlra_fail_memory(context, count, bytes, "values of a sparse array"));
    *dataset = made;
cleanup:
    if (status != RLRA_OK)
        rlra_dataset_destroy(made);
    return status;
}

rlra_status rlra_integers_read(const input *in, const char *what, byte_source *source, scalar type, int64_t count,
                               int64_t *to)
{
    rlra_status status = RLRA_OK;
    uint64_t stored[BLOCK]; /* large enough for the largest type, and aligned for all */
    double numbers[BLOCK];
    if (type.kind != SCALAR_INT && type.kind != SCALAR_UINT)
        return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s': %s are %s, expected integers", in->path, what,
                         rlra_scalar_name(type));
    for (int64_t begin = 0; begin < count; begin += BLOCK) {
        const int64_t step = count - begin < BLOCK ? count - begin : BLOCK;
        TRY(source->read(source, stored, (size_t)step * (size_t)type.bytes));
        /* Numbers above 2^53 are rounded, but no file is large enough for these to be valid. */
        rlra_scalar_convert(type, (size_t)step, stored, RLRA_DTYPE_F64, numbers);
        for (int64_t k = 0; k < step; k++) {
            REQUIRE(fabs(numbers[k]) < 9e18, rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s': number %lld of %s is %g",
                                                       in->path, (long long)(begin + k), what, numbers[k]));
            to[begin + k] = (int64_t)numbers[k];
        }
    }
cleanup:
    return status;
}

rlra_status rlra_dataset_fill_values(rlra_dataset *dataset, byte_source *source, scalar type)
{
    rlra_status status = RLRA_OK;
    uint64_t stored[BLOCK];
    const int64_t bytes = rlra_dtype_bytes(dataset->sparse.dtype);
    for (int64_t begin = 0; begin < dataset->sparse.count; begin += BLOCK) {
        const int64_t left = dataset->sparse.count - begin, step = left < BLOCK ? left : BLOCK;
        TRY(source->read(source, stored, (size_t)step * (size_t)type.bytes));
        rlra_scalar_convert(type, (size_t)step, stored, dataset->sparse.dtype, (char *)dataset->values + begin * bytes);
    }
cleanup:
    return status;
}

rlra_status rlra_dataset_check_sparse(const input *in, const rlra_dataset *dataset)
{
    char reason[RLRA_MESSAGE_BYTES / 2];
    if (rlra_sparse_check_places(in->context, &dataset->sparse) == RLRA_OK)
        return RLRA_OK;
    snprintf(reason, sizeof reason, "%s", rlra_context_message(in->context));
    return rlra_fail(in->context, RLRA_ERR_FORMAT, "'%s%s%s': %s", in->path, dataset->name[0] == '\0' ? "" : ":",
                     dataset->name, reason);
}
