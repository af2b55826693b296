/* linalg/row_grams_isa.c: products of rows with a Gram matrix each, and sums of outer products; compiled once for each instruction
 * set and precision. */
#include "linalg/row_grams.h"

#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* Vectors that the rows side by side take. */
#define WIDTH (ROW_GRAMS * (int)sizeof(real) / VECTOR_BYTES)

/* Components that share the loads of a tile, and vectors of a tile. */
#define TALL 4
#define WIDE 3

/* The doubles of a vector, for any `real`. */
#define DOUBLES ((int)(VECTOR_BYTES / sizeof(double)))
typedef double double_vector __attribute__((vector_size(VECTOR_BYTES)));
typedef double loose_double __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(double)), may_alias));
typedef real half_vector __attribute__((vector_size(VECTOR_BYTES / sizeof(double) * sizeof(real))));

INLINE void add_vector(double *to, vector v)
{
    half_vector half[sizeof(double) / sizeof(real)];
    memcpy(half, &v, sizeof v);
    for (int h = 0; h < (int)(sizeof(double) / sizeof(real)); h++)
        *(loose_double *)(to + h * DOUBLES) += __builtin_convertvector(half[h], double_vector);
}

/* sum[k][l ..] over V vectors for K components from k. A tile of one vector alternates between two sums, as one would be
 * limited by latency. */
INLINE void add_tile(int K, int V, int shared, ptrdiff_t count, const real **a, const real *shares, ptrdiff_t k,
                     ptrdiff_t l, double *sum, ptrdiff_t stride)
{
    const int turns = V == 1 ? WIDE : 1, parts = V * turns;
    vector part[TALL][WIDE];
    for (int t = 0; t < K; t++)
        for (int v = 0; v < parts; v++)
            part[t][v] = (vector){0};
    ptrdiff_t e = 0;
    for (; e + turns <= count; e += turns)
        for (int v = 0; v < parts; v++) {
            const real *const row = a[e + (turns > 1 ? v : 0)];
            vector right = load(row + l + (turns > 1 ? 0 : v) * LANES);
            if (shared)
                right *= shares[e + (turns > 1 ? v : 0)];
            for (int t = 0; t < K; t++)
                part[t][v] += right * row[k + t];
        }
    for (; e < count; e++)
        for (int t = 0; t < K; t++)
            part[t][0] += load(a[e] + l) * (shared ? shares[e] * a[e][k + t] : a[e][k + t]);
    for (int t = 0; t < K; t++) {
        for (int v = 1; turns > 1 && v < parts; v++)
            part[t][0] += part[t][v];
        for (int v = 0; v < V; v++)
            add_vector(sum + (k + t) * stride + l + v * LANES, part[t][v]);
    }
}

/* K components from k, all vectors up to the diagonal. */
INLINE void add_components(int K, int shared, ptrdiff_t count, const real **a, const real *shares, ptrdiff_t k,
                           double *sum, ptrdiff_t stride)
{
    ptrdiff_t left = (k + K + LANES - 1) / LANES, l = 0;
    for (; left > 4 || left == 3; left -= 3, l += 3 * LANES)
        add_tile(K, 3, shared, count, a, shares, k, l, sum, stride);
    for (; left > 1; left -= 2, l += 2 * LANES)
        add_tile(K, 2, shared, count, a, shares, k, l, sum, stride);
    if (left == 1)
        add_tile(K, 1, shared, count, a, shares, k, l, sum, stride);
}

INLINE void add_rows(int shared, ptrdiff_t count, const real **a, const real *shares, ptrdiff_t rank, double *sum,
                     ptrdiff_t stride)
{
    ptrdiff_t k = 0;
    for (; k + 2 < rank; k += TALL)
        add_components(TALL, shared, count, a, shares, k, sum, stride);
    if (k < rank)
        add_components(2, shared, count, a, shares, k, sum, stride);
}

static void add(ptrdiff_t count, const real **a, const real *shares, ptrdiff_t rank, double *sum, ptrdiff_t stride)
{
    if (shares == NULL)
        add_rows(0, count, a, shares, rank, sum, stride);
    else
        add_rows(1, count, a, shares, rank, sum, stride);
}

/* Number of concurrent sums, as a single one would be limited by latency. */
#define CHAINS (WIDTH >= 4 ? 1 : 4 / WIDTH)

/* b - sum_j g[j] x[j], row by row. */
INLINE void slope(ptrdiff_t rank, const real *b, const real *g, const real *x, vector *left)
{
    vector chain[CHAINS][WIDTH];
    for (int c = 0; c < CHAINS; c++)
        for (int v = 0; v < WIDTH; v++)
            chain[c][v] = (vector){0};
    ptrdiff_t j = 0;
    for (; j + CHAINS <= rank; j += CHAINS)
        for (int c = 0; c < CHAINS; c++)
            for (int v = 0; v < WIDTH; v++)
                chain[c][v] += load(g + (j + c) * ROW_GRAMS + v * LANES) * load(x + (j + c) * ROW_GRAMS + v * LANES);
    for (; j < rank; j++)
        for (int v = 0; v < WIDTH; v++)
            chain[0][v] += load(g + j * ROW_GRAMS + v * LANES) * load(x + j * ROW_GRAMS + v * LANES);
    for (int v = 0; v < WIDTH; v++) {
        for (int c = 1; c < CHAINS; c++)
            chain[0][v] += chain[c][v];
        left[v] = load(b + v * LANES) - chain[0][v];
    }
}

static void slopes(ptrdiff_t rank, const real *b, const real *grams, const real *x, real *out)
{
    vector left[WIDTH];
    for (ptrdiff_t k = 0; k < rank; k++) {
        slope(rank, b + k * ROW_GRAMS, grams + k * rank * ROW_GRAMS, x, left);
        for (int v = 0; v < WIDTH; v++)
            store(out + k * ROW_GRAMS + v * LANES, left[v]);
    }
}

static double improve(ptrdiff_t rank, const real *b, const real *grams, real *x, ptrdiff_t k, const real *inverse,
                      real shift, real ridge, real least)
{
    const real *const g = grams + k * rank * ROW_GRAMS;
    real *const at = x + k * ROW_GRAMS;
    vector left[WIDTH], change = {0};
    slope(rank, b + k * ROW_GRAMS, g, x, left);
    for (int v = 0; v < WIDTH; v++) {
        const vector old = load(at + v * LANES), curvature = load(g + k * ROW_GRAMS + v * LANES) + ridge;
        const vector ahead = old + (left[v] - shift - ridge * old) * load(inverse + v * LANES);
        const vector fresh = larger(ahead, (vector){0} + least);
        change += curvature * (fresh - old) * (fresh - old);
        store(at + v * LANES, fresh);
    }
    return (double)lane_sum(change);
}

const row_gram_kernels KERNEL_OF(RLRA_ISA, row_grams) = {.add = add, .slopes = slopes, .improve = improve};
