/* form/design.c: the product of the seen factors of the other modes, which is the design of the rows along one mode. */
#include "form/design.h"

#include "linalg/kronecker.h"

design_room RLRA(design_plan)(const row_plan *rows, int order, ptrdiff_t rank, arena *work)
{
    ptrdiff_t longest = 0, by_rows = 0;
    design_room room;
    for (int m = 0; m < order; m++) {
        const row_layout *const l = &rows->along[m];
        longest = l->length > longest ? l->length : longest;
        by_rows = l->by_rows && l->length > by_rows ? l->length : by_rows;
    }
    const ptrdiff_t stride = order > 2 ? factor_stride(longest) : 0;
    room.rows = rlra_arena_take(work, (size_t)(by_rows * rows->stride), sizeof(real));
    room.product = (factor){rlra_arena_take(work, (size_t)(stride * rank), sizeof(real)), longest, rank, stride};
    room.sums = rlra_arena_take(work, (size_t)rank, sizeof(double));
    return room;
}

/* Copy the product row by row, with zeros after the last component. */
static void pack_rows(factor design, ptrdiff_t stride, int threads, real *rows)
{
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t j = 0; j < design.length; j++)
        for (ptrdiff_t k = 0; k < stride; k++)
            rows[j * stride + k] = k < design.rank ? design.at[k * design.stride + j] : 0;
}

/* Form the product in the order of the entries of a row, with the sums of its components. */
static factor multiply(const design_room *room, const row_layout *l, const factor *factors, int threads)
{
    factor design = room->product;
    design.length = l->length;
    design.rank = factors[l->modes[0]].rank;
    if (l->others == 1)
        design = factors[l->modes[0]];
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t k = 0; k < design.rank; k++) {
        const real *columns[RLRA_MAX_ORDER];
        ptrdiff_t lengths[RLRA_MAX_ORDER];
        for (int o = 0; o < l->others; o++) {
            const factor x = factors[l->modes[o]];
            columns[o] = x.at + k * x.stride;
            lengths[o] = x.length;
        }
        if (l->others > 1)
            RLRA(kronecker)(l->others, columns, lengths, design.at + k * design.stride);
        double sum = 0;
        for (ptrdiff_t j = 0; j < design.length; j++)
            sum += (double)design.at[k * design.stride + j];
        room->sums[k] = sum;
    }
    return design;
}

void RLRA(design_begin)(const design_room *room, const row_plan *rows, int mode, const factor *factors, int threads,
                        row_reading *reading)
{
    const row_layout *const l = &rows->along[mode];
    reading->plan = rows;
    reading->mode = mode;
    reading->factors = factors;
    reading->sums = room->sums;
    reading->design = (struct design){.sums = room->sums};
    if (l->others > 0)
        reading->design.columns = multiply(room, l, factors, threads);
    if (l->by_rows) {
        pack_rows(reading->design.columns, rows->stride, threads, room->rows);
        reading->design.rows = room->rows;
        reading->design.rows_stride = rows->stride;
    }
    RLRA(rows_begin)(reading);
}
