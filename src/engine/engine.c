/* engine/engine.c: which engine treats a fit, and what all of them ask of its terms. */
#include "engine/fit.h"

const engine_ops *RLRA(engine_for)(const fit *f)
{
    if (f->loss.kind != LOSS_FROBENIUS)
        return &RLRA(engine_entries);
    return f->partial.used ? &RLRA(engine_own_grams) : &RLRA(engine_squares);
}

rlra_status RLRA(engine_refuse_coupled_rows)(const fit *f, const char *why)
{
    for (int n = 0; n < f->factors; n++)
        for (int p = 0; p < f->penalties[n].count; p++)
            if (penalty_ties_rows(f->penalties[n].item[p].ops))
                return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                                 "the penalty '%s' of factor %d ties the rows of the factor to each other, and %s",
                                 f->penalties[n].item[p].ops->about.name, n, why);
    return RLRA_OK;
}

int RLRA(term_mode)(const fit_term *term, int n)
{
    for (int m = 0; m < term->x->order; m++)
        if (term->factors[m] == n)
            return m;
    return -1;
}

void RLRA(term_factors)(const fit *f, int t, factor *factors)
{
    for (int m = 0; m < f->term[t].x->order; m++)
        factors[m] = f->x[f->term[t].factors[m]];
}

void RLRA(fit_notify)(fit *f, point_event event)
{
    if (f->engine->moved != NULL)
        f->engine->moved(f, event);
}

double RLRA(fit_penalty)(const fit *f)
{
    double sum = 0;
    for (int n = 0; n < f->factors; n++)
        sum += RLRA(penalties_value)(&f->penalties[n], f->x[n]) +
               RLRA(penalties_majorise)(&f->penalties[n], f->x[n], NULL);
    return sum;
}

double RLRA(fit_squares_left)(fit *f)
{
    double sum = 0;
    if (f->partial.used)
        return f->term[0].weight * RLRA(partial_residual)(f, NULL);
    for (int t = 0; t < f->terms; t++) {
        factor factors[RLRA_MAX_ORDER];
        RLRA(term_factors)(f, t, factors);
        sum += f->term[t].weight * f->term[t].x->ops->residual(f->term[t].x, factors);
    }
    return sum;
}
