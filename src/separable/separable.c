/* separable/separable.c: pick columns, make factors, and choose between two sets of columns. */
#include "separable/separable.h"

#include <math.h>

#include "core/check.h"
#include "separable/coefficients.h"
#include "separable/pick.h"

static rlra_status (*const methods[])(selection *s) = {
    [RLRA_SEPARABLE_SPA] = RLRA(select_spa),
    [RLRA_SEPARABLE_SNPA] = RLRA(select_snpa),
    [RLRA_SEPARABLE_RANK_TWO] = RLRA(select_rank_two),
};

static rlra_status pick(const columns *x, rlra_separable_method method, ptrdiff_t rank, double tolerance,
                        ptrdiff_t *picked, ptrdiff_t *found)
{
    rlra_status status = RLRA_OK;
    double *const norms = rlra_alloc(x->context, 2 * (size_t)x->count, sizeof *norms);
    REQUIRE(norms != NULL,
            rlra_fail_memory(x->context, 2 * (size_t)x->count, sizeof *norms, "the norms of the columns"));
    selection s = {.x = x, .rank = rank, .norms = norms, .residuals = norms + x->count, .picked = picked};
    RLRA(columns_norms)(x, norms);
    s.least = RLRA(pick_least)(&s, tolerance);
    TRY(methods[method](&s));
    *found = s.found;
cleanup:
    rlra_free(x->context, norms);
    return status;
}

rlra_status RLRA(separable_select)(rlra_context *context, const rlra_array *data, rlra_separable_method method,
                                   ptrdiff_t rank, double tolerance, int threads, ptrdiff_t *picked, ptrdiff_t *found)
{
    columns x;
    rlra_status status = RLRA(columns_init)(context, data, threads, &x);
    if (status != RLRA_OK)
        return status;
    const ptrdiff_t most = method == RLRA_SEPARABLE_SPA && x.rows < x.count ? x.rows : x.count;
    status = pick(&x, method, rank < most ? rank : most, tolerance, picked, found);
    RLRA(columns_clear)(&x);
    return status;
}

static void write_columns(const columns *x, const ptrdiff_t *picked, ptrdiff_t found, const factor *w)
{
    for (ptrdiff_t k = 0; k < w->rank; k++)
        for (ptrdiff_t i = 0; i < x->rows; i++)
            w->at[k * w->stride + i] = k < found ? x->at[i * x->row_stride + picked[k] * x->column_stride] : 0;
}

static void clear_components(const factor *h, ptrdiff_t found)
{
    for (ptrdiff_t k = found; k < h->rank; k++)
        for (ptrdiff_t i = 0; i < h->length; i++)
            h->at[k * h->stride + i] = 0;
}

rlra_status RLRA(separable_factors)(rlra_context *context, const rlra_array *data, const ptrdiff_t *picked,
                                    ptrdiff_t found, int threads, const factor *w, const factor *h,
                                    double *relative_error)
{
    coefficients c = {0};
    columns x;
    rlra_status status = RLRA(columns_init)(context, data, threads, &x);
    if (status != RLRA_OK)
        return status;
    TRY(RLRA(coefficients_init)(&x, found, &c));
    const double error = RLRA(coefficients_find)(&c, picked, found, h);
    if (h != NULL)
        clear_components(h, found);
    if (w != NULL)
        write_columns(&x, picked, found, w);
    if (relative_error != NULL)
        *relative_error = error;
cleanup:
    RLRA(coefficients_clear)(&c);
    RLRA(columns_clear)(&x);
    return status;
}

double RLRA(separable_bytes)(ptrdiff_t rows, ptrdiff_t count, ptrdiff_t rank, int threads)
{
    return fmax(RLRA(snpa_bytes)(rows, count, rank, threads), RLRA(coefficients_bytes)(rows, count, rank, threads));
}

/* A set of columns and how well it fits. */
typedef struct choice {
    rlra_separable_method method;
    ptrdiff_t *picked;
    ptrdiff_t found;
    double error;
} choice;

static int same_set(const choice *a, const choice *b)
{
    ptrdiff_t shared = 0;
    for (ptrdiff_t k = 0; k < a->found; k++)
        for (ptrdiff_t l = 0; l < b->found; l++)
            shared += a->picked[k] == b->picked[l];
    return a->found == b->found && shared == a->found;
}

/* Choose the columns of SNPA unless those of SPA have a smaller residual: both are greedy, and neither is always better. */
static rlra_status choose(const columns *x, const coefficients *c, const rlra_separable_options *options, choice *best,
                          choice *other)
{
    rlra_status status = RLRA_OK;
    const ptrdiff_t rank = (ptrdiff_t)options->rank;
    best->method = options->method;
    other->method = RLRA_SEPARABLE_SPA;
    TRY(pick(x, best->method, rank, options->tolerance, best->picked, &best->found));
    if (best->method != RLRA_SEPARABLE_SNPA || rank > x->rows)
        return RLRA_OK;
    TRY(pick(x, other->method, rank, options->tolerance, other->picked, &other->found));
    if (same_set(best, other))
        return RLRA_OK;
    best->error = RLRA(coefficients_find)(c, best->picked, best->found, NULL);
    other->error = RLRA(coefficients_find)(c, other->picked, other->found, NULL);
    if (other->error < best->error)
        *best = *other;
cleanup:
    return status;
}

static factor factor_of(const rlra_array *array)
{
    return (factor){array->data, (ptrdiff_t)array->dims[0], (ptrdiff_t)array->dims[1], (ptrdiff_t)array->strides[1]};
}

static rlra_status fit(rlra_context *context, const rlra_array *data, const rlra_separable_options *options,
                       int64_t *picked, const rlra_array *w, const rlra_array *h, rlra_separable_report *report)
{
    const double begin = rlra_seconds();
    const ptrdiff_t rank = (ptrdiff_t)options->rank;
    ptrdiff_t *room = NULL;
    coefficients c = {0};
    columns x;
    rlra_status status = RLRA(columns_init)(context, data, (int)options->threads, &x);
    if (status != RLRA_OK)
        return status;
    room = rlra_alloc(context, 2 * (size_t)rank, sizeof *room);
    REQUIRE(room != NULL, rlra_fail_memory(context, 2 * (size_t)rank, sizeof *room, "the picked columns"));
    choice best = {.picked = room}, other = {.picked = room + rank};
    TRY(RLRA(coefficients_init)(&x, rank, &c));
    TRY(choose(&x, &c, options, &best, &other));
    const factor left = factor_of(w), right = factor_of(h);
    for (ptrdiff_t k = 0; k < best.found; k++)
        picked[k] = best.picked[k];
    if (w->order == 2) {
        write_columns(&x, best.picked, best.found, &left);
        clear_components(&right, best.found);
    }
    if (w->order == 2 || report != NULL)
        best.error = RLRA(coefficients_find)(&c, best.picked, best.found, w->order == 2 ? &right : NULL);
    if (report != NULL)
        *report = (rlra_separable_report){best.method, best.found,       best.error, rlra_seconds() - begin,
                                          x.threads,   x.threads_refused};
cleanup:
    rlra_free(context, room);
    RLRA(coefficients_clear)(&c);
    RLRA(columns_clear)(&x);
    return status;
}

const separable_core RLRA(separable) = {fit};
