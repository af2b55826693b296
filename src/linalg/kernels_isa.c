/* linalg/kernels_isa.c: the skinny products in vectors of one instruction set; compiled once for each set and precision. */
#include <stdint.h>
#include <string.h>

#include "linalg/kernels.h"
#include "linalg/kernels_isa.h"

#if defined(RLRA_ISA_avx512)
#define VECTOR_BYTES 64
#define REGISTERS    32
#elif defined(RLRA_ISA_avx2)
#define VECTOR_BYTES 32
#define REGISTERS    16
#else
#define VECTOR_BYTES 16
#define REGISTERS    16
#endif

#define LANES  ((ptrdiff_t)(VECTOR_BYTES / sizeof(real)))
#define INLINE static inline __attribute__((always_inline))

typedef real vector __attribute__((vector_size(VECTOR_BYTES)));
typedef real loose_vector __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(real)), may_alias));

/* Columns of y that are worked on at once: the rows of h then stay in the first-level cache. */
#define COLUMN_BLOCK (2048 / (ptrdiff_t)sizeof(real))

INLINE vector load(const real *at)
{
    return *(const loose_vector *)at;
}

INLINE void store(real *at, vector v)
{
    *(loose_vector *)at = v;
}

/* The first `count` entries, zeros behind. */
INLINE vector load_part(const real *at, ptrdiff_t count)
{
    vector v = {0};
    memcpy(&v, at, (size_t)count * sizeof(real));
    return v;
}

INLINE real lane_sum(vector v)
{
    real lanes[VECTOR_BYTES / sizeof(real)];
    memcpy(lanes, &v, sizeof lanes);
    for (ptrdiff_t width = LANES / 2; width > 0; width /= 2)
        for (ptrdiff_t lane = 0; lane < width; lane++)
            lanes[lane] += lanes[lane + width];
    return lanes[0];
}

/* sums[r][k] = sum_j y[r][j] h[k][j] for R rows and K components; each sum is formed in the same order for every R and K. */
INLINE void dots_tile(int R, int K, ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *h,
                      ptrdiff_t h_stride, real *out, ptrdiff_t out_stride, int add)
{
    vector sum[8][8];
    for (int r = 0; r < R; r++)
        for (int k = 0; k < K; k++)
            sum[r][k] = (vector){0};
    ptrdiff_t j = 0;
    for (; j + LANES <= length; j += LANES) {
        vector row[8];
        for (int r = 0; r < R; r++)
            row[r] = load(y + r * y_stride + j);
        for (int k = 0; k < K; k++) {
            const vector component = load(h + k * h_stride + j);
            for (int r = 0; r < R; r++)
                sum[r][k] += row[r] * component;
        }
    }
    if (j < length) {
        for (int k = 0; k < K; k++) {
            const vector component = load_part(h + k * h_stride + j, length - j);
            for (int r = 0; r < R; r++)
                sum[r][k] += load_part(y + r * y_stride + j, length - j) * component;
        }
    }
    for (int k = 0; k < K; k++)
        for (int r = 0; r < R; r++) {
            real *const at = out + k * out_stride + r;
            *at = add ? *at + lane_sum(sum[r][k]) : lane_sum(sum[r][k]);
        }
}

typedef void (*dots_function)(ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *h, ptrdiff_t h_stride,
                              real *out, ptrdiff_t out_stride, int add);

#define DOTS(R, K)                                                                                                     \
    static void dots_##R##_##K(ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *h, ptrdiff_t h_stride, \
                               real *out, ptrdiff_t out_stride, int add)                                               \
    {                                                                                                                  \
        dots_tile(R, K, length, y, y_stride, h, h_stride, out, out_stride, add);                                       \
    }

/* As many sums as the registers hold beside the rows they need. */
#if REGISTERS == 32
#define TALL_1 8
#define TALL_2 8
#define TALL_3 6
#define TALL_4 6
#define TALL_5 5
#define TALL_6 4
DOTS(8, 1)
DOTS(8, 2)
DOTS(6, 3)
DOTS(6, 4) DOTS(5, 5)
    DOTS(4, 6) static const dots_function tall[] = {dots_8_1, dots_8_2, dots_6_3, dots_6_4, dots_5_5, dots_4_6};
#else
#define TALL_1 6
#define TALL_2 4
#define TALL_3 4
#define TALL_4 3
#define TALL_5 2
#define TALL_6 2
DOTS(6, 1)
DOTS(4, 2)
DOTS(4, 3)
DOTS(3, 4) DOTS(2, 5)
    DOTS(2, 6) static const dots_function tall[] = {dots_6_1, dots_4_2, dots_4_3, dots_3_4, dots_2_5, dots_2_6};
