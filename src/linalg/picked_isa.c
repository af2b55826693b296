/* linalg/picked_isa.c: model and slopes of the stored entries of one row of sparse data, from the rows that they refer to;
 * compiled once for each instruction set and precision. */
#include <string.h>

#include "linalg/gather.h"
#include "linalg/kernels_isa.h"
#include "linalg/vector.h"

/* Entries that are processed together, so that they share loads of x and of the sums. */
#define GROUP 8

/* Prefetch distance in entries, as rows are in random order. */
#define AHEAD 16

/* Entries whose model is kept for their values. */
#define RUN 256

/* Prefetch a cache line of each of G rows, unless `later` is NULL. */
INLINE void fetch(int G, const real *const *later, ptrdiff_t k)
{
    for (int e = 0; later != NULL && e < G; e++)
        __builtin_prefetch(later[e] + k);
}

/* sum[e] = sum_k x[k] row[e][k], lane by lane, for G entries; `later` are G/2 rows to be fetched. */
INLINE void model_group(int G, const real *const *row, const real *const *later, ptrdiff_t stride, const real *x,
                        vector *sum)
{
    for (int e = 0; e < G; e++)
        sum[e] = (vector){0};
    for (ptrdiff_t k = 0; k < stride; k += GATHER_ALIGNMENT) {
        fetch(G / 2, later, k);
        for (ptrdiff_t l = k; l < k + GATHER_ALIGNMENT; l += LANES) {
            const vector factor = load(x + l);
            for (int e = 0; e < G; e++)
                sum[e] += load(row[e] + l) * factor;
        }
    }
}

/* out[k] += sum_e ratio[e] row[e][k] for G entries. */
INLINE void add_group(int G, const real *const *row, const real *const *later, ptrdiff_t stride, const real *ratio,
                      double *out)
{
    for (ptrdiff_t k = 0; k < stride; k += GATHER_ALIGNMENT) {
        fetch(G / 2, later, k);
        for (ptrdiff_t l = k; l < k + GATHER_ALIGNMENT; l += LANES) {
            vector sum = {0};
            for (int e = 0; e < G; e++)
                sum += load(row[e] + l) * ratio[e];
            add_wide(out + l, sum);
        }
    }
}

/* The model of G entries, and their values divided by it. */
INLINE void divide_group(int G, const vector *sum, const real *values, real least, real *model, real *ratio)
{
    int e = 0;
    for (; e + LANES <= G; e += (int)LANES) {
        const vector v = larger(lane_sums(sum + e), (vector){0} + least);
        store(model + e, v);
        store(ratio + e, load(values + e) / v);
    }
    for (; e < G; e++) {
        const real v = lane_sum(sum[e]);
        model[e] = v > least ? v : least;
        ratio[e] = values[e] / model[e];
    }
}

INLINE void slope_group(int G, ptrdiff_t e, ptrdiff_t count, const int32_t *indices, const real *values,
                        const picked_rows *from, double *up, real *model)
{
    const int has_later = e + AHEAD + G <= count;
    const real *row[GROUP], *later[GROUP];
    vector sum[GROUP];
    real ratio[GROUP];
    for (int i = 0; i < G; i++) {
        row[i] = from->rows + indices[e + i] * from->stride;
        later[i] = has_later ? from->rows + indices[e + AHEAD + i] * from->stride : NULL;
    }
    model_group(G, row, has_later ? later : NULL, from->stride, from->x, sum);
    divide_group(G, sum, values + e, from->least, model, ratio);
    add_group(G, row, has_later ? later + G / 2 : NULL, from->stride, ratio, up);
}

/* Process entries begin .. end-1 of `count`. */
INLINE void slope_run(ptrdiff_t begin, ptrdiff_t end, ptrdiff_t count, const int32_t *indices, const real *values,
                      const picked_rows *from, double *up, real *model)
{
    ptrdiff_t e = begin;
    for (; e + GROUP <= end; e += GROUP)
        slope_group(GROUP, e, count, indices, values, from, up, model + (e - begin));
    if (e + 4 <= end) {
        slope_group(4, e, count, indices, values, from, up, model + (e - begin));
        e += 4;
    }
    if (e + 2 <= end) {
        slope_group(2, e, count, indices, values, from, up, model + (e - begin));
        e += 2;
    }
    if (e < end)
        slope_group(1, e, count, indices, values, from, up, model + (e - begin));
}

double KERNEL_OF(RLRA_ISA, picked_slopes)(ptrdiff_t count, const int32_t *indices, const real *values,
                                          const picked_rows *from, double *up, int valued)
{
    real model[RUN];
    double value = 0;
    memset(up, 0, (size_t)from->stride * sizeof *up);
    for (ptrdiff_t begin = 0; begin < count; begin += RUN) {
        const ptrdiff_t end = count - begin < RUN ? count : begin + RUN;
        slope_run(begin, end, count, indices, values, from, up, model);
        if (!valued)
            continue;
        value += KERNEL_OF(RLRA_ISA, relative)(end - begin, values + begin, model, 0);
        for (ptrdiff_t e = 0; e < end - begin; e++)
            value -= (double)model[e];
    }
    return value;
}

INLINE void model_entries(int G, const int32_t *indices, const picked_rows *from, real *model)
{
    const real *row[GROUP];
    vector sum[GROUP];
    for (int e = 0; e < G; e++)
        row[e] = from->rows + indices[e] * from->stride;
    model_group(G, row, NULL, from->stride, from->x, sum);
    for (int e = 0; e < G; e++)
        model[e] = lane_sum(sum[e]);
}

void KERNEL_OF(RLRA_ISA, picked_model)(ptrdiff_t count, const int32_t *indices, const picked_rows *from, real *model)
{
    ptrdiff_t e = 0;
    for (; e + GROUP <= count; e += GROUP)
        model_entries(GROUP, indices + e, from, model + e);
    for (; e < count; e++)
        model_entries(1, indices + e, from, model + e);
}
