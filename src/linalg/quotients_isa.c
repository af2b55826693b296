/* linalg/quotients_isa.c: data divided by a model of low rank, entry by entry, and the loss kl, in vectors of one instruction set;
 * compiled once for each set and precision. */
#include "linalg/kernels_isa.h"
#include "linalg/relative.h"
#include "linalg/vector.h"

/* Rows and vectors of a tile: as many sums as fit in the registers with their operands. */
#define TALL 4
#define WIDE 3

/* Vectors of doubles that the entries of a vector fill. */
#define HALVES ((int)(sizeof(double) / sizeof(real)))
typedef real half_vector __attribute__((vector_size(VECTOR_BYTES / sizeof(double) * sizeof(real))));

/* Inputs and outputs of one tile. */
typedef struct tile {
    ptrdiff_t rank;
    const real *w, *h;
    ptrdiff_t w_stride, h_stride;
    const real *const *y;
    real *out;
    ptrdiff_t out_stride;
    vector least;
} tile;

/* Terms of the loss of R rows, and the largest entry of the data that is in them. */
typedef struct terms {
    relative_vector sum[TALL];
    vector top;
} terms;

INLINE relative_vector terms_of(vector y, vector model)
{
    half_vector from[HALVES], to[HALVES];
    relative_vector sum = {0};
    memcpy(from, &y, sizeof y);
    memcpy(to, &model, sizeof model);
    for (int h = 0; h < HALVES; h++) {
        const relative_vector a = __builtin_convertvector(from[h], relative_vector);
        const relative_vector base = relative_larger(a, (relative_vector){0} + RELATIVE_LEAST);
        sum += relative_terms_by(base, a, __builtin_convertvector(to[h], relative_vector));
    }
    return sum;
}

/* The model of rows 0 .. R-1 in V vectors of columns from j on; of `part` columns if that is not 0, and then V is 1. */
INLINE void model_tile(int R, int V, ptrdiff_t part, const tile *t, ptrdiff_t i, ptrdiff_t j, vector sum[TALL][WIDE])
{
    for (int r = 0; r < R; r++)
        for (int v = 0; v < V; v++)
            sum[r][v] = (vector){0};
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        const real *const h = t->h + k * t->h_stride + j;
        vector row[WIDE];
        for (int v = 0; v < V; v++)
            row[v] = part > 0 ? load_part(h, part) : load(h + v * LANES);
        for (int r = 0; r < R; r++) {
            const real weight = t->w[(i + r) * t->w_stride + k];
            for (int v = 0; v < V; v++)
                sum[r][v] += row[v] * weight;
        }
    }
}

/* One tile. Behind the columns of a part the data are the model, which adds nothing to the loss. */
INLINE void divide_tile(int R, int V, ptrdiff_t part, int valued, const tile *t, ptrdiff_t i, ptrdiff_t j, terms *sums)
{
    const vector one = (vector){0} + 1, behind = part > 0 ? one - load_part((const real *)&one, part) : (vector){0};
    vector sum[TALL][WIDE];
    model_tile(R, V, part, t, i, j, sum);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++)
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) {
            const real *const from = t->y[i + r] + j + v * LANES;
            real *const to = t->out + (i + r) * t->out_stride + j + v * LANES;
            const vector model = larger(sum[r][v], t->least);
            const vector y = part > 0 ? load_part(from, part) + behind * model : load(from);
            if (part > 0)
                store_part(to, part, y * inverse_of(model));
            else
                store(to, y * inverse_of(model));
            if (valued) {
                sums->sum[r] += terms_of(y, model);
                sums->top = larger(y, sums->top);
            }
        }
}

INLINE void fetch_ahead(int R, const tile *t, ptrdiff_t i, ptrdiff_t length)
{
    for (int r = 0; r < R; r++)
        for (ptrdiff_t j = 0; j < length; j += 64 / (ptrdiff_t)sizeof(real))
            __builtin_prefetch(t->y[i + r + QUOTIENTS_AHEAD] + j);
}

