/* cli/nnls/read.c: read the design W and the right-hand sides Y of a regression, and see that they fit. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nnls/pixels.h"
#include "text.h"

static rlra_dtype dtype_of(const rlra_dataset *dataset)
{
    const rlra_sparse *const sparse = rlra_dataset_sparse(dataset);
    return sparse != NULL ? sparse->dtype : rlra_dataset_array(dataset)->dtype;
}

/* The same file in double; its notes have been reported. */
static int read_again(regression *r, int which, rlra_dataset **again)
{
    rlra_read_options options = input_options(r->asked);
    options.dtype = RLRA_READ_F64;
    char *const chosen = input_choose(&r->files, r->asked->data[which], &options, 1, which == 0 ? 2 : 3, 0);
    rlra_dataset_destroy(*again);
    *again = NULL;
    const rlra_status status = rlra_dataset_read(r->asked->context, chosen, &options, again);
    free(chosen);
    return status == RLRA_OK ? EXIT_OK : run_fail(&r->files, status, NULL);
}

/* Both in one precision: the wider one, unless the user has asked for another. */
static int read_files(regression *r)
{
    const char *const *const specs = r->asked->data;
    const rlra_read_options options = input_options(r->asked);
    int code = input_load(&r->files, specs[0], 1, 2, &options, &r->w_file);
    if (code == EXIT_OK)
        code = input_load(&r->files, specs[1], 1, 3, &options, &r->y_file);
    if (code != EXIT_OK)
        return code;
    const char *const formats[] = {rlra_dataset_format(r->w_file), rlra_dataset_format(r->y_file)};
    code = input_require_heed(2, specs, formats, &options);
    if (code != EXIT_OK || dtype_of(r->w_file) == dtype_of(r->y_file))
        return code;
    const int narrow = dtype_of(r->w_file) == RLRA_DTYPE_F32 ? 0 : 1;
    return read_again(r, narrow, narrow == 0 ? &r->w_file : &r->y_file);
}

static int is_transposed(const regression *r, const char *which)
{
    const char *const asked = r->asked->transpose;
    return asked != NULL && (strcmp(asked, which) == 0 || strcmp(asked, "both") == 0);
}

/* A spectral library of ENVI has its spectra in rows: they are columns here. */
static rlra_array oriented(const regression *r, const rlra_dataset *dataset, const char *which)
{
    const rlra_array *const array = rlra_dataset_array(dataset);
    const rlra_array view = array->order > 2 ? input_squeezed(array) : *array;
    const int is_library = array->order == 2 && strcmp(rlra_dataset_format(dataset), "envi") == 0;
    return view.order == 2 && (is_library || is_transposed(r, which)) ? rlra_array_permuted(&view, (const int[]){1, 0})
                                                                      : view;
}

static rlra_sparse oriented_sparse(const regression *r, const rlra_sparse *sparse, const char *which)
{
    rlra_sparse view = *sparse;
    if (view.order != 2 || !is_transposed(r, which))
        return view;
    for (int m = 0; m < 2; ++m) {
        view.dims[m] = sparse->dims[1 - m];
        view.indices[m] = sparse->indices[1 - m];
    }
    view.compressed = sparse->compressed < 0 ? -1 : 1 - sparse->compressed;
    return view;
}

/* What a sparse array is to those who ask for shapes only. */
static rlra_array outline(const rlra_sparse *sparse)
{
    return rlra_array_contiguous(sparse->dtype, sparse->order, sparse->dims, NULL);
}

static void add_entry(const rlra_array *to, int64_t row, int64_t column, const rlra_sparse *from, int64_t e)
{
    const int64_t at = row * to->strides[0] + column * to->strides[1];
    if (to->dtype == RLRA_DTYPE_F32)
        ((float *)to->data)[at] += ((const float *)from->values)[e];
    else
        ((double *)to->data)[at] += ((const double *)from->values)[e];
}