#endif
DOTS(1, 1)
DOTS(1, 2)
DOTS(1, 3)
DOTS(1, 4) DOTS(1, 5)
    DOTS(1, 6) static const dots_function single[] = {dots_1_1, dots_1_2, dots_1_3, dots_1_4, dots_1_5, dots_1_6};
static const int tall_rows[] = {TALL_1, TALL_2, TALL_3, TALL_4, TALL_5, TALL_6};

/* Components treated together at most. */
#define MOST (REGISTERS == 32 ? 6 : 4)

/* The rank cut into nearly equal parts of at most `most`. */
INLINE ptrdiff_t part(ptrdiff_t left, ptrdiff_t most)
{
    const ptrdiff_t parts = (left + most - 1) / most;
    return (left + parts - 1) / parts;
}

/* Entries of a cache line. */
#define LINE (64 / (ptrdiff_t)sizeof(real))

/* Ask for columns begin .. end-1 of some rows, to be read soon. */
INLINE void fetch(ptrdiff_t rows, const real *y, ptrdiff_t y_stride, ptrdiff_t begin, ptrdiff_t end)
{
    for (ptrdiff_t r = 0; r < rows; r++)
        for (ptrdiff_t j = begin; j < end; j += LINE)
            __builtin_prefetch(y + r * y_stride + j, 0, 2);
}

/* dots() for one block of columns. Memory is slower than arithmetic only in bursts: so the block to come is fetched
 * bit by bit, spread over all components of this one. */
static void dots_block(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t width, const real *y, ptrdiff_t y_stride,
                       const real *coming, ptrdiff_t coming_width, const real *h, ptrdiff_t h_stride, real *out,
                       ptrdiff_t out_stride, int add)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < rank; k += count) {
        count = part(rank - k, MOST);
        const ptrdiff_t begin = coming_width * k / rank / LINE * LINE;
        const ptrdiff_t end = k + count == rank ? coming_width : coming_width * (k + count) / rank / LINE * LINE;
        const int step = tall_rows[count - 1];
        ptrdiff_t i = 0;
        for (; i + step <= rows; i += step) {
            if (coming != NULL)
                fetch(step, coming + i * y_stride, y_stride, begin, end);
            tall[count - 1](width, y + i * y_stride, y_stride, h + k * h_stride, h_stride, out + k * out_stride + i,
                            out_stride, add);
        }
        for (; i < rows; i++)
            single[count - 1](width, y + i * y_stride, y_stride, h + k * h_stride, h_stride, out + k * out_stride + i,
                              out_stride, add);
    }
}

static void dots(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *next,
                 const real *h, ptrdiff_t h_stride, real *out, ptrdiff_t out_stride, int add)
{
    ptrdiff_t j = 0;
    do {
        const ptrdiff_t width = length - j < COLUMN_BLOCK ? length - j : COLUMN_BLOCK;
        const ptrdiff_t left = length - j - width;
        const real *const coming = left > 0 ? y + j + width : next;
        const ptrdiff_t reach = left > 0 ? left : length;
        dots_block(rows, rank, width, y + j, y_stride, coming,
                   coming == NULL         ? 0
                   : reach < COLUMN_BLOCK ? reach
                                          : COLUMN_BLOCK,
                   h + j, h_stride, out, out_stride, add || j > 0);
        j += width;
    } while (j < length);
}

/* z[k][j] += sum_i w[k][i] y[i][j] for K components and V vectors of columns, summed from zero and then added. */
INLINE void outer_tile(int K, int V, ptrdiff_t rows, const real *w, ptrdiff_t w_stride, const real *y,
                       ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    vector sum[8][8];
    for (int k = 0; k < K; k++)
        for (int v = 0; v < V; v++)
            sum[k][v] = (vector){0};
    for (ptrdiff_t i = 0; i < rows; i++) {
        vector row[8];
        for (int v = 0; v < V; v++)
            row[v] = load(y + i * y_stride + v * LANES);
        for (int k = 0; k < K; k++) {
            const real weight = w[k * w_stride + i];
            for (int v = 0; v < V; v++)
                sum[k][v] += row[v] * weight;
        }
    }
    for (int k = 0; k < K; k++)
        for (int v = 0; v < V; v++) {
            real *const at = z + k * z_stride + v * LANES;
            store(at, load(at) + sum[k][v]);
        }
}

/* The same for the last columns, fewer than a vector. */
INLINE void outer_rest(ptrdiff_t K, ptrdiff_t columns, ptrdiff_t rows, const real *w, ptrdiff_t w_stride, const real *y,
                       ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    for (ptrdiff_t k = 0; k < K; k++) {
        vector sum = {0};
        for (ptrdiff_t i = 0; i < rows; i++)
            sum += load_part(y + i * y_stride, columns) * w[k * w_stride + i];
        real *const at = z + k * z_stride;
        const vector total = load_part(at, columns) + sum;
        memcpy(at, &total, (size_t)columns * sizeof(real));
    }
}

