/* support/regressions.h: regressions with planted coefficients, and what plain loops over W, Y and X find of a result. */
#ifndef TESTS_SUPPORT_REGRESSIONS_H
#define TESTS_SUPPORT_REGRESSIONS_H

#include "rlra/rlra.h"
#include "support/arrays.h"
#include "support/certificates.h"

typedef struct regression_trial {
    rlra_context *context;
    ptrdiff_t rows, rank, columns;
    view w, y, x;
    double *loss, *kkt, *gap;
    rlra_options options;
    rlra_nnls_report report;
} regression_trial;

/* What the entries of Y are: normal noise around the model; counts with many zeros; above zero. */
typedef enum data_kind { DATA_SIGNED, DATA_COUNTS, DATA_POSITIVE } data_kind;

static inline double noisy(numbers *from, data_kind kind, double model, double noise)
{
    if (kind == DATA_COUNTS)
        return floor(model * 4 * uniform(from));
    return kind == DATA_POSITIVE ? (model + 0.01) * (0.2 + uniform(from)) : model + noise * normal(from);
}

/* W uniform (normal for DATA_SIGNED with `mixed`), half of the true coefficients zero. */
static inline regression_trial make_regression(uint64_t seed, ptrdiff_t rows, ptrdiff_t rank, ptrdiff_t columns,
                                               data_kind kind, int mixed)
{
    numbers from = {seed, 0};
    const int64_t of_w[] = {rows, rank}, of_y[] = {rows, columns}, of_x[] = {rank, columns};
    regression_trial t = {.rows = rows, .rank = rank, .columns = columns, .options = rlra_nnls_options_default()};
    assert_int_equal(rlra_context_create(NULL, &t.context), RLRA_OK);
    t.w = empty_view(2, of_w, &c_order);
    t.y = empty_view(2, of_y, &c_order);
    t.x = empty_view(2, of_x, &c_order);
    for (ptrdiff_t e = 0; e < rows * rank; e++)
        t.w.memory[e] = (real)(mixed ? normal(&from) : uniform(&from));
    double *const truth = calloc((size_t)rank, sizeof *truth);
    for (ptrdiff_t c = 0; c < columns; c++) {
        for (ptrdiff_t k = 0; k < rank; k++)
            truth[k] = uniform(&from) < 0.5 ? 0 : uniform(&from);
        for (ptrdiff_t j = 0; j < rows; j++) {
            double model = 0;
            for (ptrdiff_t k = 0; k < rank; k++)
                model += (double)t.w.memory[j * rank + k] * truth[k];
            t.y.memory[j * columns + c] = (real)noisy(&from, kind, model, 0.1);
        }
    }
    free(truth);
    double **const numbers_of[] = {&t.loss, &t.kkt, &t.gap};
    for (int i = 0; i < 3; i++) {
        *numbers_of[i] = malloc((size_t)columns * sizeof(double));
        for (ptrdiff_t c = 0; c < columns; c++)
            (*numbers_of[i])[c] = NAN;
    }
    return t;
}

static inline void free_regression(regression_trial *t)
{
    free(t->w.memory);
    free(t->y.memory);
    free(t->x.memory);
    free(t->loss);
    free(t->kkt);
    free(t->gap);
    rlra_context_destroy(t->context);
}

static inline rlra_status try_regression(regression_trial *t, const char *priors)
{
    rlra_nnls_plan *plan = NULL;
    const rlra_nnls_columns columns = {t->loss, t->kkt, t->gap};
    rlra_status status = rlra_nnls_plan_create(t->context, &t->w.array, &t->options, priors, &plan);
    if (status == RLRA_OK)
        status = rlra_nnls_plan_solve(plan, &t->y.array, &t->x.array, &columns, &t->report);
    rlra_nnls_plan_destroy(plan);
    return status;
}

static inline void run_regression(regression_trial *t, const char *priors)
{
    MUST(t, try_regression(t, priors));
}

static inline double entry_w(const regression_trial *t, ptrdiff_t j, ptrdiff_t k)
{
    return (double)*entry_at(&t->w.array, (const int64_t[]){j, k});
}

static inline double entry_y(const regression_trial *t, ptrdiff_t j, ptrdiff_t c)
{
    return (double)*entry_at(&t->y.array, (const int64_t[]){j, c});
}

static inline double entry_x(const regression_trial *t, ptrdiff_t k, ptrdiff_t c)
{
    return (double)*entry_at(&t->x.array, (const int64_t[]){k, c});
}

