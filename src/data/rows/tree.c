/* data/rows/tree.c: rows of a sparse tensor, each cut down to its entries: by columns, or row by row. */
#include "data/packed.h"
#include "data/rows/cut.h"
#include "data/rows/kinds.h"
#include "data/sparse/tensor.h"

/* Least number of slabs to distribute, if there are enough rows. */
#define TURNS 64

/* Room of a thread; rows of the product need one more row for each level. */
static panel_room lay_out(const row_plan *p, arena *from)
{
    return RLRA(panel_room_take)(p->stride, p->longest + RLRA_MAX_ORDER, from);
}

/* Rows of a slab: few if there are few in all, as each may have a large part of the entries. */
static ptrdiff_t slab_of(const csf *tree)
{
    const ptrdiff_t slab = (ptrdiff_t)tree->nodes[0] / TURNS;
    return slab < 1 ? 1 : slab > UPDATE_ROWS ? UPDATE_ROWS : slab;
}

void RLRA(tree_plan_rows)(const data_plan *with, arena *work, row_plan *p)
{
    const csf_set *const set = ((const sparse_tensor *)with->x)->set;
    arena measure = {0};
    (void)work;
    p->stride = RLRA(packed_stride)(with->rank);
    for (int m = 0; m < with->x->order; m++) {
        const ptrdiff_t longest = (ptrdiff_t)RLRA(csf_longest)(&set->along[m]);
        p->along[m] = (row_layout){.slab = slab_of(&set->along[m])};
        p->longest = longest > p->longest ? longest : p->longest;
    }
    lay_out(p, &measure);
    p->room_bytes = measure.peak;
}

/* Pack the factors row by row, and set sums[k] to the sum of the product of the other factors over all places of a row, which
 * is the product of their sums. */
void RLRA(tree_begin_rows)(row_reading *r)
{
    const tensor_room *const room = r->plan->products->room;
    const csf *const tree = &room->x->set->along[r->mode];
    const int threads = r->plan->products->threads;
    double *const sums = r->sums;
    for (int l = 1; l < tree->order; l++)
        RLRA(packed_fill)(r->factors[tree->modes[l]], room->stride, threads, room->packed[tree->modes[l]]);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (ptrdiff_t k = 0; k < r->factors[r->mode].rank; k++) {
        sums[k] = 1;
        for (int l = 1; l < tree->order; l++) {
            const factor other = r->factors[tree->modes[l]];
            double sum = 0;
            for (ptrdiff_t i = 0; i < other.length; i++)
                sum += (double)other.at[k * other.stride + i];
            sums[k] *= sum;
        }
    }
}

/* out[e] = product of column[l][index of entry e on level l] over the levels below the root, for the entries of one root: level
 * by level, in place and from the last node backwards, as a node's place is never before its parent's. */
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

/* Form the design of a row component by component. */
static void cut_design(const row_reading *r, const csf *tree, const subtree *s, const panel_room *room, data_part *out)
{
    const int last = tree->order - 1;
    const ptrdiff_t count = (ptrdiff_t)(s->ends[last] - s->begins[last]), stride = whole_vectors(count);
    const ptrdiff_t rank = r->factors[r->mode].rank;
    const real *columns[RLRA_MAX_ORDER];
    for (ptrdiff_t k = 0; k < rank; k++) {
        for (int l = 1; l <= last; l++) {
            const factor x = r->factors[tree->modes[l]];
            columns[l] = x.at + k * x.stride;
        }
        fill_column(tree, s->begins, s->ends, columns, room->design + k * stride);
    }
    out->y = tree->values + s->begins[last];
    out->y_stride = count;
    out->design.columns = (factor){room->design, count, rank, stride};
    out->is_cut = 1;
}

/* Write rows of the product for the entries below nodes begin .. end-1; `above` is the row of the levels above, or NULL, and
 * `room` has one row for each level. Returns the place of the next row. */
static real *fill_rows(const tensor_room *x, const csf *tree, int level, int64_t begin, int64_t end, const real *above,
                       real *room, real *out)
{
    const ptrdiff_t stride = x->stride;
    const int is_last = level + 1 == tree->order;
    for (int64_t p = begin; p < end; p++) {
        const real *row = x->packed[tree->modes[level]] + tree->indices[level][p] * stride;
        real *const product = is_last ? out : room;
        for (ptrdiff_t k = 0; above != NULL && k < stride; k++)
            product[k] = above[k] * row[k];
        row = above != NULL ? product : row;
        out = is_last ? out + stride
                      : fill_rows(x, tree, level + 1, tree->starts[level][p], tree->starts[level][p + 1], row,
                                  room + stride, out);
    }
    return out;
}

/* Pass a row on as stored entries; row e of the design belongs to entry e. */
static void pass_stored(const row_slab *s, const csf *tree, ptrdiff_t i, const subtree *at, const panel_room *room,
                        data_part *part)
{
    const tensor_room *const x = s->reading->plan->products->room;
    const int last = tree->order - 1;
    int64_t starts[] = {0, at->ends[last] - at->begins[last]};
    const sparse_rows row = {
        1, (ptrdiff_t)starts[1], (ptrdiff_t)starts[1], starts, room->order, tree->values + at->begins[last], 0, 0};
    real *const above = room->design + starts[1] * x->stride;
    fill_rows(x, tree, 1, at->begins[1], at->ends[1], NULL, above, room->design);
    for (int32_t e = 0; e < starts[1]; e++)
        room->order[e] = e;
    part->stored = &row;
    part->design.rows = room->design;
    part->design.rows_stride = x->stride;
    row_slab_pass(s, part, i, 1);
}

void RLRA(tree_read_rows)(row_slab *s)
{
    const row_reading *const r = s->reading;
    const csf *const tree = &((const sparse_tensor *)r->plan->products->x)->set->along[r->mode];
    const panel_room room = lay_out(r->plan, &s->room);
    for (ptrdiff_t i = s->begin; i < s->end; i++) {
        const subtree at = subtree_of(tree, i);
        data_part part = {.design = r->design, .weight = 1};
        part.design.columns.rank = r->factors[r->mode].rank;
        if (r->takes_stored) {
            pass_stored(s, tree, i, &at, &room, &part);
            continue;
        }
        cut_design(r, tree, &at, &room, &part);
        row_slab_pass(s, &part, i, 1);
    }
}
