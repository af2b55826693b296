/* engine/entries/design.c: the product of the factors of the other modes, which models the rows of one. */
#include "engine/entries/design.h"

#include "linalg/kronecker.h"

/* The product row by row, zeros behind the last component. */
static void pack_rows(const fit *f, factor design)
{
    const ptrdiff_t stride = f->entries.rows.stride;
    real *const rows = f->entries.design_rows;
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t j = 0; j < design.length; j++)
        for (ptrdiff_t k = 0; k < stride; k++)
            rows[j * stride + k] = k < design.rank ? design.at[k * design.stride + j] : 0;
}

/* In the order of the entries of a row, with the sums of its components. */
static factor multiply(fit *f, const row_layout *l, const factor *factors)
{
    entries_state *const g = &f->entries;
    factor design = g->product;
    design.length = l->length;
    design.rank = factors[l->modes[0]].rank;
    if (l->others == 1)
        design = factors[l->modes[0]];
#pragma omp parallel for num_threads(f->threads) schedule(static)
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
        g->sums[k] = sum;
    }
    return design;
}

void RLRA(entries_design)(fit *f, int mode, const factor *factors, row_reading *reading)
{
    entries_state *const g = &f->entries;
    const row_layout *const l = &g->rows.along[mode];
    reading->plan = &g->rows;
    reading->mode = mode;
    reading->factors = factors;
    reading->sums = g->sums;
    reading->design = (struct design){.sums = g->sums};
    if (l->others > 0)
        reading->design.columns = multiply(f, l, factors);
    if (l->by_rows) {
        pack_rows(f, reading->design.columns);
        reading->design.rows = g->design_rows;
        reading->design.rows_stride = g->rows.stride;
    }
    RLRA(rows_begin)(reading);
}
