/* data/sparse/sparse.c: the products of a sparse matrix with factors, O(entries x rank), by rows or by columns. */
#include "data/sparse/sparse.h"

#include <math.h>
#include <omp.h>
#include <string.h>

#include "core/check.h"
#include "data/packed.h"
#include "data/rows/kinds.h"
#include "data/stored.h"

/* Rows whose right-hand sides are buffered and then written component by component, as factors are component-major. */
#define GROUP 16

/* The least stored entry, without the zeros between. */
static double least_stored(const sparse_rows *rows)
{
    double least = INFINITY;
    for (ptrdiff_t e = 0; e < rows->count; e++)
        least = fmin(least, (double)rows->values[e]);
    return least;
}

static rlra_status create(rlra_context *context, const rlra_sparse *from, int keeps_zeros, sparse_pair **pair)
{
    rlra_status status = RLRA_OK;
    sparse_pair *const made = rlra_alloc_zero(context, 1, sizeof *made);
    *pair = NULL;
    REQUIRE(made != NULL, rlra_fail_memory(context, 1, sizeof *made, "a sparse matrix"));
    for (int mode = 0; mode < 2; mode++)
        TRY((keeps_zeros ? RLRA(sparse_rows_keep) : RLRA(sparse_rows_create))(context, from, mode, &made->along[mode]));
    made->range = RLRA(sparse_rows_range)(&made->along[0]);
    if (keeps_zeros)
        made->range.least = least_stored(&made->along[0]);
    *pair = made;
cleanup:
    if (status != RLRA_OK)
        RLRA(sparse_pair_destroy)(context, made);
    return status;
}

rlra_status RLRA(sparse_pair_create)(rlra_context *context, const rlra_sparse *from, sparse_pair **pair)
{
    return create(context, from, 0, pair);
}

rlra_status RLRA(sparse_pair_keep)(rlra_context *context, const rlra_sparse *from, sparse_pair **pair)
{
    return create(context, from, 1, pair);
}

void RLRA(sparse_pair_destroy)(rlra_context *context, sparse_pair *pair)
{
    if (pair == NULL)
        return;
    for (int mode = 0; mode < 2; mode++)
        RLRA(sparse_rows_destroy)(context, &pair->along[mode]);
    rlra_free(context, pair);
}

void RLRA(sparse_init)(sparse *self, const sparse_pair *pair)
{
    const sparse_rows *const rows = &pair->along[0];
    *self = (sparse){.base = {.ops = &RLRA(data_sparse), .order = 2, .is_sparse = 1}, .pair = pair};
    self->base.dims[0] = rows->rows;
    self->base.dims[1] = rows->length;
    self->base.norm2 = pair->range.norm2;
    self->base.sum = pair->range.sum;
    self->base.least = pair->range.least;
    self->base.scale = pair->range.scale;
    self->base.entries = (double)rows->count;
    self->base.entry_bytes = sizeof(real) + sizeof(int32_t);
    self->base.kernels = RLRA(kernels_best)();
    self->gather = RLRA(gather_of)(self->base.kernels->name);
}

/* The workspace of the products of one plan. */
typedef struct sparse_room {
    const sparse *x;
    ptrdiff_t stride; /* length of a packed row                                  */
    real *packed;     /* the factor that entries refer to, row after row         */
    double *sums;     /* one for each thread: right-hand sides of a group of rows */
    double *row_sums; /* for residual(): two numbers for each row                */
    double *gram;     /* for residual(): two Gram matrices                       */
} sparse_room;

data_plan RLRA(sparse_plan)(data *x, ptrdiff_t rank, int threads, arena *work)
{
    data_plan p = {.x = x, .rank = rank, .threads = threads, .stream = -1};
    sparse_room room = {.x = (const sparse *)x, .stride = RLRA(packed_stride)(rank)};
    const ptrdiff_t longest = x->dims[0] > x->dims[1] ? x->dims[0] : x->dims[1];
    room.packed = rlra_arena_take(work, (size_t)longest * (size_t)room.stride, sizeof(real));
    room.sums = rlra_arena_take(work, (size_t)(threads * GROUP) * (size_t)room.stride, sizeof(double));
    room.row_sums = rlra_arena_take(work, 2 * (size_t)x->dims[0], sizeof(double));
    room.gram = rlra_arena_take(work, 2 * (size_t)(rank * rank), sizeof(double));
    p.room = data_room(work, &room, sizeof room);
    return p;
}

