/* engine/engine.c: choose the engine for a fit, and checks that all engines share. */
#include <math.h>
#include <string.h>

#include "engine/fit.h"

/* The largest number of entries that a report can hold. */
#define MOST_COUNT 9.2e18

const engine_ops *RLRA(engine_for)(const fit *f)
{
    if (f->loss.kind != LOSS_FROBENIUS)
        return &RLRA(engine_entries);
    return f->partial.data != NULL ? &RLRA(engine_own_grams) : &RLRA(engine_squares);
}

rlra_status RLRA(engine_refuse_forms)(const fit *f, const char *what)
{
    for (int t = 0; t < f->terms; t++) {
        const form *const model = &f->term[t].form;
        if (RLRA(term_is_plain)(&f->term[t]))
            continue;
        if (!model->ops->has_components)
            return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                             "models of the form '%s' are fitted to whole data under 'frobenius' or 'kl', not with %s",
                             model->ops->about.name, what);
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "models with a mode that is tied to its factor by a matrix are fitted to whole data under "
                         "'frobenius' or 'kl', not with %s",
                         what);
    }
    return RLRA_OK;
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

double RLRA(fit_data_bytes)(const fit *f)
{
    double bytes = 0;
    for (int t = 0; t < f->terms; t++)
        bytes += f->term[t].x->own_bytes;
    return bytes;
}

int RLRA(term_place)(const fit_term *term, int n)
{
    for (int at = 0; at < term->x->order + term->form.ops->cores; at++)
        if (term->factors[at] == n)
            return at;
    return -1;
}

int RLRA(term_mode)(const fit_term *term, int n)
{
    const int at = RLRA(term_place)(term, n);
    return at == term->x->order ? 0 : at;
}

int RLRA(term_is_plain)(const fit_term *term)
{
    int maps = 0;
    for (int m = 0; m < term->form.order; m++)
        maps += term->form.map[m].rank > 0;
    return term->form.ops->has_components && maps == 0;
}

form_view RLRA(term_view)(fit_term *term, int n)
{
    form_view view;
    term->form.ops->view(&term->form, RLRA(term_place)(term, n), &view);
    return view;
}

void RLRA(fit_take_way)(fit *f, int way)
{
    f->way = way;
    memcpy(f->rule, f->ways[way], sizeof f->rule);
    RLRA(fit_notify)(f, POINT_PASSED);
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
    if (f->partial.data != NULL)
        return f->term[0].weight * RLRA(partial_residual)(f, NULL);
    for (int t = 0; t < f->terms; t++) {
        factor factors[RLRA_MAX_ORDER];
        RLRA(form_model)(&f->term[t].form, factors);
        sum += f->term[t].weight * f->term[t].x->ops->residual(&f->term[t].plan, factors);
    }
    return sum;
}

void RLRA(fit_report_entries)(fit *f, rlra_report *report)
{
    report->observed = report->held_out = report->unobserved = report->unobserved_row = report->bounded = 0;
    report->held_out_loss = report->held_out_error = 0;
    report->unobserved_factor = 0;
    if (f->partial.data != NULL) {
        RLRA(partial_report)(f, report);
        return;
    }
    for (int t = 0; t < f->terms; t++)
        report->observed += (int64_t)fmin(f->term[t].x->places, MOST_COUNT);
}
