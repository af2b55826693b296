/* data/observed/kinds.c: data with missing or weighted entries as operators, whose products see w X. */
#include "data/rows/kinds.h"
#include "core/check.h"
#include "core/threads.h"
#include "data/dense/dense.h"
#include "data/observed/observed.h"

typedef struct observed_dense {
    dense dense; /* products of lists.filled */
    observed lists;
} observed_dense;

typedef struct observed_stored {
    sparse sparse; /* products of lists.product */
    observed lists;
} observed_stored;

static int is_partial(const data_source *from)
{
    return from->term->is_partial || from->held_out > 0;
}

static int takes_dense(const data_source *from)
{
    return is_partial(from) && from->term->sparse == NULL;
}

static int takes_stored(const data_source *from)
{
    return is_partial(from) && from->term->sparse != NULL;
}

static observed_choice choice_of(const data_source *from)
{
    return (observed_choice){.data = from->term->array,
                             .weights = from->term->weights,
                             .nan_is_missing = from->term->nan_is_missing,
                             .held_out = from->held_out,
                             .seed = from->seed};
}

/* Estimate the number of entries in the lists of a mode. */
static double listed(const data_source *from)
{
    const double all = (double)rlra_array_count(&from->term->array);
    const double known = from->term->observed * (1 - from->held_out);
    if (from->term->sparse != NULL || from->term->is_uneven)
        return known;
    return known < all - known ? known : all - known;
}

/* Estimate the bytes of copies and lists that are still to be made. */
static double bytes_ahead(const data_source *from, const observed *o)
{
    const problem_term *const term = from->term;
    const size_t each = sizeof(int32_t) + (term->is_uneven ? sizeof(real) : 0);
    if (term->sparse != NULL) {
        const size_t kept = from->held_out > 0 ? each + sizeof(real) : 0, product = each - sizeof(int32_t);
        return 2 * o->listed * (double)(kept + product);
    }
    return (double)rlra_array_count(&term->array) * sizeof(real) + o->order * o->listed * (double)each;
}

static void describe(const data_source *from, size_t bytes, observed *o, data *x)
{
    o->is_uneven = from->term->is_uneven;
    o->listed = listed(from);
    x->observed = o;
    x->own_bytes = (double)bytes + (from->measures ? bytes_ahead(from, o) : (double)RLRA(observed_bytes)(o));
}

static void destroy(rlra_context *context, data *x)
{
    observed *const o = x->ops == &RLRA(data_observed) ? &((observed_dense *)x)->lists : &((observed_stored *)x)->lists;
    RLRA(observed_destroy)(context, o);
    rlra_free(context, x);
}

static rlra_status create_dense(rlra_context *context, const data_source *from, data **x)
{
    rlra_status status = RLRA_OK;
    const observed_choice choice = choice_of(from);
    observed_dense *self = NULL;
    REQUIRE(from->term->source == NULL,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "missing entries, weights and `holdout` need the data in memory, and these are read from their "
                      "file: raise `memory_limit`"));
    self = rlra_alloc_zero(context, 1, sizeof *self);
    REQUIRE(self != NULL, rlra_fail_memory(context, 1, sizeof *self, "the operator of data with missing entries"));
    if (from->measures)
        RLRA(observed_measure)(&choice, NULL, &self->lists);
    else
        TRY(RLRA(observed_create)(context, &choice, rlra_team(from->threads), &self->lists));
    const dense_scan scan = from->measures ? RLRA(dense_scan_of)(from->term) : self->lists.summary.scan;
    RLRA(dense_init)(&self->dense, &self->lists.filled, NULL, &scan);
    self->dense.base.ops = &RLRA(data_observed);
    describe(from, sizeof *self, &self->lists, &self->dense.base);
    *x = &self->dense.base;
cleanup:
    if (status != RLRA_OK)
        rlra_free(context, self);
    return status;
}

static rlra_status create_stored(rlra_context *context, const data_source *from, data **x)
{
    rlra_status status = RLRA_OK;
    const observed_choice choice = choice_of(from);
    const stored_array *const stored = from->term->sparse;
    observed_stored *self = NULL;
    REQUIRE(from->term->is_partial,
            rlra_fail(context, RLRA_ERR_UNSUPPORTED,
                      "no entries can be held out of sparse data whose other entries are zeros: take dense data, or "
                      "say that what is not stored is missing (`missing=unstored`)"));
    self = rlra_alloc_zero(context, 1, sizeof *self);
    REQUIRE(self != NULL, rlra_fail_memory(context, 1, sizeof *self, "the operator of data with missing entries"));
    if (from->measures)
        RLRA(observed_measure)(&choice, stored, &self->lists);
    else
        TRY(RLRA(observed_of_sparse)(context, &choice, stored, &self->lists));
    RLRA(sparse_init)(&self->sparse, &self->lists.product);
    self->sparse.base.ops = &RLRA(data_observed_sparse);
    self->sparse.base.bytes = RLRA(stored_bytes)(stored);
    describe(from, sizeof *self, &self->lists, &self->sparse.base);
    *x = &self->sparse.base;
cleanup:
    if (status != RLRA_OK)
        rlra_free(context, self);
    return status;
}

static rlra_status fill_in(rlra_context *context, data *x, int threads)
{
    observed *const o = &((observed_dense *)x)->lists;
    size_t rows = 0;
    for (int m = 0; m < o->order; m++)
        rows += (size_t)o->along[m].rows;
    double *const means = rlra_alloc(context, 2 * rows, sizeof *means);
    if (means == NULL)
        return rlra_fail_memory(context, 2 * rows, sizeof *means, "the start");
    RLRA(observed_fill_means)(o, threads, means);
    rlra_free(context, means);
    return RLRA_OK;
}

static void clear_out(data *x, int threads)
{
    RLRA(observed_fill_weighted)(&((observed_dense *)x)->lists, threads);
}

const data_ops RLRA(data_observed) = {
    .about = {"observed", "dense array with missing or weighted entries", "order-2 order-N one-pass", ""},
    .takes = takes_dense,
    .create = create_dense,
    .destroy = destroy,
    .plan = RLRA(dense_plan),
    .pass = RLRA(dense_pass),
    .contract = RLRA(dense_contract),
    .residual = RLRA(dense_residual),
    .plan_rows = RLRA(observed_plan_rows),
    .begin_rows = RLRA(observed_begin_rows),
    .rows = RLRA(observed_read_rows),
    .fill_in = fill_in,
    .clear_out = clear_out,
};

const data_ops RLRA(data_observed_sparse) = {
    .about = {"observed-sparse", "matrix of which only stored entries are known", "order-2", ""},
    .takes = takes_stored,
    .create = create_stored,
    .destroy = destroy,
    .plan = RLRA(sparse_plan),
    .contract = RLRA(sparse_contract),
    .residual = RLRA(sparse_residual),
    .plan_rows = RLRA(observed_plan_rows),
    .begin_rows = RLRA(observed_begin_rows),
    .rows = RLRA(observed_read_rows),
};