/* rhs[k][i] = sum_j x[i,j] f[k][j]; each row is summed by one thread, in order. */
void RLRA(sparse_contract)(const data_plan *p, int mode, const factor *factors, factor rhs)
{
    const sparse_room *const self = p->room;
    const sparse_rows *const rows = &self->x->pair->along[mode];
    const ptrdiff_t stride = self->stride;
    RLRA(packed_fill)(factors[1 - mode], stride, p->threads, self->packed);
#pragma omp parallel for num_threads(p->threads) schedule(dynamic)
    for (ptrdiff_t begin = 0; begin < rows->rows; begin += GROUP) {
        const ptrdiff_t count = rows->rows - begin < GROUP ? rows->rows - begin : GROUP;
        double *const sums = self->sums + omp_get_thread_num() * GROUP * stride;
        for (ptrdiff_t i = 0; i < count; i++) {
            const int64_t first = rows->starts[begin + i], last = rows->starts[begin + i + 1];
            self->x->gather(last - first, rows->indices + first, rows->values + first, self->packed, stride,
                            sums + i * stride);
        }
        for (ptrdiff_t k = 0; k < rhs.rank; k++)
            for (ptrdiff_t i = 0; i < count; i++)
                rhs.at[k * rhs.stride + begin + i] = (real)sums[i * stride + k];
    }
}

/* sums[0] = sum (x - v)^2 and sums[1] = sum v^2 over the entries of row i, v being the model. */
static void residual_row(const sparse_room *self, ptrdiff_t i, factor a, double *coefficients, double *sums)
{
    const sparse_rows *const rows = &self->x->pair->along[0];
    for (ptrdiff_t k = 0; k < self->stride; k++)
        coefficients[k] = k < a.rank ? (double)a.at[k * a.stride + i] : 0;
    sums[0] = sums[1] = 0;
    for (int64_t e = rows->starts[i]; e < rows->starts[i + 1]; e++) {
        const double v = RLRA(packed_dot)(self->stride, coefficients, self->packed + rows->indices[e] * self->stride);
        const double left = (double)rows->values[e] - v;
        sums[0] += left * left;
        sums[1] += v * v;
    }
}

/* ||X - M||^2 = sum over entries (x - m)^2  +  ( ||M||^2 - sum over entries m^2 ), the last term being the model where X is
 * zero. Both differences are of numbers in double: the error is a few DBL_EPSILON x ||M||^2, far below that of ||X||^2 - 2 <X,
 * M> + ||M||^2 in `real`. */
double RLRA(sparse_residual)(const data_plan *p, const factor *factors)
{
    const sparse_room *const self = p->room;
    const ptrdiff_t rows = p->x->dims[0];
    const ptrdiff_t rank = factors[0].rank, square = rank * rank;
    double near = 0, stored = 0;
    RLRA(packed_fill)(factors[1], self->stride, p->threads, self->packed);
#pragma omp parallel for num_threads(p->threads) schedule(dynamic, GROUP)
    for (ptrdiff_t i = 0; i < rows; i++)
        residual_row(self, i, factors[0], self->sums + omp_get_thread_num() * GROUP * self->stride,
                     self->row_sums + 2 * i);
    for (ptrdiff_t i = 0; i < rows; i++) {
        near += self->row_sums[2 * i];
        stored += self->row_sums[2 * i + 1];
    }
    for (int m = 0; m < 2; m++)
        RLRA(packed_gram)(factors[m], p->threads, self->gram + m * square);
    const double model = RLRA(packed_norm2)(2, rank, self->gram);
    return near + (model > stored ? model - stored : 0);
}

static int takes(const data_source *from)
{
    const stored_array *const stored = from->term->sparse;
    return stored != NULL && stored->matrix != NULL;
}

static rlra_status create_operator(rlra_context *context, const data_source *from, data **x)
{
    const stored_array *const stored = from->term->sparse;
    sparse *const self = rlra_alloc(context, 1, sizeof *self);
    if (self == NULL)
        return rlra_fail_memory(context, 1, sizeof *self, "the operator of sparse data");
    RLRA(sparse_init)(self, stored->matrix);
    self->base.bytes = RLRA(stored_bytes)(stored);
    self->base.own_bytes = sizeof *self;
    *x = &self->base;
    return RLRA_OK;
}

static void destroy(rlra_context *context, data *x)
{
    rlra_free(context, x);
}

const data_ops RLRA(data_sparse) = {
    .about = {"sparse", "matrix by rows and by columns, stored entries only", "order-2", ""},
    .takes = takes,
    .create = create_operator,
    .destroy = destroy,
    .plan = RLRA(sparse_plan),
    .contract = RLRA(sparse_contract),
    .residual = RLRA(sparse_residual),
    .plan_rows = RLRA(sparse_plan_rows),
    .rows = RLRA(sparse_read_rows),
};
