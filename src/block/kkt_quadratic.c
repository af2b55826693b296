/* block/kkt_quadratic.c: the KKT residual of rows with a quadratic part. */
#include <math.h>

#include "block/kkt.h"

size_t RLRA(kkt_bytes)(ptrdiff_t rows, ptrdiff_t rank)
{
    return (size_t)(rank * block_stride(rows)) * sizeof(real);
}

int RLRA(is_at_reach)(double x, double bound)
{
    return isfinite(bound) && fabs(x - bound) <= 16 * (double)REAL_EPS * bound;
}

/* Set slopes to zero where they lead beyond a bound. */
static void pin(const block *b, factor slopes)
{
    const double linear = RLRA(penalties_linear)(b->penalties);
    const double ridge = 2 * RLRA(penalties_quadratic)(b->penalties);
    for (ptrdiff_t k = 0; b->reach != NULL && k < b->x.rank; k++)
        for (ptrdiff_t i = 0; i < b->x.length; i++) {
            const double at = (double)b->x.at[k * b->x.stride + i], rest = linear + ridge * at;
            real *const slope = slopes.at + k * slopes.stride + i;
            if (RLRA(is_at_reach)(at, b->reach[k]) && (double)*slope > rest)
                *slope = (real)rest;
            if (RLRA(is_at_reach)(-at, b->reach[k]) && (double)*slope < ridge * at - linear)
                *slope = (real)(ridge * at - linear);
        }
}

/* Squared distances of two columns of rows, times a weight, added to each row. */
static void add_squares(ptrdiff_t length, const real *a, const real *b, double weight, double *rows)
{
    for (ptrdiff_t i = 0; i < length; i++) {
        const double step = (double)a[i] - (double)b[i];
        rows[i] += weight * step * step;
    }
}

/* Split the list: `sparsity` gets the limit on the number of entries, the result has the others. */
static penalty_list split(const penalty_list *list, penalty_list *sparsity)
{
    penalty_list others = {.room = list->room};
    *sparsity = (penalty_list){0};
    for (int p = 0; p < list->count; p++) {
        penalty_list *const to = list->item[p].ops->kind == PENALTY_SPARSITY ? sparsity : &others;
        to->item[to->count++] = list->item[p];
    }
    return others;
}

/* For rows that have as many entries as they may: set the steps of their zeros to `zero`, which the prox of the other penalties
 * maps to 0. */
static void bar_zeros(const penalty_list *sparsity, factor x, real zero, factor step)
{
    for (ptrdiff_t i = 0; sparsity->count > 0 && i < x.length; i++) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < x.rank; k++)
            count += x.at[k * x.stride + i] != 0;
        for (ptrdiff_t k = 0; (double)count >= sparsity->item[0].weight && k < x.rank; k++)
            if (x.at[k * x.stride + i] == 0)
                step.at[k * step.stride + i] = zero;
    }
}

static double one_gram(const block *b, factor slopes, void *scratch, double *rows)
{
    const factor x = b->x;
    const penalty_list *const list = b->penalties;
    const ptrdiff_t rank = x.rank;
    penalty_list sparsity;
    const penalty_list others = split(list, &sparsity);
    const penalty_scope scope = RLRA(penalties_scope)(&others);
    const int coupled = scope == PENALTY_ROW || scope == PENALTY_WHOLE;
    const factor step = {scratch, x.length, rank, block_stride(x.length)};
    double largest = 0, sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        largest = fmax(largest, block_curvature(b, k));
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double curvature = coupled ? largest : block_curvature(b, k);
        const double inverse = curvature > (double)REAL_MIN ? 1 / curvature : 0;
        const real *const at = x.at + k * x.stride;
        const real *const slope = slopes.at + k * slopes.stride;
        real *const out = step.at + k * step.stride;
        for (ptrdiff_t i = 0; i < x.length; i++)
            out[i] = at[i] + (real)inverse * slope[i];
        if (!coupled && inverse > 0)
            RLRA(penalties_prox)(&others, inverse, factor_component(step, k));
    }
    const int moves_rows = coupled && largest > (double)REAL_MIN;
    bar_zeros(&sparsity, x, moves_rows ? -(real)INFINITY : 0, step);
    if (moves_rows)
        RLRA(penalties_prox)(list, 1 / largest, step);
    else
        RLRA(penalties_project)(&sparsity, step);
    for (ptrdiff_t i = 0; rows != NULL && i < x.length; i++)
        rows[i] = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const real *const at = x.at + k * x.stride;
        const real *const to = step.at + k * step.stride;
        const double weight = coupled ? largest : block_curvature(b, k);
        sum += weight * b->kernels->distance2(x.length, at, to);
        if (rows != NULL)
            add_squares(x.length, at, to, weight, rows);
    }
    return sum;
}

/* The residual of rows side by side, whose penalties are l1, l2 and a lower bound. */
static double own_grams(const block *b, factor slopes)
{
    const real linear = (real)RLRA(penalties_linear)(b->penalties);
    const real ridge = (real)(2 * RLRA(penalties_quadratic)(b->penalties));
    const real least = (real)RLRA(penalties_least)(b->penalties);
    double sum = 0;
    for (ptrdiff_t k = 0; k < b->x.rank; k++) {
        const real *const curvature = b->quadratic.grams + row_grams_at(k, k);
        const real *const x = b->x.at + k * ROW_GRAMS, *const slope = slopes.at + k * ROW_GRAMS;
        real part = 0;
        for (int i = 0; i < ROW_GRAMS; i++) {
            const real c = curvature[i] > REAL_MIN ? curvature[i] : 0;
            const real ahead = (c * x[i] + slope[i] - linear) / (c > 0 ? c + ridge : 1);
            const real to = ahead > least ? ahead : least;
            part += c * (x[i] - to) * (x[i] - to);
        }
        sum += (double)part;
    }
    return sum;
}

double RLRA(kkt_quadratic)(const block *b, factor slopes, void *scratch, double *rows)
{
    pin(b, slopes);
    return b->quadratic.grams != NULL ? own_grams(b, slopes) : one_gram(b, slopes, scratch, rows);
}

double RLRA(kkt_on_support)(const penalty_list *penalties, ptrdiff_t rank, const double *gram, const double *x,
                            const double *slopes, int sum_to_one)
{
    const double linear = RLRA(penalties_linear)(penalties), ridge = 2 * RLRA(penalties_quadratic)(penalties);
    double squares = 0, weighted = 0, weights = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double curvature = gram[k * (rank + 1)];
        if (x[k] == 0 || !(curvature > 0))
            continue;
        const double h = slopes[k] - ridge * x[k] - copysign(linear, x[k]);
        squares += h * h / curvature;
        weighted += h / curvature;
        weights += 1 / curvature;
    }
    return sum_to_one && weights > 0 ? fmax(squares - weighted * weighted / weights, 0) : squares;
}

double RLRA(kkt_one_component)(factor x, factor rhs, double gram)
{
    double sum = 0;
    for (ptrdiff_t i = 0; i < x.length; i++) {
        const double step = (double)x.at[i] - (double)rhs.at[i] / gram;
        sum += step * step;
    }
    return gram * sum;
}
