/* linalg/quotients_isa.c: data divided by a model of low rank, entry by entry, in vectors of one instruction set; compiled once for
 * each set and precision. */
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* Rows and vectors of a tile: as many sums as fit in the registers with their operands. */
#define TALL 4
#define WIDE (REGISTERS == 32 ? 6 : 3)

/* Prefetch distance in tiles, as rows are apart and each is read in short pieces. */
#define AHEAD 4

/* Inputs and outputs of one tile. */
typedef struct tile {
    ptrdiff_t rank;
    const real *w, *h;
    ptrdiff_t w_stride, h_stride;
    const real *const *y;
    real *out, *model;
    ptrdiff_t out_stride;
} tile;

/* Divide rows 0 .. R-1 and V vectors from column j on, or only `part` columns if that is not 0 (V is then 1). */
INLINE void divide_tile(int R, int V, ptrdiff_t part, const tile *t, ptrdiff_t i, ptrdiff_t j, vector least)
{
    vector sum[TALL][WIDE];
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
    for (int r = 0; r < R; r++)
        for (int v = 0; v < V; v++) {
            const ptrdiff_t at = (i + r) * t->out_stride + j + v * LANES;
            const real *const y = t->y[i + r] + j + v * LANES;
            const vector model = larger(sum[r][v], least);
            if (part > 0) {
                store_part(t->out + at, part, load_part(y, part) / model);
                store_part(t->model + at, part, model);
            } else {
                store(t->out + at, load(y) / model);
                store(t->model + at, model);
            }
        }
}

/* Divide R rows. */
INLINE void divide_rows(int R, const tile *t, ptrdiff_t i, ptrdiff_t length, vector least)
{
    ptrdiff_t j = 0;
    for (; j + WIDE * LANES <= length; j += WIDE * LANES) {
        for (int r = 0; r < R; r++)
            for (int v = 0; v < WIDE; v += 64 / VECTOR_BYTES)
                __builtin_prefetch(t->y[i + r] + j + (AHEAD * WIDE + v) * LANES);
        divide_tile(R, WIDE, 0, t, i, j, least);
    }
    for (; j + LANES <= length; j += LANES)
        divide_tile(R, 1, 0, t, i, j, least);
    if (j < length)
        divide_tile(R, 1, length - j, t, i, j, least);
}

void KERNEL_OF(RLRA_ISA, quotients)(ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t length, const real *w, ptrdiff_t w_stride,
                                    const real *h, ptrdiff_t h_stride, real least, const real *const *y, real *out,
                                    real *model, ptrdiff_t out_stride)
{
    const tile t = {rank, w, h, w_stride, h_stride, y, out, model, out_stride};
    const vector floor = (vector){0} + least;
    ptrdiff_t i = 0;
    for (; i + TALL <= rows; i += TALL)
        divide_rows(TALL, &t, i, length, floor);
    for (; i < rows; i++)
        divide_rows(1, &t, i, length, floor);
}
