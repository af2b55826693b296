/* data/sparse/tensor.c: the products of a sparse tensor with factors, O(entries x rank), by the tree of each mode. */
#include "data/sparse/tensor.h"

#include <omp.h>
#include <string.h>

#include "core/check.h"
#include "data/packed.h"
#include "data/rows/kinds.h"
#include "data/stored.h"

/* Rows whose right-hand sides are buffered and then written component by component, as factors are component-major. */
#define GROUP 16

rlra_status RLRA(csf_set_create)(rlra_context *context, const rlra_sparse *from, csf_set **set)
{
    rlra_status status = RLRA_OK;
    csf_set *const made = rlra_alloc_zero(context, 1, sizeof *made);
    double places = 1;
    *set = NULL;
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a sparse tensor"));
    made->order = from->order;
    for (int m = 0; m < from->order; m++) {
        TRY(RLRA(csf_create)(context, from, m, &made->along[m]));
        places *= (double)from->dims[m];
    }
    const ptrdiff_t count = (ptrdiff_t)made->along[0].nodes[from->order - 1];
    made->range = RLRA(sparse_range_of)(made->along[0].values, count, (double)count >= places);
    *set = made;
cleanup:
    if (status != RLRA_OK)
        RLRA(csf_set_destroy)(context, made);
    return status;
}

void RLRA(csf_set_destroy)(rlra_context *context, csf_set *set)
{
    if (set == NULL)
        return;
    for (int m = 0; m < set->order; m++)
        RLRA(csf_destroy)(context, &set->along[m]);
    rlra_free(context, set);
}

void RLRA(sparse_tensor_init)(sparse_tensor *self, const csf_set *set)
{
    *self =
        (sparse_tensor){.base = {.ops = &RLRA(data_sparse_tensor), .order = set->order, .is_sparse = 1}, .set = set};
    for (int m = 0; m < set->order; m++)
        self->base.dims[m] = (ptrdiff_t)set->along[m].nodes[0];
    self->base.norm2 = set->range.norm2;
    self->base.sum = set->range.sum;
    self->base.least = set->range.least;
    self->base.scale = set->range.scale;
    self->base.entries = (double)set->along[0].nodes[set->order - 1];
    self->base.entry_bytes = sizeof(real) + sizeof(int32_t);
    self->base.kernels = RLRA(kernels_best)();
    self->fibers = RLRA(fibers_of)(self->base.kernels->name);
}

/* Doubles for each thread: right-hand sides of a group, and of one row for each level between root and fibers. */
static size_t thread_sums(const tensor_room *self)
{
    return (size_t)(GROUP + self->x->base.order) * (size_t)self->stride;
}

/* The mode with the most rows, which are best distributed among threads. */
static int longest_mode(const data *x)
{
    int longest = 0;
    for (int m = 1; m < x->order; m++)
        longest = x->dims[m] > x->dims[longest] ? m : longest;
    return longest;
}

static data_plan plan(data *x, ptrdiff_t rank, int threads, arena *work)
{
    data_plan p = {.x = x, .rank = rank, .threads = threads, .stream = -1};
    const size_t stride = (size_t)RLRA(packed_stride)(rank);
    tensor_room room = {.x = (const sparse_tensor *)x, .stride = (ptrdiff_t)stride};
    size_t pieces = 0;
    for (int m = 0; m < x->order; m++) {
        const size_t count = (size_t)room.x->set->along[m].piece_count;
        pieces = count > pieces ? count : pieces;
        room.packed[m] = rlra_arena_take(work, (size_t)x->dims[m] * stride, sizeof(real));
    }
    room.sums = rlra_arena_take(work, (size_t)threads * thread_sums(&room), sizeof(double));
    room.parts = rlra_arena_take(work, pieces * stride, sizeof(double));
    room.row_sums = rlra_arena_take(work, 2 * (size_t)x->dims[longest_mode(x)], sizeof(double));
    room.grams = rlra_arena_take(work, (size_t)x->order * (size_t)(rank * rank), sizeof(double));
    p.room = data_room(work, &room, sizeof room);
    return p;
}

