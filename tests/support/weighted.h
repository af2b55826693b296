/* support/weighted.h: data with missing entries and weights, and what plain loops make of them. */
#ifndef TESTS_SUPPORT_WEIGHTED_H
#define TESTS_SUPPORT_WEIGHTED_H

#include "support/certificates.h"

/* Kinds of weights: a mask; a mask with some rows almost and one wholly empty; any numbers, some of them 0; one number. */
typedef enum weight_kind { WEIGHTS_MASK, WEIGHTS_UNEVEN, WEIGHTS_NUMBERS, WEIGHTS_EQUAL, WEIGHT_KINDS } weight_kind;

/* Planted data, weights of the same shape; where a weight is 0 the data hold NaN. */
typedef struct weighted {
    planted plant;
    view weights;
} weighted;

static inline double weight_at(numbers *from, weight_kind kind, double missing, const int64_t *index)
{
    const int gone = uniform(from) < missing;
    if (kind == WEIGHTS_EQUAL)
        return 0.375;
    if (kind == WEIGHTS_NUMBERS)
        return gone ? 0 : uniform(from) < 0.3 ? 1 : 2 * uniform(from);
    if (kind == WEIGHTS_UNEVEN && (index[0] == 2 || (index[0] % 5 == 3 && uniform(from) < 0.8)))
        return 0;
    if (kind == WEIGHTS_UNEVEN && index[0] % 4 == 1)
        return 1;
    return gone ? 0 : 1;
}

static inline void cover(weighted *w)
{
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        if (*entry_at(&w->weights.array, index) == 0)
            *entry_at(&w->plant.data.array, index) = (real)NAN;
    while (next_index(&w->plant.data.array, index));
}

static inline weighted plant_weighted(uint64_t seed, int order, const int64_t *dims, ptrdiff_t rank, weight_kind kind,
                                      double missing)
{
    numbers from = {seed + 77, 0};
    weighted w = {plant(seed, order, dims, rank, 0.3, 0.5), empty_view(order, dims, &c_order)};
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        *entry_at(&w.weights.array, index) = (real)weight_at(&from, kind, missing, index);
    while (next_index(&w.weights.array, index));
    cover(&w);
    return w;
}

static inline void free_weighted(weighted *w)
{
    free_planted(&w->plant);
    free(w->weights.memory);
}

/* One term with weights and the same prior on all factors. */
static inline fitting make_weighted(const rlra_array *array, const rlra_array *weights, ptrdiff_t rank,
                                    const char *prior)
{
    fitting f = empty_fitting(array->order, array->dims, rank);
    MUST(&f, rlra_problem_add_weighted(f.problem, array, weights, RLRA_MISSING_NONE, 1, NULL));
    for (int n = 0; n < array->order; n++)
        MUST(&f, rlra_problem_add_prior(f.problem, n, prior));
    return f;
}

static inline void factors_of(const fitting *f, factor *factors)
{
    for (int n = 0; n < rlra_model_order(f->model); n++)
        factors[n] = factor_of(f, n);
}

/* sum over entries of w (x - v)^2, and of w x^2 into *norm2; a bound of its rounding errors. */
static inline double weighted_squares(const rlra_array *array, const rlra_array *weights, const factor *factors,
                                      double *norm2, double *tolerance)
{
    double sum = 0, slack = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    *norm2 = 0;
    do {
        const double w = (double)*entry_at(weights, index);
        if (w == 0)
            continue;
        double size;
        const double value = (double)*entry_at(array, index);
        const double left = value - model_at(array->order, factors, index, &size);
        const double error = sum_tolerance(factors[0].rank, fabs(value) + size);
        sum += w * left * left;
        slack += w * error * (2 * fabs(left) + error);
        *norm2 += w * value * value;
    } while (next_index(array, index));
    *tolerance = slack + 256 * DBL_EPSILON * sum;
    return sum;
}

