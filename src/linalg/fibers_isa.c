/* linalg/fibers_isa.c: sum products of the rows that fibers refer to; compiled once for each instruction set and precision. */
#include "linalg/fibers.h"

#include <string.h>

#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* Entries whose products are summed in `real`. */
#define RUN 256

/* Vectors of sums kept in registers: twice as many in all, for a fiber and for all fibers. */
#define WIDEST 4

/* Prefetch distance in entries, as rows are in random order. */
#define AHEAD 8

void KERNEL_OF(RLRA_ISA, fibers)(const fiber_list *fibers, double *out);

INLINE void flush(int width, vector *sums, double *out)
{
    for (int w = 0; w < width; w++) {
        for (ptrdiff_t lane = 0; lane < LANES; lane++)
            out[w * LANES + lane] += (double)sums[w][lane];
        sums[w] = (vector){0};
    }
}

/* out[0 .. width * LANES - 1], from column k of the rows on. */
INLINE void sum_columns(int width, const fiber_list *l, ptrdiff_t k, double *out)
{
    const int64_t last = l->starts[l->count] - AHEAD;
    const real *const inner_rows = l->inner_rows + k, *const outer_rows = l->outer_rows + k;
    vector sums[WIDEST] = {{0}};
    int64_t summed = 0;
    for (ptrdiff_t f = 0; f < l->count; f++) {
        const real *const outer = outer_rows + l->outer[f] * l->stride;
        const int64_t end = l->starts[f + 1];
        for (int64_t e = l->starts[f], stop; e < end; e = stop) {
            vector part[WIDEST] = {{0}};
            stop = end - e < RUN ? end : e + RUN;
            for (int64_t at = e; at < stop; at++) {
                const real *const row = inner_rows + l->inner[at] * l->stride;
                if (at < last)
                    for (int w = 0; w < width; w += 64 / VECTOR_BYTES)
                        __builtin_prefetch(inner_rows + l->inner[at + AHEAD] * l->stride + w * LANES);
                for (int w = 0; w < width; w++)
                    part[w] += l->values[at] * load(row + w * LANES);
            }
            for (int w = 0; w < width; w++)
                sums[w] += part[w] * load(outer + w * LANES);
            summed += stop - e;
            if (summed < RUN)
                continue;
            flush(width, sums, out);
            summed = 0;
        }
    }
    flush(width, sums, out);
}

void KERNEL_OF(RLRA_ISA, fibers)(const fiber_list *fibers, double *out)
{
    const ptrdiff_t stride = fibers->stride;
    ptrdiff_t k = 0;
    memset(out, 0, (size_t)stride * sizeof *out);
    for (; k + WIDEST * LANES <= stride; k += WIDEST * LANES)
        sum_columns(WIDEST, fibers, k, out + k);
    if (k + 2 * LANES <= stride) {
        sum_columns(2, fibers, k, out + k);
        k += 2 * LANES;
    }
    if (k < stride)
        sum_columns(1, fibers, k, out + k);
}