/* A column as plain loops see it; `.._slack` bounds what rounding in the precision of the data does to it. */
typedef struct plain_column {
    double loss, loss_slack, penalty, kkt, kkt_slack, norm2, total;
} plain_column;

/* The beta divergence of one entry. */
static inline double divergence(double beta, double y, double v)
{
    if (beta == 2)
        return 0.5 * (y - v) * (y - v);
    if (beta == 1)
        return (y > 0 ? y * log(y / v) : 0) - y + v;
    if (beta == 0)
        return y / v - log(y / v) - 1;
    return (pow(y, beta) + (beta - 1) * pow(v, beta) - beta * y * pow(v, beta - 1)) / (beta * (beta - 1));
}

static inline double bound_of(const penalty_list *list, const char *name, double otherwise)
{
    for (int p = 0; p < list->count; p++)
        if (strcmp(list->item[p].ops->about.name, name) == 0)
            return list->item[p].weight;
    return otherwise;
}

/* The proximal map of penalties that see entries one by one. */
static inline double entry_prox(const penalty_list *list, double step, double v)
{
    const double l1 = step * bound_of(list, "l1", 0), l2 = step * bound_of(list, "l2", 0);
    const double least = fmax(bound_of(list, "lower", -INFINITY), bound_of(list, "nonneg", NAN) > 0 ? 0 : -INFINITY);
    const double most = bound_of(list, "upper", INFINITY);
    const double shrunk = (v > l1 ? v - l1 : v < -l1 ? v + l1 : 0) / (1 + 2 * l2);
    return fmin(fmax(shrunk, least), most);
}

/* Rows that sum to one. */
static inline int sees_rows(const penalty_list *list)
{
    return bound_of(list, "simplex", 0) > 0;
}

/* The proximal map of a row that may have `most` entries. One that has so many stays on its support. */
static inline void plain_row_prox(const regression_trial *t, const penalty_list *list, ptrdiff_t c, const double *g,
                                  double *row)
{
    const ptrdiff_t most = (ptrdiff_t)bound_of(list, "hard_sparsity", (double)t->rank);
    ptrdiff_t used = 0;
    for (ptrdiff_t k = 0; k < t->rank; k++)
        used += entry_x(t, k, c) != 0;
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        row[k] = sees_rows(list) ? row[k] : entry_prox(list, g[k] > 0 ? 1 / g[k] : 0, row[k]);
        if (used >= most && entry_x(t, k, c) == 0)
            row[k] = sees_rows(list) ? -1e9 : 0;
    }
    for (ptrdiff_t left = t->rank; left > most; left--) {
        ptrdiff_t least = -1;
        for (ptrdiff_t k = 0; k < t->rank; k++) {
            const double size = sees_rows(list) ? row[k] : fabs(row[k]);
            const double other = least < 0 ? 0 : sees_rows(list) ? row[least] : fabs(row[least]);
            const int gone = sees_rows(list) ? row[k] <= -1e9 : row[k] == 0;
            least = !gone && (least < 0 || size < other) ? k : least;
        }
        ptrdiff_t zeros = 0;
        for (ptrdiff_t k = 0; k < t->rank; k++)
            zeros += sees_rows(list) ? row[k] <= -1e9 : row[k] == 0;
        if (zeros >= t->rank - most)
            break;
        row[least] = sees_rows(list) ? -1e9 : 0;
    }
    if (sees_rows(list))
        plain_simplex(row, t->rank);
}

/* sqrt(sum_k g_k (x_k - prox(x_k + h_k / g_k))^2) / ||y||, with the largest g for all where entries depend on each other. */
static inline void plain_step(const regression_trial *t, const penalty_list *list, ptrdiff_t c, const tally *h,
                              plain_column *out)
{
    double sum = 0, slack = 0, largest = 0;
    double *const g = calloc((size_t)t->rank, sizeof *g), *const to = calloc((size_t)t->rank, sizeof *to);
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        for (ptrdiff_t j = 0; j < t->rows; j++)
            g[k] += entry_w(t, j, k) * entry_w(t, j, k);
        largest = fmax(largest, g[k]);
    }
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        g[k] = sees_rows(list) ? largest : g[k];
        to[k] = entry_x(t, k, c) + (g[k] > 0 ? h[k].sum / g[k] : 0);
    }
    plain_row_prox(t, list, c, g, to);
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        const double left = g[k] > 0 ? entry_x(t, k, c) - to[k] : 0;
        const double error =
            g[k] > 0 ? sum_tolerance(t->rows, h[k].size) / g[k] + 16 * (double)REAL_EPS * fabs(to[k]) : 0;
        sum += g[k] * left * left;
        slack += g[k] * error * error * (sees_rows(list) ? (double)t->rank : 1);
    }
    const double size = out->norm2 > 0 ? sqrt(out->norm2) : 1;
    out->kkt = sqrt(sum) / size;
    out->kkt_slack = sqrt(slack) / size + 64 * (double)REAL_EPS * out->kkt;
    free(g);
    free(to);
}

