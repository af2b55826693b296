/* drawn/recompute.c: objective and KKT residual of a fit by plain loops in long double, by the formulas of docs/theory/kkt.md and
 * docs/theory/losses.md. */
#include "drawn/recompute.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drawn/penalties.h"

#define FLOOR 1e-12L /* of rules that must stay above zero, as a part of the size of the data */

/* What is summed for one row of a factor. */
typedef struct row_sums {
    long double gram[MOST_RANK][MOST_RANK], gram_size[MOST_RANK][MOST_RANK];
    long double rhs[MOST_RANK], rhs_size[MOST_RANK]; /* squared loss */
    long double up[MOST_RANK], down[MOST_RANK];      /* other losses */
    int64_t entries;
} row_sums;

/* A fit as it is summed. */
typedef struct sums {
    const drawn_fit *fit;
    long double beta, scale;        /* scale: the largest observed magnitude */
    long double *x[RLRA_MAX_ORDER]; /* rows of each factor */
    row_sums *rows[RLRA_MAX_ORDER];
    int is_general;
    recomputed *out;
} sums;

static long double entry_of(const rlra_array *f, int64_t i, int64_t k)
{
    const int64_t at = i * f->strides[0] + k * f->strides[1];
    return f->dtype == RLRA_DTYPE_F32 ? (long double)((const float *)f->data)[at]
                                      : (long double)((const double *)f->data)[at];
}

/* One entry of a term: its model, with the product of the other factors for each mode. */
typedef struct entry_model {
    long double v, size, others[RLRA_MAX_ORDER][MOST_RANK];
    int64_t index[RLRA_MAX_ORDER];
} entry_model;

static void form_entry(const sums *s, const drawn_array *a, int64_t e, entry_model *at)
{
    int64_t rest = e;
    at->v = at->size = 0;
    for (int m = a->order - 1; m >= 0; m--) {
        at->index[m] = rest % a->dims[m];
        rest /= a->dims[m];
    }
    for (int64_t k = 0; k < s->fit->rank; k++) {
        long double product = 1;
        for (int m = 0; m < a->order; m++) {
            product *= s->x[a->of[m]][at->index[m] * s->fit->rank + k];
            at->others[m][k] = 1;
            for (int other = 0; other < a->order; other++)
                if (other != m)
                    at->others[m][k] *= s->x[a->of[other]][at->index[other] * s->fit->rank + k];
        }
        at->v += product;
        at->size += fabsl(product);
    }
}

static void add_squares(const sums *s, const drawn_array *a, const entry_model *at, long double x, long double weight)
{
    for (int m = 0; m < a->order; m++) {
        row_sums *const row = &s->rows[a->of[m]][at->index[m]];
        row->entries++;
        for (int64_t k = 0; k < s->fit->rank; k++) {
            row->rhs[k] += weight * x * at->others[m][k];
            row->rhs_size[k] += weight * fabsl(x * at->others[m][k]);
            for (int64_t l = 0; l < s->fit->rank; l++) {
                const long double product = weight * at->others[m][k] * at->others[m][l];
                row->gram[k][l] += product;
                row->gram_size[k][l] += fabsl(product);
            }
        }
    }
}

/* Weights of the term move to the penalties: rows see those of the entries alone. */
static void add_slopes(const sums *s, const drawn_array *a, const entry_model *at, long double y, long double v,
                       long double weight)
{
    const long double up = y > 0 ? weight * y * powl(v, s->beta - 2) : 0, down = weight * powl(v, s->beta - 1);
    for (int m = 0; m < a->order; m++) {
        row_sums *const row = &s->rows[a->of[m]][at->index[m]];
        row->entries++;
        for (int64_t k = 0; k < s->fit->rank; k++) {
            row->up[k] += up * at->others[m][k];
            row->down[k] += down * at->others[m][k];
        }
    }
}

