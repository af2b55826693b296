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

/* Vectors of doubles that ROW_GRAMS rows fill. */
#define FILLED (ROW_GRAMS / DOUBLES)

static void lay(ptrdiff_t rank, const double *whole, const double *shares, const double *sums, ptrdiff_t each,
                ptrdiff_t stride, const double *scales, real *grams)
{
    double_vector share[FILLED], scale[FILLED];
    memcpy(share, shares, sizeof share);
    memcpy(scale, scales, sizeof scale);
    for (ptrdiff_t k = 0; k < rank; k++)
        for (ptrdiff_t l = 0; l <= k; l++) {
            real *const out = grams + row_grams_at(k, l);
            const double *const from = sums + k * stride + l;
            const double all = whole[k * rank + l];
            for (int v = 0; v < FILLED; v++) {
                double_vector own;
                for (int lane = 0; lane < DOUBLES; lane++)
                    own[lane] = from[(v * DOUBLES + lane) * each];
                const half_vector entry = __builtin_convertvector(share[v] * all + scale[v] * own, half_vector);
                memcpy(out + v * DOUBLES, &entry, sizeof entry);
            }
        }
}

/* Sums that run beside each other: one alone would wait for itself. */
#define CHAINS (WIDTH >= 4 ? 1 : 4 / WIDTH)

/* b - sum_j g_kj x_j, row by row: entries left of the diagonal lie in a row, those below in a column. */
INLINE void slope(ptrdiff_t rank, const real *b, const real *grams, const real *x, ptrdiff_t k, vector *left)
{
    vector chain[CHAINS][WIDTH];
    for (int c = 0; c < CHAINS; c++)
        for (int v = 0; v < WIDTH; v++)
            chain[c][v] = (vector){0};
    const real *g = grams + row_grams_at(k, 0);
    for (ptrdiff_t j = 0; j < rank; j += CHAINS)
        for (int c = 0; c < CHAINS && j + c < rank; c++) {
            for (int v = 0; v < WIDTH; v++)
                chain[c][v] += load(g + v * LANES) * load(x + (j + c) * ROW_GRAMS + v * LANES);
            g += (j + c < k ? 1 : j + c + 1) * ROW_GRAMS;
        }
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
        slope(rank, b + k * ROW_GRAMS, grams, x, k, left);
        for (int v = 0; v < WIDTH; v++)
            store(out + k * ROW_GRAMS + v * LANES, left[v]);
    }
}

static double improve(ptrdiff_t rank, const real *b, const real *grams, real *x, ptrdiff_t k, const real *inverse,
                      real shift, real ridge, real least)
{
    const real *const g = grams + row_grams_at(k, k);
    real *const at = x + k * ROW_GRAMS;
    vector left[WIDTH], change = {0};
    slope(rank, b + k * ROW_GRAMS, grams, x, k, left);
    for (int v = 0; v < WIDTH; v++) {
        const vector old = load(at + v * LANES), curvature = load(g + v * LANES) + ridge;
        const vector ahead = old + (left[v] - shift - ridge * old) * load(inverse + v * LANES);
        const vector fresh = larger(ahead, (vector){0} + least);
        change += curvature * (fresh - old) * (fresh - old);
        store(at + v * LANES, fresh);
    }
    return (double)lane_sum(change);
}

/* Components that share the loads of round(): of more the rows would leave the first-level cache between their two uses. And
 * vectors of rows that go through it together: rows do not interact. */
#define TOGETHER 3
#define SLICE    (WIDTH < 2 ? 1 : 2)

