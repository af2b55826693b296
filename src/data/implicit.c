/* data/implicit.c: a matrix that is known only by products which the caller computes (docs/theory/implicit.md). */
#include <math.h>
#include <string.h>

#include "core/check.h"
#include "core/random.h"
#include "data/kinds.h"
#include "data/packed.h"

/* The stream of random numbers for the test of products. */
#define STREAM_TRIED 0x402u

/* A relative difference of two products that only a mistake can cause; products by iteration or interpolation may lose some
 * digits. */
#define MISTAKE 0.01

typedef struct implicit {
    data base;
    rlra_context *context;
    rlra_products products;
} implicit;

/* The workspace of the products of one plan. */
typedef struct implicit_room {
    factor rhs;    /* X times the second factor */
    double *grams; /* Gram matrices of both factors */
} implicit_room;

static rlra_array array_of(factor f)
{
    return (rlra_array){
        .dtype = REAL_DTYPE, .order = 2, .dims = {f.length, f.rank}, .strides = {1, f.stride}, .data = f.at};
}

static void fill(factor out, real value)
{
    for (ptrdiff_t k = 0; k < out.rank; k++)
        for (ptrdiff_t i = 0; i < out.length; i++)
            out.at[k * out.stride + i] = value;
}

static rlra_status check(const implicit *self, int mode, int came, factor out)
{
    const char *const name = mode == 0 ? "apply" : "apply_transposed";
    if (came != 0)
        return rlra_fail(self->context, RLRA_ERR_NUMERIC, "the product %s() of the data failed: it returned %d", name,
                         came);
    for (ptrdiff_t k = 0; k < out.rank; k++)
        for (ptrdiff_t i = 0; i < out.length; i++)
            if (!isfinite((double)out.at[k * out.stride + i]))
                return rlra_fail(
                    self->context, RLRA_ERR_NUMERIC,
                    "the product %s() of the data left %g at [%td, %td]: every entry must be written, with "
                    "a finite number",
                    name, (double)out.at[k * out.stride + i], i, k);
    return RLRA_OK;
}

/* out = X in, or X^T in for mode 1. After a failure no function is called again, and products are zero. */
static void multiply(implicit *self, int mode, factor in, factor out)
{
    const rlra_array from = array_of(in), to = array_of(out);
    if (self->base.status == RLRA_OK) {
        fill(out, (real)NAN);
        const int came =
            (mode == 0 ? self->products.apply : self->products.apply_transposed)(self->products.user, &from, &to);
        self->base.status = check(self, mode, came, out);
    }
    if (self->base.status != RLRA_OK)
        fill(out, 0);
}

static double dot(factor a, factor b)
{
    double sum = 0;
    for (ptrdiff_t k = 0; k < a.rank; k++) {
        double part = 0;
        for (ptrdiff_t i = 0; i < a.length; i++)
            part += (double)a.at[k * a.stride + i] * (double)b.at[k * b.stride + i];
        sum += part;
    }
    return sum;
}

/* Check <u, X v> = <X^T u, v> for random vectors, which fails for functions of two different matrices. */
static rlra_status try_products(implicit *self)
{
    rlra_status status = RLRA_OK;
    const ptrdiff_t rows = self->base.dims[0], columns = self->base.dims[1];
    const size_t count = 2 * (size_t)(rows + columns);
    real *const room = rlra_alloc(self->context, count, sizeof *room);
    REQUIRE(room != NULL, rlra_fail_memory(self->context, count, sizeof *room, "trying the products of the data"));
    const factor u = {room, rows, 1, rows}, v = {u.at + rows, columns, 1, columns};
    const factor xv = {v.at + columns, rows, 1, rows}, xu = {xv.at + rows, columns, 1, columns};
    for (ptrdiff_t e = 0; e < rows + columns; e++)
        room[e] = (real)rlra_random_normal(0, STREAM_TRIED, (uint64_t)e);
    multiply(self, 0, v, xv);
    multiply(self, 1, u, xu);
    TRY(self->base.status);
    const double one = dot(u, xv), other = dot(v, xu), size = sqrt(fmax(dot(xv, xv), dot(xu, xu)));
    REQUIRE(fabs(one - other) <= MISTAKE * size,
            rlra_fail(self->context, RLRA_ERR_DATA,
                      "the two products of the data are not those of one matrix: for random u and v, u (X v) is %g by "
                      "apply(), and (X^T u) v is %g by apply_transposed()",
                      one, other));
cleanup:
    rlra_free(self->context, room);
    return status;
}

