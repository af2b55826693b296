/* support/certificates.h: objective and KKT residual of a point by plain loops over the data. */
#ifndef TESTS_SUPPORT_CERTIFICATES_H
#define TESTS_SUPPORT_CERTIFICATES_H

#include "core/number.h"
#include "support/definitions.h"
#include "support/fitting.h"

/* weight/2 ||array - [[factors[of[0]], ..]]||^2 */
typedef struct plain_term {
    rlra_array array;
    double weight;
    int of[RLRA_MAX_ORDER];
} plain_term;

typedef struct plain_problem {
    int terms, factors;
    plain_term term[4];
    penalty_list penalties[RLRA_MAX_ORDER];
    factor x[RLRA_MAX_ORDER];
    const double *reach; /* NULL, or the largest magnitude for entries of each component of the current factor */
} plain_problem;

typedef struct plain_report {
    double loss, loss_tolerance, penalty, norm2, kkt;
} plain_report;

static inline plain_problem plain_one(const rlra_array *array, const fitting *f)
{
    plain_problem p = {.terms = 1, .factors = array->order, .term = {{.array = *array, .weight = 1}}};
    for (int n = 0; n < array->order; n++) {
        p.term[0].of[n] = n;
        p.x[n] = factor_of(f, n);
    }
    return p;
}

/* "nonneg,l1=0.1" as a list in the order of the registry. */
static inline penalty_list list_of(const char *prior)
{
    penalty_list list = {0};
    for (int p = 0; RLRA(penalty_at)(p) != NULL; p++) {
        const char *const name = RLRA(penalty_at)(p)->about.name;
        const char *const at = strstr(prior, name);
        if (at == NULL)
            continue;
        const char *const behind = at + strlen(name);
        double weight = 1;
        if (*behind == '=')
            assert_non_null(rlra_number_read(behind + 1, '.', &weight));
        list.item[list.count++] = (penalty){RLRA(penalty_at)(p), weight};
    }
    return list;
}

/* Bisection for the shift of the projection on the simplex. */
static inline void plain_simplex(double *row, ptrdiff_t rank)
{
    double low = -1e6, high = 1e6;
    for (int step = 0; step < 200; step++) {
        const double middle = 0.5 * (low + high);
        double sum = 0;
        for (ptrdiff_t k = 0; k < rank; k++)
            sum += fmax(row[k] - middle, 0);
        *(sum > 1 ? &low : &high) = middle;
    }
    for (ptrdiff_t k = 0; k < rank; k++)
        row[k] = fmax(row[k] - 0.5 * (low + high), 0);
}

static inline double plain_prox(const penalty_list *list, double step, double v)
{
    const double shrunk = v / (1 + 2 * step * RLRA(penalties_quadratic)(list));
    const double threshold = step * RLRA(penalties_linear)(list) / (1 + 2 * step * RLRA(penalties_quadratic)(list));
    if (RLRA(penalties_nonneg)(list))
        return fmax(shrunk - threshold, 0);
    return copysign(fmax(fabs(shrunk) - threshold, 0), shrunk);
}

/* sum_t w_t (M, G) of factor n. */
static inline void plain_block(const plain_problem *p, int n, double *rhs, double *gram)
{
    const ptrdiff_t rank = p->x[n].rank;
    memset(rhs, 0, (size_t)(p->x[n].length * rank) * sizeof *rhs);
    memset(gram, 0, (size_t)(rank * rank) * sizeof *gram);
    for (int t = 0; t < p->terms; t++) {
        const plain_term *const term = &p->term[t];
        factor factors[RLRA_MAX_ORDER];
        int mode = -1;
        for (int m = 0; m < term->array.order; m++) {
            factors[m] = p->x[term->of[m]];
            mode = term->of[m] == n ? m : mode;
        }
        if (mode < 0)
            continue;
        tally *const part = contract_plain(&term->array, mode, factors);
        for (ptrdiff_t e = 0; e < p->x[n].length * rank; e++)
            rhs[e] += term->weight * part[e].sum;
        free(part);
        for (ptrdiff_t e = 0; e < rank * rank; e++) {
            double product = term->weight;
            for (int m = 0; m < term->array.order; m++) {
                double inner = 0;
                for (ptrdiff_t i = 0; m != mode && i < factors[m].length; i++)
                    inner += (double)*entry(factors[m], i, e / rank) * (double)*entry(factors[m], i, e % rank);
                product *= m == mode ? 1 : inner;
            }
            gram[e] += product;
        }
    }
}

