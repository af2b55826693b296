/* solve/certify.c: recompute from the data what a report says of a point. */
#include <math.h>

#include "engine/fit.h"

/* Squared KKT residual of factor n, by a contraction of its own. */
static double kkt_of(fit *f, int n)
{
    const ptrdiff_t length = f->x[n].length;
    const factor rhs = factor_rows(f->rhs, 0, length);
    double sum = 0;
    if (f->partial.used)
        return RLRA(partial_kkt)(f, n);
    RLRA(fit_others)(f, n);
    RLRA(fit_contract)(f, n, rhs);
    for (ptrdiff_t begin = 0; begin < length; begin += UPDATE_ROWS) {
        const ptrdiff_t end = begin + UPDATE_ROWS < length ? begin + UPDATE_ROWS : length;
        sum += RLRA(fit_kkt_rows)(f, n, factor_rows(f->x[n], begin, end), factor_rows(rhs, begin, end),
                                  (real *)f->scratch);
    }
    return sum;
}

/* ||X - model||^2, also where the loss is another. */
static double squares_left(fit *f, double loss)
{
    factor factors[RLRA_MAX_ORDER];
    const fit_term *const term = &f->term[0];
    if (!RLRA(entries_is_needed)(&f->entries))
        return 2 * loss;
    if (f->partial.used)
        return term->weight * RLRA(partial_residual)(f, NULL);
    for (int m = 0; m < term->x->order; m++)
        factors[m] = f->x[term->factors[m]];
    return term->weight * term->x->ops->residual(term->x, factors);
}

/* Whether all entries of a factor are finite, by its Gram matrix: their squares are summed in double. */
static int is_finite(const fit *f, int n)
{
    for (ptrdiff_t k = 0; k < f->rank; k++)
        if (!isfinite(f->gram[n][k * f->rank + k]))
            return 0;
    return 1;
}

rlra_status RLRA(fit_certify)(fit *f, rlra_report *report)
{
    double worst = 0;
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
    if (RLRA(entries_is_needed)(&f->entries)) {
        RLRA(entries_kkt)(f);
        for (int n = 0; n < f->factors; n++)
            worst = fmax(worst, f->kkt[n] * f->kkt[n] * f->norm2);
    }
    for (int n = 0; n < f->factors && !RLRA(entries_is_needed)(&f->entries); n++)
        worst = fmax(worst, kkt_of(f, n));
    report->loss = RLRA(fit_residual_loss)(f);
    report->penalty = RLRA(fit_penalty)(f);
    report->objective = report->loss + report->penalty;
    report->relative_error = f->norm2 > 0 ? sqrt(squares_left(f, report->loss) / f->norm2) : 0;
    report->relative_loss =
        RLRA(entries_is_needed)(&f->entries) ? report->loss / f->entries.zero : 2 * report->loss / f->norm2;
    report->kkt_residual = f->norm2 > 0 ? sqrt(worst / f->norm2) : 0;
    if (f->file.status != RLRA_OK)
        return f->file.status;
    if (!isfinite(report->objective))
        return rlra_fail(f->context, RLRA_ERR_NUMERIC, "the objective of the result is %g", report->objective);
    /* A loss may leave out what is not a number. */
    for (int n = 0; n < f->factors; n++)
        if (!is_finite(f, n))
            return rlra_fail(f->context, RLRA_ERR_NUMERIC, "factor %d of the result holds numbers that are not finite",
                             n);
    return RLRA_OK;
}
