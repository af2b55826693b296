/* io/toolbox.c: dense arrays in the text format of the Tensor Toolbox and pyttb: kind, order, lengths, and a value in each line.
 * Sparse ones (`sptensor`) are read by io/tns.c. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "io/format.h"
#include "io/lines.h"

/* The contents of the first lines. */
typedef struct header {
    int is_matrix, by_rows;
    int is_matlab; /* the lengths end with a blank, as written by the Tensor Toolbox but not by pyttb */
    int order;
    int64_t dims[RLRA_MAX_ORDER];
    int64_t count;
} header;

static int detect(const input *in)
{
    static const char *const kinds[] = {"tensor", "matrix", "ktensor", "ttensor"};
    for (int k = 0; k < 4; k++)
        if (rlra_lines_begin_with(in, kinds[k]))
            return 1;
    return 0;
}

static rlra_status fail(const lines *l, const char *expected)
{
    return rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: expected %s", l->in->path, (long long)l->number,
                     expected);
}

/* Determine the order of values. A tensor has the first mode fastest. So does a matrix of the Tensor Toolbox, but pyttb writes
 * matrices by rows: a line with a whole row decides, and so does an order that only pyttb calls a matrix; else the blank after
 * the lengths shows the program. */
static rlra_status settle_order(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    const int words = rlra_line_words(l);
    const int is_sure = h->order != 2 || (h->dims[1] > 1 && words == h->dims[1]);
    h->by_rows = h->is_matrix && (is_sure || !h->is_matlab);
    REQUIRE(words <= 1 || (h->is_matrix && is_sure), fail(l, "a number in each line"));
    if (h->is_matrix && !is_sure && h->dims[0] > 1 && h->dims[1] > 1)
        TRY(rlra_input_note(l->in, "its values are taken to run %s",
                            h->by_rows ? "along the rows, as pyttb writes a matrix; the Tensor Toolbox writes it down "
                                         "the columns, and a blank after its lengths"
                                       : "down the columns, as the Tensor Toolbox writes a matrix; pyttb writes it "
                                         "along the rows, and no blank after its lengths"));
cleanup:
    return status;
}

static rlra_status read_header(lines *l, header *h)
{
    rlra_status status = RLRA_OK;
    int found;
    int64_t order = 0;
    TRY(rlra_lines_next(l, '\0', &found));
    const char *const kind = rlra_line_word(l);
    *h = (header){.is_matrix = strcasecmp(kind, "matrix") == 0};
    REQUIRE(
        h->is_matrix || strcasecmp(kind, "tensor") == 0,
        rlra_fail(l->in->context, RLRA_ERR_UNSUPPORTED,
                  "'%s' holds a %s, a model in factors and no array: export full() of it, or its factors one by one",
                  l->in->path, kind));
    TRY(rlra_lines_next(l, '\0', &found));
    REQUIRE(found && rlra_line_integer(l, &order) && rlra_line_ends(l), fail(l, "the order of the array"));
    REQUIRE(order >= 1 && order <= RLRA_MAX_ORDER,
            rlra_fail(l->in->context, RLRA_ERR_FORMAT, "'%s', line %lld: order %" PRId64 ", expected 1 to %d",
                      l->in->path, (long long)l->number, order, RLRA_MAX_ORDER));
    h->order = (int)order;
    TRY(rlra_lines_next(l, '\0', &found));
    h->is_matlab = found && l->end[-1] == ' ';
    for (int m = 0; m < h->order; m++)
        REQUIRE(found && rlra_line_integer(l, &h->dims[m]), fail(l, "the lengths of all modes"));
    REQUIRE(rlra_line_ends(l), fail(l, "no more lengths than modes"));
    /* A value has at least a digit and a separator, except for the last. */
    const shape s = rlra_shape(h->order, h->dims, 1);
    TRY(rlra_shape_check(l->in, "", &s, 2, rlra_lines_left(l) + 1, &h->count));
    TRY(rlra_lines_next(l, '\0', &found));
    if (found)
        TRY(settle_order(l, h));
cleanup:
    return status;
}

static rlra_status list(const input *in, rlra_variable_callback callback, void *user)
{
    rlra_status status = RLRA_OK;
    lines *l = NULL;
    header h;
    TRY(rlra_lines_create(in, &l));
    TRY(read_header(l, &h));
    const rlra_variable reported = {"", "decimal", h.order, h.dims, 1};
    callback(user, &reported);
cleanup:
    rlra_lines_destroy(l);
    return status;
}

/* Read values in memory order. */
static rlra_status read_values(lines *l, const header *h, const rlra_array *array)
{
    rlra_status status = RLRA_OK;
    int found = l->at < l->end;
    for (int64_t k = 0; k < h->count; k++) {
        double value;
        if (found && rlra_line_ends(l))
            TRY(rlra_lines_next(l, '\0', &found));
        REQUIRE(found, rlra_fail(l->in->context, RLRA_ERR_FORMAT,
                                 "'%s' announces %" PRId64 " values, but ends after %" PRId64 " of them", l->in->path,
                                 h->count, k));
        REQUIRE(rlra_line_number(l, &value), fail(l, "a number"));
        if (array->dtype == RLRA_DTYPE_F32)
            ((float *)array->data)[k] = (float)value;
        else
            ((double *)array->data)[k] = value;
    }
    if (found && rlra_line_ends(l))
        TRY(rlra_lines_next(l, '\0', &found));
    REQUIRE(!found, fail(l, "the end, after as many values as the lengths state"));
cleanup:
    return status;
}

static rlra_status read_array(const input *in, const char *name, rlra_read_dtype asked, rlra_dataset **dataset)
{
    rlra_status status = RLRA_OK;
    rlra_dataset *made = NULL;
    lines *l = NULL;
    header h;
    TRY(rlra_lines_create(in, &l));
    TRY(read_header(l, &h));
    const shape s = rlra_shape(h.order, h.dims, !h.by_rows);
    TRY(rlra_dataset_create(in->context, "toolbox", name, "decimal",
                            rlra_scalar_target((scalar){SCALAR_FLOAT, 8, 0}, asked), &s, &made));
    TRY(read_values(l, &h, &made->array));
    *dataset = made;
    made = NULL;
cleanup:
    rlra_dataset_destroy(made);
    rlra_lines_destroy(l);
    return status;
}

const format_ops rlra_format_toolbox = {
    .about = {"toolbox", "a dense array in text: tensor or matrix of the Tensor Toolbox and pyttb", "read",
              "Bader & Kolda, Tensor Toolbox for MATLAB, export_data"},
    .endings = "",
    .claims = ".tns",
    .in_text = 1,
    .detect = detect,
    .list = list,
    .read = read_array,
};