static void sum_term(const sums *s, const drawn_array *a)
{
    const long double eps = epsilon_of(s->fit->dtype), delta = (long double)(s->fit->rank + a->order + 2) * eps;
    for (int64_t e = 0; e < a->count; e++) {
        const long double weight = a->weights == NULL ? 1 : a->weights[e], x = a->values[e], whole = a->weight * weight;
        entry_model at;
        if (weight == 0)
            continue;
        form_entry(s, a, e, &at);
        const long double left = x - at.v, error = delta * (fabsl(x) + at.size);
        s->out->observed++;
        s->out->norm2 += whole * x * x;
        add_number(&s->out->squares, whole * left * left, whole * error * (2 * fabsl(left) + error));
        if (!s->is_general) {
            add_squares(s, a, &at, x, whole);
            continue;
        }
        const long double floor = FLOOR * fminl(s->scale, powl(s->scale, 1 / (long double)s->fit->factors));
        if (at.v < 100 * floor && (x > 0 || s->beta < 1)) {
            s->out->is_vague = 1;
            continue;
        }
        const long double v = fmaxl(at.v, floor);
        const number d = divergence(s->beta, x, v, delta);
        add_number(&s->out->loss, whole * d.value, whole * (d.slack + 16 * eps * fabsl(d.value) + (x > 0 ? 0 : floor)));
        add_slopes(s, a, &at, x, v, weight);
    }
}

/* How far a component of factor n may reach where entries are missing (docs/theory/missing.md). */
static void reach_of(const sums *s, int n, const definition_of_priors *d, long double *reach)
{
    const drawn_array *const a = &s->fit->term[0];
    const int is_bounded = s->out->observed < a->count && s->fit->terms == 1 && !d->is_simplex && !d->is_limited;
    for (int64_t k = 0; k < s->fit->rank; k++) {
        long double others = 1;
        for (int m = 0; m < s->fit->factors; m++) {
            long double most = m == n ? 1 : 0;
            for (int64_t i = 0; m != n && i < s->fit->lengths[m]; i++)
                most = fmaxl(most, fabsl(s->x[m][i * s->fit->rank + k]));
            others *= most;
        }
        reach[k] = INFINITY;
        if (is_bounded && others > 0)
            reach[k] = fmaxl(s->fit->options.reach * s->scale / others, fmaxl(d->least, -d->most));
    }
}

/* 1: an entry is at its reach, 0: it is not, -1: rounding leaves it open. */
static int is_at(long double x, long double reach, long double eps)
{
    const long double apart = fabsl(fabsl(x) - reach);
    return !isfinite((double)reach) || apart > 40 * eps * reach ? 0 : apart <= 4 * eps * reach ? 1 : -1;
}

/* The squared residual of a row under the squared loss, with entries whose place is open pinned or not. */
static number row_of_squares(const sums *s, const definition_of_priors *d, const row_sums *row, const long double *x,
                             const long double *reach, int pins_open)
{
    const int64_t rank = s->fit->rank;
    const long double eps = epsilon_of(s->fit->dtype);
    const long double tiny = s->fit->dtype == RLRA_DTYPE_F32 ? FLT_MIN : DBL_MIN; /* a component that vanished */
    long double curvature[MOST_RANK], step[MOST_RANK], error[MOST_RANK], largest = 0;
    int is_pinned[MOST_RANK];
    number sum = {0, 0};
    for (int64_t k = 0; k < rank; k++)
        largest = fmaxl(largest, row->gram[k][k]);
    for (int64_t k = 0; k < rank; k++) {
        long double slope = row->rhs[k], size = row->rhs_size[k];
        for (int64_t l = 0; l < rank; l++) {
            slope -= x[l] * row->gram[k][l];
            size += fabsl(x[l]) * row->gram_size[k][l];
        }
        const int at = is_at(x[k], reach[k], eps);
        is_pinned[k] = at > 0 || (at < 0 && pins_open);
        curvature[k] = d->is_simplex ? largest : row->gram[k][k];
        curvature[k] = curvature[k] > tiny ? curvature[k] : 0;
        step[k] = x[k] + (curvature[k] > 0 ? slope / curvature[k] : 0);
        error[k] =
            (curvature[k] > 0 ? terms_of(row->entries) * eps * size / curvature[k] : 0) + 8 * eps * fabsl(step[k]);
    }
    if (!prox_of_row(d, rank, x, curvature, error, step))
        s->out->is_vague = 1;
    for (int64_t k = 0; k < rank; k++) {
        step[k] = is_pinned[k] && step[k] * x[k] > x[k] * x[k] ? x[k] : step[k];
        sum.value += curvature[k] * (step[k] - x[k]) * (step[k] - x[k]);
        sum.slack += curvature[k] * error[k] * error[k];
    }
    return sum;
}