typedef void (*outer_function)(ptrdiff_t rows, const real *w, ptrdiff_t w_stride, const real *y, ptrdiff_t y_stride,
                               real *z, ptrdiff_t z_stride);

#define OUTER(K, V)                                                                                                    \
    static void outer_##K##_##V(ptrdiff_t rows, const real *w, ptrdiff_t w_stride, const real *y, ptrdiff_t y_stride,  \
                                real *z, ptrdiff_t z_stride)                                                           \
    {                                                                                                                  \
        outer_tile(K, V, rows, w, w_stride, y, y_stride, z, z_stride);                                                 \
    }

#if REGISTERS == 32
#define WIDE 4
OUTER(1, 4)
OUTER(2, 4)
OUTER(3, 4)
OUTER(4, 4) OUTER(5, 4)
    OUTER(6, 4) static const outer_function wide[] = {outer_1_4, outer_2_4, outer_3_4, outer_4_4, outer_5_4, outer_6_4};
#else
#define WIDE 3
OUTER(1, 3)
OUTER(2, 3) OUTER(3, 3) OUTER(4, 3) static const outer_function wide[] = {outer_1_3, outer_2_3, outer_3_3, outer_4_3};
#endif
OUTER(1, 1)
OUTER(2, 1)
OUTER(3, 1)
OUTER(4, 1) OUTER(5, 1) OUTER(6, 1) static const outer_function narrow[] = {outer_1_1, outer_2_1, outer_3_1,
                                                                            outer_4_1, outer_5_1, outer_6_1};

/* Rows that are packed at once by outer(). */
#define PACK_ROWS 64

/* Columns of a strip, side by side in aligned memory: rows of y that lie a power of two apart would share cache sets. */
INLINE void pack_strip(ptrdiff_t rows, const real *y, ptrdiff_t y_stride, real *strip)
{
    for (ptrdiff_t i = 0; i < rows; i++) {
        const real *const row = y + i * y_stride;
        __builtin_prefetch(row + WIDE * LANES);
        __builtin_prefetch(row + 2 * WIDE * LANES - 1);
        for (int v = 0; v < WIDE; v++)
            store(strip + (i * WIDE + v) * LANES, load(row + v * LANES));
    }
}

static void outer_rows(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                       const real *y, ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    _Alignas(64) real strip[PACK_ROWS * WIDE * LANES];
    ptrdiff_t count = 0;
    ptrdiff_t j = 0;
    for (; j + WIDE * LANES <= length; j += WIDE * LANES) {
        pack_strip(rows, y + j, y_stride, strip);
        for (ptrdiff_t k = 0; k < rank; k += count) {
            count = part(rank - k, MOST);
            wide[count - 1](rows, w + k * w_stride, w_stride, strip, WIDE * LANES, z + k * z_stride + j, z_stride);
        }
    }
    for (ptrdiff_t k = 0; k < rank; k += count) {
        count = part(rank - k, MOST);
        ptrdiff_t rest = j;
        for (; rest + LANES <= length; rest += LANES)
            narrow[count - 1](rows, w + k * w_stride, w_stride, y + rest, y_stride, z + k * z_stride + rest, z_stride);
        if (rest < length)
            outer_rest(count, length - rest, rows, w + k * w_stride, w_stride, y + rest, y_stride,
                       z + k * z_stride + rest, z_stride);
    }
}

static void outer(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride, const real *y,
                  ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    for (ptrdiff_t i = 0; i < rows; i += PACK_ROWS)
        outer_rows(rows - i < PACK_ROWS ? rows - i : PACK_ROWS, rank, length, w + i, w_stride, y + i * y_stride,
                   y_stride, z, z_stride);
}

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
    memcpy(out + i, &left, (size_t)(length - i) * sizeof(real));
}

#if defined(RLRA_SINGLE)
typedef int32_t mask_lane;
#else
typedef int64_t mask_lane;
#endif
typedef mask_lane mask_vector __attribute__((vector_size(VECTOR_BYTES)));

INLINE vector larger(vector a, vector b)
{
    const mask_vector first = a > b;
    return (vector)((first & (mask_vector)a) | (~first & (mask_vector)b));
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

/* A vector's worth of doubles, whatever `real` is. */
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
const kernels KERNELS_OF(RLRA_ISA) = {NAME(RLRA_ISA), dots, outer, residual, improve, gram, distance2};
