/* engine/tree_rows.c: cut the product of the other factors down to the entries that one row of a sparse tensor stores. */
#include "engine/tree_rows.h"

#include "data/packed.h"

/* Turns of the threads, at least, where there are so many rows. */
#define TURNS 64

ptrdiff_t RLRA(tree_slab)(const csf *tree)
{
    const ptrdiff_t slab = (ptrdiff_t)tree->nodes[0] / TURNS;
    return slab < 1 ? 1 : slab > UPDATE_ROWS ? UPDATE_ROWS : slab;
}

void RLRA(tree_design_prepare)(const tree_design *design, int threads, double *sums)
{
    const csf *const tree = design->tree;
    const ptrdiff_t rank = design->x[design->numbers[0]].rank;
    for (int l = 1; l < tree->order; l++)
        RLRA(packed_fill)
    (design->x[design->numbers[tree->modes[l]]], design->stride, threads, design->packed[tree->modes[l]]);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t k = 0; k < rank; k++) {
        sums[k] = 1;
        for (int l = 1; l < tree->order; l++) {
            const factor other = design->x[design->numbers[tree->modes[l]]];
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

/* The nodes below one root, on each level. */
typedef struct subtree {
    int64_t begins[RLRA_MAX_ORDER], ends[RLRA_MAX_ORDER];
} subtree;

static subtree subtree_of(const csf *tree, ptrdiff_t row)
{
    subtree s = {{row}, {row + 1}};
    for (int l = 1; l < tree->order; l++) {
        s.begins[l] = tree->starts[l - 1][s.begins[l - 1]];
        s.ends[l] = tree->starts[l - 1][s.ends[l - 1]];
    }
    return s;
}

/* Component by component. */
static void cut_design(const tree_design *design, const subtree *s, const panel_room *room, data_part *out)
{
    const csf *const tree = design->tree;
    const int last = tree->order - 1;
    const ptrdiff_t count = (ptrdiff_t)(s->ends[last] - s->begins[last]), stride = whole_vectors(count);
    const ptrdiff_t rank = out->design.columns.rank;
    const real *columns[RLRA_MAX_ORDER];
    for (ptrdiff_t k = 0; k < rank; k++) {
        for (int l = 1; l <= last; l++) {
            const factor x = design->x[design->numbers[tree->modes[l]]];
            columns[l] = x.at + k * x.stride;
        }
        fill_column(tree, s->begins, s->ends, columns, room->design + k * stride);
    }
    out->y = tree->values + s->begins[last];
    out->y_stride = count;
    out->design.columns = (factor){room->design, count, rank, stride};
    out->is_cut = 1;
}

/* Rows of the product for the entries below nodes begin .. end-1, `above` being that of the levels above, or NULL; `room` for one
 * row for each level. Returns where the next one goes. */
static real *fill_rows(const tree_design *design, int level, int64_t begin, int64_t end, const real *above, real *room,
                       real *out)
{
    const csf *const tree = design->tree;
    const ptrdiff_t stride = design->stride;
    const int is_last = level + 1 == tree->order;
    for (int64_t p = begin; p < end; p++) {
        const real *row = design->packed[tree->modes[level]] + tree->indices[level][p] * stride;
        real *const product = is_last ? out : room;
        for (ptrdiff_t k = 0; above != NULL && k < stride; k++)
            product[k] = above[k] * row[k];
        row = above != NULL ? product : row;
        out = is_last ? out + stride
                      : fill_rows(design, level + 1, tree->starts[level][p], tree->starts[level][p + 1], row,
                                  room + stride, out);
    }
    return out;
}

void RLRA(tree_rows_visit)(const block *whole, const tree_design *design, ptrdiff_t first, const panel_room *room,
                           int by_rows, void (*each)(void *user, block *b, ptrdiff_t i), void *user)
{
    const csf *const tree = design->tree;
    const int last = tree->order - 1;
    for (ptrdiff_t i = 0; i < whole->x.length; i++) {
        const subtree s = subtree_of(tree, first + i);
        int64_t starts[] = {0, s.ends[last] - s.begins[last]};
        const sparse_rows row = {
            1, (ptrdiff_t)starts[1], (ptrdiff_t)starts[1], starts, room->order, tree->values + s.begins[last], 0, 0};
        data_part part = *whole->part;
        block b = *whole;
        b.part = &part;
        b.x = factor_rows(whole->x, i, i + 1);
        if (by_rows) {
            real *const products = room->design + starts[1] * design->stride;
            fill_rows(design, 1, s.begins[1], s.ends[1], NULL, products, room->design);
            for (int32_t e = 0; e < starts[1]; e++)
                room->order[e] = e;
            part.stored = &row;
            part.first = 0;
            part.design.rows = room->design;
            part.design.rows_stride = design->stride;
        } else {
            cut_design(design, &s, room, &part);
        }
        each(user, &b, i);
    }
}
