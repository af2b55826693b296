/* solve/certify.c: recompute the reported properties of a point from the data. */
#include "solve/certify.h"

#include <math.h>

/* Whether all entries of a factor are finite, by its Gram matrix: their squares are summed in double. */
static int is_finite(const fit *f, int n)
{
    for (ptrdiff_t k = 0; k < f->x[n].rank; k++)
        if (!isfinite(f->gram[n][k * (f->x[n].rank + 1)]))
            return 0;
    return 1;
}

rlra_status RLRA(fit_certify)(fit *f, rlra_report *report)
{
    report->kkt_residual = 0;
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    for (int n = 0; n < f->factors; n++)
        report->kkt_residual = fmax(report->kkt_residual, f->engine->kkt(f, n));
    report->loss = f->engine->loss(f, LOSS_FROM_DATA);
    report->penalty = RLRA(fit_penalty)(f);
    report->objective = report->loss + report->penalty;
    const double left = f->engine->is_quadratic ? 2 * report->loss : RLRA(fit_squares_left)(f);
    report->relative_error = f->norm2 > 0 ? sqrt(left / f->norm2) : 0;
    report->relative_loss = report->loss / f->reference;
    if (fit_data_status(f) != RLRA_OK)
        return fit_data_status(f);
    if (!isfinite(report->objective))
        return rlra_fail(f->context, RLRA_ERR_NUMERIC, "the objective of the result is %g", report->objective);
    /* A loss may skip entries that are not finite. */
    for (int n = 0; n < f->factors; n++)
        if (!is_finite(f, n))
            return rlra_fail(f->context, RLRA_ERR_NUMERIC, "factor %d of the result holds numbers that are not finite",
                             n);
    return RLRA_OK;
}
