/* separable/columns.c: read columns, in blocks, whatever the strides. */
#include "separable/columns.h"

#include <math.h>
#include <string.h>

#include "core/threads.h"

#define PACKED_ENTRIES 65536

ptrdiff_t RLRA(columns_begin)(const columns *x, ptrdiff_t block)
{
    return block < x->blocks ? block * x->width : x->count;
}

void RLRA(columns_load)(const columns *x, ptrdiff_t j, double *out)
{
    const real *const from = x->at + j * x->column_stride;
    for (ptrdiff_t i = 0; i < x->rows; i++)
        out[i] = x->scale * (double)from[i * x->row_stride];
}

/* Largest magnitude of a block; NaN or Inf if it contains one. */
static double block_peak(const columns *x, ptrdiff_t block)
{
    const ptrdiff_t begin = RLRA(columns_begin)(x, block), end = RLRA(columns_begin)(x, block + 1);
    const int by_rows = x->column_stride == 1;
    const ptrdiff_t outer = by_rows ? x->rows : end - begin, inner = by_rows ? end - begin : x->rows;
    const ptrdiff_t outer_stride = by_rows ? x->row_stride : x->column_stride;
    const ptrdiff_t inner_stride = by_rows ? 1 : x->row_stride;
    double peak = 0, poison = 0;
    for (ptrdiff_t o = 0; o < outer; o++) {
        const real *const line = x->at + begin * x->column_stride + o * outer_stride;
        real most = 0, zero = 0;
        for (ptrdiff_t i = 0; i < inner; i++) {
            const real value = line[i * inner_stride];
            const real magnitude = value < 0 ? -value : value;
            most = magnitude > most ? magnitude : most;
            zero += value * 0; /* NaN for NaN and Inf, else 0 */
        }
        peak = fmax(peak, (double)most);
        poison += (double)zero;
    }
    return poison == 0.0 ? peak : NAN;
}

static rlra_status fail_not_finite(const columns *x)
{
    for (ptrdiff_t i = 0; i < x->rows; i++)
        for (ptrdiff_t j = 0; j < x->count; j++) {
            const double value = (double)x->at[i * x->row_stride + j * x->column_stride];
            if (!isfinite(value))
                return rlra_fail(x->context, RLRA_ERR_DATA, "entry (%td, %td) of the data is %s; all must be finite", i,
                                 j, isnan(value) ? "NaN" : "infinite");
        }
    return RLRA_OK;
}

static rlra_status find_scale(columns *x)
{
    double peak = 0;
    int exponent, bad = 0;
#pragma omp parallel for num_threads(x->threads) schedule(static) reduction(max : peak) reduction(| : bad)
    for (ptrdiff_t block = 0; block < x->blocks; block++) {
        const double found = block_peak(x, block);
        bad |= isnan(found);
        peak = fmax(peak, found);
    }
    if (bad)
        return fail_not_finite(x);
    x->scale = 1.0;
    if (peak == 0.0)
        return RLRA_OK;
    frexp(peak, &exponent);
    x->scale = ldexp(1.0, exponent < -1000 ? 1000 : -exponent);
    return RLRA_OK;
}

rlra_status RLRA(columns_init)(rlra_context *context, const rlra_array *array, int threads, columns *x)
{
    *x = (columns){.context = context, .at = array->data};
    x->threads = rlra_team_counted(rlra_threads(threads), &x->threads_refused);
    x->rows = (ptrdiff_t)array->dims[0];
    x->count = (ptrdiff_t)array->dims[1];
    x->row_stride = (ptrdiff_t)array->strides[0];
    x->column_stride = x->count == 1 ? 1 : (ptrdiff_t)array->strides[1];
    if (x->rows == 1 && x->column_stride != 1)
        x->row_stride = 1;
    x->kernels = RLRA(kernels_best)();
    x->width = COLUMNS_WIDTH;
    if (x->column_stride != 1 && x->row_stride != 1) {
        const ptrdiff_t fitting = PACKED_ENTRIES / x->rows;
        x->width = fitting < 1 ? 1 : fitting > COLUMNS_WIDTH ? COLUMNS_WIDTH : fitting;
        const size_t entries = (size_t)x->rows * (size_t)x->width;
        x->packed = rlra_alloc(context, (size_t)x->threads, entries * sizeof(real));
        if (x->packed == NULL)
            return rlra_fail_memory(context, (size_t)x->threads * entries, sizeof(real), "a block of packed columns");
    }
    x->blocks = (x->count + x->width - 1) / x->width;
    const rlra_status status = find_scale(x);
    if (status != RLRA_OK)
        RLRA(columns_clear)(x);
    return status;
}

void RLRA(columns_clear)(columns *x)
{
    rlra_free(x->context, x->packed);
    x->packed = NULL;
}

static void block_norms(const columns *x, ptrdiff_t block, double *norms)
{
    const ptrdiff_t begin = RLRA(columns_begin)(x, block), end = RLRA(columns_begin)(x, block + 1);
    memset(norms + begin, 0, (size_t)(end - begin) * sizeof *norms);
    if (x->column_stride == 1) {
        for (ptrdiff_t i = 0; i < x->rows; i++) {
            const real *const line = x->at + i * x->row_stride;
            for (ptrdiff_t j = begin; j < end; j++) {
                const double value = x->scale * (double)line[j];
                norms[j] += value * value;
            }
        }
        return;
    }
    for (ptrdiff_t j = begin; j < end; j++) {
        const real *const line = x->at + j * x->column_stride;
        for (ptrdiff_t i = 0; i < x->rows; i++) {
            const double value = x->scale * (double)line[i * x->row_stride];
            norms[j] += value * value;
        }
    }
}

void RLRA(columns_norms)(const columns *x, double *norms)
{
#pragma omp parallel for num_threads(x->threads) schedule(static)
    for (ptrdiff_t block = 0; block < x->blocks; block++)
        block_norms(x, block, norms);
}

void RLRA(columns_multiply)(const columns *x, ptrdiff_t block, int thread, factor w, factor out)
{
    const ptrdiff_t begin = RLRA(columns_begin)(x, block), length = RLRA(columns_begin)(x, block + 1) - begin;
    const real *from = x->at + begin * x->column_stride;
    ptrdiff_t stride = x->row_stride;
    if (x->row_stride == 1 && x->column_stride != 1) {
        x->kernels->dots(length, w.rank, x->rows, from, x->column_stride, NULL, w.at, w.stride, out.at, out.stride, 0);
        return;
    }
    if (x->packed != NULL) {
        real *const packed = x->packed + thread * x->rows * x->width;
        for (ptrdiff_t i = 0; i < x->rows; i++)
            for (ptrdiff_t j = 0; j < length; j++)
                packed[i * length + j] = from[i * x->row_stride + j * x->column_stride];
        from = packed;
        stride = length;
    }
    for (ptrdiff_t k = 0; k < w.rank; k++)
        memset(out.at + k * out.stride, 0, (size_t)length * sizeof *out.at);
    x->kernels->outer(x->rows, w.rank, length, w.at, w.stride, from, stride, out.at, out.stride);
}
