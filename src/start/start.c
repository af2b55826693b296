/* start/start.c: where a fit begins. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/check.h"
#include "core/random.h"
#include "linalg/kernels.h"
#include "model/model.h"
#include "separable/separable.h"
#include "engine/fit.h"
#include "start/nndsvd.h"
#include "start/rank_one.h"
#include "engine/scale.h"

/* Streams of random numbers: one for each factor, from here on. */
#define STREAM_START 0x1000u

static int wants_nonneg(const fit *f, int n)
{
    return RLRA(penalties_nonneg)(&f->penalties[n]);
}

static rlra_status start_random(fit *f)
{
    const uint64_t seed = (uint64_t)f->options.seed;
    for (int n = 0; n < f->factors; n++) {
        const uint32_t stream = STREAM_START + (uint32_t)n;
        const factor x = f->x[n];
        for (ptrdiff_t i = 0; i < x.length; i++)
            for (ptrdiff_t k = 0; k < x.rank; k++) {
                const uint64_t element = (uint64_t)(i * x.rank + k);
                x.at[k * x.stride + i] = (real)(wants_nonneg(f, n) ? rlra_random_uniform(seed, stream, element)
                                                                   : rlra_random_normal(seed, stream, element));
            }
    }
    return RLRA_OK;
}

/* The single term whose modes are the factors in their order, or NULL: what some starts ask for. */
static fit_term *plain_term(fit *f)
{
    fit_term *const term = &f->term[0];
    if (f->terms != 1 || term->x->order != f->factors)
        return NULL;
    return term;
}

static rlra_status start_nndsvd(fit *f, nndsvd_fill fill)
{
    fit_term *const term = plain_term(f);
    if (term == NULL)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED, "init 'nndsvd' needs a problem of one term: use 'random'");
    factor factors[RLRA_MAX_ORDER];
    for (int m = 0; m < term->x->order; m++)
        factors[m] = f->x[term->factors[m]];
    const fit_term planned = *term;
    const rlra_status status =
        RLRA(nndsvd)(f->context, term->x, f->rank, fill, (uint64_t)f->options.seed, f->threads, factors);
    *term = planned;
    return status;
}

static rlra_status start_plain(fit *f)
{
    return start_nndsvd(f, NNDSVD_ZERO);
}

static rlra_status start_mean(fit *f)
{
    return start_nndsvd(f, NNDSVD_MEAN);
}

static rlra_status start_small(fit *f)
{
    return start_nndsvd(f, NNDSVD_RANDOM);
}

/* Components from `found` on are zero, which no rule can leave: give them small random entries. */
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

static rlra_status start_snpa(fit *f)
{
    rlra_status status = RLRA_OK;
    ptrdiff_t *columns = NULL;
    ptrdiff_t found = 0;
    const fit_term *const term = plain_term(f);
    REQUIRE(term != NULL && term->x->order == 2,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' picks columns of a matrix, and the data are none: use "
                      "'nndsvdar' or 'random'"));
    REQUIRE(term->x == &term->dense.base,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' takes dense data only, and these are sparse: use 'nndsvdar' or 'random'"));
    REQUIRE(f->file.source == NULL,
            rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                      "init 'snpa' takes data in memory only, and these are read from their file: use 'nndsvdar' or "
                      "'random'"));
    REQUIRE(f->rank <= term->x->dims[1],
            rlra_fail(f->context, RLRA_ERR_ARGUMENT, "init 'snpa' cannot pick %td of %td columns", f->rank,
                      term->x->dims[1]));
    columns = rlra_alloc(f->context, (size_t)f->rank, sizeof *columns);
    REQUIRE(columns != NULL, rlra_fail_memory(f->context, (size_t)f->rank, sizeof *columns, "the start"));
    TRY(RLRA(separable_select)(f->context, &term->dense.array, RLRA_SEPARABLE_SNPA, f->rank, 1e-12, f->threads, columns,
                               &found));
    TRY(RLRA(separable_factors)(f->context, &term->dense.array, columns, found, f->threads, &f->x[term->factors[0]],
                                &f->x[term->factors[1]], NULL));
    fill_components(f, found);
cleanup:
    rlra_free(f->context, columns);
    return status;
}

/* Whether the leading singular pair is a start: one component, and nothing that could be negative. */
static int has_closed_form(fit *f)
{
    const fit_term *const term = plain_term(f);
    return !f->partial.used && term != NULL && term->x->order == 2 && f->rank == 1 && !(term->x->least < 0);
}

static rlra_status start_rank_one(fit *f)
{
    fit_term *const term = plain_term(f);
    int64_t rounds;
    double rest;
    if (!has_closed_form(f))
        return rlra_fail(
            f->context, RLRA_ERR_UNSUPPORTED,
            "init 'rank_one' needs a whole matrix without negative entries and rank 1: use 'nndsvdar' or 'random'");
    const fit_term planned = *term;
    const rlra_status status = RLRA(rank_one_leading)(f->context, term->x, f->threads, f->x[term->factors[0]],
                                                      f->x[term->factors[1]], &rounds, &rest);
    *term = planned;
    return status;
}

static const struct {
    const char *name;
    rlra_status (*start)(fit *f);
} starts[] = {
    {"random", start_random},  {"nndsvd", start_plain}, {"nndsvda", start_mean},
    {"nndsvdar", start_small}, {"snpa", start_snpa},    {"rank_one", start_rank_one},
};

