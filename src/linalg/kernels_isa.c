/* linalg/kernels_isa.c: products within blocks of factors in vectors of one instruction set, and the table of all kernels of that
 * set; compiled once for each set and precision. */
#include "linalg/kernels_isa.h"

#include "linalg/vector.h"

/* V vectors of out = b - sum_j g[j] x[j]. */
INLINE void residual_tile(int V, ptrdiff_t rank, const real *b, const real *g, const real *x, ptrdiff_t x_stride,
                          real *out)
{
    vector left[4];
    for (int v = 0; v < V; v++)
        left[v] = load(b + v * LANES);
    for (ptrdiff_t j = 0; j < rank; j++)
        for (int v = 0; v < V; v++)
            left[v] -= load(x + j * x_stride + v * LANES) * g[j];
    for (int v = 0; v < V; v++)
        store(out + v * LANES, left[v]);
}

static void residual(ptrdiff_t length, ptrdiff_t rank, const real *b, const real *g, const real *x, ptrdiff_t x_stride,
                     real *out)
{
    ptrdiff_t i = 0;
    for (; i + 4 * LANES <= length; i += 4 * LANES)
        residual_tile(4, rank, b + i, g, x + i, x_stride, out + i);
    for (; i + LANES <= length; i += LANES)
        residual_tile(1, rank, b + i, g, x + i, x_stride, out + i);
    if (i == length)
        return;
    vector left = load_part(b + i, length - i);
    for (ptrdiff_t j = 0; j < rank; j++)
        left -= load_part(x + j * x_stride + i, length - i) * g[j];
    store_part(out + i, length - i, left);
}

/* V vectors of improve(); the squared changes are added to `change`. */
INLINE vector improve_tile(int V, ptrdiff_t rank, const real *b, const real *g, real *x, ptrdiff_t x_stride,
                           ptrdiff_t k, real inverse, real shift, real least, vector change)
{
    vector left[12];
    for (int v = 0; v < V; v++)
        left[v] = load(b + v * LANES) - shift;
    for (ptrdiff_t j = 0; j < rank; j++)
        for (int v = 0; v < V; v++)
            left[v] -= load(x + j * x_stride + v * LANES) * g[j];
    real *const at = x + k * x_stride;
    for (int v = 0; v < V; v++) {
        const vector old = load(at + v * LANES);
        const vector fresh = larger(old + left[v] * inverse, (vector){0} + least);
        change += (fresh - old) * (fresh - old);
        store(at + v * LANES, fresh);
    }
    return change;
}

static double improve(ptrdiff_t length, ptrdiff_t rank, const real *b, const real *g, real *x, ptrdiff_t x_stride,
                      ptrdiff_t k, real inverse, real shift, real least)
{
    vector change = {0};
    ptrdiff_t i = 0;
    for (; i + 12 * LANES <= length; i += 12 * LANES)
        change = improve_tile(12, rank, b + i, g, x + i, x_stride, k, inverse, shift, least, change);
    for (; i + 6 * LANES <= length; i += 6 * LANES)
        change = improve_tile(6, rank, b + i, g, x + i, x_stride, k, inverse, shift, least, change);
    for (; i + LANES <= length; i += LANES)
        change = improve_tile(1, rank, b + i, g, x + i, x_stride, k, inverse, shift, least, change);
    double rest = 0;
    for (; i < length; i++) {
        real left = b[i] - shift;
        for (ptrdiff_t j = 0; j < rank; j++)
            left -= x[j * x_stride + i] * g[j];
        real *const at = x + k * x_stride + i;
        const real ahead = *at + left * inverse;
        const real fresh = ahead > least ? ahead : least;
        rest += (double)(fresh - *at) * (double)(fresh - *at);
        *at = fresh;
    }
    return (double)lane_sum(change) + rest;
}

/* The doubles of a vector, for any `real`. */
#define DOUBLES ((ptrdiff_t)(VECTOR_BYTES / sizeof(double)))
typedef double double_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real half_vector __attribute__((vector_size(VECTOR_BYTES / sizeof(double) * sizeof(real))));

