/* drawn/recompute_column.c: loss and KKT residual of a column of a regression, by the formulas of include/rlra/nnls.h. */
#include <float.h>
#include <math.h>

#include "drawn/penalties.h"
#include "drawn/recompute.h"

/* What is summed over the rows of W and y. */
typedef struct column_sums {
    long double x[MOST_RANK], curvature[MOST_RANK], slope[MOST_RANK], size[MOST_RANK], up[MOST_RANK], down[MOST_RANK];
} column_sums;

/* sqrt(sum_k g_kk (x_k - prox(..))^2) / |y| */
static number residual_of_squares(const drawn_regression *r, const definition_of_priors *d, const column_sums *s,
                                  recomputed *out)
{
    const long double eps = epsilon_of(r->dtype), tiny = r->dtype == RLRA_DTYPE_F32 ? FLT_MIN : DBL_MIN;
    long double curvature[MOST_RANK], step[MOST_RANK], error[MOST_RANK], largest = 0;
    number sum = {0, 0};
    for (int64_t k = 0; k < r->rank; k++)
        largest = fmaxl(largest, s->curvature[k]);
    for (int64_t k = 0; k < r->rank; k++) {
        const long double g = d->is_simplex ? largest : s->curvature[k];
        curvature[k] = g > tiny ? g : 0;
        step[k] = s->x[k] + (curvature[k] > 0 ? s->slope[k] / curvature[k] : 0);
        error[k] =
            (curvature[k] > 0 ? terms_of(r->rows) * eps * s->size[k] / curvature[k] : 0) + 8 * eps * fabsl(step[k]);
    }
    if (!prox_of_row(d, r->rank, s->x, curvature, error, step))
        out->is_vague = 1;
    for (int64_t k = 0; k < r->rank; k++)
        add_number(&sum, curvature[k] * (step[k] - s->x[k]) * (step[k] - s->x[k]), curvature[k] * error[k] * error[k]);
    const long double size = out->norm2 > 0 ? sqrtl(out->norm2) : 1, kkt = sqrtl(sum.value) / size;
    return (number){kkt, sqrtl(sum.slack) / size + 64 * eps * kkt};
}

/* max( sum_k x_k |grad_k| / sum_k x_k down_k, max_k [-grad_k]_+ / down_k ), reported in double in both precisions. */
static number residual_of_ratios(const drawn_regression *r, const definition_of_priors *d, const column_sums *s,
                                 long double beta)
{
    const long double part =
        (terms_of(r->rows) + (long double)(r->rank + 3) * fmaxl(1, fabsl(beta - 1) + fabsl(beta - 2))) * DBL_EPSILON;
    long double slack = 0, size = 0, worst = 0, error = 0, of_worst = 0;
    for (int64_t k = 0; k < r->rank; k++) {
        const long double x = s->x[k], raise = s->down[k] + d->l1 + 2 * d->l2 * x, slope = raise - s->up[k];
        size += x * raise;
        error += part * x * (raise + s->up[k]);
        of_worst = fmaxl(of_worst, part * (raise + s->up[k]) / raise);
        if ((slope < 0 && x >= d->most) || (slope > 0 && x <= fmaxl(d->least, 0)))
            continue;
        slack += x * fabsl(slope);
        worst = slope < 0 ? fmaxl(worst, -slope / raise) : worst;
    }
    const long double first = size > 0 ? slack / size : 0;
    return (number){fmaxl(worst, first), (size > 0 ? error / size : 0) + of_worst + 64 * part * fmaxl(worst, first)};
}

/* One entry of y: its loss, and what it adds to the sums. */
static void add_entry(const drawn_regression *r, int64_t j, int64_t c, long double beta, column_sums *s,
                      recomputed *out)
{
    const long double y = r->y[j * r->columns + c], *const w = r->w + j * r->rank;
    const long double delta = (long double)(r->rank + 3) * DBL_EPSILON;
    long double v = 0, size = fabsl(y);
    for (int64_t k = 0; k < r->rank; k++) {
        v += w[k] * s->x[k];
        size += fabsl(w[k] * s->x[k]);
    }
    out->norm2 += y * y;
    if (beta == 2) { /* from the Gram matrix, where that keeps enough digits */
        add_number(&out->loss, (y - v) * (y - v) / 2, delta * size * (fabsl(y - v) + terms_of(r->rows) * size));
    } else if (v < 1e-9L && (y > 0 || beta < 1)) {
        out->is_vague = 1;
        return;
    } else {
        const number d = divergence(beta, y, fmaxl(v, 1e-30L), delta);
        add_number(&out->loss, d.value, d.slack + 64 * DBL_EPSILON * (fabsl(d.value) + y + v) + 1e-11L);
    }
    for (int64_t k = 0; k < r->rank; k++) {
        s->curvature[k] += w[k] * w[k];
        s->slope[k] += w[k] * (y - v);
        s->size[k] += fabsl(w[k]) * size;
        s->up[k] += beta != 2 && y > 0 ? w[k] * y * powl(v, beta - 2) : 0;
        s->down[k] += beta != 2 ? w[k] * powl(fmaxl(v, 1e-30L), beta - 1) : 0;
    }
}

void recompute_column(const drawn_regression *r, int64_t c, recomputed *out)
{
    const long double beta = beta_of_loss(r->options.loss, r->options.beta);
    const definition_of_priors d = define_priors(r->dtype, &r->priors, r->rank);
    column_sums s = {0};
    *out = (recomputed){.is_allowed = 1};
    for (int64_t k = 0; k < r->rank; k++)
        s.x[k] = r->dtype == RLRA_DTYPE_F32 ? (long double)((const float *)r->memory_of_x)[k * r->columns + c]
                                            : (long double)((const double *)r->memory_of_x)[k * r->columns + c];
    for (int64_t j = 0; j < r->rows; j++)
        add_entry(r, j, c, beta, &s, out);
    out->penalty.value = penalty_of_row(&d, r->rank, s.x);
    out->penalty.slack = 16 * DBL_EPSILON * out->penalty.value;
    out->is_allowed = is_row_allowed(&d, r->dtype, r->rank, s.x);
    out->kkt_low = beta == 2 ? residual_of_squares(r, &d, &s, out) : residual_of_ratios(r, &d, &s, beta);
    out->kkt_high = out->kkt_low;
}