/* above_j += sum_c g_{k+c,j} x_{k+c} for all j < k + c, and K components from k on. */
INLINE void add_above(int K, ptrdiff_t k, const real *grams, const real *x, real *above)
{
    vector own[TOGETHER][SLICE];
    const real *row[TOGETHER];
    for (int c = 0; c < K; c++) {
        row[c] = grams + row_grams_at(k + c, 0);
        for (int v = 0; v < SLICE; v++)
            own[c][v] = load(x + (k + c) * ROW_GRAMS + v * LANES);
    }
    for (ptrdiff_t j = 0; j < k; j++)
        for (int v = 0; v < SLICE; v++) {
            const ptrdiff_t at = j * ROW_GRAMS + v * LANES;
            vector sum = load(above + at);
            for (int c = 0; c < K; c++)
                sum += load(row[c] + at) * own[c][v];
            store(above + at, sum);
        }
    for (int d = 0; d + 1 < K; d++)
        for (int v = 0; v < SLICE; v++) {
            const ptrdiff_t at = (k + d) * ROW_GRAMS + v * LANES;
            vector sum = load(above + at);
            for (int c = d + 1; c < K; c++)
                sum += load(row[c] + at) * own[c][v];
            store(above + at, sum);
        }
}

static void sum_above(ptrdiff_t rank, const real *grams, const real *x, real *above)
{
    memset(above, 0, (size_t)(rank * ROW_GRAMS) * sizeof *above);
    for (ptrdiff_t s = 0; s < ROW_GRAMS; s += SLICE * LANES) {
        ptrdiff_t k = 0;
        for (; k + TOGETHER <= rank; k += TOGETHER)
            add_above(TOGETHER, k, grams + s, x + s, above + s);
        for (; k < rank; k++)
            add_above(1, k, grams + s, x + s, above + s);
    }
}

/* What is the same for all components of a round. */
typedef struct improvement {
    const real *b, *grams, *inverse;
    real *x, *above;
    vector shift, ridge, least;
} improvement;

/* K components from k on: slopes without their own, then one after the other. Returns their part of the change. */
INLINE vector improve_some(int K, ptrdiff_t k, const improvement *r)
{
    vector left[TOGETHER][SLICE], change = {0};
    const real *row[TOGETHER];
    for (int c = 0; c < K; c++) {
        row[c] = r->grams + row_grams_at(k + c, 0);
        for (int v = 0; v < SLICE; v++) {
            const ptrdiff_t at = (k + c) * ROW_GRAMS + v * LANES;
            left[c][v] = load(r->b + at) - load(r->above + at);
            store(r->above + at, (vector){0});
        }
    }
    for (ptrdiff_t j = 0; j < k; j++)
        for (int v = 0; v < SLICE; v++) {
            const ptrdiff_t at = j * ROW_GRAMS + v * LANES;
            const vector other = load(r->x + at);
            for (int c = 0; c < K; c++)
                left[c][v] -= load(row[c] + at) * other;
        }
    for (int c = 0; c < K; c++)
        for (int v = 0; v < SLICE; v++) {
            const ptrdiff_t at = (k + c) * ROW_GRAMS + v * LANES;
            const vector old = load(r->x + at), g = load(row[c] + at);
            const vector ahead = old + (left[c][v] - g * old - r->shift - r->ridge * old) * load(r->inverse + at);
            const vector fresh = larger(ahead, r->least);
            change += (g + r->ridge) * (fresh - old) * (fresh - old);
            store(r->x + at, fresh);
            for (int d = c + 1; d < K; d++)
                left[d][v] -= load(row[d] + at) * fresh;
        }
    add_above(K, k, r->grams, r->x, r->above);
    return change;
}

static double all_round(ptrdiff_t rank, const real *b, const real *grams, real *x, real *above, const real *inverse,
                        real shift, real ridge, real least)
{
    vector change = {0};
    for (ptrdiff_t s = 0; s < ROW_GRAMS; s += SLICE * LANES) {
        const improvement r = {b + s,     grams + s,           inverse + s,         x + s,
                               above + s, (vector){0} + shift, (vector){0} + ridge, (vector){0} + least};
        ptrdiff_t k = 0;
        for (; k + TOGETHER <= rank; k += TOGETHER)
            change += improve_some(TOGETHER, k, &r);
        for (; k < rank; k++)
            change += improve_some(1, k, &r);
    }
    return (double)lane_sum(change);
}

const row_gram_kernels KERNEL_OF(RLRA_ISA, row_grams) = {
    .add = add, .lay = lay, .slopes = slopes, .improve = improve, .sum_above = sum_above, .round = all_round};