static data_plan plan(data *x, ptrdiff_t rank, int threads, arena *work)
{
    data_plan p = {.x = x, .rank = rank, .threads = threads, .stream = -1};
    implicit_room room = {.rhs = {NULL, x->dims[0], rank, factor_stride(x->dims[0])}};
    room.rhs.at = rlra_arena_take(work, (size_t)(rank * room.rhs.stride), sizeof(real));
    room.grams = rlra_arena_take(work, 2 * (size_t)(rank * rank), sizeof(double));
    p.room = data_room(work, &room, sizeof room);
    return p;
}

static void contract(const data_plan *p, int mode, const factor *factors, factor rhs)
{
    multiply((implicit *)p->x, mode, factors[1 - mode], rhs);
}

/* ||X||^2 - 2 <X, M> + ||M||^2 in double. As products have the precision of the data, the result is never less than the
 * rounding error of ||X||^2. */
static double residual(const data_plan *p, const factor *factors)
{
    const implicit_room *const room = p->room;
    implicit *const self = (implicit *)p->x;
    const double norm2 = p->x->norm2;
    const ptrdiff_t rank = factors[0].rank;
    const factor rhs = {room->rhs.at, room->rhs.length, rank, room->rhs.stride};
    multiply(self, 0, factors[1], rhs);
    const double cross = dot(factors[0], rhs);
    for (int m = 0; m < 2; m++)
        RLRA(packed_gram)(factors[m], p->threads, room->grams + m * rank * rank);
    const double model = RLRA(packed_norm2)(2, rank, room->grams);
    if (p->x->status == RLRA_OK && cross > (1 + MISTAKE) * sqrt(norm2 * model))
        p->x->status =
            rlra_fail(self->context, RLRA_ERR_DATA,
                      "norm2, the sum of the squares of the data, was given as %g, but their product with a model of "
                      "size %g is %g: it must be at least %g",
                      norm2, sqrt(model), cross, cross * cross / model);
    return fmax(norm2 - 2 * cross + model, (double)REAL_EPS * norm2);
}

static int takes(const data_source *from)
{
    return from->term->products.apply != NULL;
}

static rlra_status create(rlra_context *context, const data_source *from, data **x)
{
    rlra_status status = RLRA_OK;
    const problem_term *const term = from->term;
    implicit *self = NULL;
    REQUIRE(!(from->held_out > 0),
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "no entries can be held out of data that are known by their products only: leave `holdout` out"));
    self = rlra_alloc_zero(context, 1, sizeof *self);
    REQUIRE(self != NULL, rlra_fail_memory(context, 1, sizeof *self, "the operator of an implicit matrix"));
    *self = (implicit){.context = context, .products = term->products};
    self->base = (data){.ops = &RLRA(data_implicit),
                        .order = 2,
                        .dims = {term->array.dims[0], term->array.dims[1]},
                        .norm2 = term->norm2,
                        .least = term->least,
                        .scale = term->scale,
                        .entries = (double)term->array.dims[0] * (double)term->array.dims[1],
                        .entry_bytes = sizeof(real),
                        .own_bytes = sizeof *self,
                        .has_products_only = 1,
                        .kernels = RLRA(kernels_best)()};
    if (!from->measures)
        TRY(try_products(self));
    *x = &self->base;
cleanup:
    if (status != RLRA_OK)
        rlra_free(context, self);
    return status;
}

static void destroy(rlra_context *context, data *x)
{
    rlra_free(context, x);
}

const data_ops RLRA(data_implicit) = {
    .about = {"implicit", "matrix that is known by its products only", "order-2", ""},
    .takes = takes,
    .create = create,
    .destroy = destroy,
    .plan = plan,
    .contract = contract,
    .residual = residual,
};