static number residual_of_squares(const sums *s, int n, const definition_of_priors *d, int pins_open)
{
    long double reach[MOST_RANK];
    number sum = {0, 0};
    reach_of(s, n, d, reach);
    for (int64_t i = 0; i < s->fit->lengths[n]; i++) {
        const number row = row_of_squares(s, d, &s->rows[n][i], s->x[n] + i * s->fit->rank, reach, pins_open);
        add_number(&sum, row.value, row.slack);
    }
    const long double size = sqrtl(s->out->norm2), kkt = sqrtl(sum.value) / size;
    return (number){kkt, sqrtl(sum.slack) / size + 64 * epsilon_of(s->fit->dtype) * kkt};
}

/* Parts of the residual of a row under another loss. */
typedef struct row_parts {
    long double size, slack, worst, error;
} row_parts;

static row_parts row_of_slopes(const sums *s, const definition_of_priors *d, const row_sums *row, const long double *x,
                               const long double *reach, int counts_open)
{
    const long double eps = epsilon_of(s->fit->dtype), weight = s->fit->term[0].weight, least = fmaxl(d->least, 0);
    const long double floor = FLOOR * fminl(s->scale, powl(s->scale, 1 / (long double)s->fit->factors));
    const long double part = (terms_of(row->entries) + (long double)(s->fit->rank + s->fit->factors + 2) *
                                                           fmaxl(1, fabsl(s->beta - 1) + fabsl(s->beta - 2))) *
                             eps;
    row_parts p = {0, 0, 0, 0};
    for (int64_t k = 0; k < s->fit->rank; k++) {
        const long double raise = row->down[k] + (d->l1 + 2 * d->l2 * x[k]) / weight, slope = raise - row->up[k];
        const int at = is_at(x[k], reach[k], eps), rests = at > 0 || (at < 0 && !counts_open);
        const int is_zero = x[k] <= fmaxl(least, floor), may_be_zero = x[k] <= fmaxl(least, 16 * floor);
        p.size += x[k] * raise;
        p.error += part * x[k] * (raise + row->up[k]);
        if ((slope < 0 && (x[k] >= d->most || rests)) || (slope > 0 && x[k] <= least))
            continue;
        p.slack += x[k] * fabsl(slope);
        if (slope < 0 && (is_zero || (may_be_zero && counts_open)))
            p.worst = fmaxl(p.worst, -slope / row->up[k]);
    }
    return p;
}

static number residual_of_slopes(const sums *s, int n, const definition_of_priors *d, int counts_open)
{
    const int64_t rows = s->fit->lengths[n];
    const long double eps = epsilon_of(s->fit->dtype);
    long double reach[MOST_RANK], size = 0, sum = 0, error = 0;
    row_parts *const parts = malloc((size_t)rows * sizeof *parts);
    reach_of(s, n, d, reach);
    for (int64_t i = 0; i < rows; i++) {
        parts[i] = row_of_slopes(s, d, &s->rows[n][i], s->x[n] + i * s->fit->rank, reach, counts_open);
        size += parts[i].size;
    }
    const long double mean = size > 0 ? size / (long double)rows : 1;
    for (int64_t i = 0; i < rows; i++) {
        const long double own = parts[i].size > 0 ? parts[i].size : mean;
        sum += parts[i].slack + own * parts[i].worst;
        error += parts[i].error + 4 * own * (terms_of(s->rows[n][i].entries) + 16) * eps;
    }
    free(parts);
    const long double whole = mean * (long double)rows, kkt = sum / whole;
    return (number){kkt, error / whole * (1 + kkt)};
}