/* out[k] = sum over the entries below nodes begin .. end-1 of the value times the rows of the factors from this level on;
 * `room` has as many numbers for each level below. */
static void sum_nodes(const tensor_room *self, const csf *tree, int level, int64_t begin, int64_t end, double *out,
                      double *room)
{
    const ptrdiff_t stride = self->stride;
    const real *const rows = self->packed[tree->modes[level]];
    const int last = tree->order - 1;
    if (level + 1 == last) {
        const fiber_list fibers = {(ptrdiff_t)(end - begin),
                                   tree->starts[level] + begin,
                                   tree->indices[level] + begin,
                                   rows,
                                   tree->indices[last],
                                   tree->values,
                                   self->packed[tree->modes[last]],
                                   stride};
        self->x->fibers(&fibers, out);
        return;
    }
    memset(out, 0, (size_t)stride * sizeof *out);
    for (int64_t p = begin; p < end; p++) {
        const real *const row = rows + tree->indices[level][p] * stride;
        sum_nodes(self, tree, level + 1, tree->starts[level][p], tree->starts[level][p + 1], room, room + stride);
        for (ptrdiff_t k = 0; k < stride; k++)
            out[k] += room[k] * (double)row[k];
    }
}

/* Whether row i is cut into pieces. */
static int is_cut(const csf *tree, ptrdiff_t i)
{
    int64_t begin, end;
    RLRA(csf_entries)(tree, 0, i, &begin, &end);
    return end - begin > CSF_PIECE;
}

/* Right-hand sides of up to GROUP rows from `first` on, except those that are cut. */
static void contract_group(const tensor_room *self, const csf *tree, ptrdiff_t first, factor rhs)
{
    const ptrdiff_t stride = self->stride, count = rhs.length - first < GROUP ? rhs.length - first : GROUP;
    double *const sums = self->sums + (size_t)omp_get_thread_num() * thread_sums(self);
    for (ptrdiff_t i = 0; i < count; i++) {
        double *const row = sums + i * stride;
        if (is_cut(tree, first + i))
            memset(row, 0, (size_t)stride * sizeof *row);
        else
            sum_nodes(self, tree, 1, tree->starts[0][first + i], tree->starts[0][first + i + 1], row,
                      sums + GROUP * stride);
    }
    for (ptrdiff_t k = 0; k < rhs.rank; k++)
        for (ptrdiff_t i = 0; i < count; i++)
            rhs.at[k * rhs.stride + first + i] = (real)sums[i * stride + k];
}

/* Add the sums of pieces to the rows that are cut. */
static void add_pieces(const tensor_room *self, const csf *tree, factor rhs)
{
    double *const row = self->sums;
    for (ptrdiff_t p = 0, end; p < tree->piece_count; p = end) {
        const ptrdiff_t i = tree->pieces[p].root;
        memset(row, 0, (size_t)self->stride * sizeof *row);
        for (end = p; end < tree->piece_count && tree->pieces[end].root == i; end++)
            for (ptrdiff_t k = 0; k < rhs.rank; k++)
                row[k] += self->parts[end * self->stride + k];
        for (ptrdiff_t k = 0; k < rhs.rank; k++)
            rhs.at[k * rhs.stride + i] = (real)row[k];
    }
}

/* rhs[k][i] = sum over the entries with index i along `mode` of the value times the product of the other factors' rows. */
static void contract(const data_plan *p, int mode, const factor *factors, factor rhs)
{
    const tensor_room *const self = p->room;
    const csf *const tree = &self->x->set->along[mode];
    const data *const x = p->x;
    for (int m = 0; m < x->order; m++)
        if (m != mode)
            RLRA(packed_fill)(factors[m], self->stride, p->threads, self->packed[m]);
#pragma omp parallel num_threads(p->threads)
    {
#pragma omp for schedule(dynamic) nowait
        for (ptrdiff_t piece = 0; piece < tree->piece_count; piece++)
            sum_nodes(self, tree, 1, tree->pieces[piece].begin, tree->pieces[piece].end,
                      self->parts + piece * self->stride,
                      self->sums + (size_t)omp_get_thread_num() * thread_sums(self));
#pragma omp for schedule(dynamic)
        for (ptrdiff_t first = 0; first < rhs.length; first += GROUP)
            contract_group(self, tree, first, rhs);
    }
    add_pieces(self, tree, rhs);
}