/* Component-major factors of the model with the weights in the first of them. */
void RLRA(fit_from_model)(fit *f, const rlra_model *model)
{
    const real *const weights = model->weights;
    for (int n = 0; n < f->factors; n++)
        for (ptrdiff_t k = 0; k < f->rank; k++) {
            const real *const from = (const real *)model->factors[n] + k * model->strides[n];
            for (ptrdiff_t i = 0; i < f->x[n].length; i++)
                f->x[n].at[k * f->x[n].stride + i] = n == 0 ? from[i] * weights[k] : from[i];
        }
}

static rlra_status check_start(const fit *f, int n)
{
    for (ptrdiff_t k = 0; k < f->rank; k++)
        for (ptrdiff_t i = 0; i < f->x[n].length; i++) {
            const double v = (double)f->x[n].at[k * f->x[n].stride + i];
            if (!isfinite(v))
                return rlra_fail(f->context, RLRA_ERR_DATA, "the start holds %g in factor %d at [%td, %td]", v, n, i,
                                 k);
            if (v < 0 && wants_nonneg(f, n))
                return rlra_fail(f->context, RLRA_ERR_DATA,
                                 "the start holds %g in factor %d at [%td, %td], but the factor must be nonnegative", v,
                                 n, i, k);
        }
    return RLRA_OK;
}

/* Into the constraints. */
static void project(fit *f, int n)
{
    RLRA(penalties_project)(&f->penalties[n], f->x[n]);
}

/* Rules that multiply cannot leave zero: lift to `least`. */
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

/* 1e-12 of the largest entry: the start has no scale yet. */
static double least_of(factor x)
{
    double largest = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            largest = fmax(largest, (double)x.at[k * x.stride + i]);
    return largest > 0 ? 1e-12 * largest : 1;
}

/* Without penalties the best component is the leading singular pair. */
static int free_but_for_signs(const fit *f)
{
    unsigned kinds = 0;
    for (int n = 0; n < f->factors; n++)
        kinds |= RLRA(penalties_kinds)(&f->penalties[n]);
    return (kinds & ~(unsigned)PENALTY_NONNEG) == 0;
}

static const char *resolve(fit *f)
{
    if (strcmp(f->options.init, "auto") != 0)
        return f->options.init;
    const int squares = !RLRA(entries_is_needed)(&f->entries);
    if (squares && has_closed_form(f) && free_but_for_signs(f))
        return "rank_one";
    const int scattered = f->partial.used && f->partial.data.pair != NULL;
    const int svd = f->terms == 1 && !scattered && f->term[0].x->order == 2 && f->rank <= f->term[0].x->dims[0] &&
                    f->rank <= f->term[0].x->dims[1];
    return !svd ? "random" : squares ? "nndsvdar" : "nndsvda";
}

/* Factors so large or small that their Gram matrices would leave the range of a double come to size one by a power of two; the best
 * scale is found afterwards. */
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

/* A start that looks at the data sees means where nothing is observed. */
static rlra_status start_from_data(fit *f, rlra_status (*start)(fit *f), const char *name)
{
    observed *const o = &f->partial.data;
    size_t rows = 0;
    if (!f->partial.used || start == start_random)
        return start(f);
    if (o->pair != NULL)
        return rlra_fail(f->context, RLRA_ERR_UNSUPPORTED,
                         "init '%s' looks at all entries, and most of these are missing: use 'random'", name);
    for (int m = 0; m < o->order; m++)
        rows += (size_t)o->along[m].rows;
    double *const means = rlra_alloc(f->context, 2 * rows, sizeof *means);
    if (means == NULL)
        return rlra_fail_memory(f->context, 2 * rows, sizeof *means, "the start");
    RLRA(observed_fill_means)(o, means);
    const rlra_status status = start(f);
    RLRA(observed_fill_weighted)(o);
    rlra_free(f->context, means);
    return status;
}

void RLRA(fit_name_start)(fit *f)
{
    f->init = resolve(f);
    f->floor = f->scale > 0 ? 1e-12 * pow(f->scale, 1.0 / f->factors) : 1e-12;
    if (RLRA(entries_is_needed)(&f->entries) && f->scale > 0)
        f->floor = fmin(f->floor, 1e-12 * f->scale); /* it bounds the model, too */
}

rlra_status RLRA(fit_start)(fit *f, const rlra_model *model)
{
    rlra_status status = RLRA_OK;
    RLRA(fit_name_start)(f);
    const char *const name = f->init;
    if (strcmp(name, "model") == 0)
        RLRA(fit_from_model)(f, model);
    for (size_t s = 0; s < sizeof starts / sizeof starts[0]; s++)
        if (strcmp(name, starts[s].name) == 0)
            TRY(start_from_data(f, starts[s].start, name));
    for (int n = 0; n < f->factors; n++) {
        if (strcmp(name, "model") == 0)
            TRY(check_start(f, n));
        tame(f->x[n]);
        project(f, n);
        RLRA(fit_gram)(f, n);
        lift(f, n, least_of(f->x[n]));
    }
    if (RLRA(entries_is_needed)(&f->entries))
        TRY(RLRA(start_scale_general)(f));
    else
        RLRA(start_scale_squares)(f);
    RLRA(fit_balance)(f);
    for (int n = 0; f->norm2 > 0 && n < f->factors; n++)
        lift(f, n, f->floor);
    RLRA(reach_bound_start)(f);
cleanup:
    return status;
}
