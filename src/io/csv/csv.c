/* io/csv/csv.c: the format CSV/TSV: a matrix as text, with or without names and surrounding text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"
#include "io/csv/values.h"
#include "io/cursor.h"
#include "io/format.h"

/* Whether the content is text: no control characters except for layout, and the one that used to end files. */
static int detect(const input *in)
{
    for (size_t k = 0; k < in->head_bytes; k++) {
        const unsigned char c = in->head[k];
        const int is_layout = c == '\t' || c == '\n' || c == '\r' || c == '\f';
        const int is_end = c == 0x1a && (int64_t)k + 1 == in->size;
        if ((c < 32 && !is_layout && !is_end) || c == 127)
            return 0;
    }
    return 1;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    csv_reader reader = {0};
    csv_table t;
    TRY(rlra_csv_start(in, &reader));
    TRY(rlra_csv_find(&reader, &t));
    const rlra_variable reported = {"", "decimal", 2, (const int64_t[]){t.rows, t.columns}, 1};
    callback(user, &reported);
cleanup:
    rlra_csv_clear(&reader);
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype dtype, rlra_dataset **dataset)
{
    const scalar type = {SCALAR_FLOAT, 8, 0};
    rlra_status status = RLRA_OK;
    csv_reader reader = {0};
    rlra_dataset *made = NULL;
    csv_table t;
    TRY(rlra_csv_start(in, &reader));
    TRY(rlra_csv_find(&reader, &t));
    const shape s = rlra_shape(2, (const int64_t[]){t.rows, t.columns}, 0);
    TRY(rlra_dataset_create(in->context, "csv", name, "decimal", rlra_scalar_target(type, dtype), &s, &made));
    TRY(rlra_csv_fill(&reader, &t, made));
    TRY(rlra_csv_report(&reader, &t));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_csv_clear(&reader);
    return status;
}

static rlra_status write_arrays(output *out, int count, const rlra_named_array *arrays)
{
    const rlra_array *const array = arrays->array;
    const size_t length = strlen(out->path);
    const char separator = length > 4 && strcasecmp(out->path + length - 4, ".tsv") == 0 ? '\t' : ',';
    const int64_t columns = array->order == 2 ? array->dims[1] : 1;
    rlra_status status = RLRA_OK;
    (void)count;
    REQUIRE(array->order <= 2,
            rlra_fail(out->context, RLRA_ERR_ARGUMENT, "cannot write '%s': a table holds order 1 or 2, got order %d",
                      out->path, array->order));
    for (int64_t i = 0; i < array->dims[0]; i++)
        for (int64_t j = 0; j < columns; j++) {
            char text[NUMBER_BYTES];
            if (array->dtype == RLRA_DTYPE_I64)
                snprintf(text, sizeof text, "%" PRId64,
                         ((const int64_t *)array->data)[i * array->strides[0] + j * array->strides[1]]);
            else
                rlra_number_format(rlra_array_get(array, (const int64_t[]){i, j}), array->dtype == RLRA_DTYPE_F32,
                                   text);
            size_t used = strlen(text);
            text[used++] = j + 1 < columns ? separator : '\n';
            TRY(rlra_output_write(out, text, used));
        }
cleanup:
    return status;
}

const format_ops rlra_format_csv = {
    .about = {"csv", "a matrix as text: comma, semicolon, tab or blanks between columns, names found", "read write",
              "RFC 4180"},
    .endings = ".csv .tsv .txt",
    .claims = ".csv .tsv",
    .in_text = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
    .write = write_arrays,
};
