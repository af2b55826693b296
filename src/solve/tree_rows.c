/* solve/tree_rows.c: cut the product of the other factors down to the entries that one row of a sparse tensor stores. */
#include "solve/tree_rows.h"

/* Turns of the threads, at least, where there are so many rows. */
#define TURNS 64

ptrdiff_t RLRA(tree_slab)(const csf *tree)
{
    const ptrdiff_t slab = (ptrdiff_t)tree->nodes[0] / TURNS;
    return slab < 1 ? 1 : slab > UPDATE_ROWS ? UPDATE_ROWS : slab;
}

void RLRA(tree_sums)(const csf *tree, const factor *x, const int *numbers, int threads, double *sums)
{
    const ptrdiff_t rank = x[numbers[0]].rank;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t k = 0; k < rank; k++) {
        sums[k] = 1;
        for (int l = 1; l < tree->order; l++) {
            const factor other = x[numbers[tree->modes[l]]];
            double sum = 0;
            for (ptrdiff_t i = 0; i < other.length; i++)
                sum += (double)other.at[k * other.stride + i];
            sums[k] *= sum;
        }
    }
}

/* out[e] = product of column[l][index of entry e on level l] over the levels below the root, for the entries of one root: level by
 * level, in place from the last node on, as no node has a place before its parent's. */
static void fill_column(const csf *tree, const int64_t *begins, const int64_t *ends, const real *const *columns,
                        real *out)
{
    const int last = tree->order - 1;
    for (int64_t p = begins[1]; p < ends[1]; p++)
        out[p - begins[1]] = columns[1][tree->indices[1][p]];
    for (int l = 1; l < last; l++)
        for (int64_t p = ends[l] - 1; p >= begins[l]; p--) {
            const real above = out[p - begins[l]];
            const int32_t *const index = tree->indices[l + 1] + begins[l + 1];
            for (int64_t e = tree->starts[l][p + 1] - begins[l + 1] - 1; e >= tree->starts[l][p] - begins[l + 1]; e--)
                out[e] = above * columns[l + 1][index[e]];
        }
}

static row_block panel_of(const row_block *whole, const csf *tree, const factor *x, const int *numbers, ptrdiff_t row,
                          const panel_room *room)
{
    const int last = tree->order - 1;
    const ptrdiff_t rank = whole->x.rank;
    int64_t begins[RLRA_MAX_ORDER] = {row}, ends[RLRA_MAX_ORDER] = {row + 1};
    const real *columns[RLRA_MAX_ORDER];
    row_block b = *whole;
    for (int l = 1; l <= last; l++) {
        begins[l] = tree->starts[l - 1][begins[l - 1]];
        ends[l] = tree->starts[l - 1][ends[l - 1]];
    }
    const ptrdiff_t count = (ptrdiff_t)(ends[last] - begins[last]), stride = whole_vectors(count);
    for (ptrdiff_t k = 0; k < rank; k++) {
        for (int l = 1; l <= last; l++)
            columns[l] = x[numbers[tree->modes[l]]].at + k * x[numbers[tree->modes[l]]].stride;
        fill_column(tree, begins, ends, columns, room->design + k * stride);
    }
    b.y = tree->values + begins[last];
    b.y_stride = count;
    b.design = (factor){room->design, count, rank, stride};
    b.is_cut = 1;
    return b;
}

void RLRA(tree_rows_visit)(const row_block *whole, const csf *tree, const factor *x, const int *numbers,
                           ptrdiff_t first, const panel_room *room, void (*each)(void *user, row_block *b, ptrdiff_t i),
                           void *user)
{
    for (ptrdiff_t i = 0; i < whole->x.length; i++) {
        row_block b = panel_of(whole, tree, x, numbers, first + i, room);
        b.x = factor_rows(whole->x, i, i + 1);
        each(user, &b, i);
    }
}