/* A sparse matrix with its zeros, in memory of its own. */
static rlra_array expanded(const rlra_sparse *sparse)
{
    rlra_array array = outline(sparse);
    const int mode = sparse->compressed;
    array.data = cli_alloc((size_t)rlra_array_count(&array) + 1, (size_t)rlra_dtype_bytes(array.dtype));
    for (int64_t e = 0; mode < 0 && e < sparse->count; ++e)
        add_entry(&array, sparse->indices[0][e], sparse->indices[1][e], sparse, e);
    for (int64_t i = 0; mode >= 0 && i < sparse->dims[mode]; ++i)
        for (int64_t e = sparse->starts[i]; e < sparse->starts[i + 1]; ++e)
            add_entry(&array, mode == 0 ? i : sparse->indices[0][e], mode == 1 ? i : sparse->indices[1][e], sparse, e);
    return array;
}

/* W as a dense matrix; Y dense or sparse, as its file is. */
static void orient(regression *r)
{
    const rlra_sparse *const w = rlra_dataset_sparse(r->w_file), *const y = rlra_dataset_sparse(r->y_file);
    if (w == NULL) {
        r->w = oriented(r, r->w_file, "W");
    } else {
        const rlra_sparse view = oriented_sparse(r, w, "W");
        r->w = view.order == 2 ? expanded(&view) : outline(&view);
        r->expanded[0] = r->w.data;
    }
    if (y == NULL) {
        r->y = oriented(r, r->y_file, "Y");
        return;
    }
    r->sparse = oriented_sparse(r, y, "Y");
    r->y = outline(&r->sparse);
    r->is_sparse = r->sparse.order == 2 && !r->asked->front;
    if (r->sparse.order == 2 && r->asked->front) {
        r->y = expanded(&r->sparse);
        r->expanded[1] = r->y.data;
    }
}

/* What to do about a Y that has other rows than W; "" if nothing comes to mind. */
static const char *advice(const rlra_array *w, const rlra_array *y)
{
    const int64_t columns = y->order == 2 ? y->dims[1] : 1;
    if (y->order == 2 && columns == w->dims[0])
        return ": its columns would fit; add --transpose Y if each row of the file is a right-hand side";
    if (y->dims[0] == w->dims[1])
        return ": the columns of W would fit; add --transpose W if each row of its file is a regressor";
    if (y->order == 2 && columns == w->dims[1])
        return ": columns would fit columns; add --transpose both if rows of both files are what columns should be";
    return ": both need a row for each observation";
}

static int check_shapes(const regression *r)
{
    const char *const w = r->asked->data[0], *const y = r->asked->data[1];
    char dims[128], other[128];
    print_dims(r->w.order, r->w.dims, dims, sizeof dims);
    print_dims(r->y.order, r->y.dims, other, sizeof other);
    if (r->w.order != 2)
        return run_error("%s: W must be a matrix with a column for each coefficient, this is %s%s", w,
                         r->w.order == 1 ? "a vector of " : "", dims);
    if (r->y.order > 2)
        return run_error(
            "%s: Y must be a matrix with a column for each right-hand side, a vector or a cube, this is %s", y, other);
    for (int m = 0; m < 2; ++m) {
        if (r->w.dims[m] == 0)
            return run_error("W (%s) is empty: %s", w, dims);
        if (m < r->y.order && r->y.dims[m] == 0)
            return run_error("Y (%s) is empty: %s", y, other);
    }
    if (r->w.dims[0] != r->y.dims[0])
        return run_error("W (%s) is %s, but Y (%s) has %" PRId64 " rows%s", w, dims, y, r->y.dims[0],
                         advice(&r->w, &r->y));
    return EXIT_OK;
}

/* Sizes of supports: as many as coefficients, unless --sparsity says less. */
static int64_t sizes_of(const regression *r)
{
    const int64_t asked = r->options.sparsity;
    return asked > 0 && asked < r->w.dims[1] ? asked : r->w.dims[1];
}

