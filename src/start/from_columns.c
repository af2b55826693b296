/* start/from_columns.c: columns of the data that generate the others, and their coefficients. */
#include <math.h>

#include "core/check.h"
#include "core/random.h"
#include "separable/separable.h"
#include "start/members.h"

/* Give components from `found` on, which are zero, small random entries, as no rule can leave zero. */
static void fill_components(fit *f, ptrdiff_t found)
{
    for (int n = 0; n < f->factors; n++) {
        const factor x = f->x[n];
        double sum = 0;
        for (ptrdiff_t k = 0; k < found; k++)
            for (ptrdiff_t i = 0; i < x.length; i++)
                sum += fabs((double)x.at[k * x.stride + i]);
        const double size = found > 0 ? 0.1 * sum / (double)(found * x.length) : 1;
        for (ptrdiff_t k = found; k < x.rank; k++)
            for (ptrdiff_t i = 0; i < x.length; i++)
                x.at[k * x.stride + i] =
                    (real)(size * rlra_random_uniform((uint64_t)f->options.seed, STREAM_START + (uint32_t)n,
                                                      (uint64_t)(i * x.rank + k)));
    }
}

static rlra_status check(fit *f)
{
    rlra_status status = RLRA_OK;
    TRY(RLRA(start_check_term)(f));
    const fit_term *const term = RLRA(start_term)(f);
    REQUIRE(term->x->order == 2,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' picks columns of a matrix, and the data have order %d: use 'nndsvdar' or 'random'",
                      term->x->order));
    REQUIRE(!term->x->is_sparse,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' takes dense data only, and these are sparse: use 'nndsvdar' or 'random'"));
    REQUIRE(term->x->array != NULL,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' takes data in memory only, and these are %s: use 'nndsvdar' or 'random'",
                      term->x->has_products_only ? "known by their products" : "read from their file"));
    REQUIRE(f->widest <= term->x->dims[1],
            rlra_fail(f->context, RLRA_ERR_ARGUMENT, "init 'snpa' cannot pick %td of %td columns", f->widest,
                      term->x->dims[1]));
cleanup:
    return status;
}

static rlra_status make(fit *f, const rlra_model *model)
{
    (void)model;
    rlra_status status = RLRA_OK;
    ptrdiff_t *columns = NULL;
    ptrdiff_t found = 0;
    const fit_term *const term = RLRA(start_term)(f);
    columns = rlra_alloc(f->context, (size_t)f->widest, sizeof *columns);
    REQUIRE(columns != NULL, rlra_fail_memory(f->context, (size_t)f->widest, sizeof *columns, "the start"));
    TRY(RLRA(separable_select)(f->context, term->x->array, RLRA_SEPARABLE_SNPA, f->widest, 1e-12, f->threads, columns,
                               &found));
    TRY(RLRA(separable_factors)(f->context, term->x->array, columns, found, f->threads, &f->x[term->factors[0]],
                                &f->x[term->factors[1]], NULL));
    fill_components(f, found);
cleanup:
    rlra_free(f->context, columns);
    return status;
}

/* Bytes of the picked columns, and for each column of its products with them and its weights (separable/snpa.c). */
static double bytes(const fit *f)
{
    const double rows = (double)f->term[0].x->dims[0], columns = (double)f->term[0].x->dims[1],
                 rank = (double)f->widest;
    return (rank * (rows + rank) + rows + 4 * columns) * sizeof(double) + 2 * rank * columns * sizeof(real);
}

const start_ops RLRA(start_snpa) = {
    .about = {"snpa", "columns of the data that generate the others", "order-2", "Gillis 2014"},
    .reads_data = 1,
    .check = check,
    .make = make,
    .bytes = bytes,
};
