/* linalg/products_isa.c: products of data with skinny factors in vectors of one instruction set; compiled once for each set and
 * precision. */
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* out[k][r] (+)= the lanes of sum[r][k]. Sums of single precision go many at a time, and all of them so: the order of lanes may be
 * another. */
INLINE void put_sums(int R, int K, vector sum[8][8], real *out, ptrdiff_t out_stride, int add)
{
    real totals[64 + VECTOR_BYTES / sizeof(real)];
    vector list[64 + VECTOR_BYTES / sizeof(real)];
#pragma GCC unroll 8
    for (int k = 0; k < K; k++)
#pragma GCC unroll 8
        for (int r = 0; r < R; r++)
            list[k * R + r] = sum[r][k];
    for (int e = R * K; e % LANES != 0; e++)
        list[e] = (vector){0};
#pragma GCC unroll 8
    for (int e = 0; e < R * K; e += LANES)
        store(totals + e, lane_sums(list + e));
    for (int k = 0; k < K; k++)
        for (int r = 0; r < R; r++) {
            real *const at = out + k * out_stride + r;
            *at = add ? *at + totals[k * R + r] : totals[k * R + r];
        }
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
        vector row[8];
        for (int r = 0; r < R; r++)
            row[r] = load_part(y + r * y_stride + j, length - j);
        for (int k = 0; k < K; k++) {
            const vector component = load_part(h + k * h_stride + j, length - j);
            for (int r = 0; r < R; r++)
                sum[r][k] += row[r] * component;
        }
    }
    put_sums(R, K, sum, out, out_stride, add);
}

typedef void (*dots_function)(ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *h, ptrdiff_t h_stride,
                              real *out, ptrdiff_t out_stride, int add);

#define DOTS(R, K)                                                                                                     \
    static void dots_##R##_##K(ptrdiff_t length, const real *y, ptrdiff_t y_stride, const real *h, ptrdiff_t h_stride, \
                               real *out, ptrdiff_t out_stride, int add)                                               \
    {                                                                                                                  \
        dots_tile(R, K, length, y, y_stride, h, h_stride, out, out_stride, add);                                       \
    }

/* As many sums as fit in the registers with the rows that they need. */
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
DOTS(6, 4)
DOTS(5, 5) DOTS(4, 6) static const dots_function tall[] = {dots_8_1, dots_8_2, dots_6_3, dots_6_4, dots_5_5, dots_4_6};
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
DOTS(3, 4)
DOTS(2, 5) DOTS(2, 6) static const dots_function tall[] = {dots_6_1, dots_4_2, dots_4_3, dots_3_4, dots_2_5, dots_2_6};
#endif
DOTS(1, 1)
DOTS(1, 2)
DOTS(1, 3)
DOTS(1, 4)
DOTS(1, 5)
DOTS(1, 6) static const dots_function single[] = {dots_1_1, dots_1_2, dots_1_3, dots_1_4, dots_1_5, dots_1_6};
static const int tall_rows[] = {TALL_1, TALL_2, TALL_3, TALL_4, TALL_5, TALL_6};

/* Most components that are processed together. */
#define MOST (REGISTERS == 32 ? 6 : 4)

/* The rank cut into nearly equal parts of at most `most`. */
INLINE ptrdiff_t part(ptrdiff_t left, ptrdiff_t most)
{
    const ptrdiff_t parts = (left + most - 1) / most;
    return (left + parts - 1) / parts;
}

/* Entries of a cache line. */
#define LINE (64 / (ptrdiff_t)sizeof(real))

/* Prefetch columns begin .. end-1 of some rows. */
INLINE void fetch(ptrdiff_t rows, const real *y, ptrdiff_t y_stride, ptrdiff_t begin, ptrdiff_t end)
{
    for (ptrdiff_t r = 0; r < rows; r++)
        for (ptrdiff_t j = begin; j < end; j += LINE)
            __builtin_prefetch(y + r * y_stride + j, 0, 2);
}

/* dots() for one block of columns. Memory is slower than arithmetic only in bursts, so the next block is prefetched in small
 * steps, spread over all components of this one. */
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

static void dots_rows(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *y, ptrdiff_t y_stride,
                      const real *next, const real *h, ptrdiff_t h_stride, real *out, ptrdiff_t out_stride, int add)
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

/* Rows that are processed together: a block of their columns, and the next, stay in the second-level cache. */
#define ROW_BLOCK 48

void KERNEL_OF(RLRA_ISA, dots)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *y, ptrdiff_t y_stride,
                               const real *next, const real *h, ptrdiff_t h_stride, real *out, ptrdiff_t out_stride,
                               int add)
{
    for (ptrdiff_t i = 0; i < rows; i += ROW_BLOCK) {
        const ptrdiff_t left = rows - i - ROW_BLOCK;
        const real *const following = left >= ROW_BLOCK ? y + (i + ROW_BLOCK) * y_stride : left > 0 ? NULL : next;
        dots_rows(left < 0 ? rows - i : ROW_BLOCK, rank, length, y + i * y_stride, y_stride, following, h, h_stride,
                  out + i, out_stride, add);
    }
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

/* outer_tile() for the last columns, fewer than a vector. */
INLINE void outer_rest(ptrdiff_t K, ptrdiff_t columns, ptrdiff_t rows, const real *w, ptrdiff_t w_stride, const real *y,
                       ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    for (ptrdiff_t k = 0; k < K; k++) {
        vector sum = {0};
        for (ptrdiff_t i = 0; i < rows; i++)
            sum += load_part(y + i * y_stride, columns) * w[k * w_stride + i];
        real *const at = z + k * z_stride;
        store_part(at, columns, load_part(at, columns) + sum);
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
OUTER(4, 4)
OUTER(5, 4)
OUTER(6, 4) static const outer_function wide[] = {outer_1_4, outer_2_4, outer_3_4, outer_4_4, outer_5_4, outer_6_4};
#else
#define WIDE 3
OUTER(1, 3)
OUTER(2, 3) OUTER(3, 3) OUTER(4, 3) static const outer_function wide[] = {outer_1_3, outer_2_3, outer_3_3, outer_4_3};
#endif
OUTER(1, 1)
OUTER(2, 1)
OUTER(3, 1)
OUTER(4, 1)
OUTER(5, 1)
OUTER(6, 1) static const outer_function narrow[] = {outer_1_1, outer_2_1, outer_3_1, outer_4_1, outer_5_1, outer_6_1};

/* Copy the columns of a strip to contiguous, aligned memory, as rows of y a power of two apart would share cache sets. */
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
    _Alignas(64) real strip[OUTER_RUN * WIDE * LANES];
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

void KERNEL_OF(RLRA_ISA, outer)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                                const real *y, ptrdiff_t y_stride, real *z, ptrdiff_t z_stride)
{
    for (ptrdiff_t i = 0; i < rows; i += OUTER_RUN)
        outer_rows(rows - i < OUTER_RUN ? rows - i : OUTER_RUN, rank, length, w + i, w_stride, y + i * y_stride,
                   y_stride, z, z_stride);
}