/* The result may be far larger than W and Y, which may be sparse: it is asked for before it is made. */
static int check_room(const regression *r)
{
    const double entry = (double)rlra_dtype_bytes(r->w.dtype), columns = (double)r->columns;
    const double sizes = r->asked->front ? (double)sizes_of(r) : 1.0;
    const double numbers = r->asked->front ? sizes : 3.0;
    const double bytes = columns * (sizes * (double)r->w.dims[1] * entry + numbers * (double)sizeof(double));
    const double memory = bytes < LITTLE_MEMORY ? INFINITY : rlra_context_memory(r->asked->context);
    char need[32], left[32];
    if (bytes <= memory)
        return EXIT_OK;
    return run_error("out of memory: the result of %.0f columns and %" PRId64 " coefficients each needs %s, and there "
                     "are %s: solve fewer columns of Y at once",
                     columns, r->w.dims[1], print_bytes(bytes, need, sizeof need),
                     print_bytes(memory, left, sizeof left));
}

/* Room for the points of every size. */
static void make_front(regression *r)
{
    r->sizes = sizes_of(r);
    const int64_t dims[] = {r->columns, r->sizes, r->w.dims[1]};
    void *const memory = cli_alloc((size_t)(dims[0] * dims[1] * dims[2]) + 1, (size_t)rlra_dtype_bytes(r->w.dtype));
    r->x = r->x_written = rlra_array_contiguous(r->w.dtype, 3, dims, memory);
}

/* Room for X in the layout that the file gets: as Y, one column for each right-hand side or one row. */
static void make_result(regression *r)
{
    const int64_t rank = r->w.dims[1];
    const int vector = r->y.order == 1, by_rows = !vector && is_transposed(r, "Y");
    const int64_t dims[] = {by_rows ? r->columns : rank, by_rows ? rank : r->columns};
    void *const memory = cli_alloc((size_t)(rank * r->columns) + 1, (size_t)rlra_dtype_bytes(r->w.dtype));
    r->x_written = rlra_array_contiguous(r->w.dtype, vector ? 1 : 2, dims, memory);
    r->x = by_rows ? rlra_array_permuted(&r->x_written, (const int[]){1, 0}) : r->x_written;
}

/* X from a file, laid out as the result will be. */
static int read_start(regression *r)
{
    rlra_dataset *file = NULL;
    const char *const spec = r->asked->start;
    const int code = input_read(&r->files, spec, 1, 2, &input_doubles, &file);
    if (code != EXIT_OK)
        return code;
    const rlra_array *const from = rlra_dataset_array(file);
    const rlra_array *const to = &r->x_written;
    char dims[128], expected[128];
    print_dims(from->order, from->dims, dims, sizeof dims);
    print_dims(to->order, to->dims, expected, sizeof expected);
    int fits = from->order == to->order;
    for (int m = 0; fits && m < to->order; ++m)
        fits = from->dims[m] == to->dims[m];
    for (int64_t e = 0; fits && e < rlra_array_count(to); ++e) {
        const int64_t last = to->order == 1 ? 1 : to->dims[1];
        const int64_t index[] = {to->order == 1 ? e : e / last, e % last};
        const double value = rlra_array_get(from, index);
        if (to->dtype == RLRA_DTYPE_F32)
            ((float *)to->data)[e] = (float)value;
        else
            ((double *)to->data)[e] = value;
    }
    rlra_dataset_destroy(file);
    return fits ? EXIT_OK : run_error("--start %s: X must be %s to fit W and Y, this is %s", spec, expected, dims);
}

int regression_read(regression *r)
{
    int code = read_files(r);
    if (code == EXIT_OK)
        code = regression_find_scene(r);
    if (code != EXIT_OK)
        return code;
    if (r->is_scene)
        return regression_read_scene(r);
    orient(r);
    code = check_shapes(r);
    if (code != EXIT_OK)
        return code;
    r->columns = r->y.order == 1 ? 1 : r->y.dims[1];
    code = check_room(r);
    if (code != EXIT_OK)
        return code;
    if (r->asked->front) {
        make_front(r);
        return EXIT_OK;
    }
    make_result(r);
    return r->asked->start == NULL ? EXIT_OK : read_start(r);
}