/* max( sum x |g| / sum x down, max [-g]_+ / down ), g = down - up: of losses other than the squared one. */
static inline void plain_ratio(const regression_trial *t, const penalty_list *list, ptrdiff_t c, const double *up,
                               const double *down, plain_column *out)
{
    const double l1 = bound_of(list, "l1", 0), l2 = bound_of(list, "l2", 0), most = bound_of(list, "upper", INFINITY);
    const double least = (double)(real)fmax(bound_of(list, "lower", 0), 0), part = sum_tolerance(t->rows + t->rank, 8);
    double slack = 0, size = 0, worst = 0, error = 0;
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        const double x = entry_x(t, k, c), raise = down[k] + l1 + 2 * l2 * x, slope = raise - up[k];
        size += x * raise;
        error = fmax(error, raise > 0 ? part * (raise + up[k]) / raise : 0);
        if ((slope < 0 && x >= (double)(real)most) || (slope > 0 && x <= least))
            continue;
        slack += x * fabs(slope);
        if (slope < 0)
            worst = fmax(worst, -slope / raise);
    }
    out->kkt = fmax(worst, size > 0 ? slack / size : 0);
    out->kkt_slack = error;
}

static inline plain_column plain_certificate_of(const regression_trial *t, const penalty_list *list, double beta,
                                                ptrdiff_t c)
{
    plain_column out = {0};
    tally *const h = calloc((size_t)t->rank, sizeof *h);
    double *const up = calloc((size_t)t->rank, sizeof *up), *const down = calloc((size_t)t->rank, sizeof *down);
    for (ptrdiff_t j = 0; j < t->rows; j++) {
        const double y = entry_y(t, j, c);
        double v = 0, size = 0;
        for (ptrdiff_t k = 0; k < t->rank; k++) {
            v += entry_w(t, j, k) * entry_x(t, k, c);
            size += fabs(entry_w(t, j, k) * entry_x(t, k, c));
        }
        if (beta != 2 && v < 1e-10) { /* y = 0: the solver's model stays a little above zero */
            v = fmax(v, 1e-100);
            out.loss_slack += pow(1e-10, beta);
        }
        const double value = divergence(beta, y, v);
        const double slope = beta == 2 ? fabs(v - y) : pow(v, beta - 1) + y * pow(v, beta - 2);
        out.loss += value;
        /* The loss is reported in double in both precisions; that of squares comes from sums of squares that keep enough digits. */
        const double error = (8 + 2 * sqrt((double)t->rank)) * DBL_EPSILON * (fabs(y) + size);
        out.loss_slack += error * (slope + error) + 64 * DBL_EPSILON * fabs(value) +
                          (beta == 2 ? 64 * DBL_EPSILON * (double)t->rank * (fabs(y) + size) * (fabs(y) + size) : 0);
        out.norm2 += y * y;
        out.total += y;
        for (ptrdiff_t k = 0; k < t->rank; k++) {
            h[k].sum += entry_w(t, j, k) * (y - v);
            h[k].size += fabs(entry_w(t, j, k)) * (fabs(y) + size);
            up[k] += beta == 2 ? 0 : entry_w(t, j, k) * y * pow(v, beta - 2);
            down[k] += beta == 2 ? 0 : entry_w(t, j, k) * pow(v, beta - 1);
        }
    }
    for (ptrdiff_t k = 0; k < t->rank; k++) {
        const double x = entry_x(t, k, c);
        out.penalty += bound_of(list, "l1", 0) * fabs(x) + bound_of(list, "l2", 0) * x * x;
    }
    if (beta == 2)
        plain_step(t, list, c, h, &out);
    else
        plain_ratio(t, list, c, up, down, &out);
    free(h);
    free(up);
    free(down);
    return out;
}

#endif
