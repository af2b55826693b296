/* start/sketch.c: the randomised range finder. */
#include "start/sketch.h"

#include "core/check.h"
#include "core/random.h"
#include "linalg/svd.h"
#include "model/orthonormal.h"

#define OVERSAMPLING     10
#define POWER_ITERATIONS 2

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

static ptrdiff_t choose_size(const data *x, ptrdiff_t rank)
{
    double entries = 1, length = 0;
    ptrdiff_t size = rank + OVERSAMPLING;
    for (int n = 0; n < x->order; n++) {
        entries *= (double)x->dims[n];
        length += (double)x->dims[n];
        if (x->order == 2)
            size = smaller(size, x->dims[n]);
    }
    /* The sides of a matrix need no extra memory up to `rank`: the factors hold them. */
    const ptrdiff_t free_size = x->order == 2 ? smaller(rank, size) : 1;
    while (size > free_size && (double)size * length > entries)
        size--;
    return size;
}

static rlra_status take_sides(sketch *s, ptrdiff_t rank, const factor *factors)
{
    size_t total = 0;
    if (s->x->order == 2 && s->size <= rank) {
        for (int n = 0; n < 2; n++)
            s->side[n] = (factor){factors[n].at, factors[n].length, s->size, factors[n].stride};
        return RLRA_OK;
    }
    for (int n = 0; n < s->x->order; n++)
        total += (size_t)s->x->dims[n] * (size_t)s->size;
    s->block = rlra_alloc(s->context, total, sizeof(real));
    if (s->block == NULL)
        return rlra_fail_memory(s->context, total, sizeof(real), "the sketch of the data");
    real *at = s->block;
    for (int n = 0; n < s->x->order; n++) {
        s->side[n] = (factor){at, s->x->dims[n], s->size, s->x->dims[n]};
        at += s->x->dims[n] * s->size;
    }
    return RLRA_OK;
}

static void fill_normal(const sketch *s, int mode)
{
    const factor side = s->side[mode];
#pragma omp parallel for num_threads(s->threads) schedule(static)
    for (ptrdiff_t k = 0; k < side.rank; k++)
        for (ptrdiff_t i = 0; i < side.length; i++)
            side.at[k * side.stride + i] =
                (real)rlra_random_normal(s->seed, (uint32_t)mode, (uint64_t)(k * side.length + i));
}

/* Doubles for the small problems and for orthonormalising. */
static size_t small_doubles(size_t size, int threads)
{
    const size_t slabs = (size_t)threads * ORTHONORMAL_SLAB;
    return 2 * size * size + size + size * (slabs > size ? slabs : size);
}

double RLRA(sketch_bytes)(data *x, ptrdiff_t rank, int threads)
{
    const ptrdiff_t size = choose_size(x, rank);
    arena plan = {0};
    x->ops->plan(x, size, threads, &plan);
    double bytes = (double)plan.peak + (double)small_doubles((size_t)size, threads) * sizeof(double);
    for (int n = 0; n < x->order && !(x->order == 2 && size <= rank); n++)
        bytes += (double)x->dims[n] * (double)size * sizeof(real);
    return bytes;
}

rlra_status RLRA(sketch_init)(rlra_context *context, data *x, ptrdiff_t rank, uint64_t seed, int threads,
                              const factor *factors, sketch *s)
{
    rlra_status status = RLRA_OK;
    *s = (sketch){.context = context, .x = x, .size = choose_size(x, rank), .seed = seed, .threads = threads};
    const size_t size = (size_t)s->size, doubles = small_doubles(size, threads);
    x->ops->plan(x, s->size, threads, &s->work);
    TRY(rlra_arena_allocate(context, &s->work, "contracting the data"));
    s->plan = x->ops->plan(x, s->size, threads, &s->work);
    TRY(take_sides(s, rank, factors));
    s->upper = rlra_alloc(context, doubles, sizeof *s->upper);
    REQUIRE(s->upper != NULL, rlra_fail_memory(context, doubles, sizeof *s->upper, "small singular value problems"));
    s->right = s->upper + size * size;
    s->sigma = s->right + size * size;
    s->scratch = s->sigma + size;
cleanup:
    if (status != RLRA_OK)
        RLRA(sketch_clear)(s);
    return status;
}

void RLRA(sketch_clear)(sketch *s)
{
    rlra_free(s->context, s->upper);
    rlra_free(s->context, s->block);
    rlra_arena_free(s->context, &s->work);
}

double RLRA(sketch_mean)(sketch *s)
{
    const factor ones[2] = {factor_component(s->side[0], 0), factor_component(s->side[1], 0)};
    double sum = 0;
    for (ptrdiff_t j = 0; j < ones[1].length; j++)
        ones[1].at[j] = 1;
    s->x->ops->contract(&s->plan, 0, ones, ones[0]);
    for (ptrdiff_t i = 0; i < ones[0].length; i++)
        sum += (double)ones[0].at[i];
    return sum / (double)ones[0].length / (double)ones[1].length;
}

/* Decompose R of the last factor, row-major in `upper`, into U diag(sigma) V^T: U and V row-major in `upper` and `right`. */
static void decompose_upper(sketch *s)
{
    const ptrdiff_t size = s->size;
    double *const columns = s->scratch;
    for (ptrdiff_t j = 0; j < size; j++)
        for (ptrdiff_t k = 0; k < size; k++)
            columns[k * size + j] = s->upper[j * size + k];
    rlra_svd_small(size, size, columns, s->sigma, s->right);
    for (ptrdiff_t j = 0; j < size; j++)
        for (ptrdiff_t k = 0; k < size; k++)
            s->upper[j * size + k] = columns[k * size + j];
    for (ptrdiff_t j = 0; j < size; j++)
        for (ptrdiff_t k = 0; k < j; k++) {
            const double kept = s->right[j * size + k];
            s->right[j * size + k] = s->right[k * size + j];
            s->right[k * size + j] = kept;
        }
}

void RLRA(sketch_matrix)(sketch *s)
{
    data *const x = s->x;
    fill_normal(s, 1);
    for (int round = 0; round <= POWER_ITERATIONS; round++) {
        x->ops->contract(&s->plan, 0, s->side, s->side[0]);
        RLRA(orthonormalise)(s->side[0], s->threads, NULL, s->scratch);
        x->ops->contract(&s->plan, 1, s->side, s->side[1]);
        RLRA(orthonormalise)(s->side[1], s->threads, s->upper, s->scratch);
    }
    /* X ~ Q0 (X^T Q0)^T = Q0 (Q1 R)^T = Q0 V diag(sigma) (Q1 U)^T. */
    decompose_upper(s);
    RLRA(transform_columns)(s->side[0], s->size, s->right, s->threads, s->scratch);
    RLRA(transform_columns)(s->side[1], s->size, s->upper, s->threads, s->scratch);
}

void RLRA(sketch_mode)(sketch *s, int mode)
{
    data *const x = s->x;
    for (int n = 0; n < x->order; n++)
        if (n != mode)
            fill_normal(s, n);
    x->ops->contract(&s->plan, mode, s->side, s->side[mode]);
    RLRA(orthonormalise)(s->side[mode], s->threads, s->upper, s->scratch);
    decompose_upper(s);
    RLRA(transform_columns)(s->side[mode], s->size, s->upper, s->threads, s->scratch);
}