/* Add sum (x - v)^2 and sum v^2 over the entries below a node to `sums`, v being the model; above[k] is the product of the rows
 * on the path to the node, followed by room for as many numbers for each level. */
static void residual_nodes(const tensor_room *self, const csf *tree, int level, int64_t begin, int64_t end,
                           double *above, double *sums)
{
    const ptrdiff_t stride = self->stride;
    const real *const rows = self->packed[tree->modes[level]];
    double *const product = above + stride;
    for (int64_t p = begin; p < end; p++) {
        const real *const row = rows + tree->indices[level][p] * stride;
        if (level + 1 < tree->order) {
            for (ptrdiff_t k = 0; k < stride; k++)
                product[k] = above[k] * (double)row[k];
            residual_nodes(self, tree, level + 1, tree->starts[level][p], tree->starts[level][p + 1], product, sums);
            continue;
        }
        const double v = RLRA(packed_dot)(stride, above, row), left = (double)tree->values[p] - v;
        sums[0] += left * left;
        sums[1] += v * v;
    }
}

/* As for a matrix: sum over entries (x - m)^2  +  ( ||M||^2 - sum over entries m^2 ), all in double. */
static double residual(const data_plan *p, const factor *factors)
{
    const tensor_room *const self = p->room;
    const data *const x = p->x;
    const ptrdiff_t rank = factors[0].rank, stride = self->stride;
    const int root = longest_mode(x);
    const csf *const tree = &self->x->set->along[root];
    double near = 0, stored = 0;
    for (int m = 0; m < x->order; m++) {
        RLRA(packed_fill)(factors[m], stride, p->threads, self->packed[m]);
        RLRA(packed_gram)(factors[m], p->threads, self->grams + m * rank * rank);
    }
#pragma omp parallel for num_threads(p->threads) schedule(dynamic, GROUP)
    for (ptrdiff_t i = 0; i < x->dims[root]; i++) {
        double *const above = self->sums + (size_t)omp_get_thread_num() * thread_sums(self);
        for (ptrdiff_t k = 0; k < stride; k++)
            above[k] = (double)self->packed[root][i * stride + k];
        self->row_sums[2 * i] = self->row_sums[2 * i + 1] = 0;
        residual_nodes(self, tree, 1, tree->starts[0][i], tree->starts[0][i + 1], above, self->row_sums + 2 * i);
    }
    for (ptrdiff_t i = 0; i < x->dims[root]; i++) {
        near += self->row_sums[2 * i];
        stored += self->row_sums[2 * i + 1];
    }
    const double model = RLRA(packed_norm2)(x->order, rank, self->grams);
    return near + (model > stored ? model - stored : 0);
}

static int takes(const data_source *from)
{
    const stored_array *const stored = from->term->sparse;
    return stored != NULL && stored->tensor != NULL;
}

static rlra_status create(rlra_context *context, const data_source *from, data **x)
{
    const stored_array *const stored = from->term->sparse;
    sparse_tensor *const self = rlra_alloc(context, 1, sizeof *self);
    if (self == NULL)
        return rlra_fail_memory(context, 1, sizeof *self, "the operator of a sparse tensor");
    RLRA(sparse_tensor_init)(self, stored->tensor);
    self->base.bytes = RLRA(stored_bytes)(stored);
    self->base.own_bytes = sizeof *self;
    *x = &self->base;
    return RLRA_OK;
}

static void destroy(rlra_context *context, data *x)
{
    rlra_free(context, x);
}

const data_ops RLRA(data_sparse_tensor) = {
    .about = {"sparse-tensor", "tensor by each of its modes, stored entries only", "order-N", ""},
    .takes = takes,
    .create = create,
    .destroy = destroy,
    .plan = plan,
    .contract = contract,
    .residual = residual,
    .plan_rows = RLRA(tree_plan_rows),
    .begin_rows = RLRA(tree_begin_rows),
    .rows = RLRA(tree_read_rows),
};
