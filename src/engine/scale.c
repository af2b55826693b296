/* engine/scale.c: balance the modes of a component, and penalties as functions of scale for starts. */
#include "engine/scale.h"

#include <math.h>
#include <stdlib.h>

#include "engine/balance.h"
#include "engine/fit.h"

/* Within this exponent of the largest entry of a column, squares and their sums neither overflow nor underflow. */
#define MODERATE 400
#define LOG_2    0.69314718055994530942

/* Error that logarithms of penalties may have. */
#define LOG_ROUNDING 1e-12

static void scale_component(factor x, ptrdiff_t k, double by)
{
    for (ptrdiff_t i = 0; i < x.length; i++)
        x.at[k * x.stride + i] *= (real)by;
}

/* The weighted sum of the penalties of one column, by degree 1 and 2. */
static void column_penalties(const fit *f, int n, ptrdiff_t k, double *first, double *second)
{
    const penalty_list *const list = &f->penalties[n];
    *first = 0;
    *second = 0;
    for (int p = 0; p < list->count; p++) {
        const penalty_ops *const ops = list->item[p].ops;
        const double value = ops->degree > 0 ? list->item[p].weight * ops->value(factor_component(f->x[n], k)) : 0;
        *first += ops->degree == 1 ? value : 0;
        *second += ops->degree == 2 ? value : 0;
    }
}

/* The penalties of a column in logarithms, where no product underflows; for a column whose largest entry has the logarithm
 * `size`. */
static column_penalty log_penalties(const fit *f, int n, ptrdiff_t k, double size)
{
    const penalty_list *const list = &f->penalties[n];
    const int is_moderate = fabs(size) <= MODERATE * LOG_2;
    const int exponent = is_moderate ? 0 : (int)fmax(size / LOG_2, -2 * MODERATE);
    column_penalty c = {-INFINITY, -INFINITY};
    if (exponent != 0)
        scale_component(f->x[n], k, ldexp(1, -exponent));
    for (int p = 0; p < list->count; p++) {
        const penalty_ops *const ops = list->item[p].ops;
        double *const to = ops->degree == 1 ? &c.first : &c.second;
        if (ops->degree > 0)
            *to = rlra_log_sum(*to, log(list->item[p].weight) + log(ops->value(factor_component(f->x[n], k))) +
                                        ops->degree * exponent * LOG_2);
    }
    if (exponent != 0)
        scale_component(f->x[n], k, ldexp(1, exponent));
    return c;
}

static int penalised(const fit *f, int n)
{
    const penalty_list *const list = &f->penalties[n];
    for (int p = 0; p < list->count; p++)
        if (list->item[p].ops->degree > 0 && list->item[p].weight > 0)
            return 1;
    return 0;
}

/* A factor whose penalties are not homogeneous fixes its own scale. */
static int rigid(const fit *f, int n)
{
    for (int p = 0; p < f->penalties[n].count; p++)
        if (f->penalties[n].item[p].ops->degree < 0)
            return 1;
    return 0;
}

/* Scale component k to equal norms by powers of two, which change no digit, unless they are within 2^8 of each other. */
static void even_out(fit *f, ptrdiff_t k)
{
    int exponent[RLRA_MAX_FACTORS], total = 0, least = 0, most = 0;
    for (int n = 0; n < f->factors; n++) {
        const double norm = sqrt(f->gram[n][k * (f->x[n].rank + 1)]);
        if (!(norm > 0))
            return;
        frexp(norm, &exponent[n]);
        total += exponent[n];
        least = n == 0 || exponent[n] < least ? exponent[n] : least;
        most = n == 0 || exponent[n] > most ? exponent[n] : most;
    }
    if (most - least <= 8)
        return;
    RLRA(fit_notify)(f, POINT_SCALED);
    for (int n = 0, left = total; n < f->factors; n++) {
        const int target = left / (f->factors - n);
        left -= target;
        scale_component(f->x[n], k, ldexp(1, target - exponent[n]));
        scale_component(f->last[n], k, ldexp(1, target - exponent[n]));
    }
}

static void clear_component(fit *f, ptrdiff_t k)
{
    for (int n = 0; n < f->factors; n++) {
        scale_component(f->x[n], k, 0);
        scale_component(f->last[n], k, 0);
    }
}

/* Logarithms of the largest entries of the columns of component k; returns 0 if the component is zero. */
static int measure(const fit *f, ptrdiff_t k, double *sizes)
{
    double sum = 0;
    for (int n = 0; n < f->factors; n++) {
        const factor x = factor_component(f->x[n], k);
        double most = 0;
        for (ptrdiff_t i = 0; i < x.length; i++)
            most = fmax(most, fabs((double)x.at[i]));
        if (!(most > 0))
            return 0;
        sizes[n] = log(most);
        sum += sizes[n];
    }
    return sum > -MODERATE * LOG_2 * f->factors;
}

