/* solve/scale.c: the balance between the modes of a component, and what scales of a start need to know. */
#include "solve/scale.h"

#include <math.h>

#include "solve/fit.h"

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
        const double value = list->item[p].weight * ops->value(factor_component(f->x[n], k));
        *first += ops->degree == 1 ? value : 0;
        *second += ops->degree == 2 ? value : 0;
    }
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

/* Component k to equal norms by powers of two, which change no digit; nothing while they are within 2^8 of each other. */
static void even_out(fit *f, ptrdiff_t k)
{
    int exponent[RLRA_MAX_FACTORS], total = 0, least = 0, most = 0;
    for (int n = 0; n < f->factors; n++) {
        const double norm = sqrt(f->gram[n][k * f->rank + k]);
        if (!(norm > 0))
            return;
        frexp(norm, &exponent[n]);
        total += exponent[n];
        least = n == 0 || exponent[n] < least ? exponent[n] : least;
        most = n == 0 || exponent[n] > most ? exponent[n] : most;
    }
    if (most - least <= 8)
        return;
    RLRA(general_forget)(&f->general);
    for (int n = 0, left = total; n < f->factors; n++) {
        const int target = left / (f->factors - n);
        left -= target;
        scale_component(f->x[n], k, ldexp(1, target - exponent[n]));
        scale_component(f->last[n], k, ldexp(1, target - exponent[n]));
    }
}

/* p_i a_i(s) of a column scaled by s, all parts of degree 1 and 2 together: s first + 2 s^2 second. */
static double pull(double first, double second, double s)
{
    return s * first + 2 * s * s * second;
}

/* The s > 0 with pull(s) = level. */
static double scale_for(double first, double second, double level)
{
    if (second > 0)
        return 2 * level / (first + sqrt(first * first + 8 * second * level));
    return level / first;
}

/* Component k so that all modes pull alike, the product of the scales being one: the minimum of the penalties over scalings
 * (Cohen & Leplat 2024; docs/theory/scaling.md). The common level is found by bisection on its logarithm. */
static void balance_component(fit *f, ptrdiff_t k)
{
    double first[RLRA_MAX_FACTORS], second[RLRA_MAX_FACTORS], low = INFINITY, high = 0;
    for (int n = 0; n < f->factors; n++) {
        column_penalties(f, n, k, &first[n], &second[n]);
        const double now = pull(first[n], second[n], 1);
        low = now < low ? now : low;
        high = now > high ? now : high;
    }
    if (!(low > 0)) {
        for (int n = 0; n < f->factors; n++)
            scale_component(f->x[n], k, 0);
        return;
    }
    low = log(low);
    high = log(high);
    if (high - low < sqrt((double)REAL_EPS) / 16)
        return;
    for (int step = 0; step < 60 && high - low > 1e-15; step++) {
        const double middle = 0.5 * (low + high);
        double product = 0;
        for (int n = 0; n < f->factors; n++)
            product += log(scale_for(first[n], second[n], exp(middle)));
        *(product < 0 ? &low : &high) = middle;
    }
    double product = 1;
    for (int n = 0; n < f->factors; n++) {
        const double s = n + 1 < f->factors ? scale_for(first[n], second[n], exp(0.5 * (low + high))) : 1 / product;
        product *= s;
        scale_component(f->x[n], k, s);
        scale_component(f->last[n], k, s);
    }
}

/* How many factors have penalties; -1 if one of them fixes its own scale, or if terms share factors. */
static int count_penalised(const fit *f)
{
    int with = 0;
    for (int n = 0; n < f->factors; n++) {
        if (rigid(f, n) || f->terms != 1)
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
    for (ptrdiff_t k = 0; k < f->rank; k++) {
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
    for (ptrdiff_t k = 0; k < f->rank; k++) {
        double one, two;
        column_penalties(f, n, k, &one, &two);
        *first += one;
        *second += two;
    }
}

void RLRA(scale_factor)(fit *f, int n, double by)
{
    for (ptrdiff_t k = 0; k < f->rank; k++)
        scale_component(f->x[n], k, by);
    RLRA(fit_gram)(f, n);
}
