/* block/kkt_data.c: the KKT residual of rows with data. */
#include <math.h>

#include "block/kkt.h"
#include "core/sum.h"

/* An entry below this many floors counts as zero. */
#define ZERO_FLOORS 4

void RLRA(kkt_parts_of_rows)(const block *b, factor x, factor up, factor down, const kkt_parts *out)
{
    const double linear = RLRA(penalties_linear)(b->penalties), quadratic = 2 * RLRA(penalties_quadratic)(b->penalties);
    const double most = RLRA(penalties_most)(b->penalties), least = fmax(RLRA(penalties_least)(b->penalties), 0);
    const double zero = fmax(least, ZERO_FLOORS * b->floor);
    for (ptrdiff_t i = 0; i < x.length; i++)
        out->slack[i] = out->size[i] = out->pull[i] = out->worst[i] = 0;
    for (ptrdiff_t k = 0; k < x.rank; k++)
        for (ptrdiff_t i = 0; i < x.length; i++) {
            const double at = (double)x.at[k * x.stride + i], pull = (double)up.at[k * up.stride + i];
            const double raise = (double)down.at[k * down.stride + i] + linear + quadratic * at, slope = raise - pull;
            out->size[i] += at * raise;
            out->pull[i] += at * pull;
            const int is_bounded = b->reach != NULL && RLRA(is_at_reach)(at, b->reach[k]);
            if ((slope < 0 && (at >= most || is_bounded)) || (slope > 0 && at <= least))
                continue;
            out->slack[i] += at * fabs(slope);
            if (slope < 0 && at <= zero && -slope > out->worst[i] * pull)
                out->worst[i] = -slope / pull;
        }
}

/* A row of zeros has no size but may be wrong, and so is given the mean size. */
double RLRA(kkt_of_parts)(const kkt_parts *parts, ptrdiff_t rows)
{
    const double size = rlra_sum(0, rows, 1, parts->size);
    double sum = 0;
    const double mean = size > 0 ? size / (double)rows : 1;
    for (ptrdiff_t i = 0; i < rows; i++)
        sum += parts->slack[i] + (parts->size[i] > 0 ? parts->size[i] : mean) * parts->worst[i];
    return sum / (mean * (double)rows);
}

double RLRA(kkt_of_row)(const penalty_list *penalties, ptrdiff_t rank, const double *x, const double *up,
                        const double *down)
{
    const double linear = RLRA(penalties_linear)(penalties), quadratic = 2 * RLRA(penalties_quadratic)(penalties);
    const double least = fmax(RLRA(penalties_least)(penalties), 0);
    const double most = RLRA(penalties_most)(penalties);
    double slack = 0, size = 0, worst = 0;
    for (ptrdiff_t k = 0; k < rank; k++) {
        const double raise = down[k] + linear + quadratic * x[k], slope = raise - up[k];
        size += x[k] * raise;
        if ((slope < 0 && x[k] >= most) || (slope > 0 && x[k] <= least))
            continue;
        slack += x[k] * fabs(slope);
        if (slope < 0)
            worst = fmax(worst, raise > 0 ? -slope / raise : INFINITY);
    }
    const double residual = size > 0 ? slack / size : 0;
    return isfinite(residual) && isfinite(size) ? fmax(worst, residual) : INFINITY;
}
