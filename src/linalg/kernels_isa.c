/* linalg/kernels_isa.c: products within blocks of factors in vectors of one instruction set, and the table of all kernels of that
 * set; compiled once for each set and precision. */
#include "linalg/kernels_isa.h"

#include "linalg/vector.h"

/* Components that share the loads of a tile, and vectors of a long tile. */
#define TOGETHER (REGISTERS == 32 ? 8 : 4)
#define LONG     3

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

/* The same for K components of b, which share the loads of x. */
INLINE void residuals_tile(int K, int V, ptrdiff_t rank, const real *b, ptrdiff_t b_stride, const real *g,
                           ptrdiff_t g_stride, const real *x, ptrdiff_t x_stride, real *out, ptrdiff_t out_stride)
{
    vector left[TOGETHER][LONG];
    for (int c = 0; c < K; c++)
        for (int v = 0; v < V; v++)
            left[c][v] = load(b + c * b_stride + v * LANES);
    for (ptrdiff_t j = 0; j < rank; j++) {
        vector row[LONG];
        for (int v = 0; v < V; v++)
            row[v] = load(x + j * x_stride + v * LANES);
        for (int c = 0; c < K; c++) {
            const real weight = g[c * g_stride + j];
            for (int v = 0; v < V; v++)
                left[c][v] -= row[v] * weight;
        }
    }
    for (int c = 0; c < K; c++)
        for (int v = 0; v < V; v++)
            store(out + c * out_stride + v * LANES, left[c][v]);
}

static void residuals(ptrdiff_t length, ptrdiff_t rank, ptrdiff_t count, const real *b, ptrdiff_t b_stride,
                      const real *g, ptrdiff_t g_stride, const real *x, ptrdiff_t x_stride, real *out,
                      ptrdiff_t out_stride)
{
    ptrdiff_t c = 0;
    for (; c + TOGETHER <= count; c += TOGETHER) {
        const real *const from = b + c * b_stride, *const rows = g + c * g_stride;
        real *const to = out + c * out_stride;
        ptrdiff_t i = 0;
        for (; i + LONG * LANES <= length; i += LONG * LANES)
            residuals_tile(TOGETHER, LONG, rank, from + i, b_stride, rows, g_stride, x + i, x_stride, to + i,
                           out_stride);
        for (; i + LANES <= length; i += LANES)
            residuals_tile(TOGETHER, 1, rank, from + i, b_stride, rows, g_stride, x + i, x_stride, to + i, out_stride);
        for (ptrdiff_t d = 0; i < length && d < TOGETHER; d++)
            residual(length - i, rank, from + d * b_stride + i, rows + d * g_stride, x + i, x_stride,
                     to + d * out_stride + i);
    }
    for (; c < count; c++)
        residual(length, rank, b + c * b_stride, g + c * g_stride, x, x_stride, out + c * out_stride);
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

/* Rows of each side that share the loads of a tile of inner products. */
#define SIDE (REGISTERS == 32 ? 4 : 3)

/* out[k * rank + l] (+)= inner products of K rows of x with L rows of y. */
INLINE void gram_tile(int K, int L, ptrdiff_t length, const real *x, ptrdiff_t x_stride, const real *y,
                      ptrdiff_t y_stride, double *out, ptrdiff_t rank, int add)
{
    double_vector sum[SIDE][SIDE];
    for (int k = 0; k < K; k++)
        for (int l = 0; l < L; l++)
            sum[k][l] = (double_vector){0};
    for (ptrdiff_t j = 0; j < length; j += DOUBLES) {
        const ptrdiff_t count = length - j < DOUBLES ? length - j : DOUBLES;
        double_vector right[SIDE];
        for (int l = 0; l < L; l++)
            right[l] = count == DOUBLES ? load_double(y + l * y_stride + j, DOUBLES)
                                        : load_double(y + l * y_stride + j, count);
        for (int k = 0; k < K; k++) {
            const real *const at = x + k * x_stride + j;
            const double_vector left = count == DOUBLES ? load_double(at, DOUBLES) : load_double(at, count);
            for (int l = 0; l < L; l++)
                sum[k][l] += left * right[l];
        }
    }
    for (int k = 0; k < K; k++)
        for (int l = 0; l < L; l++)
            out[k * rank + l] = (add ? out[k * rank + l] : 0) + double_sum(sum[k][l]);
}

/* SIDE rows of y, or one; with those of x from `first` on. */
INLINE void gram_rows(int L, ptrdiff_t length, ptrdiff_t rank, ptrdiff_t first, const real *x, ptrdiff_t x_stride,
                      const real *y, ptrdiff_t y_stride, double *out, int add)
{
    ptrdiff_t k = first;
    for (; k + SIDE <= rank; k += SIDE)
        gram_tile(SIDE, L, length, x + k * x_stride, x_stride, y, y_stride, out + k * rank, rank, add);
    for (; k < rank; k++)
        gram_tile(1, L, length, x + k * x_stride, x_stride, y, y_stride, out + k * rank, rank, add);
}

/* Entries of each row that are summed at once: those of all rows should stay in the second-level cache. */
static ptrdiff_t gram_run(ptrdiff_t rank)
{
    const ptrdiff_t most = 4096, least = 256, all = 1 << 16;
    const ptrdiff_t run = rank > 0 ? all / rank / least * least : most;
    return run < least ? least : run > most ? most : run;
}

static void gram(ptrdiff_t length, ptrdiff_t rank, const real *x, ptrdiff_t x_stride, const real *y, ptrdiff_t y_stride,
                 double *out, int add)
{
    const ptrdiff_t run = gram_run(rank);
    ptrdiff_t begin = 0;
    do {
        const ptrdiff_t count = length - begin < run ? length - begin : run;
        const int more = add || begin > 0;
        ptrdiff_t l = 0;
        for (; l + SIDE <= rank; l += SIDE)
            gram_rows(SIDE, count, rank, x == y ? l : 0, x + begin, x_stride, y + l * y_stride + begin, y_stride,
                      out + l, more);
        for (; l < rank; l++)
            gram_rows(1, count, rank, x == y ? l : 0, x + begin, x_stride, y + l * y_stride + begin, y_stride, out + l,
                      more);
        begin += count;
    } while (begin < length);
    for (ptrdiff_t l = 0; x == y && l < rank; l++)
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
    .residuals = residuals,
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
