/* engine/entries/design.c: the product of the factors of the other modes, which models the rows of one. */
#include "engine/entries/design.h"

#include "linalg/kronecker.h"

/* The product row by row, zeros behind the last component. */
static void pack_rows(const fit *f, factor design)
{
    const ptrdiff_t stride = f->entries.rows_stride;
    real *const rows = f->entries.rows;
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t j = 0; j < design.length; j++)
        for (ptrdiff_t k = 0; k < stride; k++)
            rows[j * stride + k] = k < design.rank ? design.at[k * design.stride + j] : 0;
}

tree_design RLRA(entries_tree)(const fit *f, int n)
{
    const tensor_room *const x = f->term[0].plan.room;
    return (tree_design){f->entries.tree[n], f->x, f->term[0].factors, x->packed, x->stride};
}

factor RLRA(entries_design)(fit *f, int n)
{
    entries_state *const g = &f->entries;
    const layout *const l = &g->along[n];
    factor design = g->product;
    design.length = layout_length(l);
    if (g->tree[n] != NULL) {
        const tree_design tree = RLRA(entries_tree)(f, n);
        RLRA(tree_design_prepare)(&tree, f->threads, g->sums);
        return (factor){.rank = f->rank};
    }
    if (l->others == 1)
        design = f->x[f->term[0].factors[l->modes[0]]];
#pragma omp parallel for num_threads(f->threads) schedule(static)
    for (ptrdiff_t k = 0; k < f->rank; k++) {
        const real *columns[RLRA_MAX_ORDER];
        for (int o = 0; o < l->others; o++) {
            const factor x = f->x[f->term[0].factors[l->modes[o]]];
            columns[o] = x.at + k * x.stride;
        }
        if (l->others > 1)
            RLRA(kronecker)(l->others, columns, l->dims, design.at + k * design.stride);
        double sum = 0;
        for (ptrdiff_t j = 0; j < design.length; j++)
            sum += (double)design.at[k * design.stride + j];
        g->sums[k] = sum;
    }
    if (g->across[n] || g->by_rows[n])
        pack_rows(f, design);
    return design;
}
