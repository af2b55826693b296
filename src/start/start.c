/* start/start.c: the starting point of a fit. */
#include "start/start.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "engine/reach.h"
#include "engine/scale.h"
#include "start/members.h"
#include "start/scale.h"

fit_term *RLRA(start_term)(fit *f)
{
    fit_term *const term = &f->term[0];
    if (f->terms != 1 || term->x->order != f->factors || !RLRA(term_is_plain)(term))
        return NULL;
    return term;
}

rlra_status RLRA(start_check_term)(fit *f)
{
    const char *const name = f->start->about.name;
    if (RLRA(start_term)(f) != NULL)
        return RLRA_OK;
    if (f->terms != 1)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED, "init '%s' needs a problem of one term: use 'random'", name);
    const form_ops *const ops = f->term[0].form.ops;
    if (!ops->has_components)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "init '%s' is no start of models of the form '%s': use 'random'", name, ops->about.name);
    return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                     "init '%s' is no start of models with a mode that is tied to its factor by a matrix: use 'random'",
                     name);
}

/* Project factor n onto its constraints. */
static void project(fit *f, int n)
{
    RLRA(penalties_project)(&f->penalties[n], f->x[n]);
}

/* Raise entries to `least`, as multiplicative rules cannot leave zero. */
static void lift(fit *f, int n, double least)
{
    const factor x = f->x[n];
    if (!f->rule[n]->needs_nonneg)
        return;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            real *const at = x.at + k * x.stride + i;
            *at = (double)*at > least ? *at : (real)least;
        }
    RLRA(fit_gram)(f, n);
}

/* 1e-12 of the largest entry, as the start has no scale yet. */
static double least_of(factor x)
{
    double largest = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            largest = fmax(largest, (double)x.at[k * x.stride + i]);
    return largest > 0 ? 1e-12 * largest : 1;
}

/* Whether there are no penalties other than nonneg: the best component is then the leading singular pair. */
static int free_but_for_signs(const fit *f)
{
    unsigned kinds = 0;
    for (int n = 0; n < f->factors; n++)
        kinds |= RLRA(penalties_kinds)(&f->penalties[n]);
    return (kinds & ~(unsigned)PENALTY_NONNEG) == 0;
}

/* Data of which so much is zero: singular vectors find what belongs together, and random factors take long. */
#define MOSTLY_ZERO 0.7

/* Whether all penalties are nonneg, on every factor: what the measurements of docs/theory/starts.md were made with. */
static int is_plain(const fit *f)
{
    for (int n = 0; n < f->factors; n++)
        if (RLRA(penalties_kinds)(&f->penalties[n]) != (unsigned)PENALTY_NONNEG)
            return 0;
    return 1;
}

/* The start that "auto" stands for. */
static const char *choose(fit *f)
{
    const int squares = f->engine->is_quadratic;
    const data *const x = f->term[0].x;
    if (squares && RLRA(start_has_closed_form)(f) && free_but_for_signs(f))
        return "rank_one";
    const int scattered = f->partial.data != NULL && x->ops->fill_in == NULL;
    const int svd = f->terms == 1 && RLRA(term_is_plain)(&f->term[0]) && !scattered && x->order == 2 &&
                    f->widest <= x->dims[0] && f->widest <= x->dims[1];
    if (!svd)
        return "random";
    if (RLRA(start_can_sample)(f) && is_plain(f) && x->zeros < MOSTLY_ZERO * x->places)
        return squares ? "snpa_sample" : "random";
    return squares || x->is_sparse ? "nndsvdar" : "nndsvda";
}

/* Scale a factor so large or small that Gram matrices would overflow or underflow to size one by a power of two; the best scale
 * is found afterwards. */
static void tame(factor x)
{
    double largest = 0;
    int exponent;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            largest = fmax(largest, fabs((double)x.at[k * x.stride + i]));
    frexp(largest, &exponent);
    if (abs(exponent) < 64 || largest == 0)
        return;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            x.at[k * x.stride + i] = (real)ldexp((double)x.at[k * x.stride + i], -exponent);
}

/* Make a start of data whose entries that are not observed are replaced by means. */
static rlra_status make_of_partial(fit *f, const rlra_model *model)
{
    data *const x = f->term[0].x;
    rlra_status status = x->ops->fill_in(f->context, x, f->threads);
    if (status != RLRA_OK)
        return status;
    status = f->start->make(f, model);
    x->ops->clear_out(x, f->threads);
    return status;
}

void RLRA(start_name)(fit *f)
{
    const int is_open = strcmp(f->options.init, "auto") == 0;
    f->start = RLRA(start_find)(is_open ? choose(f) : f->options.init);
    f->floor = f->scale > 0 ? 1e-12 * pow(f->scale, 1.0 / f->factors) : 1e-12;
    if (!f->engine->is_quadratic && f->scale > 0)
        f->floor = fmin(f->floor, 1e-12 * f->scale); /* the floor is a bound of the model, too */
}

rlra_status RLRA(start_settle)(fit *f)
{
    return f->start->settle == NULL ? RLRA_OK : f->start->settle(f);
}

double RLRA(start_bytes)(const fit *f)
{
    return fmax(f->start->bytes == NULL ? 0 : f->start->bytes(f), RLRA(start_scale_bytes)(f));
}

rlra_status RLRA(start_check)(fit *f)
{
    if (f->start->reads_data && f->partial.data != NULL && f->term[0].x->ops->fill_in == NULL)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "init '%s' reads all entries, and most of these are missing: use 'random'",
                         f->start->about.name);
    return f->start->check == NULL ? RLRA_OK : f->start->check(f);
}

rlra_status RLRA(start_make)(fit *f, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    RLRA(start_name)(f);
    TRY(RLRA(start_check)(f));
    TRY(f->start->reads_data && f->partial.data != NULL ? make_of_partial(f, model) : f->start->make(f, model));
    for (int n = 0; n < f->factors; n++) {
        tame(f->x[n]);
        project(f, n);
        RLRA(fit_gram)(f, n);
        lift(f, n, least_of(f->x[n]));
    }
    if (f->engine->is_quadratic)
        RLRA(start_scale_squares)(f);
    else
        TRY(RLRA(start_scale_entries)(f));
    RLRA(fit_balance)(f);
    for (int n = 0; f->norm2 > 0 && n < f->factors; n++)
        lift(f, n, f->floor);
    RLRA(reach_bound_start)(f);
cleanup:
    return status;
}