INLINE double_vector load_double(const real *at, ptrdiff_t count)
{
    half_vector v = {0};
    memcpy(&v, at, (size_t)count * sizeof(real));
    return __builtin_convertvector(v, double_vector);
}

INLINE double double_sum(double_vector v)
{
    double total = 0;
    for (int lane = 0; lane < DOUBLES; lane++)
        total += v[lane];
    return total;
}

/* Inner products of K rows of x with one row of y. */
INLINE void gram_tile(int K, ptrdiff_t length, const real *x, ptrdiff_t x_stride, const real *y, double *sums)
{
    double_vector sum[4];
    for (int k = 0; k < K; k++)
        sum[k] = (double_vector){0};
    ptrdiff_t j = 0;
    for (; j + DOUBLES <= length; j += DOUBLES) {
        const double_vector right = load_double(y + j, DOUBLES);
        for (int k = 0; k < K; k++)
            sum[k] += load_double(x + k * x_stride + j, DOUBLES) * right;
    }
    if (j < length) {
        const double_vector right = load_double(y + j, length - j);
        for (int k = 0; k < K; k++)
            sum[k] += load_double(x + k * x_stride + j, length - j) * right;
    }
    for (int k = 0; k < K; k++)
        sums[k] = double_sum(sum[k]);
}

static void gram(ptrdiff_t length, ptrdiff_t rank, const real *x, ptrdiff_t x_stride, const real *y, ptrdiff_t y_stride,
                 double *out, int add)
{
    for (ptrdiff_t l = 0; l < rank; l++) {
        double sums[4];
        ptrdiff_t count = 0;
        for (ptrdiff_t k = x == y ? l : 0; k < rank; k += count) {
            count = rank - k >= 4 ? 4 : 1;
            if (count == 4)
                gram_tile(4, length, x + k * x_stride, x_stride, y + l * y_stride, sums);
            else
                gram_tile(1, length, x + k * x_stride, x_stride, y + l * y_stride, sums);
            for (ptrdiff_t c = 0; c < count; c++)
                out[(k + c) * rank + l] = add ? out[(k + c) * rank + l] + sums[c] : sums[c];
        }
    }
    if (x == y)
        for (ptrdiff_t l = 0; l < rank; l++)
            for (ptrdiff_t k = l + 1; k < rank; k++)
                out[l * rank + k] = out[k * rank + l];
}

static double distance2(ptrdiff_t length, const real *a, const real *b)
{
    double total = 0;
    for (ptrdiff_t begin = 0; begin < length; begin += COLUMN_BLOCK) {
        const ptrdiff_t end = length - begin < COLUMN_BLOCK ? length : begin + COLUMN_BLOCK;
        vector sum = {0};
        ptrdiff_t i = begin;
        for (; i + LANES <= end; i += LANES) {
            const vector difference = load(a + i) - load(b + i);
            sum += difference * difference;
        }
        if (i < end) {
            const vector difference = load_part(a + i, end - i) - load_part(b + i, end - i);
            sum += difference * difference;
        }
        total += (double)lane_sum(sum);
    }
    return total;
}

#define NAME_TEXT(isa) #isa
#define NAME(isa)      NAME_TEXT(isa)
const kernels KERNELS_OF(RLRA_ISA) = {
    .name = NAME(RLRA_ISA),
    .dots = KERNEL_OF(RLRA_ISA, dots),
    .outer = KERNEL_OF(RLRA_ISA, outer),
    .residual = residual,
    .improve = improve,
    .gram = gram,
    .distance2 = distance2,
    .faces = &KERNEL_OF(RLRA_ISA, faces),
    .row_grams = &KERNEL_OF(RLRA_ISA, row_grams),
    .ratio_sums = KERNEL_OF(RLRA_ISA, ratio_sums),
    .ratio_shift = KERNEL_OF(RLRA_ISA, ratio_shift),
    .quotients = KERNEL_OF(RLRA_ISA, quotients),
    .picked_slopes = KERNEL_OF(RLRA_ISA, picked_slopes),
    .picked_model = KERNEL_OF(RLRA_ISA, picked_model),
    .relative = KERNEL_OF(RLRA_ISA, relative),
    .entry_sums = KERNEL_OF(RLRA_ISA, entry_sums),
};
