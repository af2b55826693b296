/* linalg/gather_isa.c: sum the rows that a sparse matrix refers to; compiled once for each instruction set and precision. */
#include <string.h>

#include "linalg/gather.h"
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* Entries whose products are summed in `real`. */
#define RUN 256

/* Vectors of sums kept in registers. */
#define WIDEST 8

/* Prefetch distance in entries, as rows are in random order. */
#define AHEAD 6

void KERNEL_OF(RLRA_ISA, gather)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                                 ptrdiff_t stride, double *out);

/* out[0 .. width * LANES - 1] for one run of entries. */
INLINE void gather_run(int width, ptrdiff_t count, ptrdiff_t ahead, const int32_t *indices, const real *values,
                       const real *rows, ptrdiff_t stride, double *out)
{
    vector sums[WIDEST] = {{0}};
    for (ptrdiff_t e = 0; e < count; e++) {
        const real *const row = rows + indices[e] * stride;
        if (e < ahead)
            for (int w = 0; w < width; w += 64 / VECTOR_BYTES)
                __builtin_prefetch(rows + indices[e + AHEAD] * stride + w * LANES);
        for (int w = 0; w < width; w++)
            sums[w] += values[e] * load(row + w * LANES);
    }
    for (int w = 0; w < width; w++)
        for (ptrdiff_t lane = 0; lane < LANES; lane++)
            out[w * LANES + lane] += (double)sums[w][lane];
}

void KERNEL_OF(RLRA_ISA, gather)(ptrdiff_t count, const int32_t *indices, const real *values, const real *rows,
                                 ptrdiff_t stride, double *out)
{
    memset(out, 0, (size_t)stride * sizeof *out);
    for (ptrdiff_t begin = 0; begin < count; begin += RUN) {
        const ptrdiff_t run = count - begin < RUN ? count - begin : RUN;
        const ptrdiff_t left = count - begin - AHEAD, ahead = left < run ? left : run;
        const int32_t *const index = indices + begin;
        const real *const value = values + begin;
        ptrdiff_t k = 0;
        for (; k + WIDEST * LANES <= stride; k += WIDEST * LANES)
            gather_run(WIDEST, run, ahead, index, value, rows + k, stride, out + k);
        if (k + 4 * LANES <= stride) {
            gather_run(4, run, ahead, index, value, rows + k, stride, out + k);
            k += 4 * LANES;
        }
        if (k + 2 * LANES <= stride) {
            gather_run(2, run, ahead, index, value, rows + k, stride, out + k);
            k += 2 * LANES;
        }
        if (k < stride)
            gather_run(1, run, ahead, index, value, rows + k, stride, out + k);
    }
}