/* Squared length of the step that would make the components of row i optimal. */
static inline double plain_row_kkt(const plain_problem *p, int n, ptrdiff_t i, const double *rhs, const double *gram)
{
    const factor x = p->x[n];
    const ptrdiff_t rank = x.rank;
    const int coupled = RLRA(penalties_scope)(&p->penalties[n]) > PENALTY_ENTRY;
    double step[64], largest = 0, sum = 0;
    for (ptrdiff_t k = 0; k < rank; k++)
        largest = fmax(largest, gram[k * rank + k]);
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double curvature = coupled ? largest : gram[k * rank + k];
        double left = rhs[i * rank + k];
        for (ptrdiff_t l = 0; l < rank; l++)
            left -= (double)*entry(x, i, l) * gram[l * rank + k];
        step[k] = (double)*entry(x, i, k) + (curvature > 0 ? left / curvature : 0);
        if (!coupled && curvature > 0)
            step[k] = plain_prox(&p->penalties[n], 1 / curvature, step[k]);
    }
    if (coupled && largest > 0)
        plain_simplex(step, rank);
    for (ptrdiff_t k = 0; p->reach != NULL && k < rank; k++) {
        const double at = (double)*entry(x, i, k);
        if (fabs(fabs(at) - p->reach[k]) <= 16 * (double)REAL_EPS * p->reach[k] && step[k] * at > at * at)
            step[k] = at;
    }
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double moved = step[k] - (double)*entry(x, i, k);
        sum += (coupled ? largest : gram[k * rank + k]) * moved * moved;
    }
    return sum;
}

static inline double plain_kkt(const plain_problem *p, int n)
{
    const factor x = p->x[n];
    double *const rhs = malloc((size_t)(x.length * x.rank) * sizeof *rhs);
    double *const gram = malloc((size_t)(x.rank * x.rank) * sizeof *gram);
    double sum = 0;
    plain_block(p, n, rhs, gram);
    for (ptrdiff_t i = 0; i < x.length; i++)
        sum += plain_row_kkt(p, n, i, rhs, gram);
    free(rhs);
    free(gram);
    return sum;
}

static inline void plain_loss(const plain_problem *p, const plain_term *term, plain_report *report)
{
    factor factors[RLRA_MAX_ORDER];
    double tolerance;
    int64_t index[RLRA_MAX_ORDER] = {0};
    for (int m = 0; m < term->array.order; m++)
        factors[m] = p->x[term->of[m]];
    report->loss += 0.5 * term->weight * residual_plain(&term->array, factors, &tolerance);
    report->loss_tolerance += 0.5 * term->weight * tolerance;
    do
        report->norm2 += term->weight * pow((double)*entry_at(&term->array, index), 2);
    while (next_index(&term->array, index));
}

static inline plain_report plain_certificate(const plain_problem *p)
{
    plain_report report = {0};
    double worst = 0;
    for (int t = 0; t < p->terms; t++)
        plain_loss(p, &p->term[t], &report);
    for (int n = 0; n < p->factors; n++) {
        worst = fmax(worst, plain_kkt(p, n));
        for (ptrdiff_t i = 0; i < p->x[n].length; i++) {
            double row[64];
            for (ptrdiff_t k = 0; k < p->x[n].rank; k++)
                row[k] = (double)*entry(p->x[n], i, k);
            report.penalty += list_value(&p->penalties[n], row, p->x[n].rank, 64 * (double)REAL_EPS);
        }
    }
    report.kkt = report.norm2 > 0 ? sqrt(worst / report.norm2) : 0;
    return report;
}

/* A report holds what plain loops find. */
static inline void check_report(const rlra_report *reported, const plain_report *found, const char *name)
{
    const double objective = found->loss + found->penalty, slack = found->loss_tolerance + 1e-300;
    CHECK(isfinite(objective), "%s: a factor is not allowed", name);
    CHECK(fabs(reported->loss - found->loss) <= slack, "%s: %.17g, not %.17g", name, reported->loss, found->loss);
    CHECK(fabs(reported->penalty - found->penalty) <= 64 * DBL_EPSILON * found->penalty, "%s: %.17g, not %.17g", name,
          reported->penalty, found->penalty);
    CHECK(fabs(reported->objective - objective) <= slack + 64 * DBL_EPSILON * objective, "%s", name);
    CHECK(fabs(reported->relative_error * reported->relative_error * found->norm2 - 2 * found->loss) <=
              2 * slack + 64 * DBL_EPSILON * found->loss,
          "%s: %g", name, reported->relative_error);
    CHECK(fabs(reported->kkt_residual - found->kkt) <= 128 * (double)REAL_EPS * (1 + found->kkt), "%s: %g, not %g",
          name, reported->kkt_residual, found->kkt);
}

#endif