/* The Gram matrix and right-hand side of row i of factor n, by plain loops over all entries. */
static inline void weighted_block(const rlra_array *array, const rlra_array *weights, const factor *factors, int n,
                                  ptrdiff_t i, double *rhs, double *gram)
{
    const ptrdiff_t rank = factors[0].rank;
    int64_t index[RLRA_MAX_ORDER] = {0};
    double a[64];
    memset(rhs, 0, (size_t)rank * sizeof *rhs);
    memset(gram, 0, (size_t)(rank * rank) * sizeof *gram);
    do {
        const double w = (double)*entry_at(weights, index);
        if (index[n] != i || w == 0)
            continue;
        for (ptrdiff_t k = 0; k < rank; k++) {
            a[k] = 1;
            for (int m = 0; m < array->order; m++)
                a[k] *= m == n ? 1 : (double)*entry(factors[m], index[m], k);
        }
        for (ptrdiff_t k = 0; k < rank; k++) {
            rhs[k] += w * (double)*entry_at(array, index) * a[k];
            for (ptrdiff_t l = 0; l < rank; l++)
                gram[k * rank + l] += w * a[k] * a[l];
        }
    } while (next_index(array, index));
}

/* The largest magnitude that entries of the components of factor n may have: a component may reach twice the largest entry
 * observed, where the priors treat entries one by one. */
static inline const double *reach_of(const rlra_array *array, const rlra_array *weights, const factor *factors, int n,
                                     const penalty_list *list, double *reach)
{
    double most = 0;
    int64_t index[RLRA_MAX_ORDER] = {0};
    do
        if (*entry_at(weights, index) > 0)
            most = fmax(most, fabs((double)*entry_at(array, index)));
    while (next_index(array, index));
    for (ptrdiff_t k = 0; k < factors[0].rank; k++) {
        reach[k] = 2 * most;
        for (int m = 0; m < array->order; m++)
            reach[k] /= m == n ? 1 : largest_entry(factor_component(factors[m], k));
    }
    return RLRA(penalties_scope)(list) > PENALTY_ENTRY ? NULL : reach;
}

/* What a report should hold for the model of a fit. */
static inline plain_report weighted_certificate(const fitting *f, const rlra_array *array, const rlra_array *weights,
                                                const penalty_list *list)
{
    plain_report report = {0};
    plain_problem p = plain_one(array, f);
    const ptrdiff_t rank = p.x[0].rank;
    double rhs[64], gram[64 * 64], worst = 0;
    report.loss = 0.5 * weighted_squares(array, weights, p.x, &report.norm2, &report.loss_tolerance);
    report.loss_tolerance *= 0.5;
    for (int n = 0; n < array->order; n++) {
        double sum = 0, reach[64];
        p.penalties[n] = *list;
        p.reach = reach_of(array, weights, p.x, n, list, reach);
        for (ptrdiff_t i = 0; i < p.x[n].length; i++) {
            double row[64];
            for (ptrdiff_t k = 0; k < rank; k++)
                row[k] = (double)*entry(p.x[n], i, k);
            report.penalty += list_value(list, row, rank, 64 * (double)REAL_EPS);
            weighted_block(array, weights, p.x, n, i, rhs, gram);
            plain_problem one = p;
            one.x[n] = factor_rows(p.x[n], i, i + 1);
            sum += plain_row_kkt(&one, n, 0, rhs, gram);
        }
        worst = fmax(worst, sum);
    }
    report.kkt = report.norm2 > 0 ? sqrt(worst / report.norm2) : 0;
    return report;
}

/* Small data of order 2 or 3. */
static const int64_t weighted_matrix[] = {41, 33}, weighted_cube[] = {11, 9, 13};

static inline weighted weighted_sample(int order, weight_kind kind, double missing)
{
    return plant_weighted((uint64_t)order + 4, order, order == 2 ? weighted_matrix : weighted_cube, 3, kind, missing);
}

/* A progress callback; `user` is two doubles: the objective before, and the largest relative rise. */
static inline void note_rise(void *user, const rlra_progress *progress)
{
    double *const seen = user;
    if (progress->sweep > 0)
        seen[1] = fmax(seen[1], (progress->objective - seen[0]) / seen[0]);
    seen[0] = progress->objective;
}

static inline void start_near_truth(fitting *f, const planted *p)
{
    for (int n = 0; n < p->data.array.order; n++)
        set_factor(f, n, p->truth[n]);
    f->options.init = "model";
}

#endif