static void read_factor(const sums *s, int n)
{
    const definition_of_priors d = define_priors(s->fit->dtype, &s->fit->priors[n], s->fit->rank);
    const long double eps = DBL_EPSILON;
    for (int64_t i = 0; i < s->fit->lengths[n]; i++) {
        const long double *const row = s->x[n] + i * s->fit->rank, value = penalty_of_row(&d, s->fit->rank, row);
        add_number(&s->out->penalty, value, terms_of(s->fit->lengths[n] * s->fit->rank) * eps * value);
        s->out->is_allowed &= is_row_allowed(&d, s->fit->dtype, s->fit->rank, row);
    }
    number both[2];
    for (int open = 0; open < 2; open++)
        both[open] = s->is_general ? residual_of_slopes(s, n, &d, open) : residual_of_squares(s, n, &d, open);
    const number *const low = both[0].value < both[1].value ? &both[0] : &both[1];
    const number *const high = low == &both[0] ? &both[1] : &both[0];
    if (low->value - low->slack > s->out->kkt_low.value - s->out->kkt_low.slack)
        s->out->kkt_low = *low;
    if (high->value + high->slack > s->out->kkt_high.value + s->out->kkt_high.slack)
        s->out->kkt_high = *high;
}

/* Sums over the stored entries and over the model as a whole that cancel: |X|^2 - 2 <X, model> + |model|^2, and the same of kl. */
static void widen_for_sums(const sums *s)
{
    const drawn_array *const a = &s->fit->term[0];
    const long double part = terms_of(a->count) * epsilon_of(s->fit->dtype);
    if (a->weights != NULL || strcmp(s->fit->storage, "dense") == 0)
        return;
    for (int64_t e = 0; e < a->count; e++) {
        entry_model at;
        form_entry(s, a, e, &at);
        const long double size = fabsl(a->values[e]) + at.size;
        s->out->squares.slack += part * a->weight * size * size;
        if (s->is_general) {
            const long double y = a->values[e], of_log = y > 0 && at.v > 0 ? y * fabsl(logl(y / at.v)) : 0;
            s->out->loss.slack += part * a->weight * (size + of_log);
        }
    }
}

void recompute_fit(const drawn_fit *fit, recomputed *out)
{
    *out = (recomputed){.is_allowed = 1};
    out->kkt_low = out->kkt_high = (number){-INFINITY, 0};
    sums s = {.fit = fit, .beta = beta_of_loss(fit->options.loss, fit->options.beta), .out = out};
    s.is_general = s.beta != 2;
    for (int n = 0; n < fit->factors; n++) {
        const rlra_array f = rlra_model_factor(fit->model, n);
        s.x[n] = malloc((size_t)(fit->lengths[n] * fit->rank) * sizeof *s.x[n]);
        s.rows[n] = calloc((size_t)fit->lengths[n], sizeof *s.rows[n]);
        for (int64_t i = 0; i < fit->lengths[n]; i++)
            for (int64_t k = 0; k < fit->rank; k++)
                s.x[n][i * fit->rank + k] = entry_of(&f, i, k);
    }
    for (int t = 0; t < fit->terms; t++)
        for (int64_t e = 0; e < fit->term[t].count; e++)
            if (fit->term[t].weights == NULL || fit->term[t].weights[e] > 0)
                s.scale = fmaxl(s.scale, fabsl(fit->term[t].values[e]));
    for (int t = 0; t < fit->terms; t++)
        sum_term(&s, &fit->term[t]);
    widen_for_sums(&s);
    if (!s.is_general)
        out->loss = (number){out->squares.value / 2, out->squares.slack / 2};
    for (int n = 0; n < fit->factors; n++)
        read_factor(&s, n);
    for (int n = 0; n < fit->factors; n++) {
        free(s.x[n]);
        free(s.rows[n]);
    }
}