/* One row by plain division and `relative`, for numbers of any size. */
static void divide_plainly(const tile *t, ptrdiff_t i, ptrdiff_t length, double *values)
{
    for (ptrdiff_t j = 0; j < length; j += LANES) {
        const ptrdiff_t part = length - j < LANES ? length - j : LANES;
        real data[VECTOR_BYTES / sizeof(real)] = {0}, model[VECTOR_BYTES / sizeof(real)];
        for (ptrdiff_t e = 0; e < part; e++) {
            real sum = 0;
            for (ptrdiff_t k = 0; k < t->rank; k++)
                sum += t->w[i * t->w_stride + k] * t->h[k * t->h_stride + j + e];
            data[e] = t->y[i][j + e];
            model[e] = sum > t->least[0] ? sum : t->least[0];
            t->out[i * t->out_stride + j + e] = data[e] / model[e];
        }
        if (values != NULL)
            values[i] += KERNEL_OF(RLRA_ISA, relative)(part, data, model, 0);
    }
}

/* Adds what R rows sum to, where all entries of the data were small enough. */
INLINE void add_values(int R, const tile *t, ptrdiff_t i, ptrdiff_t length, const terms *sums, double *values)
{
    int is_plain = 1;
    for (ptrdiff_t lane = 0; lane < LANES; lane++)
        is_plain &= (double)sums->top[lane] <= RELATIVE_MOST;
    for (int r = 0; r < R; r++) {
        double total = 0;
        for (int lane = 0; lane < RELATIVE_LANES; lane++)
            total += sums->sum[r][lane];
        if (is_plain)
            values[i + r] += total;
        else
            divide_plainly(t, i + r, length, values);
    }
}

/* R rows. */
INLINE void divide_rows(int R, int valued, const tile *t, ptrdiff_t i, ptrdiff_t length, double *values)
{
    terms sums = {.top = {0}};
    ptrdiff_t j = 0;
    fetch_ahead(R, t, i, length);
    for (; j + WIDE * LANES <= length; j += WIDE * LANES)
        divide_tile(R, WIDE, 0, valued, t, i, j, &sums);
    for (; j + LANES <= length; j += LANES)
        divide_tile(R, 1, 0, valued, t, i, j, &sums);
    if (j < length)
        divide_tile(R, 1, length - j, valued, t, i, j, &sums);
    if (valued)
        add_values(R, t, i, length, &sums, values);
}

INLINE void divide_all(int valued, const tile *t, ptrdiff_t rows, ptrdiff_t length, double *values)
{
    ptrdiff_t i = 0;
    for (; i + TALL <= rows; i += TALL)
        divide_rows(TALL, valued, t, i, length, values);
    for (; i < rows; i++)
        divide_rows(1, valued, t, i, length, values);
}

/* The largest entry of so many rows. */
static real largest(ptrdiff_t rows, ptrdiff_t length, const real *at, ptrdiff_t stride)
{
    vector most = {0};
    real all = 0;
    for (ptrdiff_t r = 0; r < rows; r++) {
        const real *const row = at + r * stride;
        ptrdiff_t i = 0;
        for (; i + LANES <= length; i += LANES)
            most = larger(load(row + i), most);
        if (i < length)
            most = larger(load_part(row + i, length - i), most);
    }
    for (ptrdiff_t lane = 0; lane < LANES; lane++)
        all = most[lane] > all ? most[lane] : all;
    return all;
}

void KERNEL_OF(RLRA_ISA, quotients)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                                    const real *h, ptrdiff_t h_stride, real least, const real *const *y, real *out,
                                    ptrdiff_t out_stride, double *values)
{
    const tile t = {rank, w, h, w_stride, h_stride, y, out, out_stride, (vector){0} + least};
    const real most = (real)rank * largest(rows, rank, w, w_stride) * largest(rank, length, h, h_stride);
    if (!(most <= INVERSE_MOST && least <= INVERSE_MOST && least >= 1 / INVERSE_MOST))
        for (ptrdiff_t i = 0; i < rows; i++)
            divide_plainly(&t, i, length, values);
    else if (values != NULL)
        divide_all(1, &t, rows, length, values);
    else
        divide_all(0, &t, rows, length, NULL);
}