/* A bound of the factor by which the map of a mode lengthens columns: ||D||_F, or 1. */
static double longer_by_map(const fit *f, int n)
{
    const form *const model = &f->term[0].form;
    const int mode = RLRA(term_mode)(&f->term[0], n);
    const ptrdiff_t columns = model->map[mode].rank;
    double squares = columns == 0;
    for (ptrdiff_t p = 0; p < columns; p++)
        squares += model->map_gram[mode][p * (columns + 1)];
    return sqrt(squares);
}

/* The logarithm of a bound of the norm of a component. */
static double norm_of(const fit *f, const double *sizes)
{
    double norm = 0;
    for (int n = 0; n < f->factors; n++)
        norm += sizes[n] + 0.5 * log((double)f->x[n].length) + log(longer_by_map(f, n));
    return norm;
}

/* Whether a component of this norm is below the rounding of the data, and certain to vanish: it costs more than any component of
 * its size can gain. Rules that never reach zero keep it at their floor. */
static int vanishes(const fit *f, double norm, double cost)
{
    const double whole = 0.5 * log(f->norm2),
                 gain = whole + norm + 0.5 * log(f->term[0].weight * f->term[0].x->largest_weight);
    for (int n = 0; n < f->factors; n++)
        if (f->rule[n]->needs_nonneg)
            return 0;
    return f->engine->is_quadratic && norm <= whole + log((double)REAL_EPS) && log(f->factors) + gain <= cost;
}

/* Whether columns of these sizes stay in range when scaled by these shifts. */
static int is_within_range(int modes, const double *sizes, const double *shifts)
{
    const double most = -0.9 * log((double)REAL_MIN);
    double sum = 0;
    for (int n = 0; n < modes; n++) {
        sum += shifts[n];
        if (!(fabs(shifts[n]) < most && fabs(sum) < most && fabs(sizes[n] + shifts[n]) < most))
            return 0;
    }
    return 1;
}

/* Scale component k to the minimum of its penalties over scalings with product one, where all modes pull alike; unchanged where
 * that would not lower them. */
static void balance_component(fit *f, ptrdiff_t k)
{
    column_penalty columns[RLRA_MAX_FACTORS];
    double sizes[RLRA_MAX_FACTORS], shifts[RLRA_MAX_FACTORS], product = 1;
    if (!measure(f, k, sizes)) {
        clear_component(f, k);
        return;
    }
    for (int n = 0; n < f->factors; n++)
        columns[n] = log_penalties(f, n, k, sizes[n]);
    rlra_balance_solve(f->factors, columns, sqrt((double)REAL_EPS) / 16, shifts);
    const double before = rlra_balance_penalty(f->factors, columns, NULL);
    const double after = rlra_balance_penalty(f->factors, columns, shifts);
    if (vanishes(f, norm_of(f, sizes), fmin(before, after))) {
        clear_component(f, k);
        return;
    }
    if (!(after <= before + LOG_ROUNDING) || !is_within_range(f->factors, sizes, shifts))
        return;
    for (int n = 0; n < f->factors; n++) {
        const double s = n + 1 < f->factors ? exp(shifts[n]) : 1 / product;
        product *= s;
        scale_component(f->x[n], k, s);
        scale_component(f->last[n], k, s);
    }
}

/* How many factors have penalties; -1 if one of them fixes its own scale, if terms share factors, or if the model has no components
 * whose columns share a scale. */
static int count_penalised(const fit *f)
{
    int with = 0;
    for (int n = 0; n < f->factors; n++) {
        if (rigid(f, n) || f->terms != 1 || !f->term[0].form.ops->has_components)
            return -1;
        with += penalised(f, n);
    }
    return with;
}

int RLRA(fit_balances_penalties)(const fit *f)
{
    return count_penalised(f) == f->factors;
}

void RLRA(fit_balance)(fit *f)
{
    const int with = count_penalised(f);
    if (with != 0 && with != f->factors)
        return;
    for (ptrdiff_t k = 0; k < f->x[0].rank; k++) {
        if (with == 0)
            even_out(f, k);
        else
            balance_component(f, k);
    }
    for (int n = 0; n < f->factors; n++)
        RLRA(fit_gram)(f, n);
}

int RLRA(scale_is_fixed)(const fit *f, int n)
{
    return rigid(f, n);
}

void RLRA(scale_penalties)(const fit *f, int n, double *first, double *second)
{
    *first = 0;
    *second = 0;
    for (ptrdiff_t k = 0; k < f->x[n].rank; k++) {
        double one, two;
        column_penalties(f, n, k, &one, &two);
        *first += one;
        *second += two;
    }
}

void RLRA(scale_factor)(fit *f, int n, double by)
{
    for (ptrdiff_t k = 0; k < f->x[n].rank; k++)
        scale_component(f->x[n], k, by);
    RLRA(fit_gram)(f, n);
}
