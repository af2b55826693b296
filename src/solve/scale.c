/* solve/scale.c: the scale of a point: one factor for all of it, and the balance between the modes of a component. */
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

/* eta >= 0 with eta^N = ratio; exact where the ratio is a power of 2^N, so that data scaled by such a power give factors scaled
 * by exactly its root. */
static double exact_root(double ratio, int order)
{
    int exponent;
    const double mantissa = frexp(ratio, &exponent);
    int whole = exponent / order;
    if (exponent % order < 0)
        whole--;
    return ldexp(pow(ldexp(mantissa, exponent - whole * order), 1.0 / order), whole);
}

/* F(eta x) less a constant, with cross = <X, model>, square = ||model||^2. */
static double scaled_objective(double cross, double square, int order, double first, double second, double eta)
{
    const double power = pow(eta, order);
    return power * (0.5 * power * square - cross) + eta * first + eta * eta * second;
}

/* The least of a function that may have two valleys (at 0 and inside): a coarse look, then golden sections. */
static double best_scale(double cross, double square, int order, double first, double second, double guess)
{
    const double golden = 0.61803398874989485;
    double best = 0, least = 0;
    for (int step = 0; step <= 120; step++) {
        const double eta = guess * pow(2, (step - 100) / 10.0);
        const double value = scaled_objective(cross, square, order, first, second, eta);
        if (value < least) {
            least = value;
            best = eta;
        }
    }
    if (best == 0)
        return 0;
    double low = best * 0.9, high = best * 1.1;
    for (int step = 0; step < 60; step++) {
        const double a = high - golden * (high - low), b = low + golden * (high - low);
        if (scaled_objective(cross, square, order, first, second, a) <
            scaled_objective(cross, square, order, first, second, b))
            high = b;
        else
            low = a;
    }
    return 0.5 * (low + high);
}

void RLRA(fit_scale)(fit *f, int n, factor rhs)
{
    const factor x = f->x[n];
    double cross = 0, square = 0, first = 0, second = 0;
    if (f->terms != 1)
        return;
    for (int m = 0; m < f->factors; m++) {
        if (rigid(f, m))
            return;
        for (ptrdiff_t k = 0; k < f->rank; k++) {
            double one, two;
            column_penalties(f, m, k, &one, &two);
            first += one;
            second += two;
        }
    }
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++)
            cross += (double)rhs.at[k * rhs.stride + i] * (double)x.at[k * x.stride + i];
    for (ptrdiff_t e = 0; !f->masked.used && e < x.rank * x.rank; e++)
        square += f->others[e] * f->gram[n][e];
    if (f->masked.used) {
        RLRA(masked_residual)(f, &square);
        square *= f->term[0].weight;
    }
    const double guess = cross > 0 && square > 0 ? exact_root(cross / square, f->factors) : 0;
    double eta = guess;
    if (first + second > 0 && guess > 0)
        eta = best_scale(cross, square, f->factors, first, second, guess);
    if (!(eta > 0) && f->norm2 > 0)
        return;
    for (int m = 0; m < f->factors; m++) {
        for (ptrdiff_t k = 0; k < f->rank; k++)
            scale_component(f->x[m], k, eta);
        RLRA(fit_gram)(f, m);
    }
}
